"""Numbers and periods -> figures: kind, bound, direction, doubts."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from itertools import pairwise

from analystkit.figures.atoms import Atom
from analystkit.figures.conversions import pair_conversions, settle_currencies
from analystkit.figures.durations import Period
from analystkit.figures.hedges import bound_after, bound_before, direction_of, words_before
from analystkit.figures.lexicon import lexicon
from analystkit.figures.neighbours import join, sentence_before, settle

_LEVELS = re.compile(r"(?:above|below|past|beyond|beneath|as high|as low)\b")  # "slid below $3 trillion"
_SAME_MOVE = re.compile(r",?\s(?:or|\(|a)\s?(?:(?:about|around|roughly|nearly|almost|some)\s)?")
_INDIAN = re.compile(r"crore|lakh")
_EACH = re.compile(r"\s?/|[\s-](?:an?|per|each|every)[\s-]|\s(?:apiece|each)\b")
_WORD_BEFORE = re.compile(r"([^\W\d_][\w.&'’-]*)\s$")
_NO_NOUN = re.compile(r"[.,;:!?)”\"'’]?(?:\s|$)(?!\s)(?![a-z]+s\b|per\b|an?\b)|[.,;)]")


@dataclass(slots=True)
class Figure:
    """One row of the result, before it becomes part of a table."""

    start: int
    end: int
    kind: str
    unit: str | None = None
    of: str | None = None
    period: str | None = None
    flags: list[str] = field(default_factory=list)
    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    bound: str = "exact"
    direction: str | None = None
    converts: int | None = None

    def set_bound(self, least: float, most: float, bound: str | None) -> None:
        """Fill in value, ends and bound; the printed number is the value whatever its hedge."""
        if least != most:
            self.bound, self.low, self.high = "range", least, most
            self.flags += [f"range_{bound}"] if bound else []
            return
        self.value, self.bound = least, bound or "exact"
        self.low = -math.inf if bound in ("at_most", "less_than") else least
        self.high = math.inf if bound in ("at_least", "more_than") else least


def assemble(atoms: list[Atom], periods: list[Period], text: str, low: str) -> list[Figure]:
    """Return the figures that the numbers and periods of a text amount to, in order."""
    atoms, periods = settle(atoms, periods, low)
    found = [_horizon(period, low) for period in periods if period.code]
    for atom, upper, words in join(atoms, low):
        figure = _figure(atom, upper, words, text, low)
        if figure is not None:
            found.append(figure)
    found.sort(key=lambda figure: figure.start)
    settle_currencies(found, low)
    pair_conversions(found, low)
    for figure, other in pairwise(found):
        # "slid 12p, or 2.3%" names one move in two units.
        alike = figure.kind == other.kind or other.kind == "horizon" or other.direction
        if figure.direction and not alike and _SAME_MOVE.fullmatch(low, figure.end, other.start):
            other.direction = figure.direction
    return found


def _horizon(period: Period, low: str) -> Figure:
    figure = Figure(period.start, period.end, "horizon", period.unit, None, period.code, list(period.flags))
    if period.sizes:
        words = words_before(low, period.start)
        if words and words[-1] == "the":
            words.pop()
        bound = bound_before(words, duration=True)[0] or bound_after(low, period.end)
        figure.set_bound(period.sizes[0], period.sizes[-1], bound)
    return figure


def _figure(atom: Atom, upper: Atom | None, words: list[str], text: str, low: str) -> Figure | None:
    """Return the figure of a number, or of a range with its upper end; None if it is none."""
    last = upper or atom
    unit, end, noun, flags = atom.unit, last.end, last.noun, list(atom.flags)
    if unit is not None:
        if last.unit is not None and not last.unit.flags:
            unit = last.unit  # "$5 to US$6": the clearer of the two
        kind, code, noun = unit.kind, unit.unit, None
        flags += [*last.flags, *unit.flags]
    elif noun is not None:
        if _names(atom, words, text):
            return None
        kind, code, end = "count", "count", max(end, last.noun_end)
    else:
        guess = _bare(atom, words, low)
        if guess is None:
            return None
        kind, code, noun, flag = guess
        flags.append(flag)
    figure = Figure(atom.start, end, kind, code, noun, None, list(dict.fromkeys(flags)))
    bound, count = bound_before(words)
    least = atom.worth()
    bound = bound or last.hedge or bound_after(low, end)
    figure.set_bound(least, upper.worth() if upper else least, bound)
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
    lex = lexicon()
    if words and words[-1] in lex.roles["series"]:
        return True
    before = _WORD_BEFORE.search(text, max(0, atom.start - 30), atom.start)
    if before is None or not before[1][0].isupper() or atom.grouped or len(words) < 2:
        return False
    roles = (lex.roles[role] for role in ("plan", "stop", "filler"))
    return not any(before[1].lower() in known for known in (lex.moves, lex.hedge_ends, *roles))


def _bare(atom: Atom, words: list[str], low: str) -> tuple[str, str | None, str | None, str] | None:
    """Return kind, unit, what is counted and a flag for a number without unit, if it is a figure."""
    roles = lexicon().roles
    if atom.letter or "number_word" in atom.flags:
        return None
    if atom.power is not None:
        if atom.power >= 7 and _INDIAN.search(low, atom.start, atom.end):
            return "money", "INR", None, "currency_assumed"
        if roles["plan"].isdisjoint(words):
            return "count", "count", None, "unit_missing"
        return "money", None, None, "currency_missing"
    if not words or words[-1] not in ("at", "to") or not _NO_NOUN.match(low, atom.end):
        return None
    context = sentence_before(low, atom.start)
    if context & roles["index"] and atom.number >= 100:
        return "count", "count", "points", "unit_missing"
    moved = len(words) > 1 and words[-2] in lexicon().moves and atom.grouped and atom.number >= 10
    if context & roles["listed"] or moved:
        return "money", None, None, "currency_missing"
    return None


def _scale_missing(figure: Figure, words: list[str], low: str) -> bool:
    """Return whether a plan, a budget or a result of a company is put in single dollars."""
    size = figure.high if figure.bound == "range" else figure.value
    if size >= 1000 or "minor_unit" in figure.flags or _EACH.match(low, figure.end):
        return False
    roles, near = lexicon().roles, words[-7:]
    if not (roles["price"] | roles["consumer"]).isdisjoint(near):
        return False
    after = low[figure.end : figure.end + 30].split()[:2]
    return not roles["plan"].isdisjoint(near) or not roles["plan"].isdisjoint(after)
