"""Figures: slipped scales, values that do not meet, ranges, exchange rates, sums, and the quote itself."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from analystkit.agreement import related_scopes, same_period
from analystkit.agreement.matching import fiscal_against_calendar, meet, power, relation, times
from analystkit.agreement.wording import SCALES, amount, percent_apart, reasons_in_words, shown, told
from analystkit.checks.findings import Evidence, Finding, finding
from analystkit.currencies import convert, implied_rate, rate
from analystkit.errors import CurrencyError
from analystkit.figures import find_figures
from analystkit.intervals import half_units

# A company's sum below this, without a scale word, has lost one.
_FLOOR = 1e6
# A rate of another day explains two percent; beyond ten, one of the two sums is wrong.
_CLOSE, _FAR = 0.02, 0.10
_COMPANY_SUMS = frozenset(
    ["investment_plan", "capex", "subsidy", "contract_value", "acquisition", "equity_raised"]
)
_COMPANY_SUMS |= frozenset(["revenue", "profit", "market_value", "market_value_change"])
# Two words for money laid out: a pledge of one source may be the capital expenditure of another.
SPENDING = frozenset(["investment_plan", "capex"])
_SCALE_WORD = re.compile(
    r"(?i)\d\s*(?:k|m|mn|mln|bn|bln|b|tn|trn|cr|thousand|\w*illion|crore|lakh)\b|hundred|thousand|illion"
)


def facts(evidence: Evidence) -> Iterator[Finding]:
    """R1 to R4, R10, R12 and R17 inside one fact: how each pair of wordings stands to each other."""
    told_apart = [
        "low",
        "high",
        "bound",
        "direction",
        "operator",
        "operand",
        "stance",
        "modality",
        "of",
        "flags",
    ]
    told_apart += ["period", "definition"]
    current = evidence.statements[evidence.statements["superseded_by"] == ""]
    for _, fact in current.groupby("fact"):
        hedges: set[frozenset[str]] = set()
        for a, b in combinations(fact.drop_duplicates(told_apart).itertuples(), 2):
            for row in _pair(a, b):
                # One finding for each pair of hedges is enough, and a range has a rule of its own.
                bounds = frozenset([a.bound, b.bound])
                if row["rule"] != "R4 bounds differ" or (bounds not in hedges and "range" not in bounds):
                    yield row
                if row["rule"] == "R4 bounds differ":
                    hedges.add(bounds)


def _pair(a: Any, b: Any) -> Iterator[Finding]:
    verdict, why = relation(a, b)
    both = f"{a.entity}: {told(a)} says {shown(a)}, {told(b)} says {shown(b)}"
    against = {"expected": shown(a), "found": shown(b)}
    if why in ("denied", "given up"):
        done = next(row for row in (b, a) if row.modality in ("denied", "cancelled"))
        yield finding("R12 denial", f"{both}; {told(done)} has it {done.modality}.", a, b, **against)
    elif why == "comparison":
        yield finding(
            "R10 inverted comparison", f"{both}: the same two quantities in opposite order.", a, b, **against
        )
    elif verdict == "contradict" and why == "stance":
        yield finding("R17 opinions opposed", _opposed(a, b), a, b, expected=a.stance, found=b.stance)
    elif why == "direction":
        yield finding("R3 values apart", f"{both}: one up, the other down.", a, b, **against)
    elif verdict != "agree" and a.kind != "words" and not power(a, b) and not meet(a, b):
        factor = times(a, b)
        if factor and min(abs(factor / 10 - 1), abs(factor / 100 - 1)) <= 0.01:
            message = (
                f"{both}: a factor of {round(factor)} apart; one of them has a digit too many or too few."
            )
            yield finding("R2 power of ten", message, a, b, ratio=factor, **against)
            return
        severity = "warning" if verdict == "contradict" else "note"
        rest = "they cannot both be right" if verdict == "contradict" else reasons_in_words()[why][1]
        apart = f" {percent_apart(factor, 1.0)};" if factor else ""
        what = f"of the same {a.metric.replace('_', ' ')}"
        message = f"{both} {what}:{apart} {rest}."
        yield finding("R3 values apart", message, a, b, severity=severity, ratio=factor or np.nan, **against)
    elif why in ("bounds", "values") and verdict == "differ":
        yield finding("R4 bounds differ", f"{both}: the figures meet, the hedges differ.", a, b, **against)
    if a.kind != "words" and a.of and b.of and a.of != b.of and a.document_id != b.document_id:
        scopes = [row.of.replace("_", " ") for row in (a, b)]
        message = (
            f"{a.entity}: {told(a)} says {shown(a)} of {scopes[0]}, {told(b)} says {shown(b)} of {scopes[1]}."
        )
        yield finding("R19 scope differs", message, a, b, expected=a.of, found=b.of)


def currencies(evidence: Evidence) -> Iterator[Finding]:
    """R20: a source that prints only the conversion of what another gives in its own currency."""
    for _, fact in evidence.statements[evidence.statements["kind"] == "money"].groupby("fact"):
        rows = list(fact.itertuples())
        original = next((row for row in rows if row.folded), None)
        for document_id, told_by in fact.groupby("document_id"):
            if original is not None and original.unit not in set(told_by["unit"]):
                row = next(row for row in rows if row.document_id == document_id)
                message = f"{row.entity}: {told(row)} says {shown(row)}; the sum was set in {original.unit}:"
                message += f" {told(original)} says {shown(original)}."
                more = {"expected": original.unit, "found": row.unit}
                yield finding("R20 currency lost", message, row, original, **more)


def _opposed(a: Any, b: Any) -> str:
    if a.document_id == b.document_id and a.voice == b.voice:
        start = f"{a.entity}: {a.document_id} against itself"
    else:
        start = f"{a.entity}: {told(a)} and {told(b)} take opposite sides"
    return f"{start}: {shown(a)} is {a.stance}, {shown(b)} is {b.stance}."


def _same_measure(evidence: Evidence) -> Iterator[tuple[Any, Any]]:
    """Yield the pairs of figures of one entity, unit, scope and period, pledges and capital spending together."""
    groups: dict[tuple[str, str, str], dict[tuple[Any, ...], Any]] = {}
    for row in evidence.rows:
        if row.kind != "words" and row.tense != "estimated":
            metric = "spending" if row.metric in SPENDING else row.metric
            told_apart = (row.document_id, row.of, row.value, row.low, row.high, row.bound, row.period)
            groups.setdefault((row.entity, metric, row.unit), {}).setdefault(told_apart, row)
    for rows in groups.values():
        for a, b in combinations(rows.values(), 2):
            scopes = related_scopes(a.of, b.of) or a.metric in SPENDING
            if scopes and same_period(a, b):
                yield a, b


def scales(evidence: Evidence) -> Iterator[Finding]:
    """R1: a factor with a name between two figures of one thing; or a company's sum without its scale word."""
    seen = set()
    for a, b in _same_measure(evidence):
        slipped, whole = (a, b) if abs(a.value) < abs(b.value) else (b, a)
        steps = power(a, b)
        if steps and slipped.claim_id not in seen:
            seen.add(slipped.claim_id)
            lost = f"the scale word is missing in {slipped.document_id}"
            cause = lost if _bare(slipped) else "one of them has the wrong scale word"
            message = (
                f"{a.entity}: {told(slipped)} prints {shown(slipped)}, {told(whole)} prints {shown(whole)} - a factor"
                f" of a {SCALES[steps]} apart; {cause}."
            )
            more = {"expected": shown(whole), "found": shown(slipped), "ratio": times(a, b)}
            yield finding("R1 slipped scale", message, slipped, whole, **more)
    for row in evidence.rows:
        small = row.kind == "money" and row.metric in _COMPANY_SUMS and 0 < abs(row.value) < _FLOOR
        small &= "share" not in row.of + row.definition
        if row.claim_id not in seen and _bare(row) and (small or "scale_missing" in row.flags):
            message = (
                f"{row.entity}: {told(row)} prints {shown(row)} for {row.metric.replace('_', ' ')}: too small a sum"
                " to be meant; a scale word (million, billion) is missing."
            )
            expected = "a figure with its scale word"
            yield finding("R1 slipped scale", message, row, expected=expected, found=shown(row))


def _bare(row: Any) -> bool:
    return not _SCALE_WORD.search(row.quote)


def ranges(evidence: Evidence) -> Iterator[Finding]:
    """R5: one end of somebody's range, told as the figure."""
    for a, b in _same_measure(evidence):
        for whole, point in ((a, b), (b, a)):
            finite = whole.bound == "range" and np.isfinite([whole.low, whole.high, point.value]).all()
            if not finite or point.day < whole.day:
                continue
            ends = {"lower": whole.low, "upper": whole.high}
            near = [name for name, end in ends.items() if abs(point.value / end - 1) <= 0.01]
            if near and whole.low < whole.high:
                span = f"{amount(whole.low)} to {amount(whole.high, whole.unit)}"
                message = (
                    f"{a.entity}: {told(whole)} gives a range, {span}; {told(point)} prints only its {near[0]} end,"
                    f" {shown(point)}."
                )
                yield finding("R5 collapsed range", message, point, whole, expected=span, found=shown(point))


def calendars(evidence: Evidence) -> Iterator[Finding]:
    """R8: one figure, told of the fiscal year here and of the calendar year there."""
    seen = set()
    for a, b in _same_measure(evidence):
        fiscal, plain = (a, b) if a.period.startswith("FY") else (b, a)
        if (
            fiscal_against_calendar(a, b)
            and (power(a, b) or (a.unit == b.unit and meet(a, b)))
            and plain.claim_id not in seen
        ):
            seen.add(plain.claim_id)
            days = f" ({fiscal.starts:%B %Y} to {fiscal.ends:%B %Y})" if pd.notna(fiscal.starts) else ""
            message = (
                f"{a.entity}: {told(fiscal)} says {shown(fiscal)} of the fiscal year {fiscal.period}{days},"
                f" {told(plain)} says {shown(plain)} of the calendar period {plain.period}."
            )
            more = {"expected": fiscal.period, "found": plain.period}
            yield finding("R8 fiscal against calendar year", message, plain, fiscal, **more)


def conversions(evidence: Evidence) -> Iterator[Finding]:
    """R6: the exchange rate that a conversion implies, with its rounding interval, against the ECB's."""
    claims = evidence.dossier.claims
    named = {row.claim_id: row for row in evidence.rows}
    seen = set()
    for restated in claims[claims["converts"].isin(named) & (claims["status"] != "rejected")].itertuples():
        original = named[restated.converts]
        pair = (original.document_id, original.unit, original.value, restated.unit, restated.value)
        units = {restated.unit, original.unit}
        if len(units) < 2 or not all(isinstance(u, str) and u for u in units):
            continue
        if not restated.value > 0 or not original.value > 0 or pair in seen:
            continue
        seen.add(pair)
        both = claims[claims["claim_id"].isin([original.claim_id, restated.claim_id])].set_index("claim_id")
        half = half_units(both)
        widths = pd.DataFrame(
            {"value": both["value"], "low": both["value"] - half, "high": both["value"] + half}
        )
        implied = implied_rate(widths.loc[[original.claim_id]], widths.loc[[restated.claim_id]]).iloc[0]
        start = (
            f"{original.entity}: {told(original)} sets {amount(original.value, original.unit)} equal to"
            f" {amount(restated.value, restated.unit)}, which implies {implied['rate']:.4g}"
            f" {original.unit} for one {restated.unit} ({implied['low']:.4f} to {implied['high']:.4f} by rounding)"
        )
        try:
            fixed, day = rate(restated.unit, original.unit, original.day)
        except CurrencyError as error:
            yield finding(
                "R6 implied exchange rate", f"{start}; {str(error).rstrip('.')}.", original, _blank(restated)
            )
            continue
        off = max(implied["rate"], fixed) / min(implied["rate"], fixed) - 1
        if implied["low"] <= fixed <= implied["high"]:
            continue
        there = convert(original.value, original.unit, restated.unit, day)
        message = (
            f"{start}, against {fixed:.4g} on {day:%Y-%m-%d}: {off * 100:.1f} % apart; at that rate it is"
            f" {amount(float(f'{there:.3g}'), restated.unit)}."
        )
        severity = "note" if off <= _CLOSE else "warning" if off <= _FAR else "error"
        more = {"severity": severity, "expected": f"{fixed:.4f}", "found": f"{implied['rate']:.4f}"}
        yield finding("R6 implied exchange rate", message, original, _blank(restated), ratio=1 + off, **more)


def _blank(claim: Any) -> Any:
    return claim._replace(quote=claim.quote if isinstance(claim.quote, str) else "")


def quotes(evidence: Evidence) -> Iterator[Finding]:
    """Value, unit and bound of a claim against the figure in the words that it quotes."""
    every = evidence.dossier.claims
    hedges = every["bound"].fillna("exact")
    for claim in every.assign(bound=hedges)[every["quote"].notna()].itertuples():
        stated = [v for v in (claim.value, claim.low, claim.high) if np.isfinite(v)]
        if not stated or claim.status == "rejected":
            continue
        printed = _printed(evidence, claim)
        if printed.empty:
            continue
        unit = "" if pd.isna(claim.unit) else claim.unit
        start = f'{claim.entity}: {claim.document_id} prints "{claim.quote}", the claim {claim.claim_id} says'
        ends = printed[["value", "low", "high"]]
        fits = np.logical_and.reduce([np.isclose(ends, v, rtol=1e-9).any(axis=1) for v in stated])
        same = printed[fits]
        if same.empty:
            found = " to ".join(amount(v, unit) for v in stated)
            yield finding(
                "figure against quote", f"{start} {found}.", claim, expected=claim.quote, found=found
            )
        elif unit and unit not in set(same["unit"]) and _certain(same):
            units = same["unit"].iloc[0]
            yield finding(
                "figure against quote", f"{start} {unit}, not {units}.", claim, expected=units, found=unit
            )
        elif claim.document_id in evidence.dossier.texts and claim.bound not in set(
            same["bound"].fillna("exact")
        ):
            hedge = same["bound"].iloc[0].replace("_", " ")
            told_as = claim.bound.replace("_", " ")
            message = f'{start} "{told_as}", its sentence says "{hedge}".'
            more = {"severity": "warning", "expected": hedge, "found": told_as}
            yield finding("figure against quote", message, claim, **more)


def _certain(figures: pd.DataFrame) -> bool:
    """Return whether the text itself names the unit: a bare "$" is read as the US dollar only for want of another."""
    return bool((figures["unit"].notna() & ~figures["flags"].str.contains("currency", na=False)).any())


def _printed(evidence: Evidence, claim: Any) -> pd.DataFrame:
    """Return the figures at the claim's place in its text, which show the hedge, else those in its quote."""
    text = evidence.dossier.texts.get(claim.document_id)
    if text is not None and pd.notna(claim.start) and pd.notna(claim.end):
        figures = figures_of(text)
        figures = figures[(figures["start"] < claim.end) & (figures["end"] > claim.start)]
    else:
        figures = figures_of(claim.quote)
    return figures[figures["value"].notna() | figures["low"].notna()]


@functools.lru_cache(maxsize=256)
def figures_of(text: str) -> pd.DataFrame:
    return find_figures(text)
