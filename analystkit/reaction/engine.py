"""Placed events -> figures and tests: arrays filled chunk by chunk, so that memory does not grow with the events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analystkit.reaction import testing
from analystkit.reaction.fitting import Array, Fit, Line, around, cumulate, daily_errors, fit
from analystkit.reaction.flags import Flags

Window = tuple[int, int]


def label(window: Window) -> str:
    """Return the name of a window in the tables.

    Examples
    --------
    >>> label((-1, 1))
    '[-1,1]'
    """
    return f"[{window[0]},{window[1]}]"


@dataclass
class Engine:
    """The work of one call: arrays with one entry an event (and window), filled chunk by chunk."""

    line: Line
    flags: Flags
    windows: tuple[Window, ...]
    estimation: Window
    hull: Window
    model: str
    log: bool
    chunk: int
    factors: list[str]
    sessions: pd.Index
    instruments: pd.Index
    kept: Fit | None = field(default=None, init=False)
    correlation: float = field(default=np.nan, init=False)  # of the events' residuals, once it is known
    sampled: bool = field(default=False, init=False)

    def measure(self) -> None:
        n, w = len(self.flags.day0), len(self.windows)
        self.figures = {c: np.full(n, np.nan) for c in ("alpha", "s2", "positive")}
        self.n, self.df = np.zeros(n, dtype=int), np.zeros(n)
        self.sound, self.collinear = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
        width = 0 if self.model == "mean_adjusted" else max(len(self.factors), 1)
        self.beta = np.full((n, width), np.nan)
        self.car, self.se, self.bhar = (np.full((n, w), np.nan) for _ in range(3))
        self.abnormal = np.full((n, self.hull[1] - self.hull[0] + 1), np.nan)
        self.realised, self.daily_sar = (np.full_like(self.abnormal, np.nan) for _ in range(2))
        for rows, fitted in self.fits():
            self.figures["alpha"][rows], self.figures["s2"][rows] = fitted.alpha, fitted.s2
            positive = np.count_nonzero(fitted.residuals > 0, axis=1)
            self.figures["positive"][rows] = positive / np.maximum(fitted.n, 1)
            self.n[rows], self.df[rows] = fitted.n, fitted.df
            self.sound[rows], self.collinear[rows] = fitted.sound, fitted.collinear
            self.abnormal[rows], self.realised[rows] = fitted.abnormal, fitted.realised
            with np.errstate(invalid="ignore", divide="ignore"):
                self.daily_sar[rows] = fitted.abnormal / daily_errors(fitted, self.model)
            if width:
                self.beta[rows] = fitted.beta
            for at, window in enumerate(self.windows):
                figures = cumulate(fitted, self.days(window), self.model, self.log)
                self.car[rows, at], self.se[rows, at], self.bhar[rows, at] = figures

    def days(self, window: Window) -> slice:
        return slice(window[0] - self.hull[0], window[1] - self.hull[0] + 1)

    def fits(self) -> Iterator[tuple[Array, Fit]]:
        """Yield the rows of each chunk and its models; a single chunk is fitted only once."""
        placed = np.flatnonzero(self.flags.placed)
        for begin in range(0, len(placed), self.chunk):
            rows = placed[begin : begin + self.chunk]
            if self.kept is None or len(placed) > self.chunk:
                flags = self.flags
                self.kept = fit(
                    self.line, flags.day0[rows], flags.begins[rows], flags.ends[rows],
                    self.estimation, self.hull, self.model,
                )  # fmt: skip
            yield rows, self.kept

    def blank(self) -> None:
        """Leave only days of windows in which the event is measured."""
        for day in range(self.hull[0], self.hull[1] + 1):
            held = [w[0] <= day <= w[1] for w in self.windows]
            self.abnormal[~self.flags.measured[:, held].any(axis=1), day - self.hull[0]] = np.nan

    def dates(self) -> Array:
        """Return the session of each event and relative day, NaT where the event is not measured."""
        found = np.full(self.abnormal.shape, np.datetime64("NaT"), dtype="datetime64[us]")
        row, day = np.nonzero(~np.isnan(self.abnormal))
        at = self.flags.day0[row] + day + self.hull[0]
        found[row, day] = self.sessions.to_numpy()[self.line.position[at]]
        return found

    def test(self, by_day: bool = False) -> pd.DataFrame:
        """Return the tests of each window, or of each single day of the windows."""
        measured = self.flags.measured
        usable: Array = np.asarray(measured.any(axis=1))
        if by_day:
            windows = [(day, day) for day in range(self.hull[0], self.hull[1] + 1)]
            chosen, car, sar = ~np.isnan(self.abnormal), self.abnormal, self.daily_sar
            # Days are ranked together with all days of the windows.
            spans = [(slice(0, len(windows)), usable)]
        else:
            windows, chosen, car = list(self.windows), measured, self.car
            with np.errstate(invalid="ignore", divide="ignore"):
                sar = self.car / self.se
            spans = [(self.days(w), chosen[:, at]) for at, w in enumerate(windows)]
        ranked, generalized = self._ranks(chosen, sar, spans, usable)
        rows = []
        for at, window in enumerate(windows):
            use = chosen[:, at]
            positive = self.figures["positive"][use]
            found = testing.statistics(car[use, at], sar[use, at], self.df[use], positive, self.correlation)
            means, length = (ranked[0], len(windows)) if by_day else (ranked[at], window[1] - window[0] + 1)
            found["corrado_rank"] = (testing.corrado(means, length, at if by_day else None), np.inf)
            found["generalized_rank"] = testing.generalized_rank(generalized[at], int(use.sum()))
            rows += self._test_rows(window, found, use)
        table = pd.DataFrame(rows, columns=["window", "test", "statistic", "df", "n", "headline", "reason"])
        table.insert(4, "p", testing.two_sided(table["statistic"].to_numpy(), table["df"].to_numpy()))
        return table

    def _ranks(
        self, chosen: Array, sar: Array, spans: list[tuple[slice, Array]], usable: Array
    ) -> tuple[list[testing.DayMeans], list[testing.DayMeans]]:
        """Return rank deviations by day for both rank tests; the first call finds the mean correlation as well."""
        length = self.estimation[1] - self.estimation[0] + 1
        means = [testing.DayMeans.of(length + span.stop - span.start) for span, _ in spans]
        by_event = [testing.DayMeans.of(length + 1) for _ in chosen.T]
        spread = [sar[use, at].std(ddof=1) if use.sum() > 1 else np.nan for at, use in enumerate(chosen.T)]
        picked = np.flatnonzero(usable)
        picked = picked[testing.sample(len(picked), len(self.sessions))]
        residuals, calendar = [], []
        for rows, fitted in self.fits():
            ranked = testing.RankedResiduals.of(fitted)
            for at, use in enumerate(chosen.T):
                mine = use[rows]
                if spread[at] > 0 and mine.any():
                    testing.generalized_rank_sums(
                        ranked.keep(mine), sar[rows[mine], at] / spread[at], by_event[at]
                    )
            for (span, use), mean in zip(spans, means, strict=True):
                testing.corrado_sums(fitted, span, use[rows], mean)
            if np.isnan(self.correlation) and len(picked) > 1:
                mine = np.flatnonzero(np.isin(rows, picked, assume_unique=True))
                whole = len(mine) == len(rows)
                places = around(self.line.position, fitted.start[mine], length)
                residuals.append(fitted.residuals if whole else fitted.residuals[mine])
                calendar.append(places if fitted.whole else np.where(fitted.used[mine], places, -1))
        if np.isnan(self.correlation):
            self.sampled = len(picked) < usable.sum()
            one = len(residuals) == 1
            self.correlation = (
                testing.mean_correlation(
                    residuals[0] if one else np.concatenate(residuals),
                    calendar[0] if one else np.concatenate(calendar),
                )
                if residuals
                else 0.0
            )
        self.kept = None
        return means, by_event

    def _test_rows(
        self, window: Window, found: dict[str, tuple[float, float]], use: Array
    ) -> list[tuple[object, ...]]:
        n = int(use.sum())
        shared = self.flags.shared(use)
        headline = {"kolari_pynnonen", "generalized_rank"} if shared else {"bmp", "generalized_rank"}
        rows: list[tuple[object, ...]] = []
        for test, (statistic, df) in found.items():
            notes = []
            if np.isnan(statistic):
                few = f"needs at least 2 events, has {n}" + (": see the event's own t" if n else "")
                notes.append(few if n < 2 else "not defined for these events: no spread")
            if shared and test in headline:
                notes.append("events share sessions: this test allows for it")
            elif shared and test not in ("adjusted_patell", "corrado_rank"):
                notes.append("events share sessions: this test rejects too often")
            if self.sampled and test in ("adjusted_patell", "kolari_pynnonen"):
                notes.append("mean correlation from a sample of the events")
            rows.append((label(window), test, statistic, df, n, n > 1 and test in headline, "; ".join(notes)))
        return rows

    def table(self, events: pd.DataFrame) -> pd.DataFrame:
        """Return one row an event and window."""
        windows, measured = len(self.windows), self.flags.measured
        labels = pd.array(np.tile([label(w) for w in self.windows], len(events)), dtype="str")
        found = events[["event_id", "instrument"]].loc[events.index.repeat(windows)].reset_index(drop=True)
        found = found.assign(session=self.flags.session.repeat(windows), window=labels)
        with np.errstate(invalid="ignore", divide="ignore"):
            sar = self.car / self.se
        one = self.beta[:, 0] if self.beta.shape[1] and not self.factors else np.full(len(events), np.nan)
        figures = {
            "car": self.car, "se": self.se, "sar": sar, "t": sar, "p": testing.two_sided(sar, self.df[:, None]),
            "alpha": self.figures["alpha"], "beta": one, "sigma": np.sqrt(self.figures["s2"]), "bhar": self.bhar,
        }  # fmt: skip
        figures |= {f"beta_{factor}": self.beta[:, at] for at, factor in enumerate(self.factors)}
        for name, values in figures.items():
            by_window = values if values.ndim == 2 else values[:, None]
            found[name] = np.where(measured, by_window, np.nan).ravel()
        found["n_estimation"] = self.n.repeat(windows)
        found["status"], found["reason"] = self.flags.words()
        betas = [name for name in figures if name.startswith("beta_")]
        return found[[name for name in found if name not in betas] + betas]
