"""Text -> who speaks: quoted and reported statements with speaker, kind, modality and certainty."""

from analystkit.speech.cues import certainty_of, modality_of
from analystkit.speech.statements import attribute_speakers

__all__ = ["attribute_speakers", "certainty_of", "modality_of"]
