"""Units -> evidence: what moved, which way, and whether that is good."""

from __future__ import annotations

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


def find_evidence(units: Reading) -> tuple[np.ndarray, ...]:
    """Return the evidence of a batch of texts in order of place: unit, first, last, value, rule.

    `unit` carries the rule (its clause decides about negation), `first` and `last` are the units
    at the ends of the span.

    A move (up, down) takes the polarity of what moved: the metric to its right in the same
    phrase, else the nearest to its left in the clause. Figures set against earlier figures,
    words, phrases and burdens that no move has taken speak for themselves. Negators, reasons,
    concessions and question marks then weigh the evidence.
    """
    if not len(units.kind):
        return (*np.zeros((3, 0), np.int64), np.zeros(0), np.zeros(0, np.int64))
    moves, taken = _moves(units)
    figures, swung = _comparisons(units, moves)
    taken[swung] = True
    found = np.hstack([moves, figures, _signed(units), _words(units, taken)])
    unit, first = found[:2].astype(int)
    found[3] *= _weights(units, unit, first)
    found = found[:, np.lexsort((unit, first))]
    found = found[:, found[3] != 0]
    found = np.hstack([found, _denials(units, unit)])
    found = found[:, np.argsort(found[1], kind="stable")]
    unit, first, last, rule = found[[0, 1, 2, 4]].astype(int)
    return unit, first, last, np.round(found[3], 3), rule


def _moves(units: Reading) -> tuple[np.ndarray, np.ndarray]:
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
    behind = (left >= 0) & ~made & (at - left <= NOUN_LEFT) & (units.clause[left] == units.clause[at])
    moved = np.where(ahead, right, np.where(behind, left, -1))
    has = moved >= 0
    good, bad, price, flat = (units.where(k)[moved] & has for k in ("good", "bad", "price", "flat"))
    # A name alone that rises, or anything "up 3 %" without a metric, reports a price.
    valued = np.minimum(next_after(units.where("price"))[at], size - 1)
    valued = units.where("price")[valued] & (units.clause[valued] == units.clause[at])
    named = ~has & (units.where("number")[after] | units.capital[np.maximum(at - 1, 0)] | valued)
    up = units.where("up", "lifts", "price up")[at]
    fixed = units.where("better", "worse")[at]  # improves and worsens: whatever it is that moves
    # Before an unknown noun of the same text ("higher education") a move says next to nothing.
    attribute = made | (unknown & ~units.capital[after])
    sign = np.where(up != bad, 1.0, -1.0)
    # In prose a move of nobody knows what ("as they grow") says little; a headline names little else.
    vague = ~named & _ended(units, ".")[units.sentence[at]]
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
    return np.array([at, first, last, value, rule]), taken


def _words(units: Reading, taken: np.ndarray) -> np.ndarray:
    """Return the evidence of words that speak for themselves."""
    polar = units.where("positive", "negative")
    # In "growth worries" the worry counts, and the growth does not.
    worried = units.where("good") & np.append(units.where("bad", "negative")[1:], False)
    at = np.flatnonzero(polar | (units.where("good", "bad") & ~taken & ~worried))
    rule = np.where(polar[at], RULE["word"], RULE["burden"])
    return np.array([at, at, at, units.value[at], rule])


def _signed(units: Reading) -> np.ndarray:
    """Return the evidence of percentages with a sign: "Acme +5%", "shares -4%"; not of ranges."""
    at = np.flatnonzero(units.where("percent"))
    number, before = np.maximum(at - 1, 0), np.maximum(at - 2, 0)
    plus, minus = units.initial[before] == ord("+"), units.initial[number] == ord("-")
    signed = (plus | minus) & units.where("number")[number] & ~units.where("percent", "number")[before]
    at, number, first = at[signed], number[signed], np.where(plus, before, number)[signed]
    sign = np.where(plus[signed], ALONE, -ALONE)
    rule = np.where(sign > 0, RULE["price rises"], RULE["price falls"])
    return np.array([at, first, at, sign, rule])


def _comparisons(units: Reading, moves: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
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
    moved[moves[0].astype(int)] = True
    last_move, scaled = last_before(moved), units.where("scale", "percent")
    rows: list[tuple[int, float]] = []
    used: list[int] = []
    for q in marks[(before[marks] >= 0) & (after[marks] < size)].tolist():
        a, b = int(before[q]), int(after[q])
        if q - a > FIGURE_LEFT or b - q > FIGURE_RIGHT or units.sentence[a] != units.sentence[b]:
            continue
        what = int(noun[a])
        known = what >= 0 and a - what <= NOUN_LEFT and units.sentence[what] == units.sentence[q]
        other = int(nouns[q]) if nouns[q] < min(b + 4, size) else -1
        swing = known and other > 0 and bad[what] != bad[other] and (good[what] or good[other])
        if swing and units.sentence[other] == units.sentence[q]:
            rows.append((what, -1.2 if bad[what] else 1.2))
            used += [what, other]
        elif (
            known
            and last_move[q] >= max(min(what, a) - 2, 0)
            and units.sentence[last_move[q]] == units.sentence[q]
        ):
            continue
        elif stated[q]:
            polarity = (-1.0 if bad[what] else float(good[what])) if known else 0.8
            rows.append((q, polarity * units.value[q]))
            used += [what] if known else []
        elif known and (good[what] or bad[what]):
            change = _figure(units, a, scaled) - _figure(units, b, scaled)
            rows.append((what, float(np.sign(np.nan_to_num(change))) * (-1 if bad[what] else 1)))
            used += [what]
    found = [(at, at, at, value, RULE["comparison"]) for at, value in rows]
    return np.array(found).reshape(-1, 5).T, np.array(used, dtype=np.int64)


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


def _weights(units: Reading, unit: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Return the factor of each piece of evidence: degree, negation, reason, concession, question."""
    size = len(units.kind)
    left, right = np.maximum(unit - 1, 0), np.minimum(unit + 1, size - 1)
    degree = units.where("degree")
    grade = np.select([degree[left], degree[right]], [units.value[left], units.value[right]], 1.0)
    negator = last_before(units.where("negator"))[unit]
    comma = last_before(units.where("comma"))[unit]
    negated = (negator > comma) & (unit - negator <= NEGATION_REACH)
    negated &= units.clause[negator] == units.clause[unit]
    turned = np.where(units.where("negative")[unit], NOT_BAD, NEGATED)
    lead = np.full(units.sentence[-1] + 1, size - 1)
    np.minimum.at(lead, units.sentence[unit], first)
    causes = np.cumsum(units.where("cause"))
    reason = causes[unit] > causes[lead[units.sentence[unit]]]
    mark = last_before(units.where("concede", "comma", "contrast") | units.opens)[unit]
    conceded = (mark >= 0) & units.where("concede")[mark] & (units.text[mark] == units.text[unit])
    asked = _ended(units, "?")
    factor = grade * np.where(negated, turned, 1.0) * np.where(asked[units.sentence[unit]], ASKED, 1.0)
    return factor * np.where(conceded, CONCEDED, np.where(reason, CAUSE, 1.0))


def _ended(units: Reading, mark: str) -> np.ndarray:
    """Return for each sentence whether it ends with this mark."""
    marks = np.flatnonzero(units.opens & (units.initial == ord(mark)))
    ended = np.zeros(units.sentence[-1] + 1, bool)
    ended[units.sentence[np.maximum(marks - 1, 0)]] = True
    return ended


def _denials(units: Reading, unit: np.ndarray) -> np.ndarray:
    """Return the evidence of negators that are bad news when they have nothing to negate."""
    at = np.flatnonzero(units.where("negator") & (units.value != 0))
    heard = np.zeros(len(units.kind), bool)
    heard[unit] = True
    following = np.minimum(next_after(heard)[at], len(heard) - 1)
    busy = heard[following] & (following - at <= NEGATION_REACH)
    at = at[~(busy & (units.sentence[following] == units.sentence[at]))]
    return np.array([at, at, at, units.value[at], np.full(len(at), RULE["denial"])])
