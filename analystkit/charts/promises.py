"""Promises as they were revised, and what was delivered -> small multiples, one promise each."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from analystkit.amounts import scale_of, unit_in_words
from analystkit.charts.house import (
    ACCENT,
    GREY,
    INK,
    PALE,
    WIDTH,
    arrow,
    chart,
    nothing,
    page,
    set_dates,
    source_line,
)
from analystkit.charts.lettering import plain, wrap
from analystkit.dossier import Dossier

if TYPE_CHECKING:
    from analystkit.tracking import Tracking

_PANEL = 1.75
_KEYS = ["entity", "metric", "definition", "period"]
_ENDS = ["printed_low", "printed_high"]
_LEGEND = (
    "Bar: the range that was said on that day; hollow dot with arrow: a floor; dot: one number. Area: reports added"
    " up within the period; diamond: the last total. Cross: what others printed of it, one of no known day beside the"
    " first word. In words: where it stands against the first word."
)
_VERDICTS = ("above", "within", "below", "running", "depends on definition")


@chart
def promises(
    tracked: Tracking, dossier: Dossier | None = None, most: int = 8, title: str | None = None,
    width: float = WIDTH, figure: Any = None,
) -> Any:  # fmt: skip
    """Draw every promise as it was revised, day by day, with the reports that add up to it.

    Parameters
    ----------
    tracked
        From `track`.
    dossier
        Gives the source line.
    most
        Promises drawn at most: those with most statements.
    title, width, figure
        As in `investments`.

    Returns
    -------
    Figure
        `data`: entity, period, said_on, printed_low, printed_high, unit, printed.
    """
    told = tracked.revisions
    told = told[told["counts"].astype(bool) & told["said_on"].notna() & told[_ENDS].notna().any(axis=1)]
    if told.empty:
        return nothing(title or "No promise states a figure on a known day", width, figure)
    groups = list(told.sort_values("said_on", kind="stable").groupby(_KEYS, dropna=False, sort=False))
    groups.sort(key=lambda each: -len(each[1]))
    drawn = groups[:most]
    shown = pd.concat([group for _, group in drawn])
    columns = (3 if len(drawn) > 4 else 2) if width > 5 and len(drawn) > 1 else 1
    rows = math.ceil(len(drawn) / columns)
    more = f"{len(groups) - most} more promises stand in the table." if len(groups) > most else ""
    figure, axes = page(
        title or _finding(tracked.outcome, groups), "What was promised, by the day it was said.",
        _PANEL * rows + 0.4 * (rows - 1) + 0.22, [_LEGEND, more, source_line(dossier, shown["claim_id"], width)],
        0.5, 0.2, 0.35, width, figure,
        "; ".join(f"{key[0]} {key[3]}: {', '.join(g['printed'])} {g['unit'].iloc[0]}" for key, g in drawn),
        shown[["entity", "period", "said_on", *_ENDS, "unit", "printed"]], nrows=rows, ncols=columns, squeeze=False,
    )  # fmt: skip
    # The first row of panels has titles of its own.
    top = figure.subplotpars.top - 0.22 / figure.get_figheight()
    figure.subplots_adjust(wspace=0.28, hspace=0.5, top=top)
    for panel in axes.flat[len(drawn) :]:
        panel.set_axis_off()
    for panel, (key, group) in zip(axes.flat, drawn, strict=False):
        _draw(panel, key, group, tracked, width / columns)
    return figure


def _draw(panel: Any, key: Any, group: pd.DataFrame, tracked: Tracking, inches: float) -> None:
    entity, _, definition, period = key
    progress, outcome = (_same(t, entity, definition, period) for t in (tracked.progress, tracked.outcome))
    ends = [e for e in [*group[_ENDS].to_numpy().ravel(), *progress["delivered_so_far"]] if math.isfinite(e)]
    scale, word = scale_of(ends)
    # One way of answering a promise is drawn: the first, which the table lists first too.
    for _, steps in list(progress.groupby(["clock", "delivered_definition"], sort=False))[:1]:
        steps = steps.sort_values("reported_to")
        days = [steps["period_start"].iloc[0], *steps["reported_to"]]
        sums = [0.0, *steps["delivered_so_far"] / scale]
        panel.fill_between(days, 0, sums, color=PALE, alpha=0.45, linewidth=0)
        panel.plot(days[-1:], sums[-1:], "D", color=ACCENT, markersize=5)
    for place, row in enumerate(group.itertuples()):
        day, low, high = row.said_on, row.printed_low / scale, row.printed_high / scale
        at = [end for end in (low, high) if math.isfinite(end)]
        if len(at) == 1:
            arrow(panel, day, at[0], (0, 16 if math.isinf(high) else -16))
        if len(set(at)) == 1:
            face = "white" if len(at) == 1 else INK
            panel.plot([day], at[:1], "o", color=INK, markersize=5, markerfacecolor=face)
        else:
            panel.plot([day, day], at, color=INK, linewidth=4, solid_capstyle="butt")
        if place in (0, len(group) - 1) and at:
            lift = 19 if math.isinf(high) else 5
            where = {"xytext": (0, lift), "textcoords": "offset points", "ha": "center"}
            panel.annotate(row.printed, (day, max(at)), size=6.5, **where)
    retold = _same(tracked.revisions, entity, definition, period)
    retold = retold[(retold["change"] == "retold") & retold[_ENDS].notna().any(axis=1)]
    printed = retold[_ENDS].where(lambda end: end.abs() < math.inf)
    days = retold["said_on"].fillna(group["said_on"].iloc[0])
    panel.plot(days, printed.mean(axis=1) / scale, "x", color=ACCENT, markersize=5, linestyle="none")
    panel.set_ylim(0, max(ends, default=scale) / scale * 1.4)
    panel.margins(x=0.1)
    name = f"{entity}, {period if isinstance(period, str) else 'no period'}"
    panel.set_title(wrap(name, 8.5, inches - 0.7, 1, bold=True)[0], size=8.5)
    panel.set_ylabel(unit_in_words(word, group["unit"].iloc[0]), size=7, labelpad=2)
    panel.tick_params(labelsize=7)
    verdict = plain(outcome["verdict"].iloc[0]) if len(outcome) else ""
    panel.text(0.98, 0.05, verdict, transform=panel.transAxes, ha="right", size=7, color=GREY)
    if progress.empty and group["said_on"].nunique() == 1:
        panel.set_xlim(*(group["said_on"].iloc[0] + pd.Timedelta(days=days) for days in (-45, 45)))
    set_dates(panel, 3)
    panel.xaxis.get_offset_text().set_size(6.5)


def _same(table: pd.DataFrame, *wanted: object) -> pd.DataFrame:
    same = pd.Series(True, table.index)
    for column, value in zip(("entity", "definition", "period"), wanted, strict=True):
        same &= table[column].fillna("") == ("" if pd.isna(value) else value)
    return table[same]


def _finding(outcome: pd.DataFrame, groups: list[tuple[Any, pd.DataFrame]]) -> str:
    """Return a sentence that counts how many promises were revised which way, and what became of them."""
    moves = [(g[_ENDS].iloc[-1] - g[_ENDS].iloc[0]).tolist() for _, g in groups]
    moves = [[move for move in each if math.isfinite(move)] for each in moves]
    ups = sum(min(each, default=-1) >= 0 and max(each) > 0 for each in moves)
    downs = sum(max(each, default=1) <= 0 and min(each) < 0 for each in moves)
    ends = outcome.drop_duplicates(["entity", "definition", "period"])["verdict"].value_counts()
    told = ", ".join(f"{ends[verdict]} {verdict}" for verdict in _VERDICTS if verdict in ends)
    head = f"Of {len(groups)} promise{'s' * (len(groups) != 1)}, {ups} {'was' if ups == 1 else 'were'} raised"
    return f"{head} and {downs} lowered" + (f"; against the first word: {told}" if told else "")
