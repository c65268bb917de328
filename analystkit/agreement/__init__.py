"""Which sources say the same fact, who differs, who contradicts, and how many independent origins there are."""

from analystkit.agreement.facts import group_facts, reconcile
from analystkit.agreement.matching import related_scopes, same_period
from analystkit.agreement.statements import statements

__all__ = ["group_facts", "reconcile", "related_scopes", "same_period", "statements"]
