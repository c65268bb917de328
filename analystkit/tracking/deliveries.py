"""Reported figures -> the amount of every span of days that they settle; which measure answers which.

Each report is a bridge between the day on which its period begins and the day after its end. An amount is the
cheapest way over the bridges; one that is crossed backwards is subtracted. So quarters add up to years, years to
date fall apart into quarters, and fiscal years become calendar years, all by one rule.
"""

from __future__ import annotations

import functools
import re
from typing import Any

import pandas as pd

from analystkit.intervals import half_units
from analystkit.periods import years_of
from analystkit.schemas.tables import read_words
from analystkit.tracking.evidence import CONFIDENCE, billions, report_ids, worst

DAY = pd.Timedelta(days=1)
# The better a measure answers, the lower its rank; a limit from one side is not an answer of its own.
RANKS = {"same": 0, "near": 1, "narrower": 2, "wider": 2, "unclear": 2}
# A pledge for a purpose is answered by reports of capital expenditure.
ANSWERED_BY = {"investment_plan": ["investment_plan", "capex"]}


def shaped(rows: pd.DataFrame, table: str) -> pd.DataFrame:
    """Return rows with the columns and types of one of the package's tables, by `words/tracking_columns.csv`.

    Examples
    --------
    >>> shaped(pd.DataFrame({"entity": ["Meta"], "odd": 1}), "spans").columns[:3].tolist()
    ['entity', 'definition', 'unit']
    """
    known = read_words("tracking_columns.csv")
    types = known[known["table"] == table].set_index("column")["type"].to_dict()
    frame = rows.reindex(columns=list(types)).reset_index(drop=True)
    flags = [column for column, kind in types.items() if kind == "bool"]
    return frame.assign(**{column: frame[column].eq(True) for column in flags}).astype(types)


def answering(fundamentals: pd.DataFrame, metrics: list[str]) -> pd.DataFrame:
    """Return the reported figures that answer promises of these metrics."""
    answers = [answer for metric in metrics for answer in ANSWERED_BY.get(metric, [metric])]
    return fundamentals[fundamentals["metric"].isin(answers)]


def settle(reports: pd.DataFrame) -> pd.DataFrame:
    """Return the amount of every span of days that the reports settle, by entity, measure and unit.

    Returns
    -------
    pd.DataFrame
        entity, definition, unit, first and last day, value, half a unit of its last digit, arithmetic in billions,
        codes of the periods, names of the figures (`report_ids`), the least certain confidence, and what two
        sources give differently. Of two reports of one period the restated, then the better supported one counts.

    Examples
    --------
    >>> reports = pd.DataFrame({"entity": "Meta", "definition": "cash", "unit": "USD", "period": ["Q1", "H1"],
    ...     "period_start": pd.Timestamp("2025-01-01"), "period_end": pd.to_datetime(["2025-03-31", "2025-06-30"]),
    ...     "value": [13e9, 30e9], "confidence": "certain", "accession": "a", "metric": "capex", "how": "reported"})
    >>> settle(reports.assign(source_url="u"))["arithmetic"].tolist()
    ['13', '30', '30 - 13 = 17']
    """
    half = half_units(reports[["value"]])
    sized = reports.assign(half=half.to_numpy(), report_id=report_ids(reports).to_numpy())
    measure = ["entity", "definition", "unit"]
    twice = sized.groupby([*measure, "period_start", "period_end"], dropna=False)
    least, most, room = (
        twice["value"].transform("min"),
        twice["value"].transform("max"),
        twice["half"].transform("max"),
    )
    sized["note"] = [
        f"{period} is printed as {billions(low)} and as {billions(high)}" if high - low > width else ""
        for period, low, high, width in zip(sized["period"], least, most, room, strict=True)
    ]
    found = []
    for key, group in sized.groupby(measure, dropna=False, sort=False):
        for start in sorted({*group["period_start"], *(group["period_end"] + DAY)}):
            ways = _ways(group, start)
            found += [(*key, start, day - DAY, *_add(ways[day])) for day in sorted(ways) if day > start]
    names = [
        "entity",
        "definition",
        "unit",
        "start",
        "end",
        "value",
        "half",
        "arithmetic",
        "reports",
        "report_ids",
    ]
    return shaped(pd.DataFrame(found, columns=[*names, "confidence", "note"]), "spans")


def _ways(reports: pd.DataFrame, start: pd.Timestamp) -> dict[pd.Timestamp, list[tuple[int, Any]]]:
    """Return the cheapest way from a day to each other day: few reports, additions, well-supported figures."""
    bridges = []
    for row in reports.itertuples():
        doubt = CONFIDENCE.index(row.confidence) / 100 - ("restated" in row.how) / 20
        # Four quarters that add up are a plainer account than a year less one quarter.
        bridges.append((row.period_start, row.period_end + DAY, 1 + doubt, (1, row)))
        bridges.append((row.period_end + DAY, row.period_start, 4 + doubt, (-1, row)))
    cost: dict[pd.Timestamp, float] = {start: 0.0}
    ways: dict[pd.Timestamp, list[tuple[int, Any]]] = {start: []}
    cheaper = True
    while cheaper:
        cheaper = False
        for here, there, toll, step in bridges:
            if here in ways and cost[here] + toll < cost.get(there, float("inf")) - 1e-9:
                cost[there], ways[there], cheaper = cost[here] + toll, [*ways[here], step], True
    return ways


def _add(way: list[tuple[int, Any]]) -> tuple[float | str, ...]:
    value = float(sum(sign * row.value for sign, row in way))
    way = sorted(way, key=lambda step: -step[0])
    terms = " ".join(("+ " if sign > 0 else "- ") + billions(row.value) for sign, row in way)[2:]
    rows = [row for _, row in way]
    joined = [";".join(getattr(row, name) for row in rows) for name in ("period", "report_id")]
    return (
        value, float(sum(row.half for row in rows)), terms + (f" = {billions(value)}" if len(way) > 1 else ""),
        *joined, worst(row.confidence for row in rows), "; ".join(filter(None, (row.note for row in rows))),
    )  # fmt: skip


def relation(guided: str | float, reported: str | float) -> tuple[str, str]:
    """Return how a reported measure answers a guided one, and why, by `words/tracking_definitions.csv`.

    Parameters
    ----------
    guided, reported
        The `definition` of a claim and of a reported figure; missing where none is stated.

    Returns
    -------
    tuple of str
        same, near, narrower (a lower limit), wider (an upper limit) or unclear; and the reason.

    Examples
    --------
    >>> relation("including finance leases", "cash purchases of property and equipment")[0]
    'narrower'
    >>> relation("AI-enabled data centres", "including finance leases")[0]
    'unclear'
    """
    return _relation(*("" if pd.isna(each) else str(each).casefold() for each in (guided, reported)))


@functools.cache
def _relation(guided: str, reported: str) -> tuple[str, str]:
    if guided == reported:
        return "same", "measured as guided" if guided else "neither side says how it is measured"
    if not guided or not reported:
        return "unclear", f"the {'report' if guided else 'guidance'} does not say how it is measured"
    for rule in read_words("tracking_definitions.csv").itertuples():
        if re.search(rule.guided, guided) and re.search(rule.reported, reported):
            return str(rule.relation), str(rule.reason)
    return "unclear", "no rule says how the two measures stand to each other"


def length(start: pd.Timestamp, end: pd.Timestamp) -> float:
    """Return the years from the first day of a span to its last, whole months counted as twelfths.

    Examples
    --------
    >>> length(pd.Timestamp("2025-01-01"), pd.Timestamp("2025-09-30"))
    0.75
    """
    return years_of(f"{start!s:.10}/{end!s:.10}")
