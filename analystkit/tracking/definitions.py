"""Which reported measure answers which guided one? The rules stand in `words/tracking_definitions.csv`."""

from __future__ import annotations

import functools
import re

from analystkit.schemas.tables import read_words

# The better a measure answers, the lower its rank; a limit from one side is not an answer of its own.
RANKS = {"same": 0, "near": 1, "narrower": 2, "wider": 2, "unclear": 2}
# A pledge for a purpose is answered by reports of capital expenditure.
ANSWERED_BY = {"investment_plan": ("investment_plan", "capex")}


def relation(guided: str | float, reported: str | float) -> tuple[str, str]:
    """Return how a reported measure answers a guided one, and why.

    Parameters
    ----------
    guided, reported
        The `definition` of a claim and of a reported figure; missing where none is stated.

    Returns
    -------
    tuple of str
        same, near, narrower (a lower limit), wider (an upper limit) or unclear; and the reason.

    Examples
    --------
    >>> relation("including finance leases", "cash purchases of property and equipment")[0]
    'narrower'
    >>> relation("AI-enabled data centres", "including finance leases")[0]
    'unclear'
    """
    return _relation(
        guided.casefold() if isinstance(guided, str) else "",
        reported.casefold() if isinstance(reported, str) else "",
    )


@functools.cache
def _relation(guided: str, reported: str) -> tuple[str, str]:
    if guided == reported:
        return "same", "measured as guided" if guided else "neither side says how it is measured"
    if not guided or not reported:
        return "unclear", f"the {'report' if guided else 'guidance'} does not say how it is measured"
    rules = read_words("tracking_definitions.csv")
    for rule in rules.itertuples():
        if re.search(rule.guided, guided) and re.search(rule.reported, reported):
            return str(rule.relation), str(rule.reason)
    return "unclear", "no rule says how the two measures stand to each other"
