"""The columns, keys and vocabularies of every table, read from `words/columns.csv` and `words/vocabularies.csv`."""

from __future__ import annotations

import functools
from importlib.resources import files

import pandas as pd

from analystkit.errors import TableError

KEYS: dict[str, list[str]] = {
    "documents": ["document_id"],
    "claims": ["claim_id"],
    "entities": ["entity"],
    "instruments": ["instrument"],
    "events": ["event_id"],
    "event_instruments": ["event_id", "instrument"],
    "confounders": ["confounder_id"],
    "prices": ["instrument", "session"],
    "fundamentals": ["entity", "metric", "definition", "period", "source_url"],
}
TABLES = tuple(KEYS)
DAY = r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
_DATE = rf"(?:FY)?\d{{4}}(?:-(?:Q[1-4]|H[12]))?|\d{{4}}-(?:0[1-9]|1[0-2])|{DAY}"
PERIOD = rf"P\d+[YMWD]|(?:{_DATE})(?:/(?:{_DATE}|\.\.))?|\.\./(?:{_DATE})"
PATTERNS = {
    "period": (PERIOD, "write P3Y, 2025, 2025-Q1, FY2025, FY2026-H2, ../2030 or 2025/2029"),
    "monthday": (r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", "write MM-DD, such as 06-30"),
    "mic": (r"[A-Z0-9]{4}", "write the ISO 10383 code of the exchange, such as XNYS or XHKG"),
}


@functools.cache
def columns(table: str) -> pd.DataFrame:
    """Return the columns of a table: column, kind, required, vocabulary, unit, meaning.

    Examples
    --------
    >>> columns("event_instruments")["column"].tolist()
    ['event_id', 'instrument']
    """
    if table not in KEYS:
        raise TableError(f"no table is called {table!r}; the tables are {', '.join(TABLES)}.")
    every = read_words("columns.csv")
    return every[every["table"] == table].drop(columns="table").reset_index(drop=True)


@functools.cache
def vocabulary(name: str) -> dict[str, str]:
    """Return the words of a vocabulary, each with its meaning.

    Examples
    --------
    >>> list(vocabulary("stance"))
    ['positive', 'neutral', 'negative']
    """
    every = read_words("vocabularies.csv")
    chosen = every[every["vocabulary"] == name]
    return dict(zip(chosen["word"], chosen["meaning"], strict=True))


@functools.cache
def read_words(name: str) -> pd.DataFrame:
    with files("analystkit").joinpath("words", name).open(encoding="utf-8") as handle:
        return pd.read_csv(handle, dtype="str", keep_default_na=False)


@functools.cache
def currencies() -> frozenset[str]:
    """Return the ISO 4217 codes known to the Unicode locale data.

    Examples
    --------
    >>> "CNY" in currencies(), "XYZ" in currencies()
    (True, False)
    """
    from babel.numbers import list_currencies

    return frozenset(list_currencies())
