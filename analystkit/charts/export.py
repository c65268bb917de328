"""A chart -> words, a PNG or SVG picture and its numbers, the same for the same chart."""

from __future__ import annotations

import io
import warnings
from html import escape
from pathlib import Path
from typing import Any

from analystkit.charts.house import style
from analystkit.errors import AnalystkitError


def alt_text(figure: Any) -> str:
    """Return the words that stand for a chart where it is not seen.

    Examples
    --------
    >>> from analystkit.charts.house import blank, nothing
    >>> alt_text(nothing("Nothing was said", figure=blank()))
    'Nothing was said.'
    """
    return str(getattr(figure, "alt_text", ""))


def png(figure: Any, dpi: float | None = None) -> bytes:
    """Return a chart as a PNG picture, the same bytes for the same chart."""
    return _printed(figure, "png", {"Software": None, "Description": alt_text(figure)}, dpi=dpi or figure.dpi)


def svg(figure: Any, letters: bool = False) -> str:
    """Return a chart as an SVG drawing with its alt text, the same for the same chart.

    Parameters
    ----------
    figure
        A chart of this module.
    letters
        False draws each letter, so that the chart looks alike everywhere; True leaves them as text, which is
        a tenth of the size and is set in a typeface of the reader's.
    """
    with style({"svg.fonttype": "none"} if letters else {}):
        drawn = _printed(figure, "svg", {"Date": None, "Creator": None}).decode("utf-8")
    return drawn.replace("<svg ", f'<svg role="img" aria-label="{escape(alt_text(figure))}" ', 1)


def _printed(figure: Any, kind: str, metadata: dict[str, Any], **options: Any) -> bytes:
    stream = io.BytesIO()
    with warnings.catch_warnings():
        # A letter that the typeface lacks is drawn as a box; a notebook need not say so on every run.
        warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)
        figure.savefig(stream, format=kind, metadata=metadata, **options)
    return stream.getvalue()


def save(figure: Any, path: str | Path) -> Path:
    """Write a chart as PNG or SVG, and its numbers as a CSV file beside it; return the picture's path.

    Parameters
    ----------
    figure
        A chart of this module.
    path
        Ends in `.png` or `.svg`.

    Raises
    ------
    AnalystkitError
        For another ending.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from analystkit.charts.house import blank, nothing
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "nothing.svg"
    >>> save(nothing("Nothing was said", figure=blank()), path).name
    'nothing.svg'
    """
    path = Path(path)
    if path.suffix not in (".png", ".svg"):
        raise AnalystkitError(f"cannot write a chart to {path.name!r}: use a name that ends in .png or .svg.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(png(figure, 200) if path.suffix == ".png" else svg(figure).encode("utf-8"))
    if figure.data is not None:
        figure.data.to_csv(path.with_suffix(".csv"), index=False, lineterminator="\n")
    return path
