"""Which sources say the same fact. Rates by hand: 7.25 yuan a dollar on 2025-02-24 (ECB)."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analystkit as ak
from analystkit.agreement import facts
from analystkit.agreement.matching import handles, same_fact
from analystkit.agreement.statements import statements

ENTITIES = pd.DataFrame(
    {
        "entity": ["Alibaba", "Microsoft", "Meta"],
        "name": ["Alibaba", "Microsoft", "Meta"],
        "kind": "company",
        "fiscal_year_end": ["03-31", "06-30", "12-31"],
    }
)


def claim(claim_id, document_id="d1", value=np.nan, **more):
    row = {
        "claim_id": claim_id, "document_id": document_id, "entity": "Alibaba", "metric": "investment_plan",
        "statement": claim_id, "value": value, "unit": "CNY" if value == value else None, "bound": None,
        "period": "P3Y", "said_on": "2025-02-24", "speaker": "narrator", "speaker_kind": "narrator",
        "modality": "planned", "status": "accepted",
    }  # fmt: skip
    return row | more


def reconciled(*claims):
    given = {"claims": pd.DataFrame(claims)} if claims else {}
    dossier = ak.Dossier(entities=ENTITIES, **given)
    before = dossier.claims.copy()
    found = ak.reconcile(dossier)
    pd.testing.assert_frame_equal(before, dossier.claims)
    return found


def capex(claim_id, document_id="d1", value=np.nan, **more):
    base = {"entity": "Meta", "metric": "capex", "unit": "USD", "period": "2025"}
    return claim(claim_id, document_id, value, **(base | more))


def test_two_sources_with_one_figure_agree():
    row = reconciled(claim("a", "d1", 380e9), claim("b", "d2", 380e9)).iloc[0]
    assert (row["verdict"], row["sources"], row["origins"]) == ("agree", 2, 2)
    assert (row["low"], row["high"]) == (379.5e9, 380.5e9)
    assert (row["claim_ids"], row["documents"]) == ("a;b", "d1;d2")


def test_hedges_that_differ_meet_in_the_interval_that_all_allow():
    row = reconciled(claim("a", "d1", 380e9, bound="exact"), claim("b", "d2", 380e9, bound="more_than")).iloc[
        0
    ]
    assert row["verdict"] == "differ"
    assert (row["low"], row["high"], row["low_closed"], row["high_closed"]) == (380e9, 380.5e9, False, True)


def test_a_bracketed_conversion_is_folded_and_bridges_to_a_source_without_the_original():
    found = reconciled(
        claim("yuan", "d1", 380e9, bound="more_than"),
        claim("dollars", "d1", 53e9, unit="USD", converts="yuan"),
        claim("other", "d2", 53e9, unit="USD", bound="at_least"),
    )
    assert len(found) == 1
    assert found.iloc[0][["unit", "verdict", "low", "claim_ids"]].tolist() == [
        "CNY", "differ", 380e9, "yuan;dollars;other",
    ]  # fmt: skip


def test_a_conversion_of_a_conversion_is_not_lost():
    found = reconciled(
        claim("yuan", "d1", 380e9),
        claim("dollars", "d1", 52.4e9, unit="USD", converts="yuan"),
        claim("euros", "d1", 50.1e9, unit="EUR", converts="dollars"),
    )
    assert sorted(";".join(found["claim_ids"]).split(";")) == ["dollars", "euros", "yuan"]


def test_without_a_bracket_the_rate_of_the_day_bridges_two_currencies():
    row = reconciled(claim("a", "d1", 380e9), claim("b", "d2", 52.4e9, unit="USD")).iloc[0]
    assert row["verdict"] == "agree"


def test_figures_that_do_not_meet_contradict_and_span_a_hull():
    row = reconciled(claim("a", "d1", 380e9), claim("b", "d2", 480e9)).iloc[0]
    assert (row["verdict"], row["low"], row["high"]) == ("contradict", 379.5e9, 480.5e9)


def test_a_figure_without_its_scale_contradicts_and_stays_out_of_the_interval():
    row = reconciled(
        claim("a", "d1", 80e9, unit="USD"), claim("b", "d2", 80, unit="USD", flags="scale_missing")
    ).iloc[0]
    assert (row["verdict"], row["low"], row["high"]) == ("contradict", 79.5e9, 80.5e9)
    assert "scale word" in row["note"]


def test_one_document_is_alone():
    assert reconciled(claim("a", "d1", 380e9), claim("b", "d1", 380e9)).iloc[0]["verdict"] == "alone"


def test_a_syndicated_quotation_is_one_origin():
    row = reconciled(
        claim("a", "d1", 380e9, origin_key="wire"), claim("b", "d2", 380e9, origin_key="wire")
    ).iloc[0]
    assert (row["sources"], row["origins"], row["verdict"]) == (2, 1, "agree")


def test_the_same_voice_on_a_later_day_revises():
    first = capex("jan", "d1", low=60e9, high=65e9, unit="USD", bound="range", said_on="2025-01-24",
                  speaker="Mark Zuckerberg", speaker_kind="executive")  # fmt: skip
    later = capex("apr", "d2", low=66e9, high=72e9, unit="USD", bound="range", said_on="2025-04-30",
                  speaker="Meta", speaker_kind="company")  # fmt: skip
    row = reconciled(first, later).iloc[0]
    assert (row["verdict"], row["low"], row["high"], row["documents"]) == ("alone", 66e9, 72e9, "d2")
    assert row["note"] == "jan is superseded by apr"


def test_what_a_narrator_retold_before_a_company_revised_it_is_no_contradiction():
    old = capex("old", "d1", 65e9, said_on="2025-02-24")
    new = capex("new", "d2", 70e9, said_on="2025-07-30", speaker="Meta", speaker_kind="company")
    assert reconciled(old, new).iloc[0]["verdict"] == "alone"


def test_two_figures_of_one_voice_on_one_day_contradict():
    found = reconciled(
        capex("a", "d1", 65e9, speaker="Meta", speaker_kind="company"),
        capex("b", "d2", 75e9, speaker="Meta", speaker_kind="company"),
    )
    assert found["verdict"].tolist() == ["contradict"]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"entity": "Microsoft"}, id="another entity"),
        pytest.param({"metric": "revenue"}, id="another metric"),
        pytest.param({"definition": "cash purchases"}, id="another definition"),
        pytest.param({"period": "2026"}, id="another period"),
        pytest.param({"period": "P3Y"}, id="another length of period"),
        pytest.param({"of": "retail"}, id="another scope"),
        pytest.param({"modality": "reported"}, id="a result against a plan"),
        pytest.param(
            {"modality": "estimated", "speaker": "TD Cowen", "speaker_kind": "analyst"}, id="an estimate"
        ),
    ],
)
def test_unlike_things_are_facts_of_their_own(other):
    ours = capex("a", "d1", 65e9, of="ai_infrastructure", definition="with finance leases")
    theirs = capex("b", "d2", 90e9, of="ai_infrastructure", definition="with finance leases")
    assert reconciled(ours, theirs | other)["verdict"].tolist() == ["alone", "alone"]


@pytest.mark.parametrize(
    ("ours", "theirs", "note"),
    [
        ({"of": "ai_data_centers"}, {"of": "data_centers"}, "scopes"),
        ({"definition": "cash purchases"}, {}, "definition"),
        ({"entity": "Microsoft", "period": "FY2025"}, {"entity": "Microsoft", "period": "2025"}, "fiscal"),
        (
            {"modality": "estimated", "speaker": "Citigroup", "speaker_kind": "analyst"},
            {"modality": "estimated", "speaker": "TD Cowen", "speaker_kind": "analyst"},
            "estimates of different people",
        ),
    ],
)
def test_figures_that_may_both_be_right_only_differ(ours, theirs, note):
    row = reconciled(capex("a", "d1", 65e9) | ours, capex("b", "d2", 80e9) | theirs).iloc[0]
    assert row["verdict"] == "differ"
    assert note in row["note"]


def test_a_denial_contradicts_a_plan():
    denied = claim("b", "d2", 380e9, modality="denied", speaker="Alibaba", speaker_kind="company")
    assert reconciled(claim("a", "d1", 380e9), denied).iloc[0]["verdict"] == "contradict"


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"operator": "less", "operand": "spending of the past decade"}, id="opposite operator"),
        pytest.param(
            {
                "operator": "greater",
                "operand": "the next three years",
                "period": "P10Y",
                "modality": "reported",
            },
            id="subject and operand swapped",
        ),
        pytest.param(
            {"operator": "greater", "period": "P10Y", "modality": "reported"}, id="operand left out"
        ),
    ],
)
def test_a_comparison_told_the_other_way_round_contradicts(other):
    words = {"metric": "comparison", "of": "cloud"}
    ours = claim("a", "d1", operator="greater", operand="spending of the past decade", **words)
    found = reconciled(ours, claim("b", "d2", **words) | other)
    assert found["verdict"].tolist() == ["contradict"]


def test_one_comparison_told_twice_agrees():
    words = {"metric": "comparison", "of": "cloud", "operator": "greater"}
    found = reconciled(
        claim("a", "d1", operand="spending of the past decade", **words),
        claim("b", "d2", operand="its spending over the past decade", **words),
    )
    assert found["verdict"].tolist() == ["agree"]


def test_opposite_stances_on_one_thing_contradict():
    market = {"metric": "market_reaction", "speaker": "investors", "speaker_kind": "market", "period": None}
    found = reconciled(
        claim("a", "d1", stance="positive", **market), claim("b", "d2", stance="negative", **market)
    )
    assert found["verdict"].tolist() == ["contradict"]


STRATEGY = {"metric": "strategy", "of": "cloud", "period": None}


@pytest.mark.parametrize(
    ("ours", "theirs", "verdict"),
    [
        ("Alibaba will expand its cloud abroad.", "Alibaba will expand its cloud abroad this time.", "agree"),
        ("Alibaba will expand its cloud abroad.", "The group lowers the prices of computing.", "differ"),
        ("Alibaba will expand its cloud abroad.", "Alibaba will not expand its cloud abroad.", "differ"),
        ("Alibaba wants its cloud prices to rise.", "Alibaba wants its cloud prices to fall.", "differ"),
    ],
)
def test_statements_without_figures_agree_by_their_words_and_not_by_their_subject(ours, theirs, verdict):
    found = reconciled(
        claim("a", "d1", statement=ours, **STRATEGY), claim("b", "d2", statement=theirs, **STRATEGY)
    )
    assert found["verdict"].tolist() == [verdict]


def test_what_one_source_tells_as_done_and_the_other_as_a_plan_differs():
    done = claim("b", "d2", statement="Alibaba expands its cloud.", **STRATEGY | {"modality": "reported"})
    row = reconciled(claim("a", "d1", statement="Alibaba expands its cloud.", **STRATEGY), done).iloc[0]
    assert (row["verdict"], "done or certain" in row["note"]) == ("differ", True)


def test_one_event_of_one_day_agrees_in_whatever_words():
    event = {"metric": "other", "of": "summit", "period": "2025-02-17", "modality": "reported"}
    found = reconciled(
        claim("a", "d1", statement="The founder was at the summit.", **event),
        claim("b", "d2", statement="Jack Ma sat in the first row.", **event),
    )
    assert found["verdict"].tolist() == ["agree"]


def test_what_one_source_adds_to_a_shared_statement_sets_nobody_apart_and_a_third_voice_does():
    shared = "Alibaba will expand its cloud abroad."
    added = claim("b", "d1", statement="That is a marked change for a retailer.", **STRATEGY)
    two = [
        claim("a", "d1", statement=shared, **STRATEGY),
        added,
        claim("c", "d2", statement=shared, **STRATEGY),
    ]
    third = claim("d", "d3", statement="The group lowers the prices of computing.", **STRATEGY)
    assert reconciled(*two)["verdict"].tolist() == ["agree"]
    assert reconciled(*two, third)["verdict"].tolist() == ["differ"]


_CELLS = {
    "metric": ["capex", "share_price", "comparison", "strategy"], "of": [None, "ai", "cloud"],
    "period": [None, "P3Y", "2025", "FY2025", "2024/2026", "../2027", "2025-Q1", "P10Y", "2025-02-24", "2025-03", "../2025"],
    "said_on": [None, "2025-02-24", "2025-02-27", "2026-01-05"], "operator": [None, "greater", "less"],
    "operand": [None, "the past decade"], "definition": [None, "cash"], "value": [np.nan, 5e9],
}  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries({k: st.sampled_from(v) for k, v in _CELLS.items()}), min_size=2, max_size=8
    )
)
def test_no_two_statements_of_one_fact_are_filed_apart(cells):
    rows = [claim(f"c{n}", statement="words", unit="USD") | cell for n, cell in enumerate(cells)]
    told = list(statements(ak.Dossier(claims=pd.DataFrame(rows), entities=ENTITIES)).itertuples())
    for a, b in combinations(told, 2):
        if (a.metric, a.kind) == (b.metric, b.kind) and same_fact(a, b):
            assert handles(a)[0] & handles(b)[1] and handles(b)[0] & handles(a)[1]


def test_twice_the_facts_take_twice_the_comparisons(monkeypatch):
    compared = []
    monkeypatch.setattr(facts, "same_fact", lambda a, b: compared.append(1) or same_fact(a, b))
    for years in (100, 200):
        claims = [capex(f"{n}{d}", d, 65e9, period=str(1800 + n)) for n in range(years) for d in ("d1", "d2")]
        assert len(reconciled(*claims)) == years
        compared.append(0)
    once = compared.index(0)
    assert len(compared) - once <= 2.2 * once


def test_rejected_claims_do_not_count_and_unreviewed_ones_are_named():
    found = reconciled(claim("a", "d1", 380e9, status="rejected"), claim("b", "d2", 480e9, status="proposed"))
    assert found["verdict"].tolist() == ["alone"]
    assert found["note"].tolist() == ["not reviewed: b"]


def test_price_moves_of_different_days_are_different_facts():
    move = {"metric": "price_change", "unit": "percent", "modality": "reported", "period": None}
    found = reconciled(
        claim("a", "d1", 3, direction="down", **move),
        claim("b", "d2", 5, direction="up", **(move | {"said_on": "2025-03-03"})),
    )
    assert found["verdict"].tolist() == ["alone", "alone"]


def test_the_columns_and_types_do_not_depend_on_the_rows():
    none, one = reconciled(), reconciled(claim("a", "d1", 380e9))
    assert none.dtypes.tolist() == one.dtypes.tolist() and list(none) == list(one)
    assert len(none) == 0
