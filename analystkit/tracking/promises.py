"""Claims -> every statement of a promise in order, each set against the one before and against the first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analystkit.dossier import Dossier
from analystkit.intervals import to_intervals
from analystkit.tracking.deliveries import shaped
from analystkit.tracking.evidence import CONFIDENCE, billions

# How the low and the high end moved -> what that is called.
MOVES = {
    (0, 0): ("reaffirmed", ""), (1, 1): ("raised", ""), (-1, -1): ("cut", ""),
    (1, 0): ("narrowed", "low end raised"), (0, -1): ("narrowed", "high end cut"), (1, -1): ("narrowed", ""),
    (-1, 0): ("widened", "low end cut"), (0, 1): ("widened", "high end raised"), (-1, 1): ("widened", ""),
}  # fmt: skip
PROMISE = ["entity", "metric", "definition", "period"]
# Who can promise in an entity's name; everybody else retells.
OWN = ("company", "executive", "official")
AT_LEAST, AT_MOST = ["at_least", "more_than"], ["at_most", "less_than"]
HEDGES = {"approximately": "about ", "more_than": "more than ", "at_least": "at least "}
HEDGES |= {"at_most": "up to ", "less_than": "less than "}


def revisions(dossier: Dossier, metrics: list[str]) -> pd.DataFrame:
    """Return one row a statement of a promise: its interval, and what changed against the one before.

    Returns
    -------
    pd.DataFrame
        One row a statement, in order of entity, measure, period and day. `counts` is true for the words of
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
    # A statement that gives no definition takes the only one that its promise has elsewhere.
    cuts = rows.groupby(["entity", "metric", "period"], dropna=False)["definition"]
    only = cuts.transform("first").where(cuts.transform("nunique") == 1)
    rows["definition"] = rows["definition"].fillna(only)
    published = dossier.documents.set_index("document_id")["published_at"].dt.tz_localize(None).dt.normalize()
    rows["day"] = rows["said_on"].fillna(published.reindex(rows["document_id"]).set_axis(rows.index))
    rows["doubt"] = rows["confidence"].map({word: n for n, word in enumerate(CONFIDENCE)}).fillna(0)
    rows = rows.sort_values([*PROMISE, "day", "doubt"], kind="stable", ignore_index=True)
    promise = rows.groupby(PROMISE, dropna=False, sort=False).ngroup()

    def any_of(flags: pd.Series) -> pd.Series:
        return flags.groupby(promise).transform("any").astype(bool)

    figured = rows["printed"].ne("no figure") & ~rows["flags"].str.contains("scale_missing", na=False)
    dated = rows["day"].notna() & ~rows["flags"].str.contains("day_unknown", na=False)
    accepted = rows["status"].eq("accepted") & rows["modality"].eq("planned")
    by_entity = accepted & rows["speaker_kind"].isin(OWN)
    by_entity = by_entity.where(any_of(by_entity & figured), accepted)
    # Two claims of one origin, or an amount and its conversion, are one statement; the better supported stands first.
    told_twice = rows["origin_key"].notna() & rows.duplicated([*PROMISE, "origin_key"])
    own = by_entity & ~told_twice & rows["converts"].isna()
    rows["counts"] = own & figured & (dated | ~any_of(own & figured & dated))
    word = rows.index.to_series().where(rows["counts"])
    before = word.groupby(promise).transform(lambda words: words.ffill().shift())
    # What came before an undated statement is not known.
    before = before.mask(rows["day"].isna() & any_of(dated))
    first = word.groupby(promise).transform("first").where(before.notna())
    centre = middle(rows["printed_low"], rows["printed_high"]).where(figured)
    for name, other in (("previous", before), ("first", first)):
        same = rows["unit"] == other.map(rows["unit"])
        rows[f"change_vs_{name}"] = (centre / other.map(centre) - 1).where(same)
    pairs = zip(rows.itertuples(), before, strict=True)
    moved = [_change(row, rows.loc[n] if pd.notna(n) else None) for row, n in pairs]
    change, note = (pd.Series([each[n] for each in moved], rows.index, dtype="str") for n in (0, 1))
    linked = rows["revises"].isin(rows["claim_id"])
    elsewhere = linked & rows["revises"].map(promise.set_axis(rows["claim_id"])).ne(promise)
    rows["previous_claim_id"] = rows["revises"].where(linked, before.map(rows["claim_id"]))
    same = change.isin(["first", "reaffirmed"]) & note.eq("")
    retold = pd.Series("not the entity's own words", rows.index).mask(
        told_twice & by_entity, "one origin told twice"
    )
    retold += same.map({True: "", False: "; its figure or hedge differs"})
    by_itself = rows["status"].eq("accepted") & rows["speaker_kind"].isin(OWN)
    cases = {
        "withdrawn": (by_itself & rows["modality"].eq("cancelled"), "no guidance stands from this day on"),
        "set aside": (~accepted, rows["modality"] + ", " + rows["status"] + ": not counted"),
        "no figure": (~figured, rows["printed"].map({"no figure": ""}).fillna("a scale word is missing")),
        "retold": (~own, retold),
        "replaced": (before.isna() & elsewhere, note),
    }
    tests, notes = zip(*cases.values(), strict=True)
    rows["change"], rows["note"] = np.select(tests, list(cases), change), np.select(tests, notes, note)
    rows.loc[own & ~dated & any_of(dated), "note"] = "the day is not established: neither first nor last word"
    return shaped(rows, "revisions")


def _sized(claims: pd.DataFrame) -> pd.DataFrame:
    """Return claims with their intervals, and with the ends and the words as printed."""
    rows = claims.copy()
    # One end alone is a figure with a hedge.
    for end, other, hedge in (("low", "high", "at_least"), ("high", "low", "at_most")):
        alone = claims["value"].isna() & claims[end].notna() & claims[other].isna()
        rows["value"] = rows["value"].mask(alone, claims[end])
        rows["bound"] = rows["bound"].mask(alone & ~rows["bound"].isin(list(HEDGES)), hedge)
    below, above = rows["bound"].isin(AT_MOST), rows["bound"].isin(AT_LEAST)
    rows["printed_low"] = rows["value"].mask(below, -np.inf).fillna(claims["low"])
    rows["printed_high"] = rows["value"].mask(above & rows["value"].notna(), np.inf).fillna(claims["high"])
    rows[["low", "high", "low_closed", "high_closed"]] = to_intervals(rows)
    value, low, high = (
        rows[end].map(billions).astype("str") for end in ("value", "printed_low", "printed_high")
    )
    figures, ranges = rows["bound"].map(HEDGES).fillna("").astype("str") + value, low + " to " + high
    rows["printed"] = figures.where(rows["value"].notna(), ranges.where(rows["low"].notna(), "no figure"))
    return rows


def _change(row: Any, previous: Any) -> tuple[str, str]:
    """Return what a statement does to the one before, by the ends as printed."""
    if previous is None:
        return "first", ""
    if row.unit != previous["unit"]:
        return "replaced", f"in {row.unit} instead of {previous['unit']}"
    new, old = (row.printed_low, row.printed_high), (previous["printed_low"], previous["printed_high"])
    if set(new) & set(old) and np.mean(nearest(*new)) == np.mean(nearest(*old)):
        changed = f"{row.bound}, before {previous['bound']}".replace("_", " ")
        return "reaffirmed", "" if row.bound == previous["bound"] else changed
    low, high = (int(one > other) - int(one < other) for one, other in zip(new, old, strict=True))
    if np.inf in np.abs(old) and np.inf in np.abs(new) and low * high == 0:
        low = high = low + high
    return MOVES[low, high]


def nearest(low: float, high: float) -> list[float]:
    """Return the ends that are not open.

    Examples
    --------
    >>> nearest(380.0, float("inf"))
    [380.0]
    """
    return [end for end in (low, high) if np.isfinite(end)]


def middle(low: pd.Series, high: pd.Series) -> pd.Series:
    """Return the middle of each interval; of one with an open end, the other end.

    Examples
    --------
    >>> middle(pd.Series([60.0, 380.0]), pd.Series([65.0, float("inf")])).tolist()
    [62.5, 380.0]
    """
    return pd.concat([low, high], axis=1).replace([np.inf, -np.inf], np.nan).mean(axis=1)


def expectations(dossier: Dossier, metrics: list[str], stated: pd.DataFrame) -> pd.DataFrame:
    """Return what others expected, each beside the entity's next own figure for the same period.

    Returns
    -------
    pd.DataFrame
        `guided_vs_expected` is the middle of the guidance over the middle of the
        expectation, less one; NaN where no own figure followed.

    Examples
    --------
    >>> expectations(Dossier(), ["capex"], revisions(Dossier(), ["capex"])).empty
    True
    """
    claims = dossier.claims
    rows = _sized(claims[claims["metric"].isin(metrics) & (claims["modality"] == "estimated")])
    rows = rows[rows["printed"] != "no figure"].rename_axis("row").reset_index()
    same, guided = (
        ["entity", "period", "unit"],
        {"claim_id": "guidance_claim_id", "said_on": "guidance_said_on"},
    )
    guided |= {f"printed_{end}": f"guided_{end}" for end in ("low", "high")}
    guided |= {part: f"guided_{part}" for part in ("low_closed", "high_closed", "bound")}
    own = stated[stated["counts"]].sort_values("said_on", kind="stable")[[*same, *guided]]
    pairs = rows[["row", *same, "said_on"]].merge(own.rename(columns=guided), on=same)
    pairs = pairs[pairs["guidance_said_on"] >= pairs["said_on"]].drop_duplicates("row")
    rows = rows.merge(pairs[["row", *guided.values()]], "left", "row")
    expected = middle(rows["printed_low"], rows["printed_high"])
    rows["guided_vs_expected"] = middle(rows["guided_low"], rows["guided_high"]) / expected - 1
    return shaped(rows, "expectations")
