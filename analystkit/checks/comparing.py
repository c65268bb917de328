"""Statements side by side: horizons, investors against prices, opposed opinions, later words, claimed moves."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from itertools import combinations, product
from typing import Any

import pandas as pd

from analystkit.agreement import related_scopes
from analystkit.agreement.wording import amount, shown, told
from analystkit.checks.figures import SPENDING
from analystkit.checks.findings import Evidence, Finding, finding
from analystkit.currencies import convert
from analystkit.errors import AnalystkitError, CurrencyError
from analystkit.reaction import check_moves

# News and the move it is said to explain lie no further apart; a longer period is no reaction.
_WINDOW = pd.Timedelta(days=3)
_SIGN = {"positive": "up", "negative": "down"}


def horizons(evidence: Evidence) -> Iterator[Finding]:
    """R7: plans of different length that one document sets side by side."""
    plans = [
        row
        for row in evidence.current
        if row.metric in SPENDING and row.kind == "money" and row.tense in ("stated", "planned")
        and pd.notna(row.years) and "scale_missing" not in row.flags
    ]  # fmt: skip
    seen = set()
    for a, b in combinations(plans, 2):
        pair = frozenset([(a.entity, a.years), (b.entity, b.years)])
        apart = abs(a.years - b.years) > 0.1 * max(a.years, b.years)
        if a.document_id == b.document_id and a.entity != b.entity and apart and pair not in seen:
            seen.add(pair)
            long, short = (a, b) if a.years > b.years else (b, a)
            message = (
                f"{a.document_id} sets {long.entity}'s {shown(long)} over {_length(long.years)} beside"
                f" {short.entity}'s {shown(short)} over {_length(short.years)}; a year that is"
                f" {_yearly(long, short.unit)} against {_yearly(short, short.unit)}."
            )
            more = {"expected": "one basis, such as a year", "found": f"{long.period} against {short.period}"}
            yield finding("R7 unequal horizons", message, long, short, ratio=long.years / short.years, **more)


def _length(years: float) -> str:
    number = f"{years:.3g}"
    return f"{number} year" if number == "1" else f"{number} years"


def _yearly(row: Any, unit: str) -> str:
    value = row.value if pd.notna(row.value) else row.low
    shares, currency = value / row.years, row.unit
    with contextlib.suppress(CurrencyError):
        shares, currency = convert(shares, row.unit, unit, row.day) if row.unit != unit else shares, unit
    return amount(float(f"{shares:.3g}"), currency)


def moods(evidence: Evidence) -> Iterator[Finding]:
    """R9: what investors are said to feel against where the price went."""
    moods = [row for row in evidence.current if row.metric == "market_reaction" and row.stance in _SIGN]
    moves = [
        row
        for row in evidence.current
        if row.metric in ("price_change", "market_value_change") and row.direction in _SIGN.values()
        and not row.years > 0.03
    ]  # fmt: skip
    seen = set()
    for mood, move in product(moods, moves):
        pair = (mood.document_id, mood.stance, move.document_id, move.direction, move.value)
        days = [day for day in (_day(mood), _day(move)) if pd.notna(day)]
        if len(days) == 2 and abs(days[1] - days[0]) > _WINDOW:
            continue
        if mood.entity == move.entity and _SIGN[mood.stance] != move.direction and pair not in seen:
            seen.add(pair)
            itself = mood.document_id == move.document_id
            start = f"{mood.document_id} against itself" if itself else f"{told(mood)} against {told(move)}"
            message = (
                f"{mood.entity}: {start}: investors are said to be {mood.stance} ({shown(mood)}), while the"
                f" price went {move.direction} ({shown(move)})."
            )
            more = {"expected": f"price {_SIGN[mood.stance]}", "found": f"price {move.direction}"}
            yield finding("R9 stance against price", message, mood, move, **more)


def _day(row: Any) -> Any:
    return row.starts if row.period and not row.years > 0.03 and pd.notna(row.starts) else row.day


def opinions(evidence: Evidence) -> Iterator[Finding]:
    """R17 across measures: analysts who praise and who criticise what one company does."""
    voices = [row for row in evidence.current if row.speaker_kind == "analyst" and row.stance in _SIGN]
    seen = set()
    for a, b in combinations(voices, 2):
        pair = frozenset([(a.voice, a.stance), (b.voice, b.stance)])
        opposed = a.stance != b.stance and a.voice != b.voice and a.entity == b.entity
        if opposed and a.fact != b.fact and related_scopes(a.of, b.of) and pair not in seen:
            seen.add(pair)
            good, bad = (a, b) if a.stance == "positive" else (b, a)
            message = (
                f"{a.entity}: analysts disagree: {told(good)} is in favour ({shown(good)}), {told(bad)} is against"
                f" ({shown(bad)})."
            )
            severity = "warning" if a.of and a.of == b.of else "note"
            more = {"severity": severity, "expected": good.stance, "found": bad.stance}
            yield finding("R17 opinions opposed", message, good, bad, **more)


def revisions(evidence: Evidence) -> Iterator[Finding]:
    """R13: what a later statement of the same voice replaces."""
    named = {row.claim_id: row for row in evidence.rows}
    for row in evidence.rows:
        later = named.get(row.superseded_by)
        if later is not None:
            days = [
                f"{each.day:%Y-%m-%d}" if pd.notna(each.day) else "an earlier day" for each in (row, later)
            ]
            message = (
                f"{row.entity}: {told(row)} said {shown(row)} on {days[0]}; {told(later)} said {shown(later)} on"
                f" {days[1]}, which counts."
            )
            yield finding("R13 superseded", message, row, later, expected=shown(later), found=shown(row))


def moves(evidence: Evidence) -> Iterator[Finding]:
    """R18: price moves as claimed against the sessions in the price table."""
    if evidence.dossier.prices.empty:
        return
    named = {row.claim_id: row for row in evidence.rows}
    try:
        measured = check_moves(evidence.dossier)
    except AnalystkitError as error:
        yield finding("R18 claimed move", f"Claimed moves could not be measured: {error}")
        return
    seen = set()
    for row in measured.itertuples():
        claim = named.get(row.claim_id)
        if claim is None or (claim.fact, claim.low, claim.high, row.verdict, row.reason) in seen:
            continue
        seen.add((claim.fact, claim.low, claim.high, row.verdict, row.reason))
        found = "nothing that can be measured"
        if pd.notna(row.measured):
            shares = row.unit == "fraction"
            found = f"{row.measured * 100:.2f} %" if shares else amount(row.measured, row.unit)
            found += f" ({row.measured_from})" if pd.notna(row.measured_from) else ""
        reason = "" if pd.isna(row.reason) else f" ({row.reason})"
        message = f"{claim.entity}: {told(claim)} claims a move of {shown(claim)}, the prices say {found}: it"
        message += f" {row.verdict}{reason}."
        severity = "warning" if row.verdict == "fails" else "note"
        yield finding(
            "R18 claimed move", message, claim, severity=severity, expected=found, found=shown(claim)
        )
