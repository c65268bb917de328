"""Event studies side by side: speed, size under the null hypothesis, memory.

    python benchmarks/reaction.py speed     # analystkit, bare NumPy, StatsPAI, eventstudy; the figures must agree
    python benchmarks/reaction.py size      # rejection rates at nominal 5 % against known rates
    python benchmarks/reaction.py memory    # 100,000 events

Peers that are not installed are named and left out. Times are the best of several runs on one machine; the script
stops when figures differ, never because of a time.
"""

import argparse
import importlib.util
import time
import tracemalloc
import warnings

import numpy as np
import pandas as pd

from analystkit.reaction import event_study

WINDOW, ESTIMATION = (-10, 10), (-260, -11)
NAMES = {"cross_sectional": "cross_sectional", "patell": "patell", "adj_patell": "adjusted_patell", "bmp": "bmp",
         "kp": "kolari_pynnonen", "grank": "generalized_rank", "sign_rank": "signed_rank"}  # fmt: skip


def panel(events, days=600, seed=0):
    """Return returns of one instrument an event, their market, and the events."""
    rng = np.random.default_rng(seed)
    sessions = pd.bdate_range("2020-01-01", periods=days)
    market = rng.normal(0, 0.01, days)
    names = [f"S{i}" for i in range(events)]
    values = market[:, None] + rng.normal(0, 0.02, (days, events))
    at = rng.integers(-ESTIMATION[0], days - WINDOW[1], events)
    listed = pd.DataFrame({"event_id": names, "instrument": names, "session": sessions[at]})
    return pd.DataFrame(values, sessions, names), pd.Series(market, sessions), listed, at


def bare(values, market, at):
    """Return the ten statistics from arrays of complete returns, without a loop over events and without tables."""
    n, length = len(at), WINDOW[1] - WINDOW[0] + 1
    columns = np.arange(n)[:, None]
    fit_at = at[:, None] + np.arange(ESTIMATION[0], ESTIMATION[1] + 1)
    win_at = at[:, None] + np.arange(WINDOW[0], WINDOW[1] + 1)
    days = fit_at.shape[1]
    y, x, yw, xw = values[fit_at, columns], market[fit_at], values[win_at, columns], market[win_at]
    dx = x - x.mean(1, keepdims=True)
    sxx = (dx * dx).sum(1)
    beta = (dx * y).sum(1) / sxx
    residuals = y - y.mean(1, keepdims=True) - beta[:, None] * dx
    s2 = (residuals**2).sum(1) / (days - 2)
    dxw = xw - x.mean(1, keepdims=True)
    abnormal = yw - y.mean(1, keepdims=True) - beta[:, None] * dxw
    car = abnormal.sum(1)
    scar = car / np.sqrt(s2 * (length + length**2 / days + dxw.sum(1) ** 2 / sxx))
    df = days - 2
    patell = scar.sum() / np.sqrt(n * df / (df - 2))
    bmp = scar.mean() / (scar.std(ddof=1) / np.sqrt(n))
    # Mean pairwise correlation on shared calendar days.
    full, mask = np.zeros((n, len(market))), np.zeros((n, len(market)))
    full[columns, fit_at], mask[columns, fit_at] = residuals, 1.0
    shared, sums, squares = mask @ mask.T, full @ mask.T, (full * full) @ mask.T
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = squares - sums**2 / shared
        correlation = (full @ full.T - sums * sums.T / shared) / np.sqrt(spread * spread.T)
    correlation[(shared < 3) | np.eye(n, dtype=bool)] = np.nan
    r = np.nanmean(correlation)
    wins, share = (car > 0).sum(), (residuals > 0).mean()

    def ranked(matrix):
        return (matrix.argsort(1).argsort(1) + 1.0) / (matrix.shape[1] + 1) - 0.5

    means = ranked(np.concatenate([residuals, abnormal], 1)).mean(0)
    corrado = means[-length:].sum() / (np.sqrt(length) * np.sqrt((means**2).mean()))
    z = np.concatenate([residuals / np.sqrt(s2)[:, None], (scar / scar.std(ddof=1))[:, None]], 1)
    means = ranked(z).mean(0)
    z0, total = means[-1] / np.sqrt((means**2).mean()), days + 1
    order = np.abs(car).argsort().argsort() + 1.0
    return {
        "cross_sectional": car.mean() / (car.std(ddof=1) / np.sqrt(n)),
        "patell": patell,
        "adjusted_patell": patell / np.sqrt(1 + (n - 1) * r),
        "bmp": bmp,
        "kolari_pynnonen": bmp * np.sqrt((1 - r) / (1 + (n - 1) * r)),
        "sign": (wins - n / 2) / np.sqrt(n / 4),
        "generalized_sign": (wins - n * share) / np.sqrt(n * share * (1 - share)),
        "corrado_rank": corrado,
        "generalized_rank": z0 * np.sqrt((total - 2) / (total - 1 - z0**2)),
        "signed_rank": (np.sign(car) * order).sum() / np.sqrt((order**2).sum()),
    }


def timed(function, *arguments, runs=5):
    """Return the best time of several runs and the result."""
    best = np.inf
    for _ in range(runs):
        begin = time.perf_counter()
        result = function(*arguments)
        best = min(best, time.perf_counter() - begin)
    return best, result


def with_statspai(returns, market, events):
    import statspai

    long = returns.rename_axis("date").melt(ignore_index=False, var_name="id", value_name="ret").reset_index()
    long["mkt"] = long["date"].map(market)
    listed = events.rename(columns={"instrument": "id", "session": "event_date"})[["id", "event_date"]]
    return timed(
        lambda: statspai.abnormal_returns(
            long, listed, market="mkt", event_window=WINDOW, estimation_window=ESTIMATION
        ),
        runs=1,
    )


def with_eventstudy(returns, market, at):
    from eventstudy import Multiple, Single, models

    values, benchmark = returns.to_numpy(), market.to_numpy()

    def run():
        span = [slice(day + ESTIMATION[0], day + WINDOW[1] + 1) for day in at]
        options = {
            "event_window": WINDOW,
            "estimation_size": ESTIMATION[1] - ESTIMATION[0] + 1,
            "buffer_size": 0,
        }
        pairs = [
            {"security_returns": values[s, i], "market_returns": benchmark[s]} for i, s in enumerate(span)
        ]
        singles = [Single(models.market_model, pair, **options) for pair in pairs]
        return Multiple(singles).sample

    return timed(run, runs=1)


def speed(events=2000):
    returns, market, listed, at = panel(events)
    event_study(returns.iloc[:, :5], listed.iloc[:5], market, window=WINDOW, estimation=ESTIMATION)  # imports
    ours, study = timed(
        lambda: event_study(returns, listed, market, window=WINDOW, estimation=ESTIMATION), runs=9
    )
    values, benchmark = returns.to_numpy(), market.to_numpy()
    plain, reference = timed(lambda: bare(values, benchmark, at))
    tests = study.tests.set_index("test")["statistic"]
    for name, statistic in reference.items():
        np.testing.assert_allclose(tests[name], statistic, rtol=1e-8, err_msg=name)
    rows = [("analystkit (10 tests, tables in and out)", ours), ("bare NumPy (10 tests, arrays)", plain)]
    if importlib.util.find_spec("statspai"):
        seconds, theirs = with_statspai(returns, market, listed)
        for name, own in NAMES.items():
            np.testing.assert_allclose(
                tests[own], theirs.tests.loc[name, "statistic"], rtol=1e-9, err_msg=name
            )
        np.testing.assert_allclose(study.events["t"], theirs.events["t"], rtol=1e-9)
        rows.append(("StatsPAI (7 tests)", seconds))
    if importlib.util.find_spec("eventstudy"):
        seconds, singles = with_eventstudy(returns, market, at)
        np.testing.assert_allclose(study.events["car"], [single.CAR[-1] for single in singles], rtol=1e-9)
        rows.append(("eventstudy (1 test)", seconds))
    print(f"{events:,} events, 250 estimation days, 21-day window; figures agree\n")
    for name, seconds in rows:
        print(f"{name:<45}{seconds * 1000:>10.1f} ms{seconds / ours:>9.1f} x")
    for name in ("statspai", "eventstudy"):
        if not importlib.util.find_spec(name):
            print(f"{name}: not installed, left out")


# Rejection rates of 4,000 samples, from another program with the same formulas.
KNOWN = pd.DataFrame(
    {"independent": [0.048, 0.047, 0.050, 0.042, 0.051, 0.062, 0.051],
     "event variance x 2": [0.056, 0.165, 0.056, 0.084, 0.058, 0.072, 0.059],
     "one date, correlation .05": [0.290, 0.296, 0.298, 0.044, 0.056, 0.261, 0.240]},
    index=["cross_sectional", "patell", "bmp", "corrado_rank", "generalized_rank", "sign", "generalized_sign"],
)  # fmt: skip


def null_sample(rng, case, events=50, fit_days=120, length=11):
    """Return returns, market and events of a sample in which nothing happens."""
    days = fit_days + length
    market = rng.normal(0, 0.01, days)
    sigma = rng.uniform(0.01, 0.03, events)
    noise = rng.normal(0, 1, (days, events))
    if case == "one date, correlation .05":
        noise = np.sqrt(0.95) * noise + np.sqrt(0.05) * rng.normal(0, 1, (days, 1))
        markets = np.repeat(market[:, None], events, axis=1)
    else:
        markets = rng.normal(0, 0.01, (days, events))  # every event has its own days
    if case == "event variance x 2":
        noise[fit_days:] *= np.sqrt(2)
    sessions = pd.bdate_range("2020-01-01", periods=days)
    names = [f"S{i}" for i in range(events)]
    listed = pd.DataFrame(
        {"event_id": names, "instrument": names, "session": sessions[fit_days + length // 2]}
    )
    values = pd.DataFrame(markets + sigma * noise, sessions, names)
    return values, pd.DataFrame(markets, sessions, names), listed


def size(samples=1000):
    half = 5
    rates = {}
    for case in KNOWN:
        rng = np.random.default_rng(20250224)
        rejected = pd.Series(0.0, KNOWN.index)
        for _ in range(samples):
            values, markets, listed = null_sample(rng, case)
            study = event_study(
                values, listed, markets, window=(-half, half), estimation=(-120 - half, -1 - half)
            )
            rejected += (study.tests.set_index("test")["p"] < 0.05).reindex(KNOWN.index)
        rates[case] = rejected / samples
    found = pd.DataFrame(rates)
    # Both tables are simulated: four standard errors of their difference.
    slack = 4 * np.sqrt(KNOWN * (1 - KNOWN) * (1 / samples + 1 / 4000))
    print(f"Rejection rates at nominal 5 %, {samples:,} samples of 50 events\n")
    print(found.round(3).to_string())
    print("\nDifference from the known rates, in units of what chance allows (within -1..1)\n")
    print(((found - KNOWN) / slack).round(2).to_string())
    assert ((found - KNOWN).abs() <= slack).all(axis=None), "a rejection rate differs by more than chance"


def memory(most=100_000, instruments=2000):
    returns, market, _, _ = panel(instruments)
    beside = []
    for events in (most // 8, most // 4, most // 2, most):
        rng = np.random.default_rng(2)
        listed = pd.DataFrame({
            "event_id": np.arange(events),
            "instrument": rng.choice(returns.columns, events),
            "session": returns.index[rng.integers(-ESTIMATION[0], len(returns) - WINDOW[1], events)],
        })  # fmt: skip
        begin = time.perf_counter()
        event_study(returns, listed, market, window=WINDOW, estimation=ESTIMATION)
        seconds = time.perf_counter() - begin
        tracemalloc.start()
        study = event_study(returns, listed, market, window=WINDOW, estimation=ESTIMATION)
        kept, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert len(study.events) == events
        beside.append((peak - kept) / 2**20)
        print(
            f"{events:>8,} events: {seconds:6.2f} s, result {kept / 2**20:6.0f} MB, beside it {beside[-1]:6.0f} MB"
        )
    print(
        f"Memory beside the result grows by {beside[-1] / beside[0] - 1:.0%} when the events grow eightfold"
    )
    assert beside[-1] < 1.25 * beside[0], "memory beside the result is not flat"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["speed", "size", "memory"])
    parser.add_argument("--count", type=int, help="events (speed, memory) or samples (size)")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    run = {"speed": speed, "size": size, "memory": memory}[chosen.what]
    run(chosen.count) if chosen.count else run()
