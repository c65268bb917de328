"""Evidence of a sentence -> evidence about one entity of it: subject, rival, source or other."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

from analystkit.schemas import read_words
from analystkit.tone.reading import fold

Spans = list[dict[str, Any]]
_NAME = re.compile(r"\s[A-Z][\w&]")
_CAUSE = r"as|after|on|amid|amidst|when|following|ahead of|due to|because of|before|despite"
_BREAK = re.compile(
    rf"(?:[;:!?.]|\s(?:[-–—]|but|while|whereas|however|although|though|(?P<cause>{_CAUSE})))\s"
)
_SHARES = re.compile(r"\W*(?:its |their |the )?(?:shares?|stocks?|scrips?|adrs?)\b", re.IGNORECASE)
_SAYS = re.compile(r"\b(?:says|said|according to)\s+(?:[\w.']+\s+){0,3}$")
_JUDGEMENTS = ("word", "burden", "denial")
_TIED, _ATTACHED = 12, 6  # characters, words between a judgement and the name it is tied to
_NEAR = 120  # characters around a name that tell its role


@cache
def _cues(role: str) -> frozenset[str]:
    words = read_words("tone_roles.csv")
    return frozenset(words.loc[words["class"] == role, "entry"])


@cache
def _judges() -> re.Pattern[str]:
    verbs = "|".join(sorted(_cues("source after"), key=len, reverse=True))
    return re.compile(rf"(?:'s)?(?:,? [A-Z][\w.]*){{0,2}}\s+['\"`]?(?:{verbs})\b")


def place_of(entity: str, text: str) -> tuple[int, int]:
    """Return where a text first names an entity, or (-1, -1): a whole word, or its plural.

    Examples
    --------
    >>> place_of("Meta", "Metals fall, Meta rises"), place_of("Intel", "intelligence")
    ((13, 17), (-1, -1))
    """
    low, name = fold(text), fold(entity).strip()
    at = low.find(name) if name else -1
    while at >= 0:
        stop = at + len(name)
        plural = len(name) > 3 and low.startswith("s", stop)  # "Acmes results"
        if not (low[at - 1 : at].isalnum() or low[stop + plural : stop + plural + 1].isalnum()):
            return at, stop
        at = low.find(name, at + 1)
    return -1, -1


def about(entity: str | None, text: str, evidence: Spans) -> tuple[str, Spans]:
    """Return the role of an entity in a sentence and the evidence that concerns it.

    A source ("..., says HOUSE", "...: Name, HOUSE", "HOUSE upgrades X") and a rival ("against X")
    are judged by nothing; a subject by the evidence of its own clause and what the text adds about
    its shares, or, when its clause has none, by later clauses that do not name another, else by the
    clause before.
    """
    first, stop = place_of(entity, text) if isinstance(entity, str) else (-1, -1)
    if first < 0:
        return "other", []
    starts = [piece["start"] for piece in evidence]

    def within(begin: int, end: int) -> Spans:
        return evidence[bisect_left(starts, begin) : bisect_left(starts, end)]

    clauses = _clauses(text, evidence, within)
    home = next(i for i, (_, end) in enumerate(clauses) if first < end)
    own = within(*clauses[home])
    role = _role(text, first, stop, own, starts[-1] if starts else -1)
    if role != "subject":
        return role, []
    if text.startswith(": ", stop):
        return role, within(stop, len(text)) + (own if first else [])
    taken = list(own)
    for begin, end in clauses[home + 1 :]:
        mine = within(begin, end)
        if mine and own:
            taken += mine if _SHARES.match(text, begin, end) else []
        elif mine and not _NAME.search(text, begin + 1, mine[0]["start"]):
            taken += mine
    begin = clauses[home][0]
    caused = _BREAK.match(fold(text), begin)
    if taken or home == 0 or (caused and caused["cause"]):
        return role, taken
    return role, within(*clauses[home - 1])


def _clauses(text: str, evidence: Spans, within: Callable[[int, int], Spans]) -> list[tuple[int, int]]:
    """Cut a text into clauses; a comma parts two clauses only when both have evidence.

    A judgement and its "on" ("bullish on X") stay together.
    """
    if not evidence:
        return [(0, len(text))]
    judged = sorted(piece["end"] for piece in evidence if piece["rule"] in _JUDGEMENTS)
    cuts = [0]
    for mark in _BREAK.finditer(fold(text)):
        near = bisect_left(judged, mark.start() - _TIED)
        tied = near < len(judged) and judged[near] <= mark.start() + 4
        if not (tied and mark["cause"] == "on"):
            cuts.append(mark.start())
    parts: list[tuple[int, int]] = []
    for begin, end in pairwise([*cuts, len(text)]):
        at = begin
        while len(evidence) > 1 and (at := text.find(", ", at + 1, end)) > 0:
            if within(begin, at) and within(at, end):
                parts.append((begin, at))
                begin = at
        parts.append((begin, end))
    return parts


def _role(text: str, first: int, stop: int, own: Spans, last: int) -> str:
    """Return the role of the name between two offsets, with the evidence of its clause, the last of all."""
    before, after = text[max(0, first - _NEAR) : first], text[stop : stop + _NEAR]
    colon = text.rfind(":", 0, first)
    signed = colon > max(0, last) and len(text) - colon < 90
    if signed or (not after[:4].strip(" .'\"") and _SAYS.search(before)):
        return "source"
    if _judges().match(after) and (_NAME.search(after) or not own):
        return "source"
    words = before[-40:].lower().rstrip("'\"`").split()
    if words and words[-1] in ("the", "its", "their"):
        words.pop()
    leads = [" ".join(words[-n:]) for n in (1, 2, 3)]
    if own and not _cues("rival").isdisjoint(leads):
        return "rival"
    if _cues("oblique").isdisjoint(leads) or any(piece["end"] > first for piece in own):
        return "subject"
    ends = [piece["end"] for piece in own if piece["rule"] in _JUDGEMENTS]
    between = text[max(ends) - 5 : first].lower().split() if ends else []
    tied = len(between) <= _ATTACHED and not _cues("attach").isdisjoint(between)
    return "subject" if tied else "other"
