"""Tickers -> prices from a live provider, kept in a cache with the time at which they were fetched."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import pandas as pd

from analystkit.errors import MissingPackageError, PriceError
from analystkit.market.prices import load_prices

# What delivers prices: (tickers, start, end) -> a frame in any shape that `load_prices` reads.
PriceSource: TypeAlias = Callable[[list[str], str, str], pd.DataFrame]


def from_yfinance(tickers: list[str], start: str, end: str) -> pd.DataFrame:
    """Return daily prices from Yahoo through the package yfinance, adjusted for splits and dividends."""
    try:
        import yfinance
    except ImportError as err:
        raise MissingPackageError(
            'expected the package yfinance to fetch prices. Install it: pip install "analystkit[live]".'
        ) from err
    return yfinance.download(
        tickers, start=start, end=end, auto_adjust=True, progress=False, group_by="column"
    )


def fetch_prices(
    tickers: Sequence[str],
    start: str,
    end: str,
    cache_dir: str | Path = ".cache/prices",
    *,
    source: PriceSource = from_yfinance,
    refresh: bool = False,
) -> pd.DataFrame:
    """Return prices of tickers between two days, fetched once and kept in a Parquet file.

    Notebooks should not call this: a rerun would show other figures. Fetch, save as `prices.csv`, and keep that.

    Parameters
    ----------
    tickers
        Names as the provider writes them.
    start, end
        First day and the day after the last, ISO dates.
    cache_dir
        Folder of the cache; made when missing.
    source
        What delivers the prices.
    refresh
        True fetches anew what the cache already has.

    Returns
    -------
    pd.DataFrame
        As `load_prices`, and a column fetched_at (UTC) with the moment of the fetch.

    Raises
    ------
    MissingPackageError
        When yfinance is not installed.
    PriceError
        When the provider does not answer, or answers without prices of a ticker.

    Examples
    --------
    >>> import tempfile
    >>> def two_days(tickers, start, end):
    ...     return pd.DataFrame({"A": [10.0, 11.0]}, pd.to_datetime(["2025-01-02", "2025-01-03"]))
    >>> fetch_prices(["A"], "2025-01-02", "2025-01-04", tempfile.mkdtemp(), source=two_days)["close"].tolist()
    [10.0, 11.0]
    """
    wanted = sorted(set(tickers))
    if not wanted:
        raise PriceError("expected at least one ticker to fetch.")
    key = hashlib.sha256("\n".join([*wanted, start, end]).encode()).hexdigest()[:16]
    kept = Path(cache_dir) / f"prices-{key}.parquet"
    if kept.is_file() and not refresh:
        return pd.read_parquet(kept)
    try:
        answer = source(wanted, start, end)
    except MissingPackageError:
        raise
    except Exception as err:
        raise PriceError(
            f"the provider did not deliver {', '.join(wanted)} ({type(err).__name__}: {err}). Wait and try again, or"
            " export a file in the browser and read it with load_prices."
        ) from err
    found = answer is not None and not answer.dropna(how="all").empty
    prices = load_prices(answer, wanted[0] if len(wanted) == 1 else None) if found else pd.DataFrame()
    absent = sorted(set(wanted) - set(prices.get("instrument", [])))
    if absent:
        raise PriceError(
            f"the provider has no prices of {', '.join(absent)} from {start} to {end}. Check the names."
        )
    prices["fetched_at"] = pd.Timestamp.now("UTC").as_unit("us")
    kept.parent.mkdir(parents=True, exist_ok=True)
    # Another process may read at this moment: a file appears whole or not at all.
    part = kept.with_suffix(f".{os.getpid()}.part")
    prices.to_parquet(part)
    part.replace(kept)
    return prices
