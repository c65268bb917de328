"""A printed number -> the readings that it can be, by arithmetic from reported figures and from guidance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analystkit.dossier import Dossier
from analystkit.intervals import half_units
from analystkit.periods import dates_of
from analystkit.schemas import currencies
from analystkit.tracking.deliveries import DAY, answering, length, settle, shaped
from analystkit.tracking.evidence import billions, sources_of, worst
from analystkit.tracking.promises import revisions

_LONGEST = 5.0
# What a number must be multiplied with when its scale was lost or is too many.
_SLIPS = {1.0: ""}
_SLIPS |= {
    10.0**n: f'printed without "{word}"' for n, word in ((3, "thousand"), (6, "million"), (9, "billion"))
}
_SLIPS |= {1 / f: slip.replace("without", "with") + " too many" for f, slip in _SLIPS.items() if slip}


def referee(
    value: float,
    unit: str,
    entity: str,
    dossier: Dossier,
    period: str | None = None,
    tolerance: float | None = None,
    metric: str = "capex",
) -> pd.DataFrame:
    """Return what a printed number can be: which measure, period, end of a range, or slip of scale or currency.

    Parameters
    ----------
    value, unit
        The number in base units, and its unit.
    entity
        Whose number; of several joined by semicolons the guidance is added up.
    dossier
        Its fundamentals and accepted guidance are the evidence.
    period
        What it was printed for; readings of it come first, and "a year before" is said against it.
    tolerance
        How far off a reading may be, in `unit`; half a unit of the last printed digit when not given.
    metric
        What is measured.

    Returns
    -------
    pd.DataFrame
        One row for each reading that fits, the likeliest first: reading (quarter, year to date, fiscal year,
        calendar year, quarters in a row, low or high end of guidance, their sums), period, its first and last
        day, definition, value and unit, slip ("" or what went wrong in print), distance (a fraction),
        arithmetic in billions, confidence, source_ids (names of the reported figures and of the claims) and
        sources. Empty when nothing fits.

    Examples
    --------
    >>> reports = pd.DataFrame({"entity": "Meta", "metric": "capex", "period": ["2025-Q1", "2025-Q2"],
    ...     "period_start": ["2025-01-01", "2025-04-01"], "period_end": ["2025-03-31", "2025-06-30"],
    ...     "value": [13e9, 17e9], "unit": "USD", "how": "reported", "confidence": "certain",
    ...     "source_title": "t", "source_url": "u"})
    >>> referee(30e9, "USD", "Meta", Dossier(fundamentals=reports))[["reading", "arithmetic"]].values.tolist()
    [['year to date', '13 + 17 = 30']]
    >>> referee(17, "USD", "Meta", Dossier(fundamentals=reports))["slip"].tolist()
    ['printed without "billion"']
    """
    half = half_units(pd.DataFrame({"value": [value]})).item() if tolerance is None else tolerance
    entities = [name.strip() for name in entity.split(";")]
    year_end = dossier.entities.set_index("entity")["fiscal_year_end"].get(entities[0])
    reports = answering(dossier.fundamentals, [metric])
    spans = settle(reports[reports["entity"] == entity])
    rows = _guided(revisions(dossier, [metric]), entities, year_end) + _reported(spans, year_end)
    known = pd.DataFrame(rows)
    known = shaped(known, "readings").assign(half=known.get("half"))
    foreign = known["unit"].ne(unit) & known["unit"].isin(currencies()) & (unit in currencies())
    found = []
    for factor, slip in _SLIPS.items():
        room = half * factor + known["half"] + 1e-9 * known["value"].abs()
        fits = (known["value"] - value * factor).abs() <= room
        fits &= known["unit"].eq(unit) | (foreign & (slip == ""))
        found.append(known[fits].assign(slip=slip, factor=factor))
    frame = pd.concat(found)
    frame = frame[~frame.index.duplicated()].sort_index()
    frame["distance"] = value * frame["factor"] / frame["value"] - 1
    frame["slip"] = frame["slip"].mask(foreign, "an amount in " + frame["unit"] + f" printed as {unit}")
    frame = frame.drop_duplicates(["reading", "period", "definition", "value", "slip"])
    first, last = dates_of(period or np.nan, year_end)
    year = pd.DateOffset(years=1)
    here = frame["period_start"].eq(first) & frame["period_end"].eq(last) | frame["period"].eq(period)
    before = frame["period_start"].eq(first - year) & frame["period_end"].eq(last + DAY - year - DAY)
    frame["reading"] += before.map({True: ", a year before", False: ""})
    order = frame.assign(slip=frame["slip"] != "", order=before + 2 * here, far=frame["distance"].abs())
    order = order.sort_values(["slip", "order", "far"], ascending=[True, False, True], kind="stable")
    frame["sources"] = sources_of(frame["source_ids"], reports)
    return shaped(frame.loc[order.index], "readings")


def together(words: pd.DataFrame) -> dict[str, Any]:
    """Return one statement of guidance, or the sum of several, with its lower and upper end in words."""
    total = words.iloc[0].to_dict() | {"confidence": worst(words["confidence"])}
    total |= {"definition": ", ".join(words["definition"].dropna().unique())}
    total |= {"claim_id": ";".join(words["claim_id"])}
    for end in ("printed_low", "printed_high"):
        total[end] = float(words[end].sum())
        terms = " + ".join(map(billions, words[end]))
        total[f"{end}_is"] = terms if len(words) == 1 else f"{terms} = {billions(total[end])}"
    return total


def _guided(stated: pd.DataFrame, entities: list[str], year_end: Any) -> list[dict[str, Any]]:
    """Return the ends of each statement of guidance, or for several entities of the sum of their last ones."""
    own = stated[stated["counts"] & stated["entity"].isin(entities)]
    groups = [own.iloc[[row]] for row in range(len(own))]
    if len(entities) > 1:
        last = own.drop_duplicates(["entity", "period"], keep="last")
        groups = [group for _, group in last.groupby("period", sort=False)]
        groups = [g for g in groups if len(g) == len(entities) and g["unit"].nunique() == 1]
    found = []
    for said in map(together, groups):
        point = said["printed_low"] == said["printed_high"]
        start, end = dates_of(said["period"], year_end)
        for side in ("high",) if point else ("low", "high"):
            if np.isfinite(said[f"printed_{side}"]):
                name = "guidance" if point else f"{side} end of guidance"
                found.append(said | {
                    "reading": name if len(entities) == 1 else f"sum of: {name}", "half": 0.0,
                    "value": said[f"printed_{side}"], "arithmetic": said[f"printed_{side}_is"],
                    "period_start": start, "period_end": end, "source_ids": said["claim_id"],
                })  # fmt: skip
    return found


def _reported(spans: pd.DataFrame, year_end: Any) -> list[dict[str, Any]]:
    """Return what was reported for every span of days, with its name."""
    found = []
    for row in spans.to_dict("records"):
        if length(row["start"], row["end"]) <= _LONGEST:
            reading, period = name_of(row["start"], row["end"], year_end)
            days = {"period_start": row["start"], "period_end": row["end"]}
            found.append(row | days | {"reading": reading, "period": period, "source_ids": row["report_ids"]})
    return found


def name_of(start: pd.Timestamp, end: pd.Timestamp, year_end: Any) -> tuple[str, str]:
    """Return what a span is called (quarter, fiscal year, ...) and its code.

    Examples
    --------
    >>> name_of(pd.Timestamp("2024-07-01"), pd.Timestamp("2025-06-30"), "06-30")
    ('fiscal year', 'FY2025')
    >>> name_of(pd.Timestamp("2025-01-01"), pd.Timestamp("2025-06-30"), "12-31")
    ('year to date', '2025-Q1/2025-Q2')
    """
    quarters = length(start, end) * 4
    if quarters % 1 or start.day != 1 or start.month % 3 != 1:
        return "span of days", f"{start:%Y-%m-%d}/{end:%Y-%m-%d}"
    code = "/".join(dict.fromkeys(f"{day.year}-Q{day.quarter}" for day in (start, end)))
    fiscal_month = int(year_end[:2]) % 12 + 1 if isinstance(year_end, str) else 1
    if quarters == 4 and start.month == 1:
        return "calendar year", str(start.year)
    if quarters == 4 and start.month == fiscal_month:
        return "fiscal year", f"FY{end.year}"
    if quarters == 1:
        return "quarter", code
    if quarters < 4 and start.month in (1, fiscal_month):
        return "year to date", code
    return f"{quarters:.0f} quarters in a row", code
