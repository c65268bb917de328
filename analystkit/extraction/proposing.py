"""Figures and speakers -> claims with status proposed; what cannot be told is flagged, not guessed silently."""

from __future__ import annotations

import bisect
import datetime as dt
import functools
import re
from typing import Any

import numpy as np
import pandas as pd

from analystkit.documents import sentences
from analystkit.extraction.subjects import Mention, mentions, subject
from analystkit.figures import find_figures
from analystkit.schemas import PERIOD, conform, empty
from analystkit.schemas.tables import read_words
from analystkit.speech import attribute_speakers, modality_of

# A clause ends where another subject may begin.
_BREAK = re.compile(
    r"[;:—–]|\s-\s|,?\s+(?:while|whereas|although|though|but|whilst|after|when|because|as)\s+|,\s+(?:and|with)\s+"
)
_VOICED = re.compile(
    r"(?i)\b(?:announced|announces|said|says|pledged|pledges|confirmed|unveiled|reported|guided|vowed|disclosed)\b"
)
_CHANGED = re.compile(
    r"(?i)\b(?:gain|add|lost|lose|losing|shed|wip|eras|rose|fell|increas|decreas|drop|jump|surg|swell|boost)\w*"
)
# What somebody expects to spend is a plan; what somebody expects to earn is an estimate.
_INTENDED = re.compile(r"(?i)\bexpect\w* to (?:spend|invest|build|put|pay|buy|hire|open|raise|cut)\b")
_SPENT = ("investment_plan", "capex", "acquisition", "jobs")
_TARGET = re.compile(r"\b(?:on|for)\s+(?:the\s+)?$")
_KINDS = {"money": "money", "percent": "percent", "count": "count", "quantity": "count"}
# A cue behind the figure, or in another clause, binds it less than one right before it.
_BEHIND, _ELSEWHERE, _REACH = 1.5, 80.0, 260.0
_WEAK = 40.0
_SHARE_FLOOR = 1e5
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
    chosen = figures[figures["kind"].isin(_KINDS)]
    if chosen.empty:
        return empty("claims")
    horizons = figures[figures["kind"] == "horizon"]
    spoken = list(attribute_speakers(text).itertuples())
    named = mentions(text, entities)
    listed = {m.entity for m in named if m.listed}
    places = list(sentences(text)[["start", "end"]].itertuples(index=False, name=None))
    starts = [m.start for m in named]
    rows: dict[Any, dict[str, Any]] = {}
    last, before = "", 0
    for figure in chosen.itertuples():
        sentence = places[bisect.bisect_right(places, (figure.start, len(text))) - 1]
        flags = set(str(figure.flags).split(";")) - {"", "nan"}
        if pd.notna(figure.converts) and int(figure.converts) in rows:
            original = rows[int(figure.converts)]
            row = original | {"converts": original["claim_id"]}
            flags |= original["flags"] & _CARRIED
        else:
            near = named[bisect.bisect(starts, sentence[0] - _MEMORY) : bisect.bisect(starts, sentence[1])]
            earlier = _earlier(text, near, sentence, last)
            said = next((s for s in spoken if s.start <= figure.start and figure.end <= s.end), None)
            clause = clause_of(text, sentence, figure)
            clause = clause if said is None else (max(clause[0], said.start), clause[1])
            row = _read(text, figure, sentence, clause, before, said, near, earlier)
            row["period"], flag = _period(horizons, sentence, clause, figure)
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
    before = [m for m in named if m.start < sentence[0] and m.acts]
    line = max(text.rfind(end, 0, before[-1].start) for end in ".\n") if before else 0
    same = sorted((m for m in before if m.start > line), key=lambda m: not m.listed)
    return same[0].entity if same else last


def _read(
    text: str,
    figure: Any,
    sentence: tuple[int, int],
    clause: tuple[int, int],
    before: int,
    said: Any,
    named: list[Mention],
    earlier: str,
) -> dict[str, Any]:
    """Return entity, metric, scope, speaker and modality of a figure from its sentence."""
    metric, scope = _measure(text, sentence, clause, figure)
    counted = re.sub(r"\W+", "_", figure.of.lower()) if isinstance(figure.of, str) else None
    voices, own = frozenset[str](), False
    if said is not None:
        sentence = (said.start, sentence[1])
        who = [v for v in (said.affiliation, said.speaker) if isinstance(v, str)]
        own = said.speaker_kind in ("company", "executive")
        if own and (said.speaker_kind == "company" or len(who) > 1):
            # Officers speak of their own company, which then is named by "we" or not at all.
            earlier = next((m.entity for m in named if who[0] in (text[m.start : m.end], m.entity)), who[0])
        voices = frozenset(who) if said.speaker_kind != "company" else voices
    entity = subject(text, clause, sentence, (before, figure.start), named, voices, earlier, own)
    row: dict[str, Any] = {"entity": entity, "metric": metric}
    row |= {"speaker": "narrator", "speaker_kind": "narrator"}
    row["of"] = scope or _scope(text, clause) or (counted if counted != metric else None)
    comma = re.search(r",\s", text[figure.end : clause[1]])
    told = text[clause[0] : figure.end + comma.start() if comma else clause[1]]
    row["modality"] = modality_of(told) if said is None or said.modality == "reported" else said.modality
    if row["modality"] == "estimated" and (_INTENDED.search(told) or (own and metric in _SPENT)):
        row["modality"] = "planned"
    inside = [m for m in named if clause[0] <= m.start < clause[1]]
    if said is not None and isinstance(said.speaker, str):
        names = ";".join(re.split(r"\s*;\s*", said.speaker))
        row |= {"speaker": names, "speaker_kind": said.speaker_kind}
    elif _VOICED.search(told) and any(m.entity == entity and m.start < figure.start for m in inside):
        row |= {"speaker": entity, "speaker_kind": "company"}
    marked = [m.entity for m in inside if _TARGET.search(text[: m.start][-30:])]
    if metric == "price_target" and marked and marked[0] != entity:
        # "Analysts of a house raised their target on a share": the share is meant, the house speaks.
        row["entity"] = marked[0]
        row |= {"speaker": entity, "speaker_kind": "analyst"} if said is None and entity else {}
    return row


@functools.cache
def _cues(name: str, kind: str = "") -> tuple[re.Pattern[str], dict[str, Any]]:
    table = read_words(name)
    table = table[table["kind"].isin([kind, "any"])] if kind else table
    found = {row.cue.lower(): row for row in table.itertuples()}
    longest = "|".join(re.escape(cue) for cue in sorted(found, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{longest})(?!\w)", re.I), found


def _measure(text: str, sentence: tuple[int, int], clause: tuple[int, int], figure: Any) -> tuple[str, str]:
    """Return metric and scope by the cue word nearest to the figure, ("other", "") without any."""
    pattern, found = _cues("extraction_metrics.csv", _KINDS[figure.kind])
    near = []
    for match in pattern.finditer(text, *sentence):
        behind, cue = match.start() >= figure.end, found[match[0].lower()]
        cost = (match.start() - figure.end) * _BEHIND if behind else figure.start - match.end()
        cost += 0.0 if clause[0] <= match.start() < clause[1] else _ELSEWHERE
        # Another cue nearby says more than a weak word.
        cost += _WEAK * (match[0].lower() in ("plan", "build", "building", "worth", "project"))
        near += [(cost, cue.metric, cue.of)] if cost < _REACH else []
    near.sort(key=lambda cue: cue[0])
    metric, scope = near[0][1:] if near else ("other", "")
    if metric == "growth" and not scope:
        # "Revenue grew 4 %": the verb is nearer, the noun says what grew.
        scope = next((of for _, name, of in near if name == "growth" and of), "")
    told, moved = text[clause[0] : clause[1]], isinstance(figure.direction, str)
    if metric == "market_value" and (moved or _CHANGED.search(told)):
        metric = "market_value_change"
    size = figure.value if np.isfinite(figure.value) else figure.high
    if metric == "share_price" and size > _SHARE_FLOOR:
        metric = "market_value_change" if "value" in told else "other"
    if metric == "other" and figure.kind == "percent" and moved:
        metric = "growth"
    return metric, scope


def _scope(text: str, clause: tuple[int, int]) -> str | None:
    pattern, found = _cues("extraction_scopes.csv")
    longest = max((m[0] for m in pattern.finditer(text, *clause)), key=len, default=None)
    return found[longest.lower()].of if longest else None


def _period(
    horizons: pd.DataFrame, sentence: tuple[int, int], clause: tuple[int, int], figure: Any
) -> tuple[str | None, str]:
    """Return the horizon nearest to the figure, in its clause before its sentence; and a flag when there is none."""
    near = horizons[(horizons["start"] >= sentence[0]) & (horizons["end"] <= sentence[1])]
    if near.empty:
        return None, "period_missing"
    apart = np.maximum(near["start"] - figure.end, figure.start - near["end"]).astype("float64")
    apart += _ELSEWHERE * ~near["start"].between(*clause)
    period = near.loc[apart.idxmin(), "period"]
    known = isinstance(period, str) and re.fullmatch(PERIOD, period)
    return (period, "") if known else (None, "period_unresolved")


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
