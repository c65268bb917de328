"""Value, bound and printed precision -> interval; arithmetic on intervals.

An interval is four columns: low, high, low_closed, high_closed. Open ends are infinite and not closed.
"""

from __future__ import annotations

import re

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
    low, high = value - half, value + half
    low = low.mask(bound.isin(["more_than", "at_least"]), value).mask(
        bound.isin(["less_than", "at_most"]), -np.inf
    )
    high = high.mask(bound.isin(["less_than", "at_most"]), value).mask(
        bound.isin(["more_than", "at_least"]), np.inf
    )
    # A range has two printed ends; a claim may also carry one of them alone.
    ranged = (bound == "range") | value.isna()
    low = low.mask(ranged, claims["low"].astype("float64"))
    high = high.mask(ranged, claims["high"].astype("float64"))
    stated = low.notna() | high.notna()
    low, high = low.where(~stated | low.notna(), -np.inf), high.where(~stated | high.notna(), np.inf)
    return pd.DataFrame(
        {
            "low": low.where(stated),
            "high": high.where(stated),
            "low_closed": stated & np.isfinite(low) & (bound != "more_than"),
            "high_closed": stated & np.isfinite(high) & (bound != "less_than"),
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
    if not np.isfinite(value) or value == 0:
        return np.nan if np.isnan(value) else 0.5
    if isinstance(quote, str):
        for number in _NUMBER.finditer(quote):
            printed = float(number[0].replace(",", ""))
            scale = abs(value) / printed if printed else 0.0
            power = np.log10(scale) if scale > 0 else np.nan
            # The number of the quote is the claim's own when a power of ten lies between the two.
            if np.isclose(power, np.round(power), atol=1e-9):
                return 0.5 * scale * 10.0 ** -len(number[1] or "")
    scale = next((s for s in _SCALES if abs(value) >= s), 1.0)
    decimals = len(f"{abs(value) / scale:.10f}".rstrip("0").partition(".")[2])
    return 0.5 * scale * 10.0**-decimals


def scaled(intervals: pd.DataFrame, factor: pd.Series | float) -> pd.DataFrame:
    """Return intervals times a positive factor.

    Examples
    --------
    >>> one = pd.DataFrame({"low": [3.0], "high": [np.inf], "low_closed": [False], "high_closed": [False]})
    >>> scaled(one, 1 / 3)["low"].tolist()
    [1.0]
    """
    moved = intervals.copy()
    moved["low"], moved["high"] = intervals["low"] * factor, intervals["high"] * factor
    return moved


def intersection(intervals: pd.DataFrame) -> pd.Series | None:
    """Return the interval that all rows allow, or None when they do not meet.

    Examples
    --------
    >>> two = pd.DataFrame({"low": [60.0, 64.5], "high": [65.0, 65.5], "low_closed": True, "high_closed": True})
    >>> intersection(two)[["low", "high"]].tolist()
    [64.5, 65.0]
    >>> intersection(two.assign(low=[60.0, 66.0])) is None
    True
    """
    known = intervals.dropna(subset=["low", "high"])
    if known.empty:
        return None
    low, high = float(known["low"].max()), float(known["high"].min())
    low_closed = bool(known.loc[known["low"] == low, "low_closed"].all())
    high_closed = bool(known.loc[known["high"] == high, "high_closed"].all())
    if low > high or (low == high and not (low_closed and high_closed)):
        return None
    return pd.Series([low, high, low_closed, high_closed], index=INTERVAL, dtype="object")


def hull(intervals: pd.DataFrame) -> pd.Series:
    """Return the smallest interval that contains all rows.

    Examples
    --------
    >>> two = pd.DataFrame({"low": [60.0, 70.0], "high": [65.0, 72.0], "low_closed": True, "high_closed": True})
    >>> hull(two)[["low", "high"]].tolist()
    [60.0, 72.0]
    """
    known = intervals.dropna(subset=["low", "high"])
    low, high = float(known["low"].min()), float(known["high"].max())
    low_closed = bool(known.loc[known["low"] == low, "low_closed"].any())
    high_closed = bool(known.loc[known["high"] == high, "high_closed"].any())
    return pd.Series([low, high, low_closed, high_closed], index=INTERVAL, dtype="object")
