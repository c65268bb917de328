"""A stub stands for the provider's client: no test asks the network."""

import sys
import types

import pandas as pd
import pytest

from analystkit.errors import MissingPackageError, PriceError
from analystkit.market import fetch_prices


def answer(tickers):
    index = pd.DatetimeIndex(["2025-01-02", "2025-01-03"], name="Date")
    fields = {"Close": 10.5, "High": 11.0, "Low": 10.0, "Open": 10.2, "Volume": 100}
    columns = pd.MultiIndex.from_product([fields, tickers], names=["Price", "Ticker"])
    rows = [[value for value in fields.values() for _ in tickers]] * 2
    return pd.DataFrame(rows, index, columns)


@pytest.fixture
def provider(monkeypatch):
    """A module that answers as yfinance does, and counts how often it is asked."""
    module = types.ModuleType("yfinance")
    module.asked = []

    def download(tickers, **options):
        module.asked.append((tuple(tickers), options))
        return answer([t for t in tickers if t != "GONE"])

    module.download = download
    monkeypatch.setitem(sys.modules, "yfinance", module)
    return module


def test_prices_are_fetched_once_and_then_come_from_the_cache(provider, tmp_path):
    first = fetch_prices(["AAA", "BBB"], "2025-01-01", "2025-01-04", tmp_path)
    again = fetch_prices(["BBB", "AAA"], "2025-01-01", "2025-01-04", tmp_path)
    assert len(provider.asked) == 1
    assert first["instrument"].tolist() == ["AAA", "AAA", "BBB", "BBB"]
    assert first["price_basis"].unique().tolist() == ["adjusted"]
    assert first["fetched_at"].equals(again["fetched_at"])
    assert [f.suffix for f in tmp_path.iterdir()] == [".parquet"]


def test_refresh_and_other_days_ask_again(provider, tmp_path):
    fetch_prices(["AAA"], "2025-01-01", "2025-01-04", tmp_path)
    fetch_prices(["AAA"], "2025-01-01", "2025-01-04", tmp_path, refresh=True)
    fetch_prices(["AAA"], "2025-01-01", "2025-02-04", tmp_path)
    assert len(provider.asked) == 3


def test_a_ticker_without_prices_is_named_and_nothing_is_kept(provider, tmp_path):
    with pytest.raises(PriceError, match="no prices of GONE"):
        fetch_prices(["AAA", "GONE"], "2025-01-01", "2025-01-04", tmp_path)
    assert not list(tmp_path.iterdir())


def test_an_empty_answer_and_a_failing_client_are_told_in_words(provider, tmp_path, monkeypatch):
    monkeypatch.setattr(provider, "download", lambda *_, **__: pd.DataFrame())
    with pytest.raises(PriceError, match="has no prices of AAA"):
        fetch_prices(["AAA"], "2025-01-01", "2025-01-04", tmp_path)

    def refuse(*_, **__):
        raise RuntimeError("Too Many Requests")

    monkeypatch.setattr(provider, "download", refuse)
    with pytest.raises(PriceError, match=r"Too Many Requests.*load_prices"):
        fetch_prices(["AAA"], "2025-01-01", "2025-01-04", tmp_path)


def test_without_the_package_the_message_says_how_to_install_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "yfinance", None)
    with pytest.raises(MissingPackageError, match=r"analystkit\[live\]"):
        fetch_prices(["AAA"], "2025-01-01", "2025-01-04", tmp_path)


def test_any_source_of_that_shape_will_do(tmp_path):
    def closes(tickers, start, end):
        return answer(tickers)["Close"]

    found = fetch_prices(["AAA", "BBB"], "2025-01-01", "2025-01-04", tmp_path, source=closes)
    assert found["close"].tolist() == [10.5] * 4
    with pytest.raises(PriceError, match="at least one ticker"):
        fetch_prices([], "2025-01-01", "2025-01-04", tmp_path)
