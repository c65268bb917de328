"""Statements side by side: horizons, investors against prices, opposed opinions, later words, claimed moves."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from itertools import combinations, product
from typing import Any

import pandas as pd

from analystkit.agreement import related_scopes
from analystkit.agreement.statements import grouped, once
from analystkit.agreement.wording import amount
from analystkit.amounts import percent
from analystkit.checks.figures import SPENDING
from analystkit.checks.findings import Evidence, Finding, finding
from analystkit.currencies import convert
from analystkit.errors import AnalystkitError, CurrencyError
from analystkit.reaction import check_moves

# News and the move it is said to explain lie no further apart; a longer period (in years) is no reaction.
_WINDOW, _SHORT = pd.Timedelta(days=3), 0.03
_WAYS = {"positive": "up", "negative": "down"}


def horizons(evidence: Evidence) -> Iterator[Finding]:
    """R7: plans of different length that one document sets side by side."""
    plans = [
        row
        for row in evidence.current
        if row.metric in SPENDING and row.kind == "money" and row.tense in ("stated", "planned")
        and row.years > 0 and "scale_missing" not in row.flags
    ]  # fmt: skip
    # One plan for each investor and length.
    told = grouped(once(plans, lambda r: (r.document_id, r.entity, r.years)), lambda row: row.document_id)
    pairs = [sorted(pair, key=lambda row: -row.years) for same in told for pair in combinations(same, 2)]
    for long, short in once(pairs, lambda pair: tuple((row.entity, row.years) for row in pair)):
        if long.entity != short.entity and long.years - short.years > 0.1 * long.years:
            lengths = [f"{row.years:.3g} year" + "s" * (f"{row.years:.3g}" != "1") for row in (long, short)]
            yearly = [_yearly(row, short.unit) for row in (long, short)]
            ratio = long.years / short.years
            yield finding("horizons", long, short, lengths=lengths, yearly=yearly, ratio=ratio)


def _yearly(row: Any, unit: str) -> str:
    value = row.value if pd.notna(row.value) else row.low
    shares, currency = value / row.years, row.unit
    with contextlib.suppress(CurrencyError):
        shares, currency = convert(shares, row.unit, unit, row.day) if row.unit != unit else shares, unit
    return amount(float(f"{shares:.3g}"), currency)


def moods(evidence: Evidence) -> Iterator[Finding]:
    """R9: what investors are said to feel against where the price went."""
    moves = [
        row
        for row in evidence.current
        if row.metric in ("price_change", "market_value_change") and row.direction in _WAYS.values()
        and not row.years > _SHORT
    ]  # fmt: skip
    felt = [row for row in evidence.current if row.metric == "market_reaction" and row.stance in _WAYS]
    pairs = [
        (mood, move)
        for mood, move in product(felt, moves)
        if mood.entity == move.entity and _WAYS[mood.stance] != move.direction
        and not (_day(move) - _day(mood) > _WINDOW or _day(mood) - _day(move) > _WINDOW)
    ]  # fmt: skip
    for mood, move in once(
        pairs, lambda p: (p[0].document_id, p[0].stance, p[1].document_id, p[1].direction, p[1].value)
    ):
        itself = mood.document_id == move.document_id
        start = f"{mood.document_id} against itself" if itself else f"{mood.told} against {move.told}"
        yield finding("mood", mood, move, start=start, hoped=_WAYS[mood.stance])


def _day(row: Any) -> Any:
    return row.starts if row.period and not row.years > _SHORT and pd.notna(row.starts) else row.day


def opinions(evidence: Evidence) -> Iterator[Finding]:
    """R17 across measures: analysts who praise and who criticise what one company does."""
    voices = [row for row in evidence.current if row.speaker_kind == "analyst" and row.stance in _WAYS]
    pairs = [
        (good, bad)
        for about in grouped(voices, lambda row: row.entity)
        for good, bad in product(*([r for r in about if r.stance == stance] for stance in _WAYS))
        if good.voice != bad.voice and good.fact != bad.fact and related_scopes(good.of, bad.of)
    ]
    for good, bad in once(pairs, lambda pair: (pair[0].entity, pair[0].voice, pair[1].voice)):
        yield finding("analysts", good, bad, severity="warning" if good.of and good.of == bad.of else "note")


def revisions(evidence: Evidence) -> Iterator[Finding]:
    """R13: what a later statement of the same voice replaces."""
    for row in evidence.rows:
        if row.superseded_by in evidence.every:
            yield finding("revision", row, evidence.every[row.superseded_by])


def moves(evidence: Evidence) -> Iterator[Finding]:
    """R18: price moves as claimed against the sessions in the price table."""
    if evidence.dossier.prices.empty:
        return
    try:
        measured = check_moves(evidence.dossier)
    except AnalystkitError as error:
        yield finding("no measure", problem=error)
        return
    measured = measured[measured["claim_id"].isin(list(evidence.every))].fillna({"unit": ""})
    claimed = [(evidence.every[row.claim_id], row) for row in measured.itertuples()]
    for claim, row in once(claimed, lambda p: (p[0].fact, p[0].low, p[0].high, p[1].verdict, p[1].reason)):
        found = "nothing that can be measured"
        if pd.notna(row.measured):
            share = row.unit == "fraction" or claim.metric == "price_change"
            found = percent(row.measured, 2) if share else amount(row.measured, row.unit)
            found += f" ({row.measured_from})" if pd.notna(row.measured_from) else ""
        reason = "" if pd.isna(row.reason) else f" ({row.reason})"
        severity = "warning" if row.verdict == "fails" else "note"
        yield finding("move", claim, severity=severity, measured=found, reason=reason, verdict=row.verdict)
