"""Facts x sources -> a grid of who says what, and whether they agree."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analystkit.amounts import in_words, scale_of, unit_in_words
from analystkit.charts.house import ACCENT, INK, PALE, WIDTH, chart, nothing, page
from analystkit.charts.lettering import plain, text_width, wrap
from analystkit.dossier import Dossier

# Colour and sign: the picture can be read without the colour. The order is that of the rows.
_SIGNS = {
    "contradict": (ACCENT, "\u2715", "contradict"),
    "differ": ("#F3C7AE", "\u2248", "differ, though all may be right"),
    "agree": (PALE, "\u2713", "agree"),
    "alone": ("#ECEEF0", "\u00b7", "said by one source alone"),
}
_ROW, _LABEL = 0.24, 7.5


@chart
def agreement(
    reconciled: pd.DataFrame, dossier: Dossier | None = None, most: int = 40, title: str | None = None,
    width: float = WIDTH, figure: Any = None,
) -> Any:  # fmt: skip
    """Draw which source says which fact: a column a source, a row a fact, colour and sign for how they agree.

    Parameters
    ----------
    reconciled
        From `reconcile`.
    dossier
        Gives the names of the documents.
    most
        Facts drawn at most: those in conflict first, then those that agree.
    title, width, figure
        As in `investments`.

    Examples
    --------
    >>> from analystkit.charts import blank
    >>> facts = pd.DataFrame({"entity": ["Meta"], "metric": ["capex"], "documents": ["a;b"], "verdict": ["agree"],
    ...     "low": [64.5e9], "high": [65.5e9], "unit": ["USD"], "sources": [2]})
    >>> agreement(facts, figure=blank())
    <Figure: Of 1 fact, 1 is said by several sources: 1 agree>
    """
    if reconciled.empty:
        return nothing(title or "The dossier states no fact yet", width, figure)
    shared, counts = int((reconciled["sources"] > 1).sum()), reconciled["verdict"].value_counts()
    verdicts = ", ".join(f"{counts[v]} {v}" for v in ("agree", "differ", "contradict") if v in counts)
    heading = f"Of {len(reconciled)} fact{'s' * (len(reconciled) != 1)}, {shared or 'none'}"
    heading += f" {'is' if shared < 2 else 'are'} said by several sources" + (
        f": {verdicts}" if shared else ""
    )
    drawn = reconciled.iloc[reconciled["verdict"].map(list(_SIGNS).index).argsort(kind="stable")].head(most)
    columns = list(dict.fromkeys(d for cell in drawn["documents"].dropna() for d in cell.split(";")))
    statements = {} if dossier is None else dossier.claims.set_index("claim_id")["statement"].to_dict()
    facts = [_fact(row, statements) for row in drawn.itertuples()]
    names = [wrap(fact, _LABEL, width * 0.5, 1)[0] for fact in facts]
    left = 0.25 + max(text_width(name, _LABEL) for name in names)
    hidden = len(reconciled) - len(drawn)
    more = f"{hidden} more facts stand in the table." if hidden else ""
    legend = "; ".join(f"{sign} {words}" for _, sign, words in _SIGNS.values())
    # Columns wider than half an inch look like bars.
    figure, axes = page(
        title or heading, f"Each row a fact, each column a source. {legend}.", _ROW * len(drawn) + 0.05,
        [more, _columns(columns, dossier)], left, max(0.2, width - left - 0.5 * len(columns)), 0.3, width, figure,
        "; ".join(f"{fact}: {verdict}" for fact, verdict in zip(facts[:15], drawn["verdict"], strict=False)), drawn,
    )  # fmt: skip
    for y, row in enumerate(drawn.itertuples()):
        colour, sign, _ = _SIGNS[row.verdict]
        ink = "white" if row.verdict == "contradict" else INK
        for x in (
            [columns.index(d) for d in row.documents.split(";")] if isinstance(row.documents, str) else []
        ):
            axes.barh(y, 0.92, left=x - 0.46, height=0.86, color=colour)
            axes.text(x, y, sign, ha="center", va="center", size=8.5, color=ink)
    axes.set(xlim=(-0.5, len(columns) - 0.5), ylim=(len(drawn) - 0.5, -0.5))
    axes.set_yticks(range(len(drawn)), names)
    axes.set_xticks(range(len(columns)), [str(n) for n in range(1, len(columns) + 1)])
    axes.tick_params(length=0, labelsize=_LABEL)
    axes.tick_params(axis="x", labelsize=6 if len(columns) > 12 else _LABEL)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    return figure


def _fact(row: Any, statements: dict[str, str]) -> str:
    """Return a fact in words: its amount where it has one, else the first statement of it."""
    period = f" {row.period}" if isinstance(getattr(row, "period", None), str) else ""
    about = f"{plain(row.entity)}, {plain(row.metric).replace('_', ' ')}{period}"
    if pd.isna(row.low):
        return plain(statements.get(str(getattr(row, "claim_ids", "")).split(";")[0], about))
    scale, word = scale_of([row.low, row.high])
    low_closed, high_closed = getattr(row, "low_closed", True), getattr(row, "high_closed", True)
    ends = in_words(float("nan"), row.low, row.high, low_closed, high_closed, scale)
    return f"{about}: {ends} {unit_in_words(word, row.unit)}"


def _columns(columns: list[str], dossier: Dossier | None) -> str:
    known = [] if dossier is None else dossier.documents[["document_id", "publisher", "title"]].to_numpy()
    names = {name: publisher if isinstance(publisher, str) else title for name, publisher, title in known}
    told = [names.get(column, column) for column in columns]
    return "Sources: " + "; ".join(f"{n} {plain(name)[:60]}" for n, name in enumerate(told, start=1)) + "."
