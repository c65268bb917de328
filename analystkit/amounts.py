"""An interval of an amount -> the words and the scale in which a person reads it."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import pandas as pd

_SCALES = ((1e12, "tn"), (1e9, "bn"), (1e6, "mn"))
_BASES = {"per_year": "a year", "total": "in all"}


def scale_of(amounts: Iterable[float]) -> tuple[float, str]:
    """Return the scale in which amounts are read, and its abbreviation: thousands and less as they are.

    Examples
    --------
    >>> scale_of([8e10, float("inf"), 1.75e10])
    (1000000000.0, 'bn')
    >>> scale_of([0.4])
    (1.0, '')
    """
    largest = max((abs(a) for a in amounts if math.isfinite(a)), default=0.0)
    return next(((scale, word) for scale, word in _SCALES if largest >= scale), (1.0, ""))


def number(value: float, digits: int = 3) -> str:
    """Return a number with so many digits, but below a thousand never less than one decimal that is not zero.

    Examples
    --------
    >>> number(52.4138), number(80.0), number(131.82), number(1234.6), number(-0.0449)
    ('52.4', '80', '131.8', '1,235', '-0.0449')
    """
    if not math.isfinite(value):
        return "unlimited" if value > 0 else "-unlimited" if value < 0 else ""
    if value == 0:
        return "0"
    decimals = max(int(abs(value) < 1000), digits - 1 - math.floor(math.log10(abs(value))))
    shown = f"{value:,.{decimals}f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def percent(fraction: float, decimals: int = 1, signed: bool = False) -> str:
    """Return a fraction as a percentage; a rounded zero has no sign.

    Examples
    --------
    >>> percent(-0.102), percent(0.034, signed=True), percent(-0.0001)
    ('-10.2 %', '+3.4 %', '0.0 %')
    """
    if pd.isna(fraction):
        return ""
    rounded = round(fraction * 100, decimals) + 0.0
    return f"{rounded:{'+' if signed and rounded else ''}.{decimals}f} %"


def in_words(
    value: float,
    low: float,
    high: float,
    low_closed: bool = True,
    high_closed: bool = True,
    scale: float = 1.0,
) -> str:
    """Return an interval in words: "more than 52.4", "60 to 65", "up to 100", "80".

    Parameters
    ----------
    value
        The printed number where there is one, NaN for a range.
    low, high, low_closed, high_closed
        The interval; an infinite end is not limited.
    scale
        What all of them are divided by.

    Examples
    --------
    >>> in_words(17.5, 17.5, float("inf"), False, False), in_words(float("nan"), 60, 65)
    ('more than 17.5', '60 to 65')
    >>> in_words(8e10, 7.95e10, 8.05e10, scale=1e9)
    '80'
    """
    value, low, high = value / scale, low / scale, high / scale
    if pd.isna(low) and pd.isna(high):
        return "no figure" if pd.isna(value) else number(value)
    if math.isinf(low) and math.isinf(high):
        return "any amount"
    if math.isinf(high):
        return f"{'at least' if low_closed else 'more than'} {number(low)}"
    if math.isinf(low):
        return f"{'up to' if high_closed else 'less than'} {number(high)}"
    if pd.notna(value):
        return number(value)
    ends = [number(low), number(high)]
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)


def rows_in_words(frame: pd.DataFrame, scale: float = 1.0) -> pd.Series:
    """Return `in_words` for each row of a frame with the columns value, low, high, low_closed and high_closed.

    An approximate amount (`bound`, where there is one) is told so.

    Examples
    --------
    >>> rows_in_words(pd.DataFrame({"low": [60.0], "high": [np.inf], "high_closed": [False]}))[0]
    'at least 60'
    """
    usual = {"value": np.nan, "low_closed": True, "high_closed": True}
    whole = frame.assign(**{column: value for column, value in usual.items() if column not in frame})
    columns = ["value", "low", "high", "low_closed", "high_closed"]
    told = [in_words(*row, scale=scale) for row in whole[columns].itertuples(index=False)]  # type: ignore[misc]
    about = frame["bound"].eq("approximately") if "bound" in frame else [False] * len(frame)
    told = [f"about {words}" if rough else words for words, rough in zip(told, about, strict=True)]
    return pd.Series(told, frame.index, dtype="str")


def unit_in_words(scale_word: str, unit: str | float | None, basis: str | None = None) -> str:
    """Return the words of an axis or a heading: scale, unit and basis.

    Examples
    --------
    >>> unit_in_words("bn", "USD", "per_year"), unit_in_words("", None, "share_of_revenue")
    ('bn USD a year', "% of a year's revenue")
    """
    if basis == "share_of_revenue":
        return "% of a year's revenue"
    words = [scale_word, unit if isinstance(unit, str) else "", _BASES.get(basis or "", "")]
    return " ".join(word for word in words if word)
