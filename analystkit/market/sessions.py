"""Moment of publication -> the first session of an exchange whose prices can answer it."""

from __future__ import annotations

import functools
import re
import warnings
from typing import Any

import pandas as pd

from analystkit.errors import SessionError

_MIC = "[A-Z0-9]{4}"


@functools.cache
def session_closes(exchange: str) -> pd.Series:
    """Return the closing moment of every session of an exchange, half days with their early close.

    Parameters
    ----------
    exchange
        ISO 10383 code (MIC).

    Returns
    -------
    pd.Series
        Aware closing moments (UTC) on the naive session dates, ascending.

    Raises
    ------
    SessionError
        When no calendar is known for the code.

    Examples
    --------
    >>> closes = session_closes("XHKG")
    >>> closes["2024-12-23":"2024-12-24"].dt.strftime("%H:%M").tolist()  # Christmas Eve is a half day
    ['08:00', '04:00']
    """
    closes = _calendar(exchange).closes.astype("datetime64[us, UTC]")
    return closes.set_axis(closes.index.as_unit("us")).rename_axis("session").rename("session_close")


@functools.cache
def _calendar(exchange: str) -> Any:
    import exchange_calendars

    # "24/7" and the like are names of the library, not codes of a market.
    known = {name for name in exchange_calendars.get_calendar_names() if re.fullmatch(_MIC, name)}
    if exchange not in known:
        raise SessionError(
            f"expected the ISO 10383 code (MIC) of an exchange with a known calendar, such as XNYS"
            f" or XHKG, got {exchange!r}. Known: {', '.join(sorted(known))}.",
            rows=pd.DataFrame({"exchange": [exchange], "problem": ["no calendar"]}),
        )
    # The library's own deprecations are not the analyst's, and a notebook would show them.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", category=DeprecationWarning)
        try:
            return exchange_calendars.get_calendar(exchange, start="1970-01-01")
        except ValueError:  # this calendar knows of no year so early
            earliest = exchange_calendars.get_calendar(exchange).bound_min()
            return exchange_calendars.get_calendar(exchange, start=earliest)


def first_session(published_at: Any, exchange: str) -> Any:
    """Return the first session of the exchange whose close comes strictly after the moment.

    News at the very close is too late for that session. News before the open, in a lunch break, at
    night, on a weekend or on a holiday counts for the next session that closes.

    Parameters
    ----------
    published_at
        An aware moment, or a Series (list, index) of them. NaT stays NaT.
    exchange
        ISO 10383 code (MIC), such as XNYS, XNAS, XHKG.

    Returns
    -------
    pd.Timestamp or pd.Series
        Naive session date for a moment; for several a Series `datetime64[us]` on the same index.

    Raises
    ------
    SessionError
        For a moment without time zone, an unknown exchange, or a moment outside the calendar; the
        moments that fail are in `err.rows`.

    Examples
    --------
    Results published at seven in the morning in New York meet the same day's session there, and the
    next day's in Hong Kong, which has closed:

    >>> first_session("2025-02-20T07:00-05:00", "XNYS").date().isoformat()
    '2025-02-20'
    >>> first_session("2025-02-20T07:00-05:00", "XHKG").date().isoformat()
    '2025-02-21'
    """
    if not pd.api.types.is_list_like(published_at):
        return first_session(pd.Series([published_at], dtype="object"), exchange).iloc[0]
    moments = _aware(pd.Series(published_at))
    closes = session_closes(exchange)
    # Before the first close nothing shows that the calendar has not simply missed earlier sessions.
    outside = moments[(moments < closes.iloc[0] - pd.Timedelta(days=1)) | (moments >= closes.iloc[-1])]
    if len(outside):
        raise SessionError(
            f"expected moments that the calendar of {exchange} covers ({closes.index[0]:%Y-%m-%d} to"
            f" {closes.index[-1]:%Y-%m-%d}); {len(outside)} of {len(moments)} lie outside (first:"
            f" {outside.iloc[0]}). Correct the year, or update the package exchange_calendars.",
            rows=outside.rename("published_at").to_frame().assign(exchange=exchange),
        )
    known = moments.dropna()
    sessions = pd.Series(closes.index[closes.searchsorted(known, side="right")], index=known.index)
    return sessions.astype("datetime64[us]").reindex(moments.index).rename("session")


def _aware(given: pd.Series) -> pd.Series:
    """Return the moments in UTC, or raise for those that do not say where they are."""
    try:
        stamps = pd.Series([pd.Timestamp(moment) for moment in given], given.index, dtype="object")
    except (ValueError, TypeError) as err:
        raise SessionError(
            f"expected moments such as 2025-02-20T07:00-05:00, got something else: {err}.",
            rows=given.rename("published_at").to_frame(),
        ) from err
    lost = given[stamps.map(lambda stamp: pd.notna(stamp) and stamp.tzinfo is None).astype("bool")]
    if len(lost):
        raise SessionError(
            f"expected moments with a time zone; {len(lost)} of {len(given)} have none (first:"
            f" {lost.iloc[0]!s}). Write the offset, as in 2025-02-20T07:00-05:00, or use"
            ' .dt.tz_localize("America/New_York"); all of them: err.rows.',
            rows=lost.rename("published_at").to_frame().assign(problem="no time zone"),
        )
    return pd.to_datetime(stamps, utc=True).astype("datetime64[us, UTC]")


def candidate_sessions(published_from: object, published_to: object, exchange: str) -> pd.DatetimeIndex:
    """Return every session that could be the first to answer news published between two moments.

    Parameters
    ----------
    published_from, published_to
        Aware moments between which the publication lies, both included.
    exchange
        ISO 10383 code (MIC).

    Raises
    ------
    SessionError
        As `first_session`.

    Examples
    --------
    Some time on Friday, 3 January 2025, in New York: that session, or Monday's.

    >>> found = candidate_sessions("2025-01-03T00:00-05:00", "2025-01-03T23:59-05:00", "XNAS")
    >>> found.strftime("%a %d").tolist()
    ['Fri 03', 'Mon 06']
    """
    first, last = first_session([published_from, published_to], exchange)
    sessions = pd.DatetimeIndex(session_closes(exchange).index)
    return sessions[(sessions >= first) & (sessions <= last)].rename("session")


def time_zone(exchange: str) -> str:
    """Return the name of the exchange's time zone.

    Examples
    --------
    >>> time_zone("XHKG")
    'Asia/Hong_Kong'
    """
    return str(_calendar(exchange).tz)
