"""Returns and events -> abnormal returns and their tests; a dossier -> measured reactions, claimed moves checked."""

from analystkit.reaction.measuring import measure_reaction, place_events, study_reaction
from analystkit.reaction.moves import check_moves
from analystkit.reaction.papers import panel, to_latex
from analystkit.reaction.study import EventStudy, event_study

__all__ = [
    "EventStudy",
    "check_moves",
    "event_study",
    "measure_reaction",
    "panel",
    "place_events",
    "study_reaction",
    "to_latex",
]
