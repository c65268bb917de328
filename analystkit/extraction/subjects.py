"""Whom a clause is about: the subject of the words around a figure."""

from __future__ import annotations

import re

from analystkit.extraction.cast import Mention

_VERB = re.compile(
    r"(?:[’']s)?(?:\s+(?:also|now|recently|alone|itself|\w+ly))?\s+(?:will|would|has|have|had|is|are|was|were|may|could"
    r"|plans?|expects?|intends?|aims?|seeks?|wants?|said|says|spent|\w+(?:ed|ing))\b"
)
_PREPOSITION = re.compile(
    r"\b(?:of|in|by|from|to|with|for|at|on|into|like|unlike|including|than|against|between|and)\s+(?:the\s+)?$",
    re.I,
)
_PRONOUN = re.compile(
    r"(?i)\b(?:it|its|they|their|the (?:\w+[- ]){0,3}?(?:company|firm|group|giant|maker|\w+maker|retailer|lender|bank"
    r"|startup|business|plan|amount|investment|sum|deal|stock|shares?|plants?|project))\b"
)

Span = tuple[int, int]


def subject(
    text: str,
    within: tuple[Span, Span],
    figures: Span,
    named: list[Mention],
    earlier: str,
    own: bool,
) -> str:
    """Return whom a figure is about, "" when nobody can be told.

    A name of its own between the figure before and this one ("Acme spends $80 billion and Globex $65 billion"),
    else the subject of its clause, else that of its sentence (`within` has the two), else the subject so far
    (`earlier`; at once when a company speaks of itself, `own`). `figures` is where the figure before ends and where
    this one begins.
    """
    (clause, sentence), (before, figure) = within, figures
    if before > clause[0]:
        between = [m for m in named if before <= m.start < figure]
        plain = [
            m
            for m in between
            if not _PREPOSITION.search(re.sub(r"(?i)\band\s+$", "", text[before : m.start]))
        ]
        if plain:
            return plain[-1].entity
    return _subject(text, clause, figure, named, earlier if own else "", own) or _subject(
        text, sentence, figure, named, earlier, own
    )


def follows_preposition(text: str, mention: Mention, since: int = 0) -> bool:
    return bool(_PREPOSITION.search(text[max(since, mention.start - 20) : mention.start]))


def _subject(text: str, within: Span, figure: int, named: list[Mention], last: str, own: bool) -> str:
    """Return whom the words around a figure are about.

    The name that a verb follows, else the first one without a preposition before it, else the subject so far when
    a pronoun or "the company" stands for it or a company speaks of itself, else any name.
    """
    inside = [m for m in named if within[0] <= m.start < within[1]]
    before = [m for m in inside if m.start < figure]
    plain = [m for m in before if not follows_preposition(text, m, within[0])]
    led = [m for m in plain if _VERB.match(text, m.end)]
    pronoun = _PRONOUN.search(text, within[0], figure)
    # "Acme said it would buy Globex for": the pronoun acts, not what stands behind it.
    if (
        last
        and (own or pronoun)
        and not led
        and (not plain or (pronoun and pronoun.start() < plain[0].start))
    ):
        return last
    if led or plain:
        return (led or plain)[0].entity
    return (before or inside)[0].entity if inside else last
