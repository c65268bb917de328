"""Claims -> every statement of a promise in order, each set against the one before and against the first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analystkit.dossier import Dossier
from analystkit.intervals import to_intervals
from analystkit.tracking.definitions import ANSWERED_BY
from analystkit.tracking.deliveries import CONFIDENCE, billions

PROMISE = ["entity", "metric", "definition", "period"]
REVISIONS = [
    "entity", "metric", "definition", "period", "claim_id", "document_id", "said_on", "speaker", "speaker_kind",
    "value", "low", "high", "low_closed", "high_closed", "unit", "printed", "change", "previous_claim_id",
    "change_vs_previous", "change_vs_first", "counts", "confidence", "flags", "quote", "note", "period_start",
    "period_end", "printed_low", "printed_high",
]  # fmt: skip
EXPECTATIONS = [
    "entity", "metric", "period", "claim_id", "said_on", "speaker", "speaker_kind", "value", "low", "high",
    "unit", "guidance_claim_id", "guidance_said_on", "guided_low", "guided_high", "guided_vs_expected",
    "confidence",
]  # fmt: skip
# Who can promise in an entity's name; everybody else retells.
OWN = ("company", "executive", "official")
HEDGES = {"approximately": "about ", "more_than": "more than ", "at_least": "at least "}
HEDGES |= {"at_most": "up to ", "less_than": "less than "}


def revisions(dossier: Dossier, metrics: list[str]) -> pd.DataFrame:
    """Return one row a statement of a promise: its interval, and what changed against the one before.

    Returns
    -------
    pd.DataFrame
        The columns `REVISIONS`, in order of entity, measure, period and day. `counts` is true for the words of
        the entity itself, accepted, with a figure and a day: the first and the last of them are the promise.
        Other rows stay, with the change "retold", "set aside" or "no figure" and a note.

    Examples
    --------
    >>> revisions(Dossier(), ["capex"]).empty
    True
    """
    claims = dossier.claims
    promised = ~claims["modality"].isin(["estimated", "reported", "completed"])
    rows = _sized(claims[claims["metric"].isin(metrics) & promised])
    rows["definition"] = _fill_definition(rows)
    published = dossier.documents.set_index("document_id")["published_at"].dt.tz_localize(None).dt.normalize()
    printed_on = pd.Series(published.reindex(rows["document_id"]).to_numpy(), rows.index)
    rows["day"] = rows["said_on"].fillna(printed_on)
    rows["doubt"] = rows["confidence"].map(dict(zip(CONFIDENCE, range(4), strict=True))).fillna(0)
    rows = rows.sort_values([*PROMISE, "day", "doubt"], kind="stable", na_position="last")
    known = rows.drop_duplicates("claim_id").set_index("claim_id", drop=False)
    chains = [_chain(group, known) for _, group in rows.groupby(PROMISE, dropna=False, sort=False)]
    return pd.concat(chains)[REVISIONS].reset_index(drop=True) if chains else pd.DataFrame(columns=REVISIONS)


def _sized(claims: pd.DataFrame) -> pd.DataFrame:
    """Return claims with their intervals, and with the ends and the words as printed."""
    rows = claims.copy()
    # One end alone is a figure with a hedge.
    for end, other, hedge in (("low", "high", "at_least"), ("high", "low", "at_most")):
        alone = claims["value"].isna() & claims[end].notna() & claims[other].isna()
        rows["value"] = rows["value"].mask(alone, claims[end])
        rows["bound"] = rows["bound"].mask(alone & ~rows["bound"].isin(list(HEDGES)), hedge)
    below, above = rows["bound"].isin(["at_most", "less_than"]), rows["bound"].isin(["at_least", "more_than"])
    rows["printed_low"] = rows["value"].mask(below, -np.inf).fillna(claims["low"])
    rows["printed_high"] = rows["value"].mask(above & rows["value"].notna(), np.inf).fillna(claims["high"])
    rows[["low", "high", "low_closed", "high_closed"]] = to_intervals(rows)
    rows["printed"] = [
        f"{HEDGES.get(row.bound, '')}{billions(row.value)}"
        if pd.notna(row.value)
        else "no figure"
        if pd.isna(row.low)
        else f"{billions(row.printed_low)} to {billions(row.printed_high)}"
        for row in rows.itertuples()
    ]
    return rows


def _fill_definition(rows: pd.DataFrame) -> pd.Series:
    """Return the definitions; a statement that gives none takes the only one its promise has elsewhere."""
    groups = rows.groupby(["entity", "metric", "period"], dropna=False)["definition"]
    return rows["definition"].fillna(groups.transform("first").where(groups.transform("nunique") == 1))


def _chain(group: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return the statements of one promise with their changes."""
    figured = group["printed"].ne("no figure") & ~group["flags"].str.contains("scale_missing", na=False)
    accepted = group["status"].eq("accepted") & group["modality"].eq("planned")
    by_entity = accepted & group["speaker_kind"].isin(OWN)
    if not (by_entity & figured).any():
        by_entity = accepted
    # Two claims of one origin, or an amount and its conversion, are one statement; the better supported stands first.
    told_twice = group["origin_key"].notna() & group["origin_key"].duplicated()
    own = by_entity & ~told_twice & group["converts"].isna()
    dated = group["day"].notna() & ~group["flags"].str.contains("day_unknown", na=False)
    counts = own & figured & (dated if (own & figured & dated).any() else True)
    first: Any = None
    before: Any = None
    found = []
    for row in group.itertuples():
        revised = known.loc[row.revises] if row.revises in known.index else None
        elsewhere = revised is not None and revised["claim_id"] not in set(group["claim_id"])
        previous = before if revised is None or elsewhere or revised["printed"] == "no figure" else revised
        if pd.isna(row.day) and revised is None and dated.any():
            previous = None  # what came before an undated statement is not known
        change, note = _change(row, previous) if previous is not None else ("first", "")
        if not accepted[row.Index]:
            change, note = "set aside", f"{row.modality}, {row.status}: not counted"
        elif not figured[row.Index]:
            change, note = "no figure", "" if row.printed == "no figure" else "a scale word is missing"
        elif not own[row.Index]:
            note = "one origin told twice" if by_entity[row.Index] else "not the entity's own words"
            differs = previous is not None and ends_of(row) != ends_of(previous)
            change, note = "retold", note + ("; its figure or hedge differs" if differs else "")
        elif previous is None and elsewhere:
            change = "replaced"
        if own[row.Index] and not dated[row.Index] and dated.any():
            note = "; ".join(filter(None, [note, "the day is not established: neither first nor last word"]))
        link = row.revises if revised is not None else previous.claim_id if previous is not None else np.nan
        measured = figured[row.Index] and previous is not None
        found.append(
            (change, note, link, *(_ratio(row, o) if measured else np.nan for o in (previous, first)))
        )
        if counts[row.Index]:
            first, before = (row if first is None else first), row
    columns = ["change", "note", "previous_claim_id", "change_vs_previous", "change_vs_first"]
    changes = pd.DataFrame(found, columns=columns, index=group.index)
    return group.join(changes.astype(dict.fromkeys(columns[:3], "str"))).assign(counts=counts)


def _change(row: Any, previous: Any) -> tuple[str, str]:
    """Return what a statement does to the one before, by the ends as printed."""
    if row.unit != previous.unit:
        return "replaced", f"in {row.unit} instead of {previous.unit}"
    new, old = ends_of(row), ends_of(previous)
    if set(new) & set(old) and _ratio(row, previous) == 0:
        return "reaffirmed", "" if row.bound == previous.bound else f"{row.bound}, before {previous.bound}"
    # Two open ends are equal, though their difference is not a number.
    low, high = (0.0 if one == other else one - other for one, other in zip(new, old, strict=True))
    if np.inf in np.abs(old) and np.inf in np.abs(new) and low * high == 0:
        return ("raised", "") if low + high > 0 else ("cut", "")
    if low >= 0 and high <= 0:
        return "narrowed", "" if low and high else "low end raised" if low else "high end cut"
    if low <= 0 and high >= 0:
        return "widened", "" if low and high else "low end cut" if low else "high end raised"
    return ("raised", "") if low > 0 else ("cut", "")


def ends_of(row: Any) -> tuple[float, float]:
    """Return the ends of a statement as printed; an open one is infinite."""
    return row.printed_low, row.printed_high


def nearest(low: float, high: float) -> list[float]:
    """Return the ends that are not open.

    Examples
    --------
    >>> nearest(380.0, float("inf"))
    [380.0]
    """
    return [end for end in (low, high) if np.isfinite(end)]


def _ratio(row: Any, other: Any) -> float:
    """Return the middle of a printed range over that of another, less one; an open range has one end only."""
    if other is None or row.unit != other.unit:
        return np.nan
    return float(np.mean(nearest(*ends_of(row))) / np.mean(nearest(*ends_of(other))) - 1)


def expectations(dossier: Dossier, metrics: list[str], stated: pd.DataFrame) -> pd.DataFrame:
    """Return what others expected, each beside the entity's next own figure for the same period.

    Returns
    -------
    pd.DataFrame
        The columns `EXPECTATIONS`; `guided_vs_expected` is the middle of the guidance over the middle of the
        expectation, less one; NaN where no own figure followed.

    Examples
    --------
    >>> expectations(Dossier(), ["capex"], revisions(Dossier(), ["capex"])).empty
    True
    """
    claims = dossier.claims
    rows = _sized(claims[claims["metric"].isin(metrics) & (claims["modality"] == "estimated")])
    own = stated[stated["counts"].astype(bool)].sort_values("said_on", kind="stable")
    found = []
    for row in rows[rows["printed"] != "no figure"].itertuples():
        same = (own["entity"] == row.entity) & (own["period"] == row.period) & (own["unit"] == row.unit)
        for answer in own[same & (own["said_on"] >= row.said_on)].head(1).itertuples():
            found.append((row.Index, answer.claim_id, answer.said_on, *ends_of(answer), _ratio(answer, row)))
    answers = pd.DataFrame(found, columns=["row", *EXPECTATIONS[11:16]]).set_index("row")
    return rows.join(answers)[EXPECTATIONS].reset_index(drop=True)


def reported_metrics(metrics: list[str]) -> list[str]:
    """Return the metrics whose reports answer promises of these metrics.

    Examples
    --------
    >>> reported_metrics(["investment_plan"])
    ['investment_plan', 'capex']
    """
    return list(dict.fromkeys(answer for metric in metrics for answer in ANSWERED_BY.get(metric, (metric,))))
