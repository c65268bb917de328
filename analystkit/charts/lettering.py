"""Words in a picture: how wide they are, where they break, what the typeface cannot draw."""

from __future__ import annotations

import functools
import re
import textwrap
import warnings
from collections.abc import Iterable, Sequence
from itertools import pairwise

TITLE, NOTE, LABEL, SMALL, FOOT = 10.5, 8.5, 8.0, 6.8, 7.0  # points


def text_width(text: str, size: float = LABEL, bold: bool = False) -> float:
    """Return the width of text in inches: of its widest line."""
    return max(sum(_advance(letter, bold) for letter in line) for line in text.split("\n")) * size / 72


@functools.cache
def _advance(letter: str, bold: bool) -> float:
    """Return the width of one letter in ems; hinting widens what is drawn on a screen by a few percent."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal", size=100)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)
        measured = (text_to_path.get_text_width_height_descent(t, font, False) for t in (f"x{letter}x", "xx"))
        (wide, *_), (without, *_) = measured
    return float(wide - without) / 100 * 1.04


def drawable(text: str) -> bool:
    """Return whether the typeface has every letter of a text."""
    from matplotlib.font_manager import findfont, get_font

    font = get_font(findfont("DejaVu Sans"))
    return all(font.get_char_index(ord(letter)) for letter in plain(text))


def plain(text: object) -> str:
    """Return text in one line, without marks that would turn the reading direction of a page."""
    turning = r"[\u200e\u200f\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f]"
    return re.sub(turning, "", " ".join(str(text).split()))


def stop(text: object) -> str:
    """Return text that ends as a sentence does.

    Examples
    --------
    >>> stop("a title"), stop("cut\u2026."), stop("So be it.")
    ('a title.', 'cut\u2026', 'So be it.')
    """
    words = plain(text).rstrip(".")
    return words if words.endswith(("\u2026", "?", "!")) else f"{words}."


def wrap(text: object, size: float, inches: float, lines: int = 99, bold: bool = False) -> list[str]:
    """Return text in lines of at most this width; a word too long is broken, the rest is cut with a mark."""
    words = plain(text)
    letters = int(inches * len(words) / max(text_width(words, size, bold), 0.01)) + 3
    while True:
        found = textwrap.wrap(words, max(letters, 3), max_lines=lines, placeholder="\u2026") or [""]
        if letters <= 3 or text_width("\n".join(found), size, bold) <= inches:
            return found
        letters -= 1


def fold(marks: str) -> str:
    """Return footnote marks with runs folded.

    Examples
    --------
    >>> fold("[1, 2, 3, 5]")
    '[1-3, 5]'
    """
    return f"[{spans(int(each) for each in marks[1:-1].split(', '))}]" if marks else ""


def spans(numbers: Iterable[int]) -> str:
    """Return ascending numbers with runs of three and more folded."""
    ordered = sorted(numbers)
    cuts = [0, *(n for n, (a, b) in enumerate(pairwise(ordered), 1) if b > a + 1), len(ordered)]
    runs = [ordered[a:b] for a, b in pairwise(cuts)]
    return ", ".join(f"{r[0]}-{r[-1]}" if len(r) > 2 else ", ".join(map(str, r)) for r in runs)


def spread(wanted: Sequence[float], gap: float) -> list[float]:
    """Return heights for labels near those wanted, but at least a gap apart.

    Examples
    --------
    >>> spread([1.0, 1.0, 5.0], 0.5)
    [1.0, 1.5, 5.0]
    """
    found: dict[int, float] = {}
    for i in sorted(range(len(wanted)), key=lambda i: wanted[i]):
        found[i] = max(wanted[i], max(found.values(), default=-float("inf")) + gap)
    return [found[i] for i in range(len(wanted))]
