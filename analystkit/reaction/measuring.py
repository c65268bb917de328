"""A dossier -> the measured reaction of every listing to every event, with what else happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from analystkit.errors import PriceError
from analystkit.market import basket, candidate_sessions, returns_from, session_closes
from analystkit.reaction.confounding import confound
from analystkit.reaction.fitting import Window
from analystkit.reaction.study import EventStudy, event_study

if TYPE_CHECKING:
    from analystkit.dossier import Dossier

Benchmark: TypeAlias = str | Sequence[str] | pd.Series | Mapping[str, str | Sequence[str]] | None

ESTIMATION = (-130, -11)
LEVEL = 0.05

COLUMNS = [
    "event_id", "instrument", "entity", "exchange", "candidate", "session", "published_at", "time_precision",
    "window", "window_start", "window_end", "raw_return", "benchmark", "benchmark_return", "car", "se", "sar", "t",
    "p", "bhar", "alpha", "beta", "sigma", "n_estimation", "model", "confounders", "overlaps", "background",
    "separable", "verdict", "status", "reason",
]  # fmt: skip


def measure_reaction(
    dossier: Dossier,
    window: Window | Sequence[Window] = (0, 1),
    model: str = "market",
    returns: str = "simple",
    *,
    benchmark: Benchmark = None,
    estimation: Window = ESTIMATION,
) -> pd.DataFrame:
    """Return how each listing reacted to each event: one row per event, listing, candidate session and window.

    A publication counts for the first session of the listing's own exchange that closes after it. Where the moment
    is known only between two bounds, every session that could be the first is measured, numbered by `candidate`.

    Parameters
    ----------
    dossier
        Events, event_instruments, instruments, prices and confounders are used.
    window, model, estimation
        As in `event_study`. The default estimation window takes 120 sessions that end eleven before the event.
    returns
        "simple" or "log".
    benchmark
        None takes the benchmark of `instruments`. Otherwise one instrument for all, a list of instruments (an
        equal-weight basket), a mapping from instrument to either, or a Series of benchmark returns by session.

    Returns
    -------
    pd.DataFrame
        event_id, instrument, entity (of the listing), exchange, candidate, session, published_at, time_precision,
        window, window_start, window_end, raw_return and benchmark_return (over the window, compounded), benchmark,
        car (abnormal return over the window), se, sar, t, p, bhar, alpha, beta, sigma, n_estimation, model,
        confounders (other news in the window), overlaps (other events of the listing in it), background (other news
        named for the event, outside the window), separable (no other news but that of the whole market, which the
        benchmark takes out), verdict (in words), status, reason. Lists are `;`-joined and empty where none.

    Raises
    ------
    SessionError
        When an exchange has no calendar, or a moment lies outside it.
    PriceError
        When a price is not positive, or a benchmark has no prices.

    Examples
    --------
    A listing that follows its market but for noise of 1 % up and down, and gains 5 % on the day of its news:

    >>> from types import SimpleNamespace
    >>> from analystkit.market import session_closes
    >>> sessions = session_closes("XNYS").loc["2024-06-03":].index[:140]
    >>> market, noise = np.tile([0.01, 0.01, -0.01, -0.01], 35), np.tile([0.01, -0.01], 70)
    >>> noise[135] = 0.05
    >>> closes = {"A": 100 * np.cumprod(1 + market + noise), "M": 100 * np.cumprod(1 + market)}
    >>> prices = pd.DataFrame(closes, sessions).rename_axis("session").melt(
    ...     ignore_index=False, var_name="instrument", value_name="close").reset_index()
    >>> news = sessions[135].tz_localize("America/New_York") + pd.Timedelta(hours=12)
    >>> no_bound = pd.Series([pd.NaT], dtype="datetime64[us, UTC]")
    >>> dossier = SimpleNamespace(
    ...     prices=prices,
    ...     events=pd.DataFrame({"event_id": ["E"], "published_at": [news.tz_convert("UTC")],
    ...         "time_precision": ["minute"], "published_from": no_bound, "published_to": no_bound}),
    ...     event_instruments=pd.DataFrame({"event_id": ["E"], "instrument": ["A"]}),
    ...     instruments=pd.DataFrame(
    ...         {"instrument": ["A"], "entity": ["A plc"], "exchange": ["XNYS"], "benchmark": ["M"]}),
    ...     confounders=pd.DataFrame(columns=["confounder_id", "moment", "affects", "explains_events"]))
    >>> found = measure_reaction(dossier, window=(0, 0))
    >>> found[["instrument", "car", "verdict"]].round(3).values.tolist()
    [['A', 0.05, 'moved up more than its usual noise']]
    """
    return _measure(dossier, window, model, returns, benchmark, estimation)[0]


def study_reaction(
    dossier: Dossier,
    window: Window | Sequence[Window] = (0, 1),
    model: str = "market",
    returns: str = "simple",
    *,
    benchmark: Benchmark = None,
    estimation: Window = ESTIMATION,
) -> EventStudy:
    """Return the event study behind `measure_reaction`, its rows in the same order: paths by day and tests."""
    return _measure(dossier, window, model, returns, benchmark, estimation)[1]


def _measure(
    dossier: Dossier, window: Any, model: str, returns: str, benchmark: Benchmark, estimation: Window
) -> tuple[pd.DataFrame, EventStudy]:
    wide = returns_from(dossier.prices, returns)  # type: ignore[arg-type]
    rows = place_events(dossier)
    names, benchmarks = _benchmarks(wide, dossier.instruments, rows["instrument"].unique(), benchmark)
    against = None if model == "mean_adjusted" else benchmarks
    study = event_study(wide, rows, against, model, window, estimation, dossier.prices)
    each = rows.loc[rows.index.repeat(len(study.windows))].reset_index(drop=True)
    found = each.join(study.events.drop(columns=["event_id", "instrument", "session"]))
    found["session"] = study.events["session"].fillna(each["session"])
    found["benchmark"], found["model"] = found["instrument"].map(names).astype("str"), model
    found = found.join(_raw_returns(found, wide, benchmarks, list(study.windows) * len(rows)))
    found = found.join(confound(found, dossier.confounders, dossier.instruments))
    market_wide = (found["confounders"] != "") & (found["own"] == "")
    found["separable"] = (found["own"] == "") & (found["overlaps"] == "")
    if model == "mean_adjusted":
        found["separable"] &= ~market_wide
    _explain(found, market_wide)
    found["verdict"] = _verdicts(found)
    return found[COLUMNS], study


def place_events(dossier: Dossier) -> pd.DataFrame:
    """Return one row per event, listing and session that could be the first to answer it.

    Returns
    -------
    pd.DataFrame
        event_id, instrument, entity, exchange, candidate (from 1), candidates (how many), session (NaT when the
        listing is unknown), published_at, time_precision.
    """
    listings = dossier.instruments[["instrument", "entity", "exchange"]]
    events = dossier.events[["event_id", "published_at", "time_precision", "published_from", "published_to"]]
    rows = dossier.event_instruments[["event_id", "instrument"]]
    rows = rows.merge(events, on="event_id", how="left", validate="many_to_one")
    rows = rows.merge(listings, on="instrument", how="left", validate="many_to_one")
    bounded = rows["published_from"].notna() | rows["published_to"].notna()
    # A day without a clock is written as its noon.
    slack = pd.to_timedelta(np.where((rows["time_precision"] == "date") & ~bounded, 12, 0), unit="h")
    begin = rows["published_from"].fillna(rows["published_at"] - slack)
    end = rows["published_to"].fillna(rows["published_at"] + slack)
    rows["session"] = [
        list(candidate_sessions(first, last, exchange)) if isinstance(exchange, str) else []
        for first, last, exchange in zip(begin, end, rows["exchange"], strict=True)
    ]
    rows = rows.explode("session", ignore_index=True)
    rows["session"] = pd.to_datetime(rows["session"]).astype("datetime64[us]")
    same = rows.groupby(["event_id", "instrument"])["event_id"]
    rows["candidate"], rows["candidates"] = same.cumcount() + 1, same.transform("size")
    columns = ["event_id", "instrument", "entity", "exchange", "candidate", "candidates", "session"]
    return rows[[*columns, "published_at", "time_precision"]]


def _benchmarks(
    wide: pd.DataFrame, instruments: pd.DataFrame, wanted: Sequence[str], benchmark: Benchmark
) -> tuple[dict[str, str], pd.DataFrame]:
    """Return the name of each listing's benchmark, and its returns by session (NaN where it has none)."""
    table = instruments.dropna(subset=["benchmark"]).set_index("instrument")["benchmark"].to_dict()
    names: dict[str, str] = {}
    returns: dict[str, pd.Series] = {}
    if isinstance(benchmark, pd.Series):
        returns = dict.fromkeys(wanted, benchmark)
        return dict.fromkeys(wanted, str(benchmark.name or "given")), pd.DataFrame(returns, index=wide.index)
    for instrument in wanted:
        given: Any = table.get(instrument, "")
        if benchmark is not None:
            given = benchmark.get(instrument, given) if isinstance(benchmark, Mapping) else benchmark
        names[instrument] = given if isinstance(given, str) else ";".join(given)
        # A listing is no benchmark for itself, nor a member of the basket it is measured against.
        members = [m.strip() for m in names[instrument].split(";") if m.strip() not in ("", instrument)]
        absent = [m for m in members if m not in wide]
        if absent:
            raise PriceError(
                f"expected prices of the benchmark {', '.join(absent)} of {instrument}; there are none."
                f" Add them to prices, or pass benchmark=; instruments with prices: {', '.join(wide.columns)}."
            )
        returns[instrument] = basket(wide, members) if members else pd.Series(np.nan, wide.index)
    return names, pd.DataFrame(returns, index=wide.index)


def _raw_returns(
    found: pd.DataFrame, wide: pd.DataFrame, benchmarks: pd.DataFrame, windows: list[Window]
) -> pd.DataFrame:
    """Return first and last session of each window, what listing and benchmark did over it, and whether it has gaps.

    A row that cannot be measured against a benchmark still shows its own return.
    """
    log, figures = wide.attrs["kind"] == "log", []
    for row, (first, last) in zip(found.itertuples(), windows, strict=True):
        both = pd.DataFrame(
            {"own": wide.get(row.instrument), "other": benchmarks[row.instrument]}, wide.index
        )
        alone = row.status == "not measured" or row.model == "mean_adjusted"
        both = both.dropna(subset=["own"] if alone else None)
        day = both.index.searchsorted(row.session) if pd.notna(row.session) else len(both)
        if day + first < 0 or day + last >= len(both):
            figures.append((pd.NaT, pd.NaT, np.nan, np.nan, False))
            continue
        both = both.iloc[day + first : day + last + 1]
        begin, end = both.index[[0, -1]]
        grown = both.sum(skipna=False) if log else (1.0 + both).prod(skipna=False) - 1.0
        due = session_closes(row.exchange)[begin:end] if isinstance(row.exchange, str) else both
        figures.append((begin, end, *grown, len(due) > len(both)))
    columns = ["window_start", "window_end", "raw_return", "benchmark_return", "gaps"]
    kinds = ["datetime64[us]"] * 2 + ["float64"] * 2 + ["bool"]
    return pd.DataFrame(figures, found.index, columns).astype(dict(zip(columns, kinds, strict=True)))


def _explain(found: pd.DataFrame, market_wide: pd.Series) -> None:
    """Complete `reason` and `status` with what only the dossier knows."""
    stopped, benchmark = found["status"] == "not measured", found["benchmark"]
    unnamed = (benchmark == "") & (found["model"] != "mean_adjusted")
    for where, words in (
        (stopped & (benchmark == found["instrument"]), "it is its own benchmark"),
        (stopped & unnamed, "no benchmark is named for it"),
        (found["exchange"].isna(), "the listing is not in instruments"),
    ):
        found["reason"] = found["reason"].mask(where, words)
    several = "the moment is not certain: one of " + found["candidates"].astype(str) + " sessions"
    averaged = found["confounders"] + " touched the whole market: the benchmark takes out the average effect"
    for where, words in (
        (found["candidates"] > 1, several),
        (found["gaps"], "a session of the exchange in the window has no price"),
        (market_wide, averaged),
        (found["own"] != "", "other news in the window: " + found["own"]),
        (found["overlaps"] != "", "other events of the listing in the window: " + found["overlaps"]),
        (found["unknown"] != "", "nobody says whom it touches: " + found["unknown"]),
    ):
        told = (found["reason"] + "; " + words).str.removeprefix("; ")
        found["reason"] = found["reason"].mask(where & ~stopped, told)
        found["status"] = found["status"].mask(where & ~stopped, "caveat")


def _verdicts(found: pd.DataFrame) -> pd.Series:
    """Return the finding in words that fit one event of one listing."""
    moved = found["p"] < LEVEL
    way = pd.Series(np.where(found["car"] > 0, "up", "down"), found.index)
    words = ("moved " + way + " more than its usual noise").where(moved, "moved within its usual noise")
    confused = np.where(moved, ", but not separable from other news", "; other news may hide a reaction")
    words = words + np.where(found["separable"], "", confused)
    return words.mask(found["status"] == "not measured", "not measured: " + found["reason"]).astype("str")
