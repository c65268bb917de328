"""Abnormal returns -> paths around the news, a panel a listing: few paths with their own bands, many with a mean."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analystkit.amounts import percent
from analystkit.charts import house
from analystkit.charts.lettering import SMALL, plain, text_width, wrap
from analystkit.reaction import papers
from analystkit.schemas import read_words

if TYPE_CHECKING:
    from analystkit.reaction import EventStudy

_FEW = 2  # paths of a panel that are named and get a band each; more are thin lines under their mean
_USUAL = 120  # sessions whose median is the usual volume
_KEYS = ["event_id", "instrument", "session"]
_COLUMNS = ["panel", "line", *_KEYS, "day", "date", "cumulated", "low", "high", "n", "volume"]
_HEAD = 0.25  # inches for the name of a panel


@house.chart
def car_paths(
    result: EventStudy, width: float = house.WIDTH, figure: Any = None, prices: pd.DataFrame | None = None
) -> Any:
    """Draw the cumulated abnormal return of every event around its day, and their mean with its error.

    Parameters
    ----------
    result
        From `event_study` (or `reaction.study_reaction`).
    width, figure
        As in `investments`.
    prices
        A table of the shape `prices`: its volume is drawn below, where it has any.

    Returns
    -------
    Figure
        `data`, one row a path and day, then the means: panel, line (its name there), event_id, instrument, session,
        day, date, cumulated, low, high, n, volume (in multiples of the usual), unit. Where events share their
        session, the band of the mean allows for their correlation (Kolari and Pynnonen 2010).
    """
    rows, days = _first_window(result.events.assign(panel="all events"))
    measured = rows.dropna(subset=["car"])
    tests = result.tests[result.tests["headline"].eq(True) & result.tests["window"].isin(rows["window"])]
    tests = tests.dropna(subset=["p"]).merge(read_words("test_names.csv"), on="test", how="left")
    count, n, judged = len(measured), measured["event_id"].nunique(), "too few to test"
    if len(tests) and n > 2:
        name, p = tests.loc[0, ["name", "p"]]
        judged = f"{'' if p < 0.05 else 'not '}told from zero ({name}, p = {p:.2f})"
    listings = f" ({count} listings and sessions)" if count > n else ""
    heading = f"{n} event{'s' * (n != 1)}{listings} moved {percent(measured['car'].mean(), signed=True)}"
    heading += f"{' on average' * (count > 1)} over {days}: {judged}"
    return _draw(result, rows, prices, heading, "", width, figure)


@house.chart
def abnormal_paths(
    reaction: pd.DataFrame, study: EventStudy, width: float = house.WIDTH, figure: Any = None,
    prices: pd.DataFrame | None = None,
) -> Any:  # fmt: skip
    """Draw the cumulated abnormal return around one event or several, a panel a listing with its own band.

    Parameters
    ----------
    reaction
        Rows from `measure_reaction`; of one event, as a rule.
    study
        From `study_reaction` of the same dossier, over the days to be drawn.
    width, figure, prices
        As in `car_paths`.

    Returns
    -------
    Figure
        `data` as in `car_paths`. A listing with more than two paths gets their mean with its band.
    """
    rows, days = _first_window(reaction.assign(panel=reaction["instrument"]))
    measured = rows.dropna(subset=["car"])
    events = measured["event_id"].unique()
    moved = measured.groupby("instrument", sort=False)["car"].mean()
    told = ", ".join(f"{name} {percent(mean, signed=True)}" for name, mean in moved.items())
    against = "its usual return" if rows["model"].eq("mean_adjusted").any() else "the market"
    n = f"n = {len(events)} event{'s' * (len(events) != 1)}" + ", on average" * (len(measured) > len(moved))
    heading = f"{told} against {against} over {days} ({n})"
    heading += f": {plain(measured['verdict'].iloc[0])}" if measured["verdict"].nunique() == 1 else ""
    return _draw(study, rows, prices, heading, f"{', '.join(events[:8])}. ", width, figure)


def _first_window(table: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Return the rows of the first window, and its days in words."""
    window = "".join(table["window"].head(1))
    days = dict.fromkeys(window.strip("[]").split(","))
    return table[table["window"] == window], f"day{'s' * (len(days) > 1)} {' to '.join(days)}"


def _paths(study: EventStudy, rows: pd.DataFrame, prices: pd.DataFrame | None) -> pd.DataFrame:
    """Return one row a path and day: cumulated abnormal return in percent, band of its noise, volume."""
    from scipy.special import stdtrit

    days, told = study.abnormal.columns, papers.panel(study)
    figures = study.engine.measure(tuple((days[0], day) for day in days))
    noise = (stdtrit(figures["df"][:, None], 0.975) * figures["se"] * 100).ravel()
    # After a gap between two windows nothing can be added up.
    summed = study.abnormal.cumsum(axis=1, skipna=False).to_numpy().ravel() * 100
    told = told.assign(cumulated=summed, low=-noise, high=noise, n=1, volume=np.nan)
    told = rows.drop_duplicates(_KEYS)[[*_KEYS, "panel", "reason"]].merge(told, on=_KEYS, how="left")
    if prices is not None and "volume" in prices:
        own = prices.sort_values("session").set_index(["instrument", "session"])["volume"]
        before = own.groupby("instrument").shift().groupby("instrument").rolling(_USUAL, min_periods=20)
        usual = own / before.median().droplevel(0)
        told["volume"] = usual.reindex(pd.MultiIndex.from_frame(told[["instrument", "date"]])).to_numpy()
    return told


def _with_means(told: pd.DataFrame, study: EventStudy) -> tuple[pd.DataFrame, list[str]]:
    """Return paths, named where a panel has few, else followed by their mean; and what the bands allow for."""
    from scipy.special import stdtrit

    many = told.groupby("panel")["row"].transform("nunique") > _FEW
    twice = told.groupby(["panel", "event_id"])["session"].transform("nunique") > 1
    names = told["event_id"] + told["session"].dt.strftime(" %m-%d").where(twice, "")
    paths, r = told[many].drop_duplicates("row"), max(study.correlation, 0.0)
    paths["shared"] = paths.duplicated(["panel", "session"], keep=False)
    shared = paths.groupby("panel", sort=False)["shared"].agg(["sum", "size"])
    means = told[many].groupby(["panel", "day"], as_index=False, sort=False)
    means = means.agg(
        cumulated=("cumulated", "mean"), sd=("cumulated", "std"), n=("cumulated", "count"),
        volume=("volume", "median"),
    )  # fmt: skip
    inflation = ((1 + (means["n"] - 1) * r) / (1 - r)).where(means["panel"].map(shared["sum"]) > 0, 1.0)
    reach = stdtrit(means["n"] - 1, 0.975) * means.pop("sd") * np.sqrt(inflation / means["n"])
    means["low"], means["high"] = means["cumulated"] - reach, means["cumulated"] + reach
    kinds = {"few paths": ~many, "many paths": many}
    words = [house.legends()[kind] for kind, drawn in kinds.items() if drawn.any()]
    for name, share, size in shared.itertuples():
        widened = f"widened for a mean correlation of {r:.2f} (Kolari-Pynn\u00f6nen): {share} of {size}"
        alone = f"as if the {size} events were independent: none"
        words.append(f"{name}: the band is {widened if share else alone} share their session")
    return pd.concat([told.assign(line=names.mask(many, "")), means.assign(line="mean")]), words


def _draw(
    study: EventStudy, rows: pd.DataFrame, prices: pd.DataFrame | None, title: str, note: str, width: float,
    figure: Any,
) -> Any:  # fmt: skip
    """Draw the paths of some events of a study, a panel for each name in the column `panel`."""
    told = _paths(study, rows, prices)
    drawn = told.groupby(_KEYS, dropna=False)["cumulated"].transform("count") > 0
    lost = told[~drawn].drop_duplicates(_KEYS)[["instrument", "reason"]].value_counts()
    told_of = [f"{name}: {why or 'no path over these days'} ({n})" for (name, why), n in lost.items()]
    left_out = f"Not drawn: {'; '.join(told_of)}" if told_of else ""
    if not drawn.any():
        return house.nothing("No event could be measured", width, figure, [left_out])
    told, foot = _with_means(told[drawn], study)
    days, below = study.abnormal.columns, bool(told["volume"].notna().any())
    told = told.dropna(subset=["cumulated"])
    ends = told[told["line"] != ""].groupby(["panel", "line"], sort=False).tail(1)
    ends = ends.assign(label=ends["line"] + ends["cumulated"].map(" {:+.1f} %".format))
    values = [f"{e.panel} {e.label}, band {e.low:+.1f} to {e.high:+.1f}" for e in ends.itertuples()]
    names = told["panel"].unique()
    columns = 2 if width > 5 and len(names) > 1 else 1
    lines = math.ceil(len(names) / columns)
    right = 0.2 + text_width("\n".join(ends["label"]), SMALL)
    tall = max(2.0, width * 0.36) if len(names) == 1 else 1.7
    under = 0.45 + 0.42 * tall * below  # room for the labels, and for the volume, under a panel
    foot.append(house.legends()["volume" if below else "no volume"])
    note += f"Abnormal return, cumulated from day {days[0]}, %; {study.model.replace('_', '-')} model"
    figure, axes = house.page(
        title, note, lines * (tall + under + _HEAD) - under, [*foot, left_out], 0.6, right, under, width, figure,
        f"On the last day: {'; '.join(values)}", told[_COLUMNS].assign(unit="%"),
        nrows=lines, ncols=columns, squeeze=False, sharex=True, sharey=True,
    )  # fmt: skip
    top = figure.subplotpars.top - _HEAD / figure.get_figheight()
    wspace = right / ((width - 0.6) / columns - right)
    figure.subplots_adjust(wspace=wspace, hspace=(under + _HEAD) / tall, top=top)
    axes[0, 0].locator_params(axis="x", integer=True)
    for spare in axes.flat[len(names) :]:
        spare.set_axis_off()
    for place, (panel, name) in enumerate(zip(axes.flat, names, strict=False)):
        panel.set_title(wrap(name, 8.5, width / columns - 1, 1, bold=True)[0], size=8.5)
        panel.axhline(0, **house.AXIS)
        panel.axvline(0, **house.EVENT)
        own = told[told["panel"] == name]
        thin = own[own["line"] == ""].pivot(index="day", columns="row", values="cumulated")
        panel.plot(thin.index, thin.to_numpy(), color="#9AA0A6", linewidth=0.7)
        named = own[own["line"] != ""]
        for look, (_, line) in zip(house.LINES, named.groupby("line", sort=False), strict=False):
            house.path(panel, line["day"], line["cumulated"], look, line["low"], line["high"])
        panel.tick_params(labelbottom=not below)
        lowest = panel.inset_axes((0, -0.42, 1, 0.34), sharex=panel) if below else panel
        if below:
            volume = named.groupby("day")["volume"].median()
            lowest.bar(volume.index, volume, color=house.PALE, width=0.7)
            lowest.set_ylabel("volume")
        lowest.set_xlabel("sessions from the event")
        panel.set_ylabel("abnormal return, %" if place % columns == 0 else "")
    for panel, (_, last) in zip(axes.flat, ends.groupby("panel", sort=False), strict=False):
        house.name_ends(panel, last["day"].max(), last.set_index("label")["cumulated"], SMALL)
    return figure
