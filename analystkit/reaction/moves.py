"""Claimed price moves -> measured ones, with a verdict: holds, fails, cannot be told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analystkit.intervals import half_units, to_intervals
from analystkit.market import time_zone
from analystkit.periods import dates_of
from analystkit.reaction.confounding import exchanges_in
from analystkit.reaction.verdicts import (
    FAILS,
    HOLDS,
    SCALES,
    UNTOLD,
    Claimed,
    in_reader_words,
    judge,
    read_claimed,
)
from analystkit.schemas import columns

if TYPE_CHECKING:
    from analystkit.dossier import Dossier

METRICS = ("price_change", "market_value_change", "share_price", "index_level")
COLUMNS = [
    "claim_id", "entity", "metric", "instrument", "base_session", "session", "bound", "stated", "claimed",
    "claimed_low", "claimed_high", "unit", "measured", "measured_from", "verdict", "reason",
]  # fmt: skip

_RECENT = pd.Timedelta(days=15)
_OPENING = pd.Timedelta(hours=9)


def check_moves(dossier: Dossier) -> pd.DataFrame:
    """Return, for each claim about a price, what the prices say: holds, fails or cannot be told.

    "As much as 3 %" is checked against the lowest or highest price of the session, other figures against its close.
    A claim about a period runs from the last close before it to the last close within it on the day it was said. A
    claim that names neither listing nor day is tried on every listing of the entity, on the day it was said and on
    the session before; the first that fits is shown.

    Parameters
    ----------
    dossier
        Claims with a metric of price_change, market_value_change, share_price or index_level, and documents,
        instruments, prices and fundamentals. A market value on another day is the reported one times the ratio of
        closes.

    Returns
    -------
    pd.DataFrame
        One row a claim: claim_id, entity, metric, instrument, base_session, session, bound, stated ("as much as 3 %
        lower"), claimed (signed; a percentage as a fraction), claimed_low, claimed_high (what it allows), unit
        (fraction or a currency), measured (in that unit), measured_from (close, low, high, market value), verdict,
        reason (the figures used, or what is missing).

    Examples
    --------
    A share that fell from 100 to 97 and closed at 98:

    >>> from types import SimpleNamespace
    >>> dossier = SimpleNamespace(
    ...     claims=pd.DataFrame({"claim_id": ["c"], "document_id": ["d"], "entity": ["A plc"],
    ...         "metric": ["price_change"], "value": [3.0], "low": [np.nan], "high": [np.nan], "unit": ["percent"],
    ...         "bound": ["at_most"], "direction": ["down"], "said_on": pd.to_datetime(["2025-01-03"])}),
    ...     documents=pd.DataFrame(columns=["document_id", "published_at"]), events=pd.DataFrame(),
    ...     instruments=pd.DataFrame({"instrument": ["A"], "entity": ["A plc"], "exchange": ["XNYS"],
    ...         "currency": ["USD"], "price_basis": ["as_quoted"]}),
    ...     prices=pd.DataFrame({"instrument": "A", "session": pd.to_datetime(["2025-01-02", "2025-01-03"]),
    ...         "close": [100.0, 98.0], "low": [99.0, 97.0], "high": [101.0, 100.0]}),
    ...     fundamentals=pd.DataFrame(columns=["entity", "metric", "period_end", "value", "unit"]))
    >>> check_moves(dossier)[["claimed", "measured", "measured_from", "verdict"]].round(3).values.tolist()
    [[-0.03, -0.03, 'low', 'holds']]
    """
    claims = dossier.claims[dossier.claims["metric"].isin(METRICS)].reset_index(drop=True)
    claims = claims.reindex(columns=list(columns("claims")["column"]))
    published, found = _days_of(dossier), []
    ends = to_intervals(claims)
    for claim, stated, half in zip(claims.itertuples(), ends.itertuples(), half_units(claims), strict=True):
        said = claim.said_on if pd.notna(claim.said_on) else published.get(claim.document_id, pd.NaT)
        claimed = read_claimed(claim, stated.low, stated.high, half)
        known = {"claimed": claimed.value, "claimed_low": claimed.low, "claimed_high": claimed.high}
        words = {"stated": in_reader_words(claim, stated)}
        found.append(known | words | _check(dossier, claim, claimed, said))
    table = pd.DataFrame(found, index=claims.index).reindex(columns=COLUMNS)
    table[["claim_id", "entity", "metric", "bound"]] = claims[["claim_id", "entity", "metric", "bound"]]
    table["unit"] = claims["unit"].where(~claims["unit"].isin(list(SCALES)), "fraction")
    kinds = dict.fromkeys(COLUMNS, "str") | dict.fromkeys(["base_session", "session"], "datetime64[us]")
    figures = dict.fromkeys(["claimed", "claimed_low", "claimed_high", "measured"], "float64")
    return table.astype(kinds | figures)


def _days_of(dossier: Dossier) -> pd.Series:
    """Return when each document was published: a moment where a clock is known, else the naive day.

    A document without a date is as old as the event that it reports.
    """
    keys = ["published_at", "time_precision"]
    documents = dossier.documents.reindex(columns=["document_id", "event_id", *keys]).set_index("document_id")
    events = dossier.events.reindex(columns=["event_id", *keys]).set_index("event_id")
    of_event = events.reindex(documents["event_id"].astype("str").fillna("")).set_axis(documents.index)
    documents = documents.where(documents["published_at"].notna(), of_event)
    moments = pd.to_datetime(documents["published_at"], utc=True)
    # A placeholder stands at noon somewhere, so that its day in UTC is the day that was printed.
    clock = documents["time_precision"].isin(["minute", "hour"])
    return moments.astype("object").where(clock, moments.dt.tz_localize(None).dt.normalize())


def _check(dossier: Dossier, claim: Any, claimed: Claimed, said: pd.Timestamp) -> dict[str, object]:
    """Return the verdict on one claim: the first listing and session on which it holds, else the first that fails."""
    listings = dossier.instruments[dossier.instruments["entity"] == claim.entity]
    silent = (
        np.isnan(claimed.value) and np.isinf(claimed.high) and claim.direction not in ("up", "down", "flat")
    )
    for holds, told in (
        (claim.modality in ("planned", "estimated"), "it speaks of what is to come"),
        (silent, "it states neither figure nor direction"),
        (listings.empty, f"no listing of {claim.entity} is in instruments"),
    ):
        if holds:
            return {"verdict": UNTOLD, "reason": told}
    values = dossier.fundamentals[dossier.fundamentals["metric"] == "market_value"]
    values = values[values["entity"] == claim.entity]
    tried = []
    for listing in listings[_named(claim, listings)].itertuples():
        prices = dossier.prices[dossier.prices["instrument"] == listing.instrument].sort_values("session")
        prices = prices.reset_index(drop=True).reindex(columns=["session", "close", "low", "high"])
        in_currency = values[values["unit"] == listing.currency]
        for nth, span in enumerate(_spans(claim, said, prices, listing.exchange)):
            verdict = judge(claim, claimed, listing, prices, span, in_currency)
            # The session before is a reading of the claim only where it confirms it.
            if nth == 0 or verdict["verdict"] == HOLDS:
                tried.append(verdict)
    if not tried:
        return {"verdict": UNTOLD, "reason": "no prices at the time of the claim"}
    # The whole company has one value, and any listing whose currency it is reported in will do.
    order = (HOLDS, FAILS, UNTOLD) if claim.metric == "market_value_change" else (HOLDS, UNTOLD, FAILS)
    best = min(tried, key=lambda one: order.index(one["verdict"]))
    rest = {one["instrument"] for one in tried if one["verdict"] == FAILS} - {best.get("instrument")}
    if rest and best["verdict"] != FAILS:
        return best | {"reason": f"{best['reason']}; it does not hold for {', '.join(sorted(rest))}"}
    return best


def _named(claim: Any, listings: pd.DataFrame) -> list[bool]:
    """Return which listings the words of the claim, or its currency, single out: all where they single out none."""
    said = (claim.statement, claim.of, claim.definition, claim.quote)
    words = " ".join(str(w) for w in said if pd.notna(w))
    named = exchanges_in(words)
    found = [
        row.exchange in named or bool(re.search(rf"(?<!\w){re.escape(row.instrument)}(?!\w)", words))
        for row in listings.itertuples()
    ]
    if not any(found) and claim.metric == "share_price":
        found = (listings["currency"] == claim.unit).tolist()
    return found if any(found) else [True] * len(listings)


def _spans(claim: Any, said: pd.Timestamp, prices: pd.DataFrame, exchange: str) -> Iterator[tuple[int, int]]:
    """Yield places of the base close and of the last close that the claim can mean, the likeliest first."""
    day = said
    if pd.notna(said) and said.tzinfo is not None:
        # Who writes before the opening hour speaks of the day before.
        day = (said.tz_convert(time_zone(exchange)) - _OPENING).tz_localize(None)
    start, end = claim.period_start, claim.period_end
    if pd.isna(start) and pd.isna(end) and isinstance(claim.period, str):
        start, end = dates_of(claim.period)
        # "Over the past month": a length without dates ends on the day it is said.
        if pd.isna(end) and claim.period.startswith("P") and pd.notna(day):
            first, last = dates_of(claim.period, starts=day.normalize())
            start, end = day.normalize() - (last - first), day.normalize()
    sessions = prices["session"]
    if pd.notna(start) or pd.notna(end):
        known = [moment for moment in (end, day) if pd.notna(moment)]
        last = int(sessions.searchsorted(min(known), side="right")) - 1 if known else len(sessions) - 1
        base = int(sessions.searchsorted(start)) - 1 if pd.notna(start) else last - 1
        if base >= 0 and last > base:
            yield base, last
        return
    if pd.isna(day):
        return
    last = int(sessions.searchsorted(day, side="right")) - 1
    # A bare direction would hold on one of two days too easily.
    for end_at in (last, last - 1) if pd.notna(claim.value) or pd.notna(claim.low) else (last,):
        # A price of long ago is no answer to what was said today.
        if end_at >= 1 and day - sessions.iloc[end_at - 1] <= _RECENT:
            yield end_at - 1, end_at
