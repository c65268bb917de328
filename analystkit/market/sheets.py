"""Files and frames of any layout -> cells as printed, one row a session of an instrument."""

from __future__ import annotations

import csv
import functools
import io
import itertools
import re
from pathlib import Path

import pandas as pd

from analystkit.errors import PriceError
from analystkit.market.cells import MISSING
from analystkit.schemas import read_words

FIELDS = ["close", "adjusted", "open", "high", "low", "volume"]
_HEADER_ROWS = 25
_NO_NAMES = {*MISSING, "ticker", "price"}


def plain(cell: str) -> str:
    """Return a header cell as the word lists write it.

    Examples
    --------
    >>> plain(" <CLOSE> "), plain("Adj Close")
    ('close', 'adj close')
    """
    return " ".join(cell.strip().strip("<>*").lower().split())


@functools.cache
def _fields() -> dict[str, str]:
    words = read_words("price_columns.csv")
    return dict(zip(words["name"], words["field"], strict=True))


def field_of(cell: object) -> str:
    return _fields().get(plain(str(cell)), "")


def read_grids(path: Path) -> dict[str, pd.DataFrame]:
    """Return the sheets of a file as cells; the index counts rows of the file from 1.

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
        return {path.stem: frame_grid(pd.read_parquet(path))}
    if suffix in (".xlsx", ".xlsm"):
        sheets = pd.read_excel(path, sheet_name=None, header=None, dtype=object)
        full = {str(name): sheet for name, sheet in sheets.items() if not sheet.dropna(how="all").empty}
        grids = {name: _grid(sheet.to_csv(index=False, header=False), ",") for name, sheet in full.items()}
        return grids if len(grids) > 1 else dict.fromkeys([path.stem], *grids.values())
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    start = text.lstrip()[:80]
    if not start:
        raise PriceError(f"{path.name}: expected prices; the file is empty. Download it again.")
    if re.match(r"(?i)[{\[]|<(!doctype|html|\?xml|head|body|script)", start):
        raise PriceError(
            f"{path.name}: expected a table of prices; got an answer of a web server instead, which begins with"
            f" {start!r}. Open the address in a browser (a key, a login or a limit may stand in the way)."
        )
    # The separator is the sign that the lines have most often in common.
    lines = text.splitlines()[:50]
    separator = max(",;\t|", key=lambda sign: (sum(sign in line for line in lines), text.count(sign)))
    if separator not in text:
        raise PriceError(f"{path.name}: expected a table of prices; the file begins with {start!r}.")
    return {path.stem: _grid(text, separator)}


def _grid(text: str, separator: str) -> pd.DataFrame:
    rows = csv.reader(io.StringIO(text), delimiter=separator, skipinitialspace=True)
    # Rows may differ in length.
    grid = pd.DataFrame(dict(enumerate(itertools.zip_longest(*rows, fillvalue=""))), dtype="str")
    return grid.set_axis(range(1, len(grid) + 1))


def frame_grid(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame as cells, as its CSV file would hold them."""
    if frame.columns.nlevels > 1 and not isinstance(frame.index, pd.DatetimeIndex):
        dated = [label for label in frame.columns if any(field_of(level) == "date" for level in label)]
        frame = frame.set_index(dated[:1])
    if isinstance(frame.index, pd.DatetimeIndex) or frame.columns.nlevels > 1:
        frame = frame.rename_axis("Date")
    return _grid(frame.to_csv(index=field_of(frame.index.name) == "date"), ",")


def long_cells(grid: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return date, instrument ("" where the sheet does not say it) and fields as printed, on the rows of the file.

    The header is the first row with a column of dates, which opens a block of columns; names of instruments and of
    fields stand there or in the two rows above, in either order. A sheet that names no field holds closes.

    Raises
    ------
    PriceError
        When no row of the top is a header with dates, or no column holds closes.

    Examples
    --------
    >>> grid = pd.DataFrame([["", "AAA", ""], ["Date", "PX_LAST", "PX_VOLUME"], ["2025-01-02", "10.5", "100"]])
    >>> long_cells(grid, "sheet")[["date", "instrument", "close", "volume"]].values.tolist()
    [['2025-01-02', 'AAA', '10.5', '100']]
    """
    top = range(min(_HEADER_ROWS, len(grid)))
    header = next((row for row in top if "date" in map(field_of, grid.iloc[row])), None)
    if header is None or grid.shape[1] < 2:
        raise PriceError(
            f"{name}: expected a header with a column of dates (Date, Dates, Timestamp, ...), and found none in"
            f" the first {len(top)} rows; it begins with {' | '.join(filter(None, grid.iloc[0]))[:80]!r}."
            " Rename the column, or pass a frame."
        )
    head, body, found = grid.iloc[max(header - 2, 0) : header + 1], grid.iloc[header + 1 :], []
    starts = [at for at, cell in enumerate(head.iloc[-1]) if field_of(cell) == "date"]
    for begin, stop in zip(starts, [*starts[1:], grid.shape[1]], strict=True):
        # Columns before the first date, such as a ticker, belong to it.
        labels = _labels(head.iloc[:, (0 if begin == starts[0] else begin) : stop], begin)
        tickers = [at for at, (_, field) in labels.items() if field == "instrument"]
        told = {label: body[at] for at, label in labels.items() if label[1] in FIELDS}
        for owner in dict.fromkeys(owner for owner, _ in told):
            long = pd.DataFrame({field: cells for (who, field), cells in told.items() if who == owner})
            named = body[tickers[0]].str.strip() if tickers else owner
            long = long.reindex(columns=FIELDS, fill_value="").assign(date=body[begin], instrument=named)
            # A sheet of many instruments pads the calendar of each with empty cells.
            padding = long[FIELDS].map(plain).isin(MISSING).all(axis=1)
            found.append(long[~(padding & (bool(owner) | long["date"].map(plain).isin(MISSING)))])
    if not found or (pd.concat(found)[["close", "adjusted"]] == "").all(axis=None):
        raise PriceError(
            f"{name}: expected a column of closing prices (Close, Price, PX_LAST, ...) or one column of closes an"
            " instrument; found neither. Rename the column."
        )
    return pd.concat(found)


def _labels(head: pd.DataFrame, begin: int) -> dict[int, tuple[str, str]]:
    """Return instrument and field of each column beside the dates."""
    fields = head.map(field_of)
    names = head.map(str.strip).where((fields == "") & ~head.map(plain).isin(_NO_NAMES), "")
    # "Period | D" is a note on the sheet, and so is what begins with "#".
    note = names[begin].str.startswith("#") | ((names[begin] != "") & (names != "").sum(axis=1).gt(1))
    names = names.mask(note & (names.index != names.index[-1]), "", axis=0)
    of_fields = [row for row in fields.index if fields.loc[row].drop(begin).isin(FIELDS).any()]
    nobody = pd.Series("", head.columns)
    of_names = [row for row in names.index if row not in of_fields[-1:] and (names.loc[row] != "").any()]
    # A merged cell stands over the columns to its right.
    owner = names.loc[of_names[-1]].replace("", None).ffill().fillna("") if of_names else nobody
    closes = names.iloc[-1].mask(names.iloc[-1] != "", "close")
    field = fields.loc[of_fields[-1]] if of_fields else closes
    return {at: (owner[at], field[at]) for at in head if at != begin}
