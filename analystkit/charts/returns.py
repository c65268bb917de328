"""Abnormal returns -> paths around the news: every event with their mean, or one event with its band of noise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analystkit.amounts import percent
from analystkit.charts.house import GREY, INK, LINES, PALE, WIDTH, chart, label_ends, nothing, page
from analystkit.charts.lettering import plain, text_width

if TYPE_CHECKING:
    from analystkit.reaction import EventStudy

_MEAN = "Thin lines: single events. Thick line: their mean; shaded: 1.96 standard errors across events."


@chart
def car_paths(result: EventStudy, title: str | None = None, width: float = WIDTH, figure: Any = None) -> Any:
    """Draw the cumulated abnormal return of every event around its day, and their mean with its error.

    Parameters
    ----------
    result
        From `event_study` (or `reaction.study_reaction`).
    title, width, figure
        As in `investments`.
    """
    paths = result.abnormal.dropna(how="all").cumsum(axis=1, skipna=False) * 100
    events = result.events.dropna(subset=["car"])
    if paths.empty or events.empty:
        return nothing(title or "No event could be measured", width, figure)
    window = events["window"].iloc[0]
    events, tests = (table[table["window"] == window] for table in (events, result.tests))
    tests = tests[tests["headline"].eq(True) & tests["p"].notna()]
    count, n = len(events), events["event_id"].nunique()
    judged = "too few to test"
    if len(tests) and n > 2:
        name, p = tests[["test", "p"]].iloc[0]
        judged = f"{'' if p < 0.05 else 'not '}told from zero ({name.replace('_', ' ')}, p = {p:.2f})"
    rows = f" ({count} listings and sessions)" if count > n else ""
    heading = f"{n} event{'s' * (n != 1)}{rows} moved {percent(events['car'].mean(), signed=True)}"
    heading += f"{' on average' * (count > 1)} over days {window}: {judged}"
    note = (
        f"Abnormal return, cumulated from day {paths.columns[0]}, %; model: {result.model.replace('_', ' ')}."
    )
    mean, error = paths.mean(), 1.96 * paths.std(ddof=1) / np.sqrt(paths.count())
    data = pd.DataFrame({"mean": mean, "band": error, "n": paths.count()}).rename_axis("day").reset_index()
    look = {"width": width, "figure": figure, "data": data}
    figure, axes = page(title or heading, note, max(2.0, width * 0.36), [_MEAN], **look)
    days = _frame(axes, paths.columns)
    axes.plot(days, paths.T.to_numpy(), color="#9AA0A6", linewidth=0.7)
    axes.fill_between(days, mean - error, mean + error, color=PALE, alpha=0.45, linewidth=0)
    axes.plot(days, mean, color=INK, linewidth=2.2, marker="o")
    return figure


def _frame(axes: Any, columns: pd.Index) -> Any:
    axes.axhline(0, color="#8A8F94", linewidth=0.8)
    axes.axvline(0, color=GREY, linewidth=0.8, linestyle=(0, (4, 2)))
    axes.set(xlabel="sessions from the event", ylabel="cumulated abnormal return, %")
    axes.locator_params(axis="x", integer=True)
    return columns.to_numpy(dtype="float64")


@chart
def abnormal_paths(
    reaction: pd.DataFrame,
    study: EventStudy,
    title: str | None = None,
    width: float = WIDTH,
    figure: Any = None,
) -> Any:
    """Draw the cumulated abnormal return of each listing around one event, with the band of its usual noise.

    Parameters
    ----------
    reaction
        Rows of one event from `measure_reaction`, in their own index.
    study
        From `study_reaction` of the same dossier: its rows stand in the same order.
    title, width, figure
        As in `investments`.
    """
    measured = reaction[reaction["car"].notna()]
    drawn = [(r, study.abnormal.iloc[r.Index].dropna().cumsum() * 100) for r in measured.itertuples()]
    drawn = [(row, path) for row, path in drawn if len(path)]
    if not drawn:
        return nothing(title or "The reaction could not be measured", width, figure)
    first = drawn[0][0]
    later = {row.Index: f" ({row.session:%m-%d})" if row.candidate > 1 else "" for row, _ in drawn}
    moved = ", ".join(
        f"{row.instrument} {percent(row.car, signed=True)}{later[row.Index]}" for row, _ in drawn
    )
    heading = f"{moved} against the market over days {first.window}"
    heading += f": {plain(first.verdict)}" if measured["verdict"].nunique() == 1 else ""
    note = f"{first.event_id}. Abnormal return, cumulated, %; model: {first.model.replace('_', ' ')}."
    whose = "its" if len(drawn) == 1 else "the noisiest listing's"
    names = [f"{row.instrument} {path.iloc[-1]:+.1f} %" for row, path in drawn]
    data = pd.concat({row.instrument: path for row, path in drawn}, names=["instrument", "day"])
    figure, axes = page(
        title or heading, note, max(2.0, width * 0.34), [f"Shaded: 1.96 standard deviations of {whose} usual noise."],
        right=0.35 + max(map(text_width, names)), width=width, figure=figure,
        data=data.rename("cumulated").reset_index(),
    )  # fmt: skip
    days = _frame(axes, study.abnormal.columns)
    band = 1.96 * measured["sigma"].max() * np.sqrt(np.arange(1, len(days) + 1)) * 100
    axes.fill_between(days, -band, band, color="#E3E8EE", linewidth=0, zorder=0)
    for (colour, dash, marker), (_, path) in zip(LINES * len(drawn), drawn, strict=False):
        axes.plot(path.index.astype(float), path, color=colour, linestyle=dash, marker=marker, markersize=4)
    label_ends(axes, days.max(), [path.iloc[-1] for _, path in drawn], names)
    return figure
