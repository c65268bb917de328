"""Association: verdicts, exact figures from published tables, and words that fit the sample."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analystkit.association import associate, clopper_pearson, detectable_effect, rank_permutation, sign_test
from analystkit.errors import TableError


def frames(tones, sars, **columns):
    names = [f"E{i}" for i in range(len(tones))]
    tone = pd.DataFrame({"event_id": names, "entity": "Acme", "document_id": names, "tone": tones})
    reaction = pd.DataFrame({"event_id": names, "entity": "Acme", "sar": sars})
    reaction["session"] = pd.date_range("2025-01-06", periods=len(names), freq="W")
    return tone, reaction.assign(**columns)


@pytest.mark.parametrize(
    ("tone", "sar", "verdict"),
    [
        (0.6, 2.4, "agree"),
        (-0.6, -1.96, "agree"),
        (0.6, -2.4, "diverge"),
        (0.6, 1.95, "not distinguishable"),
        (0.1, -5.0, "not distinguishable"),
    ],
)
def test_a_verdict_needs_a_clear_tone_and_a_clear_reaction(tone, sar, verdict):
    pairs = associate(*frames([tone], [sar])).pairs
    assert pairs["verdict"].tolist() == [verdict]


def test_what_has_no_partner_stays_with_its_reason():
    tone, reaction = frames([0.5, np.nan, 0.4], [2.0, 2.0, np.nan])
    tone = pd.concat([tone, tone.iloc[[0]].assign(event_id="X")])
    reaction = pd.concat([reaction, reaction.iloc[[0]].assign(event_id="Y")])
    pairs = associate(tone, reaction).pairs.set_index("event_id")
    assert pairs["verdict"].notna().tolist() == [True, False, False, False, False]
    assert pairs["reason"].dropna().to_dict() == {
        "E1": "no text with evidence of tone",
        "E2": "no abnormal return",
        "X": "no reaction was measured",
        "Y": "no tone was measured",
    }


def test_articles_on_one_event_are_one_observation():
    tone, reaction = frames([0.9], [2.5])
    tone = pd.concat([tone, tone.assign(document_id="other", tone=-0.3)])
    found = associate(tone, reaction)
    assert found.pairs["tone"].tolist() == pytest.approx([0.3])
    assert found.pairs[["tone_low", "tone_high"]].values.tolist() == [[-0.3, 0.9]]
    assert found.summary[["n_events", "n_documents"]].values.tolist() == [[1, 2]]


def test_candidate_sessions_that_disagree_leave_the_event_undecided():
    tone, reaction = frames([0.9], [2.5])
    reaction = pd.concat([reaction.assign(candidate=1), reaction.assign(candidate=2, sar=-2.5)])
    found = associate(tone, reaction)
    assert found.pairs["verdict"].tolist() == ["agree", "diverge"]
    assert found.summary["n_not_distinguishable"].iloc[0] == 1


def test_confounded_events_keep_their_verdict_and_say_so():
    found = associate(*frames([0.9, 0.9], [2.5, 2.5], separable=[True, False]))
    assert found.pairs["verdict"].tolist() == ["agree", "agree"]
    assert found.pairs["note"].fillna("").tolist() == ["", "not separable from other news"]
    assert "1 case not separable from other news" in found.sentence


def test_several_windows_must_be_chosen_from():
    tone, reaction = frames([0.9, 0.8], [2.5, 1.0], window=["[0,1]", "[-1,1]"])
    with pytest.raises(TableError, match="choose one before looking"):
        associate(tone, reaction)


def test_a_missing_column_is_named():
    tone, reaction = frames([0.9], [2.5])
    with pytest.raises(TableError, match="it lacks sar"):
        associate(tone, reaction.drop(columns="sar"))


# Published: 5 of 5 -> .48-1.00, p .063; 4 of 5 -> .28-.99, p .375; 3 of 5 -> .15-.95, p 1.
@pytest.mark.parametrize(
    ("hits", "low", "high", "p"), [(5, 0.48, 1.00, 0.063), (4, 0.28, 0.99, 0.375), (3, 0.15, 0.95, 1.0)]
)
def test_five_events_have_these_exact_intervals(hits, low, high, p):
    assert clopper_pearson(hits, 5) == (pytest.approx(low, abs=0.006), pytest.approx(high, abs=0.006))
    assert sign_test(hits, 5) == pytest.approx(p, abs=0.001)


def at_most(hits, n, share):
    """The probability of so many hits or fewer, by the binomial formula."""
    return sum(math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(hits + 1))


@pytest.mark.parametrize(("hits", "n"), [(0, 7), (3, 9), (12, 20), (49, 50)])
def test_each_end_of_the_interval_leaves_two_and_a_half_percent_in_its_tail(hits, n):
    low, high = clopper_pearson(hits, n)
    assert at_most(hits, n, high) == pytest.approx(0.025)
    assert low == 0 if hits == 0 else 1 - at_most(hits - 1, n, low) == pytest.approx(0.025)


@pytest.mark.parametrize(("hits", "n"), [(0, 7), (3, 9), (12, 20), (49, 50)])
def test_p_of_the_signs_is_twice_the_smaller_tail_of_a_fair_coin(hits, n):
    tail = at_most(min(hits, n - hits), n, 0.5)
    assert sign_test(hits, n) == pytest.approx(min(1.0, 2 * tail))


def test_five_ranks_reach_five_percent_only_in_perfect_order():
    # Of 120 orders two have |rho| = 1, ten more |rho| = .9: 2/120 and 10/120.
    assert rank_permutation(np.arange(5), np.arange(5)) == pytest.approx((1.0, 2 / 120, 2 / 120))
    rho, p, _ = rank_permutation(np.arange(5), np.array([0, 1, 2, 4, 3]))
    assert (rho, p) == (pytest.approx(0.9), pytest.approx(10 / 120))


def test_twelve_ranks_are_permuted_at_random_with_a_seed():
    x, y = np.arange(12), np.array([2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11])
    rho, p, _ = rank_permutation(x, y)
    assert rho == pytest.approx(stats.spearmanr(x, y).statistic)
    assert p == rank_permutation(x, y)[1]


# A one-sample t-test of 80 % power: 34 events for half a standard deviation, 10 for one, as in sample-size tables.
@pytest.mark.parametrize(("n", "effect"), [(5, 1.69), (10, 1.0), (34, 0.5), (128, 0.25)])
def test_the_effect_that_could_be_detected(n, effect):
    assert detectable_effect(n) == pytest.approx(effect, abs=0.012)


def test_below_ten_events_no_p_value_is_read_and_nothing_is_a_percentage():
    sentence = associate(*frames([0.5, -0.5, 0.9, 0.4, -0.6], [1, 2, 3, -1, -2])).sentence
    assert sentence.startswith("Descriptive, n = 5 events")
    assert "3 of 5 cases" in sentence and "%)" not in sentence
    assert "p =" not in sentence and "smallest p that 5 cases can reach is 0.062" in sentence
    assert "no relation found is not evidence of none" in sentence


def test_from_twenty_events_percentages_and_exact_p_are_given():
    tones = [0.5] * 15 + [-0.5] * 9
    found = associate(*frames(tones, np.r_[np.linspace(0.1, 3, 20), [-1, -2, -1, -2]]))
    assert "(79%)" in found.sentence and "Exact sign test p =" in found.sentence
    assert found.summary["hits"].iloc[0] == 19


def test_nothing_in_common_is_said_plainly():
    tone, reaction = frames([0.5], [1.0])
    found = associate(tone, reaction.assign(event_id="other"))
    assert found.sentence == "No event has both a tone and a measured reaction: nothing can be said."
    assert found.pairs["verdict"].isna().all()


CAUSAL = r"because|due to|caus|drove|driv|led to|lead to|trigger|made|push|boost|impact|effect of|owing|result|hence"


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(-1, 1, allow_nan=False) | st.just(float("nan")),
            st.floats(-9, 9, allow_nan=False) | st.just(float("nan")),
            st.booleans(),
        ),
        max_size=24,
    )
)
def test_the_sentence_never_names_a_cause_nor_a_forecast(rows):
    tones, sars, separable = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [])
    found = associate(*frames(tones, sars, separable=separable))
    assert not re.search(rf"\b(?:{CAUSAL}|predict\w*|forecast\w*|will)", found.sentence, re.IGNORECASE)
    counted = found.summary.iloc[0]
    verdicts = counted[["n_agree", "n_diverge", "n_not_distinguishable"]].sum()
    assert verdicts == counted["n_pairs"] == found.pairs["verdict"].notna().sum()
    assert 0 <= counted["hit_low"] <= counted["hit_high"] <= 1
