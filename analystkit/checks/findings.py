"""What every rule reports: one finding, in words that a person understands without the code."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analystkit.agreement import group_facts
from analystkit.dossier import Dossier
from analystkit.schemas.tables import read_words

_TEXT = [
    "rule",
    "severity",
    "claim_id",
    "other_claim_id",
    "quote",
    "other_quote",
    "expected",
    "found",
    "message",
]
COLUMNS = dict.fromkeys(_TEXT, "str") | {"ratio": "float64", "document_id": "str", "other_document_id": "str"}
SEVERITIES = ("error", "warning", "note")
Finding = dict[str, Any]


@dataclass(frozen=True)
class Evidence:
    """A dossier and its statements, grouped into facts once for all rules."""

    dossier: Dossier
    statements: pd.DataFrame

    @classmethod
    def of(cls, dossier: Dossier) -> Evidence:
        return cls(dossier, group_facts(dossier))

    @functools.cached_property
    def rows(self) -> list[Any]:
        """All statements, superseded ones too."""
        return list(self.statements.itertuples())

    @functools.cached_property
    def current(self) -> list[Any]:
        """The statements that nobody replaced."""
        return [row for row in self.rows if not row.superseded_by]

    @functools.cached_property
    def documents_text(self) -> dict[str, str]:
        """The texts to read: the user's own copy where there is one, else the digest."""
        return self.dossier.texts | self.dossier.originals


@functools.cache
def rules() -> dict[str, str]:
    """Return the name of every rule and its usual severity."""
    table = read_words("checks_rules.csv")
    return dict(zip(table["rule"], table["severity"], strict=True))


def finding(rule: str, message: str, claim: Any = None, other: Any = None, **more: Any) -> Finding:
    """Return one row of the findings; `more` may name severity, expected, found, ratio and the documents."""
    row: Finding = {"rule": rule, "severity": rules()[rule], "message": message}
    for prefix, each in (("", claim), ("other_", other)):
        if each is not None:
            for column in ("claim_id", "quote", "document_id"):
                row[prefix + column] = getattr(each, column) or None
    return row | more


def as_table(found: list[Finding]) -> pd.DataFrame:
    """Return the findings as a table, the worst first."""
    table = pd.DataFrame(found, columns=list(COLUMNS)).astype(COLUMNS)
    worst = table["severity"].map({word: rank for rank, word in enumerate(SEVERITIES)})
    number = table["rule"].str.extract(r"^R(\d+)")[0].astype("float64")
    order = pd.DataFrame({"severity": worst, "number": number.fillna(99.0), "rule": table["rule"]})
    return table.loc[order.sort_values(list(order), kind="stable").index].reset_index(drop=True)
