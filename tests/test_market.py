"""Moments -> sessions, prices -> returns. Closing hours are those that the exchanges publish."""

import numpy as np
import pandas as pd
import pytest

from analystkit.errors import PriceError, SessionError
from analystkit.market import basket, candidate_sessions, first_session, parity, returns_from, session_closes


@pytest.mark.parametrize(
    ("published", "exchange", "session"),
    [
        pytest.param("2025-02-20T07:00-05:00", "XNYS", "2025-02-20", id="before the open"),
        pytest.param("2025-02-20T07:00-05:00", "XHKG", "2025-02-21", id="after the close elsewhere"),
        pytest.param("2025-02-20T15:59:59-05:00", "XNYS", "2025-02-20", id="a second before the close"),
        pytest.param("2025-02-20T16:00-05:00", "XNYS", "2025-02-21", id="at the close is too late"),
        pytest.param("2025-02-20T16:30-05:00", "XNYS", "2025-02-21", id="after the close"),
        pytest.param("2025-02-22T09:00-05:00", "XNYS", "2025-02-24", id="Saturday"),
        pytest.param("2025-02-15T09:00-05:00", "XNAS", "2025-02-18", id="Saturday before Presidents' Day"),
        pytest.param("2024-12-24T12:30-05:00", "XNYS", "2024-12-24", id="half day, before its close at one"),
        pytest.param("2024-12-24T13:00-05:00", "XNYS", "2024-12-26", id="half day, at its close"),
        pytest.param("2024-12-24T11:59+08:00", "XHKG", "2024-12-24", id="half day in Hong Kong, before noon"),
        pytest.param("2024-12-24T12:00+08:00", "XHKG", "2024-12-27", id="half day in Hong Kong, at noon"),
        pytest.param("2025-01-28T13:00+08:00", "XHKG", "2025-02-03", id="Lunar New Year"),
        pytest.param("2025-02-24T12:30+08:00", "XHKG", "2025-02-24", id="lunch break"),
        pytest.param("2025-03-07T20:59:59Z", "XNYS", "2025-03-07", id="winter time, close at 21:00 UTC"),
        pytest.param("2025-03-10T20:00Z", "XNYS", "2025-03-11", id="summer time, close at 20:00 UTC"),
        pytest.param("1995-06-07T09:00-04:00", "XNYS", "1995-06-07", id="long ago"),
        pytest.param(
            "2025-02-20T07:00-05:00", "ARCX", "2025-02-20", id="an exchange with the sessions of another"
        ),
    ],
)
def test_news_counts_for_the_first_session_that_closes_after_it(published, exchange, session):
    assert first_session(published, exchange) == pd.Timestamp(session)


def test_a_moment_gives_a_naive_date_and_a_series_keeps_its_index():
    moments = pd.Series(["2025-02-20T12:00Z", None, "2025-02-22T12:00Z"], index=["a", "b", "c"])
    found = first_session(pd.to_datetime(moments, utc=True), "XNYS")
    assert first_session("2025-02-20T12:00Z", "XNYS").tzinfo is None
    assert found.index.tolist() == ["a", "b", "c"]
    assert str(found.dtype) == "datetime64[us]"
    assert found["a"] == pd.Timestamp("2025-02-20")
    assert pd.isna(found["b"])
    assert found["c"] == pd.Timestamp("2025-02-24")


def test_offsets_may_differ_within_a_series():
    found = first_session(pd.Series(["2025-02-20T07:00-05:00", "2025-02-20T17:00+08:00"]), "XHKG")
    assert found.dt.day.tolist() == [21, 21]


def test_a_series_without_a_moment_stays_empty():
    found = first_session(pd.Series([pd.NaT, pd.NaT], dtype="datetime64[us, UTC]"), "XNYS")
    assert found.isna().all()
    assert str(found.dtype) == "datetime64[us]"
    assert first_session(pd.Series([], dtype="datetime64[us, UTC]"), "XNYS").empty
    assert pd.isna(first_session(pd.NaT, "XNYS"))


def test_a_moment_without_time_zone_is_refused_and_named():
    with pytest.raises(SessionError, match=r"1 of 2 have none.*2025-02-21 09:00") as caught:
        first_session(pd.Series(["2025-02-20T09:00Z", "2025-02-21 09:00"]), "XNYS")
    assert caught.value.rows.index.tolist() == [1]
    with pytest.raises(SessionError, match="time zone"):
        first_session(pd.Series(pd.to_datetime(["2025-02-20"])), "XNYS")
    with pytest.raises(SessionError, match="time zone"):
        first_session(pd.Timestamp("2025-02-20 09:00"), "XNYS")


@pytest.mark.parametrize("exchange", ["XXXX", "New York", "24/7", "xnys", ""])
def test_an_exchange_without_a_calendar_is_refused(exchange):
    with pytest.raises(SessionError, match="XNYS"):
        first_session("2025-02-20T09:00Z", exchange)


@pytest.mark.parametrize("moment", ["1890-01-02T12:00Z", "2125-01-02T12:00Z"])
def test_a_moment_outside_the_calendar_is_refused(moment):
    with pytest.raises(SessionError, match="lie outside") as caught:
        first_session(pd.Series(["2025-02-20T09:00Z", moment]), "XNYS")
    assert len(caught.value.rows) == 1


def test_words_are_no_moment():
    with pytest.raises(SessionError, match="expected moments"):
        first_session("yesterday evening or so", "XNYS")


def test_a_span_over_a_close_gives_every_session_that_could_be_first():
    found = candidate_sessions("2025-02-20T15:00-05:00", "2025-02-24T08:00-05:00", "XNYS")
    assert found.strftime("%d").tolist() == ["20", "21", "24"]


def test_a_half_day_closes_early():
    closes = session_closes("XNYS")
    assert closes["2024-07-03"] == pd.Timestamp("2024-07-03 17:00Z")


def prices(**closes):
    sessions = pd.to_datetime(["2025-01-02", "2025-01-03", "2025-01-06", "2025-01-07"])
    rows = [(name, s, c) for name, values in closes.items() for s, c in zip(sessions, values, strict=False)]
    return pd.DataFrame(rows, columns=["instrument", "session", "close"])


def test_returns_run_from_one_own_session_to_the_next():
    table = prices(A=[100, 110, 121, 108.9])
    other = pd.DataFrame(
        {"instrument": "B", "session": pd.to_datetime(["2025-01-02", "2025-01-06"]), "close": [50.0, 55.0]}
    )
    found = returns_from(pd.concat([table, other]))
    assert found.columns.tolist() == ["A", "B"]
    np.testing.assert_allclose(found["A"], [np.nan, 0.1, 0.1, -0.1])
    # B did not trade on the third: its return of the sixth is that of its own two sessions.
    np.testing.assert_allclose(found["B"], [np.nan, np.nan, 0.1, np.nan])


def test_log_returns_add_up():
    found = returns_from(prices(A=[100, 110, 121]), "log")
    assert found["A"].sum() == pytest.approx(np.log(1.21))
    assert found.attrs["kind"] == "log"


def test_a_missing_close_leaves_two_returns_missing():
    found = returns_from(prices(A=[100, np.nan, 121, 133.1]))
    np.testing.assert_allclose(found["A"], [np.nan, np.nan, np.nan, 0.1])


def test_a_negative_price_is_refused_and_named():
    with pytest.raises(PriceError, match=r"A, row 3: close -110 not positive") as caught:
        returns_from(prices(A=[100, -110, 121]))
    assert caught.value.rows["row"].tolist() == [3]


def test_a_session_that_stands_twice_is_refused():
    with pytest.raises(PriceError, match="stands twice") as caught:
        returns_from(pd.concat([prices(A=[100, 110]), prices(A=[100])], ignore_index=True))
    assert caught.value.rows["row"].tolist() == [2, 4]


def test_rows_in_any_order_give_the_same_returns_and_the_input_is_not_changed():
    table = prices(A=[100, 110, 121], B=[10, 9, 9.9])
    before = table.copy()
    shuffled = table.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(
        returns_from(shuffled)[["A", "B"]], returns_from(table)[["A", "B"]], check_column_type=False
    )
    pd.testing.assert_frame_equal(table, before)


def test_a_basket_is_the_mean_of_simple_returns_also_for_logarithms():
    table = prices(A=[100, 110], B=[100, 90])
    assert basket(returns_from(table), ["A", "B"]).iloc[1] == pytest.approx(0.0)
    assert basket(returns_from(table, "log"), ["A", "B"]).iloc[1] == pytest.approx(0.0)
    with pytest.raises(PriceError, match="C missing"):
        basket(returns_from(table), ["A", "C"])


def test_parity_takes_the_rate_of_the_day_or_the_last_before():
    table = prices(ADR=[80.0, 80.0, 80.0], HK=[75.0, 80.0, 78.0])
    rate = pd.Series([7.8, 8.0], pd.to_datetime(["2025-01-02", "2025-01-05"]))
    found = parity(table, "ADR", "HK", rate)
    assert found["adr_in_ordinary"].tolist() == pytest.approx([78.0, 78.0, 80.0])
    assert found["premium"].tolist() == pytest.approx([78 / 75 - 1, 78 / 80 - 1, 80 / 78 - 1])
    with pytest.raises(PriceError, match="XYZ missing"):
        parity(table, "ADR", "XYZ", 7.8)
