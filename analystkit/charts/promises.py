"""Promises as they were revised, and what was delivered -> small multiples, one promise each."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from analystkit.amounts import unit_in_words
from analystkit.charts import house
from analystkit.charts.lettering import SMALL, fold, wrap
from analystkit.dossier import Dossier
from analystkit.sources import footnotes, marks
from analystkit.tracking.evidence import billions, doubtful, legend, with_reports

if TYPE_CHECKING:
    from analystkit.tracking import Tracking

_PANEL, _LINE = 1.45, SMALL * 1.25 / 72  # height of a panel and of a line above it in inches
_KEYS = ["entity", "metric", "definition", "period"]
_WAY = ["entity", "definition", "period", "clock", "delivered_definition", "reported_to"]
_ENDS = ["printed_low", "printed_high"]
_LEGEND = (
    "Bar: the range said on that day; dot: one number; hollow dot with arrow: an open end; cross: what others printed"
    " of it, one of no known day beside the first word. Area and lines: reports added up, by each measure and start"
    " of the clock that answers the promise, the last total with the sign that stands above the panel; dotted: the"
    " even pace to the last word. In words: where the total stands against the first word."
)
# One for each measure and start of the clock: sign in words, marker, filled, line.
_SHAPES = [("\u25c6", "D", house.ACCENT, "-"), ("\u25c7", "D", "white", "--"), ("\u25a1", "s", "white", "-.")]
_SHAPES.append(("\u25b3", "^", "white", ":"))
_POINTS = {"textcoords": "offset points"}
_VERDICTS = ("above", "within", "below", "running", "depends on definition", "depends on the clock")


@house.chart
def promises(
    tracked: Tracking, dossier: Dossier | None = None, most: int = 8, title: str | None = None,
    width: float = house.WIDTH, figure: Any = None,
) -> Any:  # fmt: skip
    """Draw every promise as it was revised, day by day, with the reports that add up to it.

    Parameters
    ----------
    tracked
        From `track`.
    dossier
        Gives footnote marks (the numbers that `tables.show` gives `tracked.outcome`) and the source line.
    most
        Promises drawn at most: those with most statements.
    title, width, figure
        As in `investments`.

    Returns
    -------
    Figure
        `data`: entity, period, said_on, printed_low, printed_high, unit, printed, confidence, marks of each statement
        and of each last total (its day is that of the last report, `printed` the measure).
    """
    told = tracked.revisions
    told = told[told["counts"] & told["said_on"].notna() & told[_ENDS].notna().any(axis=1)]
    if told.empty:
        return house.nothing(title or "No promise states a figure on a known day", width, figure)
    latest = tracked.progress.loc[tracked.progress["latest"], [*_WAY, "standing_first"]]
    outcome = tracked.outcome.merge(latest, "left", _WAY)
    cells = [*(outcome["claim_ids"] + ";" + outcome["report_ids"].fillna("")), *tracked.revisions["claim_id"]]
    sources = with_reports(dossier) if dossier is not None else None
    notes = footnotes(sources, cells) if sources is not None else pd.DataFrame()
    # A last total is told as a statement is: on a day, with its ends, its confidence and its sources.
    total = {
        "reported_to": "said_on",
        "delivered_definition": "printed",
        "delivered_confidence": "confidence",
    }
    ends = outcome[outcome["delivered"].notna()].drop(columns="confidence").rename(columns=total)
    ends = ends.assign(
        claim_id=ends["report_ids"], printed_low=ends["delivered"], printed_high=ends["delivered"]
    )
    told, ends = (t.assign(sign=doubtful(t["confidence"]), marks="") for t in (told, ends))
    if len(notes):
        told, ends = (t.assign(marks=marks(t["claim_id"], notes).map(fold)) for t in (told, ends))
    groups = list(told.sort_values("said_on", kind="stable").groupby(_KEYS, dropna=False, sort=False))
    groups.sort(key=lambda each: -len(each[1]))
    tables = (ends, tracked.progress, tracked.revisions)
    drawn = [(group, *(_same(table, group) for table in tables)) for _, group in groups[:most]]
    columns = (3 if len(drawn) > 4 else 2) if width > 5 and len(drawn) > 1 else 1
    rows = math.ceil(len(drawn) / columns)
    heads = [_head(every, own, (width - 0.7) / columns - 0.25) for _, own, _, every in drawn]
    room = 0.3 + max(map(len, heads)) * _LINE
    shown = pd.concat([table for pair in drawn for table in pair[:2]])
    foot = [_LEGEND, legend(shown["confidence"])]
    foot += [f"{len(groups) - most} more promises stand in the table." if len(groups) > most else ""]
    figure, axes = house.page(
        title or _finding(tracked.outcome, groups), "What was promised, by the day it was said.",
        (_PANEL + room) * rows + 0.35 * (rows - 1), [*foot, house.source_line(sources, cells, width)],
        0.5, 0.2, 0.5, width, figure,
        "; ".join(f"{g['entity'].iloc[0]} {g['period'].iloc[0]}: {', '.join(g['printed'])} {g['unit'].iloc[0]};"
                  f" {' '.join(head)}" for (g, *_), head in zip(drawn, heads, strict=True)),
        shown[["entity", "period", "said_on", *_ENDS, "unit", "printed", "confidence", "marks"]],
        nrows=rows, ncols=columns, squeeze=False,
    )  # fmt: skip
    top = figure.subplotpars.top - room / figure.get_figheight()
    figure.subplots_adjust(wspace=0.28, hspace=(room + 0.35) / _PANEL, top=top)
    for panel in axes.flat[len(drawn) :]:
        panel.set_axis_off()
    for panel, head, (group, _, *others) in zip(axes.flat, heads, drawn, strict=False):
        _draw(panel, head, group, *others)
    return figure


def _same(table: pd.DataFrame, group: pd.DataFrame) -> pd.DataFrame:
    keys = [key for key in _KEYS if key in table]
    return table.merge(group[keys].head(1), on=keys)


def _head(every: pd.DataFrame, ends: pd.DataFrame, inches: float) -> list[str]:
    """Return what stands above a panel: the verdict, and each total with its measure, start and sources."""
    lines = []
    for (sign, *_), row in zip(_SHAPES, ends.itertuples(), strict=False):
        words = [f"{sign} {billions(row.delivered)}{row.sign} {row.marks}".rstrip()]
        words += [row.printed] * isinstance(row.printed, str)
        words += [f"from {row.period_start:%b %Y}"] * (ends["period_start"].nunique() > 1)
        here = row.standing_first if row.verdict_here == "running" else row.verdict_here
        lines += wrap(", ".join(words) + (f": {here}" if len(ends) > 1 else ""), SMALL, inches)
    verdict = ["; ".join(ends["verdict"].unique()) or "nothing reported"]
    gone = every.loc[every["change"].eq("withdrawn"), "said_on"]
    return [*verdict, *gone.dt.strftime("withdrawn on %Y-%m-%d"), *lines]


def _draw(
    panel: Any, head: list[str], group: pd.DataFrame, progress: pd.DataFrame, every: pd.DataFrame
) -> None:
    ends = [e for e in [*group[_ENDS].to_numpy().ravel(), *progress["delivered_so_far"]] if math.isfinite(e)]
    # As the words beside the marks, which are in billions.
    scale, word = (1e9, "bn") if max(ends) >= 1e6 else (1.0, "")
    ways = progress.groupby(["clock", "delivered_definition", "period_start"], sort=False, dropna=False)
    for n, ((_, marker, face, line), ((_, _, start), steps)) in enumerate(zip(_SHAPES, ways, strict=False)):
        days, sums = [start, *steps["reported_to"]], [0.0, *steps["delivered_so_far"] / scale]
        if n == 0:
            panel.fill_between(days, 0, sums, color=house.PALE, alpha=0.45, linewidth=0)
        panel.plot(days, sums, line, color=house.ACCENT, linewidth=0 if n == 0 else 0.9)
        panel.plot(days[-1:], sums[-1:], marker, color=house.ACCENT, markersize=5, markerfacecolor=face)
        last, span = steps.iloc[-1], steps["period_end"].iloc[-1] - start
        if last["share_elapsed"] < 1:
            until = max(days[-1], group["said_on"].max())
            pace = [last[f"pace_last_{end}"] / last["share_elapsed"] for end in ("low", "high")]
            for end in {end for end in pace if math.isfinite(end)}:
                due = [0, end / scale * ((until - start) / span)]
                panel.plot([start, until], due, ":", color=house.INK, linewidth=0.9)
    for place, row in enumerate(group.itertuples()):
        day, low, high = row.said_on, row.printed_low / scale, row.printed_high / scale
        at = [end for end in (low, high) if math.isfinite(end)]
        if len(at) == 1:
            house.arrow(panel, day, at[0], (0, 16 if math.isinf(high) else -16))
        if len(set(at)) == 1:
            face = "white" if len(at) == 1 else house.INK
            panel.plot([day], at[:1], "o", color=house.INK, markersize=5, markerfacecolor=face)
        else:
            panel.plot([day, day], at, color=house.INK, linewidth=4, solid_capstyle="butt")
        if place in (0, len(group) - 1):
            words = f"{row.printed}{row.sign}\n{row.marks}".rstrip()
            lift = (0, 19 if math.isinf(high) else 5)
            panel.annotate(words, (day, max(at)), lift, **_POINTS, size=6.3, linespacing=1.0, ha="center")
    retold = every[every["change"].eq("retold") & every[_ENDS].notna().any(axis=1)]
    printed = retold[_ENDS].where(lambda end: end.abs() < math.inf).mean(axis=1) / scale
    days = retold["said_on"].fillna(group["said_on"].iloc[0])
    panel.plot(days, printed, "x", color=house.ACCENT, markersize=5, linestyle="none")
    panel.set_ylim(0, max(ends, default=scale) / scale * 1.45)
    panel.margins(x=0.14)
    entity, period = group[["entity", "period"]].iloc[0]
    name = wrap(f"{entity}, {period if isinstance(period, str) else 'no period'}", 8.5, 2.2, 1, bold=True)[0]
    panel.set_title(name, size=8.5, pad=5 + len(head) * _LINE * 72)
    above = {"xycoords": "axes fraction", "size": SMALL, "linespacing": 1.2, "va": "bottom"}
    panel.annotate("\n".join(head), (0, 1), (0, 3), **_POINTS, **above)
    panel.set_ylabel(unit_in_words(word, group["unit"].iloc[0]), size=7, labelpad=2)
    panel.tick_params(labelsize=7)
    if progress.empty and group["said_on"].nunique() == 1:
        panel.set_xlim(*(group["said_on"].iloc[0] + pd.Timedelta(days=days) for days in (-45, 45)))
    house.set_dates(panel, 3)


def _finding(outcome: pd.DataFrame, groups: list[tuple[Any, pd.DataFrame]]) -> str:
    """Return a sentence that counts how many promises were revised which way, and what became of them."""
    moves = [(g[_ENDS].iloc[-1] - g[_ENDS].iloc[0]).tolist() for _, g in groups]
    moves = [[move for move in each if math.isfinite(move)] for each in moves]
    ups = sum(min(each, default=-1) >= 0 and max(each) > 0 for each in moves)
    downs = sum(max(each, default=1) <= 0 and min(each) < 0 for each in moves)
    each = outcome.groupby(["entity", "definition", "period"], dropna=False)["verdict"]
    ends = each.agg(lambda v: v.iloc[0] if v.nunique() == 1 else "depends on the clock").value_counts()
    told = ", ".join(f"{ends[verdict]} {verdict}" for verdict in _VERDICTS if verdict in ends)
    head = f"Of {len(groups)} promise{'s' * (len(groups) != 1)}, {ups} {'was' if ups == 1 else 'were'} raised"
    return f"{head} and {downs} lowered" + (f"; against the first word: {told}" if told else "")
