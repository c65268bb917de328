"""Exports of data providers -> one table of prices, with every assumption said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from analystkit.errors import PriceError
from analystkit.market.cells import Unreadable, decimal_of, parse_dates, parse_numbers
from analystkit.market.layouts import FIELDS, Block, Sheet, blocks, frame_sheet, plain, read_sheets
from analystkit.market.returns import check_prices
from analystkit.schemas.tables import read_words

COLUMNS = ["instrument", "session", "close", "open", "high", "low", "volume", "price_basis"]
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
    options = {"date_format": date_format, "dayfirst": dayfirst, "decimal": decimal, "adjusted": adjusted}
    only = instrument if isinstance(instrument, str) else ""
    sheets, assumed = _sheets(source, instrument), list[str]()
    found = [_long(sheet, block, only, options, assumed) for sheet in sheets for block in blocks(sheet)]
    if not found:
        raise PriceError(f"expected files of prices ({', '.join(_FILES)}) in {source}; there are none.")
    prices = pd.concat(found)
    if isinstance(instrument, Mapping):
        prices["instrument"] = prices["instrument"].replace(dict(instrument))
    check_prices(prices, ", ".join(sheet.name for sheet in sheets[:3]))
    empty = prices["close"].isna()
    beyond = (prices["close"] > prices["high"] * (1 + 1e-6)) | (prices["close"] < prices["low"] * (1 - 1e-6))
    for rows, what, then in (
        (prices[empty], "rows without a close", "left out"),
        (prices[beyond], "closes outside low and high", "kept as printed"),
    ):
        if len(rows):
            first = f"{rows['instrument'].iloc[0]} on {rows['session'].iloc[0]:%Y-%m-%d}"
            assumed.append(f"{len(rows)} {what} are {then} (first: {first})")
    kept = prices[~empty].sort_values(["instrument", "session"], ignore_index=True)[COLUMNS]
    kept = kept.astype({"instrument": "str", "price_basis": "str"})
    kept.attrs["assumed"] = list(dict.fromkeys(assumed))
    return kept


def _sheets(source: Any, instrument: Any) -> list[Sheet]:
    if isinstance(source, Mapping):
        return [Sheet(name, sheet.grid) for name, one in source.items() for sheet in _sheets(one, name)]
    if isinstance(source, pd.DataFrame):
        return [frame_sheet(source, instrument if isinstance(instrument, str) else "")]
    if isinstance(source, str | Path):
        path = Path(source)
        files = sorted(f for f in path.iterdir() if f.suffix.lower() in _FILES) if path.is_dir() else [path]
        return [sheet for file in files for sheet in read_sheets(file)]
    return [sheet for one in source for sheet in _sheets(one, instrument)]


def _long(sheet: Sheet, block: Block, only: str, options: dict[str, Any], assumed: list[str]) -> pd.DataFrame:
    """Return one block as a long table; its index is the row of the file less the two that `check_prices` adds."""
    named = {name for name, _ in block.columns} - {""}
    who = only or ", ".join(sorted(named)[:3])
    if block.instruments is None and not who:
        who = only = _FILE_NAME.sub("", sheet.name).strip()
        if not only:
            raise PriceError(
                "expected the name of the instrument: the table does not say it. Pass instrument=."
            )
        assumed.append(f"{only}: named after its file")
    who = who or sheet.name
    if not {field for _, field in block.columns} & {"close", "adjusted"}:
        raise PriceError(
            f"{sheet.name or who}: expected a column of closing prices (Close, Price, PX_LAST, ...) or one column of"
            " closes an instrument; found neither. Rename the column."
        )
    date_format, basis = _provider(sheet, who, assumed)
    printed = [
        block.cells.iloc[:, at].astype("str") for at, (_, f) in enumerate(block.columns) if f != "volume"
    ]
    decimal = options["decimal"] or decimal_of(pd.concat(printed))
    if decimal == ",":
        assumed.append(f"{who}: a comma is read as the decimal sign")
    column = "date"
    try:
        dates, said = parse_dates(
            block.dates.infer_objects(), options["date_format"] or date_format or None, options["dayfirst"]
        )
        assumed += [f"{who}: {said}"] if said else []
        numbers = []
        for at, label in enumerate(block.columns):
            column = label[1]
            numbers.append(parse_numbers(block.cells.iloc[:, at].infer_objects(), decimal))
    except Unreadable as err:
        raise _error(sheet.name or who, column, err) from err
    frames = []
    for name in dict.fromkeys(name for name, _ in block.columns):
        fields = {field: numbers[at] for at, (label, field) in enumerate(block.columns) if label == name}
        long = pd.DataFrame(fields, index=dates.index).reindex(columns=[*FIELDS]).assign(price_basis=basis)
        if "adjusted" in fields and (options["adjusted"] or "close" not in fields):
            factor = long["adjusted"] / long["close"] if "close" in fields else 1.0
            long[["open", "high", "low"]] = long[["open", "high", "low"]].mul(factor, axis=0)
            long["close"], long["price_basis"] = long["adjusted"], "adjusted"
            assumed.append(
                f"{name or who}: the adjusted close is taken, and open, high and low are scaled alike"
            )
        elif "adjusted" in fields:
            long["price_basis"] = "as_quoted"
            assumed.append(
                f"{name or who}: the close is taken as printed; adjusted=True takes the adjusted one"
            )
        rows = block.instruments.astype("str").str.strip() if block.instruments is not None else name or only
        long = long.assign(instrument=rows, session=dates)
        # A sheet of many instruments pads the calendar of each with empty cells.
        frames.append(long.dropna(subset=[*FIELDS], how="all") if name else long)
    joined = pd.concat(frames)
    return joined.set_axis(joined.index - 2)


def _provider(sheet: Sheet, who: str, assumed: list[str]) -> tuple[str, str]:
    """Return the provider's date format and price basis, known by the columns it prints."""
    top = sheet.grid.head(6).to_numpy().ravel()
    # Some providers are known by the brackets around their headers.
    cells = {plain(cell) for cell in top} | {str(cell).strip().lower() for cell in top}
    for row in read_words("price_sources.csv").itertuples():
        if set(row.has.split(";")) <= cells and not (set(row.lacks.split(";")) - {""}) & cells:
            assumed.append(f"{who}: columns are those of {row.source}: {row.meaning}")
            return row.date_format, row.price_basis
    assumed.append(f"{who}: closes are taken as quoted; the table does not say whether they are adjusted")
    return "", "as_quoted"


def _error(file: str, column: str, err: Unreadable) -> PriceError:
    rows = pd.DataFrame({"row": err.cells.index, "column": column, "value": err.cells.astype("str").array})
    rows = rows.assign(file=file, problem=str(err), remedy=err.remedy)
    return PriceError(
        f"{file}: expected {column}s that can be read one way; {len(rows)} cells fail (first: row {rows['row'][0]},"
        f" {rows['value'][0]!r}): {err}. Remedy: {err.remedy}; all of them: err.rows.",
        rows=rows[["file", "row", "column", "value", "problem", "remedy"]],
    )
