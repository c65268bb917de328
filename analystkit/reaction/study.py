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
from analystkit.reaction.engine import Engine, label
from analystkit.reaction.fitting import Array, Window, around, lay_out
from analystkit.reaction.flags import judge, place

FIGURES = ["car", "se", "sar", "t", "p", "alpha", "beta", "sigma", "bhar"]
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
    dates: pd.DataFrame
    tests: pd.DataFrame
    model: str
    windows: tuple[Window, ...]
    estimation: Window
    correlation: float
    engine: Engine = field(repr=False)

    @functools.cached_property
    def day_tests(self) -> pd.DataFrame:
        days = tuple((day, day) for day in self.abnormal.columns)
        # Days are ranked together with all days of the windows.
        figures = self.engine.measure(days)
        return self.engine.test(days, figures, self.abnormal.to_numpy(), self.correlation, self.engine.hull)

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
    returns, events = _by_session(returns, "returns").sort_index(), _events(events)
    model, regressors, names = _regressors(returns, events, benchmark, model)
    line = lay_out(returns.to_numpy(dtype=float), regressors)
    places = place(returns, events, line)
    hull = (min(first for first, _ in windows), max(last for _, last in windows))
    log = returns.attrs.get("kind") == "log"
    engine = Engine(line, places, estimation, hull, model, log, chunk)
    figures = engine.measure(windows)

    figures |= {f"beta_{name}": figures["betas"][:, at] for at, name in enumerate(names)}
    k = 1 + len(regressors) * (model in ("market", "factors"))
    least = max(k + 3, min(min_days, estimation[1] - estimation[0] + 1))
    status, reason = judge(engine, events, windows, figures, least, _untraded(returns, prices, engine))
    figures |= {"n_estimation": figures["n"], "status": status, "reason": reason}
    measured: Array = status != "not measured"

    table = events.loc[events.index.repeat(len(windows))].reset_index(drop=True)
    table["session"] = places.session.repeat(len(windows))
    table["window"] = pd.array([label(w) for w in windows] * len(events), dtype="str")
    blank = [*FIGURES, *(f"beta_{name}" for name in names)]
    for name in [*FIGURES, "n_estimation", "status", "reason", *blank[len(FIGURES) :]]:
        values = figures[name] if figures[name].ndim == 2 else figures[name][:, None]
        table[name] = np.broadcast_to(values, status.shape).ravel()
    table.loc[~measured.ravel(), blank] = np.nan

    # Only days of windows in which the event is measured.
    shown = np.zeros(figures["abnormal"].shape, dtype=bool)
    for at, each in enumerate(windows):
        shown[:, engine.days(each)] |= measured[:, [at]]
    abnormal, dates = (
        np.where(shown, figures["abnormal"], np.nan),
        np.full(shown.shape, np.datetime64("NaT", "us")),
    )
    row, day = np.nonzero(shown)
    dates[row, day] = returns.index.to_numpy()[line.position[places.day0[row] + hull[0] + day]]
    index, columns = pd.Index(events["event_id"]), pd.RangeIndex(hull[0], hull[1] + 1, name="day")
    correlation = engine.correlation(np.asarray(shown.any(axis=1)))
    return EventStudy(
        events=table.astype({"status": "str", "reason": "str"}),
        abnormal=pd.DataFrame(abnormal, index, columns),
        dates=pd.DataFrame(dates, index, columns),
        tests=engine.test(windows, figures, abnormal, correlation),
        model=model,
        windows=windows,
        estimation=(int(estimation[0]), int(estimation[1])),
        correlation=correlation,
        engine=engine,
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


def _by_session(table: pd.DataFrame, what: str) -> pd.DataFrame:
    index = table.index
    dates = isinstance(index, pd.DatetimeIndex) and index.tz is None and (index == index.normalize()).all()
    if not dates or index.has_duplicates or table.columns.has_duplicates:
        raise TableError(
            f"expected {what} with one row a session (a DatetimeIndex of dates without time zone, without duplicates)"
            " and no column twice. returns_from(prices) makes such a table."
        )
    return table.set_axis(index.as_unit("us"))


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
) -> tuple[str, Array, list[str]]:
    """Return the model, the regressors (factors x sessions x instruments) and the names of factors."""
    if model not in MODELS:
        raise TableError(f"expected a model of {', '.join(MODELS)}; got {model!r}.")
    if benchmark is None:
        if model != "mean_adjusted":
            raise TableError(f"expected a benchmark for the model {model}; only mean_adjusted does without.")
        return model, np.empty((0, *returns.shape)), []
    if isinstance(benchmark, str):
        if benchmark not in returns:
            raise TableError(f"expected the benchmark {benchmark!r} among the columns of returns.")
        benchmark = returns[benchmark]
    single = isinstance(benchmark, pd.Series)
    table = benchmark.to_frame() if single else benchmark
    values = _by_session(table, "a benchmark").reindex(returns.index).astype("float64")
    if not single and model != "factors" and values.columns.isin(events["instrument"]).any():
        return model, values.reindex(columns=returns.columns).to_numpy()[None], []
    if not single and model == "market_adjusted":
        raise TableError(
            "expected one benchmark for market_adjusted; a frame of factors needs model='factors'."
        )
    if model in ("market", "factors"):
        model = "market" if single else "factors"
    names = [str(c) for c in values.columns] if model == "factors" else []
    return model, np.broadcast_to(values.to_numpy().T[:, :, None], (values.shape[1], *returns.shape)), names


def _untraded(returns: pd.DataFrame, prices: pd.DataFrame | None, engine: Engine) -> Array:
    """Return whether each event's session had no volume, on the days of the hull."""
    line, (first, last) = engine.line, engine.hull
    marked = np.zeros(len(line.keys), dtype=bool)
    if prices is not None:
        check_prices(prices)
        zero = prices[prices["volume"] == 0] if "volume" in prices else prices.iloc[:0]
        row = returns.index.get_indexer(pd.DatetimeIndex(zero["session"]))
        column = returns.columns.get_indexer(zero["instrument"])
        marked = np.isin(line.keys, (column * len(returns) + row)[(row >= 0) & (column >= 0)])
    found = np.zeros((len(engine.places.day0), last - first + 1), dtype=bool)
    found[engine.rows] = around(marked, engine.places.day0[engine.rows] + first, last - first + 1)
    return found
