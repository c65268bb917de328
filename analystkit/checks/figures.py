"""Figures: slipped scales, values that do not meet, ranges, exchange rates, calendars, and the quote itself."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from analystkit.agreement import related_scopes, same_period
from analystkit.agreement.facts import wordings
from analystkit.agreement.matching import fiscal_against_calendar, meet, power, relation, times
from analystkit.agreement.statements import grouped, once
from analystkit.agreement.wording import SCALES, amount, span
from analystkit.amounts import percent
from analystkit.checks.findings import Evidence, Finding, finding
from analystkit.currencies import convert, implied_rate, rate
from analystkit.errors import CurrencyError
from analystkit.figures import find_figures
from analystkit.intervals import half_units
from analystkit.schemas import read_words

# A company's sum below this, without a scale word, has lost one.
_FLOOR = 1e6
# A rate of another day explains two percent; beyond ten, one of the two sums is wrong.
_CLOSE, _FAR = 0.02, 0.10
# Two words for money laid out: a pledge of one source may be the capital expenditure of another.
SPENDING = frozenset(["investment_plan", "capex"])
_COMPANY_SUMS = SPENDING | {"subsidy", "contract_value", "acquisition", "equity_raised", "revenue", "profit"}
_COMPANY_SUMS |= {"market_value", "market_value_change"}
_SCALE_WORD = re.compile(r"(?i)\d\s*(?:k|m|mn|mln|bn|bln|b|tn|trn|cr|crore|lakh)\b|hundred|thousand|illion")


def facts(evidence: Evidence) -> Iterator[Finding]:
    """R2 to R4, R10, R12, R17 and R19 inside one fact: how each pair of wordings stands to each other."""
    for fact in grouped(evidence.current, lambda row: row.fact):
        hedges: set[frozenset[str]] = set()
        for a, b in combinations(wordings(fact), 2):
            bounds = frozenset([a.bound, b.bound])
            for row in _pair(a, b):
                # One finding for each pair of hedges is enough, and a range has a rule of its own.
                if row["rule"] != "R4 bounds differ":
                    yield row
                elif bounds not in hedges and "range" not in bounds:
                    hedges.add(bounds)
                    yield row


def _pair(a: Any, b: Any) -> Iterator[Finding]:
    verdict, why = relation(a, b)
    if why in ("denied", "given up"):
        denier = next(row for row in (b, a) if row.modality in ("denied", "cancelled"))
        yield finding("denial", a, b, denier=denier)
    elif why in ("comparison", "direction"):
        yield finding(why, a, b)
    elif verdict == "contradict" and why == "stance":
        itself = a.document_id == b.document_id and a.voice == b.voice
        yield finding("itself" if itself else "one thing", a, b)
    elif verdict != "agree" and a.kind != "words" and not power(a, b) and not meet(a, b):
        ratio = times(a, b) or np.nan
        if min(abs(ratio / 10 - 1), abs(ratio / 100 - 1)) <= 0.01:
            yield finding("power of ten", a, b, ratio=ratio)
            return
        factor = f"{ratio:.3g} times" if ratio >= 2 else percent(ratio - 1)
        apart = f" {factor} apart;" if ratio > 0 else ""
        reasons = read_words("agreement_reasons.csv").set_index("reason")["excuse"]
        excuse = reasons[why] if verdict == "differ" else ""
        severity, rest = ("note", excuse) if excuse else ("warning", "they cannot both be right")
        yield finding("values apart", a, b, severity=severity, ratio=ratio, apart=apart, rest=rest)
    elif why in ("bounds", "values") and verdict == "differ":
        yield finding("hedges", a, b)
    if a.kind != "words" and a.of and b.of and a.of != b.of and a.document_id != b.document_id:
        yield finding("scope", a, b)


def measures(evidence: Evidence) -> Iterator[Finding]:
    """R1, R5 and R8 among the figures of one entity, measure, unit, scope and period, whatever their fact.

    A factor with a name between two of them, one end of a range told as the figure, or one figure told of the
    fiscal year here and of the calendar year there.
    """
    pairs = list(_same_measure(evidence))
    steps = [sorted(pair, key=lambda row: abs(row.value)) for pair in pairs if power(*pair)]
    slips = once(steps, lambda pair: pair[0].claim_id)
    for part, whole in slips:
        case = "scale word missing" if _bare(part) else "scale word wrong"
        yield finding(case, part, whole, scale=SCALES[power(part, whole)], ratio=times(part, whole))
    apart = [pair for pair in pairs if fiscal_against_calendar(*pair) and (power(*pair) or meet(*pair))]
    calendars = [sorted(pair, key=lambda row: row.period.startswith("FY")) for pair in apart]
    for plain, fiscal in once(calendars, lambda pair: pair[0].claim_id):
        days = f" ({fiscal.starts:%B %Y} to {fiscal.ends:%B %Y})" if pd.notna(fiscal.starts) else ""
        yield finding("calendars", plain, fiscal, days=days)
    for whole, point in (order for pair in pairs for order in (pair, pair[::-1])):
        if whole.bound == "range" and 0 < whole.high - whole.low < np.inf and not point.day < whole.day:
            for name, end in {"lower": whole.low, "upper": whole.high}.items():
                if abs(point.value - end) <= 0.01 * abs(end):
                    yield finding("range end", point, whole, span=span(whole), end=name)
                    break
    slipped = {part.claim_id for part, _ in slips}
    for row in evidence.rows:
        small = row.kind == "money" and row.metric in _COMPANY_SUMS and 0 < abs(row.value) < _FLOOR
        small &= "share" not in row.of + row.definition
        if row.claim_id not in slipped and _bare(row) and (small or "scale_missing" in row.flags):
            yield finding("too small", row)


def _bare(row: Any) -> bool:
    return not _SCALE_WORD.search(row.quote)


def _same_measure(evidence: Evidence) -> Iterator[tuple[Any, Any]]:
    """Yield the pairs that `measures` looks at, pledges and capital spending together."""
    rows = [row for row in evidence.rows if row.kind != "words" and row.tense != "estimated"]
    for told in grouped(rows, lambda r: (r.entity, "" if r.metric in SPENDING else r.metric, r.unit)):
        same = once(told, lambda r: (r.document_id, r.of, r.value, r.low, r.high, r.bound, r.period))
        for a, b in combinations(same, 2):
            # Most pairs have nothing to say to each other; whether their periods are the same is told last.
            telling = "range" in (a.bound, b.bound) or fiscal_against_calendar(a, b) or power(a, b)
            scopes = telling and (a.metric in SPENDING or related_scopes(a.of, b.of))
            if scopes and same_period(a, b):
                yield a, b


def currencies(evidence: Evidence) -> Iterator[Finding]:
    """R20: a source that prints only the conversion of what another gives in its own currency."""
    for fact in grouped((row for row in evidence.rows if row.kind == "money"), lambda row: row.fact):
        for original in [row for row in fact if row.folded][:1]:
            for told in grouped(fact, lambda row: row.document_id):
                if original.unit not in {row.unit for row in told}:
                    yield finding("currency", told[0], original)


def conversions(evidence: Evidence) -> Iterator[Finding]:
    """R6: the exchange rate that a conversion implies, with its rounding interval, against the ECB's."""
    pairs = [(evidence.every[row.original], row) for row in evidence.every.values() if row.original]
    for a, b in once(pairs, lambda pair: (pair[0].document_id, *((row.unit, row.value) for row in pair))):
        if a.unit == b.unit or not (a.unit and b.unit and a.value > 0 and b.value > 0):
            continue
        sums = pd.DataFrame([a, b])[["value", "quote"]]
        sums = sums.assign(low=sums["value"] - half_units(sums), high=sums["value"] + half_units(sums))
        implied = implied_rate(sums[:1], sums[1:]).iloc[0]
        more = {"implied": implied, "sums": [amount(row.value, row.unit) for row in (a, b)]}
        try:
            fixed, day = rate(b.unit, a.unit, a.day)
        except CurrencyError as error:
            yield finding("no rate", a, b, problem=str(error).rstrip("."), **more)
            continue
        if not implied["low"] <= fixed <= implied["high"]:
            ratio = max(implied["rate"], fixed) / min(implied["rate"], fixed)
            there = amount(float(f"{convert(a.value, a.unit, b.unit, day):.3g}"), b.unit)
            severity = "note" if ratio <= 1 + _CLOSE else "warning" if ratio <= 1 + _FAR else "error"
            more |= {"fixed": fixed, "day": day, "apart": percent(ratio - 1), "there": there}
            yield finding("implied rate", a, b, ratio=ratio, severity=severity, **more)


def quotes(evidence: Evidence) -> Iterator[Finding]:
    """Value, unit and bound of a claim against the figure in the words that it quotes."""
    claims = evidence.dossier.claims.fillna({"unit": "", "bound": "exact"})
    claims = claims[claims["quote"].notna() & (claims["status"] != "rejected")]
    quoted = _figures_of(claims["quote"].unique().tolist())
    for claim in claims.itertuples():
        printed, text = quoted.get(claim.quote, []), evidence.dossier.texts.get(claim.document_id)
        if text is not None and pd.notna(claim.start) and pd.notna(claim.end):
            # At its place in the text a figure shows its hedge.
            printed = [f for f in figures_of(text) if f.start < claim.end and f.end > claim.start]
        stated = [v for v in (claim.value, claim.low, claim.high) if np.isfinite(v)]
        if not stated or not printed:
            continue
        same = [f for f in printed if all(_has(f, number) for number in stated)]
        bounds = [f.bound if isinstance(f.bound, str) else "exact" for f in same]
        if not same:
            yield finding("figure", claim, stated=" to ".join(amount(v, claim.unit) for v in stated))
        elif claim.unit and all(units and claim.unit not in units for units in map(_units, same)):
            yield finding("unit", claim, unit=" or ".join(sorted(_units(same[0]))))
        elif {claim.direction, same[0].direction} == {"up", "down"}:
            yield finding("direction of quote", claim, direction=same[0].direction)
        elif text is not None and claim.bound not in bounds:
            yield finding("hedge", claim, hedges=[b.replace("_", " ") for b in (bounds[0], claim.bound)])


def _has(figure: Any, number: float) -> bool:
    return any(abs(end - number) <= 1e-9 * abs(number) for end in (figure.value, figure.low, figure.high))


def _units(figure: Any) -> set[str]:
    """Return the units that the printed one can be: a bare "$" is any dollar, "kroner" are Norwegian or Danish."""
    if isinstance(figure.unit, str) and "currency" not in figure.flags:
        return {figure.unit}
    units, countries = read_words("figures_units.csv"), read_words("figures_ambiguous.csv")
    forms = [form for form in countries["form"] if form.rstrip("s") in figure.quote.lower()]
    codes = countries.loc[countries["form"] == max(forms, key=len, default=""), "code"]
    dollars = units.loc[units["form"].str.endswith("$"), "code"] if "$" in figure.quote else []
    return {*codes, *dollars}


def _figures_of(quotes: list[str]) -> dict[str, list[Any]]:
    """Return the figures in each quote, all read in one go."""
    ends = np.cumsum([len(quote) + 2 for quote in quotes])
    figures = figures_of("\n\n".join(quotes))
    found = grouped(figures, lambda figure: int(np.searchsorted(ends, figure.start, side="right")))
    return {quotes[int(np.searchsorted(ends, each[0].start, side="right"))]: each for each in found}


@functools.lru_cache(maxsize=256)
def figures_of(text: str) -> list[Any]:
    """Return the figures of a text that have a number, as rows."""
    found = find_figures(text)
    return list(found[found["value"].notna() | found["low"].notna()].itertuples())
