"""Tone -> who speaks how; tone beside what the prices did."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analystkit.charts import house
from analystkit.charts.lettering import LABEL, plain, spread, text_width
from analystkit.schemas import vocabulary

_LOOKS = dict(zip(("agree", "diverge", "not distinguishable"), house.MARKS, strict=True))
_NAMED = 25  # points that can carry a name each
_ENOUGH = 3  # sentences of a kind of speaker from which on a title speaks of it


@house.chart
def tone_by_speaker(
    tone: pd.DataFrame, entity: str | None = None, width: float = house.WIDTH, figure: Any = None
) -> Any:
    """Draw the tone of each kind of speaker about one entity: a mark for each text, a bar for their mean.

    Parameters
    ----------
    tone
        From `measure_tone`.
    entity
        Of whom is spoken; the entity with most scored sentences when not given.
    width, figure
        As in `investments`.

    Returns
    -------
    Figure
        `data`: speaker_kind, mark (mean, document or headline), document_id, tone, n_scored, unit.

    Examples
    --------
    >>> from analystkit.charts import blank
    >>> tone = pd.DataFrame({"entity": "Acme", "speaker_kind": ["analyst"], "tone": [-0.4], "n_scored": [2],
    ...     "document_id": "d", "source": "document"})
    >>> tone_by_speaker(tone, figure=blank())
    <Figure: Of Acme, no kind of speaker has 3 scored sentences (n = 2 in all)>
    """
    scored = tone.dropna(subset=["tone"])
    if entity is None and len(scored):
        entity = str(scored.groupby("entity", sort=False)["n_scored"].sum().idxmax())
    scored = scored[scored["entity"] == entity]
    if scored.empty:
        return house.nothing(f"No text has a tone about {plain(entity or 'anyone')}", width, figure)
    weighted = scored.assign(tone=scored["tone"] * scored["n_scored"])
    sums = weighted.groupby("speaker_kind", sort=False)[["tone", "n_scored"]].sum()
    means = sums.assign(mark="mean", tone=sums["tone"] / sums["n_scored"]).sort_values("tone", kind="stable")
    data = pd.concat([means.reset_index(), scored.rename(columns={"source": "mark"})], ignore_index=True)
    total, about = means["n_scored"].sum(), plain(entity)
    labels = [f"{row.tone:+.2f} (n = {row.n_scored:.0f})" for row in means.itertuples()]
    meanings = vocabulary("speaker_kind")
    kinds = "; ".join(f"{kind}: {meanings[kind]}" for kind in means.index)
    figure, axes = house.page(
        f"Of {about}, {_finding(means)}",
        f"Mean tone of n = {total:.0f} scored sentences about {about} by who says it; price reports do not count",
        0.34 * len(means) + 0.15,
        [f"Bar: mean over sentences, open below {_ENOUGH}. Round: a document; diamond: a headline. {kinds}"],
        0.3 + text_width("\n".join(means.index)), 0.3 + text_width("\n".join(labels)), width=width, figure=figure,
        alt="; ".join(f"{kind} {label}" for kind, label in zip(means.index, labels, strict=True)),
        data=data[["speaker_kind", "mark", "document_id", "tone", "n_scored"]].assign(unit="tone, -1 to 1"),
    )  # fmt: skip
    for y, row in enumerate(means.itertuples()):
        (bar,) = axes.barh(y, row.tone, height=0.5, alpha=0.6, color=house.PALE, edgecolor="white")
        if row.n_scored < _ENOUGH:
            bar.set(edgecolor=house.GREY, fill=False)
        elif row.tone < 0:
            bar.set(facecolor=house.ACCENT, hatch="///")
        for text in scored[scored["speaker_kind"] == row.Index].itertuples():
            house.dot(axes, text.tone, y, "D" if text.source == "headline" else "o")
        axes.text(1.02, y, labels[y], transform=axes.get_yaxis_transform(), va="center", size=LABEL)
    axes.axvline(0, **house.AXIS)
    axes.set(xlim=(-1.05, 1.05), xlabel="tone, -1 (negative) to 1 (positive)")
    house.name_rows(axes, means.index)
    return figure


def _finding(means: pd.DataFrame) -> str:
    """Return a sentence about the kinds of speaker with enough sentences; it names those with too few."""
    few = means["n_scored"] < _ENOUGH
    told = [f"({row.tone:+.2f}, n = {row.n_scored:.0f})" for row in means[~few].itertuples()]
    if few.all():
        return f"no kind of speaker has {_ENOUGH} scored sentences (n = {means['n_scored'].sum():.0f} in all)"
    first, last = means.index[~few][[0, -1]]
    heading = f"{first} voices alone have {_ENOUGH} scored sentences {told[0]}"
    if len(told) > 1:
        heading = f"{first} voices speak least favourably {told[0]}, {last} voices most favourably {told[-1]}"
    return heading + f"; under {_ENOUGH}: {', '.join(means.index[few])}" * bool(few.any())


@house.chart
def tone_against_reaction(pairs: Any, width: float = house.WIDTH, figure: Any = None) -> Any:
    """Draw the tone of each event's texts beside the abnormal return of each listing, in standard errors.

    Parameters
    ----------
    pairs
        From `associate`, or its `.pairs`.
    width, figure
        As in `investments`. The association's own sentence stands in the foot.

    Returns
    -------
    Figure
        `data`: the pairs with a point.
    """
    table = getattr(pairs, "pairs", pairs)
    lost = table[["tone", "sar"]].isna().any(axis=1)
    drawn, reasons = table[~lost].reset_index(drop=True), table.loc[lost, "reason"].value_counts()
    left_out = "; ".join(f"{n} without a point: {plain(why)}" for why, n in reasons.items())
    if drawn.empty:
        return house.nothing("No event has both a tone and a reaction", width, figure, [left_out])
    counts, n = drawn["verdict"].value_counts(), drawn["event_id"].nunique()
    told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in _LOOKS if verdict in counts)
    drawn["name"] = drawn["event_id"] + (" " + drawn["instrument"] if "instrument" in drawn else "")
    figure, axes = house.page(
        f"{len(drawn)} pair{'s' * (len(drawn) != 1)} of tone and reaction (events: n = {n}): {told}",
        "Shaded: within usual noise (95 %), or hardly any tone", max(2.4, width * 0.42),
        [house.legends()["pair"], left_out, getattr(pairs, "sentence", "")], right=0.9, width=width, figure=figure,
        alt="; ".join(f"{r.name}: tone {r.tone:+.2f}, reaction {r.sar:+.1f}" for r in drawn.head(20).itertuples()),
        data=drawn.assign(tone_unit="-1 to 1", sar_unit="standard errors"),
    )  # fmt: skip
    reach = max(3.0, drawn["sar"].abs().max() * 1.15)
    axes.set(xlim=(-1.05, 1.05), ylim=(-reach, reach))
    axes.set(xlabel="tone of the texts, -1 to 1", ylabel="abnormal return, standard errors")
    axes.axhspan(-1.96, 1.96, color="#EEF0F2", linewidth=0, zorder=0)
    axes.axvspan(-0.2, 0.2, color="#E3E5E8", linewidth=0, zorder=0, alpha=0.7)
    axes.axhline(0, **house.AXIS)
    axes.axvline(0, **house.AXIS)
    for row in drawn.itertuples():
        colour, marker, _ = _LOOKS.get(row.verdict, house.MARKS[-1])
        house.dot(axes, row.tone, row.sar, marker, colour, hollow=not getattr(row, "separable", True))
    # Points whose names would run into each other share one column of names; many keep theirs in the table.
    inches = axes.get_position().size * figure.get_size_inches()
    points = drawn.head(_NAMED * (len(drawn) <= _NAMED)).groupby(["tone", "sar"], as_index=False)
    points = points.agg(name=("name", "; ".join))
    for _, near in points.groupby(points["tone"].diff().gt(1.9 / inches[0]).cumsum()):
        heights = spread(near["sar"].tolist(), 0.25 * reach / inches[1])
        for x, y, name in zip(near["tone"], heights, near["name"], strict=True):
            house.beside(axes, name, (x, y), 6.5, "#3C4043")
    return figure
