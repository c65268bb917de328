"""Sentences -> tone: score, label and the words that made it."""

from analystkit.tone.measuring import measure_tone, tone_sentences
from analystkit.tone.scorers import load_dictionary, transformer, vader
from analystkit.tone.scoring import combine, label_of, score_tone

__all__ = ["combine", "label_of", "load_dictionary", "measure_tone", "score_tone", "tone_sentences"]
__all__ += ["transformer", "vader"]
