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

    column: Array  # of the instrument, -1 where it is unknown
    given: Array  # date and clock as given
    date: Array  # without the clock
    position: Array  # of the date in the index of the returns, -1 before it begins
    begins: Array  # place in the line of the instrument's first session
    ends: Array
    day0: Array
    session: Array  # of day 0, NaT where it has none
    n: Array  # days of the estimation window that it has
    nearby: Array  # days in its estimation window that are day 0 of other events of the instrument
    others: Array  # other rows with its session

    def part(self, rows: Any) -> Places:
        return Places(*(values[rows] for values in vars(self).values()))


def place(returns: pd.DataFrame, events: pd.DataFrame, line: Line, estimation: Window) -> Places:
    """Return the place of every event in the line of common sessions."""
    index, length = returns.index.to_numpy(), estimation[1] - estimation[0] + 1
    column = returns.columns.get_indexer(events["instrument"])
    date = events["session"].dt.normalize().to_numpy()
    position = np.searchsorted(index, date)  # a missing date sorts last
    early = np.searchsorted(index, date, side="right") == 0
    begins, ends = line.bounds[column], line.bounds[column + 1]
    day0 = np.minimum(np.searchsorted(line.keys, column * line.sessions + position), ends)
    session = np.full(len(events), np.datetime64("NaT", "us"))
    found = (column >= 0) & ~np.isnat(date) & ~early & (day0 < ends)
    session[found] = index[line.position[day0[found]]]
    session[session - date > LONGEST_WAIT] = np.datetime64("NaT")
    placed = ~np.isnat(session)
    # The estimation days end before the event, so only the beginning of the history can cut them short.
    start = day0 + estimation[0]
    n = np.where(placed, length - np.clip(begins - start, 0, length), 0)
    # The line holds the instruments one after the other, so places of two instruments never mix.
    taken = np.unique(day0[placed])
    nearby = np.searchsorted(taken, start + length) - np.searchsorted(taken, np.maximum(start, begins))
    _, same, counts = np.unique(session, return_inverse=True, return_counts=True)
    return Places(
        column, events["session"].to_numpy(), date, np.where(early, -1, position), begins, ends, day0, session, n,
        nearby, counts[same] - 1,
    )  # fmt: skip


def say(text: Array, where: Array, words: str, number: Array) -> None:
    """Add words for each event and window where it holds; `{}` in them is the number of the event.

    Examples
    --------
    >>> text = np.array(["", "; late"], dtype=object)
    >>> say(text, np.array([True, True]), "{} days", np.array([1, 2]))
    >>> text.tolist()
    ['; 1 days', '; late; 2 days']
    """
    where = np.broadcast_to(where, text.shape)
    if where.any():
        numbers, which = np.unique(np.broadcast_to(number, text.shape)[where], return_inverse=True)
        text[where] += np.array([f"; {words.format(each)}" for each in numbers], dtype=object)[which]


def judge(
    engine: Any, rows: slice, figures: dict[str, Array], least: int, marks: dict[str, Array]
) -> pd.DataFrame:
    """Return status and reason of some events, a row an event and window.

    Parameters
    ----------
    engine, figures
        The `Engine`, and what it measured: collinear, flat.
    least
        Estimation days without which an event is not measured.
    marks
        Words -> places in the line, ascending: sessions that a window should not hold.
    """
    line, at, (start, stop) = engine.line, engine.places.part((rows, None)), engine.estimation
    wanted, (first, last) = stop - start + 1, np.array(engine.windows).T
    begin, end = at.day0 + first, at.day0 + last
    problem, caveat = np.full((2, *begin.shape), "", dtype=object)
    halted = "no session within two weeks after the date: trading halted, or returns missing"
    flat = "constant returns, or returns equal to the benchmark, in the estimation window"
    problems = {
        "no returns of this instrument": at.column < 0,
        "no session": np.isnat(at.date),
        "no session on which it and its benchmark have returns": at.begins == at.ends,
        "no session on or after the date: the returns end before": at.day0 >= at.ends,
        "the date lies before the first return": at.position < 0,
        halted: np.isnat(at.session),
        "the window begins before the first return": begin < at.begins,
        "the window runs past the last return": end >= at.ends,
        f"{{}} of {wanted} estimation days; at least {least} are needed": at.n < least,
        "constant or collinear benchmark in the estimation window": figures["collinear"][rows, None] == 1,
        flat: figures["flat"][rows, None] == 1,
    }
    for words, where in problems.items():
        say(problem, where & (problem == ""), words, at.n)
    measured = problem == ""
    gaps = np.zeros(begin.shape, dtype=int)
    row = np.nonzero(measured)[0]
    before = at.column[row, 0] * line.sessions
    since = before + np.minimum(line.position[begin[measured]], at.position[row, 0])
    until = before + line.position[end[measured]]
    gaps[measured] = np.searchsorted(line.odd, until, side="right") - np.searchsorted(line.odd, since)
    whose = "the instrument or its benchmark" if len(line.x) else "the instrument"
    missing = f"missing return in the window: {whose} has none on {{}} session(s), the next common one counts instead"
    caveats = [
        ("no session with a return on {}: day 0 is the next", at.session > at.date, at.date.astype("M8[D]")),
        ("the clock time of the session is not used: see first_session", at.given != at.date, at.n),
        (missing, gaps > 0, gaps),
        ("{} other event day(s) of the instrument in the estimation window", at.nearby > 0, at.nearby),
        ("shares its session with {} other row(s): report tests that allow for it", at.others > 0, at.others),
        (f"{{}} of {wanted} estimation days", at.n < wanted, at.n),
    ]
    for words, marked in marks.items():
        holds = np.searchsorted(marked, end, side="right") > np.searchsorted(marked, begin)
        caveats.append((words, holds, at.n))
    for words, where, number in caveats:
        say(caveat, where & measured, words, number)
    status = np.where(measured, np.where(caveat == "", "measured", "caveat"), "not measured")
    reason = pd.Series(np.where(measured, caveat, problem).ravel(), dtype="str").str.removeprefix("; ")
    return pd.DataFrame({"status": status.ravel(), "reason": reason}).astype("str")
