"""A text and places in it -> the text with these places marked; any text -> HTML that shows it."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

# Marks that a reader cannot see, but that turn the order of the letters around them, and control characters.
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_LONG = 28
_COLOURS = {
    "positive": "#bfe3c6", "holds": "#bfe3c6", "negative": "#f6c6bd", "contradicted": "#f6c6bd",
    "wrong measure": "#f6c6bd", "no source": "#d9d9d9", "neutral": "#d9d9d9",
}  # fmt: skip


@dataclass(frozen=True, repr=False)
class Html:
    """Something to look at: HTML in a notebook, plain text in a terminal; the same for the same input."""

    html: str
    text: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.text


def as_text(value: object) -> str:
    """Return a value as text whose hidden marks are seen; a missing value is empty.

    Examples
    --------
    >>> as_text("a\\u202eb"), as_text(float("nan"))
    ('a[U+202E]b', '')
    """
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return ""
    return _HIDDEN.sub(lambda m: f"[U+{ord(m[0]):04X}]", str(value))


def safe(value: object) -> str:
    """Return a value as escaped HTML that may break within words too long for a line.

    Examples
    --------
    >>> safe("<b>")
    '&lt;b&gt;'
    """
    pieces = re.split(rf"(\S{{{_LONG}}}(?=\S))", as_text(value))
    return "".join(escape(piece) + ("<wbr>" if n % 2 else "") for n, piece in enumerate(pieces))


def highlight(text: str, spans: pd.DataFrame, caption: str | None = None) -> Html:
    """Return a text with places in it marked; they may overlap.

    Parameters
    ----------
    text
        The text to which the offsets belong.
    spans
        start and end, and where there are any: label (shown after the place), title (shown under the pointer)
        and kind (gives the colour: positive, negative, neutral or a verdict of `check_text`).
    caption
        A line above it.

    Returns
    -------
    Html
        Places that do not lie within the text are counted under it.

    Examples
    --------
    >>> highlight("up 3% so far", pd.DataFrame({"start": [3], "end": [5], "label": ["1"]}))
    up [[3%]](1) so far
    """
    placed = spans.dropna(subset=["start", "end"])
    placed = placed[placed["start"].ge(0) & placed["end"].gt(placed["start"]) & placed["end"].le(len(text))]
    waiting = list(placed.sort_values("start", kind="stable").itertuples())
    cuts = sorted({0, len(text), *placed["start"].astype("int64"), *placed["end"].astype("int64")})
    over: list[Any] = []
    marked, plain = [], []
    for start, end in itertools.pairwise(cuts):
        over = [row for row in over if row.end > start]
        while waiting and waiting[0].start <= start:
            over.append(waiting.pop(0))
        piece = text[start:end]
        labels = _words([row for row in over if row.end == end], "label", ", ")
        hint, kind = _words(over, "title", "; "), _words(over[-1:], "kind", "")
        colour = _COLOURS.get(kind, "#fde69a")
        marked.append(
            f'<mark title="{escape(hint)}" style="background:{colour};color:#111">{safe(piece)}</mark>'
            + (f"<sup>{safe(labels)}</sup>" if labels else "")
            if over
            else safe(piece)
        )
        plain.append(f"[[{as_text(piece)}]]{f'({labels})' if labels else ''}" if over else as_text(piece))
    lost = len(spans) - len(placed)
    foot = [f"{lost} of {len(spans)} marked places lie outside this text."] if lost else []
    head = f"<p><b>{safe(caption)}</b></p>" if caption else ""
    markup = (
        f'<div class="ak-text">{head}<div dir="auto" style="white-space:pre-wrap;max-width:46em;'
        f'line-height:1.5">{"".join(marked)}</div>{"".join(f"<p>{words}</p>" for words in foot)}</div>'
    )
    return Html(markup, "\n".join([*([caption] if caption else []), "".join(plain), *foot]))


def _words(rows: list[Any], column: str, between: str) -> str:
    return between.join(dict.fromkeys(filter(None, (as_text(getattr(row, column, "")) for row in rows))))
