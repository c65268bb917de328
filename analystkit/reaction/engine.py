"""Placed events -> figures and tests: arrays filled chunk by chunk, so that memory does not grow with the events."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analystkit.reaction import testing
from analystkit.reaction.fitting import Array, Fit, Line, Window, around, cumulate, fit
from analystkit.reaction.flags import Places

# Of more events than this the models are not kept, and the mean correlation is that of a sample (the table says so).
FEW = 3_000


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
    """The work of one call: models are fitted chunk by chunk, for the events that have a place."""

    line: Line
    places: Places
    index: Array  # sessions of the returns
    windows: tuple[Window, ...]
    estimation: Window
    model: str
    log: bool
    chunk: int

    @functools.cached_property
    def hull(self) -> Window:
        return min(first for first, _ in self.windows), max(last for _, last in self.windows)

    def dates(self) -> Array:
        """Return the session of every day of the hull, NaT without a place."""
        width = self.hull[1] - self.hull[0] + 1
        found = np.full((len(self.places.n), width), np.datetime64("NaT", "us"))
        placed = ~np.isnat(self.places.session)
        found[placed] = self.index[around(self.line.position, self.places.day0[placed] + self.hull[0], width)]
        return found

    @property
    def coefficients(self) -> int:
        return 1 + len(self.line.x) * (self.model in ("market", "factors"))

    @functools.cached_property
    def _few(self) -> list[tuple[Array, Fit]] | None:
        rows = np.flatnonzero(~np.isnat(self.places.session))
        return list(self._fits(rows)) if len(rows) <= FEW else None

    def _fits(self, rows: Array) -> Iterator[tuple[Array, Fit]]:
        for begin in range(0, max(len(rows), 1), self.chunk):
            part = rows[begin : begin + self.chunk]
            day0, n = self.places.day0[part], self.places.n[part]
            yield part, fit(self.line, day0, n, self.estimation, self.hull, self.model)

    def fits(self, rows: Array | None = None) -> Iterable[tuple[Array, Fit]]:
        """Return rows of events and their models, chunk by chunk: those asked for, at least. Of few they are kept."""
        if self._few is not None:
            return self._few
        return self._fits(np.flatnonzero(~np.isnat(self.places.session)) if rows is None else rows)

    def days(self, window: Window) -> slice:
        return slice(window[0] - self.hull[0], window[1] - self.hull[0] + 1)

    @np.errstate(divide="ignore", invalid="ignore")
    def measure(self, windows: tuple[Window, ...]) -> dict[str, Array]:
        """Return arrays with a row an event, NaN without a place, and a column a window where it matters."""
        found: dict[str, Array] = {}
        for rows, fitted in self.fits():
            sums = [cumulate(fitted, self.days(window), self.log) for window in windows]
            car, se, bhar = (np.stack(each, axis=1) for each in zip(*sums, strict=True))
            p, sigma = testing.two_sided(car / se, fitted.df[:, None]), np.sqrt(fitted.s2)
            part = {
                "car": car, "se": se, "sar": car / se, "p": p, "bhar": bhar, "alpha": fitted.alpha, "sigma": sigma,
                "betas": fitted.beta, "df": fitted.df, "collinear": fitted.collinear, "flat": fitted.flat,
                "abnormal": fitted.abnormal,
            }  # fmt: skip
            # Copied out at once, so that no chunk's own arrays outlive it.
            for name, values in part.items():
                if name not in found:
                    found[name] = np.full((len(self.places.n), *values.shape[1:]), np.nan)
                found[name][rows] = values
        return found

    def correlation(self, measured: Array) -> float:
        """Return the mean correlation of the measured events' residuals, or of a sample evenly spread over them."""
        rows = np.flatnonzero(measured)
        if len(rows) > FEW:
            rows = rows[np.linspace(0, len(rows) - 1, FEW).round().astype(int)]
        chosen, found = np.zeros(len(measured), dtype=bool), []
        chosen[rows] = True
        for part, fitted in self.fits(rows):
            start, use = self.places.day0[part] + self.estimation[0], chosen[part]
            days = np.where(fitted.used, around(self.line.position, start, fitted.used.shape[1]), -1)
            found.append((fitted.residuals[use], days[use]))
        return testing.mean_correlation(*(np.concatenate(each) for each in zip(*found, strict=True)))

    @np.errstate(divide="ignore", invalid="ignore")
    def test(
        self,
        windows: tuple[Window, ...],
        car: Array,
        sar: Array,
        abnormal: Array,
        correlation: float,
        span: Window | None = None,
    ) -> pd.DataFrame:
        """Return the tests of each window.

        Parameters
        ----------
        car, sar
            Events x windows: cumulative abnormal returns, raw and over their standard error.
        abnormal
            Events x days of the hull, NaN where not measured.
        span
            The days that Corrado's test ranks together with those of the estimation window, if not the window's own.
        """
        df = self.places.n - self.coefficients
        measured = np.stack([~np.isnan(abnormal[:, self.days(w)]).any(axis=1) for w in windows], axis=1)
        spread = pd.DataFrame(np.where(measured, sar, np.nan)).std().to_numpy()
        length = self.estimation[1] - self.estimation[0] + 1
        spans = [span or window for window in windows]
        by_day = {(first, last): np.zeros((2, length + last - first + 1)) for first, last in spans}
        by_event, positive = np.zeros((len(windows), 2, length + 1)), np.zeros(len(windows))
        for rows, fitted in self.fits():
            residuals = np.where(fitted.used, fitted.residuals, np.inf)
            scaled = residuals / np.sqrt(fitted.s2)[:, None]
            share = (fitted.residuals > 0).sum(axis=1) / np.maximum(self.places.n[rows], 1)
            for each, sums in by_day.items():
                inside = abnormal[rows, self.days(each)]
                missing = np.isnan(inside)
                use = ~(missing.all(axis=1) if span else missing.any(axis=1))
                sums += testing.rank_sums(np.hstack([residuals[use], inside[use]]))
            for at, sums in enumerate(by_event):
                use = measured[rows, at]
                positive[at] += share[use].sum()
                sums += testing.rank_sums(np.column_stack([scaled[use], sar[rows[use], at] / spread[at]]))
        tests = []
        for at, (window, (first, _)) in enumerate(zip(windows, spans, strict=True)):
            use, days = measured[:, at], slice(length + window[0] - first, length + window[1] - first + 1)
            found = testing.statistics(car[use, at], sar[use, at], df[use], positive[at], correlation)
            found["corrado_rank"] = testing.corrado(by_day[spans[at]], days), np.inf
            found["generalized_rank"] = testing.generalized_rank(by_event[at], int(use.sum()))
            tests += self._told(window, found, use, correlation)
        table = pd.DataFrame(tests, columns=["window", "test", "statistic", "df", "n", "headline", "reason"])
        table.insert(4, "p", testing.two_sided(table["statistic"].to_numpy(), table["df"].to_numpy()))
        return table

    def _told(
        self, window: Window, found: dict[str, tuple[float, float]], use: Array, correlation: float
    ) -> list[tuple[object, ...]]:
        """Return the rows of a window's tests, with what each of them is worth for these events."""
        n, rows = int(use.sum()), list[tuple[object, ...]]()
        shared = bool(pd.Series(self.places.session[use]).duplicated().any())
        headline = ("kolari_pynnonen" if shared else "bmp", "generalized_rank")
        for test in testing.TESTS:
            statistic, df = found[test] if np.isfinite(found[test][0]) else (np.nan, np.nan)
            undefined, adjusted = np.isnan(statistic), test in ("adjusted_patell", "kolari_pynnonen")
            narrow, allows = adjusted and 1 + (n - 1) * correlation < testing.LEAST, test in testing.ALLOWING
            alone = adjusted and n > 1 and not correlation
            notes = {
                "no event is measured": n == 0,
                "needs at least 2 events, has 1: see the event's own t": undefined and n == 1,
                "not defined for these events: their correlation is negative": undefined and n > 1 and narrow,
                "not defined for these events: no spread": undefined and n > 1 and not narrow,
                "no two events share three estimation days: correlation taken as 0": alone,
                "mean correlation from a sample of the events": adjusted and n > FEW,
                "events share sessions: this test allows for it": shared and allows,
                "events share sessions: this test rejects too often": shared and not allows,
            }
            told = "; ".join(words for words, holds in notes.items() if holds)
            rows.append((label(window), test, statistic, df, n, n > 1 and test in headline, told))
        return rows
