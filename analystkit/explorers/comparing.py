"""Who is said to invest how much, on a basis and in a currency of one's choice."""

from __future__ import annotations

import dataclasses

import ipywidgets as widgets

from analystkit import charts, tables
from analystkit.comparisons import BASES, compare
from analystkit.dossier import Dossier
from analystkit.explorers.panel import Panel, pick
from analystkit.schemas import currencies

_CURRENCIES = ("USD", "EUR", "CNY", "GBP", "JPY", "HKD", "CHF")
_MOST = 200  # claims that a list to choose from can hold, and that are compared within a second
_DRAWN = 25
_COLUMNS = ["entity", "amount", "period", "modality", "rate_date", "marks", "caveats", "reason"]


class Comparison(Panel):
    """Basis, currency, day of the rate and the claims that count; a chart and a table answer together."""

    def __init__(self, dossier: Dossier, metric: tuple[str, ...]) -> None:
        self.dossier, self.metric = dossier, list(metric)
        pool = dossier.claims[dossier.claims["metric"].isin(metric)]
        # An entity is compared with all of its claims or not at all: those of which most is said come first.
        counts = pool["entity"].value_counts()
        few = counts[counts.cumsum() <= _MOST].index if len(pool) > _MOST else counts.index
        self.pool = pool[pool["entity"].isin(few if len(few) else counts.index[:1])]
        self.left_out = len(pool) - len(self.pool)
        options = [(f"{c.claim_id}: {c.statement}"[:90], c.claim_id) for c in self.pool.itertuples()]
        others = sorted(set(self.pool["unit"].dropna()) & currencies() - {*_CURRENCIES})
        super().__init__(
            basis=pick("Basis", [(basis.replace("_", " "), basis) for basis in BASES], value="per_year"),
            currency=pick("Currency", [*_CURRENCIES, *others]),
            on=widgets.DatePicker(description="Rate of (day)"),
            include=widgets.SelectMultiple(
                options=options, value=tuple(name for _, name in options), rows=6, description="Include",
                layout=widgets.Layout(width="50em"),
            ),
        )  # fmt: skip

    def view(self) -> str:
        chosen = self.pool[self.pool["claim_id"].isin(self.include.value)].reset_index(drop=True)
        part = dataclasses.replace(self.dossier, claims=chosen)
        found = compare(part, self.metric, self.currency.value, self.basis.value, self.on.value)
        self.rows = len(found)
        self.chart = charts.investments(found.head(_DRAWN), part, figure=charts.blank())
        words = f"{self.left_out:,} claims of other entities are left out: narrow the dossier with where(entity=...)."
        return (f"<p>{words}</p>" if self.left_out else "") + tables.show(found, part, _COLUMNS).html


def comparison(dossier: Dossier, metric: tuple[str, ...] = ("investment_plan", "capex")) -> Comparison:
    """Return an explorer of who is said to invest how much: basis, currency, day of the rate, claims to include.

    Examples
    --------
    >>> comparison(Dossier())
    Comparison(basis='per_year', currency='USD', on=None, include=0, rows=0)
    """
    return Comparison(dossier, metric)
