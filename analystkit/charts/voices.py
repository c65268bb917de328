"""Tone -> who speaks how; tone beside what the prices did."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analystkit.charts.house import ACCENT, GREY, INK, PALE, WIDTH, chart, nothing, page
from analystkit.charts.lettering import LABEL, plain, spread, text_width
from analystkit.schemas import vocabulary

_VERDICTS = {"agree": (INK, "o"), "diverge": (ACCENT, "s"), "not distinguishable": (GREY, "D")}
_MARKS = "Round: agree; square: diverge; diamond: not distinguishable. Hollow: other news on the same days."
_NAMED = 25  # points that can carry a name each


@chart
def tone_by_speaker(
    tone: pd.DataFrame,
    entity: str | None = None,
    title: str | None = None,
    width: float = WIDTH,
    figure: Any = None,
) -> Any:
    """Draw the tone of each kind of speaker about one entity: a mark for each text, a bar for their mean.

    Parameters
    ----------
    tone
        From `measure_tone`.
    entity
        Of whom is spoken; the entity with most scored sentences when not given.
    title, width, figure
        As in `investments`.

    Examples
    --------
    >>> from analystkit.charts import blank
    >>> tone = pd.DataFrame({"entity": "Acme", "speaker_kind": ["analyst"], "tone": [-0.4], "n_scored": [2],
    ...     "document_id": "d", "source": "document"})
    >>> tone_by_speaker(tone, figure=blank())
    <Figure: Of Acme, analyst voices alone have a tone (-0.40, n = 2)>
    """
    scored = tone.dropna(subset=["tone"])
    if entity is None and len(scored):
        entity = str(scored.groupby("entity", sort=False)["n_scored"].sum().idxmax())
    scored = scored[scored["entity"] == entity]
    if scored.empty:
        return nothing(title or f"No text has a tone about {plain(entity or 'anyone')}", width, figure)
    means = scored.assign(tone=scored["tone"] * scored["n_scored"], n=scored["n_scored"])
    means = means.groupby("speaker_kind", sort=False)[["tone", "n"]].sum()
    means["tone"] /= means["n"]
    means = means.sort_values("tone", kind="stable")
    note = (
        f"Mean tone of {means['n'].sum():.0f} scored sentences about {plain(entity)} by who says it, -1 to 1;"
    )
    note += " price reports do not count."
    labels = [f"{row.tone:+.2f} ({row.n:.0f} sentence{'s' * (row.n != 1)})" for row in means.itertuples()]
    kinds = "; ".join(
        f"{kind}: {told}" for kind, told in vocabulary("speaker_kind").items() if kind in means.index
    )
    figure, axes = page(
        title or f"Of {plain(entity)}, {_finding(means)}", note, 0.34 * len(means) + 0.15,
        [f"Bar: mean over sentences. Round: one document; diamond: a headline. {kinds}."],
        0.3 + max(map(text_width, means.index)), 0.3 + max(map(text_width, labels)), width=width, figure=figure,
        alt="; ".join(f"{kind} {label}" for kind, label in zip(means.index, labels, strict=True)),
        data=means.reset_index(),
    )  # fmt: skip
    for y, row in enumerate(means.itertuples()):
        look = {"facecolor": ACCENT, "hatch": "///"} if row.tone < 0 else {"facecolor": PALE}
        axes.barh(y, row.tone, height=0.5, alpha=0.6, edgecolor="white", **look)
        for text in scored[scored["speaker_kind"] == row.Index].itertuples():
            marker = "D" if text.source == "headline" else "o"
            axes.plot([text.tone], [y], marker, color=INK, markersize=4.5, markerfacecolor="white")
        axes.text(1.02, y, labels[y], transform=axes.get_yaxis_transform(), va="center", size=LABEL)
    axes.axvline(0, color="#8A8F94", linewidth=0.8)
    axes.set(xlim=(-1.05, 1.05), ylim=(len(means) - 0.5, -0.5), xlabel="tone: negative to positive")
    axes.set_yticks(range(len(means)), means.index)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)
    return figure


def _finding(means: pd.DataFrame) -> str:
    low, *_, high = [f"({row.tone:+.2f}, n = {row.n:.0f})" for row in means.itertuples()] * 2
    if len(means) == 1:
        return f"{means.index[0]} voices alone have a tone {low}"
    return f"{means.index[0]} voices speak least favourably {low}, {means.index[-1]} voices most favourably {high}"


@chart
def tone_against_reaction(
    pairs: Any, title: str | None = None, width: float = WIDTH, figure: Any = None
) -> Any:
    """Draw the tone of each event's texts beside the abnormal return of each listing, in standard errors.

    Parameters
    ----------
    pairs
        From `associate`, or its `.pairs`.
    title, width, figure
        As in `investments`. The association's own sentence stands in the foot.
    """
    table = getattr(pairs, "pairs", pairs)
    missing = table[table[["tone", "sar"]].isna().any(axis=1)]
    drawn = table.drop(missing.index).reset_index(drop=True)
    left_out = "; ".join(
        f"{n} without a point: {plain(why)}" for why, n in missing["reason"].value_counts().items()
    )
    if drawn.empty:
        return nothing(title or "No event has both a tone and a reaction", width, figure, [left_out])
    counts = drawn["verdict"].value_counts()
    told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in _VERDICTS if verdict in counts)
    drawn["name"] = drawn["event_id"] + (" " + drawn["instrument"] if "instrument" in drawn else "")
    figure, axes = page(
        title or f"{len(drawn)} pair{'s' * (len(drawn) != 1)} of tone and reaction: {told}",
        "Shaded: within usual noise, or hardly any tone.", max(2.4, width * 0.42),
        [_MARKS, left_out, getattr(pairs, "sentence", "")], right=0.9 if width > 5 else 0.6,
        width=width, figure=figure,
        alt="; ".join(f"{r.name}: tone {r.tone:+.2f}, reaction {r.sar:+.1f}" for r in drawn.head(20).itertuples()),
        data=drawn,
    )  # fmt: skip
    reach = max(3.0, drawn["sar"].abs().max() * 1.15)
    axes.set(xlim=(-1.05, 1.05), ylim=(-reach, reach))
    axes.set(xlabel="tone of the texts, -1 to 1", ylabel="abnormal return, standard errors")
    axes.axhspan(-1.96, 1.96, color="#EEF0F2", linewidth=0, zorder=0)
    axes.axvspan(-0.2, 0.2, color="#E3E5E8", linewidth=0, zorder=0, alpha=0.7)
    axes.axhline(0, color="#8A8F94", linewidth=0.8)
    axes.axvline(0, color="#8A8F94", linewidth=0.8)
    for row in drawn.itertuples():
        colour, marker = _VERDICTS.get(row.verdict, (GREY, "D"))
        face = colour if bool(getattr(row, "separable", True)) else "white"
        axes.plot([row.tone], [row.sar], marker, color=colour, markerfacecolor=face, markersize=6)
    # Points whose names would run into each other share one column of names; many keep theirs in the table.
    inches = axes.get_position().size * figure.get_size_inches()
    ordered = drawn.head(_NAMED if len(drawn) <= _NAMED else 0).sort_values("tone", kind="stable")
    for _, near in ordered.groupby(ordered["tone"].diff().gt(1.9 / inches[0]).cumsum()):
        heights = spread(near["sar"].tolist(), 0.25 * reach / inches[1])
        for x, y, name in zip(near["tone"] + 0.05, heights, near["name"], strict=True):
            axes.text(x, y, name, size=6.5, va="center", color="#3C4043")
    return figure
