"""What charts are drawn with: a path with its band, names at the ends of lines, a mark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analystkit.charts.house import INK, LINES, PALE
from analystkit.charts.lettering import LABEL, plain, spread

AXIS: dict[str, Any] = {"color": "#8A8F94", "linewidth": 0.8}  # the line of zero
EVENT = AXIS | {"color": "#6B6B6B", "linestyle": (0, (4, 2))}  # the line of the news


def path(
    axes: Any, x: Any, y: Any, look: tuple[str, str, str] = LINES[0], low: Any = None, high: Any = None
) -> None:
    """Draw a line in one of the house's looks (`LINES`), over a band where there is one."""
    colour, dash, marker = look
    if low is not None:
        axes.fill_between(x, low, high, color=PALE, alpha=0.4, linewidth=0, zorder=0)
    axes.plot(x, y, color=colour, linestyle=dash, marker=marker, markersize=4)


def name_ends(
    axes: Any, x: Any, heights: Sequence[float], labels: Sequence[str], size: float = LABEL
) -> None:
    """Write each line's name at its end, in its colour, none over another."""
    low, high = axes.get_ylim()
    gap = (high - low) / (axes.get_position().height * axes.figure.get_figheight()) * size * 1.25 / 72
    for y, words, (colour, *_) in zip(spread(heights, gap), labels, LINES * len(labels), strict=False):
        beside(axes, words, (x, y), size, colour)


def beside(axes: Any, words: str, point: tuple[Any, float], size: float, colour: str) -> None:
    """Write words to the right of a point."""
    where = {"textcoords": "offset points", "va": "center", "annotation_clip": False}
    axes.annotate(words, point, (6, 0), size=size, color=colour, **where)


def dot(axes: Any, x: float, y: float, marker: str = "o", colour: str = INK, hollow: bool = True) -> None:
    """Draw one mark; what is hedged is hollow."""
    face = "white" if hollow else colour
    axes.plot([x], [y], marker, color=colour, markersize=5, markerfacecolor=face, clip_on=False)


def mark_day(
    axes: Any, day: Any, words: str, line: dict[str, Any], height: float = 1.01, **text: Any
) -> None:
    """Draw a line at a day, with a few words at a height between 0 (bottom) and 1 (top)."""
    axes.axvline(day, **line)
    where = {"transform": axes.get_xaxis_transform(), "ha": "center", "size": 7, "color": line["color"]}
    axes.text(day, height, plain(words), **where | text)
