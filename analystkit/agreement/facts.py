"""Claims -> facts: one row a fact, with the sources that say it, and whether they agree."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from analystkit.agreement.matching import handles, relation, same_fact
from analystkit.agreement.statements import FIRST_HAND, grouped, once, statements
from analystkit.currencies import convert
from analystkit.dossier import Dossier
from analystkit.errors import CurrencyError
from analystkit.intervals import INTERVAL, hull, intersection
from analystkit.schemas import read_words

# Two sources that convert one amount on different days, or round differently, are not apart for that.
_RATE_TOLERANCE = 0.02
# So many words in common are no accident when one speaker says them.
_QUOTATION = 5
# What makes one wording of a fact another than the next.
_WORDING = ["low", "high", "bound", "direction", "operator", "operand", "stance", "modality", "of"]
_WORDING += ["definition", "period", "flags"]
_NAMES = ["entity", "metric", "of", "definition", "period"]
_COLUMNS = dict.fromkeys(["entity", "metric", "of", "definition", "unit", "period"], "str")
_COLUMNS |= dict(zip(INTERVAL, ["float64", "float64", "bool", "bool"], strict=True))
_COLUMNS |= dict.fromkeys(["sources", "origins"], "int64")
_COLUMNS |= dict.fromkeys(["verdict", "claim_ids", "documents", "note"], "str")
_ADDED = {"fact": "int64", "fact_unit": "str", "low": "float64", "high": "float64", "folded": "str"}
_ADDED |= {"superseded_by": "str"}


def group_facts(dossier: Dossier) -> pd.DataFrame:
    """Return the statements of a dossier, each with the fact that it belongs to.

    Parameters
    ----------
    dossier
        Rejected claims are left out; a conversion is folded into the claim that it converts.

    Returns
    -------
    pd.DataFrame
        The columns of `statements` and: fact (number), fact_unit and the interval in that unit (the bracketed
        rate of the fact, else the ECB rate of the day with 2 % of tolerance; NaN without a rate), original (the
        claim that a conversion is folded into, else ""; fact and superseded_by are those of the original), folded
        (claim ids of its conversions), superseded_by (the later statement of the same voice that replaces it).

    Examples
    --------
    >>> claims = pd.DataFrame({"claim_id": ["a", "b"], "document_id": ["d1", "d2"], "entity": "Meta",
    ...     "metric": "capex", "statement": "s", "value": 65e9, "unit": "USD", "speaker": "Meta",
    ...     "speaker_kind": "company", "modality": "planned", "status": "accepted"})
    >>> group_facts(Dossier(claims=claims))["fact"].tolist()
    [0, 0]
    """
    every = statements(dossier)
    folds = every["converts"].isin(every["claim_id"]) & (every["converts"] != every["claim_id"])
    # A conversion of a conversion stands for itself.
    folds &= ~every["converts"].isin(every.loc[folds, "claim_id"])
    every["original"] = every["converts"].where(folds, "")
    every_rows = grouped(every.itertuples(), lambda row: row.original)
    conversions = {rows[0].original: rows for rows in every_rows}
    unconverted = conversions.pop("", [])
    replaced = {row.revises: row.claim_id for row in unconverted}
    found: dict[object, tuple[Any, ...]] = {}
    for number, members in enumerate(_facts(unconverted)):
        unit = _unit(members, conversions)
        fact = [_in_unit(row, unit, members, conversions) for row in members]
        for row in fact:
            folded = conversions.get(row.claim_id, [])
            later = replaced.get(row.claim_id) or _replacement(row, fact)
            names = ";".join(each.claim_id for each in folded)
            found[row.Index] = (number, unit or row.unit, row.low, row.high, names, later)
            for each in folded:
                found[each.Index] = (number, each.unit, each.low, each.high, "", later)
    added = pd.DataFrame.from_dict(found, orient="index", columns=list(_ADDED)).reindex(every.index)
    return every.assign(**added.astype(_ADDED))


def _facts(members: list[Any]) -> list[list[Any]]:
    """Group the statements: each joins the first fact with all of whose members it can be one.

    Only facts that share a handle (what both are about, and when) are looked at, not every pair.
    """
    facts: list[list[Any]] = []
    held: dict[Any, set[int]] = {}
    for row in sorted(members, key=lambda row: -sum(map(bool, (row.of, row.definition, row.period)))):
        kept, sought = handles(row)
        near = sorted({number for handle in sought for number in held.get(handle, ())})
        fitting = [number for number in near if all(same_fact(row, each) for each in facts[number])]
        # Among several, the one that it does not contradict.
        opposed = [any(relation(row, each)[0] == "contradict" for each in facts[n]) for n in fitting]
        if not fitting:
            facts.append([])
        number = fitting[opposed.index(min(opposed))] if fitting else len(facts) - 1
        facts[number].append(row)
        for handle in kept:
            held.setdefault(handle, set()).add(number)
    return sorted(sorted(group) for group in facts)


def _unit(fact: list[Any], conversions: dict[str, list[Any]]) -> str:
    """Return the currency of a fact: the usual one of the statements that are converted in brackets."""
    if fact[0].kind != "money":
        return ""
    units = sorted(row.unit for row in [row for row in fact if row.claim_id in conversions] or fact)
    return str(max(units, key=units.count))


def _in_unit(row: Any, unit: str, fact: list[Any], conversions: dict[str, list[Any]]) -> Any:
    """Return a statement with its interval in the fact's currency."""
    if unit in ("", row.unit):
        return row
    bracketed = [
        each.value / other.value
        for each in fact
        for other in conversions.get(each.claim_id, [])
        if each.unit == unit and other.unit == row.unit and other.value
    ]
    factor, spread = np.median(bracketed) if bracketed else np.nan, 0.0
    if not bracketed:
        day = next((each.day for each in (row, *fact) if pd.notna(each.day)), pd.NaT)
        with contextlib.suppress(CurrencyError):
            factor, spread = convert(1.0, row.unit, unit, day), _RATE_TOLERANCE
    return row._replace(low=row.low * factor * (1 - spread), high=row.high * factor * (1 + spread))


def _replacement(row: Any, fact: list[Any]) -> str:
    """Return the claim that replaces a statement: the latest later one of the same voice that differs from it.

    What a narrator retells of a company's plan is replaced by what the company itself says later.
    """
    retold = row.speaker_kind not in FIRST_HAND and row.tense in ("planned", "stated")
    later = [
        each for each in fact if each.day > row.day and (each.voice == row.voice
        or (retold and each.voice == row.entity and each.speaker_kind in FIRST_HAND))
    ]  # fmt: skip
    last = max(later, key=lambda each: each.day, default=row)
    return "" if _told(last) == _told(row) else str(last.claim_id)


def _told(row: Any) -> tuple[str, ...]:
    undone = row.modality if row.modality in ("denied", "cancelled", "postponed") else ""
    return (str(row.low), str(row.high), row.stance, row.operator, undone)


def reconcile(dossier: Dossier) -> pd.DataFrame:
    """Return one row a fact: who says it, the interval that all allow, and whether they agree.

    A fact is an entity, a metric, a definition and a kind of unit with overlapping periods of one length and the
    same or a wider scope; plans, reports and the estimates of others are facts of their own.

    Parameters
    ----------
    dossier
        Its claims; rejected ones are left out, unreviewed ones are named in the note.

    Returns
    -------
    pd.DataFrame
        entity, metric, of, definition, unit, period; low, high, low_closed, high_closed (what all current
        statements allow, or all they span when they contradict; NaN without a figure; a figure without its scale
        word is left out), sources (documents), origins (documents that share an origin_key count once), verdict,
        claim_ids (with conversions and superseded claims), documents, note. Verdicts: agree; differ (the figures
        may all be right, but hedge, scope, definition, period or estimate differ); alone (one document);
        contradict (they cannot all be right).

    Examples
    --------
    >>> claims = pd.DataFrame({"claim_id": ["a", "b"], "document_id": ["d1", "d2"], "entity": "Alibaba",
    ...     "metric": "investment_plan", "statement": "s", "value": 380e9, "unit": "CNY",
    ...     "bound": ["more_than", "exact"], "speaker": "Alibaba", "speaker_kind": "company",
    ...     "modality": "planned", "status": "accepted"})
    >>> reconcile(Dossier(claims=claims))[["low", "high", "sources", "verdict"]].values.tolist()
    [[380000000000.0, 380500000000.0, 2, 'differ']]
    """
    stated = [row for row in group_facts(dossier).itertuples() if not row.original]
    facts = grouped(stated, lambda row: row.fact)
    in_words = read_words("agreement_reasons.csv").set_index("reason")["note"]
    table = pd.DataFrame([_fact_row(rows, in_words) for rows in facts], columns=list(_COLUMNS))
    return table.astype(_COLUMNS)


def _fact_row(rows: list[Any], in_words: pd.Series) -> dict[str, Any]:
    current = [row for row in rows if not row.superseded_by] or rows
    kinds, reasons = _apart(current)
    documents = list(dict.fromkeys(row.document_id for row in current))
    verdict = "agree" if len(documents) > 1 else "alone"
    figures = [row for row in current if row.kind != "words"]
    whole = [row for row in figures if "scale_missing" not in row.flags]
    usable = [row for row in whole if pd.notna(row.low)]
    interval = (intersection(usable) or hull(usable)) if usable else (np.nan, np.nan, False, False)
    reasons |= {"scale"} if len(whole) < len(figures) else set()
    reasons |= {"currency"} if len(usable) < len(whole) else set()
    notes = [in_words[reason] for reason in sorted(reasons)]
    notes += [f"{row.claim_id} is superseded by {row.superseded_by}" for row in rows if row.superseded_by]
    unread = ", ".join(row.claim_id for row in rows if row.status == "proposed")
    notes += [f"not reviewed: {unread}"] if unread else []
    origins = _origins(current)
    notes += ["documents that share an origin count once"] if origins < len(documents) else []
    return {
        **{column: _usual(getattr(row, column) for row in current) for column in _NAMES},
        **dict(zip(INTERVAL, interval, strict=True)),
        "unit": _usual(row.fact_unit for row in current),
        "sources": len(documents),
        "origins": origins,
        "verdict": next((worst for worst in ("contradict", "differ") if worst in kinds), verdict),
        "claim_ids": ";".join(i for row in rows for i in (row.claim_id, row.folded) if i),
        "documents": ";".join(documents),
        "note": "; ".join(notes) or None,
    }


def _apart(current: list[Any]) -> tuple[set[str], set[str]]:
    """Return how the statements of a fact stand to one another, and why."""
    more = ["statement", "document_id"] if current[0].kind == "words" else []
    pairs = combinations(wordings(current, "voice", "day", *more), 2)
    told = [(*relation(a, b), {a.document_id, b.document_id}) for a, b in pairs]
    shared_by = set().union(*(both for _, why, both in told if not why and len(both) > 1))
    # What one source adds to a statement that the others share sets nobody apart.
    added = [why in ("modality", "wording") and (len(both) < 2 or both <= shared_by) for _, why, both in told]
    told = [pair for pair, extra in zip(told, added, strict=True) if not extra]
    return {kind for kind, _, _ in told}, {why for _, why, _ in told if why}


def wordings(fact: list[Any], *more: str) -> list[Any]:
    """Return the first statement of each wording of a fact: pairs of statements grow with the square.

    `more` names columns that tell wordings apart beside hedged figure, scope, period, stance and comparison.
    """
    return once(fact, lambda row: tuple(str(getattr(row, column)) for column in (*_WORDING, *more)))


def _usual(words: Iterable[str]) -> str | None:
    """Return the most frequent word, the first of several; None without any."""
    counted = Counter(word for word in words if word)
    return counted.most_common(1)[0][0] if counted else None


def origin_keys(row: Any) -> list[str]:
    """Return what a statement shares with others of one origin: a key, or a quotation too long for an accident."""
    words = row.quote.casefold().split()
    spoken = len(words) >= _QUOTATION and row.speaker_kind != "narrator"
    keys = (row.origin_key, f"{row.speaker}: {' '.join(words)}" if spoken else "")
    return sorted(key for key in keys if key)


def _origins(fact: list[Any]) -> int:
    """Count the documents, as one those that share an origin_key or one speaker's same quotation."""
    groups: list[set[str]] = []
    for row in fact:
        names = {f"document {row.document_id}", *origin_keys(row)}
        touching = [group for group in groups if group & names]
        groups = [group for group in groups if group not in touching] + [names.union(*touching)]
    return len(groups)
