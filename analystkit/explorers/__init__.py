"""Widgets to explore a dossier: claims, comparison, tone and reaction, and a desk to review proposed claims.

Each is live in a notebook, reads as words and tables where no kernel runs, and shows its faults in the panel.
"""

from analystkit.explorers.browsing import claims
from analystkit.explorers.comparing import comparison
from analystkit.explorers.panel import Panel
from analystkit.explorers.reacting import reaction
from analystkit.explorers.reviewing import review
from analystkit.explorers.voicing import tone

__all__ = ["Panel", "claims", "comparison", "reaction", "review", "tone"]
