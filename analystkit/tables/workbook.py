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
from analystkit.sources import split_ids
from analystkit.tables.cells import IDS, joined_ids, naming, notes_of, rule
from analystkit.tables.marking import as_text
from analystkit.tracking.evidence import doubtful, legend

_SOURCES = "sources"
_LONGEST = 32767  # characters that a cell holds
_FIGURES = ("#,##0", "0.0000", "0.0%")
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
    # An index with a name becomes a column.
    flat = [frame.reset_index(drop=not any(frame.index.names)) for frame in given.values()]
    frames = [naming(frame.set_axis(list(map(str, frame)), axis=1), dossier) for frame in flat]
    book = Workbook()
    sources, rows, told = book.active, {}, {}
    sources.title = _SOURCES
    if dossier is not None:
        notes = notes_of(frames, dossier)
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

    every, blank, links = joined_ids(frame), [""] * len(frame), 0
    for x, name in enumerate(frame.columns, start=1):
        column, known, head = frame[name], rule(name), sheet.cell(1, x)
        heading, form = _look(frame, name)
        _write(head, heading)
        head.font = Font(bold=True)
        longest = max(len(str(value)) for value in [name, *column.head(200)])
        sheet.column_dimensions[get_column_letter(x)].width = min(60, longest + 2)
        ids = frame.get(known["ids"], every)
        # A table of sources is not linked to itself.
        linked = rows and (form in _FIGURES or known["ids"] or name in IDS)
        signs = doubtful(frame[known["confidence"]]) if known["confidence"] in frame else blank
        if any(signs):
            head.comment = Comment(legend(frame[known["confidence"]]), "analystkit")
        for y, (value, cell_ids, sign) in enumerate(zip(column.tolist(), ids, signs, strict=True), start=2):
            cell = sheet.cell(y, x)
            _write(cell, f"{value}{sign}" if isinstance(value, str) else value)
            if cell.value is None:
                continue
            cell.number_format = f'{form}"{sign}"' if sign and form in _FIGURES else form
            claims = [claim for claim in split_ids([cell_ids]) if claim in rows] if linked else []
            if claims and (links := links + 1) <= _LINKS:
                cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{_SOURCES}'!A{rows[claims[0]]}")
                cell.font = Font(color="0B3C5D", underline="single")
                if found := dict.fromkeys(words for claim in claims for words in told.get(claim, [])):
                    cell.comment = Comment("\n".join(found)[:_LONGEST], "analystkit")
            elif name in ("link", "url", "source_url") and re.fullmatch(r"https?://\S+", str(value)):
                cell.hyperlink = str(value)
    sheet.freeze_panes = "A2"


def _look(frame: pd.DataFrame, name: str) -> tuple[str, str]:
    """Return a column's heading, with the unit of its numbers where all rows have the same, and its format."""
    column, form = frame[name], rule(name)["format"]
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return f"{name} (UTC)", "yyyy-mm-dd hh:mm"
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return name, "yyyy-mm-dd"
    if not pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
        return name, "General"
    if form in ("percent", "share"):
        return name, "0.0%"
    words = ""
    if form == "amount" or name.endswith(("low", "high")):
        unit: Any = next((frame[c].dropna().unique() for c in ("unit", "currency") if c in frame), [])
        basis = frame["basis"].iloc[0].replace("_", " ") if "basis" in frame and len(frame) else ""
        words = f"{unit[0] if len(unit) == 1 else ''} {basis}".strip()
    finite = column.astype("float64").replace([np.inf, -np.inf], np.nan).abs()
    whole = finite.max() >= 1000 or (finite.dropna() % 1 == 0).all()
    return f"{name} ({words})" if words else name, "#,##0" if whole else "0.0000"


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
