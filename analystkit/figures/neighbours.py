"""Numbers beside one another -> ranges, moves and the scales and units that they share."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analystkit.figures.atoms import Atom
from analystkit.figures.durations import Period
from analystkit.figures.hedges import bound_before, words_before
from analystkit.figures.lexicon import lexicon

_TO = re.compile(r"\s?[-–—~]\s?|\s(?:to|through|till)\s|-?\s?to[-\s]")
_AND = re.compile(r"\sand\s(?:(?:about|around|roughly)\s)?")
_LIST = re.compile(r",\s|,?\s(?:and|or)\s")
_OF_THE = re.compile(r"\s(?:out\s)?of\s(?:the|its|their|a|that|this)\s(?:[a-z]+\s)?")
_SENTENCE = re.compile(r"(?<!i\.e)(?<!e\.g)[.!?]\s|\n")
_WORDS = re.compile(r"[a-z&]+")


def sentence_before(low: str, start: int) -> set[str]:
    """Return the words of the sentence up to a position, as far as 110 characters back."""
    return set(_WORDS.findall(_SENTENCE.split(low[max(0, start - 110) : start])[-1]))


def settle(atoms: list[Atom], periods: list[Period], low: str) -> tuple[list[Atom], list[Period]]:
    """Where a number and a period share characters, keep the one that the words support."""
    kept_atoms: list[Atom] = []
    kept: list[Period] = []
    i = 0
    for atom in atoms:
        while i < len(periods) and periods[i].end <= atom.start:
            kept.append(periods[i])
            i += 1
        if i < len(periods) and periods[i].start < atom.end:
            united = atom.unit is not None or atom.power is not None
            if not periods[i].bare or not (united or _counts(atom, low)):
                continue
            i += 1
        kept_atoms.append(atom)
    return kept_atoms, kept + periods[i:]


def _counts(atom: Atom, low: str) -> bool:
    """Return whether a number that looks like a year counts something: "2000 jobs"."""
    if atom.noun is None:
        return False
    roles = lexicon().roles
    lead = "".join(words_before(low, atom.start, 1))
    noun = atom.noun.split()[-1].lower()
    if noun in roles["countable"]:
        return lead not in roles["stop"] - {"than", "or", "and", "just"}
    return lead in lexicon().moves and noun not in roles["reported"]


def join(atoms: list[Atom], low: str) -> Iterator[tuple[Atom, Atom | None, list[str]]]:
    """Yield every number, its upper end where it opens a range, and the words before it."""
    _lend(atoms, low)
    money: Atom | None = None  # the last amount with a currency, which "15 million" may mean
    i = 0
    while i < len(atoms):
        atom, upper = atoms[i], atoms[i + 1] if i + 1 < len(atoms) else None
        words = words_before(low, atom.start)
        if upper and (upper.start - atom.end > 14 or not _is_range(atom, upper, words, low)):
            upper = None
        i += 2 if upper else 1
        if atom.unit is None and atom.power and atom.noun is None and money and not atom.letter:
            gap = low[money.end : atom.start]
            ends = _WORDS.match(low, atom.end + 1)
            alone = ends is None or ends[0] in lexicon().roles["stop"]
            if alone and len(gap) < 120 and not _SENTENCE.search(gap):
                atom.unit = money.unit
                atom.flags.append("elliptical_currency")
        if atom.unit and atom.unit.kind == "money" and low[atom.start - 1 : atom.start] != "(":
            money = upper or atom
        yield atom, upper, words


def _lend(atoms: list[Atom], low: str) -> None:
    """Give bare numbers the scale and unit of the neighbour they lean on, from right to left."""
    for i in range(len(atoms) - 2, -1, -1):
        left, right = atoms[i], atoms[i + 1]
        if right.start - left.end > 24 or (left.unit and left.power is not None and right.unit):
            continue
        gap = low[left.end : right.start]
        to, part = bool(_TO.fullmatch(gap)), bool(_OF_THE.fullmatch(gap))
        listed = not to and bool(_LIST.fullmatch(gap) or _AND.fullmatch(gap))
        if not (to or part or listed):
            continue
        lead = words_before(low, left.start, 1)
        leans = to or (lead == ["between"] and bool(_AND.fullmatch(gap)))
        if left.unit is not None:
            _lend_prefix(left, right, leans, part, gap, elliptical=part or lead == ["from"])
            continue
        listed = listed and right.unit is not None
        listed = listed and (gap != ", " or "elliptical_scale" in right.flags)
        if left.noun is not None or (right.unit is None and right.noun is None):
            continue
        if (right.prefixed and not (part and left.power)) or not (leans or listed or part):
            continue
        if not (part or left.power or _fits(left, right)) or lexicon().roles["series"].intersection(lead):
            continue
        if left.power is None and right.power is not None:
            left.power = right.power
            if not leans or lead == ["from"]:
                left.flags.append("elliptical_scale")
        elif not leans:
            left.flags.append("elliptical_currency" if right.unit else "elliptical_unit")
        left.unit, left.noun, left.noun_end, left.letter = right.unit, right.noun, left.end, False


def _lend_prefix(left: Atom, right: Atom, leans: bool, part: bool, gap: str, elliptical: bool) -> None:
    """Share the sign of "$60-65 billion" to the right and its scale to the left."""
    counted = right.noun and (left.power or not (right.power or not gap.strip(" -–—")))
    if leans and left.prefixed and right.unit is None and not counted:
        right.unit, right.noun, right.letter = left.unit, None, False
    both = left.unit and right.unit and left.unit.kind == right.unit.kind == "money"
    if both and left.power is None and right.power and (leans or part) and _fits(left, right):
        left.power = right.power
        left.flags += ["elliptical_scale"] * elliptical


def _fits(left: Atom, right: Atom) -> bool:
    """Return whether the left number can be read in the scale of the right."""
    return left.number < right.number or (left.number < 1000 and right.number < 1000)


def _is_range(left: Atom, right: Atom, words: list[str], low: str) -> bool:
    """Return whether two numbers are the ends of one range, and not the two ends of a move."""
    one, other = left.unit, right.unit
    if one is None or other is None:
        if one is not other or left.noun is None or left.noun != right.noun:
            return False
    elif (one.kind, one.unit) != (other.kind, other.unit):
        return False
    gap = low[left.end : right.start]
    if left.worth() >= right.worth():
        return False
    words = words[: bound_before(words)[1]]
    last = words[-1] if words else ""
    if gap == " or ":
        return bool({"elliptical_scale", "elliptical_currency"}.intersection(left.flags))
    if _AND.fullmatch(gap) or not _TO.fullmatch(gap):
        return last == "between" and bool(_AND.fullmatch(gap))
    if not gap.strip(" -–—~"):
        return True
    if last == "from":
        roles = lexicon().roles
        context = sentence_before(low, left.start)
        context |= set(_WORDS.findall(low[right.end : right.end + 30])) & lexicon().later_moves.keys()
        moved = not context.isdisjoint(roles["changing"] | lexicon().moves.keys())
        return not moved or not roles["range"].isdisjoint(words[-6:])
    own = left.prefixed or one is not other  # and not lent: "rose 80 cents to $74.80"
    return not (one and one.kind == "money" and own and (last == "by" or last in lexicon().moves))
