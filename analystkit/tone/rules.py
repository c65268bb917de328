"""Units -> evidence: what moved, which way, and whether that is good."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analystkit.tone.reading import Reading, last_before, next_after

NOUN_LEFT, NOUN_RIGHT = 12, 4  # how far, in units, a move looks for what moved
ALONE, VAGUE, ATTRIBUTE = 0.8, 0.15, 0.15  # a move of something unknown: headline, prose, adjective
NEGATED, NOT_BAD = -0.6, -0.25  # "not strong" says more than "not bad"
CAUSE, CONCEDED, ASKED = 0.5, 0.4, 0.15
NEGATION_REACH = 4
FIGURE_LEFT, FIGURE_RIGHT = 10, 6  # how far from "compared with" its two figures may stand
RULES = (
    *("metric rises", "metric falls", "burden rises", "burden falls", "price rises", "price falls"),
    *("rises", "falls", "improves", "worsens", "word", "burden", "comparison", "denial"),
)
RULE = {name: code for code, name in enumerate(RULES)}
MOVES = ("up", "down", "lifts", "cuts", "better", "worse")
PRICE_RULES = frozenset({"price rises", "price falls"})


@dataclass(frozen=True)
class Evidence:
    """Weighted spans of a batch, in order of place: one value a piece of evidence.

    `unit` carries the rule (its clause decides about negation), `first` and `last` are the units
    at the ends of the span.
    """

    unit: np.ndarray
    first: np.ndarray
    last: np.ndarray
    value: np.ndarray
    rule: np.ndarray


@dataclass(frozen=True)
class Grammar:
    """The clause and the sentence of each unit, by number."""

    clause: np.ndarray
    sentence: np.ndarray


def find_evidence(units: Reading) -> Evidence:
    """Return the evidence of a batch of texts.

    A move (up, down) takes the polarity of what moved: the metric to its right in the same
    phrase, else the nearest to its left in the clause. Figures set against earlier figures,
    words, phrases and burdens that no move has taken speak for themselves. Negators, reasons,
    concessions and question marks then weigh the evidence.
    """
    if not len(units.kind):
        none = np.zeros(0, np.int64)
        return Evidence(none, none, none, np.zeros(0), none)
    g = _grammar(units)
    moves, taken = _moves(units, g)
    figures, swung = _comparisons(units, g, moves)
    taken[swung] = True
    kinds = (moves, figures, _signed(units), _words(units, taken))
    found = [np.concatenate(parts) for parts in zip(*kinds, strict=True)]
    order = np.lexsort((found[0], found[1]))
    unit, first, last, value, rule = (part[order] for part in found)
    value = value * _weights(units, g, unit, first)
    extra = _denials(units, g, unit)
    speaks = value != 0
    parts = [x[speaks] for x in (unit, first, last, np.round(value, 3), rule)]
    whole = [np.concatenate(pair) for pair in zip(parts, extra, strict=True)]
    order = np.argsort(whole[1], kind="stable")
    return Evidence(*(part[order] for part in whole))


def _grammar(units: Reading) -> Grammar:
    """Return clauses and sentences: stops end sentences; conjunctions and reasons open clauses."""
    new_text = np.diff(units.text, prepend=-1) != 0
    # A full stop before a small letter belongs to an abbreviation.
    small_next = np.append(~units.capital[1:] & (units.kind[1:] == 0), False)
    stop = (units.opens & ~((units.initial == ord(".")) & small_next)) | new_text
    breaks = stop | units.where("contrast", "cause", "concede")
    return Grammar(np.cumsum(breaks), np.cumsum(stop))


def _moves(units: Reading, g: Grammar) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
    """Return the evidence of moves, and which units (the nouns that moved) it has used."""
    size = len(units.kind)
    level = units.where("price up", "price down")  # "a record high" of whatever metric
    at = np.flatnonzero(level | units.where(*MOVES))
    noun = units.where("good", "bad", "price", "flat")
    blocks = units.where(
        *("block", "cause", "concede", "stop", "start", "comma", "number", "versus", "contrast"),
        *("plan", "hedge", "up from", "down from", *MOVES),
    )
    after = np.minimum(at + 1, size - 1)
    seek = np.minimum(after + units.where("inside")[after], size - 1)
    right, block = next_after(noun)[seek], next_after(blocks | units.opens)[seek]
    ahead = (right < block) & (right - seek < NOUN_RIGHT)
    left = last_before(noun)[np.maximum(at - 1, 0)]
    unknown = (units.kind[after] == 0) & (units.text[after] == units.text[at])
    made = units.where("lifts", "cuts")[at] & unknown  # "sanctions curtail firms": firms are hit
    behind = (left >= 0) & ~made & (at - left <= NOUN_LEFT) & (g.clause[left] == g.clause[at])
    moved = np.where(ahead, right, np.where(behind, left, -1))
    has = moved >= 0
    good, bad, price, flat = (units.where(k)[moved] & has for k in ("good", "bad", "price", "flat"))
    # A name alone that rises, or anything "up 3 %" without a metric, reports a price.
    valued = np.minimum(next_after(units.where("price"))[at], size - 1)
    valued = units.where("price")[valued] & (g.clause[valued] == g.clause[at])
    named = ~has & (units.where("number")[after] | units.capital[np.maximum(at - 1, 0)] | valued)
    up = units.where("up", "lifts", "price up")[at]
    fixed = units.where("better", "worse")[at]  # improves and worsens: whatever it is that moves
    # Before an unknown noun of the same text ("higher education") a move says next to nothing.
    attribute = made | (unknown & ~units.capital[after])
    sign = np.where(up != bad, 1.0, -1.0)
    # In prose a move of nobody knows what ("as they grow") says little; a headline names little else.
    vague = ~named & _ended(units, g, ".")[g.sentence[at]]
    force = np.select([level[at], attribute, vague], [1.0, ATTRIBUTE, VAGUE], ALONE)
    force = np.where(has, np.where(flat, 0.0, 1.0), force)
    value = np.where(fixed, units.value[at], sign * force * np.abs(units.value[at]))
    base = np.select([fixed, good, bad, price | named | level[at]], [8, 0, 2, 4], 6)
    rule = base + np.where(fixed, units.where("worse")[at], ~up)
    near = has & (np.abs(at - moved) <= 3)
    first = np.where(near, np.minimum(at, moved), at)
    last = np.where(near, np.maximum(at, moved), at)
    taken = np.zeros(size, bool)
    taken[moved[has]] = True
    return (at, first, last, value, rule), taken


def _words(units: Reading, taken: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the evidence of words that speak for themselves."""
    polar = units.where("positive", "negative")
    # In "growth worries" the worry counts, and the growth does not.
    worried = units.where("good") & np.append(units.where("bad", "negative")[1:], False)
    at = np.flatnonzero(polar | (units.where("good", "bad") & ~taken & ~worried))
    rule = np.where(polar[at], RULE["word"], RULE["burden"])
    return at, at, at, units.value[at], rule


def _signed(units: Reading) -> tuple[np.ndarray, ...]:
    """Return the evidence of percentages with a sign: "Acme +5%", "shares -4%"; not of ranges."""
    at = np.flatnonzero(units.where("percent"))
    number, before = np.maximum(at - 1, 0), np.maximum(at - 2, 0)
    plus, minus = units.initial[before] == ord("+"), units.initial[number] == ord("-")
    signed = (plus | minus) & units.where("number")[number] & ~units.where("percent", "number")[before]
    at, number, first = at[signed], number[signed], np.where(plus, before, number)[signed]
    sign = np.where(plus[signed], ALONE, -ALONE)
    return at, first, at, sign, np.where(sign > 0, RULE["price rises"], RULE["price falls"])


def _comparisons(
    units: Reading, g: Grammar, moves: tuple[np.ndarray, ...]
) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
    """Return the evidence of figures set against an earlier one, and the nouns it has used.

    "Profit of 13.1 mn compared with 8.7 mn", "up from 8.7 mn", "a profit ... from a loss". A metric
    that has a move already ("rose to 13.1 mn from 8.7 mn") is left to that move.
    """
    number, metric = units.where("number"), units.where("good", "bad", "flat", "price")
    bad, good = units.where("bad"), units.where("good")
    stated = units.where("up from", "down from")
    before, after = last_before(number), next_after(number)
    noun, nouns = last_before(metric), next_after(metric)
    marks = np.flatnonzero(stated | units.where("versus"))
    size = len(units.kind)
    moved = np.zeros(size, bool)
    moved[moves[0]] = True
    last_move, scaled = last_before(moved), units.where("scale", "percent")
    rows, used = [], []
    for q in marks[(before[marks] >= 0) & (after[marks] < size)].tolist():
        a, b = int(before[q]), int(after[q])
        if q - a > FIGURE_LEFT or b - q > FIGURE_RIGHT or g.sentence[a] != g.sentence[b]:
            continue
        what = int(noun[a])
        known = what >= 0 and a - what <= NOUN_LEFT and g.sentence[what] == g.sentence[q]
        other = int(nouns[q]) if nouns[q] < min(b + 4, size) else -1
        swing = known and other > 0 and bad[what] != bad[other] and (good[what] or good[other])
        if swing and g.sentence[other] == g.sentence[q]:
            rows.append((what, -1.2 if bad[what] else 1.2))
            used += [what, other]
        elif known and last_move[q] >= max(min(what, a) - 2, 0) and g.sentence[last_move[q]] == g.sentence[q]:
            continue
        elif stated[q]:
            polarity = (-1.0 if bad[what] else float(good[what])) if known else 0.8
            rows.append((q, polarity * units.value[q]))
            used += [what] if known else []
        elif known and (good[what] or bad[what]):
            change = _figure(units, a, scaled) - _figure(units, b, scaled)
            rows.append((what, float(np.sign(np.nan_to_num(change))) * (-1 if bad[what] else 1)))
            used += [what]
    at = np.array([row[0] for row in rows], dtype=np.int64)
    value = np.array([row[1] for row in rows], dtype=float)
    return (at, at, at, value, np.full(len(at), RULE["comparison"])), np.array(used, dtype=np.int64)


def _figure(units: Reading, at: int, scales: np.ndarray) -> float:
    """Return a figure with its power of ten; NaN for years and words."""
    try:
        value = float(units.joined[units.start[at] : units.end[at]].replace(",", "").replace(" ", ""))
    except ValueError:
        return float("nan")
    scaled = at + 1 < len(units.kind) and bool(scales[at + 1])
    if not scaled and value.is_integer() and 1900 <= value <= 2100:
        return float("nan")
    return value * (units.value[at + 1] or 1.0) if scaled else value


def _weights(units: Reading, g: Grammar, unit: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Return the factor of each piece of evidence: degree, negation, reason, concession, question."""
    size = len(units.kind)
    left, right = np.maximum(unit - 1, 0), np.minimum(unit + 1, size - 1)
    degree = units.where("degree")
    grade = np.select([degree[left], degree[right]], [units.value[left], units.value[right]], 1.0)
    negator = last_before(units.where("negator"))[unit]
    comma = last_before(units.where("comma"))[unit]
    negated = (negator > comma) & (unit - negator <= NEGATION_REACH)
    negated &= g.clause[negator] == g.clause[unit]
    turned = np.where(units.where("negative")[unit], NOT_BAD, NEGATED)
    lead = np.full(g.sentence[-1] + 1, size - 1)
    np.minimum.at(lead, g.sentence[unit], first)
    causes = np.cumsum(units.where("cause"))
    reason = causes[unit] > causes[lead[g.sentence[unit]]]
    mark = last_before(units.where("concede", "comma", "contrast") | units.opens)[unit]
    conceded = (mark >= 0) & units.where("concede")[mark] & (units.text[mark] == units.text[unit])
    asked = _ended(units, g, "?")
    factor = grade * np.where(negated, turned, 1.0) * np.where(asked[g.sentence[unit]], ASKED, 1.0)
    return factor * np.where(conceded, CONCEDED, np.where(reason, CAUSE, 1.0))


def _ended(units: Reading, g: Grammar, mark: str) -> np.ndarray:
    """Return for each sentence whether it ends with this mark."""
    marks = np.flatnonzero(units.opens & (units.initial == ord(mark)))
    ended = np.zeros(g.sentence[-1] + 1, bool)
    ended[g.sentence[np.maximum(marks - 1, 0)]] = True
    return ended


def _denials(units: Reading, g: Grammar, unit: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the evidence of negators that are bad news when they have nothing to negate."""
    at = np.flatnonzero(units.where("negator") & (units.value != 0))
    heard = np.zeros(len(units.kind), bool)
    heard[unit] = True
    following = np.minimum(next_after(heard)[at], len(heard) - 1)
    busy = heard[following] & (following - at <= NEGATION_REACH)
    at = at[~(busy & (g.sentence[following] == g.sentence[at]))]
    return at, at, at, units.value[at], np.full(len(at), RULE["denial"])
