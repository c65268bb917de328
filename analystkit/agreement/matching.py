"""Two statements -> do they speak of one fact, and if so, do they agree, differ or contradict each other?"""

from __future__ import annotations

import functools
import re
from typing import Any

import numpy as np
import pandas as pd

from analystkit.agreement.wording import SCALES
from analystkit.figures import find_figures
from analystkit.intervals import intersection
from analystkit.periods import overlap
from analystkit.schemas import read_words

# A level or a move on one day; and measures that say nothing until `of` says what is measured.
MOMENTARY = frozenset(["price_change", "share_price", "market_value", "index_level", "price_target"])
LOOSE = frozenset(["other", "strategy", "rate", "cost", "growth", "comparison", "partnership", "superlative"])
LOOSE |= frozenset(["regulation", "sanctions", "capacity", "estimate", "ai_demand", "stake"])
# Words that name no scope of their own.
_FILLER = frozenset(["industry", "sector", "business", "spending", "and", "the", "of", "field", "projects"])
_DENIALS = dict.fromkeys(["not", "no", "never", "without", "nobody", "neither", "nor"], "not")
_LABEL = re.compile(r"(?:FY)?(\d{4}(?:-[QH]\d)?)$")


def same_fact(a: Any, b: Any) -> bool:
    """Return whether two statements of one entity, metric and kind of unit speak of the same fact.

    Scope (`of`) is the same or one is wider; a definition or a period that one of them leaves out does not part
    them; plans, reports and other people's estimates are facts of their own. Rows are those of `statements`.
    """
    if a.tense != b.tense and "any" not in (a.tense, b.tense):
        return False
    if not related_scopes(a.of, b.of) or (a.definition and b.definition and a.definition != b.definition):
        return False
    if inverted(a, b):
        return True
    if not same_period(a, b):
        return False
    if a.operator or b.operator:
        return bool(a.operator == b.operator and _alike(a.operand, b.operand))
    if a.metric in LOOSE or a.kind in ("words", "count", "number"):
        opposed = a.stance and b.stance and a.metric not in ("other", "strategy")
        return bool((a.of and a.of == b.of) or opposed or _alike(a.statement, b.statement))
    return True


def related_scopes(first: str, second: str) -> bool:
    """Return whether two scopes are the same, or one is wider than the other or left out.

    Examples
    --------
    >>> related_scopes("ai_data_centers", "data_centers"), related_scopes("cloud", "retail")
    (True, False)
    """
    one, other = _words_of(first), _words_of(second)
    return one <= other or other <= one


@functools.cache
def _words_of(text: str, letters: int = 1) -> frozenset[str]:
    return frozenset(re.findall(rf"[^\W_]{{{letters},}}", text.lower())) - _FILLER


def _alike(first: str, second: str) -> bool:
    """Return whether two wordings share at least half of their longer words."""
    one, other = _words_of(first, 3), _words_of(second, 3)
    return bool(one | other) and 2 * len(one & other) >= len(one | other)


@functools.cache
def _turns(statement: str) -> frozenset[str]:
    """Return what may turn a wording into its opposite: ups, downs and denials."""
    turns = dict(read_words("figures_moves.csv")[["word", "direction"]].to_numpy()) | _DENIALS
    return frozenset(turns[word] for word in re.findall("[a-z]+", statement.lower()) if word in turns)


def _turned(first: str, second: str) -> bool:
    """Return whether only one of two wordings denies, or one tells of a rise and the other of a fall."""
    apart = _turns(first) ^ _turns(second)
    return "not" in apart or {"up", "down"} <= apart


def same_period(a: Any, b: Any) -> bool:
    """Return whether two statements speak of the same stretch of time, or may do so.

    Durations are the same when equal and overlapping; years, halves and quarters when three quarters of the shorter
    one are shared, or when a fiscal and a calendar one carry the same number; open horizons when they end within a
    year of each other. A missing period fits all, except for levels and moves of a day said more than three days
    apart.
    """
    if not a.period or not b.period:
        return not (a.metric in MOMENTARY and _days_apart(a.day, b.day) > 3)
    if a.period == b.period:
        return a.period[0] != "P" or overlap((a.starts, a.ends), (b.starts, b.ends))
    if ".." in a.period or ".." in b.period:
        # Open on one side: what is stated on both, the end before the beginning, must be the same.
        if pd.notna(a.ends) and pd.notna(b.ends):
            return _days_apart(a.ends, b.ends) <= 366
        return _days_apart(a.starts, b.starts) <= 31
    if abs(a.years - b.years) > 0.1 * max(a.years, b.years):
        return False
    if _label(a.period) and _label(a.period) == _label(b.period):
        return overlap((a.starts, a.ends), (b.starts, b.ends))
    if any(pd.isna(day) for day in (a.starts, a.ends, b.starts, b.ends)):
        return False
    shared = min(a.ends, b.ends) - max(a.starts, b.starts)
    return bool(shared >= 0.75 * min(a.ends - a.starts, b.ends - b.starts))


def handles(row: Any) -> tuple[set[Any], set[Any]]:
    """Return under what a statement is filed, and under what all those stand that may be of the same fact.

    Two statements are of one entity, measure and kind of unit, and of the same months; one that states no period, or
    a comparison, which may swap its two periods, can be of any month.
    """
    when: set[Any] = {row.period, _label(row.period)} - {""}
    dated = row.metric in MOMENTARY and pd.notna(row.day)
    if dated:
        when |= {row.day + pd.Timedelta(days=near) for near in range(-3, 4)}
    months = [12 * day.year + day.month for day in (row.starts, row.ends) if pd.notna(day)]
    # The ends of open horizons may lie a year apart, other periods share a day.
    near = 13 if ".." in row.period else 1
    when |= set(range(min(months) - near, max(months) + near + 1)) if months else set()
    loose = bool(row.operator) or not (dated or row.period)
    kept, sought = when | {"ever"} | ({"always"} if loose else set()), when | {"always"}
    about = (row.entity, row.metric, row.kind)
    return {(*about, each) for each in kept}, {(*about, each) for each in ({"ever"} if loose else sought)}


def _days_apart(one: pd.Timestamp, other: pd.Timestamp) -> float:
    """Return the days between two days, NaN when one of them is not known."""
    return float(abs((one - other).days))


def _label(period: str) -> str:
    match = _LABEL.match(period)
    return match[1] if match else ""


def fiscal_against_calendar(a: Any, b: Any) -> bool:
    """Return whether one period is of the fiscal year and the other of the calendar year."""
    return bool(a.period and b.period) and (a.period[:2] == "FY") != (b.period[:2] == "FY")


def inverted(a: Any, b: Any) -> bool:
    """Return whether two comparisons put the same two things in opposite order.

    Either the operand is the same and the operator opposite, or the operator is the same and the operand of
    one is the period of the other.
    """
    if not {a.operator, b.operator} <= {"greater", "less"}:
        return False
    ours, theirs = _horizon(a.operand), _horizon(b.operand)
    same = bool(ours and ours == theirs) or _alike(a.operand, b.operand)
    if a.operator != b.operator:
        return same
    swapped = ours in ("", b.period) and theirs in ("", a.period) and (ours or theirs)
    return bool(swapped) and a.period != b.period


@functools.cache
def _horizon(words: str) -> str:
    periods = find_figures(words)["period"].dropna().tolist()
    return str(periods[0]) if periods else ""


def meet(a: Any, b: Any) -> bool:
    """Return whether the intervals of two statements share a point."""
    return intersection((a, b)) is not None


def relation(a: Any, b: Any) -> tuple[str, str]:
    """Return how two statements of one fact stand to each other, and why.

    Returns
    -------
    tuple of str
        "agree", "differ" or "contradict", and the reason (`words/agreement_reasons.csv`), "" for agreement.
        Values that do not meet only differ when scope, definition, period or the estimating voice differ: each may be
        right. Statements without a figure agree when their words do, not by their subject alone.
    """
    if (a.modality == "denied") != (b.modality == "denied"):
        # To deny one figure is not to deny another.
        return ("contradict", "denied") if a.kind == "words" or meet(a, b) else ("agree", "")
    if (a.modality == "cancelled") != (b.modality == "cancelled"):
        return "contradict", "given up"
    if a.kind == "words":
        if inverted(a, b):
            return "contradict", "comparison"
        if {a.stance, b.stance} == {"positive", "negative"}:
            return "contradict", "stance"
        if a.stance and b.stance and a.stance != b.stance:
            return "differ", "stance"
        if a.modality != b.modality:
            return "differ", "modality"
        # `same_fact` has compared the operands; what such a measure says depends on its words or its day.
        told = a.operator or a.metric not in LOOSE or (a.period and a.period == b.period)
        alike = (told or _alike(a.statement, b.statement)) and not _turned(a.statement, b.statement)
        return ("agree", "") if alike else ("differ", "wording")
    if {a.direction, b.direction} == {"up", "down"}:
        return "contradict", "direction"
    if "scale_missing" in a.flags + b.flags and not meet(a, b):
        return "contradict", "scale"
    softer = _excuse(a, b)
    if not meet(a, b):
        return ("differ", softer) if softer else ("contradict", "values")
    if a.bound != b.bound and {a.bound, b.bound} != {"", "exact"}:
        return "differ", "bounds"
    if a.bound in ("more_than", "at_least", "less_than", "at_most") and (a.low, a.high) != (b.low, b.high):
        return "differ", "values"
    return ("differ", softer) if softer in ("scope", "definition", "fiscal year") else ("agree", "")


def _excuse(a: Any, b: Any) -> str:
    """Return what may explain that two figures differ, "" when nothing does."""
    # Figures of no stated period, told on different days or on days not known, may be of different periods.
    undated, days = not (a.period or b.period) and a.tense == "reported", _days_apart(a.day, b.day)
    far = days > 3 or np.isnan(days) if a.metric in MOMENTARY else days > 45
    excuses = {
        "scope": a.of != b.of,
        "definition": a.definition != b.definition,
        "fiscal year": fiscal_against_calendar(a, b),
        "estimates": a.tense == "estimated" and a.voice != b.voice,
        "period": bool(a.period) != bool(b.period) and a.tense == "reported",
        "day": undated and far,
    }
    return next((why for why, holds in excuses.items() if holds), "")


def times(a: Any, b: Any) -> float:
    """Return how many times the larger figure is the smaller, 0 where one of them is a range or open."""
    if a.unit != b.unit or not 0 < a.value * b.value < np.inf:
        return 0.0
    small, large = sorted((abs(a.value), abs(b.value)))
    return float(large / small)


def power(a: Any, b: Any) -> int:
    """Return the power of ten, of those that have a scale word, by which two figures are apart, else 0."""
    factor = times(a, b)
    return next((p for p in SCALES if abs(factor / 10.0**p - 1) <= 0.01), 0)
