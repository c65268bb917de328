"""Moment of publication -> the first session of an exchange whose prices can answer it."""

from __future__ import annotations

import datetime
import functools
import re
from typing import Any, overload

import pandas as pd

from analystkit.errors import SessionError

_MIC = "[A-Z0-9]{4}"
# Calendars reach back twenty years unless asked for more, and each has its own earliest year.
_EARLIER_STARTS = ("1970-01-01", "1991-01-02", "1997-01-01", "2001-01-02")


@functools.cache
def _closes(exchange: str, early: bool = False) -> pd.Series:
    """Return the closing moment (UTC) of every session that the calendar knows."""
    import warnings

    import exchange_calendars

    known = set(exchange_calendars.get_calendar_names())
    # "24/7" and the like are names of the library, not codes of a market.
    if exchange not in known or not re.fullmatch(_MIC, exchange):
        raise SessionError(
            f"expected the ISO 10383 code (MIC) of an exchange with a known calendar, such as XNYS"
            f" or XHKG, got {exchange!r}. Known: "
            f"{', '.join(sorted(name for name in known if re.fullmatch(_MIC, name)))}.",
            rows=pd.DataFrame({"exchange": [exchange], "problem": ["no calendar"]}),
        )
    # The library's own deprecations are not the analyst's, and a notebook would show them.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", category=DeprecationWarning)
        calendar = exchange_calendars.get_calendar(exchange)
        for start in _EARLIER_STARTS if early else ():
            try:
                calendar = exchange_calendars.get_calendar(exchange, start=start)
            except ValueError:
                continue
            break
    closes = calendar.closes.astype("datetime64[us, UTC]")
    closes.index = pd.DatetimeIndex(closes.index).as_unit("us")
    return closes.rename_axis("session").rename("session_close")


def session_closes(exchange: str, since: object = None) -> pd.Series:
    """Return the closing moment of every session of an exchange, half days with their early close.

    Parameters
    ----------
    exchange
        ISO 10383 code (MIC).
    since
        A moment that the calendar has to reach back to; by default it covers twenty years.

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
    closes = _closes(exchange)
    if since is not None and pd.Timestamp(since) < closes.iloc[0]:
        return _closes(exchange, early=True)
    return closes


@overload
def first_session(published_at: str | datetime.datetime, exchange: str) -> pd.Timestamp: ...
@overload
def first_session(published_at: pd.Series | pd.Index | list[Any], exchange: str) -> pd.Series: ...
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
    if isinstance(published_at, str | datetime.datetime) or published_at is pd.NaT or published_at is None:
        found = first_session(pd.Series([published_at], dtype="object"), exchange)
        return found.iloc[0]
    given = published_at if isinstance(published_at, pd.Series) else pd.Series(published_at)
    moments = _aware(given)
    known = moments.dropna()
    closes = session_closes(exchange, since=known.min() if len(known) else None)
    # Before the first close nothing shows that the calendar has not simply missed earlier sessions.
    outside = known[(known < closes.iloc[0] - pd.Timedelta(days=1)) | (known >= closes.iloc[-1])]
    if len(outside):
        raise SessionError(
            f"expected moments that the calendar of {exchange} covers ({closes.index[0]:%Y-%m-%d} to"
            f" {closes.index[-1]:%Y-%m-%d}); {len(outside)} of {len(given)} lie outside (first:"
            f" {outside.iloc[0]}). Correct the year, or update the package exchange_calendars.",
            rows=outside.rename("published_at").to_frame().assign(exchange=exchange),
        )
    position = closes.searchsorted(known, side="right")
    sessions = pd.Series(closes.index[position], index=known.index, dtype="datetime64[us]")
    return (
        sessions.reindex(moments.index).rename("session")
        if len(sessions)
        else (pd.Series(pd.NaT, index=moments.index, dtype="datetime64[us]", name="session"))
    )


def _aware(given: pd.Series) -> pd.Series:
    """Return the moments in UTC, or raise for those that do not say where they are."""
    if isinstance(given.dtype, pd.DatetimeTZDtype):
        return given.dt.tz_convert("UTC").astype("datetime64[us, UTC]")
    try:
        stamps = [pd.Timestamp(moment) if pd.notna(moment) else pd.NaT for moment in given]
    except (ValueError, TypeError) as err:
        raise SessionError(
            f"expected moments such as 2025-02-20T07:00-05:00, got something else: {err}.",
            rows=given.rename("published_at").to_frame(),
        ) from err
    naive = pd.Series([stamp is not pd.NaT and stamp.tzinfo is None for stamp in stamps], given.index)
    if naive.any():
        lost = given[naive]
        raise SessionError(
            f"expected moments with a time zone; {len(lost)} of {len(given)} have none (first:"
            f" {lost.iloc[0]!s}). Write the offset, as in 2025-02-20T07:00-05:00, or use"
            ' .dt.tz_localize("America/New_York"); all of them: err.rows.',
            rows=lost.rename("published_at").to_frame().assign(problem="no time zone"),
        )
    return pd.Series(
        [stamp.tz_convert("UTC") if stamp is not pd.NaT else pd.NaT for stamp in stamps],
        index=given.index,
        dtype="datetime64[us, UTC]",
    )


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
    sessions = pd.DatetimeIndex(session_closes(exchange, since=published_from).index)
    return sessions[(sessions >= first) & (sessions <= last)].rename("session")


@functools.cache
def time_zone(exchange: str) -> str:
    """Return the name of the exchange's time zone.

    Examples
    --------
    >>> time_zone("XHKG")
    'Asia/Hong_Kong'
    """
    import exchange_calendars

    session_closes(exchange)  # raises for codes without a calendar
    return str(exchange_calendars.get_calendar(exchange).tz)
