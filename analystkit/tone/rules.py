"""Units -> evidence: what moved, which way, and whether that is good."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analystkit.tone.reading import Reading, last_before, next_after

NOUN_LEFT, NOUN_RIGHT = 12, 5  # how far, in units, a move looks for what moved
ALONE, VAGUE, ATTRIBUTE = 0.8, 0.15, 0.15  # a move of something unknown: headline, prose, adjective
NEGATED, NOT_BAD = -0.6, -0.25  # "not strong" says more than "not bad"
CAUSE, CONCEDED, ASKED = 0.5, 0.4, 0.15
NEGATION_REACH = 4
FIGURE_LEFT, FIGURE_RIGHT = 10, 6  # how far from "compared with" its two figures may stand
SWING = 1.2  # a profit after a loss says more than a higher profit
RULES = (
    *("metric rises", "metric falls", "burden rises", "burden falls", "price rises", "price falls"),
    *("rises", "falls", "improves", "worsens", "word", "burden", "comparison", "denial"),
)
RULE = {name: code for code, name in enumerate(RULES)}
MOVES = ("up", "down", "lifts", "cuts", "better", "worse")
METRICS = ("good", "bad", "price", "flat")
PRICE_RULES = frozenset({"price rises", "price falls"})


def find_evidence(units: Reading) -> tuple[np.ndarray, ...]:
    """Return the evidence of a batch of texts in order of place: unit, first, last, value, rule.

    `unit` carries the rule (its clause decides about negation), `first` and `last` are the units
    at the ends of the span.

    A move (up, down) takes the polarity of what moved: the metric to its right in the same
    phrase, else the nearest to its left in the clause. Figures set against earlier figures,
    words, phrases and burdens that no move has taken speak for themselves. Negators, reasons,
    concessions and question marks then weigh the evidence.
    """
    moves, moved = _moves(units)
    figures, compared = _comparisons(units, moves[0].astype(int))
    found = np.hstack([moves, figures, _signed(units), _words(units, [*moved, *compared])])
    unit, first = found[:2].astype(int)
    found[3] *= _weights(units, unit, first)
    found = found[:, np.lexsort((unit, first))]
    found = found[:, found[3] != 0]
    found = np.hstack([found, _denials(units, unit)])
    found = found[:, np.argsort(found[1], kind="stable")]
    unit, first, last, rule = found[[0, 1, 2, 4]].astype(int)
    return unit, first, last, np.round(found[3], 3), rule


def _moves(units: Reading) -> tuple[np.ndarray, np.ndarray]:
    """Return the evidence of moves, and the units of the metrics that moved."""
    size = len(units.kind)
    level = units.where("price up", "price down")  # "a record high" of whatever metric
    at = np.flatnonzero(level | units.where(*MOVES))
    metric, polarity = units.where(*METRICS), units.polarity
    blocks = units.where(
        *("block", "cause", "concede", "stop", "start", "comma", "number", "versus", "contrast"),
        *("plan", "hedge", "up from", "down from", *MOVES),
    )
    before, after = np.maximum(at - 1, 0), np.minimum(at + 1, size - 1)
    seek = np.minimum(after + units.where("inside")[after], size - 1)
    right, left = next_after(metric)[seek], last_before(metric)[before]
    unknown = (units.kind[after] == 0) & (units.text[after] == units.text[at])
    made = units.where("lifts", "cuts")[at] & unknown  # "sanctions curtail firms": firms are hit
    ahead = (right < next_after(blocks | units.opens)[seek]) & (right - seek < NOUN_RIGHT)
    behind = (left >= 0) & ~made & (at - left <= NOUN_LEFT) & (units.clause[left] == units.clause[at])
    noun = np.where(ahead, right, np.where(behind, left, -1))
    has = noun >= 0
    good, bad, price = (units.where(kind)[noun] & has for kind in METRICS[:3])
    # A name alone that rises, or anything "up 3 %" without a metric, reports a price.
    valued = np.minimum(next_after(units.where("price"))[at], size - 1)
    valued = units.where("price")[valued] & (units.clause[valued] == units.clause[at])
    named = ~has & (units.where("number")[after] | units.capital[before] | valued)
    up = units.where("up", "lifts", "price up")[at]
    fixed = units.where("better", "worse")[at]  # improves and worsens: whatever it is that moves
    # Before an unknown noun of the same text ("higher education") a move says next to nothing.
    attribute = made | (unknown & ~units.capital[after])
    # In prose a move of nobody knows what ("as they grow") says little; a headline names little else.
    vague = ~named & _ended(units, ".")[units.sentence[at]]
    alone = np.select([level[at], attribute, vague], [1.0, ATTRIBUTE, VAGUE], ALONE)
    force = np.where(has, polarity[noun], alone) * np.where(up, 1, -1)
    value = np.where(fixed, units.value[at], force * np.abs(units.value[at]))
    base = np.select([fixed, good, bad, price | named | level[at]], [8, 0, 2, 4], 6)
    rule = base + np.where(fixed, units.where("worse")[at], ~up)
    near = has & (np.abs(at - noun) <= 3)
    first, last = (np.where(near, side(at, noun), at) for side in (np.minimum, np.maximum))
    return np.array([at, first, last, value, rule]), noun[has]


def _words(units: Reading, taken: list[int]) -> np.ndarray:
    """Return the evidence of words that speak for themselves; not of metrics taken already."""
    polar, metric = units.where("positive", "negative"), units.where("good", "bad")
    # In "growth worries" the worry counts, and the growth does not.
    metric &= ~(units.where("good") & np.append(units.where("bad", "negative")[1:], False))
    metric[taken] = False
    at = np.flatnonzero(polar | metric)
    return np.array([at, at, at, units.value[at], np.where(polar[at], RULE["word"], RULE["burden"])])


def _signed(units: Reading) -> np.ndarray:
    """Return the evidence of percentages with a sign: "Acme +5%", "shares -4%"; not of ranges."""
    at = np.flatnonzero(units.where("percent"))
    number, before = np.maximum(at - 1, 0), np.maximum(at - 2, 0)
    plus, minus = units.initial[before] == ord("+"), units.initial[number] == ord("-")
    signed = (plus | minus) & units.where("number")[number] & ~units.where("percent", "number")[before]
    rule = np.where(plus, RULE["price rises"], RULE["price falls"])
    found = np.array([at, np.where(plus, before, number), at, np.where(plus, ALONE, -ALONE), rule])
    return found[:, signed]


def _comparisons(units: Reading, moves: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the evidence of figures set against an earlier one, and the nouns it has used.

    "Profit of 13.1 mn compared with 8.7 mn", "up from 8.7 mn", "a profit ... from a loss". A metric
    that has a move already ("rose to 13.1 mn from 8.7 mn") is left to that move.
    """
    number, metric, stated = units.where("number"), units.where(*METRICS), units.where("up from", "down from")
    sentence, size = units.sentence, len(units.kind)
    moved = np.zeros(size, bool)
    moved[moves] = True
    at = np.flatnonzero(stated | units.where("versus"))
    one, two = last_before(number)[at], np.minimum(next_after(number)[at], size - 1)
    near = (at - one <= FIGURE_LEFT) & (two - at <= FIGURE_RIGHT) & (sentence[one] == sentence[two])
    near &= number[one] & number[two]
    at, one, two = at[near], one[near], two[near]
    noun, other = last_before(metric)[one], np.minimum(next_after(metric)[at], size - 1)
    move, stated = last_before(moved)[at], stated[at]
    known = (noun >= 0) & (one - noun <= NOUN_LEFT) & (sentence[noun] == sentence[at])
    judged = units.where("good", "bad") * units.polarity
    swing = known & (other < two + 4) & (judged[noun] * judged[other] < 0) & (sentence[other] == sentence[at])
    told = (move >= np.maximum(np.minimum(noun, one) - 2, 0)) & (sentence[move] == sentence[at])
    told &= known & ~swing
    change = np.where(
        stated, units.value[at], np.sign(np.nan_to_num(_figures(units, one) - _figures(units, two)))
    )
    value = np.where(known, judged[noun], ALONE * stated) * np.where(swing, SWING, change)
    place = np.where(stated & ~swing, at, noun)
    found = np.array([place, place, place, value, np.full(len(at), RULE["comparison"])])
    return found[:, ~told & (known | stated)], np.append(noun[known & ~told], other[swing])


def _figures(units: Reading, at: np.ndarray) -> np.ndarray:
    """Return figures with their power of ten; NaN for years and words."""
    texts = [units.joined[s:e] for s, e in zip(units.start[at], units.end[at], strict=True)]
    plain = np.array([text.replace(",", "").replace(" ", "") for text in texts], dtype=object)
    value = pd.to_numeric(plain, errors="coerce").astype(float)
    after = np.minimum(at + 1, len(units.kind) - 1)
    scaled = units.where("scale", "percent")[after]
    year = ~scaled & (value % 1 == 0) & (value >= 1900) & (value <= 2100)
    scale = np.where(scaled & (units.value[after] > 0), units.value[after], 1.0)
    return np.where(year, np.nan, value * scale)


def _weights(units: Reading, unit: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Return the factor of each piece of evidence: degree, negation, reason, concession, question."""
    size, sentence = len(units.kind), units.sentence
    left, right = np.maximum(unit - 1, 0), np.minimum(unit + 1, size - 1)
    degree = units.where("degree")
    grade = np.select([degree[left], degree[right]], [units.value[left], units.value[right]], 1.0)
    negator, comma = (last_before(units.where(kind))[unit] for kind in ("negator", "comma"))
    # "does not expect the market to recover": near the first word of the span, or near the move
    near = (negator > comma) & (
        np.minimum(unit, np.where(negator < first, first, unit)) - negator <= NEGATION_REACH
    )
    negated = near & (units.clause[negator] == units.clause[unit])
    turned = np.where(units.where("negative")[unit], NOT_BAD, NEGATED)
    lead = np.full(sentence[-1] + 1, size - 1)
    np.minimum.at(lead, sentence[unit], first)
    causes = np.cumsum(units.where("cause"))
    reason = causes[unit] > causes[lead[sentence[unit]]]
    mark = last_before(units.where("concede", "comma", "contrast") | units.opens)[unit]
    conceded = units.where("concede")[mark] & (units.text[mark] == units.text[unit]) & (mark >= 0)
    factor = grade * np.where(negated, turned, 1.0) * np.where(_ended(units, "?")[sentence[unit]], ASKED, 1.0)
    return factor * np.select([conceded, reason], [CONCEDED, CAUSE], 1.0)


def _ended(units: Reading, mark: str) -> np.ndarray:
    """Return for each sentence whether it ends with this mark."""
    marks = np.flatnonzero(units.opens & (units.initial == ord(mark)))
    return np.isin(np.arange(units.sentence[-1] + 1), units.sentence[np.maximum(marks - 1, 0)])


def _denials(units: Reading, unit: np.ndarray) -> np.ndarray:
    """Return the evidence of negators that are bad news when they have nothing to negate."""
    at = np.flatnonzero(units.where("negator") & (units.value != 0))
    heard = np.zeros(len(units.kind), bool)
    heard[unit] = True
    following = np.minimum(next_after(heard)[at], len(heard) - 1)
    busy = heard[following] & (following - at <= NEGATION_REACH)
    at = at[~(busy & (units.sentence[following] == units.sentence[at]))]
    return np.array([at, at, at, units.value[at], np.full(len(at), RULE["denial"])])
