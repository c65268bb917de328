"""What the event study does with the data that made its peers fail."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analystkit.errors import PriceError, TableError
from analystkit.reaction import event_study, panel, to_latex
from analystkit.reaction.testing import TESTS

SESSIONS = pd.bdate_range("2024-01-01", periods=200)
# Tests that compare events: one event has none of them.
NEED_TWO = {"cross_sectional", "bmp", "kolari_pynnonen", "generalized_rank"}


def market(seed=0):
    return pd.Series(np.random.default_rng(seed).normal(0, 0.01, len(SESSIONS)), SESSIONS)


def returns(*names, seed=1, index=SESSIONS):
    rng = np.random.default_rng(seed)
    base = market().reindex(index).fillna(0.0)
    return pd.DataFrame({name: base + rng.normal(0, 0.02, len(index)) for name in names}, index)


def event(session, instrument="A", event_id="E1"):
    return pd.DataFrame(
        {"event_id": [event_id], "instrument": [instrument], "session": [pd.Timestamp(session)]}
    )


def only(study):
    assert len(study.events) == 1
    return study.events.iloc[0]


def test_one_event_has_its_own_t_and_says_that_other_tests_need_more():
    study = event_study(returns("A"), event(SESSIONS[180]), market())
    row = only(study)
    assert row["status"] == "measured"
    assert row["t"] == pytest.approx(row["car"] / row["se"])
    assert 0 < row["p"] < 1
    tests = study.tests.set_index("test")
    for name in NEED_TWO:
        assert np.isnan(tests.loc[name, "statistic"])
        assert tests.loc[name, "reason"] == "needs at least 2 events, has 1: see the event's own t"
    assert not tests["headline"].any()


def test_the_ten_tests_have_their_names_in_order_for_each_window():
    study = event_study(returns("A", "B"), pd.concat([event(SESSIONS[180]), event(SESSIONS[170], "B", "E2")]), market(),
                        window=[(0, 0), (-1, 1)])  # fmt: skip
    assert study.tests["test"].tolist() == list(TESTS) * 2
    assert study.tests["window"].unique().tolist() == ["[0,0]", "[-1,1]"]
    assert study.tests.columns[:6].tolist() == ["window", "test", "statistic", "df", "p", "n"]
    assert study.day_tests["window"].unique().tolist() == ["[-1,-1]", "[0,0]", "[1,1]"]


def test_a_missing_return_in_the_window_is_said_and_never_zero():
    table = returns("A")
    table.iloc[181] = np.nan
    row = only(event_study(table, event(SESSIONS[180]), market(), window=(0, 1)))
    assert row["status"] == "caveat"
    assert "missing return in the window" in row["reason"]
    # The next common session counts: that of row 182, not a zero.
    shorter = only(event_study(table.drop(SESSIONS[181]), event(SESSIONS[180]), market(), window=(0, 1)))
    assert row["car"] == pytest.approx(shorter["car"], rel=1e-12)


def test_a_missing_return_in_the_estimation_window_takes_one_more_day():
    table = returns("A")
    table.iloc[100] = np.nan
    row = only(event_study(table, event(SESSIONS[180]), market()))
    assert row["n_estimation"] == 120
    assert row["status"] == "measured"


def test_a_benchmark_without_a_return_is_as_missing_as_the_instrument():
    gap = market()
    gap.iloc[180] = np.nan
    row = only(event_study(returns("A"), event(SESSIONS[180]), gap))
    assert row["session"] == SESSIONS[181]
    assert "no session with a return on 2024-09-09: day 0 is the next" in row["reason"]


def test_an_event_on_saturday_is_measured_on_the_next_session_and_says_so():
    saturday = SESSIONS[179] + pd.Timedelta(days=1)
    assert saturday.day_name() == "Saturday"
    row, monday = (only(event_study(returns("A"), event(day), market())) for day in (saturday, SESSIONS[180]))
    assert row["session"] == SESSIONS[180]
    assert row["car"] == monday["car"]
    assert row["status"] == "caveat"
    assert "day 0 is the next" in row["reason"]
    assert monday["status"] == "measured"


def test_a_clock_time_does_not_move_the_event_to_the_next_day():
    row = only(event_study(returns("A"), event(SESSIONS[180] + pd.Timedelta(hours=9)), market()))
    assert row["session"] == SESSIONS[180]
    assert "first_session" in row["reason"]


def test_a_moment_with_a_time_zone_is_refused():
    with pytest.raises(TableError, match="first_session"):
        event_study(returns("A"), event(SESSIONS[180].tz_localize("America/New_York")), market())
    published = event(SESSIONS[180]).rename(columns={"session": "published_at"})
    with pytest.raises(TableError, match=r"session missing.*first_session"):
        event_study(returns("A"), published, market())


def test_two_events_of_one_firm_have_two_regressions():
    events = pd.concat([event(SESSIONS[150]), event(SESSIONS[190], event_id="E2")])
    study = event_study(returns("A"), events, market())
    assert study.events["beta"].nunique() == 2
    alone = only(event_study(returns("A"), event(SESSIONS[190], event_id="E2"), market()))
    assert study.events.iloc[1]["car"] == alone["car"]


def test_another_event_in_the_estimation_window_is_said():
    events = pd.concat([event(SESSIONS[150]), event(SESSIONS[190], event_id="E2")])
    study = event_study(returns("A"), events, market())
    assert study.events["status"].tolist() == ["measured", "caveat"]
    assert "1 other event day(s) of the instrument in the estimation window" in study.events["reason"].iloc[1]


def test_events_on_one_date_make_the_adjusted_tests_the_headline():
    events = pd.concat([event(SESSIONS[180], name, f"E{name}") for name in "ABC"])
    study = event_study(returns("A", "B", "C"), events, market())
    assert study.events["reason"].str.contains("shares its session with 2 other").all()
    tests = study.tests.set_index("test")
    assert set(tests.index[tests["headline"]]) == {"kolari_pynnonen", "generalized_rank"}
    assert tests.loc["patell", "reason"] == "events share sessions: this test rejects too often"
    assert tests.loc["adjusted_patell", "reason"] == "events share sessions: this test allows for it"
    apart = pd.concat([event(SESSIONS[180 + i], name, f"E{name}") for i, name in enumerate("ABC")])
    tests = event_study(returns("A", "B", "C"), apart, market()).tests.set_index("test")
    assert set(tests.index[tests["headline"]]) == {"bmp", "generalized_rank"}


def test_nothing_is_dropped_and_every_row_says_why():
    table = returns("A", "B", "C", "D", "E", "F")
    table.loc[SESSIONS[:160], "B"] = np.nan
    table["C"] = 0.0
    table["D"] = market()
    table.loc[SESSIONS[150] :, "E"] = np.nan
    table["F"] = np.nan
    rows = [("ok", "A", SESSIONS[180]), ("few", "B", SESSIONS[190]), ("flat", "C", SESSIONS[180]),
            ("same", "D", SESSIONS[180]), ("gone", "E", SESSIONS[180]), ("empty", "F", SESSIONS[180]),
            ("unknown", "X", SESSIONS[180]), ("late", "A", SESSIONS[199]), ("early", "A", SESSIONS[0]),
            ("after", "A", SESSIONS[-1] + pd.Timedelta(days=30)), ("before", "A", pd.Timestamp("2020-01-02")),
            ("undated", "A", pd.NaT)]  # fmt: skip
    events = pd.DataFrame(rows, columns=["event_id", "instrument", "session"])
    found = event_study(table, events, market()).events.set_index("event_id")
    assert found.index.tolist() == events["event_id"].tolist()
    assert (found["status"] == "not measured").tolist() == [False] + [True] * 11
    assert (
        found.loc[found["status"] == "not measured", ["car", "se", "t", "p", "beta", "bhar"]]
        .isna()
        .all(axis=None)
    )
    words = {
        "few": "20 of 120 estimation days; at least 30 are needed",
        "flat": "constant returns",
        "same": "equal to the benchmark",
        "gone": "no session on or after the date",
        "empty": "no session on which it and its benchmark have returns",
        "unknown": "no returns of this instrument",
        "late": "the window runs past the last return",
        "early": "the window begins before the first return",
        "after": "no session on or after the date",
        "before": "lies before the first return",
        "undated": "no session",
    }
    for name, reason in words.items():
        assert reason in found.loc[name, "reason"], name


def test_a_short_history_is_measured_with_a_caveat():
    table = returns("A")
    table.iloc[:100] = np.nan
    row = only(event_study(table, event(SESSIONS[180]), market()))
    assert (row["status"], row["n_estimation"]) == ("caveat", 70)
    assert "70 of 120 estimation days" in row["reason"]
    assert only(event_study(table, event(SESSIONS[180]), market(), min_days=71))["status"] == "not measured"


def test_a_halt_of_weeks_is_not_bridged():
    table = returns("A")
    table.iloc[180:192] = np.nan
    row = only(event_study(table, event(SESSIONS[180]), market()))
    assert row["status"] == "not measured"
    assert "within two weeks" in row["reason"]


def test_a_constant_benchmark_is_said():
    row = only(event_study(returns("A"), event(SESSIONS[180]), market() * 0 + 0.0001))
    assert "constant or collinear benchmark" in row["reason"]


def test_collinear_factors_are_said():
    factors = pd.DataFrame({"m": market(), "twice": 2 * market() + 0.001})
    row = only(event_study(returns("A"), event(SESSIONS[180]), factors, model="factors"))
    assert "collinear" in row["reason"]


def test_repeated_prices_and_sessions_without_volume_are_said():
    table = returns("A")
    table.iloc[181] = 0.0
    prices = pd.DataFrame({"instrument": "A", "session": SESSIONS, "close": 10.0, "volume": 100.0})
    prices.loc[180, "volume"] = 0.0
    row = only(event_study(table, event(SESSIONS[180]), market(), window=(0, 1), prices=prices))
    assert row["status"] == "caveat"
    assert "a repeated price in the window" in row["reason"]
    assert "a session without volume in the window" in row["reason"]
    quiet = only(event_study(table, event(SESSIONS[170]), market(), window=(0, 1), prices=prices))
    assert quiet["status"] == "measured"


def test_a_negative_price_is_refused_or_said():
    prices = pd.DataFrame({"instrument": "A", "session": SESSIONS[:2], "close": [10.0, -10.0]})
    with pytest.raises(PriceError, match="not positive"):
        event_study(returns("A"), event(SESSIONS[180]), market(), prices=prices)
    table = returns("A")
    table.iloc[180] = -2.0
    assert "-100 %" in only(event_study(table, event(SESSIONS[180]), market()))["reason"]


def test_events_of_any_year_are_measured():
    for year in (1999, 2024, 2026):
        index = pd.bdate_range(f"{year}-01-01", periods=200)
        table = returns("A", index=index)
        moved = pd.Series(market().to_numpy(), index)
        assert only(event_study(table, event(index[180]), moved))["status"] == "measured"


def test_benchmarks_can_differ_by_instrument():
    table = returns("A", "B")
    other = market(seed=5)
    events = pd.concat([event(SESSIONS[180]), event(SESSIONS[170], "B", "E2")])
    paired = event_study(table, events, pd.DataFrame({"A": market(), "B": other}))
    assert paired.events["car"].iloc[0] == only(event_study(table, event(SESSIONS[180]), market()))["car"]
    assert paired.events["car"].iloc[1] == only(event_study(table, event(SESSIONS[170], "B"), other))["car"]
    half = event_study(table, events, pd.DataFrame({"A": market()}))
    assert half.events["status"].tolist() == ["measured", "not measured"]


def test_a_frame_of_factors_is_a_model_of_factors():
    factors = pd.DataFrame({"m": market(), "s": market(seed=9)})
    implied, said = (
        event_study(returns("A"), event(SESSIONS[180]), factors, model) for model in ("market", "factors")
    )
    pd.testing.assert_frame_equal(implied.events, said.events)
    assert implied.model == "factors"
    assert {"beta_m", "beta_s"} <= set(implied.events.columns)


def test_one_factor_is_the_market_model():
    one = event_study(returns("A"), event(SESSIONS[180]), market().to_frame("m"), model="factors")
    assert only(one)["car"] == pytest.approx(
        only(event_study(returns("A"), event(SESSIONS[180]), market()))["car"]
    )


def test_a_benchmark_may_be_named_or_absent():
    table = returns("A").assign(M=market())
    named = only(event_study(table, event(SESSIONS[180]), "M"))
    assert named["car"] == only(event_study(table, event(SESSIONS[180]), market()))["car"]
    assert only(event_study(table, event(SESSIONS[180]), None, model="mean_adjusted"))["status"] == "measured"
    with pytest.raises(TableError, match="expected a benchmark"):
        event_study(table, event(SESSIONS[180]), None)
    with pytest.raises(TableError, match="'Q' among the columns"):
        event_study(table, event(SESSIONS[180]), "Q")


def test_log_returns_compound_to_the_buy_and_hold_return():
    table = returns("A")
    simple = only(event_study(table, event(SESSIONS[180]), None, "mean_adjusted", window=(0, 2)))
    logs = np.log1p(table)
    logs.attrs["kind"] = "log"
    logged = only(event_study(logs, event(SESSIONS[180]), None, "mean_adjusted", window=(0, 2)))
    grown = np.prod(1 + table["A"].iloc[180:183])
    assert simple["bhar"] == pytest.approx(grown - (1 + simple["alpha"]) ** 3)
    assert logged["bhar"] == pytest.approx(grown - np.exp(3 * logged["alpha"]))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"window": (-20, 1)}, "ends before the event window begins"),
        ({"window": (2, 1)}, "first <= last"),
        ({"model": "capm"}, "expected a model of market"),
        ({"benchmark": pd.DataFrame({"m": market()}), "model": "market_adjusted"}, "one benchmark"),
        ({"events": event(SESSIONS[180]).drop(columns="instrument")}, "instrument missing"),
        ({"events": pd.concat([event(SESSIONS[180])] * 2)}, "once per instrument and session"),
        ({"returns": returns("A").tz_localize("UTC")}, "returns as naive dates"),
        ({"returns": pd.concat([returns("A")] * 2)}, "one row a session; 400 rows"),
        ({"returns": returns("A").reset_index(drop=True)}, "these are numbers"),
        ({"returns": returns("A").shift(freq="16h")}, "a clock time"),
        ({"returns": returns("A") * 100, "benchmark": market() * 100}, "Divide percentages by 100"),
        ({"returns": 100 * (1 + returns("A")).cumprod()}, r"returns_from\(prices\)"),
        ({"returns": returns("A").assign(B="x")}, "as numbers"),
        ({"benchmark": market().to_numpy()}, "sessions of a benchmark as naive dates"),
        ({"window": 1}, "first day, last day"),
        ({"window": (0, 1, 2)}, "first day, last day"),
        ({"events": event(SESSIONS[180]).assign(session="09/08/2024")}, "text such as"),
        ({"events": event(SESSIONS[180]).assign(session=20240909)}, "these are numbers"),
        ({"events": {"event_id": ["E1"]}}, "a table of events"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(change, words):
    asked = {"returns": returns("A"), "events": event(SESSIONS[180]), "benchmark": market()} | change
    with pytest.raises(TableError, match=words):
        event_study(**asked)


@pytest.mark.parametrize(
    "day", ["2024-09-09", dt.date(2024, 9, 9), np.datetime64("2024-09-09"), SESSIONS[180]]
)
def test_a_date_may_be_text_a_date_or_a_stamp(day):
    row = only(event_study(returns("A"), event(SESSIONS[180]).assign(session=[day]), market()))
    assert (row["session"], row["status"]) == (SESSIONS[180], "measured")
    texts = SESSIONS.strftime("%Y-%m-%d")
    assert (
        row["car"]
        == only(
            event_study(returns("A").set_axis(texts), event(SESSIONS[180]), market().set_axis(SESSIONS.date))
        )["car"]
    )


def test_the_returns_of_one_instrument_may_be_a_series():
    assert only(event_study(returns("A")["A"], event(SESSIONS[180]), market()))["status"] == "measured"


def test_inputs_are_not_changed_and_their_order_does_not_matter():
    table, events = returns("A", "B"), pd.concat([event(SESSIONS[180]), event(SESSIONS[170], "B", "E2")])
    copies = table.copy(), events.copy()
    study = event_study(table, events, market())
    pd.testing.assert_frame_equal(table, copies[0])
    pd.testing.assert_frame_equal(events, copies[1])
    backwards = event_study(table.iloc[::-1], events, market())
    pd.testing.assert_frame_equal(study.events, backwards.events)


def test_tests_that_cannot_be_computed_say_why():
    table = returns("A", "B")
    # Residuals of B are those of A with the other sign: the mean correlation is -1.
    table["B"] = 2 * market() - table["A"]
    events = pd.concat([event(SESSIONS[180], name, f"E{name}") for name in "AB"])
    tests = event_study(table, events, market()).tests.set_index("test")
    assert np.isnan(tests.loc["adjusted_patell", "statistic"])
    assert "their correlation is negative" in tests.loc["adjusted_patell", "reason"]
    apart = pd.concat([event(SESSIONS[60]), event(SESSIONS[180], "B", "E2")])
    tests = event_study(returns("A", "B"), apart, market(), estimation=(-40, -11)).tests.set_index("test")
    assert "no two events share three estimation days" in tests.loc["adjusted_patell", "reason"]
    nobody = event_study(returns("A"), event(SESSIONS[180], "X"), market()).tests
    assert (nobody["reason"].str.startswith("no event is measured")).all()


def test_no_events_give_empty_tables():
    study = event_study(returns("A"), event(SESSIONS[180]).iloc[:0], market())
    assert study.events.empty
    assert study.tests["n"].eq(0).all()


def test_days_outside_the_returns_are_missing_in_the_paths():
    events = pd.concat([event(SESSIONS[180]), event(SESSIONS[198], event_id="E2")])
    study = event_study(returns("A"), events, market(), window=[(0, 1), (0, 5)])
    assert study.abnormal.loc["E1"].notna().all()
    assert study.abnormal.loc["E2"].notna().tolist() == [True, True, False, False, False, False]
    assert study.events["status"].tolist()[2:] == ["caveat", "not measured"]


def test_the_panel_goes_into_a_regression_with_clustered_errors():
    smf = pytest.importorskip("statsmodels.formula.api", reason="statsmodels is not installed")
    events = pd.concat([event(SESSIONS[150 + 3 * i], name, f"E{i}") for i, name in enumerate("ABABAB")])
    study = event_study(returns("A", "B"), events, market(), window=(-2, 2))
    tidy = panel(study)
    assert len(tidy) == 6 * 5
    assert tidy.loc[tidy["day"] == 0, "date"].tolist() == events["session"].tolist()
    assert tidy.groupby("row")["cumulative"].last().tolist() == pytest.approx(study.events["car"].tolist())
    model = smf.ols("abnormal ~ C(day) - 1", tidy)
    fitted = model.fit(cov_type="cluster", cov_kwds={"groups": tidy["date"].astype("category").cat.codes})
    assert fitted.params.tolist() == pytest.approx(study.abnormal.mean().tolist())


def test_the_table_of_tests_prints_in_latex():
    events = pd.concat([event(SESSIONS[180]), event(SESSIONS[170], "B", "E2")])
    study = event_study(returns("A", "B"), events, market(), window=[(0, 0), (-1, 1)])
    text = to_latex(study.tests, caption="Tests", label="tab:tests")
    assert text.count(r"\\") == len(TESTS) + 2
    assert r"\caption{Tests}" in text
    assert "Kolari-Pynnönen t &" in text
    assert "_" not in text
    assert " & [0,0] & [-1,1]" in text
