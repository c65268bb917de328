"""The front of the package: a dossier -> revisions, progress and outcome of its promises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from analystkit.dossier import Dossier
from analystkit.tracking.deliveries import answering
from analystkit.tracking.following import follow
from analystkit.tracking.promises import expectations, revisions


@dataclass(frozen=True, eq=False)
class Tracking:
    """Promises as they were revised, and what was delivered.

    Parameters
    ----------
    revisions
        One row a statement, with its change against the one before and the first.
    progress
        One row for each report that adds to a promise: delivered so far against the straight line.
    outcome
        One row for each promise, start of the clock and measure that answers it: verdict and reason.
    expectations
        One row for each figure that others expected, beside the next own figure.
    """

    revisions: pd.DataFrame = field(repr=False)
    progress: pd.DataFrame = field(repr=False)
    outcome: pd.DataFrame
    expectations: pd.DataFrame = field(repr=False)


def track(
    dossier: Dossier, metric: str | Sequence[str] = "capex", starts: Sequence[str] | None = None
) -> Tracking:
    """Return how each promise was revised, how it stands, and what became of it.

    Parameters
    ----------
    dossier
        Its accepted, planned claims are the promises, its fundamentals the deliveries.
    metric
        Metric or metrics of the promises. Reports of `capex` answer an `investment_plan` too.
    starts
        Days on which the clock of a duration such as P3Y may start. Without them two are taken and said to
        be assumed: the first day of the quarter of the first word, and of the fiscal year after it.

    Returns
    -------
    Tracking
        `.revisions`, `.progress`, `.outcome`, `.expectations`. Amounts are in the unit of the last word, distances
        and shares are fractions. A range is printed low to high, an open end infinite; `low` and `high` of the
        revisions are the interval, widened by the printed precision, and decide the verdict. `verdict` is
        against the first word (in the unit of the last), `verdict_last` against the last one: above, within,
        below, running, depends on definition, cannot be told; `verdict_here` is that of the row's measure alone.
        `required_low` and `required_high` are what each remaining quarter must bring.

    Examples
    --------
    >>> claims = pd.DataFrame({"claim_id": ["a"], "document_id": "d", "entity": "Meta", "metric": "capex",
    ...     "statement": "s", "low": [60e9], "high": [65e9], "unit": "USD", "bound": "range", "period": "2025",
    ...     "said_on": "2025-01-24", "speaker": "Meta", "speaker_kind": "company", "modality": "planned",
    ...     "status": "accepted", "confidence": "certain"})
    >>> reports = pd.DataFrame({"entity": ["Meta"], "metric": "capex", "period": "2025",
    ...     "period_start": "2025-01-01", "period_end": "2025-12-31", "value": [72.215e9], "unit": "USD",
    ...     "how": "reported", "confidence": "certain", "source_title": "t", "source_url": "u"})
    >>> found = track(Dossier(claims=claims, fundamentals=reports)).outcome.iloc[0]
    >>> found["verdict"], f"{found['distance_to_first']:+.0%}"
    ('above', '+11%')
    """
    metrics = [metric] if isinstance(metric, str) else list(metric)
    stated = revisions(dossier, metrics)
    reports = answering(dossier.fundamentals, metrics)
    days = None if starts is None else [pd.Timestamp(start) for start in starts]
    progress, outcome = follow(dossier, stated, reports, days)
    return Tracking(stated, progress, outcome, expectations(dossier, metrics, stated))
