"""Printed dates and numbers -> sessions and floats, without a guess that is not said."""

from __future__ import annotations

import re

import pandas as pd

MISSING = frozenset({"", "null", "nan", "none", "n/a", "na", "#n/a", "#n/a n/a", "-", "--", "nat"})
_SUFFIXES = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
_YEAR_FIRST = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T](\d{2}):(\d{2}).*)?$")
_NUMERIC = re.compile(r"^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?: 0?0:00(?::00)?)?$")


class Unreadable(ValueError):
    """Cells that cannot be read one way, with what to do."""

    def __init__(self, problem: str, cells: pd.Series, remedy: str) -> None:
        super().__init__(problem)
        self.cells, self.remedy = cells, remedy


def parse_numbers(cells: pd.Series, decimal: str) -> pd.Series:
    """Return printed numbers as floats; words for a missing value give NaN, anything else raises Unreadable.

    Examples
    --------
    >>> parse_numbers(pd.Series(["$1,234.50", "32.94K", "N/A", "(3.2)"]), ".").tolist()
    [1234.5, 32940.0, nan, -3.2]
    """
    if pd.api.types.is_numeric_dtype(cells):
        return cells.astype("float64")
    text = cells.astype("str").str.strip().str.replace("−", "-").mask(cells.isna(), "")
    other = "." if decimal == "," else ","
    text = text.mask(text.str.lower().isin(MISSING), "")
    text = (
        text.str.replace(r"^\((.*)\)$", r"-\1", regex=True).str.replace(other, "").str.replace(decimal, ".")
    )
    parts = text.str.extract(
        r"^(-?)(?:[A-Z]{0,3}[$€£¥])?\s*(-?[\d.\s'\u00a0\u202f]+(?:[eE][-+]?\d+)?)\s*([KMBT]?)$"
    )
    digits = parts[1].str.replace(r"[\s'\u00a0\u202f]", "", regex=True)
    numbers = pd.to_numeric(digits, errors="coerce") * parts[2].map(_SUFFIXES).fillna(1.0)
    numbers = numbers.where(parts[0] != "-", -numbers)
    unread = numbers.isna() & (text != "")
    if unread.any():
        raise Unreadable(f"not a number: {cells[unread].iloc[0]!r}", cells[unread], "correct the cell")
    return numbers.astype("float64")


def decimal_of(cells: pd.Series) -> str:
    """Return the decimal sign of printed numbers.

    Examples
    --------
    >>> decimal_of(pd.Series(["1.234,50", "12,3"])), decimal_of(pd.Series(["1,234.50", "1,234"]))
    (',', '.')
    """
    text = cells.dropna().astype("str")
    comma = text.str.contains(r"^[^,]*\.\d{3},\d+|^[^,.]*,(?:\d{1,2}|\d{4,})[KMB]?$", regex=True)
    return "," if comma.any() else "."


def parse_dates(cells: pd.Series, date_format: str | None, dayfirst: bool | None) -> tuple[pd.Series, str]:
    """Return printed dates as naive sessions, and a sentence on how they were read ("" where they need none).

    Raises
    ------
    Unreadable
        When dates could be read both ways, or some only one way and some only the other, or not at all.

    Examples
    --------
    >>> parse_dates(pd.Series(["13/02/2024", "02/03/2024"]), None, None)[0].dt.strftime("%d %b").tolist()
    ['13 Feb', '02 Mar']
    >>> parse_dates(pd.Series(["02/03/2024"]), None, None)
    Traceback (most recent call last):
    analystkit.market.cells.Unreadable: ...
    """
    said = ""
    clock = pd.Series(False, cells.index)
    if (
        len(cells)
        and not pd.api.types.is_string_dtype(cells)
        and cells.map(lambda c: hasattr(c, "year")).all()
    ):
        cells = pd.to_datetime(cells)
    text = cells.astype("str").str.strip().str.replace(r"\.0$", "", regex=True)
    if pd.api.types.is_datetime64_any_dtype(cells):
        # A stamp at midnight of its own zone is the exchange's date; its UTC date may be the day before.
        found = cells.dt.tz_localize(None)
        clock = found != found.dt.normalize()
    elif date_format is not None:
        found = pd.to_datetime(text, format=date_format, errors="coerce")
    elif text.str.fullmatch(r"(19|20)\d{6}").all():
        found = pd.to_datetime(text, format="%Y%m%d", errors="coerce")
    elif text.str.fullmatch(r"[2-5]\d{4}").all():
        found = pd.to_timedelta(text.astype("int64"), unit="D") + pd.Timestamp("1899-12-30")
        said = "dates are read as day numbers of a spreadsheet"
    elif text.str.match(r"\d{1,2}[-/.]\d").any():
        parts = text.str.extract(_NUMERIC)
        dayfirst, said = _day_first(parts, dayfirst, cells)
        year = parts[3].where(parts[3].str.len() == 4, "20" + parts[3])
        day, month = (parts[0], parts[2]) if dayfirst else (parts[2], parts[0])
        found = pd.to_datetime(year + "-" + month + "-" + day, format="%Y-%m-%d", errors="coerce")
    elif text.str.match(r"\d{4}[-/.]").any():
        parts = text.str.extract(_YEAR_FIRST)
        clock = (parts[3].fillna("00") != "00") | (parts[4].fillna("00") != "00")
        found = pd.to_datetime(parts[0] + "-" + parts[1] + "-" + parts[2], format="%Y-%m-%d", errors="coerce")
    else:  # months in words
        found = pd.to_datetime(
            text.where(text.str.contains(r"\d")), format="mixed", dayfirst=True, errors="coerce"
        )
    if clock.any():
        raise Unreadable(
            "clock times in the dates", cells[clock], "convert them to the exchange's zone, take the date"
        )
    if found.isna().any():
        raise Unreadable("not a date in the form of the others", cells[found.isna()], "pass date_format=")
    return found.astype("datetime64[us]"), said


def _day_first(parts: pd.DataFrame, dayfirst: bool | None, cells: pd.Series) -> tuple[bool, str]:
    """Return whether the day stands before the month, and a sentence where that is found out."""
    first, second = parts[0].astype("float64"), parts[2].astype("float64")
    if dayfirst is not None:
        return dayfirst, ""
    by_day, by_month = bool((first > 12).any()), bool((second > 12).any())
    if by_day and by_month:
        raise Unreadable("some dates have the day first and some the month", cells, "pass date_format=")
    if not (by_day or by_month) and not (parts[1] == ".").all():
        problem = "every date can be read with the day or with the month first"
        raise Unreadable(problem, cells, "pass dayfirst=True or dayfirst=False")
    by_day = not by_month
    return (
        by_day,
        f"dates are read {'day' if by_day else 'month'} first, since their dots or some of them ask for it",
    )
