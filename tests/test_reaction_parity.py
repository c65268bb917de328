"""The event study against programs that know nothing of it: StatsPAI, statsmodels, and loops written from the formulas."""

import numpy as np
import pandas as pd
import pytest

from analystkit.reaction import event_study

NAMES = {
    "cross_sectional": "cross_sectional",
    "patell": "patell",
    "adj_patell": "adjusted_patell",
    "bmp": "bmp",
    "kp": "kolari_pynnonen",
    "grank": "generalized_rank",
    "sign_rank": "signed_rank",
}
MODELS = {
    "market": {"market": "mkt"},
    "market_adjusted": {"market": "mkt"},
    "mean_adjusted": {},
    "factor": {"factors": ["mkt", "size", "value"]},
}


def panel(seed, shared, missing=0.03, ragged=True, instruments=20, days=420):
    """Long returns with factors, and events: late listings, missing days, several events of one instrument."""
    rng = np.random.default_rng(seed)
    sessions = pd.bdate_range("2021-01-04", periods=days)
    factors = {name: rng.normal(0, 0.01, days) for name in ("mkt", "size", "value")}
    wave = 0.004 * np.sin(np.arange(days) / 9)
    rows, events = [], []
    for i in range(instruments):
        noise = rng.normal(0, rng.uniform(0.01, 0.03), days)
        ret = 0.0002 + rng.uniform(0.5, 1.5) * factors["mkt"] + 0.3 * factors["size"] + wave + noise
        traded = rng.random(days) > missing
        if ragged and i % 3 == 0:
            traded[: rng.integers(0, 260)] = False
        rows.append(pd.DataFrame({"id": f"S{i}", "date": sessions, "ret": ret, **factors})[traded])
        for _ in range(1 + (i % 4 == 0)):
            day = 300 if shared else rng.integers(200, days - 20)
            events.append((f"S{i}", sessions[day]))
    listed = pd.DataFrame(events, columns=["id", "event_date"]).drop_duplicates(ignore_index=True)
    return pd.concat(rows, ignore_index=True), listed


def study_of(long, listed, model, window):
    wide = long.pivot(index="date", columns="id", values="ret")
    common = long.drop_duplicates("date").set_index("date").sort_index()
    events = listed.rename(columns={"id": "instrument", "event_date": "session"}).assign(
        event_id=listed.index
    )
    benchmark = common[["mkt", "size", "value"]] if model == "factor" else common["mkt"]
    return event_study(
        wide, events, benchmark, model="factors" if model == "factor" else model, window=window
    )


@pytest.fixture(scope="module")
def statspai():
    return pytest.importorskip("statspai", reason="statspai is not installed")


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("shared", [False, True], ids=["own dates", "one date"])
@pytest.mark.parametrize(
    ("window", "missing", "ragged"), [((-1, 1), 0.03, True), ((0, 0), 0.0, False), ((-5, 10), 0.1, True)]
)
def test_figures_and_tests_agree_with_statspai(statspai, model, shared, window, missing, ragged):
    for seed in (0, 1):
        long, listed = panel(seed, shared, missing, ragged)
        theirs = statspai.abnormal_returns(
            long, listed, model=model, event_window=window, estimation_window=(-130, -11), **MODELS[model]
        )
        ours = study_of(long, listed, model, window)
        measured = ours.events[ours.events["status"] != "not measured"]
        assert measured.index.tolist() == theirs.events.index.tolist()
        for column, name in {
            "car": "car",
            "se": "se",
            "t": "t",
            "p": "pvalue",
            "n_estimation": "n_est",
        }.items():
            np.testing.assert_allclose(measured[column], theirs.events[name], rtol=1e-9, err_msg=column)
        assert measured["session"].tolist() == theirs.events["event_day"].tolist()
        np.testing.assert_allclose(
            ours.abnormal.loc[measured["event_id"]].T, theirs.ar, rtol=1e-9, atol=1e-15, err_msg="abnormal"
        )
        assert ours.correlation == pytest.approx(theirs.mean_correlation, rel=1e-9)
        tests = ours.tests.set_index("test")
        for name, own in NAMES.items():
            assert tests.loc[own, "statistic"] == pytest.approx(
                theirs.tests.loc[name, "statistic"], rel=1e-9
            ), name
        assert tests.loc["signed_rank", "p"] == pytest.approx(
            theirs.tests.loc["sign_rank", "pvalue"], rel=1e-9
        )


@pytest.mark.parametrize("regressors", [["mkt"], ["mkt", "size", "value"]], ids=["market", "three factors"])
def test_coefficients_and_their_error_agree_with_statsmodels(regressors):
    sm = pytest.importorskip("statsmodels.api", reason="statsmodels is not installed")
    long, listed = panel(5, shared=False)
    window = (-2, 2)
    ours = study_of(long, listed, "factor" if len(regressors) > 1 else "market", window)
    for row in ours.events[ours.events["status"] != "not measured"].itertuples():
        own = long[long["id"] == row.instrument].reset_index(drop=True)
        day = int(own["date"].searchsorted(listed["event_date"][row.event_id]))
        estimation, around = own.iloc[max(day - 130, 0) : day - 10], own.iloc[day - 2 : day + 3]
        fitted = sm.OLS(estimation["ret"], sm.add_constant(estimation[regressors])).fit()
        assert row.alpha == pytest.approx(fitted.params["const"], rel=1e-9)
        for name in regressors:
            beta = row.beta if len(regressors) == 1 else getattr(row, f"beta_{name}")
            assert beta == pytest.approx(fitted.params[name], rel=1e-9)
        assert row.sigma == pytest.approx(np.sqrt(fitted.mse_resid), rel=1e-9)
        regressed = sm.add_constant(around[regressors], has_constant="add")
        car = (around["ret"] - fitted.predict(regressed)).sum()
        total = regressed.sum()
        error = np.sqrt(len(around) * fitted.mse_resid + total @ fitted.cov_params() @ total)
        assert row.car == pytest.approx(car, rel=1e-9)
        assert row.se == pytest.approx(error, rel=1e-9)


def by_the_formula(long, listed, window, estimation=(-130, -11)):
    """Sign, generalised sign, Corrado and buy-and-hold returns, one event and one day at a time."""
    own = {name: rows.reset_index(drop=True) for name, rows in long.groupby("id")}
    cars, shares, bhars, places = [], [], [], []
    for name, date in listed.itertuples(index=False):
        rows = own[name]
        day = int(rows["date"].searchsorted(date))
        fit = rows.iloc[max(day + estimation[0], 0) : day + estimation[1] + 1]
        if len(fit) < 30:
            continue
        x, y = fit["mkt"].to_numpy(), fit["ret"].to_numpy()
        beta = ((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum()
        alpha = y.mean() - beta * x.mean()
        around = rows.iloc[day + window[0] : day + window[1] + 1]
        expected = alpha + beta * around["mkt"].to_numpy()
        abnormal = around["ret"].to_numpy() - expected
        residuals = y - alpha - beta * x
        cars.append(abnormal.sum())
        shares.append((residuals > 0).mean())
        grown = fallen = 1.0
        for actual, normal in zip(around["ret"], expected, strict=True):
            grown, fallen = grown * (1 + actual), fallen * (1 + normal)
        bhars.append(grown - fallen)
        relative = list(range(estimation[1] - len(fit) + 1, estimation[1] + 1)) + list(
            range(window[0], window[1] + 1)
        )
        together = np.concatenate([residuals, abnormal])
        rank = [(together < value).sum() + 1 for value in together]
        places.append({d: r / (len(together) + 1) - 0.5 for d, r in zip(relative, rank, strict=True)})
    n, wins = len(cars), sum(car > 0 for car in cars)
    share = sum(shares) / n
    days = sorted({d for one in places for d in one})
    means = {d: np.mean([one[d] for one in places if d in one]) for d in days}
    spread = np.sqrt(np.mean([value**2 for value in means.values()]))
    inside = [means[d] for d in range(window[0], window[1] + 1)]
    return {
        "sign": (wins - n / 2) / np.sqrt(n / 4),
        "generalized_sign": (wins - n * share) / np.sqrt(n * share * (1 - share)),
        "corrado_rank": sum(inside) / (np.sqrt(len(inside)) * spread),
        "corrado by day": [value / spread for value in inside],
        "bhar": bhars,
    }


@pytest.mark.parametrize("shared", [False, True], ids=["own dates", "one date"])
@pytest.mark.parametrize("ragged", [False, True])
def test_sign_rank_and_buy_and_hold_agree_with_loops_written_from_the_formulas(shared, ragged):
    long, listed = panel(7, shared, missing=0.05 * ragged, ragged=ragged)
    expected = by_the_formula(long, listed, (-1, 3))
    study = study_of(long, listed, "market", (-1, 3))
    tests = study.tests.set_index("test")["statistic"]
    for name in ("sign", "generalized_sign", "corrado_rank"):
        assert tests[name] == pytest.approx(expected[name], rel=1e-9), name
    days = study.day_tests[study.day_tests["test"] == "corrado_rank"]
    np.testing.assert_allclose(days["statistic"], expected["corrado by day"], rtol=1e-9)
    np.testing.assert_allclose(study.events["bhar"].dropna(), expected["bhar"], rtol=1e-9)


def test_each_day_has_the_tests_of_a_window_of_that_day():
    long, listed = panel(9, shared=False)
    days = study_of(long, listed, "market", (-1, 1)).day_tests.set_index(["window", "test"])["statistic"]
    alone = study_of(long, listed, "market", (0, 0)).tests.set_index("test")["statistic"]
    # Ranks of a day are taken together with the other days of the window, so Corrado's may differ.
    for test in alone.index.drop("corrado_rank"):
        assert days["[0,0]", test] == pytest.approx(alone[test], rel=1e-12), test


def test_several_windows_in_one_call_agree_with_one_call_each():
    long, listed = panel(11, shared=False)
    windows = [(-1, 1), (0, 5), (0, 0)]
    together = study_of(long, listed, "market", windows)
    for window in windows:
        alone = study_of(long, listed, "market", window)
        name = alone.tests["window"].iloc[0]
        mine = together.events[together.events["window"] == name].reset_index(drop=True)
        pd.testing.assert_frame_equal(mine, alone.events, rtol=1e-12)
        tests = together.tests[together.tests["window"] == name].reset_index(drop=True)
        pd.testing.assert_frame_equal(tests, alone.tests, rtol=1e-9)


@pytest.mark.parametrize("model", ["market", "market_adjusted", "mean_adjusted"])
def test_chunks_change_nothing(model):
    long, listed = panel(13, shared=False, instruments=40)
    wide = long.pivot(index="date", columns="id", values="ret")
    market = long.drop_duplicates("date").set_index("date").sort_index()["mkt"]
    events = listed.rename(columns={"id": "instrument", "event_date": "session"}).assign(
        event_id=listed.index
    )
    whole = event_study(wide, events, market, model, window=[(-1, 1), (0, 5)])
    parts = event_study(wide, events, market, model, window=[(-1, 1), (0, 5)], chunk=7)
    pd.testing.assert_frame_equal(whole.events, parts.events, rtol=1e-12)
    pd.testing.assert_frame_equal(whole.tests, parts.tests, rtol=1e-9)
    pd.testing.assert_frame_equal(whole.day_tests, parts.day_tests, rtol=1e-9)
    pd.testing.assert_frame_equal(whole.abnormal, parts.abnormal, rtol=1e-12)
