"""Placed events -> figures and tests: arrays filled chunk by chunk, so that memory does not grow with the events."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analystkit.reaction.fitting import Array, Fit, Line, Window, around, cumulate, fit
from analystkit.reaction.flags import Places
from analystkit.reaction.testing import (
    TESTS,
    corrado,
    generalized_rank,
    mean_correlation,
    rank_sums,
    statistics,
    two_sided,
)

# Of more events than this the mean correlation is taken from a sample, and the table says so.
MOST_CORRELATED = 3_000


def label(window: Window) -> str:
    """Return the name of a window in the tables.

    Examples
    --------
    >>> label((-1, 1))
    '[-1,1]'
    """
    return f"[{window[0]},{window[1]}]"


@dataclass(frozen=True, eq=False)
class Engine:
    """The work of one call; `rows` are the events that have a place."""

    line: Line
    places: Places
    estimation: Window
    hull: Window
    model: str
    log: bool
    chunk: int

    @functools.cached_property
    def rows(self) -> Array:
        return np.flatnonzero(self.places.problem == "")

    @functools.cached_property
    def _all(self) -> Fit:
        return self._fit(self.rows)

    def _fit(self, rows: Array) -> Fit:
        places = self.places
        return fit(self.line, places.day0[rows], places.begins[rows], self.estimation, self.hull, self.model)

    def fits(self) -> Iterator[tuple[Array, Fit]]:
        """Yield the rows of each chunk and its models; a single chunk is fitted only once."""
        if len(self.rows) <= self.chunk:
            yield self.rows, self._all
            return
        for begin in range(0, len(self.rows), self.chunk):
            rows = self.rows[begin : begin + self.chunk]
            yield rows, self._fit(rows)

    def days(self, window: Window) -> slice:
        return slice(window[0] - self.hull[0], window[1] - self.hull[0] + 1)

    @np.errstate(divide="ignore", invalid="ignore")
    def measure(self, windows: tuple[Window, ...]) -> dict[str, Array]:
        """Return arrays with a row an event, NaN without a place, and a column a window where it matters."""
        found: dict[str, Array] = {}
        for rows, fitted in self.fits():
            sums = [cumulate(fitted, self.days(window), self.log) for window in windows]
            car, se, bhar = (np.stack(each, axis=1) for each in zip(*sums, strict=True))
            positive = (fitted.residuals > 0).sum(axis=1) / np.maximum(fitted.n, 1)
            one = fitted.beta.shape[1] and self.model != "factors"
            part = {
                "car": car, "se": se, "sar": car / se, "t": car / se, "p": two_sided(car / se, fitted.df[:, None]),
                "alpha": fitted.alpha, "beta": fitted.beta[:, 0] if one else np.nan * fitted.alpha,
                "sigma": np.sqrt(fitted.s2), "bhar": bhar, "betas": fitted.beta, "n": fitted.n, "df": fitted.df,
                "positive": positive, "abnormal": fitted.abnormal, "realised": fitted.realised,
                "collinear": fitted.collinear, "flat": fitted.flat,
            }  # fmt: skip
            # Copied out at once, so that no chunk's own arrays outlive it.
            for name, values in part.items():
                if name not in found:
                    found[name] = np.full((len(self.places.day0), *values.shape[1:]), np.nan)
                found[name][rows] = values
        found["n"] = np.nan_to_num(found["n"]).astype(int)
        return found

    def correlation(self, measured: Array) -> float:
        """Return the mean correlation of the measured events' residuals, or of a sample evenly spread over them."""
        rows = np.flatnonzero(measured)
        if len(rows) > MOST_CORRELATED:
            rows = rows[np.linspace(0, len(rows) - 1, MOST_CORRELATED).round().astype(int)]
        fitted = self._all if len(rows) == len(self.rows) else self._fit(rows)
        days = around(self.line.position, self.places.day0[rows] + self.estimation[0], fitted.used.shape[1])
        return mean_correlation(fitted.residuals, np.where(fitted.used, days, -1))

    @np.errstate(divide="ignore", invalid="ignore")
    def test(
        self,
        windows: tuple[Window, ...],
        figures: dict[str, Array],
        abnormal: Array,
        correlation: float,
        span: Window | None = None,
    ) -> pd.DataFrame:
        """Return the tests of each window.

        Parameters
        ----------
        figures
            From `measure` for these windows.
        abnormal
            Events x days of the hull, NaN where not measured.
        span
            The days that Corrado's test ranks together with those of the estimation window, if not the window's own.
        """
        car, sar, df, positive = (figures[name] for name in ("car", "sar", "df", "positive"))
        measured = np.stack([~np.isnan(abnormal[:, self.days(w)]).any(axis=1) for w in windows], axis=1)
        spread = pd.DataFrame(np.where(measured, sar, np.nan)).std().to_numpy()
        length = self.estimation[1] - self.estimation[0] + 1
        spans = [span or window for window in windows]
        by_day = {(first, last): np.zeros((2, length + last - first + 1)) for first, last in spans}
        by_event = np.zeros((len(windows), 2, length + 1))
        for rows, fitted in self.fits():
            residuals = np.where(fitted.used, fitted.residuals, np.inf)
            scaled = residuals / np.sqrt(fitted.s2)[:, None]
            for each, sums in by_day.items():
                inside = abnormal[rows, self.days(each)]
                missing = np.isnan(inside)
                use = ~(missing.all(axis=1) if span else missing.any(axis=1))
                sums += rank_sums(np.hstack([residuals[use], inside[use]]))
            for at, sums in enumerate(by_event):
                use = measured[rows, at]
                sums += rank_sums(np.column_stack([scaled[use], sar[rows[use], at] / spread[at]]))
        tests = []
        for at, (window, (first, _)) in enumerate(zip(windows, spans, strict=True)):
            use, days = measured[:, at], slice(length + window[0] - first, length + window[1] - first + 1)
            found = statistics(car[use, at], sar[use, at], df[use], positive[use], correlation)
            found["corrado_rank"] = corrado(by_day[spans[at]], days), np.inf
            found["generalized_rank"] = generalized_rank(by_event[at], int(use.sum()))
            tests += self._told(window, found, use)
        table = pd.DataFrame(tests, columns=["window", "test", "statistic", "df", "n", "headline", "reason"])
        table.insert(4, "p", two_sided(table["statistic"].to_numpy(), table["df"].to_numpy()))
        return table

    def _told(
        self, window: Window, found: dict[str, tuple[float, float]], use: Array
    ) -> list[tuple[object, ...]]:
        """Return the rows of a window's tests, with what each of them is worth for these events."""
        n, rows = int(use.sum()), list[tuple[object, ...]]()
        shared = pd.Series(self.places.session[use]).duplicated().any()
        headline = ("kolari_pynnonen" if shared else "bmp", "generalized_rank")
        for test in TESTS:
            (statistic, df), notes = found[test], []
            if not np.isfinite(statistic):
                statistic = df = np.nan
                few = f"needs at least 2 events, has {n}" + (": see the event's own t" if n else "")
                notes.append(few if n < 2 else "not defined for these events: no spread")
            if shared and test in headline:
                notes.append("events share sessions: this test allows for it")
            elif shared and test not in ("adjusted_patell", "corrado_rank"):
                notes.append("events share sessions: this test rejects too often")
            if n > MOST_CORRELATED and test in ("adjusted_patell", "kolari_pynnonen"):
                notes.append("mean correlation from a sample of the events")
            told = "; ".join(notes)
            rows.append((label(window), test, statistic, df, n, n > 1 and test in headline, told))
        return rows
