"""A dossier -> findings: what cannot stand, what conflicts, what is worth knowing. It changes and raises nothing."""

from __future__ import annotations

import pandas as pd

from analystkit.checks import comparing, documents, figures, text
from analystkit.checks.documents import reanchor, shared_wording
from analystkit.checks.findings import Evidence, as_table
from analystkit.dossier import Dossier

__all__ = ["check", "reanchor", "shared_wording"]

_RULES = [
    figures.measures, figures.facts, figures.conversions, figures.currencies, figures.quotes, comparing.horizons,
    comparing.moods, comparing.opinions, comparing.revisions, comparing.moves, text.texts, documents.origins,
    documents.duplicates, documents.names, documents.states, documents.anchors, documents.dates, documents.speakers,
]  # fmt: skip


def check(dossier: Dossier) -> pd.DataFrame:
    """Return everything in a dossier that does not hold, conflicts or is worth knowing, the worst first.

    Parameters
    ----------
    dossier
        Opened with ``strict=False`` when its tables may not hold together. Nothing in it is changed.

    Returns
    -------
    pd.DataFrame
        One row a finding: rule (see `words/checks_rules.csv`), severity (error: a figure cannot stand as it is;
        warning: sources or figures conflict; note: worth knowing), claim_id, other_claim_id, quote, other_quote,
        expected, found, message (one sentence), ratio, document_id, other_document_id.

    Examples
    --------
    >>> claims = pd.DataFrame({"claim_id": ["a", "b"], "document_id": ["s1", "s2"], "entity": "Microsoft",
    ...     "metric": "investment_plan", "statement": "s", "value": [80e9, 80], "unit": "USD", "bound": "exact",
    ...     "speaker": "narrator", "speaker_kind": "narrator", "modality": "planned",
    ...     "quote": ["$80 billion", "$80"], "status": "accepted"})
    >>> print(check(Dossier(claims=claims))["message"][0])
    Microsoft: s2 prints "$80", s1 prints "$80 billion" - a factor of a billion apart; the scale word is
    missing in s2.
    """
    evidence = Evidence.of(dossier)
    return as_table([row for rule in _RULES for row in rule(evidence)])
