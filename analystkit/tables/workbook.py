"""Results -> an Excel workbook: numbers as numbers, each figure linked to its source, findings as notes on it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analystkit.dossier import Dossier
from analystkit.errors import TableError
from analystkit.sources import footnotes, split_ids
from analystkit.tables.cells import formats, joined_ids
from analystkit.tables.marking import as_text

_SOURCES = "sources"
_LONGEST = 32767  # characters that a cell holds
_LINKS = 60_000  # a sheet holds at most 65,530


def to_workbook(
    result: pd.DataFrame | Mapping[str, pd.DataFrame], path: str | Path, dossier: Dossier | None = None
) -> Path:
    """Write any table of the kit, or several, to an Excel workbook, and return its path.

    Numbers are numbers with a format and their unit in the heading, moments are UTC, an endless end is the word
    "unlimited". Text is text, whatever sign it begins with. The same result gives the same bytes.

    Parameters
    ----------
    result
        A frame, or a mapping of sheet names to frames.
    path
        Ends in ``.xlsx``.
    dossier
        Gives the sheet of sources, to which each figure is linked, and what `check` finds, as notes on figures.

    Raises
    ------
    TableError
        When the path does not end in ``.xlsx``, or the result is no table.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "table.xlsx"
    >>> to_workbook(pd.DataFrame({"entity": ["=Meta"], "value": [6.5e10]}), path).name
    'table.xlsx'
    """
    from openpyxl import Workbook

    path = Path(path)
    if path.suffix != ".xlsx":
        raise TableError(f"cannot write a workbook to {path.name!r}: use a name that ends in .xlsx.")
    given = result if isinstance(result, Mapping) else {"table": result}
    if not given or not all(isinstance(frame, pd.DataFrame) for frame in given.values()):
        raise TableError(f"expected a table or a mapping of tables, got {type(result).__name__}.")
    frames = [_named(frame) for frame in given.values()]
    book = Workbook()
    sources, rows, told = book.active, {}, {}
    sources.title = _SOURCES
    if dossier is not None:
        notes = footnotes(dossier, pd.concat([joined_ids(frame) for frame in frames]))
        rows = {claim_id: row for row, claim_id in enumerate(notes["claim_id"], start=2)}
        told = _told(dossier) if rows else {}
        _fill(sources, notes, {}, {})
    for name, frame in zip(given, frames, strict=True):
        # A second sheet of one name gets a number.
        _fill(book.create_sheet(re.sub(r"[\[\]:*?/\\']", "-", as_text(name))[:25]), frame, rows, told)
    book.move_sheet(sources, len(frames))
    if not rows:
        book.remove(sources)
    path.parent.mkdir(parents=True, exist_ok=True)
    _save(book, path)
    return path


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with its named index as columns, and names that are text."""
    flat = frame.reset_index(drop=not any(frame.index.names))
    return flat.set_axis([str(name) for name in flat.columns], axis=1)


def _told(dossier: Dossier) -> dict[str, list[str]]:
    """Return what is found about each claim."""
    from analystkit.checks import check

    told: dict[str, list[str]] = {}
    found = check(dossier)
    for ids, row in zip(joined_ids(found), found.itertuples(), strict=True):
        for claim_id in split_ids([ids]):
            told.setdefault(claim_id, []).append(f"{row.severity}: {as_text(row.message)}")
    return told


def _fill(sheet: Any, frame: pd.DataFrame, rows: dict[str, int], told: dict[str, list[str]]) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.hyperlink import Hyperlink

    # A table of sources is not linked to itself.
    cited = [split_ids([cell]) for cell in joined_ids(frame)] if rows else [[]] * len(frame)
    links = 0
    for x, name in enumerate(frame.columns, start=1):
        column = frame[name]
        figures = pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)
        _write(sheet.cell(1, x), _heading(frame, name))
        sheet.cell(1, x).font = Font(bold=True)
        longest = max(len(str(value)) for value in [name, *column.head(200)])
        sheet.column_dimensions[get_column_letter(x)].width = min(60, longest + 2)
        form = _format(column, name)
        for y, (value, claims) in enumerate(zip(column.tolist(), cited, strict=True), start=2):
            cell = sheet.cell(y, x)
            _write(cell, value)
            if cell.value is None:
                continue
            cell.number_format = form
            target = next((rows[claim] for claim in claims if claim in rows), None)
            if target and (figures or name.startswith("claim_id")) and (links := links + 1) <= _LINKS:
                cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{_SOURCES}'!A{target}")
                cell.font = Font(color="0B3C5D", underline="single")
                found = dict.fromkeys(words for claim in claims for words in told.get(claim, []))
                if found:
                    cell.comment = Comment("\n".join(found)[:_LONGEST], "analystkit")
            elif name in ("link", "url", "source_url") and re.fullmatch(r"https?://\S+", str(value)):
                cell.hyperlink = str(value)
    sheet.freeze_panes = "A2"


def _heading(frame: pd.DataFrame, name: str) -> str:
    """Return the column's name with the unit of its numbers, where all rows have the same."""
    if isinstance(frame[name].dtype, pd.DatetimeTZDtype):
        return f"{name} (UTC)"
    amount = name.removesuffix("_low").removesuffix("_high") != name or name in ("low", "high")
    if amount or name == "value" or formats().get(name, ("", ""))[1] == "amount":
        unit = next((frame[c] for c in ("unit", "currency") if c in frame), pd.Series(dtype="str"))
        basis = frame["basis"].iloc[0].replace("_", " ") if "basis" in frame and len(frame) else ""
        same = unit.dropna().unique()
        words = f"{same[0] if len(same) == 1 else ''} {basis}".strip()
        return f"{name} ({words})" if words else name
    return name


def _format(column: pd.Series, name: str) -> str:
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return "yyyy-mm-dd hh:mm"
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return "yyyy-mm-dd"
    if not pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
        return "General"
    if formats().get(name, ("", ""))[1] in ("percent", "share"):
        return "0.0%"
    finite = column.astype("float64").replace([np.inf, -np.inf], np.nan).abs()
    return "#,##0" if finite.max() >= 1000 or (finite.dropna() % 1 == 0).all() else "0.0000"


def _write(cell: Any, value: Any) -> None:
    """Put a value into a cell; text is kept as text even where it looks like a formula."""
    if isinstance(value, float) and np.isinf(value):
        value = "unlimited" if value > 0 else "unlimited below"
    if isinstance(value, pd.Timestamp):
        cell.value = value.tz_localize(None).to_pydatetime() if pd.notna(value) else None
    elif isinstance(value, bool | int | float) and not pd.isna(value):
        cell.value = value
    elif text := as_text(value)[:_LONGEST]:
        cell.value = text
        cell.data_type = "s"
        cell.quotePrefix = text[0] in "=+-@\t"


def _save(book: Any, path: Path) -> None:
    """Write the file without the hour at which it was written, so that the same tables give the same bytes."""
    made = io.BytesIO()
    book.save(made)
    with zipfile.ZipFile(made) as parts, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name in parts.namelist():
            content = parts.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2000-01-01T00:00:00Z", content)
            file.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
