"""Reactions in a dossier: the figures were worked out by two other programs from the same closes."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analystkit.dossier import open_dossier
from analystkit.errors import PriceError
from analystkit.market import session_closes
from analystkit.reaction import measure_reaction, place_events, study_reaction

HERE = Path(__file__).resolve().parents[1] / "data" / "alibaba-ai-plan"


@pytest.fixture(scope="module")
def alibaba():
    if not (HERE / "prices.csv").is_file():
        pytest.skip("the Alibaba dossier is not here")
    return open_dossier(HERE)


def pick(found, event_id, instrument, candidate=1):
    rows = found[(found["event_id"] == event_id) & (found["instrument"] == instrument)]
    return rows[rows["candidate"] == candidate].iloc[0]


@pytest.mark.parametrize(
    ("event_id", "instrument", "day", "session", "abnormal", "t"),
    [
        ("E09", "9988.HK", 0, "2025-02-21", 0.0898, 6.14),
        ("E11", "9988.HK", 0, "2025-02-24", -0.0136, -0.95),
        ("E09", "BABA", 0, "2025-02-20", 0.0794, 3.04),
        ("E11", "BABA", 0, "2025-02-24", -0.1060, -4.03),
    ],
)
def test_log_returns_give_the_published_figures(alibaba, event_id, instrument, day, session, abnormal, t):
    row = pick(measure_reaction(alibaba, window=(day, day), returns="log"), event_id, instrument)
    assert row["session"] == pd.Timestamp(session)
    assert row["car"] == pytest.approx(abnormal, abs=5e-5)
    assert row["t"] == pytest.approx(t, abs=5e-3)
    assert row["n_estimation"] == 120


def test_simple_returns_give_the_published_figure(alibaba):
    row = pick(measure_reaction(alibaba, window=(0, 0)), "E09", "9988.HK")
    assert row["car"] == pytest.approx(0.0982, abs=5e-5)
    # Closes of 120.65 and 138.21.
    assert row["raw_return"] == pytest.approx(138.21 / 120.65 - 1, rel=1e-9)


def test_one_publication_meets_another_session_on_each_exchange(alibaba):
    found = measure_reaction(alibaba)
    assert pick(found, "E09", "BABA")["session"] == pd.Timestamp("2025-02-20")
    assert pick(found, "E09", "9988.HK")["session"] == pd.Timestamp("2025-02-21")


def test_a_moment_known_only_to_the_day_has_two_candidates(alibaba):
    found = measure_reaction(alibaba)
    both = found[(found["event_id"] == "E01") & (found["instrument"] == "MSFT")]
    assert both["session"].dt.strftime("%m-%d").tolist() == ["01-03", "01-06"]
    assert both["candidate"].tolist() == [1, 2]
    assert both["reason"].str.contains("one of 2 sessions").all()


def test_the_fall_in_new_york_is_not_separable_from_other_news(alibaba):
    row = pick(measure_reaction(alibaba, window=(0, 0)), "E11", "BABA")
    assert {"C15", "C16"} <= set(row["confounders"].split(";"))
    assert not row["separable"]
    assert row["verdict"] == "moved down more than its usual noise, but not separable from other news"


def test_against_a_basket_of_its_peers_about_a_third_of_the_fall_remains(alibaba):
    found = measure_reaction(
        alibaba, window=(0, 0), model="market_adjusted", benchmark={"BABA": ["JD", "PDD", "BIDU"]}
    )
    row = pick(found, "E11", "BABA")
    assert row["benchmark"] == "JD;PDD;BIDU"
    assert row["raw_return"] == pytest.approx(-0.102, abs=5e-4)
    assert row["benchmark_return"] == pytest.approx(-0.066, abs=5e-4)
    assert row["car"] / row["raw_return"] == pytest.approx(1 / 3, abs=0.03)
    # Others keep their own benchmark.
    assert pick(found, "E11", "9988.HK")["benchmark"] == "HSI"


def test_every_event_and_listing_has_a_row(alibaba):
    found = measure_reaction(alibaba)
    wanted = set(map(tuple, alibaba.event_instruments[["event_id", "instrument"]].to_numpy()))
    assert set(zip(found["event_id"], found["instrument"], strict=True)) == wanted
    assert set(found["status"]) <= {"measured", "caveat", "not measured"}
    assert (found["reason"] != "")[found["status"] != "measured"].all()


def test_the_study_behind_has_the_same_rows(alibaba):
    found, study = measure_reaction(alibaba), study_reaction(alibaba)
    assert study.abnormal.index.tolist() == found["event_id"].tolist()
    np.testing.assert_allclose(study.abnormal.sum(axis=1, min_count=2), found["car"], rtol=1e-12)


SESSIONS = session_closes("XNYS").loc["2024-06-03":].index[:160]
NEWS = SESSIONS[150]


def small(**changes):
    """A dossier of listings A and B of one company, and of C, with market M; A gains 5 % on the day of the news."""
    rng = np.random.default_rng(4)
    market = rng.normal(0, 0.01, len(SESSIONS))
    closes = {"M": market}
    for name in "ABC":
        closes[name] = market + rng.normal(0, 0.01, len(SESSIONS))
    closes["A"] = np.where(SESSIONS == NEWS, market + 0.05, closes["A"])
    prices = pd.concat(
        pd.DataFrame({"instrument": name, "session": SESSIONS, "close": 100 * np.cumprod(1 + r)})
        for name, r in closes.items()
    )
    unknown = pd.Series([pd.NaT], dtype="datetime64[us, UTC]")
    tables = {
        "prices": prices,
        "events": pd.DataFrame({"event_id": ["E"], "published_at": [at(10)], "time_precision": ["minute"],
                                "published_from": unknown, "published_to": unknown}),
        "event_instruments": pd.DataFrame({"event_id": "E", "instrument": ["A", "M", "Z"]}),
        "instruments": pd.DataFrame({"instrument": ["A", "B", "C", "M"], "entity": ["One", "One", "Two", "Market"],
                                     "exchange": "XNYS", "benchmark": ["M", "M", "M", "M"]}),
        "confounders": pd.DataFrame(columns=["confounder_id", "moment", "affects", "explains_events"]),
    }  # fmt: skip
    return SimpleNamespace(**(tables | changes))


def at(hour, day=0):
    return (NEWS + pd.Timedelta(days=day)).tz_localize("America/New_York") + pd.Timedelta(hours=hour)


def other_news(affects, moment, explains="E"):
    return pd.DataFrame(
        {"confounder_id": ["C1"], "moment": pd.to_datetime([moment], utc=True), "affects": [affects],
         "explains_events": [explains]}
    )  # fmt: skip


def first(dossier, **options):
    return measure_reaction(dossier, window=(0, 0), **options).iloc[0]


def test_a_planted_move_is_found():
    row = first(small())
    assert row["session"] == NEWS
    assert row["car"] == pytest.approx(0.05, abs=0.005)
    assert row["verdict"] == "moved up more than its usual noise"


def test_a_listing_that_is_its_own_benchmark_or_unknown_stays_with_its_reason():
    found = measure_reaction(small(), window=(0, 0)).set_index("instrument")
    assert found.loc["M", "reason"] == "it is its own benchmark"
    assert not np.isnan(found.loc["M", "raw_return"])
    assert found.loc["Z", "reason"] == "the listing is not in instruments"
    assert found.loc["Z", "verdict"].startswith("not measured")


@pytest.mark.parametrize(
    ("affects", "moment", "confounders", "separable"),
    [
        pytest.param("A", at(9), "C1", False, id="its own news on the day"),
        pytest.param("One", at(9), "C1", False, id="news of its company"),
        pytest.param("B;C", at(9), "", True, id="news of others"),
        pytest.param("A", at(17), "", True, id="after the close: another session"),
        pytest.param("A", at(17, -1), "C1", False, id="the evening before: the same session"),
        pytest.param("A", at(15, -1), "", True, id="the day before"),
        pytest.param("US market", at(9), "C1", True, id="of the whole market, which the benchmark takes out"),
        pytest.param("Hong Kong market", at(9), "", True, id="of another market"),
        pytest.param("shipping", at(9), "C1", False, id="words no list knows, named for the event"),
    ],
)
def test_other_news_counts_by_its_own_session_and_reach(affects, moment, confounders, separable):
    row = first(small(confounders=other_news(affects, moment)))
    assert row["confounders"] == confounders
    assert row["separable"] == separable
    assert ("not separable" in row["verdict"]) == (not separable)


def test_without_a_benchmark_news_of_the_whole_market_confounds():
    row = first(small(confounders=other_news("US market", at(9))), model="mean_adjusted")
    assert not row["separable"]


def test_words_no_list_knows_are_reported_where_nobody_names_the_event():
    row = first(small(confounders=other_news("shipping", at(9), "X")))
    assert row["confounders"] == ""
    assert "nobody says whom it touches: C1" in row["reason"]


def test_news_named_for_the_event_outside_the_window_is_background():
    row = first(small(confounders=other_news("A", at(9, -1))))
    assert (row["confounders"], row["background"], row["separable"]) == ("", "C1", True)


def test_another_event_in_the_window_is_not_separable():
    events = pd.concat(
        [small().events, small().events.assign(event_id="F", published_at=at(11))], ignore_index=True
    )
    both = pd.DataFrame({"event_id": ["E", "F"], "instrument": "A"})
    found = measure_reaction(small(events=events, event_instruments=both))
    assert found["overlaps"].tolist() == ["F", "E"]
    assert not found["separable"].any()


def test_bounds_over_a_close_give_every_session_between():
    events = small().events.assign(published_from=[at(15)], published_to=[at(17)])
    found = place_events(small(events=events))
    assert found.loc[found["instrument"] == "A", "candidate"].tolist() == [1, 2]


def test_a_date_alone_is_half_a_day_around_noon():
    events = small().events.assign(published_at=[at(12)], time_precision="date")
    found = place_events(small(events=events))
    sessions = found.loc[found["instrument"] == "A", "session"]
    assert sessions.tolist() == [NEWS, SESSIONS[151]]


def test_a_session_without_a_price_is_said():
    table = small().prices
    row = measure_reaction(small(prices=table[table["session"] != SESSIONS[151]]), window=(0, 1)).iloc[0]
    assert "a session of the exchange in the window has no price" in row["reason"]


def test_benchmarks_are_an_instrument_a_basket_a_series_or_a_mapping():
    dossier = small()
    series = first(dossier, benchmark=pd.Series(0.0, SESSIONS, name="cash") + np.tile([0.001, -0.001], 80))
    assert series["benchmark"] == "cash"
    assert first(dossier, benchmark="C")["benchmark"] == "C"
    assert first(dossier, benchmark=["B", "C"])["benchmark"] == "B;C"
    assert first(dossier, benchmark={"A": "C"})["car"] == first(dossier, benchmark="C")["car"]
    table = dossier.instruments.assign(benchmark="B;C")
    assert first(small(instruments=table))["car"] == first(dossier, benchmark=["B", "C"])["car"]
    with pytest.raises(PriceError, match="prices of the benchmark Q"):
        first(dossier, benchmark="Q")


def test_several_windows_give_a_row_each():
    found = measure_reaction(small(), window=[(0, 0), (0, 1)])
    assert found.loc[found["instrument"] == "A", "window"].tolist() == ["[0,0]", "[0,1]"]
    assert found["window_end"].iloc[1] == SESSIONS[151]


@pytest.mark.parametrize("model", ["market", "market_adjusted", "mean_adjusted"])
def test_a_dossier_without_events_gives_no_rows(model):
    nothing = small()
    empty = {name: getattr(nothing, name).iloc[:0] for name in ("events", "event_instruments")}
    assert measure_reaction(small(**empty), model=model).empty


def test_news_said_of_one_exchange_touches_no_listing_elsewhere():
    row = first(small(confounders=other_news("internet shares in Hong Kong", at(9))))
    assert (row["confounders"], row["separable"]) == ("", True)
    row = first(small(confounders=other_news("internet shares in New York", at(9))))
    assert row["confounders"] == "C1"
