"""A printed number -> the readings that it can be, by arithmetic from reported figures and from guidance."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from analystkit.dossier import Dossier
from analystkit.intervals import half_units
from analystkit.schemas import currencies
from analystkit.tracking.deliveries import DAY, billions, ledgers, name_of, span_of, worst
from analystkit.tracking.promises import reported_metrics, revisions

READINGS = [
    "reading", "period", "period_start", "period_end", "definition", "value", "unit", "slip", "distance",
    "arithmetic", "confidence", "sources",
]  # fmt: skip
_LONGEST = 5.0
_SCALES = {1e3: "thousand", 1e6: "million", 1e9: "billion"}


def referee(
    value: float,
    unit: str,
    entity: str,
    dossier: Dossier,
    period: str | None = None,
    tolerance: float | None = None,
    metric: str = "capex",
) -> pd.DataFrame:
    """Return what a printed number can be: which measure, period, end of a range, or slip of scale or currency.

    Parameters
    ----------
    value, unit
        The number in base units, and its unit.
    entity
        Whose number; several joined by semicolons are added up.
    dossier
        Its fundamentals and accepted guidance are the evidence.
    period
        What it was printed for; readings of it come first, and "a year before" is said against it.
    tolerance
        How far off a reading may be, in `unit`; half a unit of the last printed digit when not given.
    metric
        What is measured.

    Returns
    -------
    pd.DataFrame
        One row for each reading that fits, the likeliest first: reading (quarter, year to date, fiscal year,
        calendar year, quarters in a row, low or high end of guidance, their sums), period, its first and last
        day, definition, value and unit, slip ("" or what went wrong in print), distance (a fraction),
        arithmetic in billions, confidence and sources. Empty when nothing fits.

    Examples
    --------
    >>> reports = pd.DataFrame({"entity": "Meta", "metric": "capex", "period": ["2025-Q1", "2025-Q2"],
    ...     "period_start": ["2025-01-01", "2025-04-01"], "period_end": ["2025-03-31", "2025-06-30"],
    ...     "value": [13e9, 17e9], "unit": "USD", "how": "reported", "confidence": "certain",
    ...     "source_title": "t", "source_url": "u"})
    >>> referee(30e9, "USD", "Meta", Dossier(fundamentals=reports))[["reading", "arithmetic"]].values.tolist()
    [['year to date', '13 + 17 = 30']]
    >>> referee(17, "USD", "Meta", Dossier(fundamentals=reports))["slip"].tolist()
    ['printed without "billion"']
    """
    half = half_of(value) if tolerance is None else tolerance
    entities = [name.strip() for name in entity.split(";")]
    year_ends = dossier.entities.set_index("entity")["fiscal_year_end"].reindex(entities)
    found = []
    for room, reading in _readings(entities, year_ends, dossier, metric, period):
        for factor, slip in _slips(unit, reading["unit"]):
            if abs(value * factor - reading["value"]) <= half * factor + room + 1e-9 * abs(reading["value"]):
                found.append(reading | {"slip": slip, "distance": value * factor / reading["value"] - 1})
                break
    frame = pd.DataFrame(found, columns=READINGS)
    frame = frame.drop_duplicates(["reading", "period", "definition", "value", "slip"], ignore_index=True)
    order = pd.Series(2, frame.index)
    if period is not None and (asked := span_of(period, year_ends.iloc[0])) is not None:
        days = [frame["period_start"], frame["period_end"] + DAY]
        year = pd.DateOffset(years=1)
        before = (days[0] == asked[0] - year) & (days[1] == asked[1] - year)
        frame["reading"] = frame["reading"].where(~before, frame["reading"] + ", a year before")
        order = order.mask(before, 1).mask((days[0] == asked[0]) & (days[1] == asked[1]), 0)
    order = order.mask(frame["period"] == period, 0)
    frame = frame.assign(order=order, slipped=frame["slip"] != "", far=frame["distance"].abs())
    return frame.sort_values(["slipped", "order", "far"], kind="stable")[READINGS].reset_index(drop=True)


def half_of(value: float) -> float:
    """Return half a unit of the last digit of a number as it would be printed.

    Examples
    --------
    >>> half_of(21.4e9), half_of(80.1)
    (50000000.0, 0.05)
    """
    return float(half_units(pd.DataFrame({"value": [float(value)]})).iloc[0])


def _slips(printed: str, known: str) -> Iterator[tuple[float, str]]:
    """Yield factors that would turn the printed number into the known one, and the slip they mean."""
    if printed == known:
        yield 1.0, ""
        for factor, word in _SCALES.items():
            yield factor, f'printed without "{word}"'
            yield 1 / factor, f'printed with "{word}" too many'
    elif {printed, known} <= currencies():
        yield 1.0, f"an amount in {known} printed as {printed}"


def _readings(
    entities: list[str], year_ends: pd.Series, dossier: Dossier, metric: str, period: str | None
) -> Iterator[tuple[float, dict[str, Any]]]:
    """Yield every amount that the evidence settles, after half a unit of its last digit."""
    reports = dossier.fundamentals[dossier.fundamentals["metric"].isin(reported_metrics([metric]))]
    stated = revisions(dossier, [metric])
    own = stated[stated["counts"].astype(bool) & stated["entity"].isin(entities)]
    if len(entities) > 1:
        last = own.drop_duplicates(["entity", "period"], keep="last")
        for _, group in last.groupby("period", sort=False):
            if len(group) == len(entities) and group["unit"].nunique() == 1:
                yield from _guided(group, year_ends.iloc[0])
        each = [_reported(reports, e, year_ends[e], period) if period else [] for e in entities]
        for choice in itertools.product(*each):
            rows = pd.DataFrame([reading for _, reading in choice])
            if rows["unit"].nunique() == 1:
                yield sum(room for room, _ in choice), _summed(rows, "value", "sum of what was reported")
        return
    for row in range(len(own)):
        yield from _guided(own.iloc[[row]], year_ends.iloc[0])
    yield from _reported(reports, entities[0], year_ends.iloc[0], None)


def _reported(
    reports: pd.DataFrame, entity: str, year_end: Any, period: str | None
) -> Iterator[tuple[float, dict[str, Any]]]:
    """Yield what an entity reported, by each measure, for a period or for every span that can be settled."""
    asked = span_of(period, year_end)
    for ledger in ledgers(reports[reports["entity"] == entity]):
        for start in ledger.starts():
            for after, amount in ledger.amounts(start).items():
                if (after - start).days <= _LONGEST * 366 and (asked is None or (start, after) == asked):
                    kind, code = name_of(start, after, year_end)
                    yield amount.half, {
                        "reading": kind, "period": code, "period_start": start, "period_end": after - DAY,
                        "definition": ledger.definition, "value": amount.value, "unit": ledger.unit,
                        "arithmetic": amount.arithmetic, "confidence": amount.confidence,
                        "sources": ";".join(amount.sources),
                    }  # fmt: skip


def _guided(words: pd.DataFrame, year_end: Any) -> Iterator[tuple[float, dict[str, Any]]]:
    """Yield the ends of one statement of guidance, or the sums of the ends of several."""
    start, after = span_of(words["period"].iloc[0], year_end) or (pd.NaT, pd.NaT)
    rows = words.assign(period_start=start, period_end=after - DAY, sources=words["claim_id"])
    points = (words["printed_low"] == words["printed_high"]).all()
    names = (
        {"printed_high": "guidance"}
        if points
        else {f"printed_{e}": f"{e} end of guidance" for e in ("low", "high")}
    )
    for end, name in names.items():
        if np.isfinite(words[end]).all():
            yield 0.0, _summed(rows, end, name if len(rows) == 1 else f"sum of: {name}")


def _summed(rows: pd.DataFrame, column: str, name: str) -> dict[str, Any]:
    total = float(rows[column].sum())
    arithmetic = " + ".join(map(billions, rows[column])) + (f" = {billions(total)}" if len(rows) > 1 else "")
    return rows.iloc[0].to_dict() | {
        "reading": name, "value": total, "arithmetic": arithmetic, "confidence": worst(rows["confidence"]),
        "definition": ", ".join(rows["definition"].dropna().unique()), "sources": ";".join(rows["sources"]),
    }  # fmt: skip
