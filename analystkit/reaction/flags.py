"""Events -> their place among the sessions, and every reason to measure one with care, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analystkit.reaction.fitting import Array, Line

# An event without a session for longer than this is an event of an instrument that was not trading.
LONGEST_WAIT = np.timedelta64(14, "D")


@dataclass
class Flags:
    """Arrays with one entry an event; `measured` and the words have one column a window."""

    day0: Array  # place in the line
    begins: Array
    ends: Array
    session: Array  # of day 0, NaT where it has none
    placed: Array  # bool
    problem: Array  # words, "" where none, events x windows
    caveat: Array
    measured: Array

    def stop(self, where: Array, words: str | Array, window: int | None = None) -> None:
        """Give a reason for which an event is not measured; the first one stays."""
        for at in range(self.problem.shape[1]) if window is None else [window]:
            new = where & (self.problem[:, at] == "")
            self.problem[new, at] = words if isinstance(words, str) else words[new]

    def warn(self, where: Array, words: str | Array, window: int | None = None) -> None:
        """Add a caveat."""
        for at in range(self.caveat.shape[1]) if window is None else [window]:
            old = self.caveat[where, at]
            self.caveat[where, at] = np.where(old == "", "", old + "; ") + (
                words if isinstance(words, str) else words[where]
            )

    def shared(self, use: Array) -> bool:
        """Return whether two of these events have one day 0."""
        sessions = self.session[use]
        return len(np.unique(sessions)) < len(sessions)

    def words(self) -> tuple[Any, Any]:
        """Return status and reason, one entry an event and window."""
        stopped, careful = self.problem != "", self.caveat != ""
        status = np.where(stopped, "not measured", np.where(careful, "caveat", "measured"))
        reason = np.where(stopped, self.problem, self.caveat)
        return pd.array(status.ravel(), dtype="str"), pd.array(reason.ravel(), dtype="str")

    def judge_fits(self, study: Any, prices: pd.DataFrame | None, min_days: int) -> None:
        """Say which fits cannot be used, and what happened on the days of each window."""
        first, last = study.estimation
        wanted = last - first + 1
        k = 1 + (len(study.factors) or 1) * (study.model == "market")
        least = max(k + 3, min(min_days, wanted))
        few = self.placed & (study.n < least)
        told = np.char.add(study.n.astype(str), f" of {wanted} estimation days").astype(object)
        self.stop(few, np.char.add(told.astype(str), f"; at least {least} are needed").astype(object))
        self.stop(self.placed & study.collinear, "constant or collinear benchmark in the estimation window")
        flat = self.placed & ~study.sound & ~few
        self.stop(flat, "constant returns, or returns equal to the benchmark, in the estimation window")
        self.measured = (self.problem == "") & self.placed[:, None]
        self.warn(self.placed & (study.n < wanted) & ~few, told)
        untraded = self._untraded(study, prices) if prices is not None else None
        for at, window in enumerate(study.windows):
            days = study.realised[:, study.days(window)]
            self.warn(self.placed & (days == 0).any(axis=1), "a repeated price in the window", at)
            if not study.log:
                self.warn(
                    self.placed & (days <= -1).any(axis=1), "a return of -100 % or less in the window", at
                )
            if untraded is not None:
                zero = untraded[:, study.days(window)].any(axis=1)
                self.warn(self.placed & zero, "a session without volume in the window", at)

    def _untraded(self, study: Any, prices: pd.DataFrame) -> Array:
        index, columns = study.sessions, study.instruments
        found = np.zeros((len(self.day0), study.abnormal.shape[1]), dtype=bool)
        if "volume" not in prices:
            return found
        zero = prices[prices["volume"] == 0]
        row, column = (
            index.get_indexer(pd.DatetimeIndex(zero["session"])),
            columns.get_indexer(zero["instrument"]),
        )
        known = (row >= 0) & (column >= 0)
        marked = np.isin(study.line.keys, column[known] * len(index) + row[known])
        at = self.day0[self.placed][:, None] + np.arange(study.hull[0], study.hull[1] + 1)
        found[self.placed] = marked[np.clip(at, 0, len(marked) - 1)]
        return found


def flag_events(
    returns: pd.DataFrame,
    events: pd.DataFrame,
    line: Line,
    windows: tuple[tuple[int, int], ...],
    estimation: tuple[int, int],
    benchmarked: bool,
) -> Flags:
    """Return the place of every event in the line, with what can be said before anything is fitted."""
    n, sessions = len(events), len(returns)
    index = returns.index.to_numpy()
    column = returns.columns.get_indexer(events["instrument"])
    known = column >= 0
    given = events["session"].to_numpy()
    dated = ~np.isnat(given)
    date = given.astype("datetime64[D]").astype("datetime64[us]")
    position = np.searchsorted(index, date)  # a missing date sorts last
    safe = np.where(known, column, 0)
    begins, ends = line.bounds[safe], line.bounds[safe + 1]
    day0 = np.searchsorted(line.keys, safe * sessions + np.minimum(position, sessions))
    day0 = np.minimum(day0, ends)  # past the instrument's last session
    placed = known & dated & (day0 < ends)
    day0 = np.where(placed, day0, 0)
    flags = Flags(
        day0=day0,
        begins=begins,
        ends=ends,
        session=np.full(n, np.datetime64("NaT"), dtype="datetime64[us]"),
        placed=placed,
        problem=np.full((n, len(windows)), "", dtype=object),
        caveat=np.full((n, len(windows)), "", dtype=object),
        measured=np.zeros((n, len(windows)), dtype=bool),
    )
    flags.stop(~known, "no returns of this instrument")
    flags.stop(~dated, "no session")
    flags.stop(known & (begins == ends), "no session on which it and its benchmark have returns")
    flags.stop(~placed, "no session on or after the date: the returns end before")
    if len(line.y):
        flags.session[placed] = index[line.position[day0[placed]]]
    wait = flags.session - date
    late = placed & (wait > LONGEST_WAIT)
    before = placed & (position == 0) & (date < index[0] if sessions else False)
    flags.stop(before, "the date lies before the first return")
    flags.stop(late, "no session within two weeks after the date: trading halted, or returns missing")
    flags.placed = placed = placed & ~late & ~before
    flags.session[~placed] = np.datetime64("NaT")
    moved = placed & (wait > np.timedelta64(0, "D"))
    days = np.datetime_as_string(date, unit="D").astype(object)
    flags.warn(moved, "no session with a return on " + days + ": day 0 is the next")
    flags.warn(placed & (given != date), "the clock time of the session is not used: see first_session")
    for at, (first, last) in enumerate(windows):
        flags.stop(placed & (day0 + first < begins), "the window begins before the first return", at)
        flags.stop(placed & (day0 + last >= ends), "the window runs past the last return", at)
        inside = placed & (flags.problem[:, at] == "")
        start = line.position[np.where(inside, day0 + first, 0)] if len(line.y) else np.zeros(n, int)
        stop = line.position[np.where(inside, day0 + last, 0)] if len(line.y) else np.zeros(n, int)
        start = np.minimum(start, np.minimum(position, sessions - 1))
        gaps = np.where(inside, line.odd[stop + 1, safe] - line.odd[np.maximum(start, 0), safe], 0)
        whose = "the instrument or its benchmark" if benchmarked else "the instrument"
        told = np.char.add(np.char.add(f"missing return in the window: {whose} has none on ", gaps.astype(str)),
                           " session(s), the next common one counts instead")  # fmt: skip
        flags.warn(gaps > 0, told.astype(object), at)
    _flag_neighbours(flags, events, safe, estimation)
    return flags


def _flag_neighbours(flags: Flags, events: pd.DataFrame, column: Array, estimation: tuple[int, int]) -> None:
    """Say where another event of the instrument lies in the estimation window, and which events share a session."""
    placed = flags.placed
    # The line holds the instruments one after the other, so places of two instruments never mix.
    places = np.unique(flags.day0[placed])
    first = np.maximum(flags.day0 + estimation[0], flags.begins)
    inside = np.searchsorted(places, flags.day0 + estimation[1], side="right") - np.searchsorted(
        places, first
    )
    told = np.char.add(inside.astype(str), " other event day(s) of the instrument in the estimation window")
    flags.warn(placed & (inside > 0), told.astype(object))
    _, group, size = np.unique(flags.session, return_inverse=True, return_counts=True)
    others = size[group] - 1
    told = np.char.add(np.char.add("shares its session with ", others.astype(str)),
                       " other row(s): report tests that allow for it")  # fmt: skip
    flags.warn(placed & (others > 0), told.astype(object))
