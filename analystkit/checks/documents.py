"""Sources: what they share, what they repeat, and whether claims, names, quotes and copies hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from analystkit.agreement.wording import shown, told
from analystkit.checks.findings import Evidence, Finding, finding
from analystkit.documents import find_quote, fingerprint
from analystkit.dossier import Dossier, quote_faults, reference_faults
from analystkit.errors import TableError
from analystkit.schemas import KEYS, TABLES, conform

# So many words in a row are copied, not coincidence.
_RUN = 12
_SPOKEN = 5


def origins(evidence: Evidence) -> Iterator[Finding]:
    """R14: documents that share an origin key, a speaker's quotation, or a long run of words."""
    named = {row.document_id: row for row in evidence.dossier.documents.itertuples()}
    keyed: dict[str, list[Any]] = {}
    for row in evidence.rows:
        words = row.quote.casefold().split()
        spoken = len(words) >= _SPOKEN and row.speaker_kind != "narrator"
        for key in {row.origin_key, f"{row.speaker}: {' '.join(words)}" if spoken else ""} - {""}:
            keyed.setdefault(key, []).append(row)
    seen = set()
    for rows in keyed.values():
        first = rows[0]
        others = list({row.document_id: row for row in rows if row.document_id != first.document_id}.values())
        pair = (first.claim_id, *(row.claim_id for row in others))
        if others and pair not in seen:
            seen.add(pair)
            names = " and ".join([first.document_id, *(row.document_id for row in others)])
            speaker = f" by {first.speaker}" if first.speaker_kind != "narrator" else ""
            message = (
                f"{first.entity}: {names} carry one and the same statement{speaker} ({shown(first)}); it"
                " counts as one origin."
            )
            yield finding(
                "R14 common origin", message, first, others[0], found=first.origin_key or "same quotation"
            )
    for row in shared_wording(evidence.dossier).itertuples():
        both = row.document_id in named and row.other_document_id in named
        start = f"{row.document_id} and {row.other_document_id}" if both else "Two documents"
        message = f'{start} share {row.words} words in a row, beginning "{row.beginning}": one origin.'
        more = {"document_id": row.document_id, "other_document_id": row.other_document_id}
        yield finding("R14 common origin", message, found=f"{row.words} words", **more)


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
    originals = dossier.documents.loc[dossier.documents["kind"] == "original", "document_id"]
    texts = {name: text for name, text in dossier.texts.items() if name in set(originals)} | dossier.originals
    words = {name: re.findall(r"\w+(?:['’]\w+)*", text.lower()) for name, text in texts.items()}
    places: dict[tuple[str, ...], dict[str, int]] = {}
    for name, run in words.items():
        for start in range(len(run) - _RUN + 1):
            places.setdefault(tuple(run[start : start + _RUN]), {}).setdefault(name, start)
    longest: dict[tuple[str, str], tuple[int, str]] = {}
    for shared in places.values():
        names = sorted(shared)
        for i, one in enumerate(names):
            for other in names[i + 1 :]:
                first, second = words[one][shared[one] :], words[other][shared[other] :]
                pairs = zip(first, second, strict=False)
                length = next((n for n, (x, y) in enumerate(pairs) if x != y), min(len(first), len(second)))
                if length > longest.get((one, other), (0, ""))[0]:
                    longest[(one, other)] = (length, " ".join(first[:8]))
    rows = [(one, other, *run) for (one, other), run in sorted(longest.items())]
    table = pd.DataFrame(rows, columns=["document_id", "other_document_id", "words", "beginning"])
    return table.astype(
        {"document_id": "str", "other_document_id": "str", "words": "int64", "beginning": "str"}
    )


def duplicates(evidence: Evidence) -> Iterator[Finding]:
    """R15: one document that says the same of the same thing more than once."""
    figures = evidence.statements[evidence.statements["kind"] != "words"]
    same = ["document_id", "fact", "unit", "low", "high", "bound", "direction"]
    for _, rows in figures.groupby(same, dropna=False):
        if len(rows) > 1:
            first, second = list(rows.itertuples())[:2]
            message = (
                f"{first.entity}: {first.document_id} says {shown(first)} {len(rows)} times"
                f" ({', '.join(rows['claim_id'])}); it counts once."
            )
            yield finding("R15 duplicate", message, first, second, found=f"{len(rows)} times")


def names(evidence: Evidence) -> Iterator[Finding]:
    """Words that the codebook and names that the other tables do not know."""
    dossier = evidence.dossier
    for table in TABLES:
        frame = getattr(dossier, table)
        if frame.empty:
            continue
        try:
            conform(frame, table)
        except TableError as error:
            for row in () if error.rows is None else error.rows.itertuples():
                where = f"{table} {row.name!r}, column {row.column!r}"
                message = f"{where}: {row.value!r}: {row.problem}. {row.remedy}."
                named = row.name if table == "claims" else None
                yield finding("unknown word", message, claim_id=named, expected=row.remedy, found=row.value)
    for table, faults in reference_faults(dossier).items():
        frame = getattr(dossier, table)
        for row in faults.itertuples():
            kind = row.problem.removeprefix("unknown ")
            # Frames without a table of entities or documents have nobody to look names up in.
            target = {"entity": "entities", "document": "documents"}.get(kind)
            if target and getattr(dossier, target).empty:
                continue
            name = " ".join(str(frame[key][row.row]) for key in KEYS[table])
            message = f"{table} {name!r}: {row.column} {row.value!r} is an unknown {kind}. {row.remedy}."
            named = name if table == "claims" else None
            # A figure stands or falls with whom it is about; who says it may be named elsewhere.
            severity = "note" if row.column == "speaker" else "error"
            more = {"severity": severity, "expected": row.remedy, "found": row.value}
            yield finding("unknown name", message, claim_id=named, **more)


def states(evidence: Evidence) -> Iterator[Finding]:
    """Missing dates of publication, and claims that nobody has looked at."""
    for row in evidence.dossier.documents.itertuples():
        if pd.isna(row.published_at):
            message = f"{row.document_id} ({row.title}) has no date: its publication is not established."
            yield finding("missing date", message, document_id=row.document_id, expected="published_at")
    for row in evidence.rows:
        if row.status == "proposed":
            message = (
                f"{row.entity}: the claim {row.claim_id} ({told(row)}: {shown(row)}) was not reviewed yet."
            )
            yield finding("unreviewed claim", message, row, expected="accepted or rejected", found="proposed")


def reanchor(dossier: Dossier) -> pd.DataFrame:
    """Return the claims whose quote does not stand at its offsets, with the only other place where it does.

    Parameters
    ----------
    dossier
        Opened with ``strict=False`` when quotes are lost.

    Returns
    -------
    pd.DataFrame
        claim_id, document_id, quote, start, end (as stored), places (how often the exact quote stands in the
        document), new_start, new_end (missing unless it stands there exactly once). A similar place is never offered.

    Examples
    --------
    >>> claims = pd.DataFrame({"claim_id": ["a"], "document_id": "d", "entity": "Meta", "metric": "capex",
    ...     "statement": "s", "speaker": "Meta", "speaker_kind": "company", "modality": "planned",
    ...     "quote": "65 billion", "start": 0, "end": 10, "status": "accepted"})
    >>> reanchor(Dossier(claims=claims, texts={"d": "Meta: 65 billion."}))[["new_start", "new_end"]].values.tolist()
    [[6, 16]]
    """
    lost = dossier.claims.loc[
        quote_faults(dossier)["row"], ["claim_id", "document_id", "quote", "start", "end"]
    ]
    texts = [dossier.texts.get(d, dossier.originals.get(d, "")) for d in lost["document_id"]]
    places = [find_quote(text, quote) for text, quote in zip(texts, lost["quote"], strict=True)]
    lost["places"] = pd.Series([len(p) for p in places], lost.index, dtype="int64")
    for column, side in (("new_start", 0), ("new_end", 1)):
        only = [p[0][side] if len(p) == 1 else pd.NA for p in places]
        lost[column] = pd.Series(only, lost.index, dtype="Int64")
    return lost.reset_index(drop=True)


def anchors(evidence: Evidence) -> Iterator[Finding]:
    """Quotes that do not stand where their claim says, and copies that are not the text once verified."""
    dossier = evidence.dossier
    faults = quote_faults(dossier)
    moved = reanchor(dossier)
    for fault, row in zip(faults.itertuples(), moved.itertuples(), strict=True):
        claim = dossier.claims.loc[fault.row]
        new = f"{row.new_start}-{row.new_end}" if pd.notna(row.new_start) else ""
        place = f"it stands {row.places} times in the document"
        place = f"it stands at {new}" if new else place if row.places else "it is not there"
        message = f'{claim["entity"]}: {row.claim_id} quotes "{row.quote}" from {row.document_id}:'
        message += f" {fault.problem}; {place}."
        old = "" if pd.isna(row.start) else f"{row.start}-{row.end}"
        yield finding("ungrounded quote", message, row, expected=new or None, found=old or None)
    bare = dossier.claims[dossier.claims["quote"].isna() & dossier.claims["document_id"].isin(dossier.texts)]
    for row in bare.fillna({"quote": ""}).itertuples():
        message = (
            f"{row.entity}: {row.claim_id} quotes nothing, though the text of {row.document_id} is here."
        )
        yield finding("ungrounded quote", message, row, severity="note", expected="a quote with its offsets")
    own = set(dossier.documents.loc[dossier.documents["kind"] == "original", "document_id"])
    for document in dossier.documents[dossier.documents["sha256"].notna()].itertuples():
        name = document.document_id
        text = dossier.originals.get(name, dossier.texts.get(name) if name in own else None)
        if text is None or fingerprint(text) == document.sha256.lower():
            continue
        claims = dossier.claims[(dossier.claims["document_id"] == name) & dossier.claims["quote"].notna()]
        lost = [c.claim_id for c in claims.itertuples() if not find_quote(text, c.quote)]
        rest = (
            f"these claims lost their anchor: {', '.join(lost)}" if lost else "every quote still stands in it"
        )
        message = f"{name}: the copy at hand is not the text that was verified; {rest}."
        severity = "error" if lost else "warning"
        more = {"document_id": name, "expected": document.sha256, "found": fingerprint(text)}
        yield finding("changed document", message, severity=severity, **more)
