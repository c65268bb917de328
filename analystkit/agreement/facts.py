"""Claims -> facts: one row a fact, with the sources that say it, and whether they agree."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from analystkit.agreement.matching import relation, same_fact
from analystkit.agreement.statements import FIRST_HAND, statements
from analystkit.agreement.wording import reasons_in_words
from analystkit.currencies import convert
from analystkit.dossier import Dossier
from analystkit.errors import CurrencyError
from analystkit.intervals import INTERVAL, hull, intersection, scaled

# Two sources that convert one amount on different days, or round differently, are not apart for that.
_RATE_TOLERANCE = 0.02
# So many words in common are no accident when one speaker says them.
_QUOTATION = 5
_NAMES = ["entity", "metric", "of", "definition", "period"]
_TOLD = ["low", "high", "bound", "direction", "operator", "operand", "stance", "modality", "of", "definition"]
_TOLD += ["period", "voice", "flags", "day"]
_TEXT = ["entity", "metric", "of", "definition", "unit", "period"]
_COLUMNS = dict.fromkeys(_TEXT, "str") | {"low": "float64", "high": "float64", "low_closed": "bool"}
_COLUMNS |= {"high_closed": "bool", "sources": "int64", "origins": "int64"}
_COLUMNS |= dict.fromkeys(["verdict", "claim_ids", "documents", "note"], "str")


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
        rate of the fact, else the ECB rate of the day with 2 % of tolerance; NaN without a rate), folded
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
    members, conversions = every[~folds].copy(), every[folds]
    folded = conversions.groupby("converts")["claim_id"].agg(";".join).to_dict()
    members["folded"] = members["claim_id"].map(lambda name: folded.get(name, "")).astype("str")
    members["fact"] = _numbered(members)
    members["fact_unit"] = members["unit"]
    replaced = dict(zip(members["revises"], members["claim_id"], strict=True))
    later: dict[object, str] = {}
    for _, fact in members.groupby("fact"):
        if fact["kind"].iloc[0] == "money" and fact["unit"].nunique() > 1:
            fact = _one_currency(fact, conversions)
            members.loc[fact.index, [*INTERVAL, "fact_unit"]] = fact[[*INTERVAL, "fact_unit"]]
        rows = list(fact.itertuples())
        later |= {row.Index: replaced.get(row.claim_id) or _replacement(row, rows) for row in rows}
    members["superseded_by"] = pd.Series(later, dtype="str").reindex(members.index)
    return members


def _numbered(members: pd.DataFrame) -> pd.Series:
    """Number the facts: each statement joins the first fact with all of whose members it can be one."""
    complete = (members[["of", "definition", "period"]] != "").sum(axis=1)
    order = members.loc[complete.sort_values(ascending=False, kind="stable").index]
    facts: dict[tuple[str, str, str], list[list[Any]]] = {}
    for row in order.itertuples():
        groups = facts.setdefault((row.entity, row.metric, row.kind), [])
        fitting = [group for group in groups if all(same_fact(row, each) for each in group)]
        # Among several, the one that it does not contradict.
        kind = [any(relation(row, each)[0] == "contradict" for each in group) for group in fitting]
        if fitting:
            fitting[kind.index(min(kind))].append(row)
        else:
            groups.append([row])
    every = sorted(sorted(row.Index for row in group) for groups in facts.values() for group in groups)
    numbers = {index: number for number, group in enumerate(every) for index in group}
    return pd.Series([numbers[index] for index in members.index], members.index, dtype="int64")


def _one_currency(fact: pd.DataFrame, conversions: pd.DataFrame) -> pd.DataFrame:
    """Return the fact's intervals in one currency: that of the statements that are converted in brackets."""
    fact = fact.copy()
    bracketed = fact[fact["folded"] != ""]
    unit = (bracketed if len(bracketed) else fact)["unit"].mode().iloc[0]
    pairs = conversions.merge(bracketed, left_on="converts", right_on="claim_id", suffixes=("_to", ""))
    pairs = pairs[pairs["unit"] == unit]
    bridge = (pairs["value"] / pairs["value_to"]).groupby(pairs["unit_to"]).median()
    days = fact["day"].dropna()
    for row in fact[fact["unit"] != unit].itertuples():
        factor, spread = bridge.get(row.unit, np.nan), 0.0
        if pd.isna(factor) and len(days):
            with contextlib.suppress(CurrencyError):
                day = row.day if pd.notna(row.day) else days.iloc[0]
                factor, spread = convert(1.0, row.unit, unit, day), _RATE_TOLERANCE
        wide = scaled(fact.loc[[row.Index], INTERVAL], factor)
        fact.loc[row.Index, ["low", "high"]] = [
            wide["low"].iloc[0] * (1 - spread),
            wide["high"].iloc[0] * (1 + spread),
        ]
    return fact.assign(fact_unit=unit)


def _replacement(row: Any, fact: list[Any]) -> str:
    """Return the claim that replaces a statement: the latest later one of the same voice that differs from it.

    What a narrator retells of a company's plan is replaced by what the company itself says later.
    """
    retold = row.speaker_kind not in FIRST_HAND and row.tense in ("planned", "stated")
    later = [
        each
        for each in fact
        if each.day > row.day
        and (
            each.voice == row.voice
            or (retold and each.voice == row.entity and each.speaker_kind in FIRST_HAND)
        )
    ]
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
    facts: dict[int, list[Any]] = {}
    for row in group_facts(dossier).itertuples():
        facts.setdefault(row.fact, []).append(row)
    table = pd.DataFrame([_fact_row(rows) for rows in facts.values()], columns=list(_COLUMNS))
    return table.astype(_COLUMNS)


def _fact_row(rows: list[Any]) -> dict[str, Any]:
    current = [row for row in rows if not row.superseded_by] or rows
    # Pairs grow with the square: one statement for each wording that could make a difference.
    distinct = {tuple(str(getattr(row, column)) for column in _TOLD): row for row in reversed(current)}
    found = {relation(a, b) for a, b in combinations(reversed(distinct.values()), 2)}
    documents = list(dict.fromkeys(row.document_id for row in current))
    verdict = "agree" if len(documents) > 1 else "alone"
    for worse in ("differ", "contradict"):
        verdict = worse if any(kind == worse for kind, _ in found) else verdict
    reasons = sorted({reason for _, reason in found if reason})
    words = reasons_in_words()
    notes = [words[reason][0] for reason in reasons]
    figures = [row for row in current if row.kind != "words"]
    whole = [row for row in figures if "scale_missing" not in row.flags]
    usable = [[getattr(row, column) for column in INTERVAL] for row in whole if pd.notna(row.low)]
    notes += [words["scale"][0]] if len(whole) < len(figures) and "scale" not in reasons else []
    notes += [words["currency"][0]] if len(usable) < len(whole) else []
    span = pd.Series([np.nan, np.nan, False, False], index=INTERVAL, dtype="object")
    if usable:
        intervals = pd.DataFrame(usable, columns=INTERVAL)
        shared = intersection(intervals)
        span = hull(intervals) if shared is None else shared
    notes += [f"{row.claim_id} is superseded by {row.superseded_by}" for row in rows if row.superseded_by]
    unread = ", ".join(row.claim_id for row in rows if row.status == "proposed")
    notes += [f"not reviewed: {unread}"] if unread else []
    origins = _origins(current)
    notes += ["documents that share an origin count once"] if origins < len(documents) else []
    return {
        **{column: _usual(getattr(row, column) for row in current) for column in _NAMES},
        **span.to_dict(),
        "unit": _usual(row.fact_unit for row in current),
        "sources": len(documents),
        "origins": origins,
        "verdict": verdict,
        "claim_ids": ";".join(i for row in rows for i in (row.claim_id, *row.folded.split(";")) if i),
        "documents": ";".join(documents),
        "note": "; ".join(notes) or None,
    }


def _usual(words: Iterable[str]) -> str | None:
    """Return the most frequent word, the first of several; None without any."""
    counted = Counter(word for word in words if word)
    return counted.most_common(1)[0][0] if counted else None


def _origins(fact: list[Any]) -> int:
    """Count the documents, as one those that share an origin_key or one speaker's same quotation."""
    groups: list[set[str]] = []
    for row in fact:
        names = {f"document {row.document_id}"}
        names |= {f"key {row.origin_key}"} if row.origin_key else set()
        if len(row.quote.split()) >= _QUOTATION and row.speaker_kind != "narrator":
            names.add(f"said {row.speaker} {row.quote.casefold()}")
        touching = [group for group in groups if group & names]
        groups = [group for group in groups if group not in touching] + [names.union(*touching)]
    return len(groups)
