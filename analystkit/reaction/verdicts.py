"""One claim, one listing, two sessions -> what the prices say of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from analystkit.amounts import in_words, scale_of, unit_in_words
from analystkit.currencies import rate
from analystkit.errors import CurrencyError

LEVELS = ("share_price", "index_level")
HOLDS, FAILS, UNTOLD = "holds", "fails", "cannot be told"
# Prices adjusted for later dividends differ from those quoted on the day by a little.
_ADJUSTMENT = 0.02
SCALES = {"percent": 0.01, "pp": 0.01, "bp": 0.0001}
_UNITS = {"percent": "%", "pp": "percentage points", "bp": "basis points"}


Frame: TypeAlias = pd.DataFrame
# Whether the claim holds (None: it cannot be told), the measured figure, where it comes from, figures in words.
Told: TypeAlias = tuple[bool | None, float, str | None, str]


@dataclass(frozen=True)
class Claimed:
    """What a claim allows, signed and as a fraction where it is a percentage."""

    value: float
    low: float
    high: float
    half: float
    way: int  # 1 up, -1 down, 0 not said
    as_much_as: bool
    currency: str | None  # of the figure; None for a percentage, or where it names none

    def is_extreme(self, measured: float) -> bool:
        """Return whether this is what "as much as" names: the extreme itself, to the digits printed."""
        return abs(measured - self.value) <= self.half * (1 + 1e-9)

    def allows(self, measured: float) -> bool:
        return bool(self.low * (1 - 1e-12) - 1e-12 <= measured <= self.high * (1 + 1e-12) + 1e-12)

    def allows_move(self, change: float) -> bool:
        # A claim without a direction speaks of the size of the move.
        return self.allows(abs(change) if self.way == 0 and self.low >= 0 else change)


def read_claimed(claim: Any, low: float, high: float, half: float) -> Claimed:
    """Return what a claim allows, from the interval and half the last printed digit of its figure."""
    scale, change = SCALES.get(claim.unit, 1.0), claim.metric not in LEVELS
    value, low, high = claim.value * scale, low * scale, high * scale
    way = {"up": 1, "down": -1}.get(claim.direction, 0) if change else 0
    if change and way == 0 and value < 0:
        value, low, high, way = -value, -high, -low, -1
    if np.isnan(low):  # a direction without a figure
        low, high = (-0.005, 0.005) if claim.direction == "flat" else (0.0, np.inf)
    elif change:
        low = max(low, 0.0)
        if way == 0 and claim.bound in ("at_most", "less_than"):
            low = -high
    if way < 0:
        value, low, high = -value, -high, -low
    currency = None if claim.unit in SCALES or pd.isna(claim.unit) else claim.unit
    return Claimed(value, low, high, half * scale, way, claim.bound == "at_most", currency)


def in_reader_words(claim: Any, ends: Any) -> str:
    """Return what a claim states as a reader says it.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> claim = Row(value=3.0, bound="at_most", unit="percent", direction="down", metric="price_change")
    >>> in_reader_words(claim, Row(low=-np.inf, high=3.0, low_closed=False, high_closed=True))
    'as much as 3 % lower'
    """
    way = {"up": "higher", "down": "lower", "flat": "unchanged"}.get(claim.direction, "")
    way = "" if claim.metric in LEVELS else way
    if pd.isna(ends.low):
        return way
    hedged = claim.bound not in ("exact", "approximately") and pd.notna(claim.bound)
    scale, unit = 1.0, _UNITS.get(claim.unit, "")
    if not unit:
        scale, word = scale_of([claim.value, ends.low, ends.high])
        unit = unit_in_words(word, claim.unit)
    value = np.nan if hedged else claim.value
    figure = in_words(value, ends.low, ends.high, ends.low_closed, ends.high_closed, scale)
    figure = figure.replace("up to", "as much as") if way else figure
    return " ".join(filter(None, ["about" * (claim.bound == "approximately"), figure, unit, way]))


def judge(
    claim: Any, claimed: Claimed, listing: Any, prices: Frame, span: tuple[int, int], values: Frame
) -> dict[str, Any]:
    """Return the verdict on one claim and listing as columns of `check_moves`.

    Parameters
    ----------
    prices
        session, close, low and high of the listing.
    span
        Places of the close before the move and of its last session.
    values
        Market values of the company as reported, in the listing's currency.
    """
    first, last = prices.loc[span[0]], prices.loc[span[1]]
    if claim.metric == "market_value_change":
        found = _market_value(claimed, listing, prices, first, last, values)
    elif claimed.currency not in (None, listing.currency) and claim.metric != "index_level":
        found = _untold(
            f"it is stated in {claimed.currency}, {listing.instrument} trades in {listing.currency}"
        )
    elif claim.metric in LEVELS:
        found = _level(claimed, listing, last)
    else:
        found = _change(claimed, listing, first, last, prices.loc[span[0] + 1 : span[1]])
    holds, measured, source, reason = found
    verdict = {"verdict": UNTOLD if holds is None else HOLDS if holds else FAILS, "reason": reason}
    if source is None:
        return verdict
    before = pd.NaT if claim.metric in LEVELS else first["session"]
    where = {"instrument": listing.instrument, "base_session": before, "session": last["session"]}
    return verdict | where | {"measured": measured, "measured_from": source}


def _untold(reason: str) -> Told:
    return None, np.nan, None, reason


def _change(claimed: Claimed, listing: Any, first: pd.Series, last: pd.Series, during: pd.DataFrame) -> Told:
    before, after = first["close"], last["close"]

    def moved(price: float) -> float:
        return price - before if claimed.currency else price / before - 1.0

    least, most = during["low"].min(skipna=False), during["high"].max(skipna=False)
    told = f"{listing.instrument}: close {before:,.2f} on {first['session']:%Y-%m-%d}"
    told += f", {after:,.2f} on {last['session']:%Y-%m-%d}"
    if claimed.as_much_as and claimed.way:
        side, extreme = ("low", least) if claimed.way < 0 else ("high", most)
        if not np.isnan(extreme):
            words = f"{told}, {side} {extreme:,.2f}"
            return claimed.is_extreme(moved(extreme)), moved(extreme), side, words
        if claimed.way * moved(after) > abs(claimed.value) + claimed.half:
            return False, moved(after), "close", told
        return None, moved(after), "close", f"{told}; no {side} of the session is known"
    holds = claimed.allows_move(moved(after))
    if not holds and moved(least) <= claimed.high and moved(most) >= claimed.low:
        told += "; it stood there during the session"
    return holds, moved(after), "close", told


def _level(claimed: Claimed, listing: Any, day: pd.Series) -> Told:
    close, low, high = day["close"], day["low"], day["high"]
    told = f"{listing.instrument}: close {close:,.2f} on {day['session']:%Y-%m-%d}"
    if low <= high:
        told += f", between {low:,.2f} and {high:,.2f} during the session"
    if claimed.as_much_as and not np.isnan(high):
        holds, measured, source = claimed.is_extreme(high), high, "high"
    else:
        # A price can be quoted at any moment of the session.
        holds = claimed.allows(close) or bool(low <= claimed.high and high >= claimed.low)
        measured, source = close, "close"
    bounds = [bound for bound in (claimed.low, claimed.high) if bound > 0]
    near = any(abs(price / bound - 1) <= _ADJUSTMENT for price in (close, low, high) for bound in bounds)
    if not holds and near and listing.price_basis == "adjusted":
        return None, close, "close", f"{told}; the prices are adjusted for later dividends"
    return holds, measured, source, told


def _market_value(
    claimed: Claimed, listing: Any, prices: Frame, first: pd.Series, last: pd.Series, values: Frame
) -> Told:
    """Return the verdict on a change of market value: a reported value carried to other days by the closes."""
    own, here = listing.currency, listing.instrument
    if values.empty:
        return _untold(f"no reported market value in {own}, the currency of {here}")
    dates = pd.to_datetime(values["period_end"])
    nearest = (dates - last["session"]).abs().idxmin()
    value, on = values["value"][nearest], dates[nearest]
    week = prices[prices["session"].between(on - pd.Timedelta(days=7), on)]
    if week.empty:
        return _untold(f"no close of {here} on {on:%Y-%m-%d}, the day of the reported market value")
    currency = claimed.currency or own
    try:
        rates = [1.0 if currency == own else rate(own, currency, day["session"])[0] for day in (first, last)]
    except CurrencyError as err:
        return _untold(str(err))
    then = week["close"].iloc[-1]
    before, after = value / then * first["close"] * rates[0], value / then * last["close"] * rates[1]
    change = after - before if claimed.currency else after / before - 1.0
    told = (
        f"{currency} {before / 1e9:,.1f} billion on {first['session']:%Y-%m-%d}, {after / 1e9:,.1f} billion on"
        f" {last['session']:%Y-%m-%d}: derived from {own} {value / 1e9:,.1f} billion reported for {on:%Y-%m-%d} and"
        f" the closes of {here}, at an unchanged number of shares"
    )
    return claimed.allows_move(change), change, "market value", told
