"""One claim, one listing, two sessions -> what the prices say of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analystkit.currencies import rate
from analystkit.errors import CurrencyError

LEVELS = ("share_price", "index_level")
HOLDS, FAILS, UNTOLD = "holds", "fails", "cannot be told"
# Prices adjusted for later dividends differ from those quoted on the day by a little.
_ADJUSTMENT = 0.02
SCALES = {"percent": 0.01, "pp": 0.01, "bp": 0.0001}


@dataclass(frozen=True)
class Claimed:
    """What a claim allows, signed and as a fraction where it is a percentage."""

    value: float
    low: float
    high: float
    half: float
    way: int  # 1 up, -1 down, 0 not said
    as_much_as: bool

    def is_extreme(self, measured: float) -> bool:
        """Return whether this is what "as much as" names: the extreme itself, to the digits printed."""
        return abs(measured - self.value) <= self.half * (1 + 1e-9)

    def allows(self, measured: float) -> bool:
        return bool(self.low * (1 - 1e-12) - 1e-12 <= measured <= self.high * (1 + 1e-12) + 1e-12)


def read_claimed(claim: Any, allowed: pd.Series, half: float) -> Claimed:
    scale = SCALES.get(claim.unit, 1.0)
    change = claim.metric in ("price_change", "market_value_change")
    way = {"up": 1, "down": -1}.get(claim.direction, 0) if change else 0
    value, low, high, half = (float(x) * scale for x in (claim.value, allowed["low"], allowed["high"], half))
    if change and way == 0 and value < 0:
        value, low, high, way = -value, -high, -low, -1
    if np.isnan(low):  # a direction without a figure
        low, high = 0.0, np.inf
    if change and claim.direction == "flat" and np.isnan(value):
        low, high = -0.005, 0.005
    elif change:
        low = max(low, 0.0)
        if way < 0:
            value, low, high = -value, -high, -low
        elif way == 0:
            low = -high if claim.bound in ("at_most", "less_than") else low
    return Claimed(value, low, high, half, way, claim.bound == "at_most")


@dataclass(frozen=True)
class Case:
    """One claim on one listing, from one close to another (places in `prices`)."""

    claim: Any
    claimed: Claimed
    listing: Any
    prices: pd.DataFrame
    base: int
    end: int

    @property
    def currency(self) -> str | None:
        """Currency of the claim's figure; None for a percentage, or where it names none."""
        return None if self.claim.unit in SCALES or pd.isna(self.claim.unit) else self.claim.unit

    def close(self, at: int) -> float:
        return float(self.prices["close"][at])

    def day(self, at: int) -> str:
        return f"{self.prices['session'][at]:%Y-%m-%d}"

    def told(self, holds: bool | None, measured: float, source: str, reason: str) -> dict[str, object]:
        """Return the columns of a verdict; `holds` is None where it cannot be told."""
        return {
            "instrument": self.listing.instrument,
            "base_session": pd.NaT if self.claim.metric in LEVELS else self.prices["session"][self.base],
            "session": self.prices["session"][self.end],
            "measured": measured,
            "measured_from": source,
            "verdict": UNTOLD if holds is None else HOLDS if holds else FAILS,
            "reason": reason,
        }

    def holds_for(self, change: float) -> bool:
        # A claim without a direction speaks of the size of the move.
        sized = self.claimed.way == 0 and self.claimed.low >= 0
        return self.claimed.allows(abs(change) if sized else change)


def untold(reason: str) -> dict[str, object]:
    return {"verdict": UNTOLD, "reason": reason, "measured": np.nan}


def judge(case: Case, fundamentals: pd.DataFrame) -> dict[str, object]:
    """Return the verdict on one case as columns of `check_moves`."""
    if case.claim.metric == "market_value_change":
        return _market_value(case, fundamentals)
    if case.currency not in (None, case.listing.currency) and case.claim.metric != "index_level":
        told = f"{case.listing.instrument} trades in {case.listing.currency}"
        return untold(f"it is stated in {case.currency}, {told}")
    return _level(case) if case.claim.metric in LEVELS else _change(case)


def _change(case: Case) -> dict[str, object]:
    claimed, before, after = case.claimed, case.close(case.base), case.close(case.end)

    def moved(price: float) -> float:
        return price - before if case.currency else price / before - 1.0

    during = case.prices.iloc[case.base + 1 : case.end + 1]
    least, most = float(during["low"].min(skipna=False)), float(during["high"].max(skipna=False))
    told = f"{case.listing.instrument}: close {before:,.2f} on {case.day(case.base)}"
    told += f", {after:,.2f} on {case.day(case.end)}"
    if claimed.as_much_as and claimed.way:
        side, extreme = ("low", least) if claimed.way < 0 else ("high", most)
        if not np.isnan(extreme):
            return case.told(
                claimed.is_extreme(moved(extreme)), moved(extreme), side, f"{told}, {side} {extreme:,.2f}"
            )
        if claimed.way * moved(after) > abs(claimed.value) + claimed.half:
            return case.told(False, moved(after), "close", told)
        return case.told(None, moved(after), "close", f"{told}; no {side} of the session is known")
    holds = case.holds_for(moved(after))
    if not holds and moved(least) <= claimed.high and moved(most) >= claimed.low:
        told += "; it stood there during the session"
    return case.told(holds, moved(after), "close", told)


def _level(case: Case) -> dict[str, object]:
    claimed = case.claimed
    close, low, high = (float(case.prices[column][case.end]) for column in ("close", "low", "high"))
    told = f"{case.listing.instrument}: close {close:,.2f} on {case.day(case.end)}"
    if low <= high:
        told += f", between {low:,.2f} and {high:,.2f} during the session"
    extreme = claimed.as_much_as and not np.isnan(high)
    # A price can be quoted at any moment of the session.
    holds = claimed.allows(close) or (low <= claimed.high and high >= claimed.low)
    if extreme:
        holds = claimed.is_extreme(high)
    gaps = [
        abs(price / bound - 1)
        for price in (close, low, high)
        for bound in (claimed.low, claimed.high)
        if bound > 0
    ]
    if not holds and case.listing.price_basis == "adjusted" and np.nanmin([*gaps, np.inf]) <= _ADJUSTMENT:
        return case.told(None, close, "close", f"{told}; the prices are adjusted for later dividends")
    return case.told(holds, high if extreme else close, "high" if extreme else "close", told)


def _market_value(case: Case, fundamentals: pd.DataFrame) -> dict[str, object]:
    """Return the verdict on a change of market value: a reported value carried to other days by the closes."""
    own, here = case.listing.currency, case.listing.instrument
    reported = fundamentals[
        (fundamentals["entity"] == case.claim.entity) & (fundamentals["metric"] == "market_value")
    ]
    reported = reported[reported["unit"] == own].reset_index(drop=True)
    if reported.empty:
        return untold(f"no reported market value in {own}, the currency of {here}")
    dates, sessions = pd.to_datetime(reported["period_end"]), case.prices["session"]
    nearest = (dates - sessions[case.end]).abs().idxmin()
    value, on = float(reported["value"][nearest]), dates[nearest]
    at = int(sessions.searchsorted(on, side="right")) - 1
    if at < 0 or on - sessions[at] > pd.Timedelta(days=7):
        return untold(f"no close of {here} on {on:%Y-%m-%d}, the day of the reported market value")
    currency = case.currency or own
    try:
        rates = [
            1.0 if currency == own else rate(own, currency, sessions[p])[0] for p in (case.base, case.end)
        ]
    except CurrencyError as err:
        return untold(str(err))
    begin, end = (
        value / case.close(at) * case.close(p) * r for p, r in zip((case.base, case.end), rates, strict=True)
    )
    change = end - begin if case.currency else end / begin - 1.0
    told = (
        f"{currency} {begin / 1e9:,.1f} billion on {case.day(case.base)}, {end / 1e9:,.1f} billion on"
        f" {case.day(case.end)}: derived from {own} {value / 1e9:,.1f} billion reported for {on:%Y-%m-%d} and the"
        f" closes of {here}, at an unchanged number of shares"
    )
    return case.told(case.holds_for(change), change, "market value", told)
