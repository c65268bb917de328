"""Evidence of a sentence -> evidence about one entity of it: subject, rival, source or other."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache
from itertools import pairwise
from typing import Any

from analystkit.schemas import read_words

ROLES = ("subject", "rival", "source", "other")
Spans = list[dict[str, Any]]
_NAME = re.compile(r"\s[A-Z][\w&]")
_CAUSE_WORDS = r"as|after|on|amid|amidst|when|following|ahead of|due to|because of|before|despite"
_BREAK = re.compile(
    rf"[;:!?]\s|\.\s|\s[-–—]\s|\s(?:but|while|whereas|however|although|though|{_CAUSE_WORDS})\s",
    re.IGNORECASE,
)
_CAUSES = re.compile(rf"\s(?:{_CAUSE_WORDS})\s", re.IGNORECASE)
_SHARES = re.compile(r"\W*(?:its |their |the )?(?:shares?|stocks?|scrips?|adrs?)\b", re.IGNORECASE)
_COMMA = re.compile(r",\s")
_SAYS = re.compile(r"\b(?:says|said|according to)\s+(?:[\w.']+\s+){0,3}$")
_JUDGEMENTS = ("word", "burden", "denial")
_TIED, _ATTACHED = 12, 6  # characters, words between a judgement and the name it is tied to
_NEAR = 120  # characters around a name that tell its role


@cache
def _cue(role: str) -> re.Pattern[str]:
    words = read_words("tone_roles.csv")
    cues = words.loc[words["class"] == role, "entry"]
    joined = "|".join(re.escape(cue) for cue in sorted(cues, key=len, reverse=True))
    if role == "source after":
        return re.compile(rf"(?:'s)?(?:,? [A-Z][\w.]*){{0,2}}\s+['\"`]?(?:{joined})\b")
    after = r"\b" if role == "attach" else r"\s+(?:the\s+|its\s+|their\s+)?['\"`]?$"
    return re.compile(rf"\b(?:{joined}){after}", re.IGNORECASE)


def place_of(entity: str, text: str) -> tuple[int, int]:
    """Return where a text first names an entity, or (-1, -1).

    Examples
    --------
    >>> place_of("Meta", "Metals fall, Meta rises")
    (13, 17)
    """
    low, name = text.lower(), entity.lower().strip()
    at = low.find(name) if name else -1
    while at >= 0:
        stop = at + len(name)
        if (at == 0 or not low[at - 1].isalnum()) and (stop == len(low) or not low[stop].isalnum()):
            return at, stop
        at = low.find(name, at + 1)
    at = low.find(name) if len(name) > 3 else -1
    return (at, at + len(name)) if at >= 0 else (-1, -1)


def about(entity: str, text: str, evidence: Spans) -> tuple[str, Spans]:
    """Return the role of an entity in a sentence and the evidence that concerns it.

    A source ("..., says HOUSE", "...: Name, HOUSE", "HOUSE upgrades X") and a rival ("against X")
    are judged by nothing; a subject by the evidence of its own clause and what the text adds about
    its shares, or, when its clause has none, by the clauses that do not name another.
    """
    first, stop = place_of(entity, text)
    if first < 0:
        return "other", []
    if not evidence:
        return _role(text, first, stop, [], []), []
    segments = _segments(text, evidence)
    home = next((i for i, (a, b) in enumerate(segments) if a <= first < b), len(segments) - 1)
    own = _within(evidence, *segments[home])
    role = _role(text, first, stop, own, evidence)
    if role != "subject":
        return role, []
    if text[stop : stop + 2] == ": ":
        return role, _within(evidence, stop, len(text)) + (own if first else [])
    if not own:
        return role, _borrowed(text, home, segments, evidence)
    shares = [part for part in segments[home + 1 :] if _SHARES.match(text[part[0] : part[1]])]
    return role, own + [piece for part in shares for piece in _within(evidence, *part)]


def _start(piece: dict[str, Any]) -> int:
    return int(piece["start"])


def _within(evidence: Spans, begin: int, end: int) -> Spans:
    """Return the pieces (in order of place) that begin between two offsets."""
    first = bisect_left(evidence, begin, key=_start)
    return evidence[first : bisect_left(evidence, end, lo=first, key=_start)]


def _segments(text: str, evidence: Spans) -> list[tuple[int, int]]:
    """Cut a text into clauses; a comma parts two clauses only when both have evidence.

    A judgement and its "on" ("bullish on X") stay together.
    """
    judged = sorted(piece["end"] for piece in evidence if piece["rule"] in _JUDGEMENTS)
    cuts = [0]
    for mark in _BREAK.finditer(text):
        near = bisect_left(judged, mark.start() - _TIED)
        tied = near < len(judged) and judged[near] <= mark.start() + 4
        if not (tied and mark.group().lower() == " on "):
            cuts.append(mark.start())
    parts: list[tuple[int, int]] = []
    for begin, end in pairwise([*cuts, len(text)]):
        left = begin
        for comma in _COMMA.finditer(text, begin, end):
            at = comma.start()
            if _within(evidence, left, at) and _within(evidence, at, end):
                parts.append((left, at))
                left = at
        parts.append((left, end))
    return parts


def _role(text: str, first: int, stop: int, own: Spans, evidence: Spans) -> str:
    before, after = text[max(0, first - _NEAR) : first], text[stop : stop + _NEAR]
    colon = text.rfind(":", 0, first)
    if colon > 0 and not _within(evidence, colon, len(text)) and len(text) - colon < 90:
        return "source"
    if _SAYS.search(before) and not text[stop : stop + 4].strip(" .'\""):
        return "source"
    if _cue("source after").match(after) and (_NAME.search(after) or not own):
        return "source"
    if _cue("rival").search(before) and own:
        return "rival"
    if any(piece["end"] > first for piece in own):
        return "subject"
    if not _cue("oblique").search(before):
        return "subject"
    ends = [piece["end"] for piece in own if piece["rule"] in _JUDGEMENTS]
    between = text[max(ends) - 5 : first] if ends else ""
    tied = _cue("attach").search(between) and len(between.split()) <= _ATTACHED
    return "subject" if tied else "other"


def _borrowed(text: str, home: int, segments: list[tuple[int, int]], evidence: Spans) -> Spans:
    """Return the evidence of later clauses that do not name anybody else, else of the one before."""
    taken: Spans = []
    for begin, end in segments[home + 1 :]:
        mine = _within(evidence, begin, end)
        if mine and not _NAME.search(text[begin + 1 : mine[0]["start"]]):
            taken.extend(mine)
    if taken or home == 0 or _CAUSES.match(text[segments[home][0] :]):
        return taken
    return _within(evidence, *segments[home - 1])
