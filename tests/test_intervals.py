import numpy as np
import pandas as pd
import pytest

from analystkit.intervals import half_units, hull, intersection, to_intervals


def interval_of(value=np.nan, bound="exact", low=np.nan, high=np.nan, quote=None):
    claims = pd.DataFrame(
        {"value": [value], "bound": [bound], "low": [low], "high": [high], "quote": [quote]}
    )
    return tuple(to_intervals(claims).iloc[0])


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        pytest.param(
            {"value": 53e9, "quote": "$53 billion"}, (52.5e9, 53.5e9, True, True), id="printed precision"
        ),
        pytest.param(
            {"value": 52.44e9, "quote": "$52.44bn"}, (52.435e9, 52.445e9, True, True), id="two decimals"
        ),
        pytest.param({"value": 3, "quote": "3%"}, (2.5, 3.5, True, True), id="a percentage"),
        pytest.param({"value": 53e9, "bound": "more_than"}, (53e9, np.inf, False, False), id="more than"),
        pytest.param({"value": 53e9, "bound": "at_least"}, (53e9, np.inf, True, False), id="at least"),
        pytest.param({"value": 3, "bound": "at_most"}, (-np.inf, 3, False, True), id="at most"),
        pytest.param({"value": 3, "bound": "less_than"}, (-np.inf, 3, False, False), id="less than"),
        pytest.param({"bound": "range", "low": 60e9, "high": 65e9}, (60e9, 65e9, True, True), id="range"),
        pytest.param(
            {"value": 65e9, "bound": "approximately"}, (64.5e9, 65.5e9, True, True), id="about, no quote"
        ),
        pytest.param(
            {"value": 100e9, "bound": "approximately"}, (99.5e9, 100.5e9, True, True), id="round, no quote"
        ),
    ],
)
def test_a_hedge_and_the_printed_digits_make_the_interval(claim, expected):
    assert interval_of(**claim) == pytest.approx(expected)


def test_a_claim_without_a_figure_has_no_interval():
    low, high, *_ = interval_of()
    assert np.isnan(low) and np.isnan(high)


def test_the_claims_own_number_is_found_among_others_in_the_quote():
    claims = pd.DataFrame({"value": [1.5e12], "quote": ["in 2025 of $1.50 trillion"]})
    assert half_units(claims).tolist() == pytest.approx([0.005e12])


def both(*rows):
    return pd.DataFrame(rows, columns=["low", "high", "low_closed", "high_closed"]).itertuples()


def test_intervals_that_only_touch_meet_when_both_ends_are_closed():
    assert intersection(both((1, 2, True, True), (2, 3, True, True))) == (2, 2, True, True)
    assert intersection(both((1, 2, True, True), (2, 3, False, True))) is None


def test_the_hull_is_closed_where_any_end_is():
    assert hull(both((1, 2, False, True), (1, 5, True, False))) == (1, 5, True, False)
