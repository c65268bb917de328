"""Sentences -> tone: score, label and the words that made it."""

from analystkit.tone.measuring import locate_evidence, measure_tone, tone_sentences
from analystkit.tone.scorers import load_dictionary, transformer, vader
from analystkit.tone.scoring import combine, label_of, score_tone

__all__ = ["combine", "label_of", "load_dictionary", "locate_evidence", "measure_tone", "score_tone"]
__all__ += ["tone_sentences", "transformer", "vader"]
