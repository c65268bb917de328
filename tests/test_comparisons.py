"""Rates by hand: 7.25 yuan a dollar on 2025-02-24 (ECB).

On 2025-04-17, the last fixing before Easter, a euro was 1.136 dollars, 161.98 yen and 97.0185 rupees (ECB).
"""

import numpy as np
import pandas as pd
import pytest

import analystkit as ak
from analystkit.errors import ComparisonError

ENTITIES = pd.DataFrame(
    {
        "entity": ["Alibaba", "Microsoft", "Meta"],
        "name": ["Alibaba", "Microsoft", "Meta"],
        "kind": "company",
        "fiscal_year_end": ["03-31", "06-30", "12-31"],
    }
)


def claim(claim_id, entity, value=np.nan, **more):
    row = {
        "claim_id": claim_id, "document_id": "d", "entity": entity, "metric": "investment_plan", "statement": "s",
        "value": value, "unit": "USD", "bound": "exact", "period": "2025", "said_on": "2025-02-24",
        "speaker": entity, "speaker_kind": "company", "modality": "planned", "status": "accepted",
    }  # fmt: skip
    return row | more


def compared(*claims, fundamentals=None, documents=None, events=None, **options):
    tables = {"fundamentals": fundamentals, "documents": documents, "events": events}
    given = {name: table for name, table in tables.items() if table is not None}
    return ak.compare(ak.Dossier(claims=pd.DataFrame(claims), entities=ENTITIES, **given), **options)


PLAN = claim("plan", "Alibaba", 380e9, unit="CNY", bound="more_than", period="P3Y")


def test_more_than_380_billion_yuan_over_three_years_is_an_open_interval_a_year():
    row = compared(PLAN).iloc[0]
    assert round(row["low"] / 1e9, 1) == 17.5
    assert row["value"] == row["low"] == pytest.approx(380e9 / 7.25 / 3, rel=1e-4)
    assert row["high"] == np.inf
    assert not row["low_closed"] and not row["high_closed"]
    assert row["rate_date"] == pd.Timestamp("2025-02-24")


def test_in_total_it_is_52_4_billion_dollars():
    assert round(compared(PLAN, basis="total").iloc[0]["low"] / 1e9, 1) == 52.4


def test_in_its_own_currency_no_rate_is_needed():
    row = compared(PLAN, currency="CNY", basis="total").iloc[0]
    assert row["value"] == 380e9 and row["rate"] == 1.0 and pd.isna(row["rate_date"])


def test_the_rate_of_another_day_can_be_asked_for():
    row = compared(PLAN, basis="total", on="2025-02-23").iloc[0]
    assert row["rate_date"] == pd.Timestamp("2025-02-21")
    assert "no fixing on 2025-02-23: the rate of 2025-02-21" in row["caveats"]


def test_a_range_has_no_value_and_both_ends():
    row = compared(claim("m", "Meta", low=60e9, high=65e9, bound="range")).iloc[0]
    assert np.isnan(row["value"])
    assert (row["low"], row["high"], row["low_closed"], row["high_closed"]) == (60e9, 65e9, True, True)


def test_two_ranges_give_what_both_allow():
    row = compared(
        claim("a", "Meta", low=60e9, high=65e9, bound="range"),
        claim("b", "Meta", low=62e9, high=70e9, bound="range"),
    ).iloc[0]
    assert (row["low"], row["high"], row["claim_ids"]) == (62e9, 65e9, "a;b")
    assert pd.isna(row["caveats"])


def test_ranges_that_do_not_meet_give_the_hull_and_say_so():
    row = compared(
        claim("a", "Meta", low=60e9, high=65e9, bound="range"),
        claim("b", "Meta", low=70e9, high=72e9, bound="range"),
    ).iloc[0]
    assert (row["low"], row["high"]) == (60e9, 72e9)
    assert "sources differ" in row["caveats"]


def test_a_bare_repetition_does_not_narrow_the_companys_range():
    row = compared(
        claim("own", "Meta", low=60e9, high=65e9, bound="range"),
        claim("press", "Meta", 65e9, bound="approximately"),
    ).iloc[0]
    assert (row["low"], row["high"]) == (60e9, 65e9)
    assert "press" in row["caveats"]


def test_a_restatement_in_dollars_is_folded_into_the_yuan_it_restates():
    row = compared(PLAN, claim("usd", "Alibaba", 53e9, period="P3Y", converts="plan"), basis="total").iloc[0]
    assert row["low"] == pytest.approx(380e9 / 7.25, rel=1e-4)
    assert row["claim_ids"] == "plan;usd"
    assert "restated in USD" in row["caveats"]


def test_a_fiscal_year_is_resolved_to_its_days():
    row = compared(claim("m", "Microsoft", 80e9, period="FY2025", bound="approximately")).iloc[0]
    assert (row["period_start"], row["period_end"]) == (
        pd.Timestamp("2024-07-01"),
        pd.Timestamp("2025-06-30"),
    )
    assert "2024-07-01 to 2025-06-30" in row["caveats"]


def test_planned_and_reported_are_two_rows():
    rows = compared(claim("p", "Meta", 65e9), claim("r", "Meta", 72e9, modality="reported"))
    assert rows["modality"].tolist() == ["reported", "planned"]


def test_two_years_are_two_rows():
    rows = compared(claim("a", "Meta", 65e9), claim("b", "Meta", 72e9, period="2026"))
    assert rows["period"].tolist() == ["2026", "2025"]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"status": "rejected"}, "rejected in review"),
        ({"status": "proposed"}, "not reviewed yet"),
        ({"modality": "denied"}, "denied"),
        ({"modality": "cancelled"}, "cancelled"),
        ({"flags": "currency_assumed;scale_missing"}, "the printed figure lacks its scale word"),
        ({"value": np.nan}, "no figure is given"),
        ({"unit": "percent"}, "not an amount of money"),
        ({"unit": "TWD"}, "no ECB reference rate is known for 'TWD'"),
        ({"period": None}, "no horizon is given, so there is no amount a year"),
    ],
)
def test_what_cannot_be_compared_stays_as_a_row_with_its_reason(more, reason):
    rows = compared(PLAN, claim("x", "Meta", **({"value": 80e9} | more)))
    left = rows[rows["claim_ids"] == "x"].iloc[0]
    assert left["reason"].startswith(reason)
    assert np.isnan(left["value"]) and np.isnan(left["low"])
    assert rows["entity"].tolist() == ["Alibaba", "Meta"]


def test_an_earlier_word_gives_way_to_its_revision():
    rows = compared(
        claim("jan", "Meta", low=60e9, high=65e9, bound="range", said_on="2025-01-24"),
        claim("apr", "Meta", low=64e9, high=72e9, bound="range", said_on="2025-04-30", revises="jan"),
    )
    assert rows["claim_ids"].tolist() == ["apr", "jan"]
    assert rows["reason"][1] == "replaced by a later statement"


def revenue(entity, value, unit, start, end, period):
    return {
        "entity": entity, "metric": "revenue", "period": period, "period_start": start, "period_end": end,
        "value": value, "unit": unit, "how": "reported", "confidence": "certain", "source_title": "t", "source_url": "u",
    }  # fmt: skip


def test_the_share_of_revenue_is_a_fraction_of_the_last_full_year_before():
    years = pd.DataFrame(
        [
            revenue("Alibaba", 868e9, "CNY", "2022-04-01", "2023-03-31", "FY2023"),
            revenue("Alibaba", 941.168e9, "CNY", "2023-04-01", "2024-03-31", "FY2024"),
            revenue("Alibaba", 996e9, "CNY", "2024-04-01", "2025-03-31", "FY2025"),
        ]
    )
    row = compared(PLAN, fundamentals=years, basis="share_of_revenue").iloc[0]
    assert row["low"] == pytest.approx(380 / 3 / 941.168)
    assert "revenue of FY2024" in row["caveats"]
    assert pd.isna(row["currency"])


def test_without_a_revenue_there_is_a_reason():
    row = compared(PLAN, basis="share_of_revenue").iloc[0]
    assert row["reason"] == "no revenue of a full year before the statement is known"


def test_an_undated_claim_takes_the_day_of_its_documents_event():
    documents = pd.DataFrame({"document_id": ["d"], "title": ["t"], "kind": ["digest"], "event_id": ["E"]})
    events = pd.DataFrame(
        {
            "event_id": ["E"], "entity": ["Alibaba"], "published_at": ["2025-02-24T11:42:00+08:00"],
            "time_precision": ["hour"], "headline": ["h"], "source_title": ["t"], "source_url": ["u"],
        }
    )  # fmt: skip
    row = compared(PLAN | {"said_on": None}, documents=documents, events=events).iloc[0]
    assert row["rate_date"] == pd.Timestamp("2025-02-24")


def test_without_any_day_there_is_no_conversion():
    assert "no day is known" in compared(PLAN | {"said_on": None}).iloc[0]["reason"]


@pytest.mark.parametrize(
    ("options", "words"),
    [({"metric": "capx"}, "'capx'"), ({"currency": "USDT"}, "'USDT'"), ({"basis": "monthly"}, "'monthly'")],
)
def test_unknown_words_are_refused_with_the_known_ones(options, words):
    with pytest.raises(ComparisonError, match=words):
        compared(PLAN, **options)


def test_no_claims_give_an_empty_table_with_its_columns():
    rows = ak.compare(ak.Dossier())
    assert rows.empty and rows["value"].dtype == "float64" and "reason" in rows


# Another topic: chip plants in rupees, yen and euros, announced on Good Friday.

GOOD_FRIDAY = "2025-04-18"


def plant(claim_id, entity="Fab", value=np.nan, **more):
    return claim(claim_id, entity, value, **({"said_on": GOOD_FRIDAY, "period": "P5Y"} | more))


def test_crore_over_five_years_at_the_fixing_before_a_holiday_are_dollars_a_year():
    row = compared(plant("a", value=20_000e7, unit="INR", quote="Rs 20,000 crore")).iloc[0]
    assert row["value"] == pytest.approx(4e10 / 97.0185 * 1.136)
    # Printed to the crore: half of 10 million rupees, a fifth of it a year.
    assert row["high"] - row["low"] == pytest.approx(2 * 0.5e7 / 5 / 97.0185 * 1.136)
    assert row["rate_date"] == pd.Timestamp("2025-04-17")
    assert row["caveats"] == "no fixing on 2025-04-18: the rate of 2025-04-17"


def test_two_lakh_crore_are_one_and_a_half_to_two_and_a_half():
    row = compared(
        plant("a", value=2e12, unit="INR", quote="₹2 lakh crore"), currency="INR", basis="total"
    ).iloc[0]
    assert (row["low"], row["high"]) == (1.5e12, 2.5e12)


def test_yen_and_euros_meet_in_rupees():
    rows = compared(
        plant("y", "Fab", 10e12, unit="JPY", bound="at_most"),
        plant("e", "Foundry", low=2e9, high=2.5e9, unit="EUR", bound="range", period="2026"),
        currency="INR",
    ).set_index("entity")
    assert (
        rows.loc["Fab", "high"] == pytest.approx(2e12 / 161.98 * 97.0185) and rows.loc["Fab", "high_closed"]
    )
    assert rows.loc["Fab", "low"] == -np.inf
    assert rows.loc["Foundry", ["low", "high"]].tolist() == pytest.approx([2e9 * 97.0185, 2.5e9 * 97.0185])


def test_a_chain_of_overlapping_years_does_not_put_two_fiscal_years_together():
    rows = compared(
        claim("fy25", "Microsoft", 80e9, period="FY2025"),
        claim("cy25", "Microsoft", 80e9, period="2025"),
        claim("fy26", "Microsoft", 100e9, period="FY2026"),
    )
    assert rows["claim_ids"].tolist() == ["fy26", "fy25;cy25"]
    assert not rows["caveats"].str.contains("sources differ").any()


def test_plans_of_one_length_at_different_times_are_two():
    rows = compared(plant("old", value=9e9, said_on="2015-03-02"), plant("new", value=5e9))
    assert rows["claim_ids"].tolist() == ["old", "new"]


def test_fiscal_years_of_an_unknown_year_end_are_told_apart():
    rows = compared(plant("a", value=9e9, period="FY2025"), plant("b", value=5e9, period="FY2026"))
    assert rows["claim_ids"].tolist() == ["a", "b"]
    assert (
        rows["period_start"].isna().all()
        and "FY2025 is a fiscal year, of unknown dates" in rows["caveats"][0]
    )


def test_a_yearly_and_a_total_amount_of_different_lengths_stay_apart():
    rows = compared(plant("all", value=10e9), plant("year", value=2e9, period="2025"), basis="total")
    assert rows[["claim_ids", "value"]].values.tolist() == [["all", 10e9], ["year", 2e9]]


def test_a_quarter_is_scaled_up_to_a_year_and_says_so():
    row = compared(plant("q", value=3e9, period="2025-Q2")).iloc[0]
    assert row["value"] == 12e9 and row["caveats"] == "2025-Q2 is shorter than a year: scaled up to one"


def test_a_goal_by_a_year_has_no_amount_a_year():
    row = compared(plant("goal", value=3e9, period="../2030")).iloc[0]
    assert row["reason"] == "../2030 has no stated length, so there is no amount a year"
    assert compared(plant("goal", value=3e9, period="../2030"), basis="total").iloc[0]["value"] == 3e9


def test_definitions_that_differ_are_told_though_the_figures_meet():
    row = compared(
        claim("cash", "Microsoft", low=60e9, high=66e9, bound="range", definition="cash purchases"),
        claim("all", "Microsoft", low=64e9, high=90e9, bound="range", definition="with finance leases"),
    ).iloc[0]
    assert (row["low"], row["high"]) == (64e9, 66e9)
    assert row["caveats"] == "definitions differ: cash purchases, with finance leases"


def test_an_original_without_a_rate_is_told_as_its_source_restates_it():
    rows = compared(
        plant("twd", value=100e9, unit="TWD"), plant("usd", value=3e9, converts="twd"), basis="total"
    )
    assert rows["claim_ids"].tolist() == ["usd", "twd"]
    assert (
        rows["value"][0] == 3e9 and "as restated in USD at a rate of the source's own" in rows["caveats"][0]
    )
    assert "no ECB reference rate is known for 'TWD'" in rows["reason"][1]


def test_a_cancelled_revision_leaves_nothing_standing():
    rows = compared(
        plant("plan", value=10e9), plant("stop", value=10e9, modality="cancelled", revises="plan"),
        plant("rumour", "Foundry", value=1e9, modality="denied"),
    )  # fmt: skip
    assert rows["reason"].tolist() == ["replaced by a later statement", "cancelled", "denied"]


def test_a_revision_that_was_rejected_in_review_replaces_nothing():
    rows = compared(plant("plan", value=10e9), plant("slip", value=1e9, status="rejected", revises="plan"))
    assert rows.loc[0, ["claim_ids", "value"]].tolist() == ["plan", 2e9]


def test_limits_that_exclude_each_other_leave_any_amount_and_say_so():
    row = compared(
        claim("a", "Meta", 70e9, bound="at_least"), claim("b", "Meta", 60e9, bound="at_most")
    ).iloc[0]
    assert (row["low"], row["high"], row["caveats"]) == (-np.inf, np.inf, "sources differ")


def test_the_day_of_the_rate_does_not_move_the_year_of_the_revenue():
    years = pd.DataFrame(
        [
            revenue("Alibaba", 868e9, "CNY", "2022-04-01", "2023-03-31", "FY2023"),
            revenue("Alibaba", 941.168e9, "CNY", "2023-04-01", "2024-03-31", "FY2024"),
        ]
    )
    row = compared(
        PLAN | {"said_on": "2024-02-26"}, fundamentals=years, basis="share_of_revenue", on="2025-02-24"
    ).iloc[0]
    assert row["low"] == pytest.approx(380 / 3 / 868)


def test_a_share_of_revenue_in_one_currency_needs_no_rate():
    years = pd.DataFrame([revenue("Fab", 50e9, "TWD", "2024-01-01", "2024-12-31", "2024")])
    row = compared(plant("a", value=100e9, unit="TWD"), fundamentals=years, basis="share_of_revenue").iloc[0]
    assert row["value"] == pytest.approx(20 / 50) and pd.isna(row["rate"])


@pytest.mark.parametrize("on", ["soon", "2025-13-01"])
def test_a_day_that_is_none_is_refused(on):
    with pytest.raises(ComparisonError, match="write it like 2025-02-24"):
        compared(PLAN, on=on)
