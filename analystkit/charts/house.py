"""The house style: a page with a finding for its title and a foot that names the sources; what is drawn on it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from analystkit.charts.lettering import FOOT, LABEL, NOTE, TITLE, drawable, plain, spans, spread, stop, wrap
from analystkit.dossier import Dossier
from analystkit.schemas import read_words
from analystkit.sources import footnotes

WIDTH = 7.5  # inches: the text column of a report page
INK, ACCENT, PALE, GREY = "#0B3C5D", "#D1602B", "#7FA8D1", "#6B6B6B"
# Each line differs in colour, lightness, dash and marker.
LINES = [
    (INK, "-", "o"),
    (ACCENT, "--", "s"),
    ("#5B8DBF", "-", "^"),
    (GREY, ":", "D"),
    ("#7A2E5D", "-.", "v"),
]
MARKS = [(INK, "o", "round"), (ACCENT, "s", "square"), (GREY, "D", "diamond")]
AXIS: dict[str, Any] = {"color": "#8A8F94", "linewidth": 0.8}  # the line of zero
EVENT = AXIS | {"color": GREY, "linestyle": (0, (4, 2))}  # the line of the news
_LINE, _MARGIN = 1.24 / 72, 0.12  # height of a line of text in inches a point; inches at the edges
_LONGEST, _SOURCES = 20, 40  # lines of a paragraph in the foot, documents named in it


@functools.cache
def _figure_class() -> Any:
    import matplotlib.figure

    class Figure(matplotlib.figure.Figure):
        """A figure with words for those who do not see it (`alt_text`) and its numbers (`data`)."""

        finding = alt_text = ""
        data: pd.DataFrame | None = None

        def __repr__(self) -> str:
            # The words that a notebook keeps for a picture: its size would depend on how lines break.
            return f"<Figure: {self.finding}>"

        def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
            import base64

            from matplotlib._pylab_helpers import Gcf

            from analystkit.charts.export import png

            # A figure that is shown as the last line of a cell must not be shown again by `plt.show()`.
            Gcf.destroy_fig(self)
            shown = {"alt": self.alt_text, "width": round(self.get_figwidth() * 96)}
            picture = base64.b64encode(png(self)).decode("ascii")
            return {"image/png": picture, "text/plain": repr(self)}, {"image/png": shown}

    return Figure


def blank(width: float = WIDTH) -> Any:
    """Return an empty figure that pyplot does not know, to be drawn into by any chart (``figure=``)."""
    return _figure_class()(figsize=(width, width / 2), dpi=144)


def style(more: dict[str, Any] | None = None) -> Any:
    """Return the house style as a context: ``with charts.style(): ...``; `more` are settings of matplotlib."""
    import matplotlib.style

    path = Path(__file__).resolve().parents[1] / "style" / "analystkit.mplstyle"
    return matplotlib.style.context([str(path), more or {}], after_reset=True)


def chart(draw: Callable[..., Any]) -> Callable[..., Any]:
    """Draw in the house style, the axes told in the alt text; the signature stays the function's own."""

    @functools.wraps(draw)
    def drawn(*given: Any, **named: Any) -> Any:
        with style():
            figure = draw(*given, **named)
        panels = figure.findobj(lambda artist: hasattr(artist, "get_xlabel"))
        for side, label in {"Across": "xlabel", "Upward": "ylabel"}.items():
            told = "; ".join(
                filter(None, dict.fromkeys(getattr(panel, f"get_{label}")() for panel in panels))
            )
            figure.alt_text += f" {side}: {told}." if told else ""
        return figure

    return drawn


def page(
    title: str, note: str, body: float, foot: Sequence[str], left: float = 0.6, right: float = 0.3,
    bottom: float = 0.45, width: float = WIDTH, figure: Any = None, alt: str = "", data: Any = None, **grid: Any,
) -> tuple[Any, Any]:  # fmt: skip
    """Return a figure with its title, note and foot set, and the empty axes of its body.

    Parameters
    ----------
    title, note
        The finding in one sentence; below it what is drawn, in plainer type.
    body, left, right, bottom
        Inches: height of the body, room for labels beside and below it.
    foot
        Paragraphs under the body: what could not be drawn, the legend in words, the sources.
    figure
        Draw into this figure; a new one of pyplot when not given, so that ``plt.show()`` shows it.
    alt, data
        Words for those who do not see the chart, and its numbers.
    **grid
        As for `Figure.subplots`.
    """
    inner = width - 2 * _MARGIN
    most = round(_LONGEST * WIDTH / width)
    heads = [(wrap(title, TITLE, inner, 5, bold=True), TITLE, "#202124", "bold")]
    heads += [(wrap(note, NOTE, inner, 4), NOTE, "#3C4043", "normal")] * bool(note)
    feet = [(wrap(stop(words), FOOT, inner, most), FOOT, "#5F6368", "normal") for words in foot if words]
    top = _MARGIN + 0.14 + sum(len(lines) * size for lines, size, *_ in heads) * _LINE
    end = bottom + _MARGIN + sum(len(lines) * size * _LINE + 0.04 for lines, size, *_ in feet)
    height = top + body + end
    if figure is None:
        import matplotlib.pyplot as plt

        figure = plt.figure(FigureClass=_figure_class(), figsize=(width, height), dpi=144)
    figure.clear()
    figure.set_size_inches(width, height)
    axes = figure.subplots(**grid)
    figure.subplots_adjust(left / width, end / height, 1 - right / width, 1 - top / height)
    for paragraphs, start, between in ((heads, height - _MARGIN, 0.0), (feet, end - bottom, 0.04)):
        for lines, size, colour, weight in paragraphs:
            look = {"size": size, "color": colour, "weight": weight, "va": "top", "linespacing": 1.2}
            figure.text(_MARGIN / width, start / height, "\n".join(lines), **look)
            start -= len(lines) * size * _LINE + between
    figure.finding, figure.data = plain(title), data
    figure.alt_text = " ".join(stop(part) for part in (title, note, alt) if part)
    return figure, axes


def nothing(words: str, width: float = WIDTH, figure: Any = None, foot: Sequence[str] = ()) -> Any:
    """Return a chart that says why there is nothing to draw."""
    figure, axes = page(words, "", 0.05, foot, 0.12, bottom=0.05, width=width, figure=figure)
    axes.set_axis_off()
    return figure


def legends() -> dict[str, str]:
    """Return what is drawn in words, by the name of the mark."""
    return dict(read_words("chart_words.csv").to_numpy())


def source_line(dossier: Dossier | None, cells: Iterable[str], width: float = WIDTH) -> str:
    """Return the documents of claims with the footnote numbers that a table of the same rows gives them."""
    if dossier is None:
        return ""
    named = []
    for document_id, group in footnotes(dossier, cells).groupby("document_id", sort=False):
        first = group.fillna({"title": document_id}).iloc[0]
        title = plain(first["title"])
        title = title if len(title) <= 70 else title[:70].rsplit(" ", 1)[0] + "\u2026"
        # A narrow chart names the publisher alone; the titles stand in the table's footnotes.
        if isinstance(first["publisher"], str):
            title = f"{first['publisher']}, {title}" if width >= 5 and drawable(title) else first["publisher"]
        day = f" ({first['published_at']:%Y-%m-%d})" if pd.notna(first["published_at"]) else ""
        named.append(f"[{spans(group['number'])}] {title}{day}")
    more = f"; and {len(named) - _SOURCES} more" if len(named) > _SOURCES else ""
    return f"Sources: {'; '.join(named[:_SOURCES])}{more}" if named else ""


def name_rows(axes: Any, names: Sequence[str]) -> None:
    """Give an axis one named row each, the first at the top."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)


def arrow(axes: Any, x: Any, y: Any, offset: tuple[float, float], colour: str = INK) -> None:
    """Draw an open end: a hollow dot with an arrow of a length that means nothing."""
    arrowprops = {"arrowstyle": "<-", "color": colour, "lw": 1.3, "shrinkA": 0, "shrinkB": 3}
    axes.annotate("", (x, y), offset, textcoords="offset points", arrowprops=arrowprops)


def set_dates(axes: Any, width: float) -> None:
    """Give an axis of days labels that say day, month and year, as many as fit."""
    import matplotlib.dates as mdates

    first, last = axes.get_xlim()
    axes.xaxis.set_major_locator(mdates.AutoDateLocator(minticks=2, maxticks=max(5, int(width))))
    axes.xaxis.set_major_formatter(mdates.DateFormatter("%d %b\n%Y" if last - first < 100 else "%b\n%Y"))


def path(axes: Any, x: Any, y: Any, look: tuple[str, str, str], low: Any = None, high: Any = None) -> None:
    """Draw a line in one of the house's looks (`LINES`), over a band where there is one."""
    colour, dash, marker = look
    if low is not None:
        axes.fill_between(x, low, high, color=PALE, alpha=0.4, linewidth=0, zorder=0)
    axes.plot(x, y, color=colour, linestyle=dash, marker=marker, markersize=4)


def name_ends(axes: Any, x: Any, ends: pd.Series, size: float = LABEL) -> None:
    """Write each line's name (the index) at its end (the value), in its colour, none over another."""
    low, high = axes.get_ylim()
    gap = (high - low) / (axes.get_position().height * axes.figure.get_figheight()) * size * 1.25 / 72
    for y, words, (colour, *_) in zip(
        spread(ends.tolist(), gap), ends.index, LINES * len(ends), strict=False
    ):
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
