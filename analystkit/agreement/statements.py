"""Claims -> statements: what a claim needs beside its columns before it can be set against another."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd

from analystkit.dossier import Dossier
from analystkit.intervals import to_intervals
from analystkit.periods import dates_of, years_of

# A pledge is one fact however it is told: "plans to invest" and "has earmarked" speak of the same sum.
PLEDGES = frozenset(["investment_plan", "subsidy", "contract_value", "acquisition", "equity_raised", "stake"])
PLEDGES |= frozenset(["partnership", "lease_cancellation"])
FIRST_HAND = ("company", "executive")


def statements(dossier: Dossier) -> pd.DataFrame:
    """Return the claims that were not rejected, with what is needed to set them against one another.

    Parameters
    ----------
    dossier
        Its claims, documents, events and entities are used.

    Returns
    -------
    pd.DataFrame
        The columns of claims, missing text as "" and the index of `dossier.claims`, and: kind ("money", another
        unit, "number", or "words" when there is no figure), low, high, low_closed, high_closed (the interval
        that the printed figure allows), day (said_on, else the day of the document, else of its event), starts,
        ends and years (of the period), tense (stated, planned, reported, estimated, any), voice (the speaker; a
        company and its officers are one voice; a narrator speaks for one document).

    Examples
    --------
    >>> claims = pd.DataFrame({"claim_id": ["a"], "document_id": "d", "entity": "Meta", "metric": "capex",
    ...     "statement": "s", "value": 65e9, "unit": "USD", "bound": "more_than", "period": "2025",
    ...     "speaker": "Susan Li", "speaker_kind": "executive", "modality": "planned", "status": "accepted"})
    >>> statements(Dossier(claims=claims))[["kind", "low", "high", "years", "voice"]].values.tolist()
    [['money', 65000000000.0, inf, 1.0, 'Meta']]
    """
    claims = dossier.claims[dossier.claims["status"] != "rejected"].copy()
    intervals = to_intervals(claims)
    text = claims.select_dtypes("str").columns
    claims[text] = claims[text].fillna("")
    claims[list(intervals)] = intervals
    money = claims["unit"].str.fullmatch("[A-Z]{3}")
    kind = claims["unit"].mask(money, "money").mask(claims["unit"] == "", "number")
    claims["kind"] = kind.mask(intervals["low"].isna(), "words")
    claims["day"] = _days(dossier).loc[claims.index]
    ends = dossier.entities.set_index("entity")["fiscal_year_end"]
    ends = claims["entity"].map(ends[~ends.index.duplicated()])
    spans = [span_of(*row) for row in zip(claims["period"], ends, claims["day"], strict=True)]
    for column, stated, side in (("starts", "period_start", 0), ("ends", "period_end", 1)):
        derived = pd.Series([span[side] for span in spans], claims.index, dtype="datetime64[us]")
        claims[column] = claims[stated].fillna(derived)
    claims["years"] = pd.Series([span[2] for span in spans], claims.index, dtype="float64")
    first_hand = claims["speaker_kind"].isin(FIRST_HAND)
    claims["tense"] = _tenses(claims, first_hand)
    unnamed = claims["speaker_kind"].isin(["narrator", "market"]) | (claims["speaker"] == "")
    own = (claims["speaker_kind"] == "executive") | (first_hand & (claims["speaker"] == claims["entity"]))
    voice = (
        claims["speaker"].mask(own, claims["entity"]).mask(unnamed, "narrator of " + claims["document_id"])
    )
    claims["voice"] = voice.astype("str")
    return claims


def grouped(rows: Iterable[Any], key: Callable[[Any], Any]) -> list[list[Any]]:
    """Return the rows that share a key together, in the order they first appear.

    Examples
    --------
    >>> grouped([3, 1, 5, 2], lambda number: number % 2)
    [[3, 1, 5], [2]]
    """
    groups: dict[Any, list[Any]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return list(groups.values())


def once(rows: Iterable[Any], key: Callable[[Any], Any]) -> list[Any]:
    """Return the first of the rows that share a key.

    Examples
    --------
    >>> once([3, 1, 5, 2], lambda number: number % 2)
    [3, 2]
    """
    return [same[0] for same in grouped(rows, key)]


@functools.lru_cache(maxsize=4096)
def span_of(period: str, end: object, day: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp, float]:
    """Return first day, last day and years of a period; a date that does not exist has none of them."""
    with contextlib.suppress(ValueError):
        return *dates_of(period, end if isinstance(end, str) else None, day), years_of(period)
    return pd.NaT, pd.NaT, np.nan


def _days(dossier: Dossier) -> pd.Series:
    documents = dossier.documents.drop_duplicates("document_id").set_index("document_id")
    moments = dossier.events.drop_duplicates("event_id").set_index("event_id")["published_at"]
    of_event = moments.reindex(documents["event_id"]).set_axis(documents.index)
    day = documents["published_at"].fillna(of_event).dt.tz_localize(None).dt.normalize()
    claims = dossier.claims
    return claims["said_on"].fillna(day.reindex(claims["document_id"]).set_axis(claims.index))


def _tenses(claims: pd.DataFrame, first_hand: pd.Series) -> pd.Series:
    modality = claims["modality"]
    rules = [
        # What has no figure is set against anything; a denial answers a plan as well as a report.
        (claims["kind"] == "words") | (modality == "denied"),
        (modality == "estimated") & ~first_hand,
        claims["metric"].isin(PLEDGES),
        modality.isin(["planned", "postponed", "cancelled", "estimated"]),
    ]
    chosen = np.select(rules, ["any", "estimated", "stated", "planned"], "reported")
    return pd.Series(chosen, claims.index, dtype="str")
