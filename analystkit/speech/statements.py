"""Text -> statements: quotations and reported speech, each with the words that attribute it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd

from analystkit.speech.cues import certainty_of, lookup, modality_of
from analystkit.speech.names import (
    DATELINE,
    REACH,
    Context,
    Who,
    organisation,
    people_of,
    who_after,
    who_before,
)

_TEXTS = ["statement", "speaker", "title", "affiliation", "speaker_kind"]
COLUMNS = {"start": "int64", "end": "int64", **dict.fromkeys(_TEXTS, "str"), "quoted": "bool"}
COLUMNS |= dict.fromkeys(["modality", "certainty", "how"], "str")
_QUOTE = re.compile(r"“[^“”]{2,2000}”|\"[^\"\n]{2,2000}\"")
_SENTENCE_END = re.compile(
    r"(?<!\b[A-Z])(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bMrs)(?<!\bInc)(?<!\bLtd)[.!?][\"”’)]*\s+(?=[\"“‘(]?[A-Z0-9])|\n+"
)
_TOLD = re.compile(
    r"\btold (?!that\b)(?:[\w&.’'-]+ ){0,3}?[\w&.’'-]+(?= (?:that|it|they|he|she|the|in|on|at|during)\b|[,.])"
)
_ACCORDING = re.compile(r"\baccording to\b", re.IGNORECASE)
_OPENED = re.compile(  # what begins a reported statement
    r"\s*,?\s*(?:(?:in|on|at) [^,.]{3,40}?,?\s*)?(?:\w+ly )?(?:that|whether|if|how)\b|\s*:\s"
)
# "..., Ann Lee said at a briefing, adding": what was said stands before
_ASIDE = re.compile(
    r",\s|\s+(?:at|in|on|during|via|late|early|this|last|yesterday)\b(?![^,.]*\bthat\b)[^,.;:]{2,40}(?:[,.](?:\s|$)|$)"
)
_LONGEST = 4000  # characters of a sentence
_NOBODY = Who("", "", "", "narrator", "none")
_Row = tuple[int, int, Who, bool, str]  # start, end, who, quoted, verb


def attribute_speakers(text: str) -> pd.DataFrame:
    """Return one row for each quoted or reported statement of a text, with who made it.

    Parameters
    ----------
    text
        A document or a sentence. Names are known by their capitals and by the titles and houses
        beside them; nothing is looked up elsewhere.

    Returns
    -------
    pd.DataFrame
        In order of place: start, end (``text[start:end] == statement``), statement, speaker
        (several joined by "; "), title, affiliation, speaker_kind (company, executive, analyst,
        official, media, market, narrator), quoted (in quotation marks, else reported), modality,
        certainty (certain, probable, uncertain) and how the speaker was found: named, known (a
        surname or role given in full elsewhere in the text), pronoun (the person named last: check
        it), unnamed ("investors") or none (a quotation nobody is given for). What the text does
        not say is missing.

    Examples
    --------
    >>> text = '"Orders are strong," said Ann Lee, an analyst at Acme Bank.'
    >>> attribute_speakers(text)[["statement", "speaker", "affiliation", "speaker_kind"]]
               statement  speaker affiliation speaker_kind
    0  Orders are strong  Ann Lee   Acme Bank      analyst
    """
    people = people_of(text)
    found: list[_Row] = []
    last: Who | None = None
    runs_on: Who | None = None  # who spoke at the end of the sentence before
    topic, ended = "", 0
    dateline = DATELINE.match(text)
    for first, stop in _pieces(text):
        if dateline and first < dateline.end() < stop:
            first = dateline.end()
        quotes = list(_QUOTE.finditer(text, first, stop))
        rows = list(_statements(text, first, stop, quotes, people, (last, topic)))
        spoken = {row[0] for row in rows if row[3]}
        for match in quotes:
            if match.start() + 1 in spoken or len(match.group().split()) < 4:
                continue
            opening = re.fullmatch(r"(.{3,80}):\s*", text[first : match.start()])
            who = who_before(opening.group(1), people, (last, topic)) if opening else None
            if who is None and match.start() - ended <= 3:
                who = runs_on
            rows.append((match.start() + 1, match.end() - 1, who or _NOBODY, True, ""))
        rows.sort(key=lambda row: row[:2])
        found.extend(rows)
        last = next((row[2] for row in rows[::-1] if row[2].how in ("named", "known", "pronoun")), last)
        runs_on = rows[-1][2] if any(row[3] for row in rows) else None
        topic, ended = organisation(text[first:stop], people) or topic, stop
    return _frame(text, found)


def _frame(text: str, found: list[_Row]) -> pd.DataFrame:
    records = []
    for first, stop, who, quoted, verb in found:
        statement = text[first:stop]
        trimmed = statement.strip().rstrip(",.;: " if quoted else ".;, ")
        start = first + len(statement) - len(statement.lstrip())
        cue = f"{verb} {trimmed}"
        place = (start, start + len(trimmed), trimmed)
        speaker = (who.speaker, who.title, who.affiliation, who.kind)
        records.append((*place, *speaker, quoted, modality_of(cue), certainty_of(cue), who.how))
    frame = pd.DataFrame(records, columns=list(COLUMNS)).astype(COLUMNS)
    optional = ["speaker", "title", "affiliation"]
    frame[optional] = frame[optional].mask(frame[optional] == "")
    return frame


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Yield sentences, the longest cut so that no text takes more than linear time.

    A sentence end within a quotation does not count.
    """
    quote = np.zeros(len(text) + 1, int)
    for number, match in enumerate(_QUOTE.finditer(text), start=1):
        quote[match.start() + 1 : match.end()] = number
    found = (match.span() for match in _SENTENCE_END.finditer(text))
    ends = [end for start, end in found if not 0 < quote[start] == quote[end]]
    for start, end in pairwise([0, *ends, len(text)]):
        for at in range(start, end, _LONGEST):
            yield at, min(at + _LONGEST, end)


def _statements(
    text: str, first: int, stop: int, quotes: list[re.Match[str]], people: dict[str, Who], context: Context
) -> Iterator[_Row]:
    """Yield the attributed statements of one sentence; each quotation at most once."""
    verbs, frames = lookup("verbs")
    used: set[int] = set()
    ends_at = first
    found = [*_TOLD.finditer(text, first, stop), *verbs.finditer(text, first, stop)]
    for verb in [*found, *_ACCORDING.finditer(text, first, stop)]:
        if verb.start() < ends_at or any(q.start() < verb.start() < q.end() for q in quotes):
            continue
        frame = frames.get(verb.group().lower(), "clause" if verb.re is _TOLD else "according")
        behind = [q for q in quotes if q.end() <= verb.start() <= q.end() + REACH]
        ahead = [q for q in quotes if verb.end() <= q.start() <= verb.end() + REACH]
        lead = text[behind[-1].end() if behind else first : verb.start()]
        tail = text[verb.end() : min(stop, ahead[0].start() if ahead else stop)]
        who = who_before(lead, people, context) if frame != "according" else None
        bare = not lead.strip(" ,.—–-") or bool(behind)
        inverted = frame == "according" or (who is None and bare)
        if inverted or (who is None and lead.rstrip().endswith(",")):
            who = who_after(tail, people, context)
        if who is None:
            continue
        if behind and behind[-1].start() not in used:
            quote = behind[-1]
        elif ahead and ahead[0].start() not in used and len(tail.split()) <= 12:
            quote = ahead[0]
        else:
            span = _reported(text, first, stop, verb, frame, inverted, who)
            if span is not None:
                ends_at = span[1] if span[0] >= verb.start() else stop
                yield *span, who, False, verb.group()
            continue
        used.add(quote.start())
        yield quote.start() + 1, quote.end() - 1, who, True, verb.group()


def _reported(
    text: str, first: int, stop: int, verb: re.Match[str], frame: str, inverted: bool, who: Who
) -> tuple[int, int] | None:
    """Return the span of what is reported: after the verb, or before ", analysts said."."""
    rest = text[verb.end() : stop]
    lead = text[first : verb.start()].rstrip()
    little = len(rest.strip(' .\n"”').split()) <= (4 if frame == "clause" else 0)
    trailing = (inverted and frame != "according") or little or bool(_ASIDE.match(rest))
    if trailing and "," in lead and not re.match(r"\s*,?\s*that\b", rest):
        cut = lead.rfind(",", 0, len(lead) - 1) if not inverted else len(lead.rstrip(","))
        return (first, first + cut) if len(lead[:cut].split()) >= 3 else None
    if frame == "according":
        comma = rest.find(",")
        if lead.strip(" ,"):
            return first, first + len(lead.rstrip(","))
        return (verb.end() + comma + 1, stop) if comma >= 0 else None
    opened = _OPENED.match(rest)
    acted = re.match(r"\s+(?:them|him|us|me|you)\b", rest)  # "deny them access": nothing is said
    judges = frame == "that" and who.kind == "analyst" and not acted  # "an analyst expects it to"
    rated = frame == "quote" and who.how == "unnamed"  # "Analysts call the plan risky"
    if frame == "whether" or rated or opened or ((judges or frame in ("clause", "view")) and rest.strip()):
        skip = opened.end() if opened else 0
        return (verb.end() + skip, stop) if len(rest[skip:].split()) >= 2 else None
    return (verb.end(), stop) if frame == "object" and not acted and len(rest.split()) >= 3 else None
