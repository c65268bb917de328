"""A frame -> the columns that a person reads: headings, cells in words, footnotes and signs of doubt."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analystkit.amounts import in_words, number, percent, scale_of, unit_in_words
from analystkit.dossier import Dossier
from analystkit.errors import TableError
from analystkit.intervals import INTERVAL, to_intervals
from analystkit.schemas.tables import read_words
from analystkit.sources import footnotes, marks, split_ids
from analystkit.tables.marking import as_text
from analystkit.tracking.evidence import doubtful, report_ids, with_reports

REPORTS = ("report_ids", "source_ids")
IDS = ("claim_ids", "claim_id", "other_claim_id", "guidance_claim_id", *REPORTS)
_SHARE = "share_of_revenue"
_UNITS = {"percent": "%", "pp": "pp", "bp": "bp", "fraction": "%", _SHARE: "% of a year's revenue"}
# Ends that are told elsewhere in their table.
_NOTHING = ("", "no figure")
_TOLD = ("tone_", "printed_", "first_", "last_")


@dataclass(frozen=True)
class Column:
    """One column as it is read."""

    name: str
    heading: str
    cells: list[str]
    right: bool = False


@functools.cache
def rule(name: str) -> dict[str, str]:
    """Return what is known of a column: heading, format, and which columns name its source and its confidence.

    Examples
    --------
    >>> rule("car")["format"], rule("pace_last_low")["ids"], rule("odd_name")["heading"]
    ('percent', 'last_claim_id', 'Odd name')
    """
    known = read_words("table_columns.csv").set_index("column")
    base = {"low": "amount", "high": "amount"}.get(name, name.removesuffix("_low").removesuffix("_high"))
    found = (
        known.reindex([name])
        .fillna(known.loc[base] if base in known.index else "")
        .fillna("")
        .iloc[0]
        .to_dict()
    )
    plain = as_text(name).replace("_", " ").capitalize()
    return found | {"heading": known["heading"].get(name) or plain}


def joined_ids(frame: pd.DataFrame, among: Iterable[str] = IDS) -> pd.Series:
    """Return the claims and reported figures that a row names, joined by semicolons.

    Examples
    --------
    >>> joined_ids(pd.DataFrame({"claim_id": ["a"], "other_claim_id": ["b"]}))[0]
    'a;b'
    """
    columns = frame[[name for name in among if name in frame]].astype("str").fillna("")
    return columns.agg(";".join, axis=1) if len(frame) else pd.Series(dtype="str")


def naming(frame: pd.DataFrame, dossier: Dossier | None) -> pd.DataFrame:
    """Return a table whose reported figures have a name each, where it holds rows of the dossier's fundamentals.

    Examples
    --------
    >>> naming(pd.DataFrame({"entity": ["Meta"]}), None).columns.tolist()
    ['entity']
    """
    if dossier is None or not {"how", "accession", "definition"} <= set(frame):
        return frame
    names = report_ids(frame)
    return frame.assign(report_ids=names.where(names.isin(report_ids(dossier.fundamentals))))


def notes_of(frames: Sequence[pd.DataFrame], dossier: Dossier) -> pd.DataFrame:
    """Return the footnotes of tables, numbered by first mention; reported figures have theirs where they are named.

    Examples
    --------
    >>> len(notes_of([pd.DataFrame({"entity": ["Meta"]})], Dossier()))
    0
    """
    reported = any(name in frame for frame in frames for name in REPORTS)
    cells = pd.concat([joined_ids(frame) for frame in frames])
    return footnotes(with_reports(dossier) if reported else dossier, cells)


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
    starts = [name[:-3] for name in frame if name.endswith("low") and f"{name[:-3]}high" in frame]
    told = _TOLD if "close" not in frame else ("",)
    folded = {start.rstrip("_") or "amount": start for start in starts if start not in told}
    chosen = list(columns) if columns is not None else _usual(frame, folded)
    unknown = [name for name in chosen if name not in frame and name not in folded and name != "marks"]
    if unknown:
        known = ", ".join([*folded, *frame.columns])
        raise TableError(f"no column {unknown[0]!r} to show; there are {known}.")
    # One column of footnotes for all claims of a row, another for its reported figures.
    claims = [name for name in chosen if name in IDS and name not in REPORTS] if notes is not None else []
    laid: list[Column] = []
    for name in chosen:
        if notes is not None and name in (*claims[:1], *REPORTS, "marks"):
            among = [name] if name in REPORTS else claims or IDS
            cited = marks(joined_ids(frame, among), notes).replace("[]", "").tolist()
            column = Column("marks", rule(name)["heading"] if name in REPORTS else "Footnotes", cited)
        elif name in claims:
            continue
        else:
            column = _amounts(frame, name, folded[name]) if name in folded else _formatted(frame, name)
            if rule(name)["confidence"] in frame:
                signs = doubtful(frame[rule(name)["confidence"]])
                pairs = zip(column.cells, signs, strict=True)
                column = replace(column, cells=[c + s * (c not in _NOTHING) for c, s in pairs])
        laid.append(replace(column, heading=columns[name]) if isinstance(columns, Mapping) else column)
    return laid


def _usual(frame: pd.DataFrame, folded: dict[str, str]) -> list[str]:
    layouts = read_words("table_layouts.csv").itertuples()
    wanted = next((r.columns.split() for r in layouts if set(r.known_by.split()) <= set(frame.columns)), None)
    parts = {f"{start}{end}": name for name, start in folded.items() for end in ("value", *INTERVAL, "bound")}
    parts |= {"bound": "bound"}
    held = {parts.get(name, name) for name in frame if not len(frame) or frame[name].map(as_text).any()}
    every = wanted or dict.fromkeys(parts.get(name, name) for name in frame)
    # The heading of an amount, or its cell, names the unit.
    told = {"unit", "currency", "basis"} if held & set(folded) else set()
    return [name for name in every if name in held and (wanted or name not in told)]


def _units(frame: pd.DataFrame) -> pd.Series:
    name = next((c for c in ("unit", "fact_unit", "currency") if c in frame), "")
    units = frame.get(name, pd.Series(np.nan, frame.index)).astype("str")
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
    bound = frame.get(f"{start}bound", frame.get("bound", blank) if start == "claimed_" else blank)
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
        told = in_words(row.value, row.low, row.high, row.low_closed, row.high_closed, scale)
        words += [told, "" if common else word]
        cells.append(" ".join(filter(None, words)) if known else "" if start else "no figure")
    unit = f", {common[1]}" if common and common[1] else ""
    return Column(name, rule(name)["heading"] + unit, cells, right=True)


def _formatted(frame: pd.DataFrame, name: str) -> Column:
    """Return a column as it is read: by the format that it has, else by its type."""
    column, form, right = frame[name], rule(name)["format"], False
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        cells = _moments(frame, column)
    elif {type(v) for v in column.dropna()} & {bool, np.bool_}:
        cells = ["" if pd.isna(v) else "yes" if v else "no" for v in column]
    elif pd.api.types.is_numeric_dtype(column.dtype):
        units, right = _units(frame) if form == "amount" else [""] * len(frame), True
        cells = ["" if pd.isna(v) else _number(float(v), form, u) for v, u in zip(column, units, strict=True)]
    else:
        words = read_words("table_words.csv").query("column == @name").set_index("word")["shown"]
        cells = [as_text("; ".join(map(str, v)) if isinstance(v, list) else v) for v in column]
        cells = [words.get(c, c.replace("_", " ") if form == "words" else c) for c in cells]
        cells = [", ".join(split_ids([c])) if name in IDS else c for c in cells]
    return Column(name, rule(name)["heading"], cells, right)


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
    """Return days; a moment that is known to the hour has its time of day in UTC, a placeholder has not."""
    if column.dt.tz is None:
        timed = pd.Series(False, frame.index)
    elif "time_precision" in frame:
        timed = frame["time_precision"].isin(["minute", "hour"])
    else:
        timed = column.ne(column.dt.normalize())
    forms = timed.map({True: "%Y-%m-%d %H:%M UTC", False: "%Y-%m-%d"})
    return ["" if pd.isna(v) else v.strftime(f) for v, f in zip(column, forms, strict=True)]
