"""Facts -> side by side on one basis, as intervals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analystkit.currencies import rate
from analystkit.dossier import Dossier
from analystkit.errors import ComparisonError, CurrencyError
from analystkit.intervals import INTERVAL, hull, intersection, scaled, to_intervals
from analystkit.periods import dates_of, overlap, years_of
from analystkit.schemas import currencies, vocabulary

BASES = ("total", "per_year", "share_of_revenue")
COLUMNS = {
    "entity": "str", "value": "float64", "low": "float64", "high": "float64", "low_closed": "bool",
    "high_closed": "bool", "currency": "str", "basis": "str", "rate_date": "datetime64[us]", "claim_ids": "str",
    "caveats": "str", "reason": "str", "metric": "str", "modality": "str", "period": "str",
    "period_start": "datetime64[us]", "period_end": "datetime64[us]", "rate": "float64", "bound": "str",
}  # fmt: skip
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
        claim's), bound (the most careful hedge among the claims that were used). A row with a reason
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
    _raise_for_words(wanted, currency, basis)
    claims = dossier.claims[dossier.claims["metric"].isin(wanted)].reset_index(drop=True)
    claims = claims.join(to_intervals(claims).add_prefix("said_")).join(_resolved_periods(claims, dossier))
    claims["kind"] = claims["modality"].replace(_KINDS)
    claims["excluded"] = _exclusions(claims)
    claims["day"] = _days(claims, dossier, on)
    usable = claims[claims["excluded"].isna()]
    rows = [_left_out(claim, claim.excluded, currency, basis) for claim in _excluded(claims)]
    for _, group in usable.groupby(["entity", "kind"], sort=False):
        for cluster in _by_period(group):
            rows += _compared(cluster, dossier, currency, basis)
    if not rows:
        return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in COLUMNS.items()})
    frame = pd.DataFrame(rows).reindex(columns=list(COLUMNS)).astype(COLUMNS)
    order = frame["value"].fillna(frame["low"].replace(-np.inf, np.nan)).fillna(frame["high"])
    ranked = frame.assign(_left_out=frame["reason"].notna(), _order=-order)
    ranked = ranked.sort_values(["_left_out", "_order", "entity"], kind="stable")
    return ranked[list(COLUMNS)].reset_index(drop=True)


def _raise_for_words(metrics: list[str], currency: str, basis: str) -> None:
    unknown = [word for word in metrics if word not in vocabulary("metric")]
    if unknown:
        raise ComparisonError(
            f"no metric is called {unknown[0]!r}; the metrics are {', '.join(vocabulary('metric'))}."
        )
    if currency not in currencies():
        raise ComparisonError(f"{currency!r} is not an ISO 4217 currency code such as USD or CNY.")
    if basis not in BASES:
        raise ComparisonError(f"no basis is called {basis!r}; use one of {', '.join(BASES)}.")


def _resolved_periods(claims: pd.DataFrame, dossier: Dossier) -> pd.DataFrame:
    year_ends = dossier.entities.set_index("entity")["fiscal_year_end"]
    spans = [
        (stated_start, stated_end)
        if pd.notna(stated_start) and pd.notna(stated_end)
        else dates_of(period, year_ends.get(entity), said_on)
        for entity, period, stated_start, stated_end, said_on in claims[
            ["entity", "period", "period_start", "period_end", "said_on"]
        ].itertuples(index=False)
    ]
    frame = pd.DataFrame(spans, columns=["first_day", "last_day"], index=claims.index)
    frame["years"] = [years_of(period) for period in claims["period"]]
    return frame.astype({"first_day": "datetime64[us]", "last_day": "datetime64[us]"})


def _exclusions(claims: pd.DataFrame) -> pd.Series:
    """Return why a claim cannot be compared, missing where it can."""
    flags = claims["flags"].fillna("").str.split(";")
    money = claims["unit"].isin(currencies())
    revised = set(claims.loc[claims["status"] == "accepted", "revises"].dropna())
    rules = [
        (claims["status"] == "rejected", "rejected in review"),
        (claims["status"] == "proposed", "not reviewed yet"),
        (claims["modality"] == "denied", "denied"),
        (claims["modality"] == "cancelled", "cancelled"),
        (flags.map(lambda f: "scale_missing" in f), "the printed figure lacks its scale word"),
        (claims["said_low"].isna(), "no figure is given"),
        (~money, "not an amount of money"),
        (claims["claim_id"].isin(revised), "replaced by a later statement"),
    ]
    reason = pd.Series(pd.NA, claims.index, dtype="str")
    for where, words in reversed(rules):
        reason = reason.mask(where, words)
    return reason


def _excluded(claims: pd.DataFrame) -> Any:
    return claims[claims["excluded"].notna()].itertuples()


def _days(claims: pd.DataFrame, dossier: Dossier, on: str | pd.Timestamp | None) -> pd.Series:
    """Return the day of the exchange rate: `on`, else said_on, else the document's, else its event's day."""
    if on is not None:
        return pd.Series(pd.Timestamp(on).normalize(), claims.index, dtype="datetime64[us]")
    events = dossier.events[["event_id", "published_at"]].rename(columns={"published_at": "event_at"})
    documents = dossier.documents[["document_id", "published_at", "event_id"]].merge(
        events, on="event_id", how="left", validate="many_to_one"
    )
    dated = claims[["document_id"]].merge(documents, on="document_id", how="left", validate="many_to_one")
    moments = dated["published_at"].fillna(dated["event_at"]).dt.tz_localize(None).dt.normalize()
    return claims["said_on"].fillna(moments).astype("datetime64[us]")


def _by_period(group: pd.DataFrame) -> list[pd.DataFrame]:
    """Split claims into clusters whose periods meet; a claim without a period joins the first."""
    clusters: list[list[Any]] = []
    ordered = group.assign(_undated=group["period"].isna()).sort_values("_undated", kind="stable")
    for claim in ordered.itertuples():
        for cluster in clusters:
            if pd.isna(claim.period) or any(_same_period(claim, other) for other in cluster):
                cluster.append(claim)
                break
        else:
            clusters.append([claim])
    return [group.loc[sorted(claim.Index for claim in cluster)] for cluster in clusters]


def _same_period(one: Any, other: Any) -> bool:
    if one.period == other.period:
        return True
    if one.years != other.years and not (pd.isna(one.years) or pd.isna(other.years)):
        return False
    return overlap((one.first_day, one.last_day), (other.first_day, other.last_day))


def _compared(cluster: pd.DataFrame, dossier: Dossier, currency: str, basis: str) -> list[dict[str, Any]]:
    caveats: list[str] = []
    used = _careful(_in_own_currency(cluster, caveats), caveats)
    kept, left_out = [], []
    for claim in used.itertuples():
        try:
            factor, fixed, notes = _factor(claim, dossier, currency, basis)
        except (ComparisonError, CurrencyError) as error:
            left_out.append(_left_out(claim, str(error), currency, basis))
        else:
            kept.append((claim, factor, fixed))
            caveats += notes
    if not kept:
        return left_out
    index = [claim.Index for claim, _, _ in kept]
    factors = pd.Series([factor for _, factor, _ in kept], index)
    said = used.loc[index, [f"said_{name}" for name in INTERVAL]]
    intervals = scaled(said.set_axis(INTERVAL, axis=1), factors)
    met = intersection(intervals)
    if met is None:
        caveats.append("sources differ")
        met = hull(intervals)
    values = (used.loc[index, "value"] * factors)[lambda v: v.between(met["low"], met["high"])]
    narrow = (intervals["high"] - intervals["low"]).loc[values.index]
    first, factor, fixed = kept[0]
    dropped = {row["claim_ids"] for row in left_out}
    row = {
        "entity": first.entity,
        "value": values[narrow.idxmin()] if values.notna().any() and narrow.notna().any() else np.nan,
        **met.to_dict(),
        "currency": None if basis == "share_of_revenue" else currency,
        "basis": basis,
        "rate_date": fixed,
        "claim_ids": ";".join(c for c in cluster["claim_id"] if c not in dropped),
        "caveats": "; ".join(dict.fromkeys(caveats)) or None,
        "metric": ";".join(dict.fromkeys(used.loc[index, "metric"])),
        "modality": first.kind,
        "period": ";".join(dict.fromkeys(used.loc[index, "period"].dropna())) or None,
        "period_start": first.first_day,
        "period_end": first.last_day,
        "rate": rate(first.unit, currency, first.day)[0] if first.unit != currency else 1.0,
        "bound": min(used.loc[index, "bound"].fillna("exact"), key=_CAREFUL.index),
    }
    return [row, *left_out]


def _in_own_currency(cluster: pd.DataFrame, caveats: list[str]) -> pd.DataFrame:
    """Keep the currency of the original where other claims restate it in another at a rate of their own."""
    restated = cluster["converts"].isin(cluster["claim_id"])
    if not restated.any():
        return cluster
    originals = cluster["claim_id"].isin(cluster["converts"].dropna())
    own = cluster["unit"].isin(cluster.loc[originals, "unit"]) & ~restated
    others = cluster.loc[~own]
    caveats.append(
        f"restated in {', '.join(dict.fromkeys(others['unit']))} at a rate of the source's own"
        f" ({', '.join(others['claim_id'])}): not used"
    )
    return cluster[own]


def _careful(cluster: pd.DataFrame, caveats: list[str]) -> pd.DataFrame:
    """Drop a bare figure that repeats a hedged one, or one end of a range, in the same currency."""
    hedged = cluster[cluster["bound"].isin(["more_than", "at_least", "less_than", "at_most", "range"])]
    pairs = {
        (claim.unit, end) for claim in hedged.itertuples() for end in (claim.value, claim.low, claim.high)
    }
    bare = ~cluster.index.isin(hedged.index)
    repeats = bare & [pair in pairs for pair in zip(cluster["unit"], cluster["value"], strict=True)]
    if repeats.any():
        names = ", ".join(cluster.loc[repeats, "claim_id"])
        caveats.append(f"the hedge or range is kept although {names} print one bare figure")
    return cluster[~repeats]


def _factor(claim: Any, dossier: Dossier, currency: str, basis: str) -> tuple[float, Any, list[str]]:
    """Return what one unit of the claim is on the basis, the day of the rate, and caveats."""
    notes, factor, fixed, fixings = [], 1.0, pd.NaT, 1.0
    if isinstance(claim.period, str) and "FY" in claim.period:
        known = pd.notna(claim.first_day)
        span = f"{claim.first_day:%Y-%m-%d} to {claim.last_day:%Y-%m-%d}" if known else "of unknown dates"
        notes.append(f"{claim.period} is a fiscal year, {span}")
    if basis != "total":
        if pd.isna(claim.years):
            raise ComparisonError("no horizon is given, so there is no amount a year")
        factor /= claim.years
    if basis == "share_of_revenue":
        revenue, notes_on_revenue = _revenue(claim, dossier)
        return factor / revenue, fixed, notes + notes_on_revenue
    if claim.unit != currency:
        if pd.isna(claim.day):
            raise ComparisonError("no day is known for the exchange rate; give one with `on`")
        fixings, fixed = rate(claim.unit, currency, claim.day)
        if fixed != claim.day:
            notes.append(f"no fixing on {claim.day:%Y-%m-%d}: the rate of {fixed:%Y-%m-%d}")
    return factor * fixings, fixed, notes


def _revenue(claim: Any, dossier: Dossier) -> tuple[float, list[str]]:
    """Return the last full year's revenue before the claim was said, in the claim's currency."""
    reported = dossier.fundamentals
    reported = reported[(reported["entity"] == claim.entity) & (reported["metric"] == "revenue")]
    reported = reported[reported["period"].map(years_of) == 1]
    if pd.notna(claim.day):
        reported = reported[reported["period_end"] < claim.day]
    if reported.empty:
        raise ComparisonError("no revenue of a full year before the statement is known")
    last = reported.sort_values("period_end").iloc[-1]
    amount, shown = (
        float(last["value"]),
        f"revenue of {last['period']}: {last['value'] / 1e9:,.1f} bn {last['unit']}",
    )
    if last["unit"] != claim.unit:
        amount *= rate(last["unit"], claim.unit, claim.day)[0]
    return amount, [shown]


def _left_out(claim: Any, reason: str, currency: str, basis: str) -> dict[str, Any]:
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
