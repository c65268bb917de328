"""Horizon as a code (P3Y, FY2025, ../2030) -> first and last day, and its length in years."""

from __future__ import annotations

import functools
import re

import numpy as np
import pandas as pd

_DURATION = re.compile(r"P(\d+)([YMWD])")
_PIECE = re.compile(r"(FY)?(\d{4})(?:-(?:Q([1-4])|H([12])|(\d{2})(?:-(\d{2}))?))?")
_YEARS = {"Y": 1.0, "M": 1 / 12, "W": 7 / 365.25, "D": 1 / 365.25}


def years_of(period: str | float) -> float:
    """Return the length of a period in years, NaN where it is open or not stated.

    Parameters
    ----------
    period
        ISO 8601 or EDTF: a duration, a year, a half or a quarter, fiscal or not, or an interval of these.

    Examples
    --------
    >>> years_of("P3Y"), years_of("FY2025"), years_of("2025-Q1"), years_of("2025/2029")
    (3.0, 1.0, 0.25, 5.0)
    >>> years_of("../2030")
    nan
    """
    if not isinstance(period, str):
        return np.nan
    if duration := _DURATION.fullmatch(period):
        return int(duration[1]) * _YEARS[duration[2]]
    # Every fiscal year is a year long, whenever it ends.
    start, end = dates_of(period, "12-31")
    if pd.isna(start) or pd.isna(end):
        return np.nan
    after = end + pd.Timedelta(days=1)
    months = (after.year - start.year) * 12 + after.month - start.month
    days = after.day - start.day
    return round(months / 12 + days / 365.25, 6)


def dates_of(
    period: str | float, fiscal_year_end: str | float | None = None, starts: pd.Timestamp | None = None
) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the first and the last day of a period, NaT where it has none.

    Parameters
    ----------
    period
        As for `years_of`.
    fiscal_year_end
        MM-DD; a fiscal year is named after the calendar year in which it ends. Without it a fiscal
        year has no dates.
    starts
        First day of a duration, which has no dates of its own.

    Examples
    --------
    >>> [day.date().isoformat() for day in dates_of("FY2025", "06-30")]
    ['2024-07-01', '2025-06-30']
    >>> [day.date().isoformat() for day in dates_of("FY2026-Q1", "03-31")]
    ['2025-04-01', '2025-06-30']
    >>> dates_of("../2030")[0], dates_of("../2030")[1].date().isoformat()
    (NaT, '2030-12-31')
    """
    if not isinstance(period, str):
        return pd.NaT, pd.NaT
    if duration := _DURATION.fullmatch(period):
        if starts is None or pd.isna(starts):
            return pd.NaT, pd.NaT
        unit = {"Y": "years", "M": "months", "W": "weeks", "D": "days"}[duration[2]]
        return starts, starts + pd.DateOffset(**{unit: int(duration[1])}) - pd.Timedelta(days=1)
    first, _, last = period.partition("/")
    return _piece(first, fiscal_year_end)[0], _piece(last or first, fiscal_year_end)[1]


@functools.cache
def _piece(text: str, fiscal_year_end: str | float | None) -> tuple[pd.Timestamp, pd.Timestamp]:
    match = _PIECE.fullmatch(text)
    if match is None:
        return pd.NaT, pd.NaT
    fiscal, year, quarter, half, month, day = match.groups()
    if day:
        only = pd.Timestamp(text)
        return only, only
    if fiscal and not isinstance(fiscal_year_end, str):
        return pd.NaT, pd.NaT
    last_month = int(str(fiscal_year_end)[:2]) if fiscal else 12
    parts = ((quarter, 3), (half, 6), (month, 1))
    nth, months = next(((int(part), long) for part, long in parts if part), (1, 12))
    begin = pd.Timestamp(int(year) - 1, last_month, 1) + pd.DateOffset(months=1 + months * (nth - 1))
    return begin, begin + pd.DateOffset(months=months) - pd.Timedelta(days=1)


def common(
    first: tuple[pd.Timestamp, pd.Timestamp], second: tuple[pd.Timestamp, pd.Timestamp]
) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the later beginning and the earlier end of two periods; an end that is missing is open.

    Examples
    --------
    >>> [day.date().isoformat() for day in common(dates_of("2025"), dates_of("FY2025", "06-30"))]
    ['2025-01-01', '2025-06-30']
    """
    begins, ends = ([day for day in pair if pd.notna(day)] for pair in zip(first, second, strict=True))
    return max(begins, default=pd.NaT), min(ends, default=pd.NaT)


def overlap(first: tuple[pd.Timestamp, pd.Timestamp], second: tuple[pd.Timestamp, pd.Timestamp]) -> bool:
    """Return whether two periods share a day; an end that is missing is open.

    Examples
    --------
    >>> overlap(dates_of("2025"), dates_of("FY2025", "06-30")), overlap(dates_of("2024"), dates_of("2025"))
    (True, False)
    """
    begins, ends = common(first, second)
    return not begins > ends
