"""Events -> their place among the sessions, and every reason to measure one with care, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analystkit.reaction.fitting import Array, Line, Window

# An event without a session for longer than this is an event of an instrument that was not trading.
LONGEST_WAIT = np.timedelta64(14, "D")


@dataclass(frozen=True)
class Places:
    """Where events lie in the line; one entry an event."""

    column: Array  # of the instrument
    date: Array  # as given, without a clock
    position: Array  # of the date in the index of the returns
    begins: Array  # place in the line of the instrument's first session
    ends: Array
    day0: Array
    session: Array  # of day 0, NaT where it has none
    problem: Array  # words, "" where the event has a day 0


def say(text: Array, where: Array, words: str, number: Array | None = None, only_first: bool = False) -> None:
    """Add words for each event (and window) where it holds; `{}` in them is the number of the event.

    Examples
    --------
    >>> text = np.array(["", "late"], dtype=object)
    >>> say(text, np.array([True, True]), "{} days", np.array([1, 2]))
    >>> text.tolist()
    ['1 days', 'late; 2 days']
    """
    each = [v[:, None] if v.ndim < text.ndim else v for v in (where, text if number is None else number)]
    where, numbers = (np.broadcast_to(v, text.shape) for v in each)
    for at in zip(*np.nonzero(where & (text == "") if only_first else where), strict=True):
        text[at] = f"{text[at]}; {words.format(numbers[at])}".removeprefix("; ")


def place(returns: pd.DataFrame, events: pd.DataFrame, line: Line) -> Places:
    """Return the place of every event in the line of common sessions."""
    index, n = returns.index.to_numpy(), len(returns)
    column = returns.columns.get_indexer(events["instrument"])
    known, column = column >= 0, np.maximum(column, 0)
    date = events["session"].dt.normalize().to_numpy()
    position = np.searchsorted(index, date)  # a missing date sorts last
    begins, ends = line.bounds[column], line.bounds[column + 1]
    day0 = np.minimum(np.searchsorted(line.keys, column * n + position), ends)
    session = np.full(len(events), np.datetime64("NaT", "us"))
    found = known & ~np.isnat(date) & (day0 < ends)
    session[found] = index[line.position[day0[found]]]
    problem = np.full(len(events), "", dtype=object)
    halted = "no session within two weeks after the date: trading halted, or returns missing"
    for where, words in (
        (~known, "no returns of this instrument"),
        (np.isnat(date), "no session"),
        (begins == ends, "no session on which it and its benchmark have returns"),
        (day0 >= ends, "no session on or after the date: the returns end before"),
        (np.searchsorted(index, date, side="right") == 0, "the date lies before the first return"),
        (session - date > LONGEST_WAIT, halted),
    ):  # fmt: skip
        say(problem, where, words, only_first=True)
    session[problem != ""] = np.datetime64("NaT")
    return Places(column, date, position, begins, ends, day0, session, problem)


def judge(
    engine: Any,
    events: pd.DataFrame,
    windows: tuple[Window, ...],
    figures: dict[str, Array],
    least: int,
    untraded: Array,
) -> tuple[Array, Array]:
    """Return status and reason of each event and window.

    Parameters
    ----------
    engine
        The `Engine` that made the figures.
    figures
        n, collinear, flat, and realised (returns on the days of the hull).
    least
        Estimation days without which an event is not measured.
    untraded
        Whether the event's session had no volume, on the days of the hull.
    """
    places, line, estimation = engine.places, engine.line, engine.estimation
    n, wanted = figures["n"], estimation[1] - estimation[0] + 1
    first, last = np.array(windows).T
    begins, ends, day0 = (v[:, None] for v in (places.begins, places.ends, places.day0))
    problem = np.repeat(places.problem[:, None], len(windows), axis=1)
    for where, words in (
        (day0 + first < begins, "the window begins before the first return"),
        (day0 + last >= ends, "the window runs past the last return"),
        (n < least, f"{{}} of {wanted} estimation days; at least {least} are needed"),
        (figures["collinear"] == 1, "constant or collinear benchmark in the estimation window"),
        (figures["flat"] == 1, "constant returns, or returns equal to the benchmark, in the estimation window"),
    ):  # fmt: skip
        say(problem, where, words, n, only_first=True)

    caveat, measured = np.full(problem.shape, "", dtype=object), problem == ""
    gaps = np.zeros(problem.shape, dtype=int)
    row, window = np.nonzero(measured)
    start, stop = (line.position[places.day0[row] + days[window]] for days in (first, last))
    column, start = places.column[row], np.minimum(start, places.position[row])
    gaps[row, window] = line.odd[stop + 1, column] - line.odd[start, column]
    whose = "the instrument or its benchmark" if len(line.x) else "the instrument"
    missing = f"missing return in the window: {whose} has none on {{}} session(s), the next common one counts instead"
    # The line holds the instruments one after the other, so places of two instruments never mix.
    taken = np.unique(places.day0[~np.isnat(places.session)])
    until, since = places.day0 + estimation[1], np.maximum(places.day0 + estimation[0], places.begins)
    nearby = np.searchsorted(taken, until, side="right") - np.searchsorted(taken, since)
    others = pd.Series(places.session).groupby(places.session).transform("size").to_numpy() - 1
    clock = events["session"].to_numpy() != places.date
    days = np.datetime_as_string(places.date, unit="D")

    def ever(happened: Array) -> Array:
        """Return whether it happened on a day of each window."""
        return np.stack([happened[:, engine.days(window)].any(axis=1) for window in windows], axis=1)

    for where, words, number in (
        (places.session > places.date, "no session with a return on {}: day 0 is the next", days),
        (clock, "the clock time of the session is not used: see first_session", n),
        (gaps > 0, missing, gaps),
        (nearby > 0, "{} other event day(s) of the instrument in the estimation window", nearby),
        (others > 0, "shares its session with {:.0f} other row(s): report tests that allow for it", others),
        (n < wanted, f"{{}} of {wanted} estimation days", n),
        (ever(figures["realised"] == 0), "a repeated price in the window", n),
        (ever(figures["realised"] <= -1) & (not engine.log), "a return of -100 % or less in the window", n),
        (ever(untraded), "a session without volume in the window", n),
    ):  # fmt: skip
        say(caveat, where, words, number)
    status = np.where(measured, np.where(caveat == "", "measured", "caveat"), "not measured")
    return status, np.where(measured, caveat, problem)
