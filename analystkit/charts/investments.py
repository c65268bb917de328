"""A comparison -> horizontal intervals, with the finding for a title."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pandas as pd

from analystkit.amounts import rows_in_words, scale_of, unit_in_words
from analystkit.charts import house
from analystkit.charts.lettering import LABEL, SMALL, fold, plain, text_width, wrap
from analystkit.comparisons import COLUMNS
from analystkit.dossier import Dossier
from analystkit.sources import footnotes, marks

_VERBS = {"planned": "plans", "reported": "reports", "estimated": "is estimated at"}
_LOOKS = dict(zip(_VERBS, house.MARKS, strict=True))
# What may be said of a ratio that lies wholly below, or wholly above, a number.
_BELOW = {0.1: "a tenth of", 0.2: "a fifth of", 0.25: "a quarter of", 1 / 3: "a third of", 0.5: "half of"}
_BELOW[0.9] = ""
_ABOVE = {10: "ten times", 5: "five times", 3: "three times", 2: "twice", 1.1: ""}
_ROW, _ARROW, _LEFT_OUT = 0.36, 0.36, 8


@house.chart
def investments(
    comparison: pd.DataFrame, dossier: Dossier | None = None, most: int = 40, width: float = house.WIDTH,
    figure: Any = None,
) -> Any:  # fmt: skip
    """Draw what each entity is said to invest as intervals on one axis, and return the figure.

    Parameters
    ----------
    comparison
        From `compare`. Rows with a reason are listed in words under the axis.
    dossier
        Gives footnote marks (the numbers that `tables.show` gives the same rows) and the source line.
    most
        Rows drawn at most, the largest first.
    width
        In inches.
    figure
        Draw into this figure (see `blank`) and not into a new one of pyplot.

    Returns
    -------
    Figure
        With `alt_text` and `data` (entity, low, high, value, words, marks, claim_ids, unit).

    Examples
    --------
    >>> table = pd.DataFrame({"entity": ["Meta"], "value": [65e9], "low": [64.5e9], "high": [65.5e9],
    ...     "low_closed": True, "high_closed": True, "currency": "USD", "basis": "per_year", "claim_ids": "m",
    ...     "reason": None, "modality": "planned", "period": "2025"})
    >>> from analystkit.charts import blank
    >>> investments(table, figure=blank())
    <Figure: Meta plans 65 bn USD a year; no other figure stands beside it>
    """
    comparison = comparison.reindex(columns=list(COLUMNS)).astype({"rate_date": "datetime64[us]"})
    stated = comparison[comparison["low"].notna() & comparison["reason"].isna()].reset_index(drop=True)
    foot = [_left_out(comparison[comparison["reason"].notna()]), _rates(stated)]
    foot.append(house.source_line(dossier, comparison["claim_ids"], width))
    if stated.empty:
        return house.nothing("No claim gives a figure that can stand on this basis", width, figure, foot)
    basis = stated["basis"].iloc[0]
    scale, word = scale_of(stated[["value", "low", "high"]].to_numpy().ravel())
    scale = 0.01 if basis == "share_of_revenue" else scale
    unit = unit_in_words(word, stated["currency"].iloc[0], basis)
    stated["words"] = rows_in_words(stated, scale)
    stated["marks"] = ""
    if dossier is not None:
        stated["marks"] = marks(stated["claim_ids"], footnotes(dossier, comparison["claim_ids"]))
    heading = finding(stated, unit, _subject(dossier, stated))
    foot.insert(0, f"{len(stated) - most} smaller amounts stand in the table." if len(stated) > most else "")
    drawn, kinds = stated.head(most), stated["modality"].dropna().unique()
    open_ends = [np.isinf(drawn["high"]), np.isinf(drawn["low"])]
    looks = [*open_ends, drawn["value"].isna(), drawn["bound"].eq("approximately")]
    drawn = drawn.assign(shape=np.select(looks, ["floor", "ceiling", "range", "about"], "exact"))
    note = f"What each is said to invest, {unit}" + (f"; {kinds[0]} amounts" if len(kinds) == 1 else "")
    names = ["\n".join(wrap(name, LABEL, width * 0.24, 2)) for name in drawn["entity"]]
    unders = [_qualifier(row, width, len(kinds) > 1 and width > 5) for row in drawn.itertuples()]
    told = drawn["words"] + " " + drawn["marks"].map(fold)
    labels = ["\n".join(wrap(label, LABEL, width * 0.3, 2)) for label in told]
    left = 0.22 + max(text_width("\n".join(names)), text_width("\n".join(unders), SMALL))
    right = 0.25 + text_width("\n".join(labels))
    tall = "\n" in "".join(names)
    figure, axes = house.page(
        heading, note, (_ROW + 0.13 * tall) * len(drawn) + 0.12, [_legend(drawn), *foot], left, right, 0.46, width,
        figure, "Intervals: " + "; ".join(f"{row.entity} {row.words}" for row in drawn.head(15).itertuples()),
        drawn[["entity", "low", "high", "value", "words", "marks", "claim_ids"]].assign(unit=unit),
    )  # fmt: skip
    _draw(axes, drawn, scale, width - left - right)
    beside = {"transform": axes.get_yaxis_transform(), "va": "center"}
    gap, lower = 0.08 / (width - left - right), 0.3 if tall else 0.24
    for y, (name, under, label) in enumerate(zip(names, unders, labels, strict=True)):
        axes.text(-gap, y - 0.16, name, ha="right", size=LABEL, **beside)
        axes.text(-gap, y + lower, under, ha="right", size=SMALL, color=house.GREY, **beside)
        axes.text(1 + gap, y, label, size=LABEL, **beside)
    axes.set_xlabel(unit)
    return figure


def _draw(axes: Any, drawn: pd.DataFrame, scale: float, inches: float) -> None:
    ends = drawn[["value", "low", "high"]].to_numpy() / scale
    known = ends[np.isfinite(ends)]
    begin, end = known.min(initial=0.0), known.max(initial=0.0)
    # Room for the arrows, which are equally long whatever the scale: how far an open end reaches is not known.
    room = ((end - begin) or 1.0) * _ARROW * 1.5 / max(inches - _ARROW * 1.5, 0.5)
    axes.set(xlim=(begin - room * (begin < 0), end + room), ylim=(len(drawn) - 0.5, -0.5), yticks=[])
    axes.grid(axis="y", visible=False)
    axes.axvline(0, color="#8A8F94", linewidth=0.7)
    axes.spines["left"].set_visible(False)
    axes.locator_params(axis="x", nbins=max(2, int(inches / 0.65)))
    for y, (row, (value, low, high)) in enumerate(zip(drawn.itertuples(), ends, strict=True)):
        colour, marker, _ = _LOOKS.get(row.modality, _LOOKS["planned"])
        if row.shape == "range":
            axes.barh(y, high - low, left=low, height=0.3, color="white", edgecolor=colour, linewidth=1.2)
            continue
        at = next((each for each in (value, low, high) if math.isfinite(each)), math.nan)
        if row.shape in ("exact", "about"):
            axes.plot([low, high], [y, y], color=colour, linewidth=1.3, marker="|", markersize=6)
        for way in [1] * math.isinf(high) + [-1] * math.isinf(low):
            # An arrow to the left ends at the axis: behind it stand the names.
            left = min(_ARROW, (at - axes.get_xlim()[0]) / (end + room - begin) * inches)
            house.arrow(axes, at, y, (72 * (_ARROW if way > 0 else -left), 0), colour)
        house.dot(axes, at, y, marker, colour, hollow=row.shape != "exact")


def _legend(drawn: pd.DataFrame) -> str:
    kinds = [kind for kind in drawn["modality"].unique() if kind in _LOOKS]
    told = [words for shape, words in house.legends().items() if drawn["shape"].eq(shape).any()]
    told += [f"{_LOOKS[kind][2]}: {kind}" for kind in kinds if len(kinds) > 1]
    return "; ".join(told).capitalize() + "."


def _qualifier(row: Any, width: float, of_kind: bool) -> str:
    period = re.sub(r"^P(\d+)Y$", r"over \1 years", row.period if isinstance(row.period, str) else "")
    kind = row.modality if of_kind and isinstance(row.modality, str) else ""
    return wrap(", ".join(filter(None, (kind, period))), SMALL, width * 0.26, 1)[0]


def _left_out(rows: pd.DataFrame) -> str:
    """Return, in words, what could not be drawn and why, each entity and reason once."""
    counts = rows[["entity", "reason"]].value_counts(sort=False)
    told = [f"{entity}: {why}" + (f" ({n} claims)" if n > 1 else "") for (entity, why), n in counts.items()]
    more = f"; and {len(told) - _LEFT_OUT} more, see the table" if len(told) > _LEFT_OUT else ""
    return f"Not drawn: {'; '.join(told[:_LEFT_OUT])}{more}." if told else ""


def _rates(drawn: pd.DataFrame) -> str:
    days = sorted(drawn["rate_date"].dropna().dt.strftime("%Y-%m-%d").unique())
    told = f"{days[0]} to {days[-1]}, the day of each statement" if len(days) > 1 else "".join(days)
    return f"Converted at reference rates of the European Central Bank of {told}." if days else ""


def _subject(dossier: Dossier | None, drawn: pd.DataFrame) -> int:
    """Return the row that the title is about: of the entity that the dossier says most of."""
    told_of = [] if dossier is None else dossier.claims["entity"].value_counts().index
    entities = drawn["entity"].tolist()
    return next((entities.index(entity) for entity in told_of if entity in entities), 0)


def finding(drawn: pd.DataFrame, unit: str, subject: int = 0) -> str:
    """Return one true sentence about a row of a comparison and the largest other row of its kind.

    Parameters
    ----------
    drawn
        Rows with a figure, with `words`; the largest first.
    unit
        As on the axis.
    subject
        Position of the row that the sentence is about.

    Examples
    --------
    >>> rows = pd.DataFrame({"entity": ["Microsoft", "Alibaba"], "low": [79.5, 17.5], "high": [80.5, math.inf],
    ...     "words": ["80", "more than 17.5"], "modality": "planned"})
    >>> finding(rows, "bn USD a year", 1)
    "Alibaba plans more than 17.5 bn USD a year: that floor is less than a quarter of Microsoft's 80"
    """
    row = drawn.iloc[subject]
    said = f"{plain(row['entity'])} {_VERBS.get(row['modality'], 'is said to invest')} {row['words']} {unit}"
    others = drawn[(drawn["modality"] == row["modality"]) & (drawn["entity"] != row["entity"])]
    if others.empty:
        return f"{said}; no other figure stands beside it"
    # The yardstick is limited on both sides, and of the same measure, where there is one.
    fit = others[["low", "high"]].map(math.isfinite).all(axis=1).astype(int)
    if "metric" in drawn:
        fit += 2 * (others["metric"] == row["metric"]) * fit
    other = others.loc[fit.idxmax()]
    theirs = f"{plain(other['entity'])}'s {other['words']}"
    low, high, least, most = row["low"], row["high"], other["low"], other["high"]
    if low > 0 and least > 0:
        if told := _ratio(low / most, high / least):
            return f"{said}, {told} {theirs}"
        # An amount without upper limit may still be the larger one: only its floor can be placed.
        if math.isinf(high) and (told := _ratio(low / most, low / least)):
            return f"{said}: that floor is {told} {theirs}"
    return f"{said}, beside {theirs}"


def _ratio(low: float, high: float) -> str:
    """Return the words that hold for every ratio between two bounds, none where none do."""
    below = next((f"less than {words}".strip() for bound, words in _BELOW.items() if high < bound), "")
    above = next((f"more than {words}".strip() for bound, words in _ABOVE.items() if low > bound), "")
    return below or above or ("about as much as" if low >= 0.9 and high <= 1.1 else "")
