"""A promise and the reports that answer it -> pace so far, required run-rate, verdict."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import pandas as pd

from analystkit.currencies import rate
from analystkit.dossier import Dossier
from analystkit.errors import CurrencyError
from analystkit.periods import dates_of
from analystkit.tracking.deliveries import DAY, RANKS, columns_of, length, relation, settle, worst
from analystkit.tracking.promises import PROMISE, nearest

# Spending is not spread evenly over a year: what lies this near to the straight line is on it.
PACE_TOLERANCE = 0.02
_WORD = {"word": "printed", "low": "printed_low", "high": "printed_high", "said_on": "said_on"}
_Words = tuple[Any, Any]


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
    year_ends = dossier.entities.set_index("entity")["fiscal_year_end"]
    spans = settle(reports)
    progress, outcome = [pd.DataFrame(columns=columns_of("progress"))], []
    for (entity, _, definition, period), chain in stated.groupby(PROMISE, dropna=False, sort=False):
        head = {"entity": entity, "definition": definition, "period": period, "clock": ""}
        said = chain[chain["counts"]]
        if said.empty:
            head |= {"claim_ids": ";".join(chain["claim_id"]), "confidence": worst(chain["confidence"])}
            outcome += _judged([head | {"reason": "no figure was given"}])
            continue
        said = said[said["unit"] == said["unit"].iloc[-1]]
        words = said.iloc[0], said.iloc[-1]
        for name, word in zip(("first", "last"), words, strict=True):
            head |= {f"{name}_{part}": word[column] for part, column in _WORD.items()}
        head |= {"claim_ids": ";".join(dict.fromkeys(word["claim_id"] for word in words))}
        head |= {"unit": words[1]["unit"], "confidence": worst(word["confidence"] for word in words)}
        own = reports[reports["entity"] == entity]
        for clock, start, end in _clocks(chain, words[0], year_ends.get(entity), starts):
            row = head | {"clock": clock, "period_start": start, "period_end": end}
            running = end > own["period_end"].max()
            answers = _answers(row, spans)
            if answers.empty:
                outcome += _judged([_unanswered(row, running)])
                continue
            steps = _steps(row, words[1], answers, spans)
            progress.append(steps)
            latest = steps[steps["latest"]].to_dict("records")
            outcome += _judged([_close(row | step, words, own, running) for step in latest])
    frames = pd.concat(progress[1:] or progress), pd.DataFrame(outcome, columns=columns_of("outcome"))
    for frame in frames:
        days = frame.columns[frame.columns.str.contains("period_|reported_to|said_on")]
        frame[days] = frame[days].astype("datetime64[us]")
    return frames[0][columns_of("progress")].reset_index(drop=True), frames[1]


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


def _answers(head: dict[str, Any], spans: pd.DataFrame) -> pd.DataFrame:
    """Return what was reported from the first day on, without measures that another outdoes in kind and reach."""
    rows = spans[(spans["entity"] == head["entity"]) & (spans["start"] == head["period_start"])]
    rows = rows[rows["end"] <= head["period_end"]]
    answers = [relation(head["definition"], definition) for definition in rows["definition"]]
    rows = rows.assign(relation=[how for how, _ in answers], note=[why for _, why in answers])
    rank = rows["relation"].map(RANKS)
    reach = rows.groupby(["definition", "unit"], dropna=False)["end"].transform("max")
    better = [((rank < r) & (reach >= day)).any() for r, day in zip(rank, reach, strict=True)]
    # A near measure over the whole period says more than the same one over a part of it.
    whole = ((rank <= 1) & (reach == head["period_end"])).any()
    outdone = np.array(better, bool) | (whole & (reach < head["period_end"]))
    return rows[~outdone].reset_index(drop=True)


def _steps(head: dict[str, Any], last: pd.Series, rows: pd.DataFrame, spans: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `.progress` for one promise and start of the clock, one for each day reported to."""
    factor, converted = map(np.array, zip(*(_conversion(unit, last) for unit in rows["unit"]), strict=True))
    key = ["entity", "definition", "unit", "start", "end"]
    quarter = rows[key].assign(start=rows["end"] + DAY - pd.DateOffset(months=3))
    quarter = quarter.merge(spans[[*key, "value"]], how="left", on=key)["value"]
    total = length(head["period_start"], head["period_end"])
    done = rows["end"].map(lambda day: length(head["period_start"], day))
    share, left, delivered = done / total, (total - done) * 4, rows["value"] * factor
    ends = nearest(head["last_low"], head["last_high"])
    rows = rows.rename(
        columns={"definition": "delivered_definition", "unit": "reported_unit", "end": "reported_to"}
    ).assign(
        **{name: head[name] for name in ("definition", "period", "clock", "period_start", "period_end")},
        unit=head["unit"], claim_ids=head["claim_ids"], note=rows["note"] + converted,
        delivered_so_far=delivered, latest_quarter=quarter * factor, share_elapsed=share,
        delivered_vs_pace=delivered / (np.mean(ends) * share) - 1, quarters_left=left,
        latest=~rows.duplicated(["definition", "unit"], keep="last"),
        confidence=[worst([head["confidence"], word]) for word in rows["confidence"]],
    )  # fmt: skip
    for word in ("first", "last"):
        low, high = head[f"{word}_low"] * share, head[f"{word}_high"] * share
        rows[f"pace_{word}_low"], rows[f"pace_{word}_high"] = low, high
        rows[f"standing_{word}"] = _standing(delivered, low, high)
    for end in ("low", "high"):
        wanted = head[f"last_{end}"]
        missing = (wanted - delivered).clip(lower=0) if np.isfinite(wanted) else wanted
        rows[f"required_{end}"] = (missing / left).where(left > 0)
    return rows


def _conversion(unit: str, last: pd.Series) -> tuple[float, str]:
    """Return the factor from the reports' unit to the promise's, and what to say about it."""
    if unit == last["unit"]:
        return 1.0, ""
    with contextlib.suppress(CurrencyError):
        factor, fixed = rate(unit, last["unit"], last["said_on"])
        return factor, f"; {unit} at {factor:.4f} {last['unit']}, the fixing of {fixed:%Y-%m-%d}"
    return np.nan, f"; no rate for {unit} against {last['unit']}"


def _standing(delivered: pd.Series, low: pd.Series, high: pd.Series) -> np.ndarray:
    """Return whether the reports run ahead of, behind or on the straight line to the promise."""
    low, high = low.where(np.isfinite(low), high), high.where(np.isfinite(high), low)
    ahead, behind = delivered > high * (1 + PACE_TOLERANCE), delivered < low * (1 - PACE_TOLERANCE)
    return np.select([delivered.isna(), ahead, behind], ["cannot be told", "ahead", "behind"], "on pace")


def _unanswered(head: dict[str, Any], running: bool) -> dict[str, Any]:
    """Return the row of `.outcome` for a promise that no report answers."""
    if pd.isna(head["period_start"]):
        why = "the dates of the period are not settled: give `starts`, or the entity's fiscal_year_end"
        return head | {"reason": why}
    here = "running" if running else "cannot be told"
    left = length(head["period_start"], head["period_end"]) * 4
    need = {f"required_{end}": head[f"last_{end}"] / left for end in ("low", "high")}
    told = {"verdict_here": here, "here_last": here, "reason": "no report lies within the period"}
    return head | need | told | {"quarters_left": left}


def _close(row: dict[str, Any], words: _Words, reports: pd.DataFrame, running: bool) -> dict[str, Any]:
    """Return the row of `.outcome` for the last row of `.progress` by one measure."""
    delivered, complete = row["delivered_so_far"], row["reported_to"] == row["period_end"]
    here, last = (_verdict(delivered, word, row["relation"], complete, running) for word in words)
    cut = row["delivered_definition"]
    named = repr(cut) if isinstance(cut, str) else "reports without a definition"
    reasons = [f"measured by {named}: {row['note']}"]
    sources, arithmetic = row["sources"], row["arithmetic"]
    if ";" not in row["reports"]:
        same = reports["definition"].eq(cut) | (reports["definition"].isna() & pd.isna(cut))
        days = (row["start"], row["reported_to"])
        whole = reports["period_start"].eq(days[0]) & reports["period_end"].eq(days[1])
        parts = settle(reports[same & ~whole & reports["unit"].eq(row["reported_unit"])])
        for part in parts[parts["start"].eq(days[0]) & parts["end"].eq(days[1])].itertuples():
            sources, arithmetic = f"{sources};{part.sources}", part.arithmetic
            if abs(part.value - row["value"]) > part.half + row["half"]:
                reasons.append(f"the parts add up to {part.value:,.0f}, the whole is {row['value']:,.0f}")
    if not complete:
        reasons.append(f"reported to {row['reported_to']:%Y-%m-%d} only")
    elif here == "cannot be told":
        reasons.append("a limit from one side does not decide")
    if here != last:
        reasons.append(f"{here} the first word, {last} the last")
    if row["clock"].startswith("assumed"):
        reasons.append(f"the start of the clock is {row['clock']}")
    distances = [_distance(delivered, word) if complete else np.nan for word in words]
    return row | {
        "delivered": delivered, "distance_to_first": distances[0], "distance_to_last": distances[1],
        "verdict_here": here, "here_last": last, "reason": "; ".join(reasons),
        "arithmetic": f"{arithmetic} billion {row['reported_unit']}",
        "sources": ";".join(dict.fromkeys(sources.split(";"))),
    }  # fmt: skip


def _verdict(delivered: float, word: pd.Series, how: str, complete: bool, running: bool) -> str:
    """Return where the delivery lies against one word, as far as this measure can tell."""
    above = delivered > word["high"] or (delivered == word["high"] and not word["high_closed"])
    below = delivered < word["low"] or (delivered == word["low"] and not word["low_closed"])
    # Outlays only add up: what is above before the end stays above, unless more was counted than promised.
    if above and how != "wider":
        return "above"
    if not complete:
        return "running" if running else "cannot be told"
    if np.isnan(delivered) or how == "narrower" or (how == "wider" and not below):
        return "cannot be told"
    return "below" if below else "within"


def _judged(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the outcomes of one promise with the verdict of all measures together."""
    joint = {}
    for column, here in (("verdict", "verdict_here"), ("verdict_last", "here_last")):
        each = {row.get(here, "cannot be told") for row in rows}
        decided = each - {"running", "cannot be told"}
        joint[column] = "running" if "running" in each else "cannot be told"
        if decided:
            joint[column] = decided.pop() if len(decided) == 1 else "depends on definition"
    if joint["verdict"] == "depends on definition":
        found = [(r["verdict_here"], r["distance_to_first"], r["delivered_definition"]) for r in rows]
        said = ", ".join(f"{verdict} ({distance:+.0%}) by {cut!r}" for verdict, distance, cut in found)
        rows = [row | {"reason": f"{said}; {row['reason']}"} for row in rows]
    return [row | joint for row in rows]


def _distance(delivered: float, word: pd.Series) -> float:
    """Return delivered over the nearest printed end, less one; 0 inside a range."""
    ends = nearest(word["printed_low"], word["printed_high"])
    if min(ends) < delivered < max(ends):
        return 0.0
    return delivered / min(ends, key=lambda end: abs(end - delivered)) - 1
