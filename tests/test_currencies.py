"""Expected rates: the European Central Bank's published fixings of 2025-02-24 (USD 1.0466, CNY 7.5879, HKD 8.1346)."""

import pandas as pd
import pytest

from analystkit.currencies import convert, implied_rate, rate
from analystkit.errors import CurrencyError


def test_380_billion_yuan_were_52_4_billion_dollars():
    assert convert(380e9, "CNY", "USD", "2025-02-24") == pytest.approx(380e9 / 7.25, rel=1e-4)
    assert round(convert(380e9, "CNY", "USD", "2025-02-24") / 1e9, 1) == 52.4


def test_a_currency_against_itself_is_one():
    assert rate("USD", "USD", "2025-02-24")[0] == 1.0


@pytest.mark.parametrize("day", ["2025-02-22", "2025-02-23"])
def test_a_weekend_takes_fridays_fixing(day):
    assert rate("USD", "CNY", day)[1] == pd.Timestamp("2025-02-21")


def test_a_currency_without_fixing_is_named():
    with pytest.raises(CurrencyError, match="'TWD'") as caught:
        rate("TWD", "USD", "2025-02-24")
    assert caught.value.rows["currency"].tolist() == ["TWD"]


def test_a_day_beyond_the_fixings_is_refused_not_extrapolated():
    with pytest.raises(CurrencyError, match="within a week before 2099-01-01"):
        rate("USD", "CNY", "2099-01-01")


def test_there_and_back_again_is_the_same_amount():
    assert convert(convert(100, "HKD", "CNY", "2025-02-24"), "CNY", "HKD", "2025-02-24") == pytest.approx(100)


def test_the_implied_rate_of_380_and_53_spans_its_rounding():
    yuan = pd.DataFrame({"value": [380e9], "low": [379.5e9], "high": [380.5e9]})
    dollars = pd.DataFrame({"value": [53e9], "low": [52.5e9], "high": [53.5e9]})
    found = implied_rate(yuan, dollars).iloc[0]
    assert found["rate"] == pytest.approx(7.1698, abs=5e-5)
    assert (found["low"], found["high"]) == pytest.approx((7.0935, 7.2476), abs=5e-5)
