"""A result of the kit -> a table to read, with footnotes that lead to the sources."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from analystkit.dossier import Dossier
from analystkit.sources import split_ids
from analystkit.tables.cells import IDS, Column, joined_ids, laid_out, naming, notes_of, rule
from analystkit.tables.marking import Html, safe
from analystkit.tracking.evidence import legend

_SIDE = "text-align:{};vertical-align:top"
_ROW = '<tr style="border-top:1px solid #8884">'
_SEVERITIES = ["error", "warning", "note"]


def show(
    frame: pd.DataFrame,
    dossier: Dossier | None = None,
    columns: Sequence[str] | Mapping[str, str] | None = None,
    caption: str | None = None,
    findings: pd.DataFrame | None = None,
    most: int = 200,
) -> Html:
    """Return a table of the kit as a person reads it.

    Parameters
    ----------
    frame
        Any table. Its intervals are told in words, its fractions as percentages, its moments as days.
    dossier
        Gives claim ids as footnote marks, and the footnotes under the table.
    columns
        Which to show, in this order; a mapping gives them headings. ``amount`` is the interval in words, ``marks``
        the footnotes. When not given, those that answer the table's question, without those that are empty.
    caption
        A line above it.
    findings
        From `check`: errors and warnings about a claim of a row stand under that row.
    most
        Rows to show; the others are counted.

    Examples
    --------
    >>> show(pd.DataFrame({"entity": ["Meta"], "low": [60e9], "high": [65e9], "unit": "USD", "car": -0.102}))
    Entity  Amount, bn USD  Abnormal return
    Meta          60 to 65          -10.2 %
    """
    table = frame.reset_index() if any(name is not None for name in frame.index.names) else frame
    head = naming(table, dossier).head(most)
    named = any(name in head for name in IDS)
    notes = notes_of([head], dossier) if dossier is not None and named else None
    laid = laid_out(head, columns, notes)
    doubts = [name for name in {rule(column.name)["confidence"] for column in laid} if name in head]
    rest = f"and {len(table) - len(head):,} more rows" if len(table) > len(head) else ""
    more = [words for words in (rest, legend(head[doubts].to_numpy().ravel())) if words]
    key = f"n{zlib.crc32(repr((caption, laid)).encode()):08x}"
    whole = f'{_ROW}<td colspan="{len(laid)}" style="{_SIDE.format("left")}">'
    styles = [_style(column) for column in laid]
    body = []
    for row, told in enumerate(_found(findings, head)):
        cells = [_cell(column, row, key, style) for column, style in zip(laid, styles, strict=True)]
        body += [f"{_ROW}{''.join(cells)}</tr>", *(f"{whole}{words}</td></tr>" for words in told)]
    sides = ["right" if column.right else "left" for column in laid]
    pairs = zip(laid, sides, strict=True)
    heads = [f'<th scope="col" style="text-align:{side}">{safe(c.heading)}</th>' for c, side in pairs]
    title = f'<caption style="text-align:left;font-weight:bold">{safe(caption)}</caption>' if caption else ""
    foot = "".join(f"<p>{safe(words)}</p>" for words in more) + _footnotes(notes, key)
    markup = (
        '<div class="ak-table" style="overflow-x:auto;max-width:100%">'
        '<table cellpadding="4" style="border-collapse:collapse">'
        f"{title}<thead><tr>{''.join(heads)}</tr></thead><tbody>{''.join(body)}</tbody></table>{foot}</div>"
    )
    return Html(markup, "\n".join([*([caption] if caption else []), *_lines(laid), *more]))


def findings(findings: pd.DataFrame, dossier: Dossier | None = None, caption: str | None = None) -> Html:
    """Return what the checks found: what cannot stand first, each with its message in front.

    Examples
    --------
    >>> findings(pd.DataFrame({"rule": ["R2", "R1"], "severity": ["note", "error"], "message": ["b", "a"]}))
    1 error, 0 warnings, 1 note
    What was found  How grave  Rule
    a               error      R1
    b               note       R2
    """
    counts = [(int((findings["severity"] == word).sum()), word) for word in _SEVERITIES]
    told = ", ".join(f"{n} {word}{'s' * (n != 1)}" for n, word in counts)
    order = findings["severity"].map(_SEVERITIES.index).sort_values(kind="stable").index
    return show(findings.loc[order].reset_index(drop=True), dossier, caption=caption or told)


def _found(findings: pd.DataFrame | None, frame: pd.DataFrame) -> list[list[str]]:
    """Return, for each row, what was found about its claims."""
    if findings is None:
        return [[] for _ in range(len(frame))]
    grave = findings[findings["severity"] != "note"].drop_duplicates("message")
    told = [(set(split_ids([ids])), f"<em>{safe(severity)}:</em> {safe(message)}") for ids, severity, message in
            zip(joined_ids(grave), grave["severity"], grave["message"], strict=True)]  # fmt: skip
    return [[words for ids, words in told if ids & set(split_ids([cell]))] for cell in joined_ids(frame)]


def _style(column: Column) -> str:
    """Return how the cells of a column stand: figures and short words in one line, sentences not too narrow."""
    longest = max((len(cell) for cell in column.cells), default=0)
    short = column.name != "marks" and (column.right or longest < 16)
    width = ";white-space:nowrap" if short else f";min-width:{16 if longest > 60 else 8}em"
    return _SIDE.format("right" if column.right else "left") + width


def _cell(column: Column, row: int, key: str, style: str) -> str:
    told = safe(column.cells[row])
    if column.name == "marks":
        told = re.sub(r"\d+", lambda m: f'<a href="#{key}-{m[0]}">{m[0]}</a>', told)
    elif _is_link(column.cells[row]):
        told = f'<a href="{escape(column.cells[row])}" rel="noopener">{told}</a>'
    return f'<td style="{style}">{told}</td>'


def _is_link(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"https?://\S+", value) is not None


def _footnotes(notes: pd.DataFrame | None, key: str) -> str:
    if notes is None or notes.empty:
        return ""
    items = [f'<li id="{key}-{note.number}">{_footnote(note)}</li>' for note in notes.itertuples()]
    return f'<ol class="ak-notes" style="font-size:90%">{"".join(items)}</ol>'


def _footnote(note: Any) -> str:
    named = [part for part in (note.title, note.publisher) if isinstance(part, str)]
    parts = [safe(part) for part in named or [note.document_id]]
    parts.append(f"{note.published_at:%Y-%m-%d}" if pd.notna(note.published_at) else "undated")
    where = f" (characters {note.start} to {note.end})" if pd.notna(note.start) else ""
    # A source whose text is not here has no quote; the claim is then told in our words.
    parts.insert(
        0, f"“{safe(note.quote)}”{where}" if isinstance(note.quote, str) else safe(note.statement).rstrip(".")
    )
    if isinstance(note.confidence, str) and note.confidence != "certain":
        parts.append(safe(note.confidence))
    if _is_link(note.link):
        parts.append(f'<a href="{escape(note.link)}" rel="noopener">open</a>')
    return ", ".join(parts)


def _lines(laid: list[Column], widest: int = 60) -> list[str]:
    shown = []
    for column in laid:
        cells = [" ".join(cell.split()) for cell in (column.heading, *column.cells)]
        cut = [cell if len(cell) <= widest else f"{cell[: widest - 1]}…" for cell in cells]
        width = max(map(len, cut))
        shown.append([cell.rjust(width) if column.right else cell.ljust(width) for cell in cut])
    return ["  ".join(line).rstrip() for line in zip(*shown, strict=True)]
