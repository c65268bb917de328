"""Promises and the reports that answer them -> pace so far, required run-rate, verdict."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import pandas as pd

from analystkit.currencies import rate
from analystkit.dossier import Dossier
from analystkit.errors import CurrencyError
from analystkit.intervals import INTERVAL
from analystkit.periods import dates_of
from analystkit.tracking.deliveries import DAY, RANKS, length, relation, settle, shaped
from analystkit.tracking.evidence import sources_of, worst
from analystkit.tracking.promises import PROMISE, middle

# Spending is not spread evenly over a year: what lies this near to the straight line is on it.
PACE_TOLERANCE = 0.02
_UNSETTLED = "the dates of the period are not settled: give `starts`, or the entity's fiscal_year_end"
_UNNAMED = "reports without a definition"
# Columns of a statement that its promise keeps; `floor` and `top` are widened by the printed precision.
_WORD = {
    "printed": "word", "printed_low": "low", "printed_high": "high", "low": "floor", "high": "top",
    "low_closed": "low_closed", "high_closed": "high_closed", "bound": "bound", "said_on": "said_on",
    "claim_id": "claim_id", "confidence": "confidence",
}  # fmt: skip
_SPAN = {
    "definition": "delivered_definition", "unit": "reported_unit", "start": "period_start", "end": "reported_to",
    "confidence": "delivered_confidence", "note": "twice",
}  # fmt: skip


def follow(
    dossier: Dossier, stated: pd.DataFrame, reports: pd.DataFrame, starts: list[pd.Timestamp] | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return `.progress` and `.outcome` for the statements of `promises.revisions`.

    Examples
    --------
    >>> from analystkit.tracking.promises import revisions
    >>> progress, outcome = follow(Dossier(), revisions(Dossier(), ["capex"]), Dossier().fundamentals, None)
    >>> len(progress), len(outcome)
    (0, 0)
    """
    promises = _promises(stated, dossier.entities.set_index("entity")["fiscal_year_end"], starts)
    until = reports.groupby("entity")["period_end"].max().reindex(promises["entity"])
    promises["running"] = promises["period_end"] > until.to_numpy()
    spans = settle(reports)
    rows = promises.merge(_answers(promises, spans), "left", "promise")
    _measure(rows, spans)
    latest = rows[~rows.duplicated(["promise", "delivered_definition", "reported_unit"], keep="last")]
    rows["latest"] = rows.index.isin(latest.index)
    outcome = _close(rows[rows["latest"]].reset_index(drop=True), reports)
    progress = rows[rows["reported_to"].notna()].rename(columns={"delivered": "delivered_so_far"})
    for frame in (progress, outcome):
        frame["sources"] = sources_of(frame["report_ids"], reports)
    return shaped(progress, "progress"), shaped(outcome, "outcome")


def _promises(stated: pd.DataFrame, year_ends: pd.Series, starts: list[pd.Timestamp] | None) -> pd.DataFrame:
    """Return one row for each promise and start of its clock, with the first and the last word."""
    found: list[dict[str, Any]] = []
    for key, chain in stated.groupby(PROMISE, dropna=False, sort=False):
        said = chain[chain["counts"]]
        ends = chain if said.empty else said[said["unit"] == said["unit"].iloc[-1]].iloc[[0, -1]]
        row = dict(zip(PROMISE, key, strict=True)) | {"claim_ids": ";".join(dict.fromkeys(ends["claim_id"]))}
        row |= {"confidence": worst(ends["confidence"])}
        if said.empty:
            found.append(row | {"clock": "", "why": "no figure was given"})
            continue
        for name, word in (("first", ends.iloc[0]), ("last", ends.iloc[1])):
            row |= {f"{name}_{part}": word[column] for column, part in _WORD.items()}
        gone = chain[chain["change"].eq("withdrawn") & (chain["said_on"] >= row["last_said_on"])]
        row |= {"unit": ends["unit"].iloc[1], "withdrawn": gone["said_on"].min()}
        for clock, start, end in _clocks(chain, ends.iloc[0], year_ends.get(row["entity"]), starts):
            why = _UNSETTLED if pd.isna(start) else "no report lies within the period"
            found.append(row | {"clock": clock, "period_start": start, "period_end": end, "why": why})
    return shaped(pd.DataFrame(found), "promises").rename_axis("promise").reset_index()


def _clocks(
    chain: pd.DataFrame, first: pd.Series, year_end: str | float, starts: list[pd.Timestamp] | None
) -> list[tuple[str, pd.Timestamp, pd.Timestamp]]:
    """Return the first and the last day of the period, for each day on which its clock can start."""
    period, said_on = first["period"], first["said_on"]
    given = chain[["period_start", "period_end"]].dropna()
    if len(given):
        return [("as the source has it", *given.iloc[0])]
    span = dates_of(period, year_end)
    if pd.notna(list(span)).all():
        return [("settled by the period", *span)]
    if not str(period).startswith("P") or (starts is None and pd.isna(said_on)):
        return [("not settled", pd.NaT, pd.NaT)]
    clocks = [("given", start) for start in starts or []]
    if starts is None:
        month = int(year_end[:2]) % 12 + 1 if isinstance(year_end, str) else 1
        following = pd.Timestamp(said_on.year + (said_on.month >= month), month, 1)
        clocks = [("assumed: the quarter of the first word", said_on.to_period("Q").start_time)]
        clocks += [("assumed: the next fiscal year", following)]
    return [(name, *dates_of(period, year_end, start)) for name, start in clocks]


def _answers(promises: pd.DataFrame, spans: pd.DataFrame) -> pd.DataFrame:
    """Return what was reported from the first day on, without measures that another outdoes in kind and reach."""
    asked = promises[["promise", "entity", "definition", "period_start", "period_end"]]
    rows = asked.merge(spans.rename(columns=_SPAN), on=["entity", "period_start"])
    rows = rows[rows["reported_to"] <= rows["period_end"]]
    pairs = zip(rows["definition"], rows["delivered_definition"], strict=True)
    answers = pd.DataFrame([relation(*pair) for pair in pairs], rows.index, ["relation", "note"], dtype="str")
    rows = rows.join(answers)
    rank = rows["relation"].map(RANKS)
    measure = ["promise", "delivered_definition", "reported_unit"]
    reach = rows.groupby(measure, dropna=False)["reported_to"].transform("max")
    # A near measure over the whole period says more than the same one over a part of it.
    best = reach.where(rank <= 1).groupby(rows["promise"]).transform("max")
    outdone = (best == rows["period_end"]) & (reach < best)
    for better in (0, 1):
        best = reach.where(rank <= better).groupby(rows["promise"]).transform("max")
        outdone |= (rank > better) & (best >= reach)
    return rows[~outdone].drop(columns=["entity", "definition", "period_start", "period_end"])


def _measure(rows: pd.DataFrame, spans: pd.DataFrame) -> None:
    """Add to each report what it says of its promise: how far, how fast, and what remains."""
    pairs = zip(rows["reported_unit"], rows["unit"], rows["last_said_on"], strict=True)
    rates = pd.DataFrame([_conversion(*pair) for pair in pairs], rows.index, ["factor", "told"])
    quarter = rows[["entity", "delivered_definition", "reported_unit", "reported_to"]].copy()
    quarter["period_start"] = rows["reported_to"] + DAY - pd.DateOffset(months=3)
    rows["latest_quarter"] = quarter.merge(spans.rename(columns=_SPAN), "left")["value"] * rates["factor"]
    rows["delivered"] = rows["value"] * rates["factor"]
    rows["note"] += rates["told"] + ("; " + rows["twice"]).where(rows["twice"].ne(""), "")
    total, done = (
        rows[["period_start", end]].apply(lambda days: length(*days), axis=1)
        for end in ("period_end", "reported_to")
    )
    share = done / total
    rows["share_elapsed"], rows["quarters_left"] = share, (total - done.fillna(0)) * 4
    rows["delivered_vs_pace"] = rows["delivered"] / (middle(rows["last_low"], rows["last_high"]) * share) - 1
    for word in ("first", "last"):
        for part in (*INTERVAL, "bound"):
            rows[f"pace_{word}_{part}"] = rows[f"{word}_{part}"]
        low, high = rows[f"{word}_low"] * share, rows[f"{word}_high"] * share
        rows[f"pace_{word}_low"], rows[f"pace_{word}_high"] = low, high
        ahead = rows["delivered"] > high.where(high < np.inf, low) * (1 + PACE_TOLERANCE)
        # A cap asks for nothing, so that nobody is behind it.
        behind = rows["delivered"] < low * (1 - PACE_TOLERANCE)
        told = [rows["delivered"].isna(), ahead, behind]
        rows[f"standing_{word}"] = np.select(told, ["cannot be told", "ahead", "behind"], "on pace")
    rows["required_bound"], left = rows["last_bound"], rows["quarters_left"]
    for end in ("low", "high"):
        missing = rows[f"last_{end}"] - rows["delivered"].fillna(0)
        # What is passed already needs nothing more.
        passed = (missing < 0) & (missing > -np.inf)
        rows[f"required_{end}"] = (missing.mask(passed, 0) / left).where(left > 0)
        rows[f"required_{end}_closed"] = rows[f"last_{end}_closed"].eq(True) | passed
    both = zip(rows["confidence"], rows["delivered_confidence"], strict=True)
    rows["confidence"] = [worst(each) for each in both]


def _conversion(unit: str | float, to: str | float, on: pd.Timestamp) -> tuple[float, str]:
    """Return the factor from the reports' unit to the promise's, and what to say about it."""
    if unit == to or pd.isna(unit):
        return 1.0, ""
    with contextlib.suppress(CurrencyError):
        factor, fixed = rate(str(unit), str(to), on)
        return factor, f"; {unit} at {factor:.4f} {to}, the fixing of {fixed:%Y-%m-%d}"
    return np.nan, f"; no rate for {unit} against {to}"


def _close(rows: pd.DataFrame, reports: pd.DataFrame) -> pd.DataFrame:
    """Return what became of each promise by the last report of each measure."""
    delivered, how = rows["delivered"], rows["relation"]
    complete = rows["reported_to"].eq(rows["period_end"])
    for word, here in (("first", "verdict_here"), ("last", "here_last")):
        low, high = rows[f"{word}_floor"], rows[f"{word}_top"]
        above = (delivered > high) | (delivered.eq(high) & rows[f"{word}_high_closed"].eq(False))
        below = (delivered < low) | (delivered.eq(low) & rows[f"{word}_low_closed"].eq(False))
        # Outlays only add up: what is above before the end stays above, unless more was counted than promised.
        told = {
            "above": above & how.ne("wider"), "running": ~complete & rows["running"],
            "cannot be told": ~complete | delivered.isna() | how.eq("narrower") | (how.eq("wider") & ~below),
            "below": below,
        }  # fmt: skip
        rows[here] = np.select(list(told.values()), list(told), "within")
        low, high = (rows[f"{word}_{end}"].where(lambda e: e.abs() < np.inf) for end in ("low", "high"))
        nearest = delivered.clip(low.fillna(high), high.fillna(low))
        rows[f"distance_to_{word}"] = (delivered / nearest - 1).where(complete)
    # Nothing is needed any more for a promise whose time is over, or that was taken back.
    over = rows["withdrawn"].notna() | (~rows["running"] & rows["reported_to"].notna())
    rows[["required_low", "required_high"]] = rows[["required_low", "required_high"]].mask(over)
    measures = rows.groupby("promise")
    rows["verdict"] = measures["verdict_here"].transform(_joint)
    rows["verdict_last"] = measures["here_last"].transform(_joint)
    accounts = [_account(row, reports) for row in rows.itertuples()]
    rows[["report_ids", "arithmetic", "reason"]] = pd.DataFrame(accounts, rows.index, range(3), dtype="str")
    gap = rows["distance_to_first"].map(" ({:+.0%})".format).where(rows["distance_to_first"].notna(), "")
    each = rows["verdict_here"] + gap + " by '" + rows["delivered_definition"].fillna(_UNNAMED) + "'"
    torn = rows["verdict"].eq("depends on definition")
    every = each.astype("str").groupby(rows["promise"]).transform(", ".join).astype("str")
    rows["reason"] = rows["reason"].mask(torn, every + "; " + rows["reason"])
    return rows


def _joint(verdicts: pd.Series) -> str:
    """Return the verdict of all measures together."""
    decided = set(verdicts) - {"running", "cannot be told"}
    if len(decided) > 1:
        return "depends on definition"
    return decided.pop() if decided else "running" if "running" in set(verdicts) else "cannot be told"


def _account(row: Any, reports: pd.DataFrame) -> tuple[str | None, str | None, str]:
    """Return the names of the reports behind a delivery, their sum, and the reason for the verdict."""
    reasons, ids, arithmetic = [row.why], None, None
    if pd.notna(row.reported_to):
        cut = row.delivered_definition
        reasons = [f"measured by {_UNNAMED if pd.isna(cut) else repr(cut)}: {row.note}"]
        ids, arithmetic = row.report_ids, row.arithmetic
        if ";" not in row.reports:
            same = reports["definition"].eq(cut) | (reports["definition"].isna() & pd.isna(cut))
            same &= reports["entity"].eq(row.entity) & reports["unit"].eq(row.reported_unit)
            days = reports["period_start"].eq(row.period_start) & reports["period_end"].eq(row.reported_to)
            parts = settle(reports[same & ~days])
            parts = parts[parts["start"].eq(row.period_start) & parts["end"].eq(row.reported_to)]
            for part in parts.itertuples():
                ids, arithmetic = f"{ids};{part.report_ids}", part.arithmetic
                if abs(part.value - row.value) > part.half + row.half:
                    reasons.append(f"the parts add up to {part.value:,.0f}, the whole is {row.value:,.0f}")
        arithmetic = f"{arithmetic} billion {row.reported_unit}"
        if row.reported_to != row.period_end:
            reasons.append(f"reported to {row.reported_to:%Y-%m-%d} only")
        elif row.verdict_here == "cannot be told":
            reasons.append("a limit from one side does not decide")
        if row.verdict_here != row.here_last:
            reasons.append(f"{row.verdict_here} the first word, {row.here_last} the last")
        if row.clock.startswith("assumed"):
            reasons.append(f"the start of the clock is {row.clock}")
    if pd.notna(row.withdrawn):
        reasons.append(f"withdrawn on {row.withdrawn:%Y-%m-%d}")
    return ids, arithmetic, "; ".join(reasons)
