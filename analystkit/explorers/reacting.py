"""How the listings reacted to an event, over a window and against a benchmark of one's choice."""

from __future__ import annotations

import functools

import ipywidgets as widgets

from analystkit import charts, tables
from analystkit.dossier import Dossier
from analystkit.explorers.panel import Panel, pick
from analystkit.reaction import measure_reaction, study_reaction

_WINDOWS = [(0, 0), (0, 1), (-1, 1), (-2, 2), (-5, 5)]
_MODELS = ["market", "market_adjusted", "mean_adjusted"]
_PATH = (-5, 5)
_COLUMNS = [
    "instrument", "session", "raw_return", "benchmark", "benchmark_return", "car", "se", "p", "confounders",
]  # fmt: skip


class Reaction(Panel):
    """Event, listing, window, model and benchmark; the path with its band, the figures and the verdict in words."""

    def __init__(self, dossier: Dossier) -> None:
        self.dossier = dossier
        # One study serves every event, listing and window, so it is kept for each model and benchmark.
        self.measure = functools.cache(functools.partial(measure_reaction, dossier))
        self.study = functools.cache(functools.partial(study_reaction, dossier, _PATH))
        pairs = dossier.event_instruments
        events = dossier.events[dossier.events["event_id"].isin(pairs["event_id"])]
        named = [(f"{row.event_id}: {row.headline}", row.event_id) for row in events.itertuples()]
        listings = [("all", ""), *((name, name) for name in pairs["instrument"].unique())]
        priced = [("of the listing", ""), *((name, name) for name in dossier.prices["instrument"].unique())]
        super().__init__(
            event=pick("Event", named, layout=widgets.Layout(width="50em")),
            listing=pick("Listing", listings),
            window=pick("Window", [(f"day {a} to {b}", (a, b)) for a, b in _WINDOWS], value=(0, 1)),
            model=pick("Model", [(model.replace("_", " "), model) for model in _MODELS]),
            benchmark=pick("Benchmark", priced),
        )

    def view(self) -> str:
        self.chart, self.rows = None, 0
        if self.event.value is None:
            return "<p>No event of this dossier names a listing that could react.</p>"
        model, against = self.model.value, self.benchmark.value or None
        found = self.measure(self.window.value, model, benchmark=against)
        chosen = found[found["event_id"] == self.event.value]
        if self.listing.value:
            chosen = chosen[chosen["instrument"] == self.listing.value]
        self.rows = len(chosen)
        if chosen.empty:
            return f"<p>{tables.safe(self.listing.value)} is not among the listings named for this event.</p>"
        self.chart = charts.abnormal_paths(
            chosen,
            self.study(model, benchmark=against),
            figure=charts.blank(),
            prices=self.dossier.prices,
        )
        told = "".join(
            f"<li><b>{tables.safe(f'{row.instrument}, {str(row.session)[:10]}: {row.verdict}')}</b>"
            f"<br>{tables.safe(row.reason)}</li>"
            for row in chosen.itertuples()
        )
        news = self.dossier.confounders
        other = news[news["confounder_id"].isin(";".join(chosen["confounders"].dropna()).split(";"))]
        beside = tables.show(other[["confounder_id", "headline"]], caption="Other news in the window").html
        return f"<ul>{told}</ul>{tables.show(chosen, columns=_COLUMNS).html}{beside if len(other) else ''}"


def reaction(dossier: Dossier) -> Reaction:
    """Return an explorer of the reaction: event, listing, window, model and benchmark; path, figures and verdict.

    Examples
    --------
    >>> reaction(Dossier())
    Reaction(event=None, listing='', window=(0, 1), model='market', benchmark='', rows=0)
    """
    return Reaction(dossier)
