"""Claims to search, filter and sort, each with its quote marked in its document."""

from __future__ import annotations

import ipywidgets as widgets
import pandas as pd

from analystkit import tables
from analystkit.dossier import Dossier
from analystkit.explorers.panel import Panel, choices, pick, quote_in_place, scrolled

MOST = 100
_FILTERS = {
    "entity": "Entity", "metric": "Measure", "speaker_kind": "Speaker", "modality": "Said as",
    "document_id": "Document",
}  # fmt: skip
_SEARCHED = [
    "claim_id", "entity", "metric", "of", "statement", "quote", "speaker", "operand", "definition", "period",
]  # fmt: skip
_COLUMNS = [
    "claim_id", "entity", "statement", "amount", "period", "speaker", "modality", "metric", "document_id",
]  # fmt: skip
_SORTED = ["claim_id", "entity", "metric", "value", "said_on", "speaker", "document_id"]


class Claims(Panel):
    """Filters, a search over all words of a claim, a sorted table, and one claim read in its document."""

    def __init__(self, dossier: Dossier) -> None:
        self.dossier = dossier
        words = dossier.claims[_SEARCHED].fillna("").itertuples(index=False)
        self.words = pd.Series([" ".join(row).casefold() for row in words], dossier.claims.index, dtype="str")
        filters = {name: pick(label, choices(dossier.claims[name])) for name, label in _FILTERS.items()}
        orders = [("as listed", ""), *((name.replace("_", " "), name) for name in _SORTED)]
        super().__init__(
            search=widgets.Text(description="Search", placeholder="then Enter", continuous_update=False),
            **filters,
            sort=pick("Sort by", orders),
            descending=widgets.Checkbox(description="largest first"),
            claim=pick("Read claim", [("the first", "")]),
        )

    def found(self) -> pd.DataFrame:
        """Return the claims that the controls leave, in their order."""
        claims = self.dossier.claims
        chosen = pd.Series(True, claims.index)
        for name in _FILTERS:
            if wanted := self.controls[name].value:
                chosen &= claims[name] == wanted
        for word in self.search.value.casefold().split():
            chosen &= self.words.str.contains(word, regex=False)
        found = claims[chosen]
        if by := self.sort.value:
            found = found.sort_values(by, ascending=not self.descending.value, kind="stable")
        return found

    def view(self) -> str:
        found = self.found()
        self.rows = len(found)
        head = found.head(MOST)
        wanted = self.claim.value if self.claim.value in set(head["claim_id"]) else ""
        self.claim.options = [("the first", ""), *((name, name) for name in head["claim_id"])]
        self.claim.value = wanted
        counted = f"<p>{len(found):,} of {len(self.dossier.claims):,} claims.</p>"
        if head.empty:
            return counted
        read = head[head["claim_id"] == wanted] if wanted else head
        table = scrolled(tables.show(found, columns=_COLUMNS, most=MOST).html)
        return counted + table + quote_in_place(self.dossier, next(read.itertuples()))


def claims(dossier: Dossier) -> Claims:
    """Return an explorer of the claims: filters, search over all words, sorting, the quote marked in its document.

    Examples
    --------
    >>> claims(Dossier())
    Claims(search='', entity='', metric='', speaker_kind='', modality='', document_id='', sort='',
        descending=False, claim='', rows=0)
    """
    return Claims(dossier)
