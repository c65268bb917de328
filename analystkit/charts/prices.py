"""Prices -> paths around the news with what else happened, and the parity of two listings."""

from __future__ import annotations

from string import ascii_uppercase
from typing import Any

import pandas as pd

from analystkit.amounts import percent
from analystkit.charts.house import (
    ACCENT,
    GREY,
    INK,
    LINES,
    PALE,
    WIDTH,
    chart,
    label_ends,
    nothing,
    page,
    set_dates,
)
from analystkit.charts.lettering import plain, text_width
from analystkit.dossier import Dossier
from analystkit.errors import DossierError
from analystkit.reaction.measuring import place_events
from analystkit.sources import split_ids

_CLOSES = "Where the exchanges close at different hours, a premium holds the news between the two closes."


@chart
def reaction_path(
    dossier: Dossier,
    event_id: str,
    days: int = 8,
    title: str | None = None,
    width: float = WIDTH,
    figure: Any = None,
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
    title, width, figure
        As in `investments`.

    Returns
    -------
    Figure
        `data`: session, instrument, close, index, is_first (the first session that could answer).

    Raises
    ------
    DossierError
        When no event has this name.
    """
    known = dossier.events.set_index("event_id")
    if event_id not in known.index:
        raise DossierError(f"no event is called {event_id!r}; the events are {', '.join(known.index)}.")
    placed = place_events(dossier)
    placed = placed[(placed["event_id"] == event_id) & placed["session"].notna()]
    firsts = placed[placed["candidate"] == 1].set_index("instrument")["session"]
    around = {name: _around(dossier.prices, str(name), session, days) for name, session in firsts.items()}
    paths = {name: path for name, path in around.items() if len(path)}
    headline = plain(known.loc[event_id, "headline"])
    if not paths:
        words = f"No listing of {event_id} has closes on both sides of it"
        return nothing(title or words, width, figure, [headline])
    data = pd.concat(paths.values(), ignore_index=True)
    first = data[data["is_first"]]
    others = _other_news(dossier, event_id, data["session"])
    moved = ", ".join(f"{row.instrument} {percent(row.change, signed=True)}" for row in first.itertuples())
    possible = "possible " * bool((placed["candidates"] > 1).any())
    heading = f"{moved} in the first {possible}session after the news"
    heading += f"; {len(others)} other news item{'s' * (len(others) > 1)} in these days" if others else ""
    named = "; ".join(f"{letter} {news.moment:%Y-%m-%d} {plain(news.headline)}" for letter, news in others)
    listed = dossier.instruments[dossier.instruments["instrument"].isin(list(paths))]
    about = listed[["instrument", "exchange", "currency", "price_basis"]].agg(", ".join, axis=1)
    foot = ["Mark: the first session that could answer." + (f" Other news: {named}." if named else "")]
    last = [path["index"].iloc[-1] for path in paths.values()]
    ends = [f"{name} {value:.1f}" for name, value in zip(paths, last, strict=True)]
    figure, axes = page(
        title or heading, f"{event_id}: {headline} ({known.loc[event_id, 'published_at']:%Y-%m-%d}).",
        max(2.2, width * 0.36), [*foot, f"Closing prices of the dossier ({'; '.join(about)})."], 0.55,
        0.3 + max(map(text_width, ends)), 0.5, width, figure, f"At the end of these days {'; '.join(ends)}",
        data.drop(columns="change"),
    )  # fmt: skip
    axes.axhline(100, color="#8A8F94", linewidth=0.8)
    for (colour, dash, marker), path in zip(LINES * len(paths), paths.values(), strict=False):
        axes.plot(path["session"], path["index"], color=colour, linestyle=dash)
        axes.plot("session", "index", data=path[path["is_first"]], color=colour, marker=marker, markersize=7)
    label_ends(axes, data["session"].max(), last, ends)
    across, day = axes.get_xaxis_transform(), first["session"].min()
    axes.axvline(day, color=GREY, linewidth=0.8, linestyle=(0, (4, 2)), zorder=0)
    axes.text(day, 1.01, "the news", transform=across, size=7, ha="center", color=GREY)
    days_of = pd.Series({letter: news.moment.tz_localize(None).normalize() for letter, news in others})
    for place, (when, letters) in enumerate(days_of.groupby(days_of)):
        axes.axvline(when, color=ACCENT, linewidth=0.8, linestyle=":", zorder=0)
        box = {"facecolor": "white", "edgecolor": ACCENT, "linewidth": 0.6, "boxstyle": "round,pad=0.2"}
        at = {"x": when, "y": 0.97 - 0.09 * (place % 2), "transform": across, "ha": "center", "va": "top"}
        axes.text(s=",".join(letters.index), size=7, color=ACCENT, bbox=box, **at)
    axes.set_ylabel("index, close before = 100")
    set_dates(axes, width)
    return figure


def _around(prices: pd.DataFrame, instrument: str, session: pd.Timestamp, days: int) -> pd.DataFrame:
    """Return the closes around a session, none without a close before it."""
    own = prices[prices["instrument"] == instrument].sort_values("session", ignore_index=True)
    own = own[["session", "instrument", "close"]]
    at = int(own["session"].searchsorted(session))
    if not 0 < at < len(own):
        return own.head(0)
    own["index"], own["change"] = own["close"] / own["close"][at - 1] * 100, own["close"].pct_change()
    own["is_first"] = own.index == at
    return own.loc[max(0, at - 1 - days) : at + days]


def _other_news(dossier: Dossier, event_id: str, days: pd.Series) -> list[tuple[str, Any]]:
    news = dossier.confounders.sort_values("moment")
    near = news["moment"].dt.tz_localize(None).dt.normalize().between(days.min(), days.max())
    named = [row for row in news[near].itertuples() if event_id in split_ids([row.explains_events])]
    return list(zip(ascii_uppercase, named, strict=False))


@chart
def parity(
    premiums: pd.DataFrame, adr: str = "the depositary share", ordinary: str = "the ordinary share",
    news: dict[str, str] | None = None, title: str | None = None, width: float = WIDTH, figure: Any = None,
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
    title, width, figure
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
        return nothing(title or "No session has a price of both listings and a rate", width, figure)
    low, high, mean = map(_beside, (known["premium"].min(), known["premium"].max(), known["premium"].mean()))
    heading = f"{adr} stood between {low} and {high} {ordinary}, on average {mean}"
    note = f"Premium of {adr} over {ordinary} in one currency, % of its close; {len(known)} common sessions."
    look = {"width": width, "figure": figure, "data": known}
    figure, axes = page(title or heading, note, max(1.8, width * 0.3), [_CLOSES], **look)
    values = known["premium"] * 100
    axes.axhline(0, color="#8A8F94", linewidth=0.8)
    axes.plot(known["session"], values, color=INK, linewidth=1.2)
    axes.fill_between(known["session"], 0, values, color=PALE, alpha=0.35, linewidth=0)
    for at, lift in {values.idxmin(): -11, values.idxmax(): 6}.items():
        words, day = f"{values[at]:+.1f} %, {known['session'][at]:%Y-%m-%d}", known["session"][at]
        axes.annotate(words, (day, values[at]), (0, lift), textcoords="offset points", size=7, ha="center")
    for day, words in (news or {}).items():
        axes.axvline(pd.Timestamp(day), color=ACCENT, linewidth=0.8, linestyle=":")
        above = {"transform": axes.get_xaxis_transform(), "ha": "center"}
        axes.text(pd.Timestamp(day), 1.01, plain(words), size=7, **above)
    axes.margins(y=0.2)
    axes.set_ylabel("premium, %")
    set_dates(axes, width)
    return figure


def _beside(fraction: float) -> str:
    return f"{percent(abs(fraction))} {'below' if fraction < 0 else 'above'}"
