"""Claim files <-> claims: CSV, JSON lines and Parquet in; atomic and locked out."""

from __future__ import annotations

import glob
import os
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from analystkit.errors import TableError
from analystkit.schemas import FAULTS, columns, conform

_FORMATS = (".csv", ".jsonl", ".parquet")
_TIMES = {"date": "%Y-%m-%d", "moment": "%Y-%m-%dT%H:%M:%SZ"}


def load_claims(path: str | Path, words: bool = True) -> pd.DataFrame:
    """Return the claims of a file, or of every claim file in a folder or matching a pattern.

    Parameters
    ----------
    path
        A `.csv`, `.jsonl` or `.parquet` file, a folder of them, or a pattern such as ``claims/*.csv``.
    words
        False keeps words that the vocabularies do not know.

    Returns
    -------
    pd.DataFrame
        A table of the shape of `claims` in the codebook.

    Raises
    ------
    TableError
        When the columns, types, words or keys do not hold; `err.rows` lists every fault with its file and row.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "claims.csv"
    >>> _ = path.write_text("claim_id,document_id,entity,metric,statement,value,unit,speaker,speaker_kind,"
    ...     "modality,status\\nc1,d1,Meta,capex,Meta plans 65 billion dollars.,65000000000,USD,Meta,company,"
    ...     "planned,accepted\\n")
    >>> load_claims(path)[["claim_id", "value"]].values.tolist()
    [['c1', 65000000000.0]]
    """
    paths = _paths(Path(path))
    parts = [conform(read_table(p), "claims", p.name, words) for p in paths]
    claims = pd.concat(parts, ignore_index=True)
    # Each file was checked on its own: what stands there twice now stands in two files.
    rows = claims[["claim_id"]].assign(
        file=np.repeat([p.name for p in paths], [len(part) for part in parts]),
        row=np.concatenate([part.index + 2 for part in parts]),
        name=claims["claim_id"],
        column="claim_id",
        value=claims["claim_id"],
        problem="stands in an earlier file or row too",
        remedy="Keep one row for each claim_id",
    )
    rows = rows.loc[claims["claim_id"].duplicated(), FAULTS].reset_index(drop=True)
    if len(rows):
        raise TableError(
            f"{len(rows)} of {len(claims)} claims stand there twice (first: {rows['value'][0]!r} in"
            f" {rows['file'][0]}). Keep one row for each claim_id. All of them: err.rows.",
            rows,
        )
    return claims


def _paths(path: Path) -> list[Path]:
    found = [path]
    if path.is_dir():
        found = sorted(p for p in path.iterdir() if p.suffix in _FORMATS)
    elif glob.has_magic(str(path)):
        found = sorted(Path(p) for p in glob.glob(str(path), recursive=True))
    unreadable = [p for p in found if not p.is_file() or p.suffix not in _FORMATS]
    if not found or unreadable:
        which = unreadable[0] if unreadable else path
        raise TableError(
            f"expected claim files ({', '.join(_FORMATS)}), found none at {str(which)!r}. Correct the path.",
            pd.DataFrame([(str(which), 0, "", "", "", "no claim file", "Correct the path")], columns=FAULTS),
        )
    return found


def read_table(path: Path) -> pd.DataFrame:
    """Return a table file as text columns (CSV, JSON lines) or as stored (Parquet), types not yet checked.

    Raises
    ------
    TableError
        When the file is empty, not UTF-8, or not readable in its format.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "t.csv"
    >>> _ = path.write_text("event_id,instrument\\nE1,BABA\\n")
    >>> read_table(path).values.tolist()
    [['E1', 'BABA']]
    """
    if not path.is_file():
        raise _unreadable(path, "no such file", "Correct the path")
    try:
        if path.suffix == ".parquet":
            return pd.read_parquet(path)
        if path.suffix == ".jsonl":
            return pd.read_json(path, lines=True, dtype=False, encoding_errors="strict")
        return pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    except pd.errors.EmptyDataError:
        raise _unreadable(path, "the file is empty", "Write at least the header row") from None
    except UnicodeDecodeError as error:
        where = f"not UTF-8 (byte {error.object[error.start]:#04x} at position {error.start})"
        raise _unreadable(path, where, "Save the file as UTF-8") from None
    except (pd.errors.ParserError, ValueError, OSError) as error:
        said = str(error).splitlines()[0].strip()
        raise _unreadable(path, f"not readable as {path.suffix[1:]}: {said}", "Correct the file") from None


def _unreadable(path: Path, problem: str, remedy: str) -> TableError:
    rows = pd.DataFrame([(path.name, 0, "", "", "", problem, remedy)], columns=FAULTS)
    return TableError(f"{path.name}: {problem}. {remedy}.", rows)


def save_claims(claims: pd.DataFrame, path: str | Path) -> Path:
    """Write claims to a file, whole or not at all, and return its path.

    The claims are checked first; then a temporary file beside the target takes its place in one step, under
    a lock that two processes share. `load_claims` reads back the same table.

    Parameters
    ----------
    claims
        A table of the shape of `claims` in the codebook.
    path
        `.csv`, `.jsonl` or `.parquet`.

    Raises
    ------
    TableError
        When the claims do not hold; nothing is written.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from analystkit.schemas import empty
    >>> path = save_claims(empty("claims"), pathlib.Path(tempfile.mkdtemp()) / "claims.csv")
    >>> len(load_claims(path))
    0
    """
    path = Path(path)
    if path.suffix not in _FORMATS:
        raise TableError(f"cannot write claims to {path.name!r}: use one of {', '.join(_FORMATS)}.")
    return write_table(conform(claims, "claims", path.name), "claims", path)


def write_table(frame: pd.DataFrame, table: str, path: Path, text: pd.DataFrame | None = None) -> Path:
    """Write a conformed table, atomically and under a lock, and return its path.

    `text` is the table as it should be printed, where that is known already (the offsets of moments).

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from analystkit.schemas import empty
    >>> write_table(empty("events"), "events", pathlib.Path(tempfile.mkdtemp()) / "events.csv").name
    'events.csv'
    """
    from filelock import FileLock

    text = printed(frame, table) if text is None else text
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_name(f".{path.name}.lock")):
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=path.suffix, dir=path.parent)
        os.close(handle)
        try:
            if path.suffix == ".parquet":
                frame.to_parquet(temporary, index=False)
            elif path.suffix == ".jsonl":
                text.to_json(temporary, orient="records", lines=True, force_ascii=False)
            else:
                text.to_csv(temporary, index=False, lineterminator="\n")
            os.chmod(temporary, path.stat().st_mode & 0o777 if path.exists() else 0o644)
            os.replace(temporary, path)
        finally:
            Path(temporary).unlink(missing_ok=True)
    return path


def printed(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Return a conformed table as text: whole numbers without exponents, days as YYYY-MM-DD.

    Examples
    --------
    >>> from analystkit.schemas import conform
    >>> prices = pd.DataFrame({"instrument": ["HSI"], "session": ["2025-02-24"], "close": [3.8e11]})
    >>> printed(conform(prices, "prices"), "prices")["close"].tolist()
    ['380000000000']
    """
    text = frame.copy()
    for column, kind in columns(table)[["column", "kind"]].itertuples(index=False):
        if kind == "number":
            shown = [None if pd.isna(v) else np.format_float_positional(v, trim="-") for v in frame[column]]
            text[column] = pd.Series(shown, frame.index, dtype="str")
        elif kind in _TIMES:
            text[column] = frame[column].dt.strftime(_TIMES[kind]).astype("str")
    return text
