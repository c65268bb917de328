"""Prices -> paths around the news with what else happened, and the parity of two listings."""

from __future__ import annotations

from itertools import product
from string import ascii_uppercase
from typing import Any

import pandas as pd

from analystkit.amounts import percent
from analystkit.charts import house
from analystkit.charts.lettering import plain, text_width
from analystkit.dossier import Dossier
from analystkit.errors import DossierError
from analystkit.reaction.confounding import confound
from analystkit.reaction.measuring import place_events
from analystkit.sources import split_ids

_NEWS: dict[str, Any] = {"color": house.ACCENT, "linewidth": 0.8, "linestyle": ":", "zorder": 0}


@house.chart
def reaction_path(
    dossier: Dossier, event_id: str, days: int = 8, width: float = house.WIDTH, figure: Any = None
) -> Any:
    """Draw the closes of every listing around an event, indexed to 100 before it, with the other news of those days.

    Parameters
    ----------
    dossier
        Events, event_instruments, instruments, prices and confounders are used.
    event_id
        The event.
    days
        Sessions before and after it.
    width, figure
        As in `investments`.

    Returns
    -------
    Figure
        `data`: event_id, instrument, currency, session, close, day (0 = the first session that could answer), index
        (close before it = 100); then a row for each of the other news: its day, its letter, confounder_id.

    Raises
    ------
    DossierError
        When no event has this name.
    """
    known = dossier.events.set_index("event_id")
    if event_id not in known.index:
        raise DossierError(f"no event is called {event_id!r}; the events are {', '.join(known.index)}.")
    news = known.loc[event_id]
    placed = place_events(dossier)
    placed = placed[(placed["event_id"] == event_id) & placed["session"].notna()]
    firsts = placed[placed["candidate"] == 1].reset_index(drop=True)
    data = _around(dossier, firsts, days)
    if data.empty:
        lost = f"No listing of {event_id} has closes on both sides of it"
        return house.nothing(lost, width, figure, [news["headline"]])
    first, span = data[data["day"] == 0], (data["session"].min(), data["session"].max())
    other = _other_news(dossier, firsts, span)
    marked = other[other["session"].between(*span)]
    moved = first["instrument"] + first["index"].map(lambda end: f" {percent(end / 100 - 1, signed=True)}")
    possible = "possible " * bool((placed["candidates"] > 1).any())
    heading = f"{', '.join(moved)} in the first {possible}session after the news (n = 1 event)"
    heading += f"; other news in these days: {len(marked)}" if len(marked) else ""
    told = [f"{row.letter} {row.session:%Y-%m-%d} {plain(row.headline)}" for row in other.itertuples()]
    listed = dossier.instruments[dossier.instruments["instrument"].isin(data["instrument"])]
    about = listed[["instrument", "exchange", "currency", "price_basis"]].agg(", ".join, axis=1)
    listings = data.groupby("instrument", sort=False)
    last = listings["index"].last()
    ends = last.index + last.map(" {:.1f}".format)
    figure, axes = house.page(
        heading, f"{event_id}: {news['headline']} ({news['published_at']:%Y-%m-%d})", max(2.2, width * 0.36),
        ["Mark: the first session that could answer", f"Other news: {'; '.join(told) or 'none is known'}",
         f"Closing prices of the dossier ({'; '.join(about)})"],
        0.7, 0.3 + text_width("\n".join(ends)), 0.6, width, figure, f"At the end of these days {'; '.join(ends)}",
        pd.concat([data, marked[["event_id", "session", "letter", "confounder_id"]]]),
    )  # fmt: skip
    axes.axhline(100, **house.AXIS)
    for (colour, dash, marker), (_, own) in zip(house.LINES * len(ends), listings, strict=False):
        house.path(axes, own["session"], own["index"], (colour, dash, ""))
        answer = own[own["day"] == 0].iloc[0]
        house.dot(axes, answer["session"], answer["index"], marker, colour, hollow=False)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.3 * (high - low) * bool(len(marked)))  # room for the letters above the lines
    house.name_ends(axes, span[1], last.set_axis(ends))
    house.mark_day(axes, first["session"].min(), "the news", house.EVENT)
    box = {"facecolor": "white", "edgecolor": house.ACCENT, "linewidth": 0.6, "boxstyle": "round,pad=0.2"}
    for place, (day, letters) in enumerate(marked.groupby("session")["letter"].agg(",".join).items()):
        house.mark_day(axes, day, letters, _NEWS, 0.9 - 0.09 * (place % 3), bbox=box)
    axes.set(xlabel="session", ylabel="index, close before = 100")
    house.set_dates(axes, width)
    return figure


def _around(dossier: Dossier, firsts: pd.DataFrame, days: int) -> pd.DataFrame:
    """Return the closes of each listing around its first session; none of one without a close on both sides of it."""
    own = firsts[["event_id", "instrument"]].assign(first=firsts["session"])
    own = own.merge(dossier.instruments[["instrument", "currency"]], on="instrument")
    closes = dossier.prices.sort_values("session")[["instrument", "session", "close"]]
    own = own.merge(closes, on="instrument")
    earlier = (own["session"] < own.pop("first")).groupby(own["instrument"]).transform("sum")
    own["day"] = own.groupby("instrument").cumcount() - earlier
    before, answer = (own[own["day"] == day].set_index("instrument")["close"] for day in (-1, 0))
    own["index"] = own["close"] / own["instrument"].map(before) * 100
    answered = own["instrument"].isin(before.index.intersection(answer.index))
    return own[answered & own["day"].between(-1 - days, days)]


def _other_news(dossier: Dossier, firsts: pd.DataFrame, span: tuple[Any, Any]) -> pd.DataFrame:
    """Return the news that touches a listing in these days, or is named for the event, with its day and a letter."""
    rows = firsts.assign(window_start=span[0], window_end=span[1])
    joined = confound(rows, dossier.confounders, dossier.instruments)
    ids = split_ids(joined[["confounders", "background", "unknown"]].to_numpy().ravel())
    news = dossier.confounders[dossier.confounders["confounder_id"].isin(ids)].sort_values("moment")
    letters = ["".join(pair) for pair in product(["", *ascii_uppercase], ascii_uppercase)][: len(news)]
    days = news["moment"].dt.tz_localize(None).dt.normalize()
    return news.assign(event_id=firsts["event_id"].iloc[0], session=days, letter=letters)


@house.chart
def parity(
    premiums: pd.DataFrame, adr: str = "the depositary share", ordinary: str = "the ordinary share",
    news: dict[str, str] | None = None, width: float = house.WIDTH, figure: Any = None,
) -> Any:  # fmt: skip
    """Draw how far the depositary share stands above the ordinary share it represents.

    Parameters
    ----------
    premiums
        From `market.parity`: session, premium.
    adr, ordinary
        Their names.
    news
        Days to mark: day -> a few words.
    width, figure
        As in `investments`.

    Examples
    --------
    >>> from analystkit.charts import blank
    >>> premiums = pd.DataFrame({"session": pd.to_datetime(["2025-02-21", "2025-02-24"]), "premium": [0.03, -0.05]})
    >>> parity(premiums, "BABA", "9988.HK", figure=blank())
    <Figure: BABA stood between 5.0 % below and 3.0 % above 9988.HK, on average 1.0 % below>
    """
    known = premiums.dropna(subset=["premium"])
    if known.empty:
        return house.nothing("No session has a price of both listings and a rate", width, figure)
    low, high, mean = (
        f"{percent(abs(premium))} {'below' if premium < 0 else 'above'}"
        for premium in known["premium"].agg(["min", "max", "mean"])
    )
    values = known["premium"] * 100
    figure, axes = house.page(
        f"{adr} stood between {low} and {high} {ordinary}, on average {mean}",
        f"Premium of {adr} over {ordinary} in one currency, %; n = {len(known)} common sessions.",
        max(1.8, width * 0.3), [house.legends()["premium"]], bottom=0.6, width=width, figure=figure,
        alt=f"First {values.iloc[0]:+.1f} %, last {values.iloc[-1]:+.1f} %",
        data=known.assign(of=adr, over=ordinary, unit="fraction"),
    )  # fmt: skip
    axes.axhline(0, **house.AXIS)
    axes.plot(known["session"], values, linewidth=1.2)
    axes.fill_between(known["session"], 0, values, color=house.PALE, alpha=0.35, linewidth=0)
    for at, lift in {values.idxmin(): -11, values.idxmax(): 6}.items():
        words, day = f"{values[at]:+.1f} %, {known['session'][at]:%Y-%m-%d}", known["session"][at]
        axes.annotate(words, (day, values[at]), (0, lift), textcoords="offset points", size=7, ha="center")
    for day, words in (news or {}).items():
        house.mark_day(axes, pd.Timestamp(day), words, _NEWS)
    axes.margins(y=0.2)
    axes.set(xlabel="session", ylabel="premium, %")
    house.set_dates(axes, width)
    return figure
