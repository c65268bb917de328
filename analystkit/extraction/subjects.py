"""Whom a clause is about: names and aliases in a text, and the subject of the words around a figure."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

import pandas as pd

from analystkit.schemas.tables import read_words

# Names outside the table: capitals in a row, joined by small words of names.
_NAME = re.compile(r"[A-Z][\w&’'-]*(?:\s+(?:(?:of|de|van)\s+)?[A-Z][\w&-]*)*")
_TITLES = re.compile(
    r"\s+(?:CEO|CFO|COO|CTO|Chief|President|Chairman|Chairwoman|Chair|Founder|Director|Analyst)\b.*"
)
_CORPORATE = re.compile(
    r"[,\s]+(?:Inc|Corp|Corporation|Ltd|Limited|plc|PLC|Co|Company|Group|Holdings?|Platforms|AG|SE|SA|NV|LLC)\b\.?"
)
_VERB = re.compile(
    r"(?:[’']s)?(?:\s+(?:also|now|recently|alone|itself|\w+ly))?\s+(?:will|would|has|have|had|is|are|was|were|may|could"
    r"|plans?|expects?|intends?|aims?|seeks?|wants?|said|says|spent|\w+(?:ed|ing))\b"
)
_PREPOSITION = re.compile(
    r"\b(?:of|in|by|from|to|with|for|at|on|into|like|unlike|including|than|against|between|and)\s+(?:the\s+)?$",
    re.I,
)
_PRONOUN = re.compile(
    r"(?i)\b(?:it|its|the (?:\w+[- ]){0,3}?(?:company|firm|group|giant|maker|retailer|lender|bank|startup|business"
    r"|plan|amount|investment|sum|deal))\b"
)


@dataclass(frozen=True)
class Mention:
    """A name in a text: where it stands, whom it means, and whether a table of entities has it."""

    start: int
    end: int
    entity: str
    kind: str
    listed: bool

    @property
    def acts(self) -> bool:
        """People, houses and media speak of others."""
        return self.kind not in ("person", "house", "media")


@functools.cache
def _no_names(when: str) -> frozenset[str]:
    """Return the words with a capital that begin no name ("first"), or are none by themselves ("alone")."""
    table = read_words("extraction_no_names.csv")
    return frozenset(table.loc[table["when"] == when, "word"])


def mentions(text: str, entities: pd.DataFrame | None = None) -> list[Mention]:
    """Return the names in a text, in order: those of the entities, and other capitalised ones.

    Parameters
    ----------
    text
        A document or a sentence.
    entities
        A table of the shape of `entities` in the codebook (entity, name, aliases and kind are read), or None.

    Examples
    --------
    >>> table = pd.DataFrame({"entity": ["Meta"], "name": ["Meta"], "kind": ["company"], "aliases": ["Facebook"]})
    >>> [(m.entity, m.listed) for m in mentions("Facebook and Acme Corp rose.", table)]
    [('Meta', True), ('Acme', False)]
    """
    known = {} if entities is None else _aliases(entities)
    found = []
    if known:
        pattern = "|".join(re.escape(alias) for alias in sorted(known, key=len, reverse=True))
        matches = re.finditer(rf"(?<!\w)(?:{pattern})(?!\w)", text)
        found = [Mention(*match.span(), *known[match[0]], True) for match in matches]
    taken = [(m.start, m.end) for m in found]
    for match in _NAME.finditer(text):
        words = match[0].split()
        start = match.start()
        while words and re.split(r"[’']s?$", words[0])[0] in _no_names("first"):
            start += len(words[0]) + 1
            words = words[1:]
        name = _CORPORATE.split(_TITLES.sub("", re.sub(r"[’']s?$", "", " ".join(words))))[0]
        end = start + len(name)
        none = len(name) < 2 or name in _no_names("alone")
        if not none and not any(start < last and first < end for first, last in taken):
            found.append(Mention(start, end, name, "", False))
    return sorted(found, key=lambda mention: mention.start)


def _aliases(entities: pd.DataFrame) -> dict[str, tuple[str, str]]:
    known: dict[str, tuple[str, str]] = {}
    table = entities.reindex(columns=["entity", "name", "aliases", "kind"]).astype("str").fillna("")
    for row in table[~table["kind"].isin(["group", "basket"])].itertuples():
        for alias in (row.entity, row.name, _CORPORATE.split(row.name)[0], *row.aliases.split(";")):
            if len(alias.strip()) > 1 and alias.strip() != "narrator":
                known.setdefault(alias.strip(), (row.entity, row.kind))
    return known


def subject(
    text: str,
    clause: tuple[int, int],
    sentence: tuple[int, int],
    figures: tuple[int, int],
    named: list[Mention],
    speakers: frozenset[str],
    earlier: str,
    own: bool,
) -> str:
    """Return whom a figure is about, "" when nobody can be told.

    A name of its own between the figure before and this one ("Acme spends $80 billion and Globex $65 billion"), else
    the subject of its clause, else that of its sentence, else the subject so far (`earlier`; at once when a company
    speaks of itself, `own`). `figures` is where the figure before ends and where this one begins. Speakers and people
    do not count.
    """
    before, figure = figures
    acting = [m for m in named if m.acts]
    if before > clause[0]:
        between = [m for m in acting if before <= m.start < figure]
        lead = [re.sub(r"(?i)\band\s+$", "", text[before : m.start]) for m in between]
        plain = [m for m, words in zip(between, lead, strict=True) if not _PREPOSITION.search(words)]
        if plain:
            return plain[-1].entity
    acting = [m for m in acting if m.entity not in speakers]
    return _subject(text, clause, figure, acting, earlier if own else "", own) or _subject(
        text, sentence, figure, acting, earlier, own
    )


def _subject(
    text: str, within: tuple[int, int], figure: int, named: list[Mention], last: str, own: bool
) -> str:
    """Return whom the words around a figure are about.

    The name that a verb follows, else the first one without a preposition before it, else the subject so far when
    a pronoun or "the company" stands for it or a company speaks of itself, else any name.
    """
    inside = [m for m in named if within[0] <= m.start < within[1]]
    before = [m for m in inside if m.start < figure]
    plain = [m for m in before if not _PREPOSITION.search(text[max(within[0], m.start - 20) : m.start])]
    led = [m for m in plain if _VERB.match(text, m.end)]
    if led or plain:
        return (led or plain)[0].entity
    if last and (own or _PRONOUN.search(text[within[0] : figure])):
        return last
    return (before or inside)[0].entity if inside else last
