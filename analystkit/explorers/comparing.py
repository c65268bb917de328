"""Who is said to invest how much, on a basis and in a currency of one's choice."""

from __future__ import annotations

import dataclasses

import ipywidgets as widgets

from analystkit import charts, tables
from analystkit.comparisons import BASES, compare
from analystkit.dossier import Dossier
from analystkit.explorers.panel import Panel, pick
from analystkit.schemas import currencies
from analystkit.sources import split_ids
from analystkit.tables.marking import as_text

_CURRENCIES = ("USD", "EUR", "CNY", "GBP", "JPY", "HKD", "CHF")
_MOST = 200  # claims that a list to choose from can hold
_DRAWN, _SHOWN = 25, 100
_COLUMNS = ["entity", "amount", "period", "modality", "rate_date", "marks", "caveats", "reason"]


class Comparison(Panel):
    """Basis, currency, day of the rate and the claims that count; a chart and a table answer together."""

    def __init__(self, dossier: Dossier, metric: tuple[str, ...]) -> None:
        self.dossier, self.metric = dossier.where(metric=list(metric)), list(metric)
        claims = self.dossier.claims
        options = [
            (as_text(f"{c.claim_id}: {c.statement}"[:90]), c.claim_id)
            for c in claims.head(_MOST).itertuples()
        ]
        others = sorted(set(claims["unit"].dropna()) & currencies() - {*_CURRENCIES})
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
        claims = self.dossier.claims
        refused = {name for _, name in self.include.options} - {*self.include.value}
        part = dataclasses.replace(self.dossier, claims=claims[~claims["claim_id"].isin(refused)])
        found = compare(part, self.metric, self.currency.value, self.basis.value, self.on.value)
        self.rows = len(found)
        # Sources are looked up for the rows that are seen.
        seen = part.claims["claim_id"].isin(split_ids(found["claim_ids"].head(_SHOWN)))
        cited = dataclasses.replace(part, claims=part.claims[seen])
        self.chart = charts.investments(found.head(_DRAWN), cited, figure=charts.blank())
        always = len(claims) - _MOST
        note = f"{always:,} claims after the first {_MOST} always count: narrow the dossier to choose among them."
        return (f"<p>{note}</p>" if always > 0 else "") + tables.show(
            found, cited, _COLUMNS, most=_SHOWN
        ).html


def comparison(dossier: Dossier, metric: tuple[str, ...] = ("investment_plan", "capex")) -> Comparison:
    """Return an explorer of who is said to invest how much: basis, currency, day of the rate, claims to include.

    Examples
    --------
    >>> comparison(Dossier())
    Comparison(basis='per_year', currency='USD', on=None, include=0, rows=0)
    """
    return Comparison(dossier, metric)
