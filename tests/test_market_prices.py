"""Exports as providers write them: the shapes are recorded, the figures invented."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analystkit.errors import PriceError
from analystkit.market import load_prices

DATA = Path(__file__).parent / "data"


def read(name, **options):
    return load_prices(DATA / name, instrument="AAA", **options)


def said(prices):
    return " | ".join(prices.attrs["assumed"])


def test_yahoo_gives_the_close_as_printed_and_says_that_there_is_another():
    found = read("prices_yahoo.csv")
    assert found["close"].tolist() == [102.0, 103.0]
    assert found["price_basis"].unique().tolist() == ["as_quoted"]
    assert "adjusted=True" in said(found)


def test_yahoo_adjusted_scales_the_whole_row():
    found = read("prices_yahoo.csv", adjusted=True)
    assert found["close"].tolist() == [51.0, 51.5]
    assert found["high"].tolist() == [51.5, 52.0]
    assert found["price_basis"].unique().tolist() == ["adjusted"]


def test_a_row_of_null_is_left_out_and_said():
    found = read("prices_yahoo.csv")
    assert len(found) == 2
    assert "1 rows without a close are left out (first: AAA on 2025-01-03)" in said(found)


def test_three_header_rows_of_yfinance_are_two_instruments():
    found = load_prices(DATA / "prices_yfinance.csv")
    assert found.groupby("instrument")["close"].apply(list).to_dict() == {
        "AAA": [10.5, 10.7, 10.6],
        "BBB": [200.0, 202.0],
    }
    assert found.loc[found["instrument"] == "BBB", "high"].tolist() == [205.0, 203.0]
    assert found["price_basis"].unique().tolist() == ["adjusted"]


def test_stamps_with_changing_offsets_keep_the_day_of_their_exchange():
    found = read("prices_yfinance_history.csv")
    assert found["session"].dt.strftime("%m-%d").tolist() == ["03-07", "03-10"]


def test_stooq_web_and_bulk_agree():
    web, bulk = read("prices_stooq_web.csv"), load_prices(DATA / "prices_stooq_bulk.txt")
    aaa = bulk[bulk["instrument"] == "AAA.US"]
    assert aaa["close"].tolist() == web["close"].tolist() == [10.5, 11.5]
    assert aaa["session"].tolist() == [pd.Timestamp("2025-01-02"), pd.Timestamp("2025-01-03")]
    assert set(bulk["instrument"]) == {"AAA.US", "BBB.US"}


def test_nasdaq_is_read_month_first_without_dollar_signs_and_in_order():
    found = read("prices_nasdaq.csv")
    assert found["session"].dt.strftime("%Y-%m-%d").tolist() == ["2025-08-01", "2025-08-12"]
    assert found["close"].tolist() == [1202.38, 1229.65]
    assert np.isnan(found["volume"].iloc[0])


def test_investing_reads_thousands_and_suffixes():
    found = read("prices_investing_us.csv")
    assert found["close"].tolist() == [12300.0, 12345.67]
    assert found["volume"].tolist() == [32940.0, 1_500_000.0]
    assert "month first" in said(found)


def test_dates_that_can_be_read_both_ways_are_refused_unless_the_order_is_given():
    with pytest.raises(PriceError, match="dayfirst=True") as caught:
        read("prices_investing_ambiguous.csv")
    assert caught.value.rows["row"].tolist() == [2, 3]
    assert read("prices_investing_ambiguous.csv", dayfirst=True)["session"].dt.strftime("%d %b").tolist() == [
        "02 Jan",
        "03 Jan",
    ]
    assert read("prices_investing_ambiguous.csv", dayfirst=False)["session"].dt.strftime(
        "%d %b"
    ).tolist() == [
        "01 Feb",
        "01 Mar",
    ]
    assert len(read("prices_investing_ambiguous.csv", date_format="%d/%m/%Y")) == 2


def test_dates_with_day_and_month_mixed_up_are_refused():
    table = pd.DataFrame({"Date": ["13/02/2025", "02/14/2025"], "Close": [1.0, 2.0]})
    with pytest.raises(PriceError, match="some dates have the day first and some the month"):
        load_prices(table, instrument="A")


def test_months_in_words_need_no_order():
    assert read("prices_investing_words.csv")["session"].dt.day.tolist() == [2, 3]


def test_a_german_export_is_read_with_decimal_commas():
    found = read("prices_german.csv")
    assert found["close"].tolist() == [1230.25, 1234.5]
    assert "comma" in said(found)


@pytest.mark.parametrize("name", ["prices_terminal.csv", "prices_terminal_blocks.csv"])
def test_terminal_sheets_give_each_ticker_its_own_sessions(name):
    found = load_prices(DATA / name, instrument={"AAA US Equity": "AAA"})
    assert set(found["instrument"]) == {"AAA", "BBB HK Equity"}
    assert found.loc[found["instrument"] == "AAA", "close"].tolist()[:2] == [10.5, 10.7]
    assert found.loc[found["instrument"] != "AAA", "close"].iloc[0] == 20.5


def test_a_terminal_sheet_in_excel_reads_merged_headers_and_typed_dates(tmp_path):
    sheet = pd.DataFrame(
        [
            ["Start Date", "2025-01-01", None, None],
            [None, "AAA US Equity", None, "BBB HK Equity"],
            ["Dates", "PX_LAST", "PX_VOLUME", "PX_LAST"],
            [pd.Timestamp("2025-01-02"), 10.5, 100, 20.5],
            [pd.Timestamp("2025-01-03"), 10.7, 110, None],
        ]
    )
    sheet.to_excel(tmp_path / "sheet.xlsx", header=False, index=False)
    found = load_prices(tmp_path / "sheet.xlsx")
    assert found["close"].tolist() == [10.5, 10.7, 20.5]
    assert found["volume"].tolist()[:2] == [100.0, 110.0]


def test_each_sheet_of_a_workbook_is_an_instrument(tmp_path):
    with pd.ExcelWriter(tmp_path / "book.xlsx") as book:
        for name, close in (("AAA", 10.5), ("BBB", 20.5)):
            pd.DataFrame({"Date": ["2025-01-02"], "Close": [close]}).to_excel(
                book, sheet_name=name, index=False
            )
    found = load_prices(tmp_path / "book.xlsx")
    assert found[["instrument", "close"]].values.tolist() == [["AAA", 10.5], ["BBB", 20.5]]


def test_a_wide_table_of_closes_leaves_gaps_out():
    found = load_prices(DATA / "prices_wide.tsv")
    assert found[["instrument", "close"]].values.tolist() == [["AAA", 10.5], ["AAA", 10.7], ["BBB", 20.5]]


def test_frames_are_read_long_wide_and_with_two_header_rows(tmp_path):
    sessions = pd.to_datetime(["2025-01-02", "2025-01-03"])
    wide = pd.DataFrame({"AAA": [10.5, 10.7]}, pd.DatetimeIndex(sessions, name="Date"))
    long = load_prices(wide)
    assert long["close"].tolist() == [10.5, 10.7]
    assert load_prices(long)["close"].tolist() == [10.5, 10.7]
    for order in (["Price", "Ticker"], ["Ticker", "Price"]):
        columns = pd.MultiIndex.from_tuples([("Close", "AAA"), ("Volume", "AAA")], names=["Price", "Ticker"])
        two = pd.DataFrame([[10.5, 100], [10.7, 110]], wide.index, columns).reorder_levels(order, axis=1)
        assert load_prices(two)[["instrument", "close", "volume"]].values.tolist()[1] == ["AAA", 10.7, 110.0]
    long.to_parquet(tmp_path / "prices.parquet")
    assert load_prices(tmp_path / "prices.parquet")["close"].tolist() == [10.5, 10.7]


def test_a_frame_with_stamps_of_the_exchange_keeps_their_day():
    index = pd.DatetimeIndex(["2025-01-02", "2025-01-03"], tz="Asia/Hong_Kong", name="Date")
    found = load_prices(
        pd.DataFrame({"Close": [80.0, 81.0], "Dividends": 0.0, "Stock Splits": 0.0}, index), "9988.HK"
    )
    assert found["session"].dt.day.tolist() == [2, 3]
    in_utc = pd.DataFrame({"Close": [80.0, 81.0]}, index.tz_convert("UTC"))
    with pytest.raises(PriceError, match="clock times"):
        load_prices(in_utc, "9988.HK")


def test_a_folder_and_a_mapping_give_each_file_its_name(tmp_path):
    for name in ("AAA", "BBB Historical Data"):
        (tmp_path / f"{name}.csv").write_text("Date,Close\n2025-01-02,10.5\n")
    assert load_prices(tmp_path)["instrument"].tolist() == ["AAA", "BBB"]
    assert load_prices({"X": tmp_path / "AAA.csv"})["instrument"].tolist() == ["X"]


def test_day_numbers_of_a_spreadsheet_are_dates():
    # 45659 is the second of January 2025 in the calendar that counts from 1900.
    found = load_prices(pd.DataFrame({"Date": [45659], "Close": [1.0]}), instrument="A")
    assert found["session"].tolist() == [pd.Timestamp("2025-01-02")]


@pytest.mark.parametrize(
    ("body", "closes", "words"),
    [
        pytest.param(
            "Date,Close\n2025-01-02,10\n\nSource: Example Ltd.\n",
            [10.0],
            "on Source: Example Ltd.",
            id="footer",
        ),
        pytest.param(
            "Date,Close,Volume\n2025-01-02,10,5\nTotal,,5\n",
            [10.0],
            "left out (first: x on Total)",
            id="a sum",
        ),
        pytest.param(
            'Date,Open,Close\n"Jan 3, 2025",10,10.5\n"Jan 2, 2025",0.24 Dividend,\n',
            [10.5],
            "Jan 2",
            id="dividend",
        ),
        pytest.param(
            "\ufeffDate,Close\n2025-01-02,10\n2025-01-03,null\n", [10.0], "on 2025-01-03", id="null, mark"
        ),
        pytest.param(
            "# made today\nDate,Close\n2025-01-02,10\n", [10.0], "x: named after its file", id="remark"
        ),
        pytest.param(
            "Period,D\nDate,PX_LAST\n2025-01-02,10\n", [10.0], "x: named after its file", id="note above"
        ),
        pytest.param(
            '"Datum","Zuletzt","Vol.","+/- %"\n"24.02.2025","1.135,40","140,66M","-2,03%"\n',
            [1135.4],
            "comma",
            id="German",
        ),
        pytest.param('"Date","Dernier"\n"24/02/2025","135,40"\n', [135.4], "comma", id="French"),
        pytest.param("Fecha;Cierre\n24.02.2025;1.135,4\n", [1135.4], "day first", id="Spanish"),
        pytest.param(
            "Date;Close\n2025-02-24;1,234\n",
            [1234.0],
            "comma is read as the sign of thousands",
            id="thousands",
        ),
        pytest.param("Date,Close*\n2025-02-24,USD 12.5\n", [12.5], "as quoted", id="currency before, star"),
        pytest.param("Date,Close\n2025-02-24,12.7 €\n", [12.7], "as quoted", id="currency behind"),
        pytest.param(
            '"Date" , "Close"\n"2025-02-24" , "12"\n', [12.0], "as quoted", id="blanks beside commas"
        ),
    ],
)
def test_exports_of_other_habits_are_read_and_what_was_done_is_said(tmp_path, body, closes, words):
    (tmp_path / "x.csv").write_text(body, encoding="utf-8")
    found = load_prices(tmp_path / "x.csv")
    assert found["close"].tolist() == closes
    assert words in said(found)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Date,Close\n2/24/2025 16:00:00,12\n", "clock times"),
        ("Date,Close\n2025-02-24,12\n,13\n", "date"),
        ("Date,Close\n2025-02-24,12%\n", "not a number: '12%'"),
        ("<!DOCTYPE html><html><body>Get your key</body></html>", "web server"),
        ('{"Note": "Thank you for using our service, 25 requests a day"}', "web server"),
        ("Exceeded the daily hits limit", "begins with 'Exceeded the daily"),
        ("", "empty"),
        ("a,b\n1,2\n", "column of dates"),
        ("Date,Volume\n2025-01-02,100\n", "closing prices"),
        ("Date,Close\n2025-01-02,ten\n", "not a number: 'ten'"),
        ("Date,Close\nsoon,10\n2025-01-02,10\n", "date"),
        ("Date,Close\n2025-01-02,-10\n", "not positive"),
        ("Date,Close\n2025-01-02,0\n", "not positive"),
        ("Date,Close\n2025-01-02,10\n2025-01-02,11\n", "stands twice"),
    ],
)
def test_what_is_not_prices_is_refused_in_words(tmp_path, body, words):
    (tmp_path / "x.csv").write_text(body)
    with pytest.raises(PriceError, match=words):
        load_prices(tmp_path / "x.csv")


def test_the_row_of_the_file_is_named(tmp_path):
    (tmp_path / "x.csv").write_text("Start,1\n,\nDate,Close\n2025-01-02,10\n2025-01-03,-11\n2025-01-06,x\n")
    with pytest.raises(PriceError) as caught:
        load_prices(tmp_path / "x.csv")
    assert caught.value.rows[["row", "value"]].values.tolist() == [[6, "x"]]
    (tmp_path / "x.csv").write_text("Start,1\n,\nDate,Close\n2025-01-02,10\n2025-01-03,-11\n")
    with pytest.raises(PriceError) as caught:
        load_prices(tmp_path / "x.csv")
    assert caught.value.rows["row"].tolist() == [5]


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(PriceError, match=r"nothing.csv"):
        load_prices(tmp_path / "nothing.csv")


def test_other_encodings_are_read(tmp_path):
    text = "Date,Close\n2025-01-02,€10\n"
    for encoding in ("utf-16", "cp1252", "utf-8-sig"):
        (tmp_path / "A.csv").write_bytes(text.encode(encoding))
        assert load_prices(tmp_path / "A.csv")["close"].tolist() == [10.0]


def test_a_close_outside_low_and_high_is_said():
    table = pd.DataFrame({"Date": ["2025-01-02"], "Close": [12.0], "High": [11.0], "Low": [9.0]})
    assert "1 closes outside low and high are kept" in said(load_prices(table, instrument="A"))
