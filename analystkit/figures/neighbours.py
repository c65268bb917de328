"""Numbers beside one another -> ranges, moves and the scales and units that they share."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise, zip_longest

from analystkit.figures.atoms import Atom
from analystkit.figures.hedges import bound_before, words_before
from analystkit.figures.horizons import Period
from analystkit.figures.lexicon import listed

_TO = re.compile(r"\s?[-–—~]\s?|\s(?:to|through|till)\s|-?\s?to[-\s]")
_AND = re.compile(r"\sand\s(?:(?:about|around|roughly)\s)?")
_LIST = re.compile(r",\s|,?\s(?:and|or)\s")
_OF_THE = re.compile(r"\s(?:out\s)?of\s(?:the|its|their|a|that|this)\s(?:[a-z]+\s)?")
_SENTENCE = re.compile(r"(?<!i\.e)(?<!e\.g)[.!?]\s|\n")
_WORDS = re.compile(r"[a-z&]+")


def sentence_before(low: str, start: int) -> set[str]:
    """Return the words of the sentence up to a position, as far as 110 characters back."""
    return set(_WORDS.findall(_SENTENCE.split(low[max(0, start - 110) : start])[-1]))


def settle(atoms: Iterable[Atom], periods: list[Period], low: str) -> tuple[list[Atom], list[Period]]:
    """Where a number and a period share characters, keep the one that the words support."""
    inside = {place: n for n, period in enumerate(periods) for place in range(period.start, period.end)}
    kept, lost = [], set()
    for atom in atoms:
        n = next((inside[place] for place in range(atom.start, atom.end) if place in inside), None)
        if n is not None:
            if not periods[n].bare or not (atom.unit or atom.power or _counts(atom, low)):
                continue
            lost.add(n)
        if any(place in inside for place in range(atom.end, atom.noun_end)):
            atom.noun = None
        kept.append(atom)
    return kept, [period for n, period in enumerate(periods) if n not in lost]


def _counts(atom: Atom, low: str) -> bool:
    """Return whether a number that looks like a year counts something: "2000 jobs"."""
    lead = "".join(words_before(low, atom.start, 1))
    noun = (atom.noun or "").lower().rpartition(" ")[2]
    if noun in listed("context", "countable"):
        return lead not in listed("context", "stop") or lead in ("than", "or", "and", "just")
    return lead in listed("moves", "before", "weak") and noun not in {"", *listed("context", "reported")}


def join(atoms: list[Atom], low: str) -> Iterator[tuple[Atom, Atom | None, list[str]]]:
    """Yield every number, its upper end where it opens a range, and the words before it."""
    for left, right in reversed(list(pairwise(atoms))):
        left.noun = left.noun if left.noun_end <= right.start else None
        if right.start - left.end <= 24:
            _lend(left, right, low)
    money: Atom | None = None  # the last amount with a currency, which "15 million" may mean
    upper: Atom | None = None
    for atom, following in zip_longest(atoms, atoms[1:]):
        if atom is upper:
            continue
        words = words_before(low, atom.start)
        upper = following if following and _is_range(atom, following, words, low) else None
        if money and atom.unit is None and atom.power and atom.noun is None and not atom.letter:
            gap = low[money.end : atom.start]
            after = _WORDS.match(low, atom.end + 1)
            alone = after is None or after[0] in listed("context", "stop")
            if alone and len(gap) < 120 and not _SENTENCE.search(gap):
                atom.unit = money.unit
                atom.flags.append("elliptical_currency")
        if atom.unit and atom.unit.kind == "money" and low[atom.start - 1 : atom.start] != "(":
            money = upper or atom
        yield atom, upper, words


def _lend(left: Atom, right: Atom, low: str) -> None:
    """Give a number the sign, scale or unit of the neighbour that it leans on."""
    gap, lead = low[left.end : right.start], words_before(low, left.start, 1)
    part, both = _OF_THE.fullmatch(gap), _AND.fullmatch(gap)
    leans = _TO.fullmatch(gap) or (lead == ["between"] and both)
    fits = left.number < right.number or (left.number < 1000 and right.number < 1000)
    if left.unit is not None:  # "$60-65 billion"
        counted = right.noun and (left.power or not (right.power or not gap.strip(" -–—")))
        if leans and left.prefixed and right.unit is None and not counted:
            right.unit, right.noun, right.letter = left.unit, None, False
        money = right.unit and left.unit.kind == right.unit.kind == "money"
        if money and left.power is None and right.power and (leans or part) and fits:
            left.power = right.power
            left.flags += ["elliptical_scale"] * bool(part or lead == ["from"])
        return
    # "60 to 65 billion yuan", "15 of the 20 million euros", "10, 20 and 30 billion yuan"
    apart = gap == ", " and "elliptical_scale" not in right.flags
    ended = low[left.start - 1 : left.start] in ("-", "–")  # of "$5-10bn, or 3bn euros"
    one_of = right.unit and not (apart or ended) and (both or _LIST.fullmatch(gap))
    if left.noun or not (right.unit or right.noun) or not (leans or part or one_of):
        return
    series = listed("context", "series").keys() & lead
    if series or (right.prefixed and not (part and left.power)) or not (part or left.power or fits):
        return
    if left.power is None and right.power is not None:
        left.power = right.power
        left.flags += ["elliptical_scale"] * (not leans or lead == ["from"])
    elif not leans:
        left.flags.append("elliptical_currency" if right.unit else "elliptical_unit")
    left.unit, left.noun, left.noun_end, left.letter = right.unit, right.noun, left.end, False


def _is_range(left: Atom, right: Atom, words: list[str], low: str) -> bool:
    """Return whether two numbers are the ends of one range, and not the two ends of a move."""
    one, other = left.unit, right.unit
    gap = low[left.end : right.start]
    alike = bool(left.noun) and left.noun == right.noun
    if one and other:
        alike = (one.kind, one.code) == (other.kind, other.code)
    if not alike or len(gap) > 14 or left.worth() >= right.worth():
        return False
    words = words[: bound_before(words)[1]]
    last = words[-1] if words else ""
    if gap == " or ":
        return bool({"elliptical_scale", "elliptical_currency"}.intersection(left.flags))
    if not _TO.fullmatch(gap):
        return last == "between" and bool(_AND.fullmatch(gap))
    moves = listed("moves", "before", "weak")
    if not gap.strip(" -–—~"):
        return True
    if last == "from":
        later = listed("moves", "after").keys() & _WORDS.findall(low[right.end : right.end + 30])
        context = sentence_before(low, left.start)
        moved = later or context & {*moves, *listed("context", "changing")}
        return not moved or bool(listed("context", "range").keys() & words[-6:])
    own = left.prefixed or one is not other  # and not lent
    # "Rose 80 cents to $74.80", "widened 15 basis points to 142 bps".
    level = one and (one.kind == "money" or one.code == "bp") and own
    return not (level and (last == "by" or last in moves))
