"""Promises, deliveries, the referee and appending guidance, on tables typed here."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from analystkit.dossier import Dossier
from analystkit.errors import TableError
from analystkit.sources import footnotes
from analystkit.tracking import decide, referee, track
from analystkit.tracking.deliveries import relation, settle
from analystkit.tracking.evidence import with_reports
from analystkit.tracking.referee import name_of


def claims(*rows, **common):
    """Claims from (claim_id, said_on, figure) with the figure as {value/low/high/bound}."""
    base = {
        "document_id": "d", "entity": "Acme", "metric": "capex", "statement": "s", "unit": "USD", "period": "2025",
        "speaker": "Acme", "speaker_kind": "company", "modality": "planned", "status": "accepted",
        "confidence": "certain",
    }  # fmt: skip
    return pd.DataFrame(
        [{**base, **common, "claim_id": i, "said_on": day, **figure} for i, day, figure in rows]
    )


def reports(*rows, **common):
    """Reported figures from (period, first day, last day, billions)."""
    base = {
        "entity": "Acme", "metric": "capex", "unit": "USD", "how": "reported", "confidence": "certain",
        "source_title": "t",
    }  # fmt: skip
    return pd.DataFrame(
        [
            {
                **base,
                **common,
                "period": p,
                "period_start": a,
                "period_end": z,
                "value": v * 1e9,
                "source_url": f"u/{p}",
            }
            for p, a, z, v in rows
        ]
    )


def acme(said, delivered=None, year_end="12-31", **tables):
    entities = pd.DataFrame(
        {"entity": ["Acme"], "name": "Acme", "kind": "company", "fiscal_year_end": [year_end]}
    )
    extra = {} if delivered is None else {"fundamentals": delivered}
    return Dossier(claims=said, entities=entities, **extra, **tables)


def between(low, high):
    return {"low": low * 1e9, "high": high * 1e9, "bound": "range"}


def about(value, bound="approximately"):
    return {"value": value * 1e9, "bound": bound}


QUARTERS = reports(
    ("2025-Q1", "2025-01-01", "2025-03-31", 10),
    ("2025-Q2", "2025-04-01", "2025-06-30", 20),
    ("2025-Q3", "2025-07-01", "2025-09-30", 30),
    ("2025-Q4", "2025-10-01", "2025-12-31", 40),
)


# ---- revisions


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        pytest.param(between(60, 65), between(60, 65), "reaffirmed", id="the same range"),
        pytest.param(between(60, 65), between(64, 72), "raised", id="both ends up"),
        pytest.param(between(60, 65), between(50, 55), "cut", id="both ends down"),
        pytest.param(between(64, 72), between(66, 72), "narrowed", id="low end up"),
        pytest.param(between(64, 72), between(60, 75), "widened", id="both ends out"),
        pytest.param(about(75), about(85), "raised", id="a point up"),
        pytest.param(about(85), between(91, 93), "raised", id="a point below a range"),
        pytest.param(about(380, "more_than"), about(380, "at_least"), "reaffirmed", id="the same open end"),
        pytest.param(about(380, "more_than"), about(400, "more_than"), "raised", id="an open end moved up"),
        pytest.param(about(380, "more_than"), between(400, 420), "narrowed", id="an open range closed"),
        pytest.param(about(80), about(80) | {"unit": "EUR"}, "replaced", id="another currency"),
    ],
)
def test_a_statement_is_set_against_the_one_before(before, after, change):
    found = track(acme(claims(("a", "2025-01-01", before), ("b", "2025-04-01", after)))).revisions
    assert found["change"].tolist() == ["first", change]
    assert found["previous_claim_id"].tolist()[1] == "a"


def test_open_ends_that_meet_give_no_warning(recwarn):
    track(
        acme(
            claims(("a", "2025-01-01", about(380, "more_than")), ("b", "2025-04-01", about(390, "more_than")))
        )
    )
    assert not recwarn.list


def test_a_range_is_measured_from_middle_to_middle():
    said = claims(
        ("a", "2025-01-01", between(60, 65)),
        ("b", "2025-04-01", between(64, 72)),
        ("c", "2025-07-01", between(70, 72)),
    )
    found = track(acme(said)).revisions
    # 62.5 -> 68 -> 71
    assert found["change_vs_first"].round(4).tolist()[1:] == [0.088, 0.136]
    assert found["change_vs_previous"].round(4).tolist()[1:] == [0.088, 0.0441]


def test_statements_are_ordered_by_day_not_by_row():
    said = claims(("late", "2025-07-01", about(85)), ("early", "2025-02-01", about(75)))
    assert track(acme(said)).revisions["change"].tolist() == ["first", "raised"]


def test_a_day_that_is_missing_is_the_day_of_the_document():
    documents = pd.DataFrame(
        {"document_id": ["d"], "title": "t", "kind": "citation", "published_at": ["2025-01-05T00:00:00Z"]}
    )
    said = claims(("b", "2025-02-01", about(85)), ("a", None, about(75)))
    assert track(acme(said, documents=documents)).revisions["claim_id"].tolist() == ["a", "b"]


def test_words_without_a_figure_stay_and_do_not_count():
    said = claims(("a", "2024-10-01", {"value": np.nan}), ("b", "2025-01-01", about(75)))
    found = track(acme(said)).revisions
    assert found["change"].tolist() == ["no figure", "first"]
    assert found["counts"].tolist() == [False, True]


def test_what_an_article_repeats_is_retold_and_no_revision():
    said = pd.concat([claims(("a", "2025-01-01", between(60, 65)), ("c", "2025-04-01", between(64, 72))),
                      claims(("b", "2025-02-24", about(65)), speaker="narrator", speaker_kind="narrator")])  # fmt: skip
    found = track(acme(said)).revisions
    assert found["change"].tolist() == ["first", "retold", "raised"]
    assert found["previous_claim_id"].tolist()[2] == "a"


def test_the_article_is_the_word_where_there_is_no_other():
    found = track(
        acme(claims(("b", "2025-02-24", about(65)), speaker="narrator", speaker_kind="narrator"))
    ).revisions
    assert found["change"].tolist() == ["first"]


def test_two_outlets_of_one_call_are_one_statement():
    said = claims(
        ("a", "2025-02-01", about(380, "more_than")),
        ("b", "2025-02-01", about(380, "exact")),
        origin_key="call",
    )
    assert track(acme(said)).revisions["change"].tolist() == ["first", "retold"]


@pytest.mark.parametrize("other", [{"status": "rejected"}, {"status": "proposed"}, {"modality": "denied"}])
def test_what_is_not_accepted_or_not_planned_is_set_aside(other):
    said = pd.concat(
        [claims(("a", "2025-01-01", about(75))), claims(("b", "2025-02-01", about(90)), **other)]
    )
    found = track(acme(said)).revisions
    assert found["change"].tolist() == ["first", "set aside"]


def test_a_missing_scale_word_is_no_figure_of_the_promise():
    said = claims(
        ("a", "2025-01-01", about(80)),
        ("b", "2025-02-01", {"value": 80.0, "bound": "exact", "flags": "scale_missing"}),
    )
    found = track(acme(said, QUARTERS))
    assert found.revisions["change"].tolist() == ["first", "no figure"]
    assert found.outcome["last_low"].tolist() == [80e9]


def test_one_end_alone_is_open_on_the_other_side():
    found = track(acme(claims(("a", "2025-01-01", {"low": 70e9})), QUARTERS)).outcome.iloc[0]
    assert (found["first_low"], found["first_high"], found["verdict"]) == (70e9, np.inf, "within")


def test_nothing_of_the_dossier_is_changed():
    dossier = acme(claims(("a", "2025-01-01", about(75))), QUARTERS)
    before = dossier.claims.copy(), dossier.fundamentals.copy()
    track(dossier)
    pd.testing.assert_frame_equal(dossier.claims, before[0])
    pd.testing.assert_frame_equal(dossier.fundamentals, before[1])


# ---- deliveries


def amount(rows, start, end):
    spans = settle(acme(claims(("a", "2025-01-01", about(75))), rows).fundamentals)
    return next(spans[(spans["start"] == start) & (spans["end"] == end)].itertuples(), None)


def test_a_year_to_date_falls_apart_into_quarters():
    rows = reports(
        ("2025-Q1", "2025-01-01", "2025-03-31", 10),
        ("2025-H1", "2025-01-01", "2025-06-30", 30),
        ("2025-Q1/2025-Q3", "2025-01-01", "2025-09-30", 60),
    )
    assert amount(rows, "2025-04-01", "2025-06-30").value == 20e9
    assert amount(rows, "2025-07-01", "2025-09-30").arithmetic == "60 - 30 = 30"


def test_a_fiscal_year_and_its_quarters_give_a_calendar_year():
    rows = reports(
        ("FY2025", "2024-07-01", "2025-06-30", 100),
        ("2024-Q3", "2024-07-01", "2024-09-30", 20),
        ("2024-Q4", "2024-10-01", "2024-12-31", 25),
        ("2025-Q3", "2025-07-01", "2025-09-30", 30),
        ("2025-Q4", "2025-10-01", "2025-12-31", 35),
    )
    # 100 - 20 - 25 + 30 + 35
    assert amount(rows, "2025-01-01", "2025-12-31").value == 120e9


def test_an_amount_that_the_reports_do_not_settle_is_none():
    assert amount(QUARTERS, "2025-02-01", "2025-03-31") is None


def test_the_whole_is_taken_as_reported_and_its_parts_can_be_asked_for():
    rows = pd.concat([QUARTERS, reports(("2025", "2025-01-01", "2025-12-31", 100.1))])
    found = track(acme(claims(("a", "2025-01-01", about(75))), rows)).outcome.iloc[0]
    assert (found["delivered"], found["arithmetic"]) == (100.1e9, "10 + 20 + 30 + 40 = 100 billion USD")


def test_the_worst_confidence_of_the_parts_is_that_of_the_sum():
    rows = pd.concat([QUARTERS.iloc[:1], QUARTERS.iloc[1:2].assign(confidence="derived")])
    assert amount(rows, "2025-01-01", "2025-06-30").confidence == "derived"


@pytest.mark.parametrize(
    ("start", "end", "year_end", "name"),
    [
        ("2025-01-01", "2025-03-31", "12-31", ("quarter", "2025-Q1")),
        ("2025-01-01", "2025-12-31", "06-30", ("calendar year", "2025")),
        ("2024-07-01", "2025-06-30", "06-30", ("fiscal year", "FY2025")),
        ("2024-07-01", "2025-03-31", "06-30", ("year to date", "2024-Q3/2025-Q1")),
        ("2024-10-01", "2025-03-31", "12-31", ("2 quarters in a row", "2024-Q4/2025-Q1")),
        ("2025-01-15", "2025-02-14", "12-31", ("span of days", "2025-01-15/2025-02-14")),
    ],
)
def test_a_span_is_called_by_its_name(start, end, year_end, name):
    assert name_of(pd.Timestamp(start), pd.Timestamp(end), year_end) == name


@pytest.mark.parametrize(
    ("guided", "reported", "how"),
    [
        (
            "including principal payments on finance leases",
            "cash purchases of property and equipment",
            "narrower",
        ),
        (
            "including principal payments on finance leases",
            "including principal payments on finance leases",
            "same",
        ),
        ("purchases of property and equipment", "cash: purchases of property and equipment", "same"),
        ("cash capex as the company defines it", "cash purchases of property and equipment, gross", "near"),
        ("cloud and AI hardware infrastructure", "group capex, all purposes", "wider"),
        ("AI-enabled data centres", "including finance leases", "unclear"),
        ("maintenance of railway lines", "cash purchases", "unclear"),
        ("including finance leases", None, "unclear"),
        (None, None, "same"),
    ],
)
def test_measures_answer_each_other_by_a_readable_rule(guided, reported, how):
    found, why = relation(guided, reported)
    assert (found, bool(why)) == (how, True)


# ---- outcome and progress


@pytest.mark.parametrize(
    ("figure", "verdict", "distance"),
    [
        pytest.param(between(60, 65), "above", 100 / 65 - 1, id="above the top"),
        pytest.param(between(105, 110), "below", 100 / 105 - 1, id="below the floor"),
        pytest.param(between(90, 110), "within", 0.0, id="inside"),
        pytest.param(about(100), "within", 0.0, id="a point that is met"),
        pytest.param(about(80), "above", 0.25, id="a point that is passed"),
        pytest.param(about(90, "more_than"), "within", 100 / 90 - 1, id="more than, and it was more"),
        pytest.param(about(100, "more_than"), "below", 0.0, id="more than is not met by the figure itself"),
        pytest.param(about(100, "at_least"), "within", 0.0, id="at least is met by the figure itself"),
        pytest.param(about(90, "at_most"), "above", 100 / 90 - 1, id="up to, and it was more"),
    ],
)
def test_the_verdict_sets_the_delivery_against_the_interval(figure, verdict, distance):
    found = track(acme(claims(("a", "2025-01-01", figure)), QUARTERS)).outcome.iloc[0]
    assert (found["delivered"], found["verdict"]) == (100e9, verdict)
    assert found["distance_to_first"] == pytest.approx(distance)
    assert found["arithmetic"] == "10 + 20 + 30 + 40 = 100 billion USD"


def test_first_and_last_word_have_their_own_verdicts():
    said = claims(("a", "2025-01-01", about(75)), ("b", "2025-10-29", between(99, 101)))
    found = track(acme(said, QUARTERS)).outcome.iloc[0]
    assert (found["verdict"], found["verdict_last"]) == ("above", "within")
    assert "above the first word, within the last" in found["reason"]


def test_a_running_year_says_what_the_rest_must_bring():
    found = track(acme(claims(("a", "2025-01-01", between(90, 110))), QUARTERS.iloc[:3])).outcome.iloc[0]
    assert (found["verdict"], found["quarters_left"]) == ("running", 1.0)
    assert (found["required_low"], found["required_high"]) == (30e9, 50e9)
    assert pd.isna(found["distance_to_first"])


def test_a_running_year_can_be_above_already():
    assert track(acme(claims(("a", "2025-01-01", about(50))), QUARTERS.iloc[:3])).outcome[
        "verdict"
    ].tolist() == ["above"]


def test_a_hole_in_the_reports_of_a_period_that_is_over_cannot_be_told():
    rows = QUARTERS.drop(index=2)
    assert track(acme(claims(("a", "2025-01-01", about(100))), rows)).outcome["verdict"].tolist() == [
        "cannot be told"
    ]


def test_two_measures_that_disagree_depend_on_the_definition():
    rows = pd.concat(
        [
            reports(("2025", "2025-01-01", "2025-12-31", 64.551), definition="cash purchases"),
            reports(("2025", "2025-01-01", "2025-12-31", 88.26), definition="including finance leases"),
        ]
    )
    found = track(
        acme(claims(("a", "2025-01-03", about(80)), definition="AI-enabled data centres"), rows)
    ).outcome
    assert found["verdict"].tolist() == ["depends on definition"] * 2
    assert found["verdict_here"].tolist() == ["below", "above"]
    assert found["distance_to_first"].round(3).tolist() == [-0.193, 0.103]


def test_the_measure_as_guided_outdoes_a_narrower_one():
    rows = pd.concat(
        [
            QUARTERS.assign(definition="including finance leases"),
            QUARTERS.assign(definition="cash", value=1e9),
        ]
    )
    found = track(
        acme(claims(("a", "2025-01-03", about(100)), definition="including finance leases"), rows)
    ).outcome
    assert found["delivered_definition"].tolist() == ["including finance leases"]


def test_a_lower_limit_decides_only_upwards():
    cash = QUARTERS.assign(definition="cash purchases")
    verdicts = [
        track(
            acme(claims(("a", "2025-01-03", about(value)), definition="including finance leases"), cash)
        ).outcome["verdict"][0]
        for value in (120, 80)
    ]
    assert verdicts == ["cannot be told", "above"]


def test_a_fiscal_year_needs_the_day_on_which_it_ends():
    said = claims(("a", "2024-07-01", about(80)), period="FY2025")
    rows = reports(("FY2025", "2024-07-01", "2025-06-30", 80))
    assert track(acme(said, rows, "06-30")).outcome["verdict"].tolist() == ["within"]
    lost = track(acme(said, rows, None)).outcome.iloc[0]
    assert lost["verdict"] == "cannot be told"
    assert "fiscal_year_end" in lost["reason"]


def test_a_pledge_over_years_is_followed_from_each_start_of_the_clock():
    said = claims(("a", "2025-02-24", about(120, "more_than")), period="P3Y")
    found = track(acme(said, QUARTERS.iloc[:3], "03-31"))
    # From January 60 of 120 in 3 of 12 quarters, 9 to go; from April 50 of 120 in 2, 10 to go.
    assert found.outcome["period_start"].dt.strftime("%Y-%m-%d").tolist() == ["2025-01-01", "2025-04-01"]
    assert found.outcome["quarters_left"].tolist() == [9.0, 10.0]
    assert found.outcome["required_low"].round().tolist() == [round(60e9 / 9), 7e9]
    assert found.outcome["verdict"].tolist() == ["running", "running"]
    assert found.outcome["reason"].str.contains("assumed").all()


def test_the_start_of_the_clock_can_be_given():
    said = claims(("a", "2025-02-24", about(120, "more_than")), period="P3Y")
    found = track(acme(said, QUARTERS), starts=["2025-07-01"]).outcome
    assert found["delivered"].tolist() == [70e9]


def test_progress_has_a_row_for_each_report_against_the_straight_line():
    found = track(acme(claims(("a", "2025-01-01", about(100))), QUARTERS)).progress
    assert found["delivered_so_far"].tolist() == [10e9, 30e9, 60e9, 100e9]
    assert found["share_elapsed"].tolist() == [0.25, 0.5, 0.75, 1.0]
    assert found["pace_first_low"].tolist() == [25e9, 50e9, 75e9, 100e9]
    assert found["standing_first"].tolist() == ["behind", "behind", "behind", "on pace"]
    assert found["latest"].tolist() == [False, False, False, True]
    assert found["reports"].tolist()[1] == "2025-Q1;2025-Q2"


def test_a_delivery_in_another_currency_is_converted_at_the_day_of_the_promise():
    said = claims(("a", "2025-02-24", about(13)))
    found = track(acme(said, QUARTERS.assign(unit="CNY"))).outcome.iloc[0]
    # 100 billion yuan at 7.25 a dollar
    assert found["delivered"] == pytest.approx(100e9 / 7.25, rel=1e-3)
    assert "2025-02-24" in found["reason"]


def test_reports_of_capex_answer_an_investment_plan():
    said = claims(("a", "2025-01-01", about(100)), metric="investment_plan")
    assert track(acme(said, QUARTERS), metric="investment_plan").outcome["verdict"].tolist() == ["within"]


def test_without_reports_the_promise_stays_as_a_row():
    found = track(acme(claims(("a", "2025-01-01", about(100))))).outcome
    assert found["verdict"].tolist() == ["cannot be told"]
    assert found["reason"].str.contains("no report").all()


def test_every_outcome_names_its_claims_and_sources_and_the_worst_confidence():
    rows = QUARTERS.assign(confidence=["certain", "uncertain", "certain", "probable"])
    found = track(acme(claims(("a", "2025-01-01", about(100))), rows)).outcome.iloc[0]
    assert found["claim_ids"] == "a"
    assert found["sources"] == "u/2025-Q1;u/2025-Q2;u/2025-Q3;u/2025-Q4"
    assert found["confidence"] == "uncertain"


def test_an_expectation_stands_beside_the_next_own_figure():
    said = pd.concat([claims(("a", "2025-02-04", about(75))),
                      claims(("e", "2025-02-04", about(58)), modality="estimated", speaker="Street", speaker_kind="market")])  # fmt: skip
    found = track(acme(said)).expectations
    assert found["guidance_claim_id"].tolist() == ["a"]
    assert found["guided_vs_expected"].tolist() == [pytest.approx(75 / 58 - 1)]


# ---- the referee


@pytest.mark.parametrize(
    ("value", "reading", "period", "slip"),
    [
        pytest.param(20e9, "quarter", "2025-Q2", "", id="a quarter"),
        pytest.param(60e9, "year to date", "2025-Q1/2025-Q3", "", id="the year to date"),
        pytest.param(50e9, "2 quarters in a row", "2025-Q2/2025-Q3", "", id="two quarters in one"),
        pytest.param(100e9, "calendar year", "2025", "", id="the year"),
        pytest.param(20, "quarter", "2025-Q2", 'printed without "billion"', id="a scale word is lost"),
    ],
)
def test_the_referee_names_the_reading(value, reading, period, slip):
    found = referee(value, "USD", "Acme", acme(claims(("a", "2025-01-01", about(75))), QUARTERS))
    assert found.loc[0, ["reading", "period", "slip"]].tolist() == [reading, period, slip]


def test_the_referee_knows_the_quarter_of_a_year_before():
    rows = pd.concat([QUARTERS, reports(("2024-Q4", "2024-10-01", "2024-12-31", 14.276))])
    found = referee(14e9, "USD", "Acme", acme(claims(("a", "2025-01-01", about(75))), rows), period="2025-Q4")
    assert found.loc[0, ["reading", "period"]].tolist() == ["quarter, a year before", "2024-Q4"]


def test_the_referee_knows_a_currency_printed_as_another():
    said = claims(("a", "2025-01-01", about(380, "more_than")), unit="CNY", period="P3Y")
    assert referee(380e9, "USD", "Acme", acme(said))["slip"].tolist() == ["an amount in CNY printed as USD"]


def test_the_referee_finds_nothing_where_nothing_fits():
    assert referee(77e9, "USD", "Acme", acme(claims(("a", "2025-01-01", about(75))), QUARTERS)).empty


def test_a_wider_tolerance_lets_more_readings_in():
    dossier = acme(claims(("a", "2025-01-01", about(75))), QUARTERS)
    assert referee(77e9, "USD", "Acme", dossier, tolerance=2e9)["reading"].tolist() == ["guidance"]


def statements(*rows):
    columns = ["conflict_id", "outlet", "period", "value", "unit", "bound", "modality", "as_of"]
    return pd.DataFrame(rows, columns=columns).assign(entity="Acme")


def test_of_two_outlets_the_one_that_fits_holds():
    printed = statements(
        ("c", "A", "2025-Q2", 20e9, "USD", "exact", "reported", None),
        ("c", "B", "2025-Q2", 10e9, "USD", "exact", "reported", None),
    )
    found = decide(printed, acme(claims(("a", "2025-01-01", about(75))), QUARTERS))
    assert found["verdict"].tolist() == ["holds", "fails"]
    assert "2025-Q1" in found["arithmetic"].tolist()[1]


def test_two_measures_can_both_hold():
    rows = pd.concat(
        [
            QUARTERS.assign(definition="cash"),
            QUARTERS.assign(definition="with leases", value=QUARTERS["value"] * 2),
        ]
    )
    printed = statements(
        ("c", "A", "2025-Q2", 20e9, "USD", "exact", "reported", None),
        ("c", "B", "2025-Q2", 40e9, "USD", "exact", "reported", None),
    )
    assert decide(printed, acme(claims(("a", "2025-01-01", about(75))), rows))["verdict"].tolist() == [
        "holds",
        "holds",
    ]


def test_a_number_near_the_known_measures_is_not_called_wrong():
    printed = statements(
        ("c", "A", "2025-Q2", 20e9, "USD", "exact", "reported", None),
        ("c", "B", "2025-Q2", 19.2e9, "USD", "exact", "reported", None),
    )
    found = decide(printed, acme(claims(("a", "2025-01-01", about(75))), QUARTERS))
    assert found["verdict"].tolist() == ["holds", "cannot be told"]


def test_an_outlet_is_no_evidence_for_itself():
    rows = QUARTERS.iloc[1:2].assign(source_title="Capex by quarter (Outlet A)", confidence="probable")
    printed = statements(
        ("c", "Outlet A", "2025-Q2", 20e9, "USD", "exact", "reported", None),
        ("c", "Outlet B", "2025-Q2", 10e9, "USD", "exact", "reported", None),
    )
    found = decide(printed, acme(claims(("a", "2025-01-01", about(75))), rows))
    assert found["verdict"].tolist() == ["cannot be told", "cannot be told"]


@pytest.mark.parametrize(
    ("value", "unit", "bound", "verdict"),
    [
        (65e9, "USD", "at_most", "holds"),
        (65e9, "USD", "exact", "hedge lost"),
        (65e9, "EUR", "at_most", "fails"),
        (65, "USD", "at_most", "fails"),
        (70e9, "USD", "at_most", "fails"),
    ],
)
def test_printed_guidance_is_set_against_the_words_of_the_day(value, unit, bound, verdict):
    said = claims(("a", "2025-01-24", between(60, 65)), ("b", "2025-04-30", between(64, 72)))
    printed = statements(("c", "A", "2025", value, unit, bound, "planned", "2025-02-24"))
    assert decide(printed, acme(said))["verdict"].tolist() == [verdict]


def test_guidance_that_would_leap_out_of_all_pace_fails_beside_one_that_would_not():
    # 60 in three quarters: 190 for this year needs 130 in one quarter, for the next about 47 in each of four.
    printed = statements(
        ("c", "A", "2025", 190e9, "USD", "approximately", "planned", "2025-10-30"),
        ("c", "B", "2026", 190e9, "USD", "approximately", "planned", "2025-10-30"),
    )
    dossier = acme(claims(("a", "2025-01-01", about(9)), period="2024"), QUARTERS.iloc[:3])
    assert decide(printed, dossier)["verdict"].tolist() == ["fails", "holds"]


def test_growth_is_not_judged():
    printed = statements(("c", "A", "2025-Q2", 100.0, "percent", "exact", "reported", None))
    found = decide(printed, acme(claims(("a", "2025-01-01", about(75))), QUARTERS))
    assert found["verdict"].tolist() == ["cannot be told"]


def test_statements_without_their_columns_are_refused_by_name():
    with pytest.raises(TableError, match="modality") as err:
        decide(pd.DataFrame({"conflict_id": ["c"]}), Dossier())
    assert "modality" in err.value.rows["column"].tolist()


# ---- where figures stand, and how sure they are


def test_every_delivery_names_the_reports_that_were_added_up():
    dossier = acme(claims(("a", "2025-01-01", about(100))), QUARTERS)
    found = track(dossier)
    assert found.outcome["report_ids"].tolist() == [
        ";".join(f"Acme capex 2025-Q{n}: not said how measured, u/2025-Q{n}" for n in (1, 2, 3, 4))
    ]
    assert found.progress["report_ids"].str.count(";").tolist() == [0, 1, 2, 3]
    told = footnotes(with_reports(dossier), found.outcome["report_ids"])
    assert told["statement"][1] == "Acme, capex for 2025-Q2: 20 billion USD, reported"
    assert told["link"].tolist() == [f"u/2025-Q{n}" for n in (1, 2, 3, 4)]


def test_each_figure_has_its_own_confidence():
    said = pd.concat(
        [
            claims(("a", "2025-01-01", about(75)), confidence="probable"),
            claims(("b", "2025-02-01", about(85))),
        ]
    )
    found = track(
        acme(said, QUARTERS.assign(confidence=["certain", "derived", "certain", "certain"]))
    ).outcome
    names = ["first_confidence", "last_confidence", "delivered_confidence", "confidence"]
    assert found[names].values.tolist() == [["probable", "certain", "derived", "derived"]]


@pytest.mark.parametrize(
    ("value", "report"),
    [pytest.param(20e9, "2025-Q2", id="a quarter"), pytest.param(75e9, "a", id="a statement")],
)
def test_a_reading_and_a_verdict_name_what_they_rest_on(value, report):
    dossier = acme(claims(("a", "2025-01-01", about(75))), QUARTERS)
    assert referee(value, "USD", "Acme", dossier)["source_ids"].str.contains(report).all()
    printed = statements(("c", "A", "2025-Q2", value, "USD", "exact", "reported", None))
    assert report in decide(printed, dossier)["source_ids"][0]


# ---- hedges


@pytest.mark.parametrize(
    ("bound", "low", "high", "low_closed", "high_closed"),
    [
        ("more_than", 30e9, np.inf, False, False),
        ("at_least", 30e9, np.inf, True, False),
        ("at_most", -np.inf, 30e9, False, True),
        ("less_than", -np.inf, 30e9, False, False),
        ("approximately", 30e9, 30e9, True, True),
    ],
)
def test_a_hedge_is_carried_to_the_pace_and_to_what_remains(bound, low, high, low_closed, high_closed):
    """120 a year is 30 a quarter; after 30 in the first, 90 remain for three."""
    rows = reports(("2025-Q1", "2025-01-01", "2025-03-31", 30))
    found = track(acme(claims(("a", "2025-01-01", about(120, bound))), rows))
    for table, name in (
        (found.progress, "pace_first"),
        (found.progress, "required"),
        (found.outcome, "required"),
    ):
        ends = [f"{name}_{end}" for end in ("low", "high", "low_closed", "high_closed", "bound")]
        assert table[ends].values.tolist() == [[low, high, low_closed, high_closed, bound]], name


def test_what_is_passed_already_needs_nothing_more():
    found = track(acme(claims(("a", "2025-01-01", about(50, "more_than"))), QUARTERS.iloc[:3])).outcome.iloc[
        0
    ]
    # 60 of more than 50 are spent: at least nothing, not more than nothing
    assert (found["required_low"], found["required_low_closed"]) == (0, True)


def test_nobody_is_behind_a_cap():
    found = track(acme(claims(("a", "2025-01-01", about(400, "at_most"))), QUARTERS.iloc[:2])).progress
    assert found["standing_first"].tolist() == ["on pace", "on pace"]


def test_an_expectation_and_the_guidance_beside_it_keep_their_hedges():
    said = pd.concat([claims(("a", "2025-02-04", about(75, "more_than"))),
                      claims(("e", "2025-02-03", about(58, "at_most")), modality="estimated", speaker="Street", speaker_kind="market")])  # fmt: skip
    found = track(acme(said)).expectations.iloc[0]
    assert (found["bound"], found["guided_bound"]) == ("at_most", "more_than")
    assert (found["guided_low_closed"], found["high_closed"]) == (False, True)


# ---- another topic: yen and euros, fiscal years to March, cuts, a withdrawal, a cap, holes, a restated quarter


def yen(*rows, **common):
    return reports(*rows, **({"unit": "JPY", "definition": "cash purchases"} | common))


KAITO = pd.concat(
    [
        yen(
            ("FY2025-Q1", "2024-04-01", "2024-06-30", 240),
            ("FY2025-H1", "2024-04-01", "2024-09-30", 500),
            ("2024-04/2024-12", "2024-04-01", "2024-12-31", 790),
            ("FY2025", "2024-04-01", "2025-03-31", 1040),
        ),
        yen(("FY2025-Q1", "2024-04-01", "2024-06-30", 245), how="reported: restated").assign(
            source_url="u/new"
        ),
    ]
)


def kaito(*said, **common):
    return acme(claims(*said, **({"unit": "JPY", "period": "FY2025"} | common)), KAITO, "03-31")


def test_guidance_that_is_cut_twice_ends_below_the_first_word_and_within_the_last():
    dossier = kaito(
        ("a", "2024-05-10", about(1200)),
        ("b", "2024-08-02", about(1100)),
        ("c", "2024-11-06", between(1000, 1050)),
    )
    found = track(dossier)
    assert found.revisions["change"].tolist() == ["first", "cut", "cut"]
    # 1,025 against 1,100 and against 1,200; 1,040 against 1,200
    assert found.revisions["change_vs_previous"].round(4).tolist()[1:] == [-0.0833, -0.0682]
    assert found.revisions["change_vs_first"].round(4).tolist()[1:] == [-0.0833, -0.1458]
    row = found.outcome.iloc[0]
    assert (row["verdict"], row["verdict_last"], row["delivered"]) == ("below", "within", 1040e9)
    assert row["distance_to_first"] == pytest.approx(1040 / 1200 - 1)


def test_a_restated_quarter_counts_as_restated_and_the_first_print_is_told():
    steps = track(kaito(("a", "2024-05-10", about(1200)))).progress
    assert steps["delivered_so_far"].tolist() == [245e9, 500e9, 790e9, 1040e9]
    # 500 - 245, 790 - 500, 1,040 - 790
    assert steps["latest_quarter"].tolist() == [245e9, 255e9, 290e9, 250e9]
    assert "FY2025-Q1 is printed as 240 and as 245" in steps["note"][0]
    assert steps["report_ids"].tolist()[0].endswith("u/new")


def test_a_cap_for_a_quarter_is_held_against_the_quarter_out_of_the_year_to_date():
    row = track(kaito(("a", "2024-11-06", about(250, "at_most")), period="FY2025-Q3")).outcome.iloc[0]
    assert row["arithmetic"] == "790 - 500 = 290 billion JPY"
    assert (row["verdict"], row["period_start"]) == ("above", pd.Timestamp("2024-10-01"))
    assert row["distance_to_first"] == pytest.approx(290 / 250 - 1)


def test_yen_answer_a_promise_in_euros_at_the_rate_of_its_day():
    row = track(kaito(("a", "2024-05-10", about(7, "at_least")), unit="EUR")).outcome.iloc[0]
    # 167.6 yen a euro: 1,040 billion yen are 6.2 billion euros
    assert row["delivered"] == pytest.approx(1040e9 / 167.6, rel=2e-3)
    assert (row["verdict"], row["unit"]) == ("below", "EUR")


def test_a_missing_quarter_leaves_a_year_that_is_over_open_and_asks_for_nothing():
    rows = pd.concat([QUARTERS.drop(index=2), reports(("2026-Q1", "2026-01-01", "2026-03-31", 10))])
    row = track(acme(claims(("a", "2025-01-01", about(100))), rows)).outcome.iloc[0]
    assert (row["verdict"], row["delivered"]) == ("cannot be told", 30e9)
    assert pd.isna(row["required_low"]) and "reported to 2025-06-30 only" in row["reason"]


def test_guidance_that_is_withdrawn_is_said_to_be_and_needs_nothing_more():
    said = claims(("a", "2025-01-01", between(90, 110)), ("b", "2025-05-01", {}))
    said.loc[1, ["modality", "unit"]] = "cancelled", None
    found = track(acme(said, QUARTERS.iloc[:2]))
    assert found.revisions["change"].tolist() == ["first", "withdrawn"]
    row = found.outcome.iloc[0]
    assert "withdrawn on 2025-05-01" in row["reason"]
    assert pd.isna(row["required_low"])


def test_withdrawn_guidance_decides_nothing_that_is_printed_later():
    said = claims(("a", "2025-01-01", between(90, 110)), ("b", "2025-05-01", {}))
    said.loc[1, ["modality", "unit"]] = "cancelled", None
    printed = statements(("c", "A", "2025", 110e9, "USD", "at_most", "planned", "2025-04-01"),
                         ("d", "B", "2025", 110e9, "USD", "at_most", "planned", "2025-06-01"))  # fmt: skip
    found = decide(printed, acme(said, QUARTERS.iloc[:2]))
    assert found["verdict"].tolist() == ["holds", "cannot be told"]
    assert found["arithmetic"][1] == "Acme had withdrawn its guidance for 2025"


def test_one_quarter_is_told_as_one():
    printed = statements(("c", "A", "2025", 190e9, "USD", "approximately", "planned", "2025-10-30"))
    dossier = acme(claims(("a", "2025-01-01", about(9)), period="2024"), QUARTERS.iloc[:3])
    assert "1 quarter would have to bring 130;" in decide(printed, dossier)["arithmetic"][0]


def test_a_result_is_frozen():
    found = track(Dossier())
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.outcome = None


def test_a_report_without_a_measure_is_told_in_words():
    printed = statements(("c", "A", "2025-Q2", 20e9, "USD", "exact", "reported", None))
    found = decide(printed, acme(claims(("a", "2025-01-01", about(75))), QUARTERS))
    assert found["arithmetic"].tolist() == ["2025-Q2 measure not named: 20 billion USD"]


def test_periods_without_dates_are_not_taken_for_one_another():
    said = claims(("a", "2025-01-01", about(75)), period="../2030")
    printed = statements(("c", "A", "P5Y", 75e9, "USD", "approximately", "planned", None))
    found = decide(printed, acme(said))
    assert found["arithmetic"].tolist() == ["this is what Acme said for ../2030, not for P5Y"]
