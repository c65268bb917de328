"""Sources: what they share, what they repeat, and whether claims, names, quotes and copies hold."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import combinations
from typing import Any

import pandas as pd

from analystkit.agreement.facts import origin_keys
from analystkit.agreement.statements import grouped, once
from analystkit.checks.findings import Evidence, Finding, finding
from analystkit.documents import find_quote, fingerprint
from analystkit.dossier import Dossier, quote_faults, reference_faults
from analystkit.errors import TableError
from analystkit.schemas import KEYS, TABLES, conform
from analystkit.speech import attribute_speakers

# So many words in a row are copied, not coincidence.
_RUN = 12
_PEOPLE = ("executive", "analyst")


def origins(evidence: Evidence) -> Iterator[Finding]:
    """R14: documents that share an origin key, a speaker's quotation, or a long run of words."""
    keyed = [(key, row) for row in evidence.rows for key in origin_keys(row)]
    groups = grouped(keyed, lambda pair: pair[0])
    told = [[same[0][1], *{row.document_id: row for _, row in same}.values()] for same in groups]
    for first, _, *others in once(told, lambda rows: (rows[0].claim_id, *(row.claim_id for row in rows[2:]))):
        if others:
            names = " and ".join(row.document_id for row in (first, *others))
            speaker = f" by {first.speaker}" if first.speaker_kind != "narrator" else ""
            key = first.origin_key or "same quotation"
            yield finding("one statement", first, others[0], names=names, speaker=speaker, key=key)
    for row in shared_wording(evidence.dossier).itertuples(index=False):
        yield finding("one wording", **row._asdict())


def shared_wording(dossier: Dossier) -> pd.DataFrame:
    """Return the longest run of words that each two originals share, from twelve words.

    Parameters
    ----------
    dossier
        Its originals, and the texts of documents of the kind original; digests are nobody's wording.

    Returns
    -------
    pd.DataFrame
        document_id, other_document_id, words (length of the run), beginning (its first eight words).

    Examples
    --------
    >>> words = "one two three four five six seven eight nine ten eleven twelve"
    >>> dossier = Dossier(originals={"d1": f"It is {words}.", "d2": f"Was it {words}?"})
    >>> shared_wording(dossier)[["document_id", "other_document_id", "words"]].values.tolist()
    [['d1', 'd2', 12]]
    """
    texts = _originals(dossier).items()
    words = {name: re.findall(r"\w+(?:['’]\w+)*", text.lower()) for name, text in texts}
    runs = {name: {tuple(w[i : i + _RUN]) for i in range(len(w) - _RUN + 1)} for name, w in words.items()}
    rows = []
    for one, other in combinations(sorted(words), 2):
        if runs[one] & runs[other]:
            found = SequenceMatcher(None, words[one], words[other], autojunk=False).find_longest_match()
            rows.append((one, other, found.size, " ".join(words[one][found.a : found.a + 8])))
    types = {"document_id": "str", "other_document_id": "str", "words": "int64", "beginning": "str"}
    return pd.DataFrame(rows, columns=list(types)).astype(types)


def duplicates(evidence: Evidence) -> Iterator[Finding]:
    """R15: one document that says the same of the same thing more than once."""
    figures = [row for row in evidence.rows if row.kind != "words"]
    wording = ("document_id", "fact", "unit", "low", "high", "bound", "direction")
    for same in grouped(figures, lambda row: tuple(str(getattr(row, column)) for column in wording)):
        if len(same) > 1:
            names = ", ".join(row.claim_id for row in same)
            yield finding("repeated", same[0], same[1], times=len(same), names=names)


def names(evidence: Evidence) -> Iterator[Finding]:
    """Words that the codebook and names that the other tables do not know."""
    dossier = evidence.dossier
    for table in TABLES:
        try:
            conform(getattr(dossier, table), table)
        except TableError as error:
            for row in () if error.rows is None else error.rows.itertuples():
                yield finding("word", table=table, row=row, claim_id=row.name if table == "claims" else None)
    # Frames without a table of entities or documents have nobody to look names up in.
    unlisted = ["unknown entity"] * dossier.entities.empty + ["unknown document"] * dossier.documents.empty
    for table, faults in reference_faults(dossier).items():
        frame = getattr(dossier, table)
        for row in faults.itertuples():
            if row.problem in unlisted:
                continue
            name = " ".join(str(frame[key][row.row]) for key in KEYS[table])
            # A figure stands or falls with whom it is about; who says it may be named elsewhere.
            case = "name of a speaker" if row.column == "speaker" else "name"
            yield finding(case, table=table, row=row, name=name, claim_id=name if table == "claims" else None)


def states(evidence: Evidence) -> Iterator[Finding]:
    """Missing dates of publication, and claims that nobody has looked at."""
    documents = evidence.dossier.documents
    undated = documents[documents["published_at"].isna()]
    cited = undated.loc[undated["kind"] == "citation", "document_id"]
    # Of citations only what they state is here: one note for all of them is enough.
    for row in undated[(undated["kind"] != "citation") | (len(cited) == 1)].itertuples():
        yield finding("no date", document_id=row.document_id, title=row.title)
    if len(cited) > 1:
        yield finding("no dates", number=len(cited), names=";".join(cited))
    for row in evidence.every.values():
        if row.status == "proposed" and not row.original:
            yield finding("not reviewed", row)
        if row.kind == "number":
            yield finding("no unit", row)


def dates(evidence: Evidence) -> Iterator[Finding]:
    """Documents and sayings dated after the day on which they can have been, and results of a time to come."""
    published = evidence.dossier.documents.set_index("document_id")["published_at"]
    for name, moment in published[published > pd.Timestamp.now("UTC")].items():
        yield finding("not yet out", document_id=name, found=f"{moment:%Y-%m-%d}")
    # A day may have begun elsewhere when it is not yet midnight in Greenwich.
    latest = published.dt.tz_localize(None) + pd.Timedelta(days=1)
    for row in evidence.every.values():
        if row.said_on > latest.get(row.document_id, pd.NaT):
            yield finding("said later", row, published=published[row.document_id])
        elif row.modality in ("reported", "completed") and row.starts > row.day:
            yield finding("not yet done", row)


def speakers(evidence: Evidence) -> Iterator[Finding]:
    """Whom a claim lets speak against whom the text does: people only, for companies speak through them."""
    known = evidence.dossier.entities.fillna({"name": "", "aliases": ""}).itertuples()
    names = {row.entity: {row.entity, row.name, *row.aliases.split(";")} - {""} for row in known}
    for row in evidence.every.values():
        text = evidence.dossier.texts.get(row.document_id)
        if text is None or pd.isna(row.start) or row.speaker_kind == "company":
            continue
        own = {name for each in row.speaker.split(";") for name in names.get(each.strip(), {each.strip()})}
        said = [s for s in _spoken(text) if s.start <= row.start and row.end <= s.end]
        if row.speaker_kind in _PEOPLE and not any(name.casefold() in text.casefold() for name in own):
            yield finding("speaker not named", row)
        elif said and not any(name.split()[-1].casefold() in said[0].speaker.casefold() for name in own):
            yield finding("other speaker", row, speaker=said[0].speaker.replace(";", " and"))


@functools.lru_cache(maxsize=256)
def _spoken(text: str) -> list[Any]:
    """Return what the people in a text say, as rows."""
    return [row for row in attribute_speakers(text).itertuples() if row.speaker_kind in _PEOPLE]


def reanchor(dossier: Dossier) -> pd.DataFrame:
    """Return the claims whose quote does not stand at its offsets, with the only other place where it does.

    Parameters
    ----------
    dossier
        Opened with ``strict=False`` when quotes are lost.

    Returns
    -------
    pd.DataFrame
        claim_id, entity, document_id, quote, start, end (as stored), problem, places (how often the
        exact quote stands in the document), new_start, new_end (missing unless it stands there exactly once). A
        similar place is never offered.

    Examples
    --------
    >>> claims = pd.DataFrame({"claim_id": ["a"], "document_id": "d", "entity": "Meta", "metric": "capex",
    ...     "statement": "s", "speaker": "Meta", "speaker_kind": "company", "modality": "planned",
    ...     "quote": "65 billion", "start": 0, "end": 10, "status": "accepted"})
    >>> reanchor(Dossier(claims=claims, texts={"d": "Meta: 65 billion."}))[["new_start", "new_end"]].values.tolist()
    [[6, 16]]
    """
    faults = quote_faults(dossier)
    stored = ["claim_id", "entity", "document_id", "quote", "start", "end"]
    lost = dossier.claims.loc[faults["row"], stored].assign(problem=faults["problem"].tolist())
    texts = [dossier.texts.get(d, dossier.originals.get(d, "")) for d in lost["document_id"]]
    places = [find_quote(text, quote) for text, quote in zip(texts, lost["quote"], strict=True)]
    only = [found[0] if len(found) == 1 else (pd.NA, pd.NA) for found in places]
    lost["places"] = pd.Series([len(found) for found in places], lost.index, dtype="int64")
    lost[["new_start", "new_end"]] = pd.DataFrame(only, lost.index, ["new_start", "new_end"], dtype="Int64")
    return lost.reset_index(drop=True)


def anchors(evidence: Evidence) -> Iterator[Finding]:
    """Quotes that do not stand where their claim says, and copies that are not the text once verified."""
    dossier = evidence.dossier
    for row in reanchor(dossier).itertuples():
        new = f"{row.new_start}-{row.new_end}" if pd.notna(row.new_start) else ""
        place = f"it stands {row.places} times in the document" if row.places else "it is not there"
        old = "" if pd.isna(row.start) else f"{row.start}-{row.end}"
        yield finding("lost", row, new=new, old=old, place=f"it stands at {new}" if new else place)
    bare = dossier.claims["quote"].isna() & dossier.claims["document_id"].isin(dossier.texts)
    for row in dossier.claims[bare].fillna({"quote": ""}).itertuples():
        yield finding("no quote", row)
    copies = _originals(dossier)
    for name, verified in dossier.documents.set_index("document_id")["sha256"].dropna().items():
        if name in copies and (at_hand := fingerprint(copies[name])) != verified.lower():
            claims = dossier.claims[(dossier.claims["document_id"] == name) & dossier.claims["quote"].notna()]
            lost = [c.claim_id for c in claims.itertuples() if not find_quote(copies[name], c.quote)]
            more = {"document_id": name, "verified": verified, "at_hand": at_hand, "lost": ", ".join(lost)}
            yield finding("copy without quotes" if lost else "copy", **more)


def _originals(dossier: Dossier) -> dict[str, str]:
    """Return the texts that are not our digests: documents of the kind original, and the user's own copies."""
    originals = dossier.documents.loc[dossier.documents["kind"] == "original", "document_id"]
    return {name: dossier.texts[name] for name in originals if name in dossier.texts} | dossier.originals
