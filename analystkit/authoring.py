"""Making and filling a dossier's folder: new tables, documents, rows, and the data package that describes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from analystkit.claims import printed, read_table, write_table
from analystkit.documents import fingerprint, read_text
from analystkit.dossier import Dossier, find_folder, raise_for_quotes, raise_for_references
from analystkit.errors import DossierError
from analystkit.schemas import TABLES, columns, conform, empty, table_schema


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
    tables = [table for table in TABLES if (folder / f"{table}.csv").exists()]
    package["resources"] = [
        known.get(table, {})
        | {"name": table, "path": f"{table}.csv", "profile": "tabular-data-resource", "encoding": "utf-8"}
        | {"schema": table_schema(table) | _foreign_keys(known.get(table, {}))}
        for table in tables
    ] + [resource for name, resource in known.items() if name not in TABLES]
    path.write_text(json.dumps(package, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _foreign_keys(resource: dict[str, Any]) -> dict[str, Any]:
    keys = resource.get("schema", {}).get("foreignKeys")
    return {"foreignKeys": keys} if keys else {}


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
    whole, text = {}, {}
    for table in TABLES:
        file = folder / f"{table}.csv"
        parts, shown = [empty(table)], [empty(table).astype("str")]
        if file.exists():
            shown.append(read_table(file))
            parts.append(conform(shown[-1], table, file.name))
        if table in tables:
            parts.append(conform(tables[table], table, file.name))
            # A moment keeps the offset that was given for it.
            given = tables[table].reset_index(drop=True).astype("str")
            moments = [c for c in columns(table).query("kind == 'moment'")["column"] if c in given]
            shown.append(printed(parts[-1], table).assign(**{c: given[c] for c in moments}))
        whole[table] = conform(pd.concat(parts, ignore_index=True), table, file.name)
        text[table] = pd.concat(shown, ignore_index=True)
    texts = {
        document_id: read_text(folder / file)
        for document_id, file in whole["documents"][["document_id", "path"]].dropna().itertuples(index=False)
    }
    dossier = Dossier(**whole, texts=texts)
    raise_for_references(dossier)
    raise_for_quotes(dossier)
    for table in tables:
        write_table(whole[table], table, folder / f"{table}.csv", text[table])
    return folder


def add_document(
    path: str | Path,
    source: str | Path,
    document_id: str,
    title: str,
    kind: str = "original",
    **more: str,
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
