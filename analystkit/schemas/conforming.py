"""A frame -> a table of the schema, or one error with every fault found."""

from __future__ import annotations

import difflib
import functools
from typing import Any

import pandas as pd

from analystkit.errors import AnalystkitError, TableError
from analystkit.schemas.tables import DAY, KEYS, PATTERNS, columns, currencies, vocabulary

FAULTS = ["file", "row", "name", "column", "value", "problem", "remedy"]

_ORDERS = [
    ("low", "high"),
    ("period_start", "period_end"),
    ("start", "end"),
    ("published_from", "published_to"),
]
_DTYPES = {"number": "float64", "offset": "Int64", "date": "datetime64[us]", "moment": "datetime64[us, UTC]"}
_OFFSET = r"(?:[Zz]|[+-]\d{2}:?\d{2})$"


def empty(table: str) -> pd.DataFrame:
    """Return a table without rows, with all its columns and their types.

    Examples
    --------
    >>> str(empty("prices").dtypes["close"])
    'float64'
    """
    return pd.DataFrame(columns=columns(table)["column"].tolist()).astype(dtypes(table).to_dict())


@functools.cache
def dtypes(table: str) -> pd.Series:
    """Return the type of each column of a table.

    Examples
    --------
    >>> dtypes("event_instruments").astype("str").tolist()
    ['str', 'str']
    """
    kinds = columns(table).set_index("column")["kind"]
    return pd.Series(
        {column: pd.api.types.pandas_dtype(_DTYPES.get(kind, "str")) for column, kind in kinds.items()}
    )


def conform(frame: pd.DataFrame, table: str, source: str | None = None, words: bool = True) -> pd.DataFrame:
    """Return the frame with the columns and types of a table, or raise with every fault found.

    Parameters
    ----------
    frame
        Text as read from CSV, or columns that have their types already.
    table
        One of `TABLES`.
    source
        File name for the messages; the table's name when not given.
    words
        False keeps words that no vocabulary, currency list or pattern knows.

    Returns
    -------
    pd.DataFrame
        All columns of the table in its order; text `str`, moments `datetime64[us, UTC]`, dates naive
        `datetime64[us]`, numbers `float64`, offsets `Int64`. Missing values stay missing.

    Raises
    ------
    TableError
        `err.rows` has one row a fault: file, row (as a spreadsheet counts, header = 1), name, column,
        value, problem, remedy.

    Examples
    --------
    >>> conform(pd.DataFrame({"event_id": ["E1"], "instrument": ["BABA"]}), "event_instruments").shape
    (1, 2)
    """
    source = source or table
    spec = columns(table)
    frame = frame.reset_index(drop=True)
    _raise_for_columns(frame, spec, source)
    typed = pd.DataFrame(index=frame.index)
    faults: list[pd.DataFrame] = []
    for column, kind in zip(spec["column"], spec["kind"], strict=True):
        given = frame[column] if column in frame else pd.Series(pd.NA, frame.index, dtype="str")
        typed[column], bad, problem, remedy = _parse(given, kind)
        faults.append(faults_at(frame, bad, column, problem, remedy))
    faults.append(_table_faults(frame, typed, table, words))
    found = pd.concat(faults)
    # A value that could not be read is missing now: the first reason given for a cell is the true one.
    found = found[~found.duplicated(["row", "column"]) | found["row"].isna()]
    raise_for(found, frame, table, source)
    return typed


def raise_for(
    found: pd.DataFrame,
    frame: pd.DataFrame,
    table: str,
    source: str,
    error: type[AnalystkitError] = TableError,
) -> None:
    """Raise an error that names the first fault and carries all of them, or return when there is none."""
    if found.empty:
        return
    keys = [key for key in KEYS[table] if key in frame]
    name = frame[keys].astype("str").fillna("").agg(" ".join, axis=1) if keys else pd.Series("", frame.index)
    found = found.sort_values("row", kind="stable")
    rows = found.assign(file=source, name=found["row"].map(name), row=found["row"] + 2)[FAULTS]
    rows = rows.reset_index(drop=True)
    first = rows.iloc[0]
    raise error(
        f"{source}: {rows['row'].nunique()} of {len(frame)} rows do not hold (first: row {first['row']}"
        f" {first['name']!r}, column {first['column']!r}, value {first['value']!r}: {first['problem']})."
        f" {first['remedy']}. All of them: err.rows.",
        rows,
    )


def faults_at(frame: pd.DataFrame, bad: pd.Series, column: str, problem: str, remedy: str) -> pd.DataFrame:
    """Return one fault for each row where `bad` is true, for `raise_for`."""
    rows = frame[bad.fillna(False).astype(bool)]
    value = rows[column].astype("str") if column in rows else pd.Series("", rows.index)
    return pd.DataFrame(
        {"row": rows.index, "column": column, "value": value, "problem": problem, "remedy": remedy}
    )


def _raise_for_columns(frame: pd.DataFrame, spec: pd.DataFrame, source: str) -> None:
    known, required = spec["column"].tolist(), spec[spec["required"] == "yes"]
    rows = []
    for column in (str(c) for c in frame.columns if c not in known):
        near = difflib.get_close_matches(column, known, 1)
        hint = f"Did you mean {near[0]!r}? Otherwise remove it" if near else "Remove the column"
        rows.append((source, 1, "header", column, column, "unknown column", hint))
    for column, meaning in required[["column", "meaning"]].itertuples(index=False):
        if column not in frame.columns:
            rows.append((source, 1, "header", column, "", "missing column", f"Add it: {meaning}"))
    if rows:
        _, _, _, column, _, problem, remedy = rows[0]
        raise TableError(
            f"{source}: {len(rows)} columns are not as expected (first: {problem} {column!r}). {remedy}."
            f" Expected: {', '.join(known)}. All of them: err.rows.",
            pd.DataFrame(rows, columns=FAULTS),
        )


def _parse(given: pd.Series, kind: str) -> tuple[pd.Series, pd.Series, str, str]:
    """Return the typed column, where it could not be read, and what to say about that."""
    if kind in ("number", "offset"):
        return _parse_number(given, kind)
    if kind in ("moment", "date"):
        return _parse_time(given, kind)
    text = given.astype("str").str.strip()
    return text.mask(text == ""), pd.Series(False, given.index), "", ""


def _parse_number(given: pd.Series, kind: str) -> tuple[pd.Series, pd.Series, str, str]:
    stated = given.notna() & (given.astype("str").str.strip() != "")
    number = pd.to_numeric(given.where(stated), errors="coerce").astype("float64")
    bad = stated & (number.isna() | number.isin([float("inf"), float("-inf")]))
    if kind == "offset":
        bad |= number.notna() & ((number % 1 != 0) | (number < 0))
        typed = number.mask(bad).astype("Int64")
        return typed, bad, "not a whole number from 0", "Write the offset as a plain whole number"
    remedy = (
        "Write a plain number in base units, such as 380000000000, without separators or signs of currency"
    )
    return number, bad, "not a number", remedy


def _parse_time(given: pd.Series, kind: str) -> tuple[pd.Series, pd.Series, str, str]:
    dtype = _DTYPES[kind]
    zone = getattr(given.dtype, "tz", None)
    if pd.api.types.is_datetime64_any_dtype(given.dtype):
        bad = given.notna() & ((zone is None) == (kind == "moment"))
        if not bad.any():
            ready = given.dt.tz_convert("UTC") if kind == "moment" else given.dt.normalize()
            return ready.astype(dtype), bad, "", ""
        given = given.astype("str")
    text = given.astype("str").str.strip()
    text = text.mask(text == "")
    if kind == "date":
        time = pd.to_datetime(text, format="%Y-%m-%d", errors="coerce")
        bad = text.notna() & (time.isna() | ~text.str.fullmatch(DAY).fillna(False).astype(bool))
        return time.mask(bad).astype(dtype), bad, "not a date", "Write the day as YYYY-MM-DD"
    time = pd.to_datetime(text, format="ISO8601", utc=True, errors="coerce")
    bad = text.notna() & (time.isna() | ~text.str.contains(_OFFSET, na=False))
    remedy = "Write the moment with its offset, such as 2025-02-24T11:42:00+08:00"
    return time.mask(bad).astype(dtype), bad, "not a moment with an offset from UTC", remedy


def _table_faults(frame: pd.DataFrame, typed: pd.DataFrame, table: str, words: bool) -> pd.DataFrame:
    """Return the faults that pandera finds in the typed table."""
    import pandera.pandas as pa

    try:
        _schema(table, words).validate(typed, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        said = cases["check"].astype("str").str.split("|", n=2, expand=True)
        said = said.reindex(columns=range(3)).astype("str")
        # pandera names its own checks (not_nullable, multiple_fields_uniqueness); ours carry the words
        said.loc[said[0] == "not_nullable", [0, 1]] = ["empty", "Fill it in: the column is required"]
        twice = said[0] == "multiple_fields_uniqueness"
        keys = " and ".join(KEYS[table])
        said.loc[twice, [0, 1]] = ["stands there twice", f"Keep one row for each {keys}"]
        column = cases["column"].where(~twice & cases["column"].isin(typed.columns), KEYS[table][-1])
        column = said[2].where(said[2].notna(), column)
        index = cases["index"].astype("int64")
        value = [frame[c][i] if c in frame else "" for c, i in zip(column, index, strict=True)]
        text = ["" if pd.isna(v) else str(v) for v in value]
        remedy = [_nearest(r, v) for r, v in zip(said[1].fillna("Correct it"), text, strict=True)]
        return pd.DataFrame(
            {"row": index, "column": column, "value": text, "problem": said[0], "remedy": remedy}
        )
    return pd.DataFrame(columns=["row", "column", "value", "problem", "remedy"])


def _nearest(remedy: str, value: str) -> str:
    """Return the remedy, led by the known word that a misspelt one is closest to."""
    _, listed, known = remedy.partition("Use one of: ")
    near = difflib.get_close_matches(value, known.split(", "), 1) if listed else []
    return f"Did you mean {near[0]!r}? {remedy}" if near else remedy


@functools.cache
def _schema(table: str, words: bool) -> Any:
    import pandera.pandas as pa

    fields = {}
    for row in columns(table).itertuples():
        checks = _word_checks(row.kind, row.vocabulary, row.column) if words else []
        if table == "prices" and row.column in ("close", "open", "high", "low"):
            checks = [pa.Check.gt(0, error="zero or below|A price is positive: correct or drop it")]
        fields[row.column] = pa.Column(None, checks=checks, nullable=row.required == "no")
    wide = [
        pa.Check(
            functools.partial(_in_order, first=first, last=last),
            error=f"{first} is above {last}|Swap the two or correct one|{first}",
            ignore_na=False,
        )
        for first, last in _ORDERS
        if first in fields
    ]
    return pa.DataFrameSchema(fields, checks=wide, unique=KEYS[table], report_duplicates="exclude_first")


def _in_order(frame: pd.DataFrame, first: str, last: str) -> pd.Series:
    return ~(frame[first] > frame[last]).fillna(False).astype(bool)


def _word_checks(kind: str, vocabulary_name: str, column: str) -> list[Any]:
    import pandera.pandas as pa

    if kind in PATTERNS:
        pattern, remedy = PATTERNS[kind]
        error = f"not a {kind}|{remedy[0].upper()}{remedy[1:]}"
        return [pa.Check.str_matches(rf"^(?:{pattern})$", error=error)]
    if kind in ("currency", "unit"):
        known = set(currencies()) | (set(vocabulary("unit")) if kind == "unit" else set())
        remedy = "Use an ISO 4217 code such as CNY" + (", percent, pp, bp or count" if kind == "unit" else "")
        return [pa.Check.isin(known, error=f"unknown {kind}|{remedy}")]
    if vocabulary_name:
        allowed = list(vocabulary(vocabulary_name))
        return [pa.Check.isin(allowed, error=f"unknown word for {column}|Use one of: {', '.join(allowed)}")]
    return []
