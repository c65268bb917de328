"""The copy desk: a draft -> a verdict for each of its figures, from the claims of a dossier."""

from __future__ import annotations

import contextlib
import html
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from analystkit.agreement import group_facts, same_period, statements
from analystkit.agreement.matching import fiscal_against_calendar, power
from analystkit.agreement.wording import amount, period_in_words, shown
from analystkit.currencies import convert
from analystkit.documents import sentences
from analystkit.dossier import Dossier
from analystkit.errors import CurrencyError
from analystkit.extraction import clause_of, extract_claims
from analystkit.figures import find_figures
from analystkit.intervals import half_units
from analystkit.periods import dates_of, years_of
from analystkit.schemas import PERIOD

_COLUMNS = {"start": "int64", "end": "int64"}
_COLUMNS |= dict.fromkeys(
    ["quote", "verdict", "claim_id", "expected", "message", "document_id", "source_quote"], "str"
)
# Measures that a draft may name one for the other.
_SPENDING = frozenset(["investment_plan", "capex", "cost", "contract_value"])
_DONE = re.compile(r"(?i)\b(?:spent|invested|paid|completed)\b(?! (?:plans?|a plan))")
_WRAPPED = re.compile(r"(?<=[^\n]{45})(?<![.!?:])\r?\n(?:>[ \t]?)*(?=\S)")


def check_text(draft: str, dossier: Dossier) -> pd.DataFrame:
    """Return the verdict on each figure of a draft, with the nearest claim.

    Parameters
    ----------
    draft
        Any text; lines may be wrapped and quoted as in an email.
    dossier
        Its claims that were not rejected, and its entities, whose names and aliases the draft may use.

    Returns
    -------
    pd.DataFrame
        One row for each sum, percentage and count, in order: start, end, quote (of the draft), verdict, claim_id
        (the nearest claim), expected (what the sources say), message, document_id, source_quote. Verdicts: holds;
        hedge lost; stale (revised since; expected is the newer figure); wrong period; wrong measure; contradicted;
        no source. When sources differ in their hedge, the draft should keep one.

    Examples
    --------
    >>> claims = pd.DataFrame({"claim_id": ["a"], "document_id": "d", "entity": "Meta", "metric": "capex",
    ...     "statement": "s", "value": 65e9, "unit": "USD", "bound": "approximately", "period": "2025",
    ...     "speaker": "Meta", "speaker_kind": "company", "modality": "planned", "quote": "$65 billion",
    ...     "status": "accepted"})
    >>> dossier = Dossier(claims=claims)
    >>> check_text("Meta plans to spend $65 billion in 2025.", dossier)[["verdict", "expected"]].values.tolist()
    [['hedge lost', 'about "$65 billion"']]
    """
    text = _WRAPPED.sub(lambda match: " " * len(match[0]), draft)
    entities = dossier.entities
    if entities.empty:
        names = dossier.claims["entity"].drop_duplicates()
        entities = pd.DataFrame({"entity": names, "name": names, "kind": "company", "aliases": ""})
    proposed = extract_claims(text, "the draft", entities)
    told = Dossier(claims=proposed, entities=dossier.entities)
    sources = _sources(dossier)
    horizons = find_figures(text)
    horizons = horizons[horizons["kind"] == "horizon"]
    places = sentences(text)
    rows = []
    drafted = statements(told).assign(half=half_units(told.claims))
    bounds = dict(zip(drafted["claim_id"], drafted["bound"], strict=True))
    for figure in drafted.itertuples():
        if figure.converts:
            # A conversion in brackets shares the hedge of its original.
            figure = figure._replace(bound=bounds[figure.converts])
        place = places[(places["start"] <= figure.start) & (places["end"] > figure.start)].iloc[0]
        clause = clause_of(text, (int(place["start"]), int(place["end"])), figure)
        alone = drafted["start"].between(place["start"], place["end"]).sum() == 1
        inside = horizons["start"].between(*((place["start"], place["end"]) if alone else clause))
        stated = set(horizons.loc[inside, "period"].dropna())
        # Without a date "this year" cannot be placed, and "this fiscal year" fits any fiscal year.
        periods = sorted(p for p in stated if p == "FY" or re.fullmatch(PERIOD, p))
        verdict, row, expected, message = _judge(figure, sources, periods, place["text"])
        known = row is not None
        rows.append(
            {
                "start": figure.start,
                "end": figure.end,
                "quote": draft[figure.start : figure.end],
                "verdict": verdict,
                "claim_id": row.claim_id if known else None,
                "expected": expected or None,
                "message": message,
                "document_id": row.document_id if known else None,
                "source_quote": (row.quote or None) if known else None,
            }
        )
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)


def _sources(dossier: Dossier) -> list[Any]:
    """Return the dossier's statements, conversions with the hedge, fact and successor of their original."""
    every = statements(dossier)
    facts = group_facts(dossier).set_index("claim_id")
    original = every["converts"].where(every["converts"].isin(facts.index), every["claim_id"])
    for column in ("fact", "superseded_by"):
        every[column] = facts[column].reindex(original).set_axis(every.index)
    hedges = facts["bound"].reindex(original).set_axis(every.index)
    every["bound"] = every["bound"].mask(every["bound"].isin(["", "exact"]), hedges)
    every["half"] = half_units(every)
    return [row for row in every.itertuples() if row.kind != "words"]


_Verdict = tuple[str, Any, str, str]  # verdict, claim, expected, message


def _judge(figure: Any, sources: list[Any], periods: list[str], sentence: str) -> _Verdict:
    kin = [row for row in sources if row.kind == figure.kind]
    listed = "entity_missing" not in figure.flags and "entity_unlisted" not in figure.flags
    own = [row for row in kin if row.entity == figure.entity or not listed]
    same = sorted((row for row in own if _equal(figure, row)), key=lambda row: row.bound != figure.bound)
    whole = [row for row in same if "scale_missing" not in row.flags]
    slipped = (
        [] if same else [row for row in own if listed and row.unit == figure.unit and power(figure, row)]
    )
    if slipped:
        row = slipped[0]
        return "contradicted", row, shown(row), f"{_start(row)}; the draft has the wrong scale word."
    if same and not whole:
        right = _sibling(same[0], sources)
        return "contradicted", right, shown(right), f"{_start(same[0])}, but the scale word is missing there."
    if whole:
        return _same_figure(figure, whole, sources, periods, sentence)
    return _other_figure(figure, own if listed else [], kin, periods)


def _same_figure(
    figure: Any, same: list[Any], sources: list[Any], periods: list[str], sentence: str
) -> _Verdict:
    fitting = [row for row in same if _measures(figure, row)]
    if not fitting:
        measure = same[0].metric.replace("_", " ")
        return "wrong measure", same[0], measure, f"{_start(same[0])}, but that is {measure}."
    dated = [row for row in fitting if _period_fits(figure, row, periods)]
    if not dated:
        row = fitting[0]
        ours, theirs = (" or ".join(map(period_in_words, p)) for p in (periods, [row.period]))
        return "wrong period", row, row.period, f"{_start(row)} of {theirs}, the draft says {ours}."
    current = [row for row in dated if not row.superseded_by]
    if not current:
        newer = next((row for row in sources if row.claim_id == dated[0].superseded_by), dated[0])
        day = f" on {newer.day:%Y-%m-%d}" if pd.notna(newer.day) else ""
        return "stale", newer, shown(newer), f"{_start(dated[0])}; {newer.speaker} said {shown(newer)}{day}."
    # The claim of the same hedge and scope comes first, that of a named document second.
    current.sort(key=lambda row: (row.bound != figure.bound, row.of != figure.of))
    first = current[0]
    opposite = [row for row in current if {row.direction, figure.direction} == {"up", "down"}]
    if len(opposite) == len(current) or first.modality in ("denied", "cancelled"):
        undone = first.modality if first.modality in ("denied", "cancelled") else first.direction
        return "contradicted", first, undone, f"{_start(first)}, {undone}."
    if _DONE.search(sentence) and all(row.modality == "planned" for row in current):
        return "wrong measure", first, "a plan", f"{_start(first)} as a plan; the draft tells it as done."
    # "About" may go where another source has the figure without it; a bound or a range may not.
    weak = ("", "exact", "approximately") if any(r.bound in ("", "exact") for r in current) else ("", "exact")
    hedged = [row for row in current if row.bound not in weak]
    plain = figure.bound in ("", "exact")
    kept = any(_covers(figure, row) for row in hedged or current) or first.bound == figure.bound
    if (plain and hedged) or not kept:
        row = (hedged or current)[0]
        verdict = "hedge lost" if plain or all(_meets(figure, each) for each in hedged) else "contradicted"
        rest = "the draft leaves the hedge out" if plain else "the draft hedges otherwise"
        return verdict, row, _with_range(row), f"{_start(row, _with_range(row))}; {rest}."
    return "holds", first, "", f"{_start(first)}."


def _other_figure(figure: Any, own: list[Any], kin: list[Any], periods: list[str]) -> _Verdict:
    """Judge a figure that no claim of its entity has: by the claims of the same measure and period."""
    near = [
        row
        for row in own
        if figure.metric != "other" and _measures(figure, row) and _period_fits(figure, row, periods)
        and not row.superseded_by and "scale_missing" not in row.flags
    ]  # fmt: skip
    facts = {row.fact for row in near}
    if near and (len(facts) == 1 or figure.period):
        near.sort(
            key=lambda row: (row.value != figure.value, row.unit != figure.unit, _distance(figure, row))
        )
        row = near[0]
        if row.unit == figure.unit and figure.bound not in ("", "exact") and _covers(figure, row):
            return "holds", row, "", f"{_start(row)}, which the draft's figure contains."
        if row.unit != figure.unit and _converted(figure, row):
            return "holds", row, "", f"{_start(row)}, the same in {figure.unit}."
        return "contradicted", row, _with_range(row), f"{_start(row, _with_range(row))}, not {shown(figure)}."
    elsewhere = [row for row in kin if _equal(figure, row) and row.entity != figure.entity]
    rest = (
        f" The same figure is said of {elsewhere[0].entity} ({elsewhere[0].document_id})."
        if elsewhere
        else ""
    )
    return "no source", None, "", f"No claim of the dossier says {shown(figure)} of {figure.entity}.{rest}"


def _start(row: Any, words: str = "") -> str:
    return f"{row.entity}: {row.document_id} says {words or shown(row)}"


def _with_range(row: Any) -> str:
    if row.bound == "range" and not row.quote and np.isfinite([row.low, row.high]).all():
        return f"{amount(row.low)} to {amount(row.high, row.unit)}"
    return shown(row)


def _sibling(row: Any, sources: list[Any]) -> Any:
    """Return the claim of the same fact that has the scale word."""
    return next((r for r in sources if r.fact == row.fact and "scale_missing" not in r.flags), row)


def _equal(figure: Any, row: Any) -> bool:
    """Return whether the printed figures are the same, within the rounding of the coarser one."""
    if figure.unit != row.unit:
        return False
    if np.isfinite(figure.value) and np.isfinite(row.value):
        # One figure is printed in the other's rounding, or it is another figure.
        return bool(abs(figure.value - row.value) <= max(figure.half, row.half) * (1 + 1e-9))
    ends = [end for end in (row.low, row.high) if row.bound == "range"]
    if np.isfinite(figure.value):
        return any(np.isclose(figure.value, end, rtol=1e-9) for end in ends)
    return bool(ends) and np.allclose([figure.low, figure.high], ends, rtol=1e-9)


def _measures(figure: Any, row: Any) -> bool:
    both = {figure.metric, row.metric}
    return "other" in both or len(both) == 1 or both <= _SPENDING


def _period_fits(figure: Any, row: Any, periods: list[str]) -> bool:
    if not periods or not row.period:
        return True
    if "FY" in periods and row.period.startswith("FY"):
        return True
    tried = [figure._replace(period=period, **_span(period, row)) for period in periods]
    return any(same_period(each, row) and not fiscal_against_calendar(each, row) for each in tried)


def _span(period: str, row: Any) -> dict[str, Any]:
    """Return the dates and length of a period of the draft, counted as the row's entity counts."""
    if period == row.period:
        return {"starts": row.starts, "ends": row.ends, "years": row.years}
    starts, ends = dates_of(period, None, row.day)
    return {"starts": starts, "ends": ends, "years": years_of(period)}


def _covers(figure: Any, row: Any) -> bool:
    """Return whether the draft claims no more than the source: the same hedge, or a wider interval."""
    if figure.bound == row.bound or {figure.bound, row.bound} <= {"", "exact", "approximately"}:
        return _equal(figure, row)
    return bool(figure.low <= row.low and row.high <= figure.high)


def _meets(figure: Any, row: Any) -> bool:
    return bool(max(figure.low, row.low) < min(figure.high, row.high))


def _distance(figure: Any, row: Any) -> tuple[float, bool]:
    """Order the claims by how far their figure is, hedged ones first."""
    ours = figure.value if np.isfinite(figure.value) else figure.high
    theirs = row.value if np.isfinite(row.value) else row.high
    return float(abs(np.log(abs(ours) + 1.0) - np.log(abs(theirs) + 1.0))), row.bound in ("", "exact")


def _converted(figure: Any, row: Any) -> bool:
    if figure.kind != "money" or not (np.isfinite(figure.value) and np.isfinite(row.value)):
        return False
    with contextlib.suppress(CurrencyError):
        there = convert(row.value, row.unit, figure.unit, row.day)
        return bool(abs(figure.value - there) <= max(figure.half, 0.02 * there)) and _hedges_agree(
            figure, row
        )
    return False


def _hedges_agree(figure: Any, row: Any) -> bool:
    return figure.bound == row.bound or row.bound in ("", "exact") or figure.bound == "approximately"


def mark_text(draft: str, findings: pd.DataFrame) -> str:
    """Return a draft as HTML with the verdict on each figure marked, everything else escaped.

    Parameters
    ----------
    draft
        The text given to `check_text`.
    findings
        What it returned.

    Examples
    --------
    >>> findings = pd.DataFrame({"start": [5], "end": [7], "verdict": ["no source"], "message": ["Unknown."]})
    >>> print(mark_text("A <b>5%<b>", findings).replace("><", ">\\n<"))
    <div class="draft" style="white-space: pre-wrap">A &lt;b&gt;<mark class="no-source" title="Unknown.">5%<small> \
[no source]</small>
    </mark>&lt;b&gt;</div>
    """
    return f'<div class="draft" style="white-space: pre-wrap">{"".join(_marked(draft, findings))}</div>'


def _marked(draft: str, findings: pd.DataFrame) -> Iterator[str]:
    place = 0
    for row in findings.sort_values("start").itertuples():
        yield html.escape(draft[place : row.start])
        verdict = html.escape(row.verdict)
        # The verdict stands in words too: colour alone does not reach every reader.
        note = "" if row.verdict == "holds" else f"<small> [{verdict}]</small>"
        words = html.escape(draft[row.start : row.end])
        name = verdict.replace(" ", "-")
        yield f'<mark class="{name}" title="{html.escape(row.message)}">{words}{note}</mark>'
        place = row.end
    yield html.escape(draft[place:])
