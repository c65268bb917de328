"""Numbers and periods -> figures: kind, bound, direction, doubts, and what restates what."""

import math
import re
from dataclasses import dataclass, field
from itertools import pairwise

from analystkit.figures.atoms import NUMBER_WORDS, Atom, find_atoms
from analystkit.figures.hedges import bound_after, bound_before, direction_of, words_before
from analystkit.figures.horizons import Period
from analystkit.figures.lexicon import Unit, listed
from analystkit.figures.neighbours import join, sentence_before, settle

_LEVELS = re.compile(r"(?:above|below|past|beyond|beneath|as high|as low)\b")  # "slid below $3 trillion"
_SAME_MOVE = re.compile(r",?\s(?:or|\(|a)\s?(?:(?:about|around|roughly|nearly|almost|some)\s)?")
# "One in five shops", "787-9 seats".
_PART = re.compile(rf"(?:\d|\b{NUMBER_WORDS})\s(?:in|out\sof)\s(?:every\s)?\Z|\d[-–]\Z")
_EACH = re.compile(r"\s?/|[\s-](?:an?|per|each|every)[\s-]|\s(?:apiece|each)\b")
_WORD_BEFORE = re.compile(r"([^\W\d_][\w.&'’-]*)\s$")
_NO_NOUN = re.compile(r"[.,;:!?)”\"'’]?(?:\s|$)(?!\s)(?![a-z]+s\b|per\b|an?\b)|[.,;)]")
_OPENING = re.compile(
    r"[^.;!?()\[\]\n]{0,60}?\s?[(\[]((?:[a-z.~]+\s){0,4})~?|"
    r"(?:\s[a-z-]+(?=,))?,?\s((?:or|(?:the )?equivalent (?:to|of)|worth)\s(?:[a-z]+\s){0,3})|"
    r"\s?[—–/]\s?(or\s(?:[a-z]+\s){0,2})"
)
_AGAIN = re.compile(r"(?:\s?[,;/]\s?|\sor\s|,\sor\s)(?:(?:about|around|roughly)\s)?")
_CLOSING = re.compile(r"\s?[),;/\]—–]|\s(?:at|or|and|equivalent|per|a|each|apiece)\b|\.?$|\.\s")
_NO_UNIT = Unit("", "", "money", "", "1", "currency_missing")
_LIST = re.compile(r",?\s(?:and|or)\s")


@dataclass(slots=True)
class Figure:
    """One row of the result."""

    start: int
    end: int
    quote: str
    kind: str
    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    unit: str | None = None
    bound: str = "exact"
    direction: str | None = None
    of: str | None = None
    period: str | None = None
    converts: int | None = None
    flags: list[str] = field(default_factory=list)

    def set_bound(self, least: float, most: float, bound: str | None) -> None:
        """Fill in value, ends and bound; the printed number is the value whatever its hedge."""
        if least != most:
            self.bound, self.low, self.high = "range", least, most
            self.flags += [f"range_{bound}"] if bound else []
            return
        self.value, self.bound = least, bound or "exact"
        self.low = -math.inf if bound in ("at_most", "less_than") else least
        self.high = math.inf if bound in ("at_least", "more_than") else least


def assemble(periods: list[Period], text: str, low: str) -> list[Figure]:
    """Return the figures that the numbers and periods of a text amount to, in order."""
    atoms, periods = settle(find_atoms(text, low), periods, low)
    ambiguous = {atom.unit for atom in atoms if atom.unit and atom.unit.flags == "currency_ambiguous"}
    settled: dict[Unit | None, Unit] = {unit: _settled(unit, low) for unit in ambiguous}
    for atom in atoms:
        atom.unit = settled.get(atom.unit, atom.unit)
    found = [_horizon(period, text, low) for period in periods if period.code]
    found += filter(None, (_figure(*joined, text, low) for joined in join(atoms, low)))
    found.sort(key=lambda figure: figure.start)
    for figure, other in pairwise(found):
        # "slid 12p, or 2.3%" names one move in two units.
        alike = figure.kind == other.kind or other.kind == "horizon" or other.direction
        if figure.direction and not alike and _SAME_MOVE.fullmatch(low, figure.end, other.start):
            other.direction = figure.direction
    _pair_conversions(found, low)
    return found


def _horizon(period: Period, text: str, low: str) -> Figure:
    quote = text[period.start : period.end]
    figure = Figure(period.start, period.end, quote, "horizon", period=period.code, flags=period.flags)
    if period.sizes:
        words = words_before(low, period.start)
        if words and words[-1] == "the":
            words.pop()
        bound = bound_before(words, duration=True)[0] or bound_after(low, period.end)
        figure.unit = period.unit
        figure.set_bound(period.sizes[0], period.sizes[-1], bound)
    return figure


def _figure(atom: Atom, upper: Atom | None, words: list[str], text: str, low: str) -> Figure | None:
    """Return the figure of a number, or of a range with its upper end; None if it is none."""
    last = upper or atom
    unit, end, flags = atom.unit, last.end, [*atom.flags, *last.flags]
    if unit and last.unit and not last.unit.flags:
        unit = last.unit  # "$5 to US$6": the clearer of the two
    elif unit is None and last.noun:
        if _names(atom, words, text) or _PART.search(low, max(0, atom.start - 30), atom.start):
            return None
        unit, end = _count_of(last.noun), max(end, last.noun_end)
    unit = unit or _bare(atom, words, low)
    if unit is None:
        return None
    kind, code, of = unit.kind, unit.code or None, (unit.kind == "count" and unit.form) or None
    figure = Figure(atom.start, end, text[atom.start : end], kind, unit=code, of=of, flags=flags)
    figure.flags.append(unit.flags)
    bound, count = bound_before(words)
    least = atom.worth()
    figure.set_bound(least, upper.worth() if upper else least, bound or last.hedge or bound_after(low, end))
    if not _LEVELS.match(" ".join(words[count : count + 2])):
        figure.direction = direction_of(words[:count], low, end, kind)
    if figure.direction is None and text[atom.start] in "-−":
        figure.direction = "down"
    if kind == "money" and last.power is None and _scale_missing(figure, words, low):
        figure.flags.append("scale_missing")
    return figure


def _names(atom: Atom, words: list[str], text: str) -> bool:
    """Return whether a number before a plural belongs to a name: "S&P 500 companies"."""
    if atom.power is not None or "number_word" in atom.flags:
        return False
    if words and words[-1] in listed("context", "series"):
        return True
    before = _WORD_BEFORE.search(text, max(0, atom.start - 30), atom.start)
    if before is None or atom.grouped or len(words) < 2 or bound_before(words)[0]:
        return False
    usual = {**listed("moves", "before", "weak"), **listed("context", "plan", "stop", "filler")}
    return before[1][0].isupper() and before[1].lower() not in usual


def _bare(atom: Atom, words: list[str], low: str) -> Unit | None:
    """Return the unit that the words around a number without one suggest, if it is a figure."""
    if atom.letter or "number_word" in atom.flags:
        return None
    if atom.power is not None:
        if atom.power >= 7 and re.search("crore|lakh", low[atom.start : atom.end]):
            return _NO_UNIT._replace(code="INR", flags="currency_assumed")
        planned = listed("context", "plan").keys() & words
        return _NO_UNIT if planned else _count_of("", "unit_missing")
    if not words or words[-1] not in ("at", "to") or not _NO_NOUN.match(low, atom.end):
        return None
    context = sentence_before(low, atom.start)
    if atom.number >= 100 and listed("context", "index").keys() & context:
        return _count_of("points", "unit_missing")
    moved = atom.grouped and atom.number >= 10 and listed("moves", "before", "weak").keys() & words[-2:-1]
    return _NO_UNIT if moved or listed("context", "listed").keys() & context else None


def _count_of(noun: str, flags: str = "") -> Unit:
    return Unit(noun, "count", "count", "", "1", flags)


def _scale_missing(figure: Figure, words: list[str], low: str) -> bool:
    """Return whether a plan, a budget or a result of a company is put in single dollars."""
    size = figure.high if figure.bound == "range" else figure.value
    if size >= 1000 or "minor_unit" in figure.flags or _EACH.match(low, figure.end):
        return False
    near, after = words[-7:], low[figure.end : figure.end + 30].split()[:2]
    priced = listed("context", "price", "consumer").keys() & near
    return not priced and bool(listed("context", "plan").keys() & [*near, *after])


def _pair_conversions(figures: list[Figure], low: str) -> None:
    """Point every restatement in another currency to the amount that it restates."""
    money = [(n, figure) for n, figure in enumerate(figures) if figure.kind == "money"]
    for (at, original), (_, figure) in pairwise(money):
        gap = low[original.end : figure.start]
        if "=" in gap and len(gap) <= 4:
            original.flags.append("exchange_rate")
            figure.flags.append("exchange_rate")
        elif len(gap) > 100 or figure.unit == original.unit:
            continue
        elif original.converts is not None and _AGAIN.fullmatch(gap):
            figure.converts = original.converts
        elif (opening := _OPENING.fullmatch(gap)) and _CLOSING.match(low, figure.end):
            words = " ".join(group for group in opening.groups() if group).split()
            figure.converts = at if listed("context", "converting").keys() >= set(words) else None
    for (n, older), (at, old), (_, new), (_, newer) in zip(*(money[k:] for k in range(4)), strict=False):
        # In "10 and 20 billion yuan ($1.4 billion and $2.8 billion)" the first restates the first.
        listed_so = _LIST.fullmatch(low, older.end, old.start) and _LIST.fullmatch(low, new.end, newer.start)
        if new.converts == at and listed_so and older.unit == old.unit and new.unit == newer.unit:
            new.converts, newer.converts = n, at


def _settled(unit: Unit, low: str) -> Unit:
    """Return a sign or name of several currencies as that of the one country in the text, if one is."""
    codes = {code for word, code in listed("ambiguous", unit.form, f"{unit.form}s").items() if word in low}
    return unit._replace(code=codes.pop(), flags="currency_assumed") if len(codes) == 1 else unit
