"""A sheet of cells -> blocks: one column of dates with the fields of one or more instruments beside it."""

from __future__ import annotations

import csv
import functools
import io
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analystkit.errors import PriceError
from analystkit.schemas.tables import read_words

FIELDS = ("close", "adjusted", "open", "high", "low", "volume")
_HEADER_ROWS = 25
_MISSING_NAMES = ("", "nan", "none", "nat", "ticker", "price", "price/ticker")


@dataclass(frozen=True)
class Block:
    """Columns that share one column of dates; `columns` holds instrument ("" = not named) and field of each."""

    dates: pd.Series
    cells: pd.DataFrame
    columns: list[tuple[str, str]]
    instruments: pd.Series | None  # a column that names the instrument of each row


@dataclass(frozen=True)
class Sheet:
    name: str
    grid: pd.DataFrame  # header cells and body, as printed; the index counts rows of the file from 1


@functools.cache
def field_names() -> dict[str, str]:
    words = read_words("price_columns.csv")
    return dict(zip(words["name"], words["field"], strict=True))


def plain(cell: object) -> str:
    """Return a header cell as the word lists write it.

    Examples
    --------
    >>> plain(" <CLOSE> "), plain("Adj Close")
    ('close', 'adj close')
    """
    text = "" if cell is None or (isinstance(cell, float) and pd.isna(cell)) else str(cell)
    return " ".join(text.strip().strip("<>").lower().split())


def field_of(cell: object) -> str:
    return field_names().get(plain(cell), "")


def read_sheets(path: Path) -> list[Sheet]:
    """Return the sheets of a file as cells.

    Raises
    ------
    PriceError
        When the file is missing, empty, or an answer of a web server in place of prices.
    """
    if not path.is_file():
        raise PriceError(
            f"expected a file of prices at {path.name}; there is none (looked in {path.parent})."
        )
    suffix = path.suffix.lower()
    if suffix in (".parquet", ".pq"):
        return [frame_sheet(pd.read_parquet(path), path.stem)]
    if suffix in (".xlsx", ".xlsm"):
        sheets = pd.read_excel(path, sheet_name=None, header=None, dtype=object)
        full = {name: grid for name, grid in sheets.items() if not grid.dropna(how="all").empty}
        return [
            Sheet(path.stem if len(full) == 1 else str(name), _numbered(grid)) for name, grid in full.items()
        ]
    raw = path.read_bytes()
    text = _decoded(raw)
    start = text.lstrip()[:80]
    if not start:
        raise PriceError(f"{path.name}: expected prices; the file is empty. Download it again.")
    tag = start.lower()
    if tag.startswith(("<!doctype", "<html", "<?xml", "<head", "<body", "<script")) or start[0] in "{[":
        raise PriceError(
            f"{path.name}: expected a table of prices; got an answer of a web server instead, which begins with"
            f" {start!r}. Open the address in a browser (a key, a login or a limit may stand in the way)."
        )
    lines = text.splitlines()
    # The separator is the sign that the lines have most often in common.
    separator = max(",;\t|", key=lambda sign: sum(line.count(sign) > 0 for line in lines[:50]) * 1000
                    + max(line.count(sign) for line in lines[:50]))  # fmt: skip
    if not any(separator in line for line in lines[:50]):
        raise PriceError(f"{path.name}: expected a table of prices; the file begins with {start!r}.")
    rows = list(csv.reader(io.StringIO(text), delimiter=separator))
    return [Sheet(path.stem, _numbered(pd.DataFrame(rows, dtype=object)))]


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def _numbered(grid: pd.DataFrame) -> pd.DataFrame:
    return grid.set_axis(range(1, len(grid) + 1)).set_axis(range(grid.shape[1]), axis=1)


def frame_sheet(frame: pd.DataFrame, name: str) -> Sheet:
    """Return a frame as a sheet: its column labels become header rows."""
    if isinstance(frame.index, pd.DatetimeIndex) or field_of(frame.index.name) == "date":
        frame = frame.rename_axis(frame.index.name or "date").reset_index()
    levels = [frame.columns.get_level_values(at) for at in range(frame.columns.nlevels)]
    # The label of the dates may stand on either level; the lowest header row has to carry it.
    dated = [any(field_of(label) == "date" for label in level) for level in levels]
    if len(levels) > 1:
        levels = [level for level, has in zip(levels, dated, strict=True) if not has] + [
            level for level, has in zip(levels, dated, strict=True) if has
        ]
    header = pd.DataFrame([list(map(str, level)) for level in levels], dtype=object)
    if len(levels) > 1:  # names of the levels tell the provider
        header = header.mask(header == "", "/".join(sorted(str(name) for name in frame.columns.names)))
    body = frame.set_axis(range(frame.shape[1]), axis=1).astype(object)
    grid = pd.concat([header, body], ignore_index=True)
    return Sheet(name, grid.set_axis(range(2 - len(header), len(body) + 2)))


def blocks(sheet: Sheet) -> list[Block]:
    """Return the blocks of a sheet.

    Raises
    ------
    PriceError
        When no row of the top is a header with dates.
    """
    grid = sheet.grid
    top = range(min(_HEADER_ROWS, len(grid)))
    fields = [[field_of(cell) for cell in grid.iloc[row]] for row in top]
    header = next((row for row in top if "date" in fields[row] and len(fields[row]) > 1), None)
    if header is None:
        first = " | ".join(str(cell) for cell in grid.iloc[0].dropna())[:80]
        raise PriceError(
            f"{sheet.name}: expected a header with a column of dates (Date, Dates, Timestamp, ...), and found none in"
            f" the first {len(top)} rows; it begins with {first!r}. Rename the column, or pass a frame."
        )
    body = grid.iloc[header + 1 :]
    starts = [at for at, field in enumerate(fields[header]) if field == "date"]
    found = []
    for begin, stop in zip(starts, [*starts[1:], grid.shape[1]], strict=True):
        # Columns before the first date, such as a ticker, belong to it.
        span = range(0 if begin == starts[0] else begin, stop)
        members = [at for at in span if at != begin]
        columns, names = _labels(grid, fields, header, span, members)
        chosen = [at for at in members if columns[at][1] in FIELDS]
        rows = body[[str(cell).strip() not in ("", "nan", "None", "NaT", "<NA>") for cell in body[begin]]]
        found.append(
            Block(
                dates=rows[begin],
                cells=rows[chosen],
                columns=[columns[at] for at in chosen],
                instruments=rows[names] if names is not None else None,
            )
        )
    return found


def _labels(
    grid: pd.DataFrame, fields: list[list[str]], header: int, span: range, members: list[int]
) -> tuple[dict[int, tuple[str, str]], int | None]:
    """Return instrument and field of each column, and the column that names the instrument of each row."""
    own = {at: fields[header][at] for at in members}
    above = list(range(max(header - 2, 0), header))
    names = [row for row in above if any(_is_name(grid.iloc[row, at], fields[row][at]) for at in span)]
    labels = [row for row in above if any(fields[row][at] in FIELDS for at in members)]
    # Fields and tickers may both stand above the line of the dates.
    if not any(own.values()) and labels and names:
        return {at: (_name(grid, names[-1], at, span), fields[labels[-1]][at]) for at in members}, None
    if any(field in FIELDS for field in own.values()):
        ticker_row = names[-1] if names else None
        columns = {
            at: ("" if ticker_row is None else _name(grid, ticker_row, at, span), own[at]) for at in members
        }
        return columns, next((at for at in members if own[at] == "instrument"), None)
    # Or the instruments stand beside the date, and their fields above.
    if labels:
        return {at: (str(grid.iloc[header, at]).strip(), fields[labels[-1]][at]) for at in members}, None
    # Dates x instruments: every column is a series of closes.
    columns = {at: (str(grid.iloc[header, at]).strip(), "close") for at in members}
    return {
        at: label if _is_name(label[0], own[at]) else ("", "ignored") for at, label in columns.items()
    }, None


def _is_name(cell: object, field: str) -> bool:
    return not field and plain(cell) not in _MISSING_NAMES


def _name(grid: pd.DataFrame, row: int, at: int, span: range) -> str:
    """Return the instrument over a column; a merged cell stands over the columns to its right."""
    for place in range(at, span.start - 1, -1):
        if _is_name(grid.iloc[row, place], field_of(grid.iloc[row, place])):
            return str(grid.iloc[row, place]).strip()
    return ""
