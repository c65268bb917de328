"""Exports of data providers -> one table of prices, with every assumption said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from analystkit.errors import PriceError
from analystkit.market.cells import MISSING, decimal_of, parse_dates, parse_numbers
from analystkit.market.returns import check_prices
from analystkit.market.sheets import FIELDS, frame_grid, long_cells, plain, read_grids
from analystkit.schemas import read_words

COLUMNS = ["instrument", "session", "close", "open", "high", "low", "volume", "price_basis"]
_PRICES = ["close", "adjusted", "open", "high", "low"]
_FILES = (".csv", ".tsv", ".txt", ".parquet", ".pq", ".xlsx", ".xlsm")
# What providers add to the ticker in the name of a file.
_FILE_NAME = re.compile(r"(?i)( historical data| stock price history|_us_d|_d|[-_]?max|\(\d+\))+$")

Source: TypeAlias = str | Path | pd.DataFrame


def load_prices(
    source: Source | Sequence[Source] | Mapping[str, Source],
    instrument: str | Mapping[str, str] | None = None,
    date_format: str | None = None,
    dayfirst: bool | None = None,
    *,
    decimal: str | None = None,
    adjusted: bool = False,
) -> pd.DataFrame:
    """Return prices from an export of a provider, one row an instrument and session.

    Reads CSV, TSV, Parquet and Excel: Yahoo, yfinance (one or three header rows), Stooq (web and bulk), Nasdaq,
    Investing.com, Alpha Vantage, terminal sheets (tickers above fields, a column of dates each), long tables with a
    column of tickers, and wide tables of closes, dates x tickers. Columns are recognised by
    `words/price_columns.csv`.

    Parameters
    ----------
    source
        A file, a folder, a frame, a list of them, or a mapping from instrument to one.
    instrument
        Name of the only instrument, where the source does not say it; or a mapping from names found to names wanted.
    date_format
        As `strptime` takes it. Not needed where the year stands first or the month is a word.
    dayfirst
        Whether 02/03/2024 is the second of March. Without it such dates are refused, unless another date of the file
        or the provider's habit decides.
    decimal
        "." or ","; found out when not given.
    adjusted
        True takes the provider's adjusted close where it prints both, and scales open, high and low alike.

    Returns
    -------
    pd.DataFrame
        instrument, session (naive date), close, open, high, low, volume (NaN where not given), price_basis (adjusted,
        as_quoted), ordered by instrument and session. `attrs["assumed"]` is a list of sentences: what was assumed,
        and which rows carry no price and were left out.

    Raises
    ------
    PriceError
        For an answer of a web server in place of prices, columns or dates that cannot be recognised, ambiguous dates,
        numbers that are none, prices that are not positive, a session that stands twice. `err.rows`: file, row (as a
        spreadsheet counts), column, value, problem, remedy.

    Examples
    --------
    >>> sheet = pd.DataFrame({"Date": ["02/13/2024", "02/12/2024"], "Close/Last": ["$185.04", "$187.15"]})
    >>> prices = load_prices(sheet, instrument="AAPL")
    >>> prices[["instrument", "close"]].values.tolist()
    [['AAPL', 187.15], ['AAPL', 185.04]]
    >>> prices.attrs["assumed"]
    ['AAPL: columns are those of Nasdaq: close after splits, before dividends; month first']
    """
    only = instrument if isinstance(instrument, str) else ""
    grids, assumed = _grids(source, only), list[str]()
    if not grids:
        raise PriceError(f"expected files of prices ({', '.join(_FILES)}) in {source}; there are none.")
    options = (date_format, dayfirst, decimal, adjusted)
    prices = pd.concat([_read(name, grid, only, options, assumed) for name, grid in grids])
    if isinstance(instrument, Mapping):
        prices["instrument"] = prices["instrument"].replace(dict(instrument))
    # `check_prices` counts rows of a table from its header, these count rows of the file.
    check_prices(prices.set_axis(prices.index - 2), ", ".join(name for name, _ in grids[:3]))
    beyond = (prices["close"] > prices["high"] * (1 + 1e-6)) | (prices["close"] < prices["low"] * (1 - 1e-6))
    if beyond.any():
        first = prices[beyond].iloc[0]
        where = f"first: {first['instrument']} on {first['session']:%Y-%m-%d}"
        assumed.append(f"{beyond.sum()} closes outside low and high are kept as printed ({where})")
    kept = prices.sort_values(["instrument", "session"], ignore_index=True)[COLUMNS]
    kept = kept.astype({"instrument": "str", "price_basis": "str"})
    kept.attrs["assumed"] = list(dict.fromkeys(assumed))
    return kept


def _grids(source: Any, name: str) -> list[tuple[str, pd.DataFrame]]:
    """Return the sheets of a source with their names."""
    if isinstance(source, Mapping):
        return [(who, grid) for who, one in source.items() for _, grid in _grids(one, who)]
    if isinstance(source, pd.DataFrame):
        return [(name, frame_grid(source))]
    if isinstance(source, str | Path):
        path = Path(source)
        files = sorted(f for f in path.iterdir() if f.suffix.lower() in _FILES) if path.is_dir() else [path]
        return [sheet for file in files for sheet in read_grids(file).items()]
    return [sheet for one in source for sheet in _grids(one, name)]


def _read(name: str, grid: pd.DataFrame, only: str, options: Any, assumed: list[str]) -> pd.DataFrame:
    """Return the prices of one sheet, on the rows of its file."""
    cells = long_cells(grid, name or only)
    date_format, dayfirst, decimal, adjusted = options
    if only or (cells["instrument"] == "").all():
        who = only or _FILE_NAME.sub("", name).strip()
        if not who:
            raise PriceError(
                "expected the name of the instrument: the table does not say it. Pass instrument=."
            )
        assumed += [] if only else [f"{who}: named after its file"]
        cells = cells.assign(instrument=cells["instrument"].replace("", who))
    who = ", ".join(sorted(cells["instrument"].unique())[:3])
    empty = cells[["close", "adjusted"]].map(plain).isin(MISSING).all(axis=1)
    if empty.any():
        first = cells[empty].iloc[0]
        where = f"first: {first['instrument']} on {first['date'].strip()}"
        assumed.append(f"{empty.sum()} rows without a close are left out ({where})")
        cells = cells[~empty]
    source = _provider(grid)
    assumed.append(f"{who}: {source['meaning']}")
    decimal = decimal or decimal_of(cells[_PRICES].melt()["value"])
    commas = cells[_PRICES].apply(lambda column: column.str.contains(",")).any(axis=None)
    if decimal == "," or commas:
        sign = "decimal sign" if decimal == "," else "sign of thousands"
        assumed.append(f"{who}: a comma is read as the {sign}")
    form = date_format or source["date_format"] or None
    session, said = parse_dates(cells["date"], form, dayfirst, name or who)
    assumed += [f"{who}: {said}"] if said else []
    found = pd.DataFrame({"instrument": cells["instrument"], "session": session})
    for field in FIELDS:
        found[field] = parse_numbers(cells[field], decimal, name or who)
    found["price_basis"] = source["price_basis"]
    both = bool(found["close"].notna().any())
    if (adjusted or not both) and found["adjusted"].notna().any():
        factor = found["adjusted"] / found["close"] if both else 1.0
        found[["open", "high", "low"]] = found[["open", "high", "low"]].mul(factor, axis=0)
        found = found.assign(close=found["adjusted"], price_basis="adjusted")
        assumed.append(f"{who}: the adjusted close is taken, and open, high and low are scaled alike")
    elif found["adjusted"].notna().any():
        found["price_basis"] = "as_quoted"
        assumed.append(f"{who}: the close is taken as printed; adjusted=True takes the adjusted one")
    return found


def _provider(grid: pd.DataFrame) -> dict[str, str]:
    """Return date format, price basis and a sentence, by the columns that a provider prints."""
    top = grid.head(6).to_numpy().ravel()
    # Some providers are known by the brackets around their headers.
    cells = {plain(cell) for cell in top} | {cell.strip().lower() for cell in top}
    for row in read_words("price_sources.csv").to_dict("records"):
        if set(row["has"].split(";")) <= cells and not (set(row["lacks"].split(";")) - {""}) & cells:
            return row | {"meaning": f"columns are those of {row['source']}: {row['meaning']}"}
    told = "closes are taken as quoted; the table does not say whether they are adjusted"
    return {"date_format": "", "price_basis": "as_quoted", "meaning": told}
