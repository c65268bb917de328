"""A chart -> words, a PNG or SVG picture and its numbers, the same for the same chart."""

from __future__ import annotations

import io
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
    return _printed(
        figure, "png", dpi=dpi or figure.dpi, metadata={"Software": None, "Description": alt_text(figure)}
    )


def svg(figure: Any) -> str:
    """Return a chart as an SVG drawing with its alt text, the same for the same chart."""
    from html import escape

    with style():
        drawn = _printed(figure, "svg", metadata={"Date": None, "Creator": None}).decode("utf-8")
    head = f'role="img" aria-label="{escape(alt_text(figure))}" '
    return drawn.replace("<svg ", f"<svg {head}", 1)


def _printed(figure: Any, kind: str, **options: Any) -> bytes:
    import warnings

    stream = io.BytesIO()
    with warnings.catch_warnings():
        # A letter that the typeface lacks is drawn as a box; a notebook need not say so on every run.
        warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)
        figure.savefig(stream, format=kind, **options)
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
    numbers = getattr(figure, "data", None)
    if numbers is not None:
        numbers.to_csv(path.with_suffix(".csv"), index=False, lineterminator="\n")
    return path
