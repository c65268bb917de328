"""One folder -> all its tables, cross-checked; the front door."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from analystkit.claims import read_table
from analystkit.documents import find_quote, read_text, stands_at
from analystkit.errors import DossierError, QuoteError
from analystkit.schemas import FAULTS, KEYS, TABLES, conform, dtypes, empty, faults_at, raise_for, read_words


@dataclass(frozen=True, eq=False)
class Dossier:
    """All tables of one topic, as frames with the columns and types of the codebook.

    Missing tables are empty. Frames that are given are checked as files would be.

    Parameters
    ----------
    documents, claims, entities, instruments, events, event_instruments, confounders, prices, fundamentals
        Tables of these names in the codebook.
    texts
        document_id -> text, for documents that have one here.
    originals
        document_id -> the user's own copy of the source, from the folder's `library/`.
    path
        The folder it came from.

    Examples
    --------
    >>> dossier = Dossier(entities=pd.DataFrame({"entity": ["Meta"], "name": ["Meta"], "kind": ["company"]}))
    >>> len(dossier.entities), len(dossier.claims)
    (1, 0)
    """

    documents: pd.DataFrame = field(default_factory=lambda: empty("documents"))
    claims: pd.DataFrame = field(default_factory=lambda: empty("claims"))
    entities: pd.DataFrame = field(default_factory=lambda: empty("entities"))
    instruments: pd.DataFrame = field(default_factory=lambda: empty("instruments"))
    events: pd.DataFrame = field(default_factory=lambda: empty("events"))
    event_instruments: pd.DataFrame = field(default_factory=lambda: empty("event_instruments"))
    confounders: pd.DataFrame = field(default_factory=lambda: empty("confounders"))
    prices: pd.DataFrame = field(default_factory=lambda: empty("prices"))
    fundamentals: pd.DataFrame = field(default_factory=lambda: empty("fundamentals"))
    texts: dict[str, str] = field(default_factory=dict, repr=False)
    originals: dict[str, str] = field(default_factory=dict, repr=False)
    path: Path | None = None

    def __post_init__(self) -> None:
        for table in TABLES:
            given = getattr(self, table)
            if not given.dtypes.equals(dtypes(table)):
                object.__setattr__(self, table, conform(given, table, words=False))

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(getattr(self, table))} {table}" for table in TABLES)
        return f"Dossier({self.path.name!r}: {counts})" if self.path else f"Dossier({counts})"

    def text(self, document_id: str) -> str | None:
        """Return the text of a document, None for a citation that has none here.

        Raises
        ------
        DossierError
            When no document has this name.

        Examples
        --------
        >>> documents = pd.DataFrame({"document_id": ["d1"], "title": ["T"], "kind": ["digest"]})
        >>> Dossier(documents=documents, texts={"d1": "Some words."}).text("d1")
        'Some words.'
        """
        if document_id not in set(self.documents["document_id"]):
            known = ", ".join(self.documents["document_id"])
            raise DossierError(f"no document is called {document_id!r}; the documents are {known}.")
        return self.texts.get(document_id)

    def where(self, **conditions: str | list[str]) -> Dossier:
        """Return a dossier narrowed to the claims that fulfil every condition.

        Parameters
        ----------
        **conditions
            A column of the claims = the value, or the list of values, that it must have. The other tables
            stay whole, so that sources, prices and entities can still be looked up.

        Raises
        ------
        DossierError
            When the claims have no such column.

        Examples
        --------
        >>> claims = pd.DataFrame({"claim_id": ["a", "b"], "document_id": "d", "entity": ["Meta", "Apple"],
        ...     "metric": "capex", "statement": "s", "speaker": "Meta", "speaker_kind": "company",
        ...     "modality": "planned", "status": "accepted"})
        >>> Dossier(claims=claims).where(entity="Meta").claims["claim_id"].tolist()
        ['a']
        """
        chosen = pd.Series(True, self.claims.index)
        for column, wanted in conditions.items():
            if column not in self.claims:
                raise DossierError(
                    f"claims have no column {column!r}; the columns are {', '.join(self.claims.columns)}."
                )
            chosen &= self.claims[column].isin([wanted] if isinstance(wanted, str) else list(wanted))
        return dataclasses.replace(self, claims=self.claims[chosen].reset_index(drop=True))


def open_dossier(path: str | Path, strict: bool = True) -> Dossier:
    """Return the dossier of a folder, its tables checked against the codebook and against each other.

    Parameters
    ----------
    path
        The folder, looked up from the working directory and then from each folder above it.
    strict
        True raises on everything that does not hold together: unknown words, documents, entities, quotes that
        are not where they should be. False keeps such rows; `check` reports them.

    Returns
    -------
    Dossier

    Raises
    ------
    TableError
        When a table's columns, types or keys do not hold.
    DossierError
        When the folder is not a dossier, or a row names something that no other table knows.
    QuoteError
        When a quote is absent from its document, or its offsets do not select it.

    Examples
    --------
    >>> dossier = open_dossier("data/alibaba-ai-plan")
    >>> dossier.claims["entity"].value_counts().idxmax()
    'Alibaba'
    """
    folder = find_folder(path)
    tables = {}
    for table in TABLES:
        file = folder / f"{table}.csv"
        if file.exists():
            tables[table] = conform(read_table(file), table, file.name, words=strict)
    if not tables:
        raise DossierError(
            f"{folder.name}: a directory without tables. Expected at least one of"
            f" {', '.join(t + '.csv' for t in TABLES)}.",
            pd.DataFrame([(folder.name, 0, "", "", "", "no tables", "Add claims.csv")], columns=FAULTS),
        )
    places = tables["documents"].set_index("document_id")["path"] if "documents" in tables else pd.Series()
    files = {name: folder / path for name, path in places.dropna().items()}
    texts = {name: read_text(file) for name, file in files.items() if strict or file.is_file()}
    copies = {name: folder / "library" / f"{name}.txt" for name in places.index}
    originals = {name: read_text(copy) for name, copy in copies.items() if copy.is_file()}
    dossier = Dossier(**tables, texts=texts, originals=originals, path=folder)
    if strict:
        raise_for_references(dossier)
        raise_for_quotes(dossier)
    return dossier


def find_folder(path: str | Path) -> Path:
    """Return the folder, looked up from the working directory and each folder above it.

    Examples
    --------
    >>> find_folder("data/alibaba-ai-plan").name
    'alibaba-ai-plan'
    """
    path = Path(path).expanduser()
    tried = [path] if path.is_absolute() else [base / path for base in (Path.cwd(), *Path.cwd().parents)]
    for folder in tried:
        if folder.is_dir():
            return folder
    raise DossierError(
        f"no folder {str(path)!r} in the working directory or above it. Correct the path, or make a dossier"
        f" with `python -m analystkit new {path}`."
    )


def reference_faults(dossier: Dossier) -> dict[str, pd.DataFrame]:
    """Return, for each table, the cells that name a row which no other table has.

    Examples
    --------
    >>> pairs = pd.DataFrame({"event_id": ["E9"], "instrument": ["BABA"]})
    >>> reference_faults(Dossier(event_instruments=pairs))["event_instruments"]["value"].tolist()
    ['E9', 'BABA']
    """
    faults: dict[str, list[pd.DataFrame]] = {}
    for table, column, target in read_words("references.csv").itertuples(index=False):
        frame = getattr(dossier, table)
        known = set(getattr(dossier, target)[KEYS[target][0]])
        names = frame[column].str.split(";")
        bad = names.map(lambda each, k=known: not k.issuperset(n.strip() for n in each), na_action="ignore")
        kind = {"entities": "entity", "documents": "document"}.get(target, target.rstrip("s"))
        remedy = f"Add it to {target}.csv or correct the name"
        found = faults_at(frame, bad.astype("boolean"), column, f"unknown {kind}", remedy)
        faults.setdefault(table, []).append(found)
    return {table: pd.concat(found) for table, found in faults.items()}


def raise_for_references(dossier: Dossier) -> None:
    """Raise when a row names a document, entity, instrument, event or claim that is not there."""
    for table, found in reference_faults(dossier).items():
        raise_for(found, getattr(dossier, table), table, f"{table}.csv", DossierError)


def quote_faults(dossier: Dossier) -> pd.DataFrame:
    """Return the claims whose quote does not stand where the claim says, in its document or the user's copy.

    Examples
    --------
    >>> quote_faults(Dossier()).empty
    True
    """
    rows = []
    for index, claim in enumerate(dossier.claims.itertuples()):
        if pd.isna(claim.quote):
            continue
        text, original = dossier.texts.get(claim.document_id), dossier.originals.get(claim.document_id)
        if text is not None and (problem := _misplaced(text, claim)):
            rows.append((index, "quote", claim.quote, problem))
        elif original is not None and not find_quote(original, claim.quote):
            rows.append((index, "quote", claim.quote, "the quote is not in the original in library/"))
    found = pd.DataFrame(rows, columns=["row", "column", "value", "problem"])
    return found.assign(remedy="Correct the quote or its offsets, or drop the claim").astype({"row": "int64"})


def _misplaced(text: str, claim: Any) -> str:
    if not find_quote(text, claim.quote):
        return "the quote is not in its document"
    if pd.isna(claim.start) or pd.isna(claim.end):
        return "the quote has no offsets"
    start, end = int(claim.start), int(claim.end)
    if stands_at(text, claim.quote, start, end):
        return ""
    return f"the document has {text[start:end]!r} at these offsets"


def raise_for_quotes(dossier: Dossier) -> None:
    """Raise when a quote is not exactly where its claim says that it stands."""
    raise_for(quote_faults(dossier), dossier.claims, "claims", "claims.csv", QuoteError)
