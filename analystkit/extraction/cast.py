"""The cast of a text: who is named in it, short forms and places told apart."""

from __future__ import annotations

import functools
import re
from collections import Counter
from dataclasses import dataclass, replace

import pandas as pd

from analystkit.documents import sentences
from analystkit.schemas import read_words
from analystkit.speech import attribute_speakers
from analystkit.speech.cues import lookup
from analystkit.speech.names import DATELINE, PERSON_OF, WHERE, names_in

_CORPORATE = re.compile(
    r"[,\s]+(?:Inc|Corp|Corporation|Ltd|Limited|plc|PLC|Co|Company|Group|Holdings?|Platforms|AG|SE|SA|NV|LLC)\b\.?"
)
_KINDS = {"analyst": "house"}


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
        """People, houses, media and officials speak of others; a place only hears of it."""
        return self.kind not in ("person", "house", "media", "official", "market", "place")


@functools.cache
def _lands() -> frozenset[str]:
    from babel import Locale

    return frozenset(Locale("en").territories.values()) | frozenset(
        read_words("extraction_places.csv")["place"]
    )


@functools.cache
def _measures() -> frozenset[str]:
    """Return the words of measures and purposes, which are no names with a capital either."""
    lists = [read_words(f"extraction_{name}.csv")["cue"] for name in ("metrics", "scopes")]
    return frozenset(pd.concat(lists).str.lower())


def mentions(
    text: str, entities: pd.DataFrame | None = None, spoken: pd.DataFrame | None = None
) -> list[Mention]:
    """Return the names in a text, in order: those of the entities, and other capitalised ones.

    A short form means the name in full ("Acme" for "Acme Cells"); a name that only stands after "in" or in the
    dateline is a place.

    Parameters
    ----------
    text
        A document or a sentence.
    entities
        A table of the shape of `entities` in the codebook (entity, name, aliases and kind are read), or None.
    spoken
        Who speaks, from `attribute_speakers`, where that is known already.

    Examples
    --------
    >>> table = pd.DataFrame({"entity": ["Meta"], "name": ["Meta"], "kind": ["company"], "aliases": ["Facebook"]})
    >>> [(m.entity, m.listed) for m in mentions("Facebook and Acme Corp rose.", table)]
    [('Meta', True), ('Acme', False)]
    """
    known = {} if entities is None else _aliases(entities)
    found: list[Mention] = []
    if known:
        pattern = "|".join(re.escape(alias) for alias in sorted(known, key=len, reverse=True))
        matches = re.finditer(rf"(?<!\w)(?:{pattern})(?!\w)", text)
        found = [Mention(*match.span(), *known[match[0]], True) for match in matches]
    taken = bytearray(len(text))
    for m in found:
        taken[m.start : m.end] = b"x" * (m.end - m.start)
    kinds = _kinds(attribute_speakers(text) if spoken is None else spoken)
    for first, stop in sentences(text)[["start", "end"]].itertuples(index=False, name=None):
        for at, full in names_in(text[first:stop]):
            person = PERSON_OF.fullmatch(full)  # "Ann Lee of Big House" speaks
            name = _CORPORATE.split(person[1] if person else full)[0]
            start, end = first + at, first + at + len(name)
            if len(name) < 2 or name.lower() in _measures() or any(taken[start:end]):
                continue
            found.append(Mention(start, end, name, kinds.get(name.lower(), ""), False))
    return _merged(text, sorted(found, key=lambda mention: mention.start))


def _kinds(spoken: pd.DataFrame) -> dict[str, str]:
    """Return what kind of speaker a name (in lower case) is: known ones, and people and houses of this text."""
    kinds = {name: _KINDS.get(kind, kind) for name, kind in lookup("names")[1].items()}
    told = spoken[
        spoken["speaker_kind"].ne("company") & spoken["title"].notna() & spoken["speaker"].notna()
    ].fillna("")
    for speaker, house, kind in told[["speaker", "affiliation", "speaker_kind"]].itertuples(index=False):
        for name in {*speaker.split("; ")} - {house}:
            kinds[name.lower()] = kinds[name.split()[-1].lower()] = "person"
        if house and kind in ("analyst", "media", "official"):
            kinds[house.lower()] = _KINDS.get(kind, kind)
    return kinds


def _merged(text: str, found: list[Mention]) -> list[Mention]:
    """Return the mentions, short forms led back to the name in full, places told from companies."""
    dateline = DATELINE.match(text)
    opening = (dateline[1] or dateline[2] or "") if dateline else ""
    full: dict[str, Mention] = {}
    for mention in sorted(found, key=lambda m: -len(m.entity)):
        name = text[mention.start : mention.end]
        if name in full:
            continue
        longer = [m for other, m in full.items() if other.startswith(name + " ")]
        short = not mention.listed and name not in _lands() and len({m.entity for m in longer}) == 1
        full[name] = longer[0] if short else mention
    places = Counter[str]()
    for mention in found:
        before, name = text[max(0, mention.start - 12) : mention.start], mention.entity
        somewhere = name in _lands() or name == opening or WHERE.search(before)
        # One place where it acts outweighs where it lies.
        places[name] += 1 if somewhere else -99
    merged = []
    for mention in found:
        if dateline and mention.start < dateline.end():
            continue
        whole = full[text[mention.start : mention.end]]
        kind = whole.kind or ("place" if not whole.listed and places[mention.entity] > 0 else "")
        merged.append(replace(mention, entity=whole.entity, kind=kind, listed=whole.listed))
    return merged


def _aliases(entities: pd.DataFrame) -> dict[str, tuple[str, str]]:
    known: dict[str, tuple[str, str]] = {}
    table = entities.reindex(columns=["entity", "name", "aliases", "kind"]).astype("str").fillna("")
    for row in table[~table["kind"].isin(["group", "basket"])].itertuples():
        for alias in (row.entity, row.name, _CORPORATE.split(row.name)[0], *row.aliases.split(";")):
            if len(alias.strip()) > 1 and alias.strip() != "narrator":
                known.setdefault(alias.strip(), (row.entity, row.kind))
    return known
