"""A frame -> the columns that a person reads: headings, and cells in words."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analystkit.amounts import in_words, number, percent, scale_of, unit_in_words
from analystkit.errors import TableError
from analystkit.intervals import INTERVAL, to_intervals
from analystkit.schemas.tables import read_words
from analystkit.sources import marks, split_ids
from analystkit.tables.marking import as_text

IDS = ("claim_ids", "claim_id", "other_claim_id")
_SHARE = "share_of_revenue"
_UNITS = {"percent": "%", "pp": "pp", "bp": "bp", "fraction": "%", _SHARE: "% of a year's revenue"}
# Ends that are told elsewhere in their table.
_TOLD = ("tone_", "printed_", "first_", "last_")


@dataclass(frozen=True)
class Column:
    """One column as it is read."""

    name: str
    heading: str
    cells: list[str]
    right: bool = False


@functools.cache
def formats() -> dict[str, tuple[str, str]]:
    """Return the heading and the format of the columns that have one of their own.

    Examples
    --------
    >>> formats()["car"]
    ('Abnormal return', 'percent')
    """
    return {row.column: (row.heading, row.format) for row in read_words("table_columns.csv").itertuples()}


def heading(name: str) -> str:
    return formats().get(name, ("",))[0] or as_text(name).replace("_", " ").capitalize()


def joined_ids(frame: pd.DataFrame, among: Iterable[str] = IDS) -> pd.Series:
    """Return the claim ids that a row names, joined by semicolons.

    Examples
    --------
    >>> joined_ids(pd.DataFrame({"claim_id": ["a"], "other_claim_id": ["b"]}))[0]
    'a;b'
    """
    columns = frame[[name for name in among if name in frame]].fillna("")
    return columns.agg(";".join, axis=1).astype("str") if len(frame) else pd.Series(dtype="str")


def laid_out(
    frame: pd.DataFrame, columns: Sequence[str] | Mapping[str, str] | None, notes: pd.DataFrame | None
) -> list[Column]:
    """Return the columns to show: those asked for, else those of the table's layout that hold something.

    Examples
    --------
    >>> laid_out(pd.DataFrame({"p": [0.0004], "of": ["cloud_ai"], "note": [None]}), None, None)[0].cells
    ['< 0.001']
    """
    frame = frame.set_axis([str(name) for name in frame.columns], axis=1)
    folded = _folded(list(frame.columns))
    chosen = list(columns) if columns is not None else _usual(frame, folded)
    unknown = [name for name in chosen if name not in frame and name not in folded and name != "marks"]
    if unknown:
        raise TableError(
            f"no column {unknown[0]!r} to show; there are {', '.join([*folded, *frame.columns])}."
        )
    ids = [name for name in chosen if name in IDS] if notes is not None else []
    laid: list[Column] = []
    for name in chosen:
        if name in folded:
            laid.append(_amounts(frame, name, folded[name]))
        elif notes is not None and name in (*ids[:1], "marks"):
            cited = marks(joined_ids(frame, ids or IDS), notes)
            laid.append(Column("marks", "Footnotes", cited.replace("[]", "").tolist()))
        elif name in frame and name not in ids:
            laid.append(_formatted(frame, name))
    given = columns if isinstance(columns, Mapping) else {}
    return [Column(c.name, given.get(c.name, c.heading), c.cells, c.right) for c in laid]


def _folded(names: list[str]) -> dict[str, str]:
    """Return the intervals among columns, each with the prefix of its ends: ``pace_first`` of ``pace_first_low``."""
    starts = [name[:-3] for name in names if name.endswith("low") and f"{name[:-3]}high" in names]
    return {start.rstrip("_") or "amount": start for start in starts if start not in _TOLD}


def _usual(frame: pd.DataFrame, folded: dict[str, str]) -> list[str]:
    layouts = read_words("table_layouts.csv").itertuples()
    wanted = next((r.columns.split() for r in layouts if set(r.known_by.split()) <= set(frame.columns)), None)
    parts = {f"{start}{end}": name for name, start in folded.items() for end in ("value", *INTERVAL)}
    held = {parts.get(name, name) for name in frame if not len(frame) or frame[name].map(as_text).any()}
    every = wanted or dict.fromkeys(parts.get(name, name) for name in frame)
    # The heading of an amount, or its cell, names the unit.
    told = {"unit", "currency", "basis"} if held & set(folded) else set()
    return [name for name in every if name in held and (wanted or name not in told)]


def _units(frame: pd.DataFrame) -> pd.Series:
    name = next((c for c in ("unit", "fact_unit", "currency") if c in frame), None)
    units = frame[name].astype("str") if name else pd.Series(np.nan, frame.index, dtype="str")
    return units.mask(frame["basis"] == _SHARE, _SHARE) if "basis" in frame else units


def _scaled(unit: Any, amounts: Iterable[float], basis: str | None = None) -> tuple[float, str]:
    """Return what amounts are divided by to be read, and the words of their unit."""
    if unit in _UNITS:
        return (0.01 if unit in ("fraction", _SHARE) else 1.0), _UNITS[unit]
    scale, word = scale_of(amounts)
    return scale, unit_in_words(word, None if unit == "count" else unit, basis)


def _amounts(frame: pd.DataFrame, name: str, start: str) -> Column:
    """Return intervals in words: in one unit that the heading names, or each in its own."""
    blank = pd.Series("", frame.index)
    bound = frame.get("bound", blank) if start in ("", "claimed_") else blank
    ends = pd.DataFrame({"value": frame.get(f"{start}value", frame.get(name, np.nan))}, frame.index)
    closed = {"low_closed": bound.ne("more_than"), "high_closed": bound.ne("less_than")}
    for column in INTERVAL:
        ends[column] = frame.get(f"{start}{column}", closed.get(column))
    if not start and "low_closed" not in frame and "bound" in frame:
        ends[INTERVAL] = to_intervals(ends.assign(bound=bound, quote=frame.get("quote", blank)))
    elif f"{start}low_closed" not in frame:
        # A figure with a hedge is told by its ends.
        ends["value"] = ends["value"].where(~bound.isin(["more_than", "at_least", "less_than", "at_most"]))
    stated, units = ends[["value", "low", "high"]].notna().any(axis=1), _units(frame)
    basis = frame["basis"].iloc[0] if "basis" in frame and len(frame) else None
    alone = units[stated].drop_duplicates().tolist()
    amounts = ends[["value", "low", "high"]].to_numpy("float64").ravel()
    common = _scaled(alone[0], amounts, basis) if len(alone) == 1 else None
    ways = frame["direction"] if "direction" in frame and not start else blank
    cells = []
    rows = zip(ends.itertuples(index=False), stated, units, bound, ways, strict=True)
    for row, known, unit, hedge, way in rows:
        scale, word = common or _scaled(unit, row[:3])
        words = [f"{way} by" if way in ("up", "down") else "", "about" if hedge == "approximately" else ""]
        words += [
            in_words(row.value, row.low, row.high, row.low_closed, row.high_closed, scale),
            "" if common else word,
        ]
        cells.append(" ".join(filter(None, words)) if known else "no figure")
    told = f"{heading(name)}, {common[1]}" if common and common[1] else heading(name)
    return Column(name, told, cells, right=True)


def _formatted(frame: pd.DataFrame, name: str) -> Column:
    """Return a column as it is read: by the format that it has, else by its type."""
    column, form = frame[name], formats().get(name, ("", ""))[1]
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        cells = _moments(frame, column)
    elif {type(v) for v in column.dropna()} & {bool, np.bool_}:
        cells = ["" if pd.isna(v) else "yes" if v is True or v == True else "no" for v in column]  # noqa: E712
    elif not pd.api.types.is_numeric_dtype(column.dtype):
        cells = [as_text("; ".join(map(str, v)) if isinstance(v, list) else v) for v in column]
        cells = [cell.replace("_", " ") if form == "words" else cell for cell in cells]
        cells = [", ".join(split_ids([cell])) if name in IDS else cell for cell in cells]
    else:
        units = _units(frame) if form == "amount" else [""] * len(frame)
        cells = ["" if pd.isna(v) else _number(float(v), form, u) for v, u in zip(column, units, strict=True)]
        return Column(name, heading(name), cells, right=True)
    return Column(name, heading(name), cells)


def _number(value: float, form: str, unit: Any) -> str:
    if form in ("percent", "share"):
        return percent(value, signed=form == "percent")
    if form == "score":
        return f"{value:+.2f}" if round(value, 2) else "0.00"
    if form == "p":
        return "< 0.001" if value < 0.001 else f"{value:.3f}"
    scale, word = _scaled(unit, [value]) if form == "amount" else (1.0, "")
    return f"{number(value / scale, 3 if scale > 1 or form else 5)} {word}".strip()


def _moments(frame: pd.DataFrame, column: pd.Series) -> list[str]:
    """Return days; a moment that is known more closely has its time of day in UTC."""
    rough = frame["time_precision"].eq("date") if "time_precision" in frame else [False] * len(frame)
    form = "%Y-%m-%d" if column.dt.tz is None else "%Y-%m-%d %H:%M UTC"
    shown = ["%Y-%m-%d" if only_day else form for only_day in rough]
    return ["" if pd.isna(v) else v.strftime(f) for v, f in zip(column, shown, strict=True)]
