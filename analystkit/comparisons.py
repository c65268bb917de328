"""Facts -> side by side on one basis, as intervals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analystkit.currencies import rate
from analystkit.dossier import Dossier
from analystkit.errors import ComparisonError, CurrencyError
from analystkit.intervals import INTERVAL, hull, intersection, to_intervals
from analystkit.periods import common, dates_of, overlap, years_of
from analystkit.schemas import currencies, vocabulary

BASES = ("total", "per_year", "share_of_revenue")
COLUMNS = {
    "entity": "str", "value": "float64", "low": "float64", "high": "float64", "low_closed": "bool",
    "high_closed": "bool", "currency": "str", "basis": "str", "rate_date": "datetime64[us]", "claim_ids": "str",
    "caveats": "str", "reason": "str", "metric": "str", "modality": "str", "period": "str",
    "period_start": "datetime64[us]", "period_end": "datetime64[us]", "rate": "float64", "bound": "str",
}  # fmt: skip
_READ = [
    "claim_id", "document_id", "entity", "metric", "definition", "value", "unit", "bound", "period", "period_start",
    "period_end", "said_on", "modality", "status", "converts", "revises", "flags",
]  # fmt: skip
# Plans, estimates and reports are never put into one figure.
_KINDS = {"postponed": "planned", "completed": "reported"}
# Hedges, the most careful first: a bare figure beside a hedged one does not make it exact.
_CAREFUL = ["range", "more_than", "at_least", "less_than", "at_most", "approximately", "exact"]


def compare(
    dossier: Dossier,
    metric: str | list[str] | None = None,
    currency: str = "USD",
    basis: str = "per_year",
    on: str | pd.Timestamp | None = None,
) -> pd.DataFrame:
    """Return what each entity is said to invest, side by side on one basis, as intervals.

    Parameters
    ----------
    dossier
        Its accepted claims are compared; the others stay as rows with the reason why not.
    metric
        Metric words to compare; investment plans and capital expenditure when not given.
    currency
        ISO 4217 code of the result.
    basis
        ``total`` (as pledged), ``per_year`` (divided by the length of its period) or ``share_of_revenue``
        (per year, as a fraction of the last full year's revenue before the statement).
    on
        Day of the exchange rate; the day on which each claim was said when not given, else its document's.

    Returns
    -------
    pd.DataFrame
        One row an entity (more only where its statements are of different kinds, planned or reported, or of
        periods that do not meet), largest first: entity, value (the printed number converted; NaN for a
        range), low, high, low_closed, high_closed, currency, basis, rate_date, claim_ids, caveats, reason,
        metric, modality, period, period_start, period_end, rate (units of `currency` for one unit of the
        claim's; NaN for a share), bound (the most careful hedge among the claims that were used). A row with a reason
        has no figure. Several claims of one entity give the interval that all
        allow, else the smallest that holds them all, with the caveat "sources differ". A figure repeated
        without its hedge, or with one end of its range, does not narrow the hedged original; a restatement in
        another currency does not replace it.

    Raises
    ------
    ComparisonError
        When the metric, the currency or the basis is unknown.

    Examples
    --------
    >>> claims = pd.DataFrame({"claim_id": ["plan"], "document_id": "d", "entity": "Alibaba",
    ...     "metric": "investment_plan", "statement": "s", "value": 380e9, "unit": "CNY", "bound": "more_than",
    ...     "period": "P3Y", "said_on": "2025-02-24", "speaker": "Alibaba", "speaker_kind": "company",
    ...     "modality": "planned", "status": "accepted"})
    >>> row = compare(Dossier(claims=claims)).iloc[0]
    >>> f"more than {row['low'] / 1e9:.1f} bn, up to {row['high']}, closed: {row['low_closed']}"
    'more than 17.5 bn, up to inf, closed: False'
    """
    wanted = [metric] if isinstance(metric, str) else list(metric or ("investment_plan", "capex"))
    if unknown := [word for word in wanted if word not in vocabulary("metric")]:
        raise ComparisonError(
            f"no metric is called {unknown[0]!r}; the metrics are {', '.join(vocabulary('metric'))}."
        )
    if currency not in currencies():
        raise ComparisonError(f"{currency!r} is not an ISO 4217 currency code such as USD or CNY.")
    if basis not in BASES:
        raise ComparisonError(f"no basis is called {basis!r}; use one of {', '.join(BASES)}.")
    claims = _claims(dossier, wanted, on)
    excluded = claims["excluded"].notna()
    rows = [_row(claim, currency, basis, claim.excluded) for claim in claims[excluded].itertuples()]
    revenues = _revenues(dossier) if basis == "share_of_revenue" else {}
    for _, group in claims[~excluded].groupby(["entity", "kind"], sort=False):
        for cluster in _by_period([*group.itertuples()]):
            rows += _compared(cluster, revenues, currency, basis)
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)
    order = frame["value"].fillna(frame["low"].replace(-np.inf, np.nan)).fillna(frame["high"])
    ranked = frame.assign(_left_out=frame["reason"].notna(), _order=-order)
    ranked = ranked.sort_values(["_left_out", "_order", "entity"], kind="stable")
    return ranked[list(COLUMNS)].reset_index(drop=True)


def _claims(dossier: Dossier, metrics: list[str], on: str | pd.Timestamp | None) -> pd.DataFrame:
    """Return the claims with the interval and the days they speak of, and why some cannot be compared."""
    chosen = dossier.claims[dossier.claims["metric"].isin(metrics)]
    claims = chosen[_READ].join(to_intervals(chosen))
    claims["kind"] = claims["modality"].replace(_KINDS)
    year_ends = claims["entity"].map(dossier.entities.set_index("entity")["fiscal_year_end"])
    keys = list(zip(claims["period"], year_ends, claims["said_on"], strict=True))
    spans = {key: (*dates_of(*key), years_of(key[0])) for key in set(keys)}
    claims[["first_day", "last_day", "years"]] = pd.DataFrame(
        [spans[key] for key in keys], claims.index, ["first_day", "last_day", "years"]
    )
    stated = claims[["period_start", "period_end"]].notna().all(axis=1)
    for day, printed in (("first_day", "period_start"), ("last_day", "period_end")):
        claims[day] = claims[day].astype("datetime64[us]").mask(stated, claims[printed])
    # What is undated was said when its document was published, else when the event it reports was.
    documents = dossier.documents.set_index("document_id")[["published_at", "event_id"]]
    events = dossier.events.set_index("event_id")["published_at"]
    at_event = events.reindex(documents["event_id"]).set_axis(documents.index)
    published = documents["published_at"].fillna(at_event).dt.tz_localize(None).dt.normalize()
    claims["said"] = claims["said_on"].fillna(published.reindex(claims["document_id"]).set_axis(claims.index))
    claims["fixing"] = claims["said"] if on is None else _day(on)
    current = claims["status"].eq("accepted")
    rules = {
        "rejected in review": claims["status"].eq("rejected"),
        "not reviewed yet": claims["status"].eq("proposed"),
        "denied": claims["modality"].eq("denied"),
        "cancelled": claims["modality"].eq("cancelled"),
        "the printed figure lacks its scale word": claims["flags"].str.contains(
            r"(?:^|;)scale_missing(?:;|$)", na=False
        ),
        "no figure is given": claims["low"].isna(),
        "not an amount of money": ~claims["unit"].isin(currencies()),
        "replaced by a later statement": claims["claim_id"].isin(claims.loc[current, "revises"].dropna()),
    }
    return claims.assign(excluded=np.select([*rules.values()], [*rules], np.array(None)))


def _day(on: str | pd.Timestamp) -> pd.Timestamp:
    try:
        return pd.Timestamp(on).tz_localize(None).normalize()
    except ValueError:
        raise ComparisonError(f"{on!r} is no day for the exchange rate; write it like 2025-02-24.") from None


def _by_period(claims: list[Any]) -> list[list[Any]]:
    """Split claims into clusters of which every two periods meet; a claim without a period joins the first."""
    clusters: list[list[Any]] = []
    met: list[tuple[float, tuple[pd.Timestamp, pd.Timestamp]]] = []  # length and days that a cluster shares
    for claim in sorted(claims, key=lambda claim: not isinstance(claim.period, str)):
        # A fiscal year whose end is not known is told apart from others as the calendar year is.
        known = pd.notna(claim.first_day) or pd.notna(claim.last_day)
        days = (claim.first_day, claim.last_day) if known else dates_of(claim.period, "12-31")
        for n, (years, shared) in enumerate(met):
            alike = pd.isna(years) or pd.isna(claim.years) or years == claim.years
            if not isinstance(claim.period, str) or (alike and overlap(days, shared)):
                met[n] = (claim.years if pd.isna(years) else years, common(days, shared))
                clusters[n].append(claim)
                break
        else:
            clusters.append([claim])
            met.append((claim.years, days))
    return [sorted(cluster) for cluster in clusters]


def _compared(
    cluster: list[Any], revenues: dict[str, list[Any]], currency: str, basis: str
) -> list[dict[str, Any]]:
    """Return the row of claims that speak of one thing, and rows for those that cannot stand on the basis."""
    names, originals = {claim.claim_id for claim in cluster}, {claim.converts for claim in cluster}
    units = {claim.unit for claim in cluster if claim.claim_id in originals}
    # Where claims restate an amount in another currency at a rate of their own, the original's counts.
    others = [c for c in cluster if units and (c.unit not in units or c.converts in names)]
    own = [claim for claim in cluster if claim not in others]
    restated = ", ".join(dict.fromkeys(claim.unit for claim in others))
    restated += f" at a rate of the source's own ({', '.join(claim.claim_id for claim in others)})"
    kept, left_out, caveats = _converted(own, revenues, currency, basis)
    if others and kept:
        caveats.insert(0, f"restated in {restated}: not used")
    elif others:
        kept, more, caveats = _converted(others, revenues, currency, basis)
        left_out += more
        caveats.insert(0, f"as restated in {restated}")
    if not kept:
        return left_out
    used = [claim for claim, *_ in kept]
    definitions = list(dict.fromkeys(claim.definition for claim in used if isinstance(claim.definition, str)))
    if len(definitions) > 1:
        caveats.append(f"definitions differ: {', '.join(definitions)}")
    if (met := intersection(used)) is None:
        caveats.append("sources differ")
        met = hull(used)
    inside = [claim for claim in used if met[0] <= claim.value <= met[1]]
    dropped = {row["claim_ids"] for row in left_out}
    first, fixings, fixed = kept[0]
    row = _row(first, currency, basis) | {
        "value": min(inside, key=lambda claim: claim.high - claim.low).value if inside else np.nan,
        **dict(zip(INTERVAL, met, strict=True)),
        "rate_date": fixed,
        "claim_ids": ";".join(claim.claim_id for claim in cluster if claim.claim_id not in dropped),
        "caveats": "; ".join(dict.fromkeys(caveats)) or None,
        "metric": ";".join(dict.fromkeys(claim.metric for claim in used)),
        "period": ";".join(dict.fromkeys(c.period for c in used if isinstance(c.period, str))) or None,
        "rate": fixings,
        "bound": min((c.bound if isinstance(c.bound, str) else "exact" for c in used), key=_CAREFUL.index),
    }
    return [row, *left_out]


def _converted(
    claims: list[Any], revenues: dict[str, list[Any]], currency: str, basis: str
) -> tuple[list[tuple[Any, float, Any]], list[dict[str, Any]], list[str]]:
    """Return claims on the basis with rate and day of it, rows for those that cannot stand on it, and caveats."""
    kept, left_out, caveats = [], [], []
    hedged = [claim for claim in claims if claim.bound in _CAREFUL[:5]]
    ends = {(claim.unit, end) for claim in hedged for end in (claim.value, claim.low, claim.high)}
    # A bare figure that repeats a hedged one, or one end of a range, says no more than that.
    bare = {c.claim_id: c for c in claims if c.bound not in _CAREFUL[:5] and (c.unit, c.value) in ends}
    if bare:
        caveats.append(f"the hedge or range is kept although {', '.join(bare)} print one bare figure")
    for claim in claims:
        if claim.claim_id in bare:
            continue
        try:
            factor, fixings, fixed, notes = _factor(claim, revenues, currency, basis)
        except (ComparisonError, CurrencyError) as error:
            left_out.append(_row(claim, currency, basis, str(error)))
        else:
            amounts = {end: getattr(claim, end) * factor for end in ("value", "low", "high")}
            kept.append((claim._replace(**amounts), fixings, fixed))
            caveats += notes
    return kept, left_out, caveats


def _factor(
    claim: Any, revenues: dict[str, list[Any]], currency: str, basis: str
) -> tuple[float, float, Any, list[str]]:
    """Return what one unit of the claim is on the basis, the exchange rate, its day, and caveats."""
    notes, factor, fixed, known = [], 1.0, pd.NaT, isinstance(claim.period, str)
    if known and "FY" in claim.period:
        dated = pd.notna(claim.first_day)
        span = f"{claim.first_day:%Y-%m-%d} to {claim.last_day:%Y-%m-%d}" if dated else "of unknown dates"
        notes.append(f"{claim.period} is a fiscal year, {span}")
    if basis != "total":
        if pd.isna(claim.years):
            stated = f"{claim.period} has no stated length" if known else "no horizon is given"
            raise ComparisonError(f"{stated}, so there is no amount a year")
        factor /= claim.years
        if claim.years < 1:
            notes.append(f"{claim.period} is shorter than a year: scaled up to one")
    if basis == "share_of_revenue":
        revenue, words = _revenue(claim, revenues)
        return factor / revenue, np.nan, fixed, [*notes, words]
    if claim.unit == currency:
        return factor, 1.0, fixed, notes
    if pd.isna(claim.fixing):
        raise ComparisonError("no day is known for the exchange rate; give one with `on`")
    fixings, fixed = rate(claim.unit, currency, claim.fixing)
    if fixed != claim.fixing:
        notes.append(f"no fixing on {claim.fixing:%Y-%m-%d}: the rate of {fixed:%Y-%m-%d}")
    return factor * fixings, fixings, fixed, notes


def _revenues(dossier: Dossier) -> dict[str, list[Any]]:
    """Return each entity's revenue of full years, the last first."""
    reported = dossier.fundamentals
    reported = reported[(reported["metric"] == "revenue") & (reported["value"] > 0)]
    reported = reported[reported["period"].map(years_of) == 1].sort_values("period_end", ascending=False)
    return {str(entity): list(years.itertuples()) for entity, years in reported.groupby("entity")}


def _revenue(claim: Any, revenues: dict[str, list[Any]]) -> tuple[float, str]:
    """Return the last full year's revenue before the claim was said, in the claim's currency."""
    years = revenues.get(claim.entity, [])
    last = next((year for year in years if pd.isna(claim.said) or year.period_end < claim.said), None)
    if last is None:
        raise ComparisonError("no revenue of a full year before the statement is known")
    words = f"revenue of {last.period}: {last.value / 1e9:,.1f} bn {last.unit}"
    factor = 1.0 if last.unit == claim.unit else rate(last.unit, claim.unit, claim.fixing)[0]
    return last.value * factor, words


def _row(claim: Any, currency: str, basis: str, reason: str | None = None) -> dict[str, Any]:
    """Return what a row takes over from its first claim, without a figure."""
    return {
        "entity": claim.entity,
        "low_closed": False,
        "high_closed": False,
        "currency": None if basis == "share_of_revenue" else currency,
        "basis": basis,
        "claim_ids": claim.claim_id,
        "reason": reason,
        "metric": claim.metric,
        "modality": claim.kind,
        "period": claim.period,
        "period_start": claim.first_day,
        "period_end": claim.last_day,
    }
