"""Printed statements on which outlets disagree -> which hold, by arithmetic alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analystkit.dossier import Dossier
from analystkit.errors import TableError
from analystkit.tracking.definitions import relation
from analystkit.tracking.deliveries import DAY, Amount, Ledger, billions, ledgers, length, span_of, worst
from analystkit.tracking.promises import ends_of, nearest, reported_metrics, revisions
from analystkit.tracking.referee import half_of, referee

NEEDED = ["conflict_id", "outlet", "entity", "period", "value", "unit", "bound", "modality"]
_OPTIONAL = ["metric", "definition", "low", "high", "as_of"]
# Another cut or a rounding may lie this near; only what is farther off is called wrong.
_MARGIN = 0.05
# A quarter that would have to double the largest one, or halve the smallest of a year, is out of all pace.
_LEAP = 2.0


@dataclass(frozen=True)
class _Finding:
    """What one statement is by itself; contradicted by strong evidence, or outside of all that is known."""

    status: str
    arithmetic: str
    sources: str = ""


@dataclass(frozen=True)
class _Evidence:
    """What is known of a statement's entity; `dossier`, `words` and `books` without what only its outlets say."""

    dossier: Dossier
    stated: pd.DataFrame
    words: pd.DataFrame
    books: list[Ledger]
    span: tuple[pd.Timestamp, pd.Timestamp] | None
    year_end: Any


def decide(conflicts: pd.DataFrame, dossier: Dossier) -> pd.DataFrame:
    """Return, for each printed statement, whether it holds, with the arithmetic in words.

    Every statement is tested by itself against reported figures and the entity's own guidance; then against its
    rivals of the same `conflict_id`. What an outlet of the conflict alone reports is no evidence in it, unless it
    is certain.

    Parameters
    ----------
    conflicts
        One row a printed statement: conflict_id, outlet, entity (several joined by semicolons are added up),
        period, value (or low and high), unit (a currency, percent for growth on the year, count for the number of
        revisions), bound, modality (planned or reported); where there is one metric, definition, as_of (the day
        on which guidance is spoken of). Other columns are not looked at.
    dossier
        The evidence.

    Returns
    -------
    pd.DataFrame
        On the index of `conflicts`: conflict_id, outlet, verdict (holds, fails, hedge lost, cannot be told),
        arithmetic (amounts in billions), sources (accession numbers, addresses, claim ids).

    Raises
    ------
    TableError
        When a column is missing.

    Examples
    --------
    >>> reports = pd.DataFrame({"entity": ["Meta"], "metric": "capex", "period": "2025-Q2",
    ...     "period_start": "2025-04-01", "period_end": "2025-06-30", "value": [17.012e9], "unit": "USD",
    ...     "how": "reported", "confidence": "certain", "source_title": "t", "source_url": "u"})
    >>> printed = pd.DataFrame({"conflict_id": "c", "outlet": ["A", "B"], "entity": "Meta", "period": "2025-Q2",
    ...     "value": [17.01e9, 12e9], "unit": "USD", "bound": "exact", "modality": "reported"})
    >>> decide(printed, Dossier(fundamentals=reports))["verdict"].tolist()
    ['holds', 'fails']
    """
    missing = [column for column in NEEDED if column not in conflicts]
    if missing:
        raise TableError(
            f"printed statements lack {len(missing)} columns (first: {missing[0]!r}). Expected: {', '.join(NEEDED)}.",
            pd.DataFrame({"column": missing, "problem": "missing column"}),
        )
    rows = conflicts.reindex(columns=[*NEEDED, *_OPTIONAL])
    rows[["value", "low", "high"]] = rows[["value", "low", "high"]].apply(pd.to_numeric)
    rows["as_of"] = pd.to_datetime(rows["as_of"])
    rows["metric"] = rows["metric"].astype("str").fillna("capex").replace("growth", "capex")
    rows["bound"] = rows["bound"].astype("str").fillna("exact")
    stated = {metric: revisions(dossier, [metric]) for metric in rows["metric"].unique()}
    found: dict[Any, _Finding] = {}
    for _, group in rows.groupby("conflict_id", sort=False):
        outlets = [
            _letters(name) for names in group["outlet"] for name in re.sub(r"\(.*?\)", "", names).split(";")
        ]
        findings = {
            row.Index: _judge(row, _evidence(row, dossier, stated[row.metric], outlets))
            for row in group.itertuples()
        }
        found |= {index: _settled(index, findings, group) for index in findings}
    out = conflicts[["conflict_id", "outlet"]].copy()
    for column, name in (("verdict", "status"), ("arithmetic", "arithmetic"), ("sources", "sources")):
        out[column] = pd.Series([getattr(found[index], name) for index in out.index], out.index, dtype="str")
    return out


def _letters(text: Any) -> str:
    return re.sub(r"[\W_]", "", str(text).casefold())


def _evidence(row: Any, dossier: Dossier, stated: pd.DataFrame, outlets: list[str]) -> _Evidence:
    def told(texts: pd.Series) -> Any:
        return np.array(
            [any(len(name) > 2 and name in _letters(text) for name in outlets) for text in texts], bool
        )

    year_end = dossier.entities.set_index("entity")["fiscal_year_end"].get(row.entity.split(";")[0])
    span = span_of(row.period, year_end)
    reports = dossier.fundamentals
    here = reports["period_start"].eq(span[0]) & reports["period_end"].eq(span[1] - DAY) if span else True
    own = told(reports["source_title"] + reports["source_url"]) & here & (reports["confidence"] != "certain")
    reports = reports[~own].reset_index(drop=True)
    documents = dossier.documents.set_index("document_id").reindex(stated["document_id"])
    sources = documents["title"].fillna("") + documents["publisher"].fillna("") + documents["url"].fillna("")
    words = stated[~(told(sources) & (stated["confidence"] != "certain").to_numpy())]
    books = reports[
        (reports["entity"] == row.entity) & reports["metric"].isin(reported_metrics([row.metric]))
    ]
    narrowed = replace(dossier, fundamentals=reports)
    return _Evidence(narrowed, stated, words, list(ledgers(books)), span, year_end)


def _judge(row: Any, evidence: _Evidence) -> _Finding:
    if pd.isna(row.value) and pd.isna(row.low) and pd.isna(row.high):
        return _Finding("unknown", "no figure is printed, and arithmetic decides nothing else")
    if row.unit == "percent":
        return _growth(row, evidence)
    if row.modality != "planned":
        return _reported(row, evidence)
    return _revised(row, evidence) if row.unit == "count" else _planned(row, evidence)


def _growth(row: Any, evidence: _Evidence) -> _Finding:
    """Set a printed growth rate against the amounts of the period and of the same one a year before."""
    year, fits, texts, sources = pd.DateOffset(years=1), False, [], []
    for ledger in evidence.books if evidence.span else []:
        start, after = evidence.span or (pd.NaT, pd.NaT)
        now, then = ledger.amount(start, after), ledger.amount(start - year, after - year)
        if now and then:
            ratio = now.value / then.value
            error = 100 * ratio * (now.half / now.value + then.half / then.value)
            fits |= abs(100 * (ratio - 1) - row.value) <= error + half_of(row.value)
            texts.append(f"{billions(now.value)} / {billions(then.value)} - 1 = {ratio - 1:+.1%}")
            sources += [*now.sources, *then.sources]
    if not texts:
        return _Finding("unknown", f"the period a year before {row.period} is not reported")
    return _Finding("holds" if fits else "outside", "; ".join(texts), ";".join(sources))


def _revised(row: Any, evidence: _Evidence) -> _Finding:
    """Count how often the guidance for a period had been changed by a day."""
    chain = _about(row, evidence, row.entity)
    chain = chain[chain["counts"].astype(bool)]
    said, ids = ", then ".join(chain["printed"].drop_duplicates()), ";".join(chain["claim_id"])
    if chain.empty or worst(chain["confidence"]) == "uncertain":
        return _Finding("unknown", f"{said or 'no guidance'}: not certain", ids)
    changed = int((~chain["change"].isin(["first", "reaffirmed"])).sum())
    return _Finding("holds" if changed == row.value else "contradicted", f"{said}: {changed} changes", ids)


def _about(row: Any, evidence: _Evidence, entity: str) -> pd.DataFrame:
    """Return the statements with a figure for the row's period, up to its day."""
    stated = evidence.stated
    spans = [span_of(period, evidence.year_end) for period in stated["period"]]
    known = pd.Series([s is not None and s == evidence.span for s in spans], stated.index, dtype=bool)
    known |= stated["period"] == row.period
    known &= (stated["entity"] == entity) & ~stated["change"].isin(["set aside", "no figure"])
    return stated[known & ((stated["said_on"] <= row.as_of) | pd.isna(row.as_of))]


def _planned(row: Any, evidence: _Evidence) -> _Finding:
    """Set printed guidance against the entity's own words in force on that day, else against its pace."""
    force = []
    for entity in row.entity.split(";"):
        chain = _about(row, evidence, entity)
        own, others = chain[chain["counts"].astype(bool)], chain[~chain["counts"].astype(bool)]
        if len(own):  # what others read into the time since counts only where it differs
            since = (others["said_on"] > own["said_on"].max()) & (
                others["printed_low"] != own["printed_low"].iloc[-1]
            )
            others = pd.concat([others[since], own.tail(1)[own["confidence"].tail(1) == "uncertain"]])
        if len(others):
            why = f"{others['printed'].iloc[-1]} is a reading of {entity}, not a total that it surely gave"
            return _Finding("unknown", why, ";".join(others["claim_id"]))
        own = own[own.index.isin(evidence.words.index)]
        if own.empty:
            return _elsewhere(row, evidence)
        force.append(own.iloc[-1])
    words = force[0].copy()
    said = f"{words['entity']} said {words['printed']} billion {words['unit']} on {words['said_on']:%Y-%m-%d}"
    if len(force) > 1:
        words[["printed_low", "printed_high"]] = np.sum([ends_of(each) for each in force], axis=0)
        words["confidence"] = worst(each["confidence"] for each in force)
        said = "; ".join(
            f"{name} ends {' + '.join(billions(each[end]) for each in force)} = {billions(words[end])}"
            for name, end in (("lower", "printed_low"), ("upper", "printed_high"))
        )
    return _against(row, words, said, ";".join(each["claim_id"] for each in force))


def _printed(row: Any) -> tuple[float, float]:
    if pd.isna(row.value):
        return row.low, row.high
    low = -np.inf if row.bound in ("at_most", "less_than") else row.value
    return low, np.inf if row.bound in ("at_least", "more_than") else row.value


def _against(row: Any, words: Any, said: str, ids: str) -> _Finding:
    """Return how a printed statement stands to the entity's own words."""
    (low, high), own = _printed(row), ends_of(words)
    half = half_of(nearest(low, high)[0])

    def meets(one: float, other: float) -> bool:
        return one == other or abs(one - other) <= half

    wrong = "contradicted" if words.confidence == "certain" else "outside"
    shared = any(meets(one, other) for one in nearest(low, high) for other in nearest(*own))
    if row.unit != words.unit:
        if shared:
            return _Finding(wrong, f"{said}: {words.unit} printed as {row.unit}", ids)
        return _Finding("unknown", f"{said}: another currency", ids)
    if meets(low, own[0]) and meets(high, own[1]):
        return _Finding("holds", said, ids)
    if (low == -np.inf and meets(high, own[1])) or (high == np.inf and meets(low, own[0])):
        return _Finding("holds", f"{said}: this is its {'upper' if low == -np.inf else 'lower'} end", ids)
    if low == high and shared:
        return _Finding("hedge lost", f"{said}: one end is printed as the figure", ids)
    slipped = any(abs(low * f - end) <= half * f for f in (1e3, 1e6, 1e9) for end in nearest(*own))
    return _Finding(wrong, said + (": the scale is missing" if slipped else ""), ids)


def _elsewhere(row: Any, evidence: _Evidence) -> _Finding:
    """Judge guidance for a period of which the entity gave no figure: another period's, or out of all pace?"""
    words = evidence.words[evidence.words["counts"].astype(bool) & (evidence.words["entity"] == row.entity)]
    words = words[(words["said_on"] <= row.as_of) | pd.isna(row.as_of)]
    for each in words.drop_duplicates("period", keep="last").itertuples():
        if _against(row, each, "", "").status == "holds":
            why = f"this is what {row.entity} said for {each.period}, not for {row.period}"
            return _Finding("contradicted" if each.confidence == "certain" else "outside", why, each.claim_id)
    paces = [pace for book in evidence.books if (pace := _pace(row, book, evidence.span)) is not None]
    if not paces:
        return _Finding("unknown", f"{row.entity} gave no figure for {row.period}, and no pace can be told")
    status = "possible" if any(finding.status == "possible" for finding in paces) else "outside"
    return _Finding(status, "; ".join(p.arithmetic for p in paces), ";".join(p.sources for p in paces))


def _pace(row: Any, ledger: Ledger, span: tuple[pd.Timestamp, pd.Timestamp] | None) -> _Finding | None:
    """Return whether what remains of a period could bring the printed amount, given the quarters until the day."""
    reports = ledger.reports
    reports = reports[(reports["period_end"] <= row.as_of) | pd.isna(row.as_of)]
    until = replace(ledger, reports=reports)
    quarters = [a for day in until.starts() if (a := until.amount(day, day + pd.DateOffset(months=3)))]
    steps = {day: a for day, a in until.amounts(span[0]).items() if day <= span[1]} if span else {}
    day = max(steps, default=span[0] if span else pd.NaT)
    if span is None or not quarters or ledger.unit != row.unit or day == span[1]:
        return None
    done, left = steps[day].value if steps else 0.0, length(day, span[1]) * 4
    need = [(end - done) / left for end in nearest(*_printed(row))]
    most, least = max(q.value for q in quarters), min(q.value for q in quarters[-4:])
    text = (
        f"{ledger.definition}: {billions(done)} by {day - DAY:%Y-%m-%d}, so {left:g} quarters would have to bring"
        f" {billions(min(need))} each; the largest was {billions(most)} billion {ledger.unit}"
    )
    fits = min(need) <= _LEAP * most and max(need) >= least / _LEAP
    sources = dict.fromkeys(source for a in (*steps.values(), *quarters[-4:]) for source in a.sources)
    return _Finding("possible" if fits else "outside", text, ";".join(sources))


def _reported(row: Any, evidence: _Evidence) -> _Finding:
    """Set a printed outlay against what is known of the period, by the measure where one is printed."""
    known: list[tuple[str, Any, Amount]] = []
    for ledger in evidence.books:
        if ledger.unit == row.unit and evidence.span and (amount := ledger.amount(*evidence.span)):
            known.append((relation(row.definition, ledger.definition)[0], ledger.definition, amount))
    named, (low, high) = isinstance(row.definition, str), _printed(row)
    half = half_of(nearest(low, high)[0])
    asked = [each for each in known if each[0] in ("same", "near") or not named]
    fits = [e for e in asked if low - half - e[2].half <= e[2].value <= high + half + e[2].half]
    shown = fits[:1] or known
    text = "; ".join(f"{row.period} {cut}: {a.arithmetic} billion {row.unit}" for _, cut, a in shown)
    text = text or f"nothing independent is reported for {row.period}"
    finding = _Finding("unknown", text, ";".join(dict.fromkeys(s for _, _, a in shown for s in a.sources)))
    if fits:
        return replace(finding, status="holds")
    if known and not asked:
        floor = max((a.value for how, _, a in known if how == "narrower"), default=-np.inf)
        top = min((a.value for how, _, a in known if how == "wider"), default=np.inf)
        status = "possible" if high >= floor and low <= top else "outside"
        limited = bool(np.isfinite([floor, top]).any())
        return replace(finding, status=status if limited else "unknown")
    if asked:
        values = [amount.value for _, _, amount in asked]
        # Above a single measure a wider one may lie; above two that are known nothing does.
        above = low > max(values) * (1 + _MARGIN) and (len(values) > 1 or named)
        if above or high < min(values) * (1 - _MARGIN):
            finding = replace(finding, status="outside")
        if named and any(how == "same" and a.confidence == "certain" for how, _, a in asked):
            finding = replace(finding, status="contradicted")
    return _explained(row, evidence, finding)


def _explained(row: Any, evidence: _Evidence, finding: _Finding) -> _Finding:
    """Return the finding with what the printed number would be instead."""
    value = nearest(*_printed(row))[-1]
    readings = referee(value, row.unit, row.entity, evidence.dossier, row.period, metric=row.metric)
    if readings.empty:
        return finding
    best = readings.iloc[0]
    if ";" in row.entity and best["period"] == row.period and not best["slip"]:
        return _Finding("holds", best["arithmetic"], best["sources"])
    if best["slip"] and evidence.span == (best["period_start"], best["period_end"] + DAY):
        finding = replace(finding, status="outside")
    said = best[["reading", "period", "definition", "arithmetic", "slip"]].dropna()
    text = f"{billions(value)} would be: " + ", ".join(said[said != ""])
    sources = ";".join(filter(None, [finding.sources, best["sources"]]))
    return _Finding(finding.status, "; ".join(filter(None, [finding.arithmetic, text])), sources)


def _settled(index: Any, findings: dict[Any, _Finding], group: pd.DataFrame) -> _Finding:
    """Return the verdict on one statement, in the light of its rivals."""
    one = findings[index]
    standing = {o: f.status for o, f in findings.items() if o != index and f.status in ("holds", "possible")}
    measure = group["period"].astype("str").fillna("") + "|" + group["definition"].astype("str").fillna("")
    verdict = "cannot be told"
    if one.status in ("holds", "hedge lost"):
        verdict = one.status
    elif one.status == "contradicted" or (one.status == "outside" and standing):
        verdict = "fails"
    elif one.status == "possible" and len(findings) > 1:
        # Two that could both be so do not decide each other, unless one holds by another measure.
        rivalled = any(measure[o] == measure[index] or status == "possible" for o, status in standing.items())
        verdict = "cannot be told" if rivalled else "holds"
    return replace(one, status=verdict)
