"""The copy desk: a draft -> a verdict for each of its figures, from the claims of a dossier."""

from __future__ import annotations

import contextlib
import re
from typing import Any

import numpy as np
import pandas as pd

from analystkit.agreement import group_facts, same_period
from analystkit.agreement.matching import fiscal_against_calendar, meet, power
from analystkit.agreement.statements import span_of, statements
from analystkit.agreement.wording import period_in_words, shown
from analystkit.currencies import convert
from analystkit.documents import sentences
from analystkit.dossier import Dossier
from analystkit.errors import CurrencyError
from analystkit.extraction import clause_of, extract_claims
from analystkit.figures import find_figures
from analystkit.intervals import half_units
from analystkit.schemas import PERIOD

_TEXT = ["quote", "verdict", "claim_id", "expected", "message", "document_id", "source_quote"]
_COLUMNS = {"start": "int64", "end": "int64"} | dict.fromkeys(_TEXT, "str")
_PLAIN = ("", "exact")
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
    claims = extract_claims(text, "the draft", entities)
    drafted = statements(Dossier(claims=claims, entities=dossier.entities))
    # A conversion in brackets shares the hedge of its original.
    drafted = drafted.assign(half=half_units(drafted), bound=_hedges(drafted, drafted["converts"]))
    drafted = drafted.assign(sentence="", periods="")
    sources = group_facts(dossier)
    converted = sources["original"].where(sources["bound"].isin(_PLAIN), "")
    sources = sources.assign(half=half_units(sources), bound=_hedges(sources, converted))
    kin = [row for row in sources.itertuples() if row.kind != "words"]
    horizons = find_figures(text).query("kind == 'horizon'")
    places = sentences(text)
    rows = []
    for figure in drafted.itertuples():
        place = places[(places["start"] <= figure.start) & (places["end"] > figure.start)].iloc[0]
        within = int(place["start"]), int(place["end"])
        if drafted["start"].between(*within).sum() > 1:
            within = clause_of(text, within, figure)
        stated = set(horizons.loc[horizons["start"].between(*within), "period"].dropna())
        # Without a date "this year" cannot be placed, and "this fiscal year" fits any fiscal year.
        periods = sorted(p for p in stated if p == "FY" or re.fullmatch(PERIOD, p))
        figure = figure._replace(sentence=place["text"], periods=periods)
        verdict, row, expected, message = _judge(figure, kin)
        told = (row.claim_id, row.document_id, row.quote or None) if row is not None else (None, None, None)
        quote = draft[figure.start : figure.end]
        rows.append((figure.start, figure.end, quote, verdict, told[0], expected or None, message, *told[1:]))
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)


def _hedges(rows: pd.DataFrame, converted: pd.Series) -> pd.Series:
    """Return the bounds, those of the claims that rows convert instead of their own."""
    return converted.map(dict(zip(rows["claim_id"], rows["bound"], strict=True))).fillna(rows["bound"])


_Verdict = tuple[str, Any, str, str]  # verdict, claim, expected, message


def _judge(figure: Any, sources: list[Any]) -> _Verdict:
    kin = [row for row in sources if row.kind == figure.kind]
    listed = "entity_missing" not in figure.flags and "entity_unlisted" not in figure.flags
    own = [row for row in kin if row.entity == figure.entity or not listed]
    same = sorted((row for row in own if _equal(figure, row)), key=lambda row: row.bound != figure.bound)
    whole = [row for row in same if "scale_missing" not in row.flags]
    if whole:
        return _same_figure(figure, whole, sources)
    if same:
        siblings = (row for row in sources if row.fact == same[0].fact and "scale_missing" not in row.flags)
        right = next(siblings, same[0])
        return "contradicted", right, shown(right), f"{_start(same[0])}, but the scale word is missing there."
    own = own if listed else []
    for row in own:
        if power(figure, row):
            return "contradicted", row, shown(row), f"{_start(row)}; the draft has the wrong scale word."
    return _other_figure(figure, own, kin)


def _same_figure(figure: Any, same: list[Any], sources: list[Any]) -> _Verdict:
    fitting = [row for row in same if _measures(figure, row)]
    if not fitting:
        measure = same[0].metric.replace("_", " ")
        return "wrong measure", same[0], measure, f"{_start(same[0])}, but that is {measure}."
    dated = [row for row in fitting if _period_fits(figure, row)]
    if not dated:
        row, ours = fitting[0], " or ".join(map(period_in_words, figure.periods))
        message = f"{_start(row)} of {period_in_words(row.period)}, the draft says {ours}."
        return "wrong period", row, row.period, message
    newest = [_newest(row, sources) for row in dated]
    # What was said again since, the same point or the same range, is as good as new.
    pairs = zip(dated, newest, strict=True)
    current = [new for old, new in pairs if len(_ends(old)) == len(_ends(new)) and _equal(old, new)]
    if not current:
        newer = newest[0]
        day = f" on {newer.day:%Y-%m-%d}" if pd.notna(newer.day) else ""
        return "stale", newer, shown(newer), f"{_start(dated[0])}; {newer.speaker} said {shown(newer)}{day}."
    # The claim of the same hedge and scope comes first.
    current.sort(key=lambda row: (row.bound != figure.bound, row.of != figure.of))
    first = current[0]
    undone = first.modality if first.modality in ("denied", "cancelled") else ""
    if all({row.direction, figure.direction} == {"up", "down"} for row in current):
        undone = undone or first.direction
    if undone:
        return "contradicted", first, undone, f"{_start(first)}, {undone}."
    if _DONE.search(figure.sentence) and all(row.modality == "planned" for row in current):
        return "wrong measure", first, "a plan", f"{_start(first)} as a plan; the draft tells it as done."
    # "About" may go where another source has the figure without it; a bound or a range may not.
    bare = any(row.bound in _PLAIN for row in current)
    hedged = [row for row in current if row.bound not in (*_PLAIN, "approximately" if bare else "")]
    plain = figure.bound in _PLAIN
    kept = any(_covers(figure, row) for row in hedged or current) or first.bound == figure.bound
    if (plain and hedged) or not kept:
        row = (hedged or current)[0]
        verdict = "hedge lost" if plain or all(meet(figure, each) for each in hedged) else "contradicted"
        rest = "the draft leaves the hedge out" if plain else "the draft hedges otherwise"
        return verdict, row, shown(row), f"{_start(row)}; {rest}."
    return "holds", first, "", f"{_start(first)}."


def _newest(row: Any, sources: list[Any]) -> Any:
    """Return the claim that replaced a claim, and the one that replaced that, up to the last."""
    known = {each.claim_id: each for each in sources}
    while row.superseded_by in known:
        row = known.pop(row.superseded_by)
    return row


def _other_figure(figure: Any, own: list[Any], kin: list[Any]) -> _Verdict:
    """Judge a figure that no claim of its entity has: by the claims of the same measure and period."""
    near = [
        row
        for row in own
        if figure.metric != "other" and _measures(figure, row) and _period_fits(figure, row)
        and not row.superseded_by and "scale_missing" not in row.flags
    ]  # fmt: skip
    if near and (figure.period or len({row.fact for row in near}) == 1):
        row = next((row for row in near if row.unit != figure.unit and _converted(figure, row)), None)
        if row is not None:
            return "holds", row, "", f"{_start(row)}, the same in {figure.unit}."
        row = min(near, key=lambda row: _distance(figure, row))
        if row.unit == figure.unit and figure.bound not in _PLAIN and _covers(figure, row):
            return "holds", row, "", f"{_start(row)}, which the draft's figure contains."
        return "contradicted", row, shown(row), f"{_start(row)}, not {shown(figure)}."
    message = f"No claim of the dossier says {shown(figure)} of {figure.entity}."
    other = next((row for row in kin if _equal(figure, row) and row.entity != figure.entity), None)
    if other is not None:
        message += f" The same figure is said of {other.entity} ({other.document_id})."
    return "no source", None, "", message


def _start(row: Any) -> str:
    return f"{row.entity}: {row.document_id} says {shown(row)}"


def _ends(row: Any) -> list[float]:
    return [row.value] if np.isfinite(row.value) else [row.low, row.high]


def _equal(figure: Any, row: Any) -> bool:
    """Return whether the printed figures are the same, within the rounding of the coarser one."""
    points = np.isfinite(figure.value) and np.isfinite(row.value)
    slack = max(figure.half, row.half) * (1 + 1e-9) if points else 0.0
    return figure.unit == row.unit and all(
        any(abs(ours - end) <= max(slack, 1e-9 * abs(end)) for end in _ends(row)) for ours in _ends(figure)
    )


def _measures(figure: Any, row: Any) -> bool:
    both = {figure.metric, row.metric}
    return "other" in both or len(both) == 1 or both <= _SPENDING


def _period_fits(figure: Any, row: Any) -> bool:
    periods = figure.periods
    if not periods or not row.period or row.period in periods or ("FY" in periods and row.period[:2] == "FY"):
        return True
    # The periods of a draft are counted from the day of the claim.
    for period in periods:
        starts, ends, years = span_of(period, None, row.day)
        each = figure._replace(period=period, starts=starts, ends=ends, years=years)
        if same_period(each, row) and not fiscal_against_calendar(each, row):
            return True
    return False


def _covers(figure: Any, row: Any) -> bool:
    """Return whether the draft claims no more than the source: the same hedge, or a wider interval."""
    if figure.bound == row.bound or {figure.bound, row.bound} <= {*_PLAIN, "approximately"}:
        return _equal(figure, row)
    return bool(figure.low <= row.low and row.high <= figure.high)


def _distance(figure: Any, row: Any) -> tuple[bool, bool, float, bool]:
    """Order the claims by how far their figure is, hedged ones first."""
    ours, theirs = (np.log1p(abs(_ends(each)[-1])) for each in (figure, row))
    return row.value != figure.value, row.unit != figure.unit, abs(ours - theirs), row.bound in _PLAIN


def _converted(figure: Any, row: Any) -> bool:
    """Return whether the figure is the claim's in another currency, at the rate of its day, with its hedge."""
    kept = figure.bound == row.bound or row.bound in _PLAIN or figure.bound == "approximately"
    with contextlib.suppress(CurrencyError):
        there = convert(row.value, row.unit, figure.unit, row.day)
        return bool(kept and abs(figure.value - there) <= max(figure.half, 0.02 * there))
    return False
