"""Figures and speakers -> claims with status proposed; what cannot be told is flagged, not guessed silently."""

from __future__ import annotations

import bisect
import datetime as dt
import re
from typing import Any

import numpy as np
import pandas as pd

from analystkit.documents import sentences
from analystkit.extraction.cast import Mention, mentions
from analystkit.extraction.reading import KINDS, Setting, period, read
from analystkit.extraction.subjects import follows_preposition
from analystkit.figures import find_figures
from analystkit.schemas import conform, empty
from analystkit.speech import attribute_speakers

# A clause ends where another subject may begin.
_BREAK = re.compile(
    r"[;:—–]|\s-\s|,?\s+(?:while|whereas|although|though|but|whilst|after|when|because)\s+|,\s+(?:and|with)\s+"
    r"|(?<!much)(?<!high)(?<!many),?\s+as\s+(?!much\b|high\b|many\b)"
)
_SHARE = re.compile(r"(?i)\b(?:the|its|their|his|her) (?:stock|shares?|share price|price target)\b")
_PRINTED = ("quote", "unit", "bound", "direction", "value", "start", "end")
# Flags of the original that its bracketed conversion shares.
_CARRIED = frozenset(["metric_missing", "period_missing", "period_unresolved"])
# Characters over which a name is remembered for an "it".
_MEMORY = 2000


def extract_claims(
    text: str,
    document_id: str,
    entities: pd.DataFrame | None = None,
    published_at: str | dt.date | pd.Timestamp | None = None,
) -> pd.DataFrame:
    """Return one proposed claim for each figure of a text, anchored where it stands.

    Parameters
    ----------
    text
        A document's text, as `read_text` gives it.
    document_id
        The name of the document, carried into the claims.
    entities
        A table of the shape of `entities` in the codebook, whose names and aliases are looked for. Other
        capitalised names are taken as they stand, with the flag entity_unlisted.
    published_at
        When it was published; "this year" is read by it.

    Returns
    -------
    pd.DataFrame
        A table of the shape of `claims` in the codebook, status proposed, in the order of the text. claim_id is
        document:start-end:metric. What cannot be told is flagged: entity_missing (entity "unknown"), metric_missing
        (metric "other"), period_missing, period_unresolved; flags of the figure stay (currency_assumed,
        scale_missing).

    Examples
    --------
    >>> claims = extract_claims("Acme plans to invest more than $2 billion over three years.", "d1")
    >>> claims[["entity", "metric", "value", "bound", "period", "modality"]].values.tolist()
    [['Acme', 'investment_plan', 2000000000.0, 'more_than', 'P3Y', 'planned']]
    """
    figures = find_figures(text, published_at)
    chosen = figures[figures["kind"].isin(KINDS)]
    if chosen.empty:
        return empty("claims")
    horizons = list(figures[figures["kind"] == "horizon"].itertuples())
    begins = [h.start for h in horizons]
    voices = attribute_speakers(text)
    spoken = list(voices.itertuples())
    analysts = [s for s in spoken if s.speaker_kind == "analyst"]
    blank = list(text)
    for start, end in figures[["start", "end"]].to_numpy():
        blank[start:end] = " " * (end - start)
    named = mentions("".join(blank), entities, voices)  # "Rs" and "FY26" name nobody
    lead = next((m.entity for m in named if m.acts), "")
    listed = {m.entity for m in named if m.listed}
    places = list(sentences(text)[["start", "end"]].itertuples(index=False, name=None))
    starts = [m.start for m in named]
    today = None if published_at is None else pd.Timestamp(published_at).tz_localize(None)
    rows: dict[Any, dict[str, Any]] = {}
    last, before, rank = "", 0, 0
    for figure in chosen.itertuples():
        sentence = places[bisect.bisect_right(places, (figure.start, len(text))) - 1]
        flags = set(str(figure.flags).split(";")) - {"", "nan"}
        if pd.notna(figure.converts) and int(figure.converts) in rows:
            original = rows[int(figure.converts)]
            row = original | {"converts": original["claim_id"]}
            flags |= original["flags"] & _CARRIED
        else:
            near = named[bisect.bisect(starts, sentence[0] - _MEMORY) : bisect.bisect(starts, sentence[1])]
            said = next((s for s in spoken if s.start <= figure.start and figure.end <= s.end), None)
            judges = [s.speaker for s in analysts if s.end <= figure.start]
            clause = clause_of(text, sentence, figure)
            clause = clause if said is None else (max(clause[0], said.start), clause[1])
            rank = rank + 1 if before > clause[0] else 0
            earlier = lead if _SHARE.search(text, *clause) else _earlier(text, near, sentence, last)
            told_before = (near, earlier, lead, judges[-1] if judges else "")
            place = Setting(text, figure, sentence, clause, before, rank, said, *told_before)
            row = read(place)
            inside = slice(bisect.bisect_left(begins, sentence[0]), bisect.bisect_left(begins, sentence[1]))
            row["period"], flag = period(place, horizons[inside], row, today)
            flags |= {flag, "metric_missing" if row["metric"] == "other" else ""} - {""}
            last = row["entity"]
            row["entity"] = row["entity"] or "unknown"
        before = figure.end
        if row["entity"] == "unknown":
            flags.add("entity_missing")
        elif entities is not None and row["entity"] not in listed:
            flags.add("entity_unlisted")
        row |= {name: getattr(figure, name) for name in _PRINTED}
        row |= {end: getattr(figure, end) if figure.bound == "range" else np.nan for end in ("low", "high")}
        row |= {"claim_id": f"{document_id}:{figure.start}-{figure.end}:{row['metric']}", "flags": flags}
        rows[figure.Index] = row | {"statement": _statement(row)}
    table = pd.DataFrame(rows.values()).assign(document_id=document_id, status="proposed")
    table["flags"] = [";".join(sorted(flags)) for flags in table["flags"]]
    return conform(table, "claims", words=False)


def clause_of(text: str, sentence: tuple[int, int], figure: Any) -> tuple[int, int]:
    """Return where the clause around a figure (with start and end) begins and ends in its sentence."""
    start, end = sentence
    for match in _BREAK.finditer(text, start, end):
        if match.end() <= figure.start:
            start = match.end()
        elif match.start() >= figure.end:
            return start, match.start()
    return start, end


def _earlier(text: str, named: list[Mention], sentence: tuple[int, int], last: str) -> str:
    """Return who an "it" of this sentence may be: the subject of the sentence before, else of the last claim."""
    before = [m for m in named if m.start < sentence[0] and m.acts and not follows_preposition(text, m)]
    line = max(text.rfind(end, 0, before[-1].start) for end in ".\n") if before else 0
    same = sorted((m for m in before if m.start > line), key=lambda m: not m.listed)
    return same[0].entity if same else last


def _statement(row: dict[str, Any]) -> str:
    hedge = {"approximately": "about", "exact": "", "range": ""}.get(
        row["bound"], row["bound"].replace("_", " ")
    )
    words = [row["entity"] + ":", row["metric"].replace("_", " ")]
    words += [f"of {row['of'].replace('_', ' ')}"] if isinstance(row["of"], str) else []
    words += [hedge, row["quote"] + (f", {row['direction']}" if isinstance(row["direction"], str) else "")]
    words += [f"for {row['period']}"] if isinstance(row["period"], str) else []
    speaker = "" if row["speaker_kind"] == "narrator" else f", says {row['speaker']}"
    return " ".join(filter(None, words)) + f" ({row['modality']}){speaker}."
