"""Claims about prices against prices typed here: the verdicts can be worked out by hand."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analystkit.dossier import open_dossier
from analystkit.reaction import check_moves

DAY = "2025-02-24"
ROOT = Path(__file__).resolve().parents[1]
# Friday, Monday, Tuesday. Hong Kong fell to -3.03 % and closed at -2.03 %; New York closed at -10.2 %.
PRICES = pd.DataFrame(
    [
        ("9988.HK", "2024-12-31", 80.0, np.nan, np.nan),
        ("9988.HK", "2025-02-20", 138.00, np.nan, np.nan),
        ("9988.HK", "2025-02-21", 138.21, np.nan, np.nan),
        ("9988.HK", DAY, 135.41, 134.02, 140.60),
        ("BABA", "2024-12-31", 84.79, np.nan, np.nan),
        ("BABA", "2025-02-20", 140.00, np.nan, np.nan),
        ("BABA", "2025-02-21", 141.36, np.nan, np.nan),
        ("BABA", DAY, 126.90, 126.31, 133.54),
        ("HSI", "2025-02-20", 22576.98, np.nan, np.nan),
        ("HSI", "2025-02-21", 23477.92, np.nan, np.nan),
        ("HSI", DAY, 23341.61, np.nan, np.nan),
    ],
    columns=["instrument", "session", "close", "low", "high"],
).astype({"session": "datetime64[us]"})


def verdict(metric="price_change", value=np.nan, unit="percent", bound="exact", direction=None, **more):
    basis = more.pop("price_basis", "as_quoted")
    fundamentals = more.pop(
        "fundamentals", pd.DataFrame(columns=["entity", "metric", "period_end", "value", "unit"])
    )
    claim = {"claim_id": "c", "document_id": "d", "entity": "Alibaba", "metric": metric, "value": value, "low": np.nan,
             "high": np.nan, "unit": unit, "bound": bound, "direction": direction, "statement": "The shares moved.",
             "said_on": pd.Timestamp(DAY), "modality": "reported", "quote": None} | more  # fmt: skip
    dossier = SimpleNamespace(
        claims=pd.DataFrame([claim]).astype({"said_on": "datetime64[us]"}),
        documents=pd.DataFrame({"document_id": ["d"], "published_at": pd.to_datetime(["2025-02-24T12:00Z"]),
                                "time_precision": ["date"]}),
        events=pd.DataFrame(columns=["event_id", "published_at", "time_precision"]),
        instruments=pd.DataFrame({"instrument": ["9988.HK", "BABA", "HSI"], "entity": ["Alibaba", "Alibaba", "HSI"],
                                  "exchange": ["XHKG", "XNYS", "XHKG"], "currency": ["HKD", "USD", "HKD"],
                                  "price_basis": basis}),
        prices=PRICES,
        fundamentals=fundamentals,
    )  # fmt: skip
    return check_moves(dossier).iloc[0]


def test_as_much_as_is_checked_against_the_low_of_the_session():
    row = verdict(value=3.0, bound="at_most", direction="down", statement="In Hong Kong the shares slid.")
    assert (row["instrument"], row["verdict"], row["measured_from"]) == ("9988.HK", "holds", "low")
    assert row["measured"] == pytest.approx(134.02 / 138.21 - 1)
    assert row["claimed"] == -0.03
    assert "low 134.02" in row["reason"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"value": 3.0, "bound": "at_most", "direction": "down"}, "as much as 3 % lower"),
        ({"value": 3.0, "bound": "at_most"}, "up to 3 %"),
        ({"value": 3.5, "direction": "up"}, "3.5 % higher"),
        ({"value": 3.0, "bound": "approximately", "direction": "up"}, "about 3 % higher"),
        (
            {"value": 50.0, "unit": "bp", "bound": "less_than", "direction": "up"},
            "less than 50 basis points higher",
        ),
        ({"low": 2.0, "high": 3.0, "bound": "range", "direction": "down"}, "2 to 3 % lower"),
        ({"direction": "down"}, "lower"),
        ({"direction": "flat"}, "unchanged"),
        (
            {
                "metric": "market_value_change",
                "value": 1e11,
                "unit": "USD",
                "bound": "more_than",
                "direction": "up",
            },
            "more than 100 bn USD higher",
        ),
        ({"metric": "share_price", "value": 138.6, "unit": "HKD", "direction": "up"}, "138.6 HKD"),
        ({"metric": "index_level", "value": 23341.61, "unit": None, "quote": "23,341.61"}, "23,342"),
    ],
)
def test_a_claim_is_stated_as_a_reader_says_it(more, words):
    assert verdict(**more)["stated"] == words


@pytest.mark.parametrize("value", [1.0, 6.0])
def test_as_much_as_another_figure_fails(value):
    row = verdict(value=value, bound="at_most", direction="down", statement="In Hong Kong the shares slid.")
    assert row["verdict"] == "fails"


def test_as_much_as_without_a_low_cannot_be_told():
    row = verdict(value=1.0, bound="at_most", direction="down", entity="HSI")
    assert (row["verdict"], row["measured"]) == ("cannot be told", pytest.approx(23341.61 / 23477.92 - 1))
    # The close alone refutes what the close exceeds.
    assert (
        verdict(value=0.1, bound="at_most", direction="down", entity="HSI", quote="0.1%")["verdict"]
        == "fails"
    )


@pytest.mark.parametrize(
    ("value", "bound", "direction", "found"),
    [
        (2.0, "exact", "down", "holds"),
        (2.03, "exact", "down", "holds"),
        (2.5, "exact", "down", "fails"),
        (2.0, "exact", "up", "fails"),
        (2.0, "more_than", "down", "holds"),
        (3.0, "more_than", "down", "fails"),
        (3.0, "less_than", "down", "holds"),
        (2.0, "exact", None, "holds"),
        (np.nan, None, "down", "holds"),
        (np.nan, None, "up", "fails"),
        (np.nan, None, "flat", "fails"),
    ],
)
def test_other_claims_are_checked_against_the_close(value, bound, direction, found):
    row = verdict(value=value, bound=bound, direction=direction, statement="9988.HK moved.")
    assert row["verdict"] == found
    assert row["measured"] == pytest.approx(135.41 / 138.21 - 1)


def test_a_failing_claim_says_where_the_price_stood_during_the_session():
    row = verdict(value=3.0, direction="down", statement="In Hong Kong the shares fell.")
    assert row["verdict"] == "fails"
    assert "during the session" in row["reason"]


def test_a_claim_without_a_listing_is_tried_on_each_and_says_where_it_does_not_hold():
    row = verdict(value=10.0, direction="down")
    assert (row["instrument"], row["verdict"]) == ("BABA", "holds")
    assert "does not hold for 9988.HK" in row["reason"]


def test_words_single_out_the_listing():
    assert verdict(value=10.0, direction="down", statement="The ADR fell.")["verdict"] == "holds"
    assert verdict(value=10.0, direction="down", statement="It fell in Hong Kong.")["verdict"] == "fails"


def test_a_report_of_the_next_morning_speaks_of_the_day_before():
    assert verdict(value=2.0, direction="down", said_on=pd.Timestamp("2025-02-25"))[
        "session"
    ] == pd.Timestamp(DAY)


def test_a_period_runs_from_the_close_before_it_to_the_day_it_was_said():
    row = verdict(value=60.0, bound="more_than", direction="up", period="2025", statement="In Hong Kong.")
    assert (row["base_session"], row["session"]) == (pd.Timestamp("2024-12-31"), pd.Timestamp(DAY))
    assert row["measured"] == pytest.approx(135.41 / 80 - 1)
    assert row["verdict"] == "holds"


def test_a_share_price_may_stand_anywhere_in_the_session():
    assert verdict("share_price", 138.6, "HKD")["verdict"] == "holds"
    assert verdict("share_price", 150.0, "HKD")["verdict"] == "fails"
    assert verdict("share_price", 128.0, "USD")["instrument"] == "BABA"
    assert verdict("share_price", 128.0, "EUR")["verdict"] == "cannot be told"


def test_a_share_price_off_by_an_adjustment_cannot_be_told():
    assert verdict("share_price", 142.0, "HKD", price_basis="adjusted")["verdict"] == "cannot be told"


def test_an_index_level_is_checked_against_its_close():
    row = verdict("index_level", 23341.61, None, entity="HSI", quote="23,341.61")
    assert (row["verdict"], row["measured"]) == ("holds", 23341.61)
    assert verdict("index_level", 23000.0, None, entity="HSI", quote="23,000")["verdict"] == "fails"


VALUES = pd.DataFrame({"entity": ["Alibaba"], "metric": ["market_value"], "unit": ["HKD"], "value": [2.63e12],
                       "period_end": pd.to_datetime(["2025-02-21"])})  # fmt: skip


@pytest.mark.parametrize(("value", "found"), [(1e12, "holds"), (1.2e12, "fails")])
def test_a_change_of_market_value_is_derived_from_a_reported_one(value, found):
    row = verdict("market_value_change", value, "HKD", "more_than", "up", period="2025", fundamentals=VALUES)
    assert row["verdict"] == found
    assert row["measured"] == pytest.approx(2.63e12 * (135.41 - 80) / 138.21)
    assert "derived from HKD 2,630.0 billion reported for 2025-02-21" in row["reason"]


def test_a_market_value_is_converted_at_the_rate_of_each_day():
    row = verdict("market_value_change", 1e11, "USD", "more_than", "up", period="2025", fundamentals=VALUES)
    # ECB fixings: 31.12.2024 EUR = 1.0389 USD = 8.0686 HKD, 24.02.2025 EUR = 1.0466 USD = 8.1344 HKD.
    end, begin = 2.63e12 * 135.41 / 138.21 * 1.0466 / 8.1344, 2.63e12 * 80 / 138.21 * 1.0389 / 8.0686
    assert row["measured"] == pytest.approx(end - begin, rel=1e-3)
    assert row["verdict"] == "holds"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"entity": "Nobody"}, "no listing of Nobody"),
        ({"modality": "planned"}, "what is to come"),
        ({"value": np.nan}, "neither figure nor direction"),
        ({"said_on": pd.Timestamp("2020-01-02")}, "no prices at the time"),
        ({"metric": "market_value_change", "unit": "USD", "period": "2025"}, "no reported market value"),
    ],
)
def test_what_cannot_be_told_says_what_is_missing(more, words):
    row = verdict(**({"value": 3.0, "direction": None} | more))
    assert row["verdict"] == "cannot be told"
    assert words in row["reason"]


def test_other_claims_give_no_row():
    assert len(check_moves(SimpleNamespace(
        claims=pd.DataFrame({"metric": ["capex"], "value": [1.0], "low": np.nan, "high": np.nan, "bound": ["exact"]}),
        documents=pd.DataFrame({"document_id": ["d"], "published_at": pd.to_datetime(["2025-01-01T00:00Z"])}),
        events=pd.DataFrame(), instruments=pd.DataFrame(), prices=PRICES, fundamentals=VALUES,
    ))) == 0  # fmt: skip


def test_the_claims_of_the_shipped_dossier_hold():
    home = ROOT / "data" / "alibaba-ai-plan"
    if not (home / "prices.csv").is_file():
        pytest.skip("the Alibaba dossier is not here")
    found = check_moves(open_dossier(home))
    slide = found[found["metric"] == "price_change"].iloc[0]
    assert slide["verdict"] == "holds"
    assert slide["measured"] == pytest.approx(-0.0303, abs=5e-5)
    assert found.loc[found["metric"] == "market_value_change", "verdict"].unique().tolist() == ["holds"]
