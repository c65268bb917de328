"""Results + sources -> charts in one house style, each with its finding for a title, its sources and words for it.

`investments`, `promises` and `agreement` draw what is said; `reaction_path`, `parity`, `abnormal_paths` and
`car_paths` what prices did; `tone_by_speaker` and `tone_against_reaction` who speaks how, and what the prices made of
it. `alt_text`, `png`, `svg` and `save` hand them on. A chart ends a cell, or `plt.show()` does: it is shown once.
"""

from analystkit.charts.agreeing import agreement
from analystkit.charts.export import alt_text, png, save, svg
from analystkit.charts.house import blank, style
from analystkit.charts.investments import investments
from analystkit.charts.prices import parity, reaction_path
from analystkit.charts.promises import promises
from analystkit.charts.returns import abnormal_paths, car_paths
from analystkit.charts.voices import tone_against_reaction, tone_by_speaker

__all__ = [
    "abnormal_paths", "agreement", "alt_text", "blank", "car_paths", "investments", "parity", "png", "promises",
    "reaction_path", "save", "style", "svg", "tone_against_reaction", "tone_by_speaker",
]  # fmt: skip
