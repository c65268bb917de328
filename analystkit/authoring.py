"""Making and filling a dossier's folder: new tables, documents, rows, and the data package that describes them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from analystkit.claims import printed, read_table, write_table
from analystkit.documents import fingerprint, read_text
from analystkit.dossier import find_folder, open_dossier, raise_for_quotes, raise_for_references
from analystkit.errors import DossierError, TableError
from analystkit.schemas import TABLES, columns, conform, table_schema


def new_dossier(path: str | Path, title: str = "") -> Path:
    """Make the folder of a new dossier, with every table empty, and return its path.

    Raises
    ------
    DossierError
        When the folder is there already and is not empty.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = new_dossier(pathlib.Path(tempfile.mkdtemp()) / "my-topic", "My topic")
    >>> sorted(p.name for p in folder.iterdir())[:3]
    ['claims.csv', 'confounders.csv', 'datapackage.json']
    """
    folder = Path(path)
    if folder.exists() and any(folder.iterdir()):
        raise DossierError(f"{folder} is there already and is not empty. Choose another name.")
    for name in ("documents", "library"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for table in TABLES:
        (folder / f"{table}.csv").write_text(",".join(columns(table)["column"]) + "\n", encoding="utf-8")
    describe(folder, title)
    return folder


def describe(folder: str | Path, title: str = "") -> Path:
    """Write `datapackage.json` for the tables of a folder, keeping what it says of sources and licences.

    The column schemas are made anew from the codebook; title, sources and licences that the file has stay, and so
    do resources that are not tables of the codebook.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = new_dossier(pathlib.Path(tempfile.mkdtemp()) / "topic", "T")
    >>> json.loads(describe(folder).read_text())["title"]
    'T'
    """
    folder = Path(folder)
    path = folder / "datapackage.json"
    package: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    package.setdefault("name", folder.name.lower())
    package["title"] = title or package.get("title", folder.name)
    known = {resource["name"]: resource for resource in package.get("resources", [])}
    made = {"profile": "tabular-data-resource", "encoding": "utf-8"}
    package["resources"] = [resource for name, resource in known.items() if name not in TABLES]
    for table in reversed([table for table in TABLES if (folder / f"{table}.csv").exists()]):
        before = known.get(table, {})
        # What points to other tables was written by hand.
        keys = {key: each for key, each in before.get("schema", {}).items() if key == "foreignKeys"}
        described = {"name": table, "path": f"{table}.csv", **made, "schema": table_schema(table) | keys}
        package["resources"].insert(0, before | described)
    path.write_text(json.dumps(package, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def append(path: str | Path, **tables: pd.DataFrame) -> Path:
    """Append rows to tables of a dossier's folder, all or none, and return the folder.

    The rows are checked as opening checks them, against the codebook and against the other tables; then each
    table is replaced in one step.

    Parameters
    ----------
    path
        The dossier's folder.
    **tables
        Rows to append, by the name of their table.

    Raises
    ------
    TableError, DossierError, QuoteError
        When a row does not hold; nothing is written.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = new_dossier(pathlib.Path(tempfile.mkdtemp()) / "topic")
    >>> _ = append(folder, entities=pd.DataFrame({"entity": ["Meta"], "name": ["Meta"], "kind": ["company"]}))
    >>> read_table(folder / "entities.csv")["entity"].tolist()
    ['Meta']
    """
    folder = find_folder(path)
    dossier = open_dossier(folder)
    whole: dict[str, pd.DataFrame] = {}
    text: dict[str, pd.DataFrame] = {}
    for table, rows in tables.items():
        file = folder / f"{table}.csv"
        new = conform(rows, table, file.name)
        # A moment keeps the offset that was given for it.
        given = rows.reset_index(drop=True).astype("str")
        moments = [c for c in columns(table).query("kind == 'moment'")["column"] if c in given]
        shown = printed(new, table).assign(**{c: given[c] for c in moments}).dropna(axis="columns", how="all")
        text[table] = pd.concat([read_table(file), shown] if file.exists() else [shown], ignore_index=True)
        both = pd.concat([getattr(dossier, table), new], ignore_index=True)
        whole[table] = conform(both, table, file.name)
    named = whole.get("documents", dossier.documents)[["document_id", "path"]].dropna()
    texts = {document_id: read_text(folder / file) for document_id, file in named.itertuples(index=False)}
    dossier = replace(dossier, **whole, texts=texts)
    raise_for_references(dossier)
    raise_for_quotes(dossier)
    files = {table: folder / f"{table}.csv" for table in tables}
    before = {file: file.read_bytes() for file in files.values() if file.exists()}
    try:
        for table, file in files.items():
            write_table(whole[table], table, file, text[table])
    except BaseException:
        for file, content in before.items():
            file.write_bytes(content)
        raise
    return folder


def add_document(
    path: str | Path, source: str | Path, document_id: str, title: str, kind: str = "original", **more: str
) -> Path:
    """Add a source to a dossier and return the folder.

    Parameters
    ----------
    path
        The dossier's folder.
    source
        A text file, or the address of a page (which becomes a citation without text).
    document_id, title, kind
        Columns of `documents`. The text of an ``original`` goes to the git-ignored `library/`, because
        articles belong to their publishers; a ``digest`` goes to `documents/`.
    **more
        Further columns: publisher, published_at, time_precision, url, event_id.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = new_dossier(pathlib.Path(tempfile.mkdtemp()) / "topic")
    >>> _ = add_document(folder, "https://example.org/a", "a", "A title")
    >>> read_table(folder / "documents.csv")[["document_id", "kind"]].values.tolist()
    [['a', 'citation']]
    """
    folder = find_folder(path)
    row = {"document_id": document_id, "title": title, "kind": kind} | more
    if str(source).startswith(("http://", "https://")):
        return append(folder, documents=pd.DataFrame([row | {"kind": "citation", "url": str(source)}]))
    text = read_text(source)
    place = f"{'library' if kind == 'original' else 'documents'}/{document_id}.txt"
    (folder / place).parent.mkdir(exist_ok=True)
    if (folder / place).exists():
        raise DossierError(f"{place} is there already. Choose another document_id than {document_id!r}.")
    (folder / place).write_text(text, encoding="utf-8", newline="\n")
    try:
        return append(folder, documents=pd.DataFrame([row | {"path": place, "sha256": fingerprint(text)}]))
    except Exception:
        (folder / place).unlink()
        raise


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
    folder = find_folder(folder)
    dossier = open_dossier(folder)
    documents, claims = dossier.documents, dossier.claims
    short = [re.sub(r"[^a-z0-9]+", "", text.casefold()) for text in (entity, period)]
    claim_id = _free(f"{'-'.join(short)}-guide-{said_on}", claims["claim_id"])
    given = {
        "claim_id": claim_id, "entity": entity, "metric": metric, "period": period, "said_on": said_on,
        "status": "accepted", "modality": "planned", "confidence": confidence, "definition": definition,
        "unit": unit, "speaker": speaker or entity,
        "speaker_kind": speaker_kind or ("executive" if speaker not in (None, entity) else "company"),
    }  # fmt: skip
    row = _before(claims, entity, metric, period, definition, said_on)
    row |= {column: word for column, word in given.items() if word is not None}
    row |= _figure(low, high, value, bound)
    cited = documents.loc[documents["url"] == source_url, "document_id"].tolist()
    row["document_id"] = cited[0] if cited else _free(claim_id, documents["document_id"])
    row["statement"] = statement or _statement(row)
    new = conform(pd.DataFrame([row]), "claims", "guide")
    same = ["entity", "metric", "period", "definition", "said_on", "document_id", "value", "low", "high"]
    figures = new[["value", "low", "high"]]
    faults = {
        "no figure: give low and high, one of them alone, or value": figures.isna().all(axis=None),
        "a figure is zero or below: give a positive one": (figures <= 0).any(axis=None),
        f"no unit, and no earlier word of {entity} has one: give it, such as USD": new["unit"].isna().any(),
        f"no address: {source_url!r}; write https://...": not source_url.startswith(("http://", "https://")),
        "this statement stands there already": pd.concat([claims, new])[same].duplicated().any(),
    }
    for problem in (problem for problem, found in faults.items() if found):
        raise TableError(f"guide: {problem}. Nothing was written.", new)
    source = {"document_id": row["document_id"], "title": source_title or source_url, "publisher": publisher}
    new_source = pd.DataFrame([source | {"url": source_url, "kind": "citation"}])
    append(folder, claims=new, **({} if cited else {"documents": new_source}))
    return new.iloc[0]


def _figure(low: float | None, high: float | None, value: float | None, bound: str | None) -> dict[str, Any]:
    """Return the figure of a statement as columns of a claim."""
    ends = {end: each for end, each in (("low", low), ("high", high)) if each is not None}
    if value is not None and ends:
        raise TableError("expected low and high, or one value; found both. Leave one of them out.")
    if len(ends) == 2 and low != high:
        return ends | {"bound": bound or "range"}
    hedge = {"low": "at_least", "high": "at_most"}[next(iter(ends))] if len(ends) == 1 else "exact"
    return {"value": next(iter(ends.values()), value), "bound": bound or hedge}


def _before(
    claims: pd.DataFrame, entity: str, metric: str, period: str, definition: str | None, said_on: str
) -> dict[str, Any]:
    """Return what a statement takes over from the entity's own last one for the period, else from its last one."""
    own = claims[claims["entity"].eq(entity) & claims["metric"].eq(metric) & claims["status"].eq("accepted")]
    own = own[own["modality"].eq("planned") & own["speaker_kind"].isin(["company", "executive", "official"])]
    own = own[own["definition"].eq(definition) | (definition is None)].sort_values("said_on", kind="stable")
    day = pd.to_datetime(said_on, errors="coerce")
    same = own[own["period"].eq(period) & (own["said_on"] <= day)].tail(1)
    last = own.dropna(subset=["unit"]).tail(1)[["definition", "unit"]].to_dict("records")
    named = same[["claim_id", "definition"]].rename(columns={"claim_id": "revises"}).to_dict("records")
    return {column: word for each in last + named for column, word in each.items() if pd.notna(word)}


def _free(name: str, taken: pd.Series) -> str:
    return next(n for n in (name, *(f"{name}-{i}" for i in range(2, 1000))) if n not in set(taken))


def _statement(row: dict[str, Any]) -> str:
    """Return a statement of guidance in words."""
    ends = [row[end] for end in ("low", "high", "value") if row.get(end) is not None]
    amount = " to ".join(f"{end / 1e9:g} billion" if end >= 1e9 else f"{end:g}" for end in ends)
    hedge = "" if row["bound"] in ("exact", "range") else row["bound"].replace("_", " ") + " "
    what = f"{row['metric']} for {row['period']}"
    return f"{row['entity']} puts its {what} at {hedge}{amount} {row.get('unit')}."
