"""Value, bound and printed precision -> interval; arithmetic on intervals.

An interval is four columns: low, high, low_closed, high_closed. Open ends are infinite and not closed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

INTERVAL = ["low", "high", "low_closed", "high_closed"]
_NUMBER = re.compile(r"\d[\d,]*(?:\.(\d+))?")
_SCALES = (1e12, 1e9, 1e6, 1e3, 1.0)


def to_intervals(claims: pd.DataFrame) -> pd.DataFrame:
    """Return the interval that each claim allows.

    Parameters
    ----------
    claims
        Rows with value, low, high and bound, and quote where there is one. An exact or approximate figure is
        as wide as its printed precision: "$53 billion" is 52.5 to 53.5 billion.

    Returns
    -------
    pd.DataFrame
        low, high (float64, in the claim's unit), low_closed, high_closed (bool), on the index of `claims`;
        NaN where the claim has no figure.

    Examples
    --------
    >>> claims = pd.DataFrame({"value": [3.8e11, 5.3e10], "low": np.nan, "high": np.nan,
    ...                        "bound": ["more_than", "exact"], "quote": ["380 billion yuan", "$53 billion"]})
    >>> to_intervals(claims).values.tolist()
    [[380000000000.0, inf, False, False], [52500000000.0, 53500000000.0, True, True]]
    """
    value = claims["value"].astype("float64")
    bound = claims["bound"].astype("str").fillna("exact")
    half = half_units(claims)
    # A range has two printed ends; a claim may also carry one of them alone, and lacks the other.
    ranged = (bound == "range") | value.isna()
    floor, ceiling = bound.isin(["more_than", "at_least"]), bound.isin(["less_than", "at_most"])
    low = (value - half).mask(floor, value).mask(ceiling, -np.inf).mask(ranged, claims["low"])
    high = (value + half).mask(ceiling, value).mask(floor, np.inf).mask(ranged, claims["high"])
    stated = low.notna() | high.notna()
    low, high = low.fillna(-np.inf).where(stated), high.fillna(np.inf).where(stated)
    return pd.DataFrame(
        {
            "low": low,
            "high": high,
            "low_closed": np.isfinite(low) & (bound != "more_than"),
            "high_closed": np.isfinite(high) & (bound != "less_than"),
        },
        index=claims.index,
    )


def half_units(claims: pd.DataFrame) -> pd.Series:
    """Return half a unit of the last printed digit of each claim's figure, in the claim's unit.

    The digits are those of the quote; without a quote the figure is taken to be printed in the largest
    of thousand, million, billion and trillion below it, with as many digits as it needs.

    Examples
    --------
    >>> claims = pd.DataFrame({"value": [5.244e10, 8e10], "quote": ["$52.44 billion", None]})
    >>> half_units(claims).tolist()
    [5000000.0, 500000000.0]
    """
    quotes = claims["quote"] if "quote" in claims else pd.Series(pd.NA, claims.index)
    halves = [_half_unit(v, q) for v, q in zip(claims["value"].astype("float64"), quotes, strict=True)]
    return pd.Series(halves, claims.index, dtype="float64")


def _half_unit(value: float, quote: object) -> float:
    if not math.isfinite(value) or value == 0:
        return math.nan if math.isnan(value) else 0.5
    for number in _NUMBER.finditer(quote if isinstance(quote, str) else ""):
        printed = float(number[0].replace(",", ""))
        power = math.log10(abs(value) / printed) if printed else 0.5
        # The number of the quote is the claim's own when a power of ten lies between the two.
        if abs(power - round(power)) < 1e-9:
            return float(0.5 * 10.0 ** (round(power) - len(number[1] or "")))
    scale = next((s for s in _SCALES if abs(value) >= s), 1.0)
    decimals = len(f"{abs(value) / scale:.10f}".rstrip("0").partition(".")[2])
    return 0.5 * scale * 10.0**-decimals


def intersection(rows: Iterable[Any]) -> tuple[float, float, bool, bool] | None:
    """Return low, high, low_closed and high_closed of what all rows allow, or None when they do not meet.

    Parameters
    ----------
    rows
        At least one, with these four attributes, such as the rows of `frame.itertuples()`.

    Examples
    --------
    >>> two = pd.DataFrame({"low": [60.0, 64.5], "high": [65.0, 65.5], "low_closed": True, "high_closed": True})
    >>> intersection(two.itertuples())
    (64.5, 65.0, True, True)
    >>> intersection(two.assign(low=[60.0, 66.0]).itertuples()) is None
    True
    """
    rows = list(rows)
    low, high = max(row.low for row in rows), min(row.high for row in rows)
    low_closed = all(row.low_closed for row in rows if row.low == low)
    high_closed = all(row.high_closed for row in rows if row.high == high)
    meet = low < high or (low == high and low_closed and high_closed)
    return (low, high, low_closed, high_closed) if meet else None


def hull(rows: Iterable[Any]) -> tuple[float, float, bool, bool]:
    """Return low, high, low_closed and high_closed of the smallest interval that contains all rows.

    Parameters
    ----------
    rows
        As for `intersection`.

    Examples
    --------
    >>> two = pd.DataFrame({"low": [60.0, 70.0], "high": [65.0, 72.0], "low_closed": True, "high_closed": True})
    >>> hull(two.itertuples())
    (60.0, 72.0, True, True)
    """
    rows = list(rows)
    low, high = min(row.low for row in rows), max(row.high for row in rows)
    low_closed = any(row.low_closed for row in rows if row.low == low)
    return low, high, low_closed, any(row.high_closed for row in rows if row.high == high)
