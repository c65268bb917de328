"""Reported figures -> the amount of any span of days: sums of quarters, year to date less year to date.

Each report is a bridge between the day on which its period begins and the day after its end. An amount is the
shortest way over the bridges; one that is crossed backwards is subtracted. So quarters add up to years, years to
date fall apart into quarters, and fiscal years become calendar years, all by one rule.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analystkit.intervals import half_units
from analystkit.periods import dates_of, years_of

CONFIDENCE = ["certain", "probable", "derived", "uncertain"]
DAY = pd.Timedelta(days=1)
_WAY = tuple[tuple[float, Any], ...]


@dataclass(frozen=True)
class Amount:
    """What was reported for a span: the figure, half a unit of its last digit, and the reports it comes from."""

    value: float
    half: float
    arithmetic: str
    periods: tuple[str, ...]
    sources: tuple[str, ...]
    confidence: str


@dataclass(frozen=True)
class Ledger:
    """The reports of one entity by one definition in one unit."""

    definition: str | float
    unit: str
    reports: pd.DataFrame

    def amounts(self, start: pd.Timestamp) -> dict[pd.Timestamp, Amount]:
        """Return the amount from a day to each later day (the first one after) that the reports can settle."""
        ways = _ways(self.reports, start)
        return {day: _add(way) for day, way in sorted(ways.items()) if day > start}

    def amount(self, start: pd.Timestamp, after: pd.Timestamp, parts: bool = False) -> Amount | None:
        """Return the amount of one span; `parts` passes over a report of the span itself."""
        reports = self.reports
        if parts:
            whole = (reports["period_start"] == start) & (reports["period_end"] == after - DAY)
            reports = reports[~whole]
        way = _ways(reports, start).get(after)
        return _add(way) if way else None

    def starts(self) -> list[pd.Timestamp]:
        """Return the days on which a report begins or after which one ends, ascending."""
        return sorted({*self.reports["period_start"], *(self.reports["period_end"] + DAY)})


def ledgers(reports: pd.DataFrame) -> Iterator[Ledger]:
    """Yield one ledger for each definition and unit among the reports of an entity."""
    sized = reports.assign(half=half_units(reports[["value"]]).to_numpy())
    for (definition, unit), group in sized.groupby(["definition", "unit"], dropna=False, sort=False):
        yield Ledger(definition, str(unit), group)


def _ways(reports: pd.DataFrame, start: pd.Timestamp) -> dict[pd.Timestamp, _WAY]:
    """Return the cheapest way from a day to each other day: few reports, additions, well-supported figures."""
    bridges: dict[pd.Timestamp, list[tuple[pd.Timestamp, float, Any]]] = {}
    for row in reports.itertuples():
        after = row.period_end + DAY
        bridges.setdefault(row.period_start, []).append((after, 1.0, row))
        bridges.setdefault(after, []).append((row.period_start, -1.0, row))
    found: dict[pd.Timestamp, _WAY] = {}
    queue: list[tuple[float, int, pd.Timestamp, _WAY]] = [(0.0, 0, start, ())]
    ticket = 0
    while queue:
        cost, _, day, way = heapq.heappop(queue)
        if day in found:
            continue
        found[day] = way
        for onward, sign, row in bridges.get(day, []):
            doubt = CONFIDENCE.index(row.confidence) / 100
            ticket += 1
            # Four quarters that add up are a plainer account than a year less one quarter.
            step = (1 if sign > 0 else 4) + doubt
            heapq.heappush(queue, (cost + step, ticket, onward, (*way, (sign, row))))
    return found


def _add(way: _WAY) -> Amount:
    value = float(sum(sign * row.value for sign, row in way))
    way = tuple(sorted(way, key=lambda step: -step[0]))
    terms = [("+ " if sign > 0 else "- ") + billions(row.value) for sign, row in way]
    sources = [row.accession if isinstance(row.accession, str) else row.source_url for _, row in way]
    return Amount(
        value=value,
        half=float(sum(row.half for _, row in way)),
        arithmetic=" ".join(terms)[2:] + (f" = {billions(value)}" if len(way) > 1 else ""),
        periods=tuple(row.period for _, row in way),
        sources=tuple(dict.fromkeys(sources)),
        confidence=worst(row.confidence for _, row in way),
    )


def worst(words: Any) -> str:
    """Return the least certain of some confidences.

    Examples
    --------
    >>> worst(["certain", "derived", "probable"])
    'derived'
    """
    known = [CONFIDENCE.index(word) for word in words if word in CONFIDENCE]
    return CONFIDENCE[max(known, default=0)]


def billions(value: float) -> str:
    """Return an amount in billions as it would be read, smaller ones in full.

    Examples
    --------
    >>> billions(72.215e9), billions(65e9), billions(80)
    ('72.215', '65', '80 (no scale)')
    """
    if abs(value) < 1e6:
        return f"{value:g} (no scale)"
    return f"{value / 1e9:,.3f}".rstrip("0").rstrip(".")


def length(start: pd.Timestamp, after: pd.Timestamp) -> float:
    """Return the years from a day to another, whole months counted as twelfths.

    Examples
    --------
    >>> length(pd.Timestamp("2025-01-01"), pd.Timestamp("2025-10-01"))
    0.75
    """
    return years_of(f"{start:%Y-%m-%d}/{after - DAY:%Y-%m-%d}")


def span_of(
    period: str | float | None, year_end: Any, starts: pd.Timestamp | None = None
) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """Return the first day of a period and the day after its last, None where it has none.

    Examples
    --------
    >>> [f"{day:%Y-%m-%d}" for day in span_of("FY2025", "06-30")]
    ['2024-07-01', '2025-07-01']
    """
    first, last = dates_of(period, year_end, starts) if period is not None else (pd.NaT, pd.NaT)
    return None if pd.isna(first) or pd.isna(last) else (first, last + DAY)


def name_of(start: pd.Timestamp, after: pd.Timestamp, year_end: Any) -> tuple[str, str]:
    """Return what a span is called (quarter, fiscal year, ...) and its code.

    Examples
    --------
    >>> name_of(pd.Timestamp("2024-07-01"), pd.Timestamp("2025-07-01"), "06-30")
    ('fiscal year', 'FY2025')
    >>> name_of(pd.Timestamp("2025-01-01"), pd.Timestamp("2025-07-01"), "12-31")
    ('year to date', '2025-Q1/2025-Q2')
    """
    years = length(start, after)
    fiscal_month = int(year_end[:2]) % 12 + 1 if isinstance(year_end, str) else 1
    last = after - DAY
    first_code, last_code = (f"{day.year}-Q{(day.month + 2) // 3}" for day in (start, last))
    aligned = np.isclose((years * 4) % 1, 0) and start.day == 1 and start.month % 3 == 1
    if not aligned:
        return "span of days", f"{start:%Y-%m-%d}/{last:%Y-%m-%d}"
    if years == 0.25:
        return "quarter", first_code
    code = f"{first_code}/{last_code}"
    if years == 1 and start.month == 1:
        return "calendar year", str(start.year)
    if years == 1 and start.month == fiscal_month:
        return "fiscal year", f"FY{last.year}"
    if years < 1 and start.month in (1, fiscal_month):
        return "year to date", code
    return f"{years * 4:.0f} quarters in a row", code
