"""Printed dates and numbers -> sessions and floats, without a guess that is not said."""

from __future__ import annotations

import pandas as pd

from analystkit.errors import PriceError

MISSING = frozenset({"", "null", "nan", "none", "n/a", "na", "#n/a", "#n/a n/a", "-", "--", "nat"})
_SUFFIXES = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
_GAPS = r"[\s'\u00a0\u202f]"
_NUMBER = (
    r"^(-?)(?:[A-Z]{3}\s|[A-Z]{0,3}[$€£¥])?\s*(-?[\d.\s'\u00a0\u202f]+(?:[eE][-+]?\d+)?)\s*([KMBT]?)"
    r"(?:\s?[$€£¥]|\s[A-Z]{3})?$"
)
_CLOCK = r"(?:[ T](?P<clock>\d{1,2}:\d{2}).*)?$"
_YEAR_FIRST = r"^(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})" + _CLOCK
_YEAR_LAST = r"^(?P<a>\d{1,2})(?P<sign>[-/.])(?P<b>\d{1,2})(?P=sign)(?P<y>\d{4}|\d{2})" + _CLOCK


def refusal(cells: pd.Series, file: str, problem: str, remedy: str) -> PriceError:
    """Return the error for cells that cannot be read one way; their name is that of the column."""
    rows = pd.DataFrame({"file": file, "row": cells.index, "column": cells.name, "value": cells.array})
    return PriceError(
        f"{file}: expected a {cells.name} that can be read one way; {len(rows)} cells fail (first: row"
        f" {rows['row'][0]}, {rows['value'][0]!r}): {problem}. Remedy: {remedy}; all of them: err.rows.",
        rows=rows.assign(problem=problem, remedy=remedy),
    )


def parse_numbers(cells: pd.Series, decimal: str, file: str = "") -> pd.Series:
    """Return printed numbers as floats; words for a missing value give NaN, anything else raises PriceError.

    Examples
    --------
    >>> parse_numbers(pd.Series(["$1,234.50", "32.94K", "N/A", "(3.2)"]), ".").tolist()
    [1234.5, 32940.0, nan, -3.2]
    """
    text = cells.str.strip().str.replace("−", "-")
    text = text.mask(text.str.lower().isin(MISSING), "").str.replace(r"^\((.*)\)$", r"-\1", regex=True)
    text = text.str.replace("." if decimal == "," else ",", "").str.replace(decimal, ".")
    parts = text.str.extract(_NUMBER)
    numbers = pd.to_numeric(parts[1].str.replace(_GAPS, "", regex=True), errors="coerce")
    numbers = numbers.where(parts[0] != "-", -numbers) * parts[2].map(_SUFFIXES).fillna(1.0)
    unread = numbers.isna() & (text != "")
    if unread.any():
        problem = f"not a number: {cells[unread].iloc[0]!r}"
        raise refusal(cells[unread], file, problem, "correct the cell")
    return numbers.astype("float64")


def decimal_of(cells: pd.Series) -> str:
    """Return the decimal sign of printed numbers.

    Examples
    --------
    >>> decimal_of(pd.Series(["1.234,50", "12,3"])), decimal_of(pd.Series(["1,234.50", "1,234"]))
    (',', '.')
    """
    comma = cells.str.contains(r"^[^,]*\.\d{3},\d+|^[^,.]*,(?:\d{1,2}|\d{4,})[KMB]?$", regex=True)
    return "," if comma.any() else "."


def parse_dates(
    cells: pd.Series, date_format: str | None, dayfirst: bool | None, file: str = ""
) -> tuple[pd.Series, str]:
    """Return printed dates as naive sessions, and a sentence on how they were read ("" where they need none).

    A stamp at midnight of its own zone is the exchange's date, though its UTC date may be the day before.

    Raises
    ------
    PriceError
        When dates could be read both ways, or some only one way and some only the other, or not at all.

    Examples
    --------
    >>> parse_dates(pd.Series(["13/02/2024", "02/03/2024"]), None, None)[0].dt.strftime("%d %b").tolist()
    ['13 Feb', '02 Mar']
    >>> parse_dates(pd.Series(["02/03/2024"]), None, None)
    Traceback (most recent call last):
    analystkit.errors.PriceError: ...
    """
    text, said = cells.str.strip().str.replace(r"\.0$", "", regex=True), ""
    text = text.str.replace(r"^((?:19|20)\d\d)(\d\d)(\d\d)$", r"\1-\2-\3", regex=True)
    numeric = text.str.match(r"\d{1,2}[-/.]\d").any()
    if date_format is not None:
        found = pd.to_datetime(cells.str.strip(), format=date_format, errors="coerce")
    elif text.str.fullmatch(r"[2-5]\d{4}").all():
        found = pd.to_timedelta(text.astype("int64"), unit="D") + pd.Timestamp("1899-12-30")
        said = "dates are read as day numbers of a spreadsheet"
    elif numeric or text.str.match(r"\d{4}[-/.]").any():
        parts = text.str.extract(_YEAR_LAST if numeric else _YEAR_FIRST)
        clock = ~parts["clock"].fillna("0:00").isin(["0:00", "00:00"])
        if clock.any():
            remedy = "convert them to the exchange's zone, take the date"
            raise refusal(cells[clock], file, "clock times in the dates", remedy)
        if numeric:
            by_day, said = _day_first(parts, dayfirst, cells, file)
            parts = parts.rename(columns={"a": "d", "b": "m"} if by_day else {"a": "m", "b": "d"})
            parts["y"] = parts["y"].where(parts["y"].str.len() == 4, "20" + parts["y"])
        printed = parts["y"] + "-" + parts["m"] + "-" + parts["d"]
        found = pd.to_datetime(printed, format="%Y-%m-%d", errors="coerce")
    else:  # months in words
        dated = text.where(text.str.contains(r"\d"))
        found = pd.to_datetime(dated, format="mixed", dayfirst=True, errors="coerce")
    if found.isna().any():
        raise refusal(cells[found.isna()], file, "not a date in the form of the others", "pass date_format=")
    return found.astype("datetime64[us]"), said


def _day_first(parts: pd.DataFrame, dayfirst: bool | None, cells: pd.Series, file: str) -> tuple[bool, str]:
    """Return whether the day stands before the month, and a sentence where that is found out."""
    if dayfirst is not None:
        return dayfirst, ""
    by_day, by_month = (bool((parts[c].astype("float64") > 12).any()) for c in ("a", "b"))
    if by_day and by_month:
        raise refusal(cells, file, "some dates have the day first and some the month", "pass date_format=")
    if not (by_day or by_month) and not (parts["sign"] == ".").all():
        problem = "every date can be read with the day or with the month first"
        raise refusal(cells, file, problem, "pass dayfirst=True or dayfirst=False")
    order = "month" if by_month else "day"
    return not by_month, f"dates are read {order} first: some of them, or their dots, allow nothing else"
