"""Text -> proposed claims: every figure with its subject, measure, speaker and horizon, for a person to accept."""

from analystkit.extraction.proposing import clause_of, extract_claims
from analystkit.extraction.subjects import mentions

__all__ = ["clause_of", "extract_claims", "mentions"]
