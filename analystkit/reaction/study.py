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
from analystkit.reaction.engine import Engine, Window, label
from analystkit.reaction.fitting import Array, lay_out
from analystkit.reaction.flags import flag_events

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
    abnormal
        Abnormal returns, one row an event (index event_id, in the order given), one column a relative day.
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
    def day_tests(self) -> pd.DataFrame:
        return self.engine.test(by_day=True)

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
    chunk: int = 2048,
) -> EventStudy:
    """Return abnormal returns around events, with their error and the tests of their mean.

    Relative days count the sessions on which the instrument and its benchmark have returns. Day 0 is the event's
    session, or the next one within two weeks (then the row says so). Nothing is dropped and nothing is filled.

    Parameters
    ----------
    returns
        Sessions x instruments, fractions. Simple returns, unless `returns_from(..., "log")` marked them.
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
    windows = _windows(window, estimation)
    returns, events = _returns(returns), _events(events)
    model, paired, common, names = _regressors(returns, events, benchmark, model)
    values = returns.to_numpy(dtype=float)
    line = lay_out(values, paired, common)
    kind = "market" if model == "factors" else model
    hull = (min(w[0] for w in windows), max(w[1] for w in windows))
    if prices is not None:
        check_prices(prices)
    flags = flag_events(returns, events, line, windows, estimation, paired is not None or len(common) > 0)

    log = returns.attrs.get("kind") == "log"
    study = Engine(
        line, flags, windows, estimation, hull, kind, log, chunk, names, returns.index, returns.columns
    )  # fmt: skip
    study.measure()
    flags.judge_fits(study, prices, min_days)
    study.blank()
    tests = study.test()
    return EventStudy(
        events=study.table(events),
        abnormal=pd.DataFrame(
            study.abnormal,
            index=pd.Index(events["event_id"], name="event_id"),
            columns=pd.RangeIndex(hull[0], hull[1] + 1, name="day"),
        ),
        tests=tests,
        model=model,
        windows=windows,
        estimation=(int(estimation[0]), int(estimation[1])),
        correlation=study.correlation,
        engine=study,
    )


def _windows(window: Any, estimation: Window) -> tuple[Window, ...]:
    many = [window] if np.ndim(window) == 1 else window
    found = tuple((int(first), int(last)) for first, last in many)
    if not found or any(first > last for first, last in [*found, estimation]):
        raise TableError("expected windows as (first day, last day) with first <= last.")
    if estimation[1] >= min(first for first, _ in found):
        raise TableError(
            f"expected an estimation window that ends before the event window begins, got {label(estimation)} and"
            f" {', '.join(map(label, found))}: the event would shape the model it is measured against."
        )
    return found


def _returns(returns: pd.DataFrame) -> pd.DataFrame:
    index = returns.index
    if not isinstance(index, pd.DatetimeIndex) or index.tz is not None or index.has_duplicates:
        raise TableError(
            "expected returns with one row a session: a DatetimeIndex without time zone and without duplicates."
            " returns_from(prices) makes one."
        )
    if returns.columns.has_duplicates:
        raise TableError("expected one column an instrument; some stand twice.")
    if (index != index.normalize()).any():
        raise TableError("expected sessions as dates; returns.index has clock times. Use index.normalize().")
    ordered = returns if index.is_monotonic_increasing else returns.sort_index()
    return ordered.set_axis(pd.DatetimeIndex(ordered.index).as_unit("us"))


def _events(events: pd.DataFrame) -> pd.DataFrame:
    missing = [c for c in ("event_id", "instrument", "session") if c not in events]
    if missing:
        hint = " Place moments with first_session(published_at, exchange)." if "session" in missing else ""
        raise TableError(
            f"expected events with event_id, instrument, session; {', '.join(missing)} missing.{hint}"
        )
    found = events[["event_id", "instrument", "session"]].reset_index(drop=True)
    try:
        found["session"] = pd.to_datetime(found["session"]).astype("datetime64[us]")
    except (TypeError, ValueError) as err:
        raise TableError(
            "expected sessions as naive dates; these are not (a moment with a time zone belongs to a session only"
            f" through the exchange's close: use first_session): {err}.",
            rows=events,
        ) from err
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
) -> tuple[str, Array | None, Array, list[str]]:
    """Return the model, returns of paired benchmarks (or None), common factors and their names."""
    if model not in MODELS:
        raise TableError(f"expected a model of {', '.join(MODELS)}; got {model!r}.")
    index, nothing = returns.index, np.empty((0, len(returns)))

    def factors_of(series: pd.Series | pd.DataFrame) -> Array:
        return np.atleast_2d(series.reindex(index).to_numpy(dtype=float, na_value=np.nan).T)

    if isinstance(benchmark, str):
        if benchmark not in returns:
            raise TableError(f"expected the benchmark {benchmark!r} among the columns of returns.")
        benchmark = returns[benchmark]
    if benchmark is None:
        if model != "mean_adjusted":
            raise TableError(f"expected a benchmark for the model {model}; only mean_adjusted does without.")
        return model, None, nothing, []
    if not isinstance(benchmark.index, pd.DatetimeIndex) or benchmark.index.tz is not None:
        raise TableError("expected a benchmark by session: a DatetimeIndex without time zone.")
    if benchmark.index.has_duplicates:
        raise TableError("expected one benchmark return a session; some sessions stand twice.")
    if isinstance(benchmark, pd.Series):
        return ("market" if model == "factors" else model), None, factors_of(benchmark), []
    named = benchmark.columns.isin(events["instrument"])
    if model != "factors" and named.any():
        paired = benchmark.reindex(index=index, columns=returns.columns)
        return model, paired.to_numpy(dtype=float, na_value=np.nan), nothing, []
    names = [str(c) for c in benchmark.columns]
    if model == "market":
        model = "factors"
    elif model == "market_adjusted":
        raise TableError(
            "expected one benchmark for market_adjusted; a frame of factors needs model='factors'."
        )
    return model, None, factors_of(benchmark), names
