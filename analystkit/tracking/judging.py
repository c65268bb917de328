"""Printed statements on which outlets disagree -> which hold, by arithmetic alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analystkit.dossier import Dossier
from analystkit.errors import TableError
from analystkit.intervals import half_units
from analystkit.periods import dates_of
from analystkit.schemas import currencies
from analystkit.tracking.deliveries import DAY, answering, length, relation, settle
from analystkit.tracking.evidence import billions, sources_of, worst
from analystkit.tracking.promises import AT_LEAST, AT_MOST, nearest, revisions
from analystkit.tracking.referee import referee, together

NEEDED = ["conflict_id", "outlet", "entity", "period", "value", "unit", "bound", "modality"]
_OPTIONAL = ["metric", "definition", "low", "high", "as_of"]
# Another cut or a rounding may lie this near; only what is farther off is called wrong.
_MARGIN = 0.05
# A quarter that would have to double the largest one, or halve the smallest of a year, is out of all pace.
_LEAP = 2.0
_UNNAMED = "measure not named"


class _Finding(NamedTuple):
    """What one statement is by itself: holds, hedge lost, contradicted, outside (of all known), possible, unknown."""

    status: str
    arithmetic: str
    ids: str = ""


def decide(conflicts: pd.DataFrame, dossier: Dossier) -> pd.DataFrame:
    """Return, for each printed statement, whether it holds, with the arithmetic in words.

    Every statement is tested by itself against reported figures and the entity's own guidance; then against its
    rivals of the same `conflict_id`. What an outlet of the conflict alone reports is no evidence in it, unless it
    is certain.

    Parameters
    ----------
    conflicts
        One row a printed statement: conflict_id, outlet, entity (several joined by semicolons are added up),
        period, value (or low and high), unit (a currency, or count for the number of revisions), bound, modality
        (planned or reported); where there is one metric, definition, as_of (the day
        on which guidance is spoken of). Other columns are not looked at.
    dossier
        The evidence.

    Returns
    -------
    pd.DataFrame
        On the index of `conflicts`: conflict_id, outlet, verdict (holds, fails, hedge lost, cannot be told),
        arithmetic (amounts in billions), source_ids (names of the reported figures and of the claims), sources
        (accession numbers, addresses, claim ids).

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
    rows["as_of"] = pd.to_datetime(rows["as_of"])
    rows["metric"] = rows["metric"].astype("str").fillna("capex")
    value, low, high = (pd.to_numeric(rows[column]) for column in ("value", "low", "high"))
    open_below, open_above = (rows["bound"].isin(words) & value.notna() for words in (AT_MOST, AT_LEAST))
    rows["low"] = value.mask(open_below, -np.inf).fillna(low)
    rows["high"] = value.mask(open_above, np.inf).fillna(high)
    rows["half"] = half_units(pd.DataFrame({"value": value.fillna(low).fillna(high)}))
    fiscal = dossier.entities.set_index("entity")["fiscal_year_end"]
    rows["year_end"] = [fiscal.get(entity.split(";")[0]) for entity in rows["entity"]]
    spans = [dates_of(*each) for each in zip(rows["period"], rows["year_end"], strict=True)]
    rows[["start", "end"]] = pd.DataFrame(spans, rows.index, dtype="datetime64[us]")
    stated = {metric: revisions(dossier, [metric]) for metric in rows["metric"].unique()}
    found: dict[Any, _Finding] = {}
    for _, group in rows.groupby("conflict_id", sort=False):
        names = re.sub(r"\(.*?\)", "", ";".join(group["outlet"])).split(";")
        outlets = [letters for name in names if len(letters := _letters(name)) > 2]
        findings = {r.Index: _judge(r, dossier, stated[r.metric], outlets) for r in group.itertuples()}
        found |= {index: _settled(index, findings, group) for index in findings}
    columns = ["verdict", "arithmetic", "source_ids"]
    table = pd.DataFrame(found.values(), index=list(found), columns=columns, dtype="str")
    table["sources"] = sources_of(table["source_ids"], dossier.fundamentals)
    return conflicts[["conflict_id", "outlet"]].join(table)


def _together(ids: Iterable[str]) -> str:
    return ";".join(dict.fromkeys(name for cell in ids for name in cell.split(";") if name))


def _letters(text: Any) -> str:
    return re.sub(r"[\W_]", "", str(text).casefold())


def _judge(row: Any, dossier: Dossier, stated: pd.DataFrame, outlets: list[str]) -> _Finding:
    """Return what a printed statement is by evidence that others than the outlets of its conflict give."""
    if not nearest(row.low, row.high):
        return _Finding("unknown", "no figure is printed, and arithmetic decides nothing else")
    if row.unit not in currencies() and row.unit != "count":
        return _Finding("unknown", f"amounts of money are judged, not figures in {row.unit}")

    def told(texts: pd.Series, confidence: pd.Series) -> pd.Series:
        named = texts.map(lambda text: any(name in _letters(text) for name in outlets))
        return named.astype(bool) & (confidence != "certain")

    reports = dossier.fundamentals
    own = told(reports["source_title"] + reports["source_url"], reports["confidence"])
    if pd.notna(row.start):
        own &= reports["period_start"].eq(row.start) & reports["period_end"].eq(row.end)
    independent = replace(dossier, fundamentals=reports[~own].reset_index(drop=True))
    if row.modality != "planned":
        return _reported(row, independent)
    stated = stated.merge(dossier.documents, "left", "document_id", validate="many_to_one")
    stated["told"] = told(stated[["title", "publisher", "url"]].fillna("").sum(axis=1), stated["confidence"])
    stated = stated[(stated["said_on"] <= row.as_of) | pd.isna(row.as_of)]
    return _revised(row, stated) if row.unit == "count" else _planned(row, stated, independent)


def _about(row: Any, entity: str, stated: pd.DataFrame) -> pd.DataFrame:
    """Return the statements with a figure that an entity, or somebody of it, made for the row's period."""
    same = [dates_of(period, row.year_end) == (row.start, row.end) for period in stated["period"]]
    about = stated[stated["period"].eq(row.period) | (np.array(same, bool) & pd.notna(row.start))]
    return about[about["entity"].eq(entity) & ~about["change"].isin(["set aside", "no figure"])]


def _revised(row: Any, stated: pd.DataFrame) -> _Finding:
    """Count how often the guidance for a period had been changed by a day."""
    chain = _about(row, row.entity, stated)
    chain = chain[chain["counts"]]
    said, ids = ", then ".join(chain["printed"].drop_duplicates()), ";".join(chain["claim_id"])
    if chain.empty or worst(chain["confidence"]) == "uncertain":
        return _Finding("unknown", f"{said or 'no guidance'}: not certain", ids)
    changed = int((~chain["change"].isin(["first", "reaffirmed"])).sum())
    status = "holds" if changed == row.value else "contradicted"
    return _Finding(status, f"{said}: {changed} change{'s' * (changed != 1)}", ids)


def _planned(row: Any, stated: pd.DataFrame, dossier: Dossier) -> _Finding:
    """Set printed guidance against the entity's own words in force on that day, else against its pace."""
    force = []
    for entity in row.entity.split(";"):
        chain = _about(row, entity, stated)
        last, others = chain[chain["counts"]].tail(1), chain[~chain["counts"]]
        for word in last.itertuples():  # what others read into the time since counts only where it differs
            later = others["said_on"] > word.said_on
            others = others[later & (others["printed_low"] != word.printed_low)]
        doubtful = pd.concat([others, last[last["confidence"] == "uncertain"]])
        if len(doubtful):
            why = f"{doubtful['printed'].iloc[-1]} is a reading of {entity}, not a total that it surely gave"
            if (doubtful["change"] == "withdrawn").any():
                why = f"{entity} had withdrawn its guidance for {row.period}"
            return _Finding("unknown", why, ";".join(doubtful["claim_id"]))
        own = chain[chain["counts"] & ~chain["told"]].tail(1)
        if own.empty:
            return _elsewhere(row, stated, dossier)
        force.append(own)
    words = together(pd.concat(force))
    if len(force) == 1:
        said = f"{words['entity']} said {words['printed']} billion {words['unit']} on {words['said_on']:%Y-%m-%d}"
    else:
        said = f"lower ends {words['printed_low_is']}; upper ends {words['printed_high_is']}"
    return _against(row, words, said)


def _against(row: Any, words: dict[str, Any], said: str) -> _Finding:
    """Return how a printed statement stands to the entity's own words."""
    low, high, own, ids = row.low, row.high, (words["printed_low"], words["printed_high"]), words["claim_id"]

    def meets(one: float, other: float, scale: float = 1.0) -> bool:
        return one == other or abs(one * scale - other) <= row.half * scale

    wrong = "contradicted" if words["confidence"] == "certain" else "outside"
    shared = any(meets(one, other) for one in nearest(low, high) for other in nearest(*own))
    if row.unit != words["unit"]:
        slip = f"{words['unit']} printed as {row.unit}" if shared else "another currency"
        return _Finding(wrong if shared else "unknown", f"{said}: {slip}", ids)
    meet = meets(low, own[0]), meets(high, own[1])
    if all(meet):
        return _Finding("holds", said, ids)
    for side, open_end, met in (("upper", low, meet[1]), ("lower", high, meet[0])):
        if np.isinf(open_end) and met:
            return _Finding("holds", f"{said}: this is its {side} end", ids)
    if low == high and shared:
        return _Finding("hedge lost", f"{said}: one end is printed as the figure", ids)
    lost = any(meets(low, end, scale) for scale in (1e3, 1e6, 1e9) for end in nearest(*own))
    return _Finding(wrong, said + (": the scale is missing" if lost else ""), ids)


def _elsewhere(row: Any, stated: pd.DataFrame, dossier: Dossier) -> _Finding:
    """Judge guidance for a period of which the entity gave no figure: another period's, or out of all pace?"""
    words = stated[stated["counts"] & ~stated["told"] & stated["entity"].eq(row.entity)]
    words = words.drop_duplicates("period", keep="last")
    for each in words.to_dict("records"):
        if _against(row, each, "").status == "holds":
            wrong = "contradicted" if each["confidence"] == "certain" else "outside"
            why = f"this is what {row.entity} said for {each['period']}, not for {row.period}"
            return _Finding(wrong, why, each["claim_id"])
    reports = _books(row, dossier)
    reports = reports[~(reports["period_end"] > row.as_of)]
    books = settle(reports).groupby("definition", dropna=False, sort=False)
    paces = [pace for cut, book in books if (pace := _pace(row, cut, book)) is not None]
    if not paces:
        return _Finding("unknown", f"{row.entity} gave no figure for {row.period}, and no pace can be told")
    status = "possible" if "possible" in {pace.status for pace in paces} else "outside"
    return _Finding(status, "; ".join(p.arithmetic for p in paces), _together(p.ids for p in paces))


def _books(row: Any, dossier: Dossier) -> pd.DataFrame:
    reports = answering(dossier.fundamentals, [row.metric])
    return reports[reports["entity"].eq(row.entity) & reports["unit"].eq(row.unit)]


def _pace(row: Any, cut: str | float, spans: pd.DataFrame) -> _Finding | None:
    """Return whether what remains of the period could bring the printed amount, given the quarters so far."""
    years = [length(*days) for days in zip(spans["start"], spans["end"], strict=True)]
    quarters = spans[np.isclose(years, 0.25)]
    steps = spans[(spans["start"] == row.start) & (spans["end"] <= row.end)]
    until = steps["end"].max() if len(steps) else row.start - DAY
    if pd.isna(row.start) or quarters.empty or until == row.end:
        return None
    done, left = steps["value"].tail(1).sum(), length(until + DAY, row.end) * 4
    need = [(end - done) / left for end in nearest(row.low, row.high)]
    most, least = quarters["value"].max(), quarters.sort_values("start")["value"].tail(4).min()
    several = left != 1
    text = f"{_UNNAMED if pd.isna(cut) else cut}: {billions(done)} by {until:%Y-%m-%d}, so {left:g} quarter"
    text += f"{'s' * several} would have to bring {billions(min(need))}{' each' * several}"
    text += f"; the largest was {billions(most)} billion {row.unit}"
    fits = min(need) <= _LEAP * most and max(need) >= least / _LEAP
    ids = _together([*steps["report_ids"], *quarters["report_ids"].tail(4)])
    return _Finding("possible" if fits else "outside", text, ids)


def _reported(row: Any, dossier: Dossier) -> _Finding:
    """Set a printed outlay against what is known of the period, by the measure where one is printed."""
    low, high, named = row.low, row.high, isinstance(row.definition, str)
    known = settle(_books(row, dossier))
    known = known[known["start"].eq(row.start) & known["end"].eq(row.end)]
    how = known["definition"].map(lambda cut: relation(row.definition, cut)[0]).astype("str")
    asked = known[how.isin(["same", "near"])] if named else known
    room = row.half + asked["half"]
    fits = asked[(low - room <= asked["value"]) & (asked["value"] <= high + room)]
    shown = (fits.head(1) if len(fits) else known).fillna({"definition": _UNNAMED})
    said = [f"{row.period} {r.definition}: {r.arithmetic} billion {row.unit}" for r in shown.itertuples()]
    text = "; ".join(said) or f"nothing independent is reported for {row.period}"
    finding = _Finding("unknown", text, _together(shown["report_ids"]))
    if len(fits):
        return finding._replace(status="holds")
    values = known["value"]
    floor, top = values.min() * (1 - _MARGIN), values.max() * (1 + _MARGIN)
    if named:
        floor = max([*values[how == "narrower"], *asked["value"] * (1 - _MARGIN)], default=-np.inf)
        top = min([*values[how == "wider"], *asked["value"] * (1 + _MARGIN)], default=np.inf)
    elif len(values) == 1:  # above a single measure a wider one may lie
        top = np.inf
    if named and asked.empty and high >= floor and low <= top and np.isfinite([floor, top]).any():
        return finding._replace(status="possible")
    if named and (how.eq("same") & known["confidence"].eq("certain")).any():
        finding = finding._replace(status="contradicted")
    elif high < floor or low > top:
        finding = finding._replace(status="outside")
    return _explained(row, dossier, finding)


def _explained(row: Any, dossier: Dossier, finding: _Finding) -> _Finding:
    """Return the finding with what the printed number would be instead."""
    value = nearest(row.low, row.high)[-1]
    readings = referee(value, row.unit, row.entity, dossier, row.period, metric=row.metric)
    if readings.empty:
        return finding
    best = readings.iloc[0]
    slipped = best["slip"] and (row.start, row.end) == (best["period_start"], best["period_end"])
    said = best[["reading", "period", "definition", "arithmetic", "slip"]].dropna()
    text = f"{finding.arithmetic}; {billions(value)} would be: " + ", ".join(said[said != ""])
    ids = _together([finding.ids, best["source_ids"]])
    return _Finding("outside" if slipped else finding.status, text, ids)


def _settled(index: Any, findings: dict[Any, _Finding], group: pd.DataFrame) -> _Finding:
    """Return the verdict on one statement, in the light of its rivals."""
    one = findings[index]
    standing = {o: f.status for o, f in findings.items() if o != index and f.status in ("holds", "possible")}
    measure = group["period"].astype("str").fillna("") + "|" + group["definition"].astype("str").fillna("")
    # Two that could both be so do not decide each other, unless one holds by another measure.
    rivalled = any(measure[o] == measure[index] or status == "possible" for o, status in standing.items())
    verdicts = {
        "holds": "holds", "hedge lost": "hedge lost", "contradicted": "fails", "outside": standing and "fails",
        "possible": len(findings) > 1 and not rivalled and "holds",
    }  # fmt: skip
    return one._replace(status=verdicts.get(one.status) or "cannot be told")
