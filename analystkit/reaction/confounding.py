"""Windows of listings + other news -> which news falls into which window, and how far it reaches."""

from __future__ import annotations

import functools
import re

import pandas as pd

from analystkit.market import first_session
from analystkit.schemas import read_words

COLUMNS = ["confounders", "own", "overlaps", "background", "unknown"]


@functools.cache
def _groups() -> dict[str, dict[str, str]]:
    return read_words("listing_groups.csv").set_index("group").to_dict("index")


def exchanges_in(words: str) -> set[str]:
    """Return the exchanges that words name.

    Examples
    --------
    >>> exchanges_in("shares of the group in Hong Kong")
    {'XHKG'}
    """
    names = read_words("exchange_names.csv").itertuples()
    return {row.exchange for row in names if re.search(rf"(?<!\w){re.escape(row.name)}(?!\w)", words)}


def reach_of(affects: str, instrument: str, instruments: pd.DataFrame) -> str:
    """Return how news touches a listing: own, group, market, unknown (words no list knows) or "" (not at all).

    Parameters
    ----------
    affects
        Instruments, entities or groups of `words/listing_groups.csv`, joined by semicolons.
    instrument
        The listing.
    instruments
        A table of the shape `instruments`.

    Examples
    --------
    >>> listings = pd.DataFrame(
    ...     {"instrument": ["BABA", "9988.HK"], "entity": "Alibaba", "exchange": ["XNYS", "XHKG"]})
    >>> [reach_of("US market;China listings in New York", name, listings) for name in ("BABA", "9988.HK")]
    ['group', '']
    >>> reach_of("Alibaba", "9988.HK", listings)
    'own'
    >>> [reach_of("internet shares in New York", name, listings) for name in ("BABA", "9988.HK")]
    ['unknown', '']
    """
    listed = instruments.set_index("instrument")[["entity", "exchange"]]
    entity, exchange = listed.loc[instrument] if instrument in listed.index else ("", "")
    elsewhere = set(listed.loc[listed["entity"] == entity, "exchange"])
    known = {*listed.index, *listed["entity"]}
    found = set()
    for word in (part.strip() for part in affects.split(";")):
        group = _groups().get(word)
        if word in (instrument, entity):
            found.add("own")
        elif group is None:
            elsewhere_only = exchange not in (exchanges_in(word) or {exchange})
            found.add("" if word in known or elsewhere_only else "unknown")
        elif group["exchanges"] == "*" or exchange in group["exchanges"].split(";"):
            named = instrument in group["instruments"].split(";")
            if group["reach"] == "market" or named or elsewhere & set(group["home_exchanges"].split(";")):
                found.add(group["reach"])
    return next((reach for reach in ("own", "group", "market", "unknown") if reach in found), "")


def confound(rows: pd.DataFrame, confounders: pd.DataFrame, instruments: pd.DataFrame) -> pd.DataFrame:
    """Return, for each window of a listing, the other news that falls into it.

    News counts for the first session of the listing's own exchange that could answer it, as the event itself does.

    Parameters
    ----------
    rows
        event_id, instrument, exchange, session, window_start, window_end.
    confounders, instruments
        Tables of these shapes.

    Returns
    -------
    pd.DataFrame
        On the index of `rows`: confounders (all that touch it), own (of these: not of the whole market), overlaps
        (other events of the listing whose session lies in the window), background (news named as an explanation of
        the event that lies outside the window), unknown (news of which no list says whom it touches). Lists are
        `;`-joined, "" where none.
    """
    exchanges = rows["exchange"].dropna().unique() if len(confounders) else []
    sessions = {exchange: first_session(confounders["moment"], exchange) for exchange in exchanges}
    found = []
    for row in rows.itertuples():
        lists: dict[str, list[str]] = {column: [] for column in COLUMNS}
        for other in confounders.itertuples() if row.exchange in sessions else []:
            named = row.event_id in str(other.explains_events).split(";")
            inside = row.window_start <= sessions[row.exchange][other.Index] <= row.window_end
            if not (inside or named):
                continue
            reach = reach_of(str(other.affects), row.instrument, instruments)
            if reach == "unknown" and inside:
                lists["unknown"].append(other.confounder_id)
            # What nobody can place counts where its author names the event.
            if reach and (reach != "unknown" or named):
                lists["confounders" if inside else "background"].append(other.confounder_id)
                lists["own"] += [other.confounder_id] if inside and reach != "market" else []
        same = (rows["instrument"] == row.instrument) & (rows["event_id"] != row.event_id)
        inside = rows["session"].between(row.window_start, row.window_end)
        lists["overlaps"] = rows.loc[same & inside, "event_id"].unique().tolist()
        found.append({column: ";".join(names) for column, names in lists.items()})
    return pd.DataFrame(found, index=rows.index, columns=COLUMNS).astype("str")
