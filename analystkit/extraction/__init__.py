"""Text -> proposed claims: every figure with its subject, measure, speaker and horizon, for a person to accept."""

from analystkit.extraction.cast import mentions
from analystkit.extraction.proposing import clause_of, extract_claims

__all__ = ["clause_of", "extract_claims", "mentions"]
