"""One more statement of guidance -> the dossier's files, whole or not at all."""

from __future__ import annotations

import dataclasses
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analystkit.claims import read_table
from analystkit.dossier import Dossier, find_folder, raise_for_references
from analystkit.errors import TableError
from analystkit.schemas import conform, faults_at, raise_for
from analystkit.tracking.promises import HEDGES, revisions


def guide(
    folder: str | Path,
    entity: str,
    period: str,
    low: float | None = None,
    high: float | None = None,
    *,
    said_on: str,
    source_url: str,
    value: float | None = None,
    bound: str | None = None,
    unit: str | None = None,
    definition: str | None = None,
    metric: str = "capex",
    speaker: str | None = None,
    speaker_kind: str | None = None,
    source_title: str | None = None,
    publisher: str | None = None,
    confidence: str = "probable",
    statement: str | None = None,
) -> pd.Series:
    """Append one statement of guidance to a dossier folder, and return the claim.

    The source becomes a citation in `documents.csv` (or is found there by its address), the statement a claim in
    `claims.csv` that revises the entity's last one before it. All is checked first; on a fault, or when a
    file cannot be written, both files stay as they were.

    Parameters
    ----------
    folder
        Of the dossier, looked up as `open_dossier` does.
    entity, period, metric
        Whom, when (2026, FY2026-Q1, P3Y) and what the guidance is for.
    low, high
        Ends of a range, in base units; one of them alone is "at least" or "at most".
    said_on
        The day, YYYY-MM-DD.
    source_url, source_title, publisher
        Where it can be read.
    value, bound
        Instead of a range: one figure and its hedge, "exact" when not given.
    unit, definition
        When not given, those of the entity's last statement for the period, else of its last one at all.
    speaker, speaker_kind
        The entity itself, a company, when not given; a named person is an executive.
    confidence
        How well the source supports it.
    statement
        In your own words; written from the figures when not given.

    Returns
    -------
    pd.Series
        The claim as a row of `claims`.

    Raises
    ------
    TableError
        When the figure, day, unit or a word does not hold, or the statement stands there already.
    DossierError
        When the entity or the speaker is not in `entities.csv`.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "entities.csv").write_text("entity,name,kind\\nMeta,Meta,company\\n")
    >>> url = "https://example.org/results"
    >>> claim = guide(folder, "Meta", "2026", 115e9, 135e9, said_on="2026-01-28", unit="USD", source_url=url)
    >>> claim["claim_id"], claim["bound"]
    ('meta-2026-guide-2026-01-28', 'range')
    """
    from filelock import FileLock

    path = find_folder(folder)
    with FileLock(path / ".claims.csv.lock"):  # the lock under which claims are saved
        files = {table: path / f"{table}.csv" for table in ("documents", "claims", "entities")}
        raw = {table: read_table(file) for table, file in files.items() if file.exists()}
        dossier = Dossier(**{t: conform(raw[t], t, f"{t}.csv") for t in raw}, path=path)
        before = _before(dossier, entity, metric, period, definition, said_on)
        kind = "executive" if speaker and speaker != entity else "company"
        row = {
            "claim_id": _free(f"{_slug(entity)}-{_slug(period)}-guide-{said_on}", dossier.claims["claim_id"]),
            "entity": entity, "metric": metric, "period": period, "said_on": said_on, "status": "accepted",
            "modality": "planned", "confidence": confidence, "revises": before.get("claim_id"),
            "definition": definition or before.get("definition"), "unit": unit or before.get("unit"),
            "speaker": speaker or entity, "speaker_kind": speaker_kind or kind, **_figure(low, high, value, bound),
        }  # fmt: skip
        known = dossier.documents.loc[dossier.documents["url"] == source_url, "document_id"]
        name = known.iloc[0] if len(known) else _free(row["claim_id"], dossier.documents["document_id"])
        cited = {"document_id": name, "title": source_title or source_url, "publisher": publisher}
        cited |= {"url": source_url, "kind": "citation"}
        texts = {} if len(known) else {"documents": _appended(raw, "documents", cited)}
        row |= {"document_id": name, "statement": statement or _statement(row)}
        texts["claims"] = _appended(raw, "claims", row)
        new = dataclasses.replace(dossier, **{t: conform(text, t, f"{t}.csv") for t, text in texts.items()})
        raise_for_references(new)
        _raise_for_last(new.claims, source_url)
        _write({files[table]: text for table, text in texts.items()})
    return new.claims.iloc[-1]


def _figure(low: float | None, high: float | None, value: float | None, bound: str | None) -> dict[str, Any]:
    if value is None and low is not None and high is not None and low != high:
        return {"low": low, "high": high, "bound": bound or "range"}
    if value is None:
        default = "at_least" if high is None else "at_most" if low is None else "exact"
        return {"value": high if low is None else low, "bound": bound or default}
    if low is not None or high is not None:
        raise TableError("expected low and high, or one value; found both. Leave one of them out.")
    return {"value": value, "bound": bound or "exact"}


def _before(
    dossier: Dossier, entity: str, metric: str, period: str, definition: str | None, said_on: str
) -> dict[str, Any]:
    """Return the entity's last statement for the period up to the day, else the measure of its last one at all."""
    stated = revisions(dossier, [metric])
    own = stated[(stated["entity"] == entity) & ~stated["change"].isin(["retold", "set aside"])]
    own = own[own["definition"].eq(definition) | (definition is None)].sort_values("said_on", kind="stable")
    latest = own.dropna(subset=["unit"]).tail(1)[["definition", "unit"]].to_dict("records")
    day = pd.to_datetime(said_on, errors="coerce")
    same = own[(own["period"] == period) & (own["said_on"] <= day)].tail(1)[["claim_id", "definition"]]
    return {k: v for each in (*latest, *same.to_dict("records")) for k, v in each.items() if pd.notna(v)}


def _appended(raw: dict[str, pd.DataFrame], table: str, row: dict[str, Any]) -> pd.DataFrame:
    """Return a table as text with one more row; what stands in the file stays as it is written there."""
    text = {
        column: np.format_float_positional(value, trim="-") if isinstance(value, int | float) else str(value)
        for column, value in row.items()
        if value is not None
    }
    last = pd.DataFrame([text], dtype="str")
    return pd.concat([raw.get(table, last.iloc[:0]), last], ignore_index=True).fillna("")


def _raise_for_last(claims: pd.DataFrame, url: str) -> None:
    """Raise when the last claim lacks a figure, unit, day, period or address, or stands there already."""
    last = pd.Series(claims.index == len(claims) - 1)
    figures = claims[["value", "low", "high"]]
    same = ["entity", "metric", "period", "definition", "said_on", "document_id", "value", "low", "high"]
    tests = [
        ("value", figures.isna().all(axis=1), "no figure", "Give low and high, one of them alone, or value"),
        ("value", (figures <= 0).any(axis=1), "zero or below", "Give a positive figure"),
        ("unit", claims["unit"].isna(), "empty", "Give the unit, such as USD"),
        ("said_on", claims["said_on"].isna(), "empty", "Give the day as YYYY-MM-DD"),
        ("claim_id", claims[same].duplicated(), "this statement stands there already", "Add nothing"),
    ]
    if not re.match(r"https?://\S+$", url):
        tests.append(("document_id", last, f"no address: {url!r}", "Write https://..."))
    faults = [faults_at(claims, last & bad, column, *words) for column, bad, *words in tests]
    raise_for(pd.concat(faults), claims, "claims", "guide")


def _write(texts: dict[Path, pd.DataFrame]) -> None:
    """Replace the files one after the other; when one fails, put back those before it."""
    before = {file: file.read_bytes() if file.exists() else None for file in texts}
    try:
        for file, text in texts.items():
            text.to_csv(file.with_suffix(".new"), index=False, lineterminator="\n")
        for file in texts:
            os.replace(file.with_suffix(".new"), file)
    except BaseException:
        for file, old in before.items():
            file.unlink(missing_ok=True) if old is None else file.write_bytes(old)
        raise
    finally:
        for file in texts:
            file.with_suffix(".new").unlink(missing_ok=True)


def _free(name: str, taken: pd.Series) -> str:
    return next(n for n in (name, *(f"{name}-{i}" for i in range(2, 1000))) if n not in set(taken))


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", str(text).casefold())


def _statement(row: dict[str, Any]) -> str:
    ends = [row[end] for end in ("low", "high", "value") if row.get(end) is not None]
    amount = " to ".join(f"{end / 1e9:g} billion" if end >= 1e9 else f"{end:g}" for end in ends)
    hedge = HEDGES.get(row["bound"], "")
    return f"{row['entity']} puts its {row['metric']} for {row['period']} at {hedge}{amount} {row['unit']}."
