"""What every rule reports: one finding, in the words of `words/checks_messages.csv`, which a person understands."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analystkit.agreement import group_facts
from analystkit.agreement.wording import shown, told
from analystkit.dossier import Dossier
from analystkit.schemas import read_words

COLUMNS = dict.fromkeys(["rule", "severity", "claim_id", "other_claim_id", "quote", "other_quote"], "str")
COLUMNS |= dict.fromkeys(["expected", "found", "message"], "str")
COLUMNS |= {"ratio": "float64", "document_id": "str", "other_document_id": "str"}
_SEVERITIES = ["error", "warning", "note"]
Finding = dict[str, Any]


@dataclass(frozen=True)
class Evidence:
    """A dossier and its statements, in facts and in words, once for all rules."""

    dossier: Dossier
    every: dict[str, Any]

    @classmethod
    def of(cls, dossier: Dossier) -> Evidence:
        table = group_facts(dossier)
        for words in (told, shown):
            table[words.__name__] = [words(row) for row in table.itertuples()]
        table["dated"] = table["day"].dt.strftime("%Y-%m-%d").fillna("an earlier day")
        table["measure"], table["scope"] = (table[name].str.replace("_", " ") for name in ("metric", "of"))
        return cls(dossier, {row.claim_id: row for row in table.itertuples()})

    @functools.cached_property
    def rows(self) -> list[Any]:
        """All statements but bracketed conversions, superseded ones too."""
        return [row for row in self.every.values() if not row.original]

    @functools.cached_property
    def current(self) -> list[Any]:
        """The statements that nobody replaced."""
        return [row for row in self.rows if not row.superseded_by]


@functools.cache
def _messages() -> dict[str, Any]:
    """Return each case with its rule, severity, and what it expected, found and says."""
    usual = read_words("checks_rules.csv").set_index("rule")["severity"]
    table = read_words("checks_messages.csv")
    table = table.assign(severity=table["severity"].where(table["severity"] != "", table["rule"].map(usual)))
    return {row.case: row for row in table.itertuples()}


def finding(case: str, a: Any = None, b: Any = None, **more: Any) -> Finding:
    """Return one row of the findings: its message is filled with the claims `a` and `b` and with `more`.

    What `more` names like a column of the findings is that column.
    """
    message = _messages()[case]
    row: Finding = {"rule": message.rule, "severity": message.severity}
    for column in ("expected", "found", "message"):
        row[column] = getattr(message, column).format(a=a, b=b, **more) or None
    for prefix, claim in (("", a), ("other_", b)):
        if claim is not None:
            for name in ("claim_id", "quote", "document_id"):
                row[prefix + name] = getattr(claim, name) or None
    return row | {name: value for name, value in more.items() if name in COLUMNS}


def as_table(found: list[Finding]) -> pd.DataFrame:
    """Return the findings as a table, the worst first."""
    table = pd.DataFrame(found, columns=list(COLUMNS)).astype(COLUMNS)
    order = {
        word: place for place, word in enumerate([*_SEVERITIES, *read_words("checks_rules.csv")["rule"]])
    }
    return table.sort_values(["severity", "rule"], key=lambda words: words.map(order), ignore_index=True)
