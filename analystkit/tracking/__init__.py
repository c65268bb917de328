"""Revisions of a promise, pace and delivery; which reading a printed number can be.

`track` follows every promise of a dossier, `referee` and `decide` judge printed numbers by arithmetic from reported
figures.
"""

from analystkit.tracking.evidence import report_ids
from analystkit.tracking.judging import decide
from analystkit.tracking.referee import referee
from analystkit.tracking.results import Tracking, track

__all__ = ["Tracking", "decide", "referee", "report_ids", "track"]
