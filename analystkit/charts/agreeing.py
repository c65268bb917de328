"""Facts and their sources -> who says what, and whether they agree."""

from __future__ import annotations

from itertools import chain
from typing import Any

import pandas as pd

from analystkit.amounts import rows_in_words, scale_of, unit_in_words
from analystkit.charts import house
from analystkit.charts.lettering import plain, text_width, wrap
from analystkit.dossier import Dossier
from analystkit.sources import split_ids

# Colour and sign: the picture can be read without the colour. The order is that of the rows.
_SIGNS = {
    "contradict": (house.ACCENT, "\u2715", "contradict"),
    "differ": ("#F3C7AE", "\u2248", "differ, though all may be right"),
    "agree": (house.PALE, "\u2713", "agree"),
    "alone": ("#ECEEF0", "\u00b7", "said by one source alone"),
}
_LABEL = 7.5


@house.chart
def agreement(
    reconciled: pd.DataFrame, dossier: Dossier | None = None, most: int = 40, width: float = house.WIDTH,
    figure: Any = None,
) -> Any:  # fmt: skip
    """Draw which sources say which fact: a row a fact, a cell a source, colour and sign for how they agree.

    Parameters
    ----------
    reconciled
        From `reconcile`.
    dossier
        Gives the names of the documents.
    most
        Facts drawn at most: those in conflict first, then those that agree.
    width, figure
        As in `investments`.

    Examples
    --------
    >>> from analystkit.charts import blank
    >>> facts = pd.DataFrame({"entity": ["Meta"], "metric": ["capex"], "documents": ["a;b"], "verdict": ["agree"],
    ...     "low": [64.5e9], "high": [65.5e9], "unit": ["USD"], "sources": [2]})
    >>> agreement(facts, figure=blank())
    <Figure: Of 1 fact, 1 is said by several sources: 1 agree>
    """
    dossier = dossier or Dossier()
    if reconciled.empty:
        return house.nothing("The dossier states no fact yet", width, figure)
    several = reconciled.loc[reconciled["sources"] > 1, "verdict"].tolist()
    shared = len(several)
    verdicts = ", ".join(f"{several.count(v)} {v}" for v in ("agree", "differ", "contradict") if v in several)
    heading = f"Of {len(reconciled)} fact{'s' * (len(reconciled) != 1)}, {shared or 'none'}"
    heading += f" {'is' if shared < 2 else 'are'} said by several sources" + f": {verdicts}" * bool(shared)
    drawn = reconciled.iloc[reconciled["verdict"].map(list(_SIGNS).index).argsort(kind="stable")].head(most)
    named = [split_ids([cell]) for cell in drawn["documents"]]
    numbers = {name: n for n, name in enumerate(dict.fromkeys(chain(*named)), start=1)}
    known = dossier.documents.set_index("document_id")
    known = known["publisher"].fillna(known["title"])
    sources = "; ".join(f"{n} {plain(known.get(name, name))[:80]}" for name, n in numbers.items())
    facts = _facts(drawn, dossier)
    names = ["\n".join(wrap(fact, _LABEL, width * 0.5, 2)) for fact in facts]
    left = 0.25 + text_width("\n".join(names), _LABEL)
    hidden, across = len(reconciled) - len(drawn), max(map(len, named))
    legend = "; ".join(f"{sign} {words}" for _, sign, words in _SIGNS.values())
    figure, axes = house.page(
        heading, f"Each row a fact, each cell a source by its number. {legend}",
        (0.32 if "\n" in "".join(names) else 0.24) * len(drawn) + 0.05,
        [f"{hidden} more facts stand in the table" if hidden else "", f"Sources: {sources}"], left,
        max(0.2, width - left - 0.5 * across), 0.1, width, figure,
        "; ".join(f"{fact}: {verdict}" for fact, verdict in zip(facts[:15], drawn["verdict"], strict=False)),
        drawn.assign(fact=facts),
    )  # fmt: skip
    for y, (verdict, documents) in enumerate(zip(drawn["verdict"], named, strict=True)):
        colour, sign, _ = _SIGNS[verdict]
        ink = "white" if verdict == "contradict" else house.INK
        for x, document in enumerate(documents):
            axes.barh(y, 0.92, left=x - 0.46, height=0.86, color=colour)
            axes.text(x, y, f"{sign} {numbers[document]}", ha="center", va="center", size=7, color=ink)
    axes.set(xlim=(-0.5, max(across, 1) - 0.5), xticks=[])
    house.name_rows(axes, names)
    axes.tick_params(labelsize=_LABEL)
    axes.spines[:].set_visible(False)
    return figure


def _facts(drawn: pd.DataFrame, dossier: Dossier) -> list[str]:
    """Return each fact in words: its amount where it has one, else the first statement of it."""
    statements = dossier.claims.set_index("claim_id")["statement"].to_dict()
    facts, amounts = [], drawn.drop(columns="value", errors="ignore")
    for row in drawn.reindex(columns=[*dict.fromkeys([*drawn, "period", "claim_ids"])]).itertuples():
        period = f" {row.period}" if isinstance(row.period, str) else ""
        about = f"{row.entity}, {row.metric.replace('_', ' ')}{period}"
        if pd.isna(row.low):
            about = statements.get(next(iter(split_ids([row.claim_ids])), ""), about)
        else:
            scale, word = scale_of([row.low, row.high])
            amount = rows_in_words(amounts.loc[[row.Index]], scale).iloc[0]
            about += f": {amount} {unit_in_words(word, row.unit)}"
        facts.append(plain(about))
    return facts
