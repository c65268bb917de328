"""The frame of every explorer: labelled controls, a view that answers them, and a place for faults."""

from __future__ import annotations

import base64
from html import escape
from typing import Any

import ipywidgets as widgets
import pandas as pd

from analystkit import charts
from analystkit.dossier import Dossier
from analystkit.tables import highlight, safe
from analystkit.tables.marking import as_text

_AROUND = 700  # characters of a document before and after a quote


class Panel(widgets.VBox):
    """A column of labelled controls with a view below them. A control that changes renews the view.

    Parameters
    ----------
    *between
        Widgets that stand between the controls and the view.
    **controls
        Widgets with a `value` and a `description`; each is an attribute of the panel under its name.
    """

    def __init__(self, *between: Any, **controls: Any) -> None:
        self.controls = controls
        self.chart: Any = None
        self.rows = 0
        self._told, self._busy = "", False
        for name, control in controls.items():
            setattr(self, name, control)
            control.style.description_width = "8em"
            control.layout.width = control.layout.width or "24em"
            control.observe(self._changed, "value")
        self.fault, self.shown = widgets.HTML(), widgets.HTML()
        wrap = widgets.Layout(display="flex", flex_flow="row wrap")
        super().__init__([widgets.Box([*controls.values()], layout=wrap), *between, self.fault, self.shown])
        self.refresh()

    def view(self) -> str:
        """Return the HTML for the present state of the controls; set `rows`, and `chart` to a figure or None."""
        raise NotImplementedError

    def _changed(self, _: Any) -> None:
        # A view may set other controls; they are part of the same answer.
        if not self._busy:
            self.refresh()

    def refresh(self) -> None:
        """Draw the view anew; a fault is told in the panel, and the last good view stays."""
        self._busy = True
        try:
            told = self.view()
            self.shown.value, self.fault.value, self._told = self._picture() + told, "", told
        except Exception as error:  # noqa: BLE001 - in a callback a fault would vanish in a log
            self.tell(error)
        finally:
            self._busy = False

    def tell(self, error: Exception) -> None:
        """Show a fault in the panel."""
        kind = "" if isinstance(error, ValueError) else f"{type(error).__name__}: "
        self.fault.value = f'<p role="alert"><b>That did not work.</b> {kind}{safe(error)}</p>'

    def _picture(self) -> str:
        if self.chart is None:
            return ""
        # Letters stay text: a picture that is drawn, sent and painted in a third of the time.
        data = base64.b64encode(charts.svg(self.chart, letters=True).encode()).decode()
        shown = f'alt="{escape(charts.alt_text(self.chart))}" src="data:image/svg+xml;base64,{data}"'
        return f'<img style="max-width:100%;height:auto" {shown}>'

    def __repr__(self) -> str:
        values = {name: control.value for name, control in self.controls.items()} | {"rows": self.rows}
        # Of a choice of many only the number is told.
        told = [f"{n}={len(v) if n == 'include' else repr(v)}" for n, v in values.items()]
        return f"{type(self).__name__}({', '.join(told)})"

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        """Return the live widget, and words and tables for where no kernel runs.

        The picture is a part of its own: pictures differ between machines, words and tables do not.
        """
        bundle = dict(super()._repr_mimebundle_(**options) or {})
        seen = f"<p><b>{safe(charts.alt_text(self.chart))}</b></p>" if self.chart is not None else ""
        note = f"<p><small>{safe(repr(self))}: run the notebook to change this.</small></p>"
        bundle["text/plain"] = repr(self)
        bundle["text/html"] = f'<div class="ak-panel">{note}{seen}{self.fault.value}{self._told}</div>'
        if self.chart is not None:
            bundle["image/png"] = base64.b64encode(charts.png(self.chart)).decode("ascii")
        return bundle


def pick(label: str, options: Any, **more: Any) -> widgets.Dropdown:
    """Return a list to choose one of, with its label; marks that cannot be seen are seen in it."""
    named = [one if isinstance(one, tuple) else (one, one) for one in options]
    return widgets.Dropdown(
        options=[(as_text(name), value) for name, value in named], description=label, **more
    )


def choices(values: pd.Series) -> list[tuple[str, str]]:
    """Return the options of a list to choose from: everything, then each word once in order.

    Examples
    --------
    >>> choices(pd.Series(["b", "a_c", "b"]))
    [('all', ''), ('a c', 'a_c'), ('b', 'b')]
    """
    return [("all", ""), *((word.replace("_", " "), word) for word in sorted(values.dropna().unique()))]


def scrolled(markup: str) -> str:
    """Return HTML in a frame that scrolls, with the mouse and with the keys."""
    return f'<div tabindex="0" style="max-height:26em;overflow:auto;border:1px solid #8884">{markup}</div>'


def quote_in_place(dossier: Dossier, claim: Any) -> str:
    """Return the words around a claim's quote in its document, the quote marked."""
    head = f"{claim.claim_id} in {claim.document_id}: {claim.statement}"
    text = dossier.texts.get(claim.document_id)
    if text is None or pd.isna(claim.start) or pd.isna(claim.end):
        why = "The claim has no place in its document" if text else "The text of the document is not here"
        quote = f'; its quote is "{claim.quote}"' if isinstance(claim.quote, str) else ""
        return f"<p><b>{safe(head)}</b></p><p>{why}{safe(quote)}.</p>"
    first, last = max(0, int(claim.start) - _AROUND), int(claim.end) + _AROUND
    place = pd.DataFrame({"start": [int(claim.start) - first], "end": [int(claim.end) - first]})
    return scrolled(highlight(text[first:last], place, head).html)
