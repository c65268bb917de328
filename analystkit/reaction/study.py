"""Returns + events -> abnormal returns, one row an event and window, and the tests of their mean."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from analystkit.errors import TableError
from analystkit.market import check_prices
from analystkit.reaction.engine import FEW, Engine, label
from analystkit.reaction.fitting import Array, Line, Window, lay_out
from analystkit.reaction.flags import judge, place

FIGURES = ["car", "se", "sar", "t", "p", "alpha", "beta", "sigma", "bhar"]
# No market moves so much on every other day: these are percentages or prices.
_NO_RETURN = 0.25
MODELS = ("market", "market_adjusted", "mean_adjusted", "factors")


@dataclass(frozen=True, eq=False)
class EventStudy:
    """Result of `event_study`.

    Attributes
    ----------
    events
        One row an event and window, in the order given: event_id, instrument, session (day 0), window ("[-1,1]"),
        car, se, sar (car / se), t (the same, with n_estimation - k degrees of freedom), p (two-sided), alpha, beta,
        sigma (of one day), bhar, n_estimation, status, reason. With factors `beta` is empty and `beta_<factor>` is
        added. status: measured; caveat (measured, but `reason` says what to mind); not measured (figures are NaN).
    abnormal, dates
        Abnormal returns and their sessions, one row an event (index event_id, in the order given), one column a
        relative day; missing where the event is not measured.
    tests
        One row a window and test: window, test, statistic, df (infinite = normal distribution), p, n, headline (the
        tests to report for these events), reason.
    day_tests
        The same for every single day of the windows, "[0,0]"; worked out when first asked for.
    model, windows, estimation, correlation
        As asked; correlation is the mean correlation of the events' estimation residuals on shared days.
    """

    events: pd.DataFrame
    abnormal: pd.DataFrame
    tests: pd.DataFrame
    model: str
    windows: tuple[Window, ...]
    estimation: Window
    correlation: float
    engine: Engine = field(repr=False)

    @functools.cached_property
    def dates(self) -> pd.DataFrame:
        sessions = self.engine.dates()
        return pd.DataFrame(sessions, self.abnormal.index, self.abnormal.columns).where(self.abnormal.notna())

    @functools.cached_property
    def day_tests(self) -> pd.DataFrame:
        days = tuple((day, day) for day in self.abnormal.columns)
        # Days are ranked together with all days of the windows.
        figures, abnormal = self.engine.measure(days), self.abnormal.to_numpy()
        return self.engine.test(
            days, figures["car"], figures["sar"], abnormal, self.correlation, self.engine.hull
        )

    def __repr__(self) -> str:
        counts = self.events["status"].value_counts()
        told = ", ".join(f"{number} {status}" for status, number in counts.items())
        return f"EventStudy({self.model}, {', '.join(map(label, self.windows))}: {told})"


def event_study(
    returns: pd.DataFrame,
    events: pd.DataFrame,
    benchmark: pd.Series | pd.DataFrame | str | None,
    model: str = "market",
    window: Window | Sequence[Window] = (-1, 1),
    estimation: Window = (-130, -11),
    prices: pd.DataFrame | None = None,
    *,
    min_days: int = 30,
    chunk: int = 256,
) -> EventStudy:
    """Return abnormal returns around events, with their error and the tests of their mean.

    Relative days count the sessions on which the instrument and its benchmark have returns. Day 0 is the event's
    session, or the next one within two weeks (then the row says so). Nothing is dropped and nothing is filled.

    Parameters
    ----------
    returns
        Sessions x instruments, fractions; or the Series of one instrument. Simple returns, unless
        `returns_from(..., "log")` marked them.
    events
        event_id, instrument, session (naive trading date; see `first_session`). An instrument may have many.
    benchmark
        A Series by session, the name of a column of `returns`, a frame with one column per instrument, or a frame of
        factor returns. None for mean_adjusted.
    model
        market (regression on the benchmark; "factors" when a frame of factors is given), market_adjusted (return
        minus benchmark) or mean_adjusted (return minus its mean over the estimation window).
    window
        First and last relative day, both included; or a list of such windows.
    estimation
        The days on which the model is fitted. They end before every window begins.
    prices
        A table of the shape `prices`: with volume, sessions without trade in the window are named.
    min_days
        An event with fewer estimation days is not measured.
    chunk
        Events fitted at a time; bounds the memory.

    Returns
    -------
    EventStudy
        `.events`, `.abnormal`, `.tests`, `.day_tests`; see there.

    Raises
    ------
    TableError
        When a column is missing, an event stands twice, sessions carry a time zone, windows overlap the estimation
        window, or the benchmark does not fit the model.

    Notes
    -----
    Formulas: Campbell, Lo and MacKinlay (1997) for the variance; Patell (1976); Boehmer, Musumeci and Poulsen (1991);
    Kolari and Pynnonen (2010, 2011); Corrado (1989); Cowan (1992).

    Examples
    --------
    An instrument that follows its market exactly but for noise of one percent up and down, and gains 5 % on top:

    >>> sessions = pd.bdate_range("2024-01-01", periods=132)
    >>> market = pd.Series(np.tile([0.01, 0.01, -0.01, -0.01], 33), sessions)
    >>> returns = (market + np.tile([0.01, -0.01], 66)).to_frame("A")
    >>> returns.iloc[131] = market.iloc[131] + 0.05
    >>> events = pd.DataFrame({"event_id": ["E"], "instrument": ["A"], "session": [sessions[131]]})
    >>> study = event_study(returns, events, market, window=(0, 0))
    >>> study.events[["car", "beta", "n_estimation"]].round(4).values.tolist()
    [[0.05, 1.0, 120.0]]
    """
    estimation, windows = _windows(window, estimation)
    events, log = _events(events), returns.attrs.get("kind") == "log"
    if isinstance(returns, pd.Series):
        returns = returns.to_frame(returns.name or events["instrument"].iloc[0])
    returns = _by_session(returns, "returns")
    model, regressors, names = _regressors(returns, events, benchmark, model)
    line = lay_out(returns.to_numpy(dtype=float), regressors)
    places = place(returns, events, line, estimation)
    sample = np.abs(line.y[:: len(line.y) // 10_000 + 1])
    if np.count_nonzero(sample > _NO_RETURN) > len(sample) / 2:
        raise TableError(
            "expected returns as fractions (0.03 for 3 %); half of these are beyond 25 %. Divide percentages by 100;"
            " make returns of prices with returns_from(prices)."
        )
    engine = Engine(line, places, returns.index.to_numpy(), windows, estimation, model, log, chunk)
    figures = engine.measure(windows)
    abnormal, betas = figures.pop("abnormal"), figures.pop("betas")

    least = max(engine.coefficients + 3, min(min_days, estimation[1] - estimation[0] + 1))
    marks = {
        "a repeated price in the window": np.flatnonzero(line.y == 0),
        "a return of -100 % or less in the window": np.flatnonzero((line.y <= -1) & (not log)),
        "a session without volume in the window": _untraded(returns, prices, line),
    }
    parts = [slice(begin, begin + FEW) for begin in range(0, max(len(events), 1), FEW)]
    told = pd.concat([judge(engine, part, figures, least, marks) for part in parts], ignore_index=True)
    measured = told["status"].ne("not measured").to_numpy().reshape(-1, len(windows))
    # Only days of windows in which the event is measured.
    shown = np.zeros(abnormal.shape, dtype=bool)
    for at, each in enumerate(windows):
        shown[:, engine.days(each)] |= measured[:, [at]]
    abnormal[~shown] = np.nan

    figures["t"] = figures["sar"]
    figures["beta"] = betas[:, 0] if betas.shape[1] and model != "factors" else np.full(len(events), np.nan)
    figures |= {f"beta_{name}": betas[:, at] for at, name in enumerate(names)}
    rows = np.arange(len(events)).repeat(len(windows))
    table = events.iloc[rows].reset_index(drop=True)
    table["session"] = places.session[rows]
    table["window"] = pd.array([label(w) for w in windows] * len(events), dtype="str")
    for name in [*FIGURES, *(f"beta_{name}" for name in names)]:
        table[name] = np.where(measured, np.atleast_2d(figures.pop(name).T).T, np.nan).ravel()
        if name == FIGURES[-1]:
            table = table.assign(n_estimation=places.n[rows], status=told["status"], reason=told["reason"])

    correlation = engine.correlation(measured.any(axis=1))
    car, sar = (table[name].to_numpy().reshape(measured.shape) for name in ("car", "sar"))
    days = pd.RangeIndex(engine.hull[0], engine.hull[1] + 1, name="day")
    return EventStudy(
        events=table,
        abnormal=pd.DataFrame(abnormal, pd.Index(events["event_id"]), days),
        tests=engine.test(windows, car, sar, abnormal, correlation),
        model=model,
        windows=windows,
        estimation=estimation,
        correlation=correlation,
        engine=engine,
    )


def _windows(window: Any, estimation: Any) -> tuple[Window, tuple[Window, ...]]:
    """Return the estimation window and the windows of the event."""
    many = [window] if np.ndim(window) == 1 else window
    try:
        every = [(int(first), int(last)) for first, last in [estimation, *many]]
    except (TypeError, ValueError):
        every = []
    if len(every) < 2 or any(first > last for first, last in every):
        raise TableError(
            f"expected windows as (first day, last day) with first <= last, got {window!r} and {estimation!r}."
        )
    if every[0][1] >= min(first for first, _ in every[1:]):
        raise TableError(
            f"expected an estimation window that ends before the event window begins, got {label(every[0])} and"
            f" {', '.join(map(label, every[1:]))}: the event would shape the model it is measured against."
        )
    return every[0], tuple(every[1:])


def _dates(values: Any, what: str) -> pd.Series:
    """Return naive dates; of text only what can be read one way."""
    given = pd.Series(values)
    try:
        if pd.api.types.is_numeric_dtype(given) and given.notna().any():
            raise TypeError("these are numbers")
        return pd.to_datetime(given, format="ISO8601").astype("datetime64[us]")
    except (TypeError, ValueError) as err:
        why = str(err).splitlines()[0]
        raise TableError(
            f"expected {what} as naive dates (Timestamp, date, or text such as 2025-02-24): {why}. A moment with a"
            " time zone belongs to a session only through the exchange's close: use first_session.",
            rows=given.to_frame(),
        ) from err


def _by_session(given: Any, what: str) -> pd.DataFrame:
    table = pd.DataFrame(given)
    index = pd.DatetimeIndex(_dates(table.index, f"the sessions of {what}"))
    for rows, problem in (
        (index.isna() | (index != index.normalize()), "carry no date, or a clock time"),
        (index.duplicated(keep=False), "stand for a session that another row has"),
    ):
        if rows.any():
            raise TableError(
                f"expected {what} with one row a session; {int(rows.sum())} rows {problem} (first:"
                f" {table.index[rows][0]}). returns_from(prices) makes such a table; all of them: err.rows.",
                rows=table[rows],
            )
    if table.columns.has_duplicates:
        raise TableError(f"expected {what} with no column twice.")
    try:
        return table.set_axis(index).sort_index().astype("float64")
    except (TypeError, ValueError) as err:
        raise TableError(f"expected {what} as numbers: {err}.") from err


def _events(events: pd.DataFrame) -> pd.DataFrame:
    wanted = ["event_id", "instrument", "session"]
    missing = [c for c in wanted if not isinstance(events, pd.DataFrame) or c not in events]
    if missing:
        hint = " Place moments with first_session(published_at, exchange)." if "session" in missing else ""
        raise TableError(
            f"expected a table of events with event_id, instrument, session; {', '.join(missing)} missing.{hint}"
        )
    found = events[wanted].reset_index(drop=True)
    found["session"] = _dates(found["session"], "sessions of events")
    twice = found.duplicated(keep=False)
    if twice.any():
        raise TableError(
            f"expected each event once per instrument and session; {int(twice.sum())} rows repeat (first:"
            f" {found.loc[twice, 'event_id'].iloc[0]!r}). Drop the copies; all of them: err.rows.",
            rows=events[twice.to_numpy()],
        )
    return found


def _regressors(
    returns: pd.DataFrame, events: pd.DataFrame, benchmark: Any, model: str
) -> tuple[str, Array, list[str]]:
    """Return the model, the regressors (factors x sessions x instruments) and the names of factors."""
    if model not in MODELS:
        raise TableError(f"expected a model of {', '.join(MODELS)}; got {model!r}.")
    if benchmark is None:
        if model != "mean_adjusted":
            raise TableError(f"expected a benchmark for the model {model}; only mean_adjusted does without.")
        return model, np.empty((0, len(returns), 1)), []
    if isinstance(benchmark, str):
        if benchmark not in returns:
            raise TableError(f"expected the benchmark {benchmark!r} among the columns of returns.")
        benchmark = returns[benchmark]
    single = isinstance(benchmark, pd.Series)
    values = _by_session(benchmark, "a benchmark").reindex(returns.index)
    paired = events.empty or values.columns.isin(events["instrument"]).any()
    if not single and model != "factors" and paired:
        return model, values.reindex(columns=returns.columns).to_numpy()[None], []
    if not single and model == "market_adjusted":
        raise TableError(
            "expected one benchmark for market_adjusted; a frame of factors is for model='factors'."
        )
    if model in ("market", "factors"):
        model = "market" if single else "factors"
    names = [str(c) for c in values.columns] if model == "factors" else []
    return model, values.to_numpy().T[:, :, None], names


def _untraded(returns: pd.DataFrame, prices: pd.DataFrame | None, line: Line) -> Array:
    """Return the places in the line of sessions without volume."""
    if prices is None:
        return np.empty(0)
    check_prices(prices)
    zero = prices[prices["volume"] == 0] if "volume" in prices else prices.iloc[:0]
    row = returns.index.get_indexer(pd.DatetimeIndex(zero["session"]))
    column = returns.columns.get_indexer(zero["instrument"])
    return np.flatnonzero(np.isin(line.keys, (column * line.sessions + row)[(row >= 0) & (column >= 0)]))
