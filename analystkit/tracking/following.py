"""A promise and the reports that answer it -> pace so far, required run-rate, verdict."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analystkit.currencies import rate
from analystkit.dossier import Dossier
from analystkit.errors import CurrencyError
from analystkit.tracking.definitions import RANKS, relation
from analystkit.tracking.deliveries import DAY, Amount, Ledger, ledgers, length, span_of, worst
from analystkit.tracking.promises import PROMISE, ends_of, nearest

# Spending is not spread evenly over a year: what lies this near to the straight line is on it.
PACE_TOLERANCE = 0.02
_KEY = [
    "entity", "definition", "period", "clock", "period_start", "period_end", "delivered_definition", "relation",
]  # fmt: skip
PROGRESS = [
    *_KEY, "reported_to", "reports", "delivered_so_far", "latest_quarter", "unit", "share_elapsed",
    "pace_first_low", "pace_first_high", "standing_first", "pace_last_low", "pace_last_high", "standing_last",
    "delivered_vs_pace", "quarters_left", "required_low", "required_high", "latest", "confidence", "claim_ids",
    "sources", "note",
]  # fmt: skip
OUTCOME = [
    *_KEY, "unit", "first_word", "first_low", "first_high", "first_said_on", "last_word", "last_low",
    "last_high", "last_said_on", "delivered", "reported_to", "distance_to_first", "distance_to_last",
    "quarters_left", "required_low", "required_high", "latest_quarter", "verdict", "verdict_last",
    "verdict_here", "reason", "arithmetic", "claim_ids", "sources", "confidence",
]  # fmt: skip
_Span = tuple[pd.Timestamp, pd.Timestamp]


@dataclass(frozen=True)
class _Answer:
    """One ledger set against one promise: how it answers, and the amount at each day reported to."""

    ledger: Ledger
    relation: str
    why: str
    steps: dict[pd.Timestamp, Amount]

    @property
    def reach(self) -> pd.Timestamp:
        return max(self.steps)


def follow(
    dossier: Dossier, stated: pd.DataFrame, reports: pd.DataFrame, starts: list[pd.Timestamp] | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return `.progress` and `.outcome` for the statements of `promises.revisions`.

    Examples
    --------
    >>> from analystkit.tracking.promises import revisions
    >>> progress, outcome = follow(Dossier(), revisions(Dossier(), ["capex"]), Dossier().fundamentals, None)
    >>> len(progress), len(outcome)
    (0, 0)
    """
    year_ends = dossier.entities.set_index("entity")["fiscal_year_end"]
    progress: list[dict[str, Any]] = []
    outcome: list[dict[str, Any]] = []
    for (entity, _, definition, period), chain in stated.groupby(PROMISE, dropna=False, sort=False):
        head = dict(
            zip(["entity", "definition", "period", "clock"], [entity, definition, period, ""], strict=True)
        )
        head["delivered"] = np.nan
        words = list(chain[chain["counts"].astype(bool)].itertuples())
        if not words:
            head |= {"claim_ids": ";".join(chain["claim_id"]), "confidence": worst(chain["confidence"])}
            outcome += _verdicts([head | {"reason": "no figure was given"}])
            continue
        words = [word for word in words if word.unit == words[-1].unit]
        own = reports[reports["entity"] == entity]
        for clock, span in _clocks(chain, words[0], year_ends.get(entity), starts):
            steps, ends = _set_against(head | {"clock": clock}, words, span, own)
            progress += steps
            outcome += _verdicts(ends)
    frames = pd.DataFrame(progress, columns=PROGRESS), pd.DataFrame(outcome, columns=OUTCOME)
    for frame in frames:
        for column in frame.columns[frame.columns.str.contains("period_|reported_to|said_on")]:
            frame[column] = pd.to_datetime(frame[column]).astype("datetime64[us]")
    return frames


def _clocks(
    chain: pd.DataFrame, first: Any, year_end: str | float, starts: list[pd.Timestamp] | None
) -> list[tuple[str, _Span | None]]:
    """Return the first day of the period and the day after its last, for each day on which it can begin."""
    given = chain.dropna(subset=["period_start", "period_end"])
    if len(given):
        return [("as the source has it", (given["period_start"].iloc[0], given["period_end"].iloc[0] + DAY))]
    if (span := span_of(first.period, year_end)) is not None:
        return [("settled by the period", span)]
    if not str(first.period).startswith("P") or (starts is None and pd.isna(first.said_on)):
        return [("not settled", None)]
    if starts is not None:
        return [("given", span_of(first.period, year_end, start)) for start in starts]
    month = int(year_end[:2]) % 12 + 1 if isinstance(year_end, str) else 1
    following = pd.Timestamp(first.said_on.year + (first.said_on.month >= month), month, 1)
    quarter = first.said_on.to_period("Q").start_time
    clocks = {"the quarter of the first word": quarter, "the next fiscal year": following}
    return [(f"assumed: {name}", span_of(first.period, year_end, start)) for name, start in clocks.items()]


def _set_against(
    head: dict[str, Any], words: list[Any], span: _Span | None, reports: pd.DataFrame
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the rows of `.progress` and of `.outcome` for one promise with one start of the clock."""
    first, last = words[0], words[-1]
    for name, word in (("first", first), ("last", last)):
        low, high = ends_of(word)
        head |= {f"{name}_word": word.printed, f"{name}_low": low, f"{name}_high": high}
        head |= {f"{name}_said_on": word.said_on}
    head |= {"claim_ids": ";".join(dict.fromkeys([first.claim_id, last.claim_id])), "unit": last.unit}
    head |= {"confidence": worst([first.confidence, last.confidence])}
    if span is None:
        why = "the dates of the period are not settled: give `starts`, or the entity's fiscal_year_end"
        return [], [head | {"reason": why}]
    head |= {"period_start": span[0], "period_end": span[1] - DAY}
    known_to = reports["period_end"].max() + DAY if len(reports) else span[1]
    progress, ends = [], []
    for answer in _answers(reports, last.definition, span):
        factor, converted = _conversion(answer.ledger.unit, last)
        note = "; ".join(filter(None, [answer.why, converted]))
        steps = [_step(head, answer, day, factor, note) for day in answer.steps]
        steps[-1]["latest"] = True
        progress += steps
        ends.append(_close(head, answer, steps[-1], words, known_to))
    if not ends:
        here = "running" if span[1] > known_to else "cannot be told"
        left = length(*span) * 4
        need: dict[str, Any] = {f"required_{end}": head[f"last_{end}"] / left for end in ("low", "high")}
        need |= {"reason": "no report lies within the period", "quarters_left": left}
        ends = [head | need | {"verdict_here": here, "here_last": here}]
    return progress, ends


def _answers(reports: pd.DataFrame, guided: str | float, span: _Span) -> list[_Answer]:
    """Return the ledgers that answer, without those that another outdoes in measure and in reach."""
    found = []
    for ledger in ledgers(reports):
        steps = {day: amount for day, amount in ledger.amounts(span[0]).items() if day <= span[1]}
        if steps:
            found.append(_Answer(ledger, *relation(guided, ledger.definition), steps))

    def outdone(one: _Answer) -> bool:
        # A near measure over the whole period says more than the same one over a part of it.
        return any(
            (RANKS[o.relation] < RANKS[one.relation] and o.reach >= one.reach)
            or (RANKS[o.relation] <= 1 and o.reach == span[1] > one.reach)
            for o in found
        )

    return [one for one in found if not outdone(one)]


def _conversion(unit: str, last: Any) -> tuple[float, str]:
    """Return the factor from the reports' unit to the promise's, and what to say about it."""
    if unit == last.unit:
        return 1.0, ""
    with contextlib.suppress(CurrencyError):
        factor, fixed = rate(unit, last.unit, last.said_on)
        return factor, f"{unit} at {factor:.4f} {last.unit}, the fixing of {fixed:%Y-%m-%d}"
    return np.nan, f"no rate for {unit} against {last.unit}"


def _step(
    head: dict[str, Any], answer: _Answer, day: pd.Timestamp, factor: float, note: str
) -> dict[str, Any]:
    """Return the row of `.progress` for the reports up to one day."""
    start, after, amount = head["period_start"], head["period_end"] + DAY, answer.steps[day]
    share = length(start, day) / length(start, after)
    left = length(day, after) * 4 if day < after else 0.0
    quarter = answer.ledger.amount(day - pd.DateOffset(months=3), day)
    delivered = amount.value * factor
    step = {"delivered_definition": answer.ledger.definition, "relation": answer.relation}
    for word in ("first", "last"):
        low, high = head[f"{word}_low"] * share, head[f"{word}_high"] * share
        standing = _standing(delivered, low, high)
        step |= {f"pace_{word}_low": low, f"pace_{word}_high": high, f"standing_{word}": standing}
    for end in ("low", "high"):
        wanted = head[f"last_{end}"]
        missing = max(wanted - delivered, 0.0) if np.isfinite(wanted) else wanted
        step[f"required_{end}"] = missing / left if left else np.nan
    line = np.mean(nearest(head["last_low"], head["last_high"])) * share
    return head | step | {
        "reported_to": day - DAY, "reports": ";".join(amount.periods), "delivered_so_far": delivered,
        "latest_quarter": quarter.value * factor if quarter else np.nan, "share_elapsed": share,
        "delivered_vs_pace": delivered / line - 1, "quarters_left": left, "latest": False,
        "confidence": worst([head["confidence"], amount.confidence]), "sources": ";".join(amount.sources),
        "note": note,
    }  # fmt: skip


def _standing(delivered: float, low: float, high: float) -> str:
    """Return whether the reports run ahead of, behind or on the straight line to the promise."""
    ends = nearest(low, high)
    if np.isnan(delivered):
        return "cannot be told"
    if delivered > max(ends) * (1 + PACE_TOLERANCE):
        return "ahead"
    return "behind" if delivered < min(ends) * (1 - PACE_TOLERANCE) else "on pace"


def _close(
    head: dict[str, Any], answer: _Answer, step: dict[str, Any], words: list[Any], known_to: pd.Timestamp
) -> dict[str, Any]:
    """Return the row of `.outcome` for one answer."""
    delivered, after, amount = step["delivered_so_far"], head["period_end"] + DAY, answer.steps[answer.reach]
    complete, running = answer.reach == after, after > known_to
    ends = words[0], words[-1]
    here, last = (_verdict(delivered, word, answer.relation, complete, running) for word in ends)
    cut = answer.ledger.definition
    named = repr(cut) if isinstance(cut, str) else "reports without a definition"
    reasons = [f"measured by {named}: {step['note']}"]
    sources, arithmetic = amount.sources, amount.arithmetic
    parts = answer.ledger.amount(head["period_start"], answer.reach, parts=True)
    if len(amount.periods) == 1 and parts is not None:
        sources, arithmetic = (*sources, *parts.sources), parts.arithmetic
        if abs(parts.value - amount.value) > parts.half + amount.half:
            reasons.append(f"the parts add up to {parts.value:,.0f}, the whole is {amount.value:,.0f}")
    if not complete:
        reasons.append(f"reported to {step['reported_to']:%Y-%m-%d} only")
    elif here == "cannot be told":
        reasons.append("a limit from one side does not decide")
    if here != last:
        reasons.append(f"{here} the first word, {last} the last")
    if head["clock"].startswith("assumed"):
        reasons.append(f"the start of the clock is {head['clock']}")
    distances = [_distance(delivered, word) if complete else np.nan for word in ends]
    return step | {
        "delivered": delivered, "distance_to_first": distances[0], "distance_to_last": distances[1],
        "verdict_here": here, "here_last": last, "reason": "; ".join(reasons),
        "arithmetic": f"{arithmetic} billion {answer.ledger.unit}", "sources": ";".join(dict.fromkeys(sources)),
    }  # fmt: skip


def _verdict(delivered: float, word: Any, how: str, complete: bool, running: bool) -> str:
    """Return where the delivery lies against one word, as far as this measure can tell."""
    above = delivered > word.high or (delivered == word.high and not word.high_closed)
    below = delivered < word.low or (delivered == word.low and not word.low_closed)
    # Outlays only add up: what is above before the end stays above, unless more was counted than promised.
    if above and how != "wider":
        return "above"
    if not complete:
        return "running" if running else "cannot be told"
    if np.isnan(delivered) or how == "narrower" or (how == "wider" and not below):
        return "cannot be told"
    return "below" if below else "within"


def _verdicts(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the outcomes of one promise with the verdict of all measures together."""
    joint = {}
    for column, here in (("verdict", "verdict_here"), ("verdict_last", "here_last")):
        each = [row.get(here, "cannot be told") for row in rows]
        decided = set(each) - {"running", "cannot be told"}
        joint[column] = "running" if "running" in each else "cannot be told"
        if decided:
            joint[column] = decided.pop() if len(decided) == 1 else "depends on definition"
    if joint["verdict"] == "depends on definition":
        found = [(r["verdict_here"], r["distance_to_first"], r["delivered_definition"]) for r in rows]
        said = ", ".join(f"{verdict} ({distance:+.0%}) by {cut!r}" for verdict, distance, cut in found)
        rows = [row | {"reason": f"{said}; {row['reason']}"} for row in rows]
    return [row | joint for row in rows]


def _distance(delivered: float, word: Any) -> float:
    """Return delivered over the nearest printed end, less one; 0 inside a range."""
    ends = nearest(*ends_of(word))
    if min(ends) < delivered < max(ends):
        return 0.0
    return delivered / min(ends, key=lambda end: abs(end - delivered)) - 1
