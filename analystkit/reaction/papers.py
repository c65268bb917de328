"""An event study -> what a paper needs: a tidy panel for regressions, and the table of tests in LaTeX."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analystkit.reaction.study import EventStudy
from analystkit.schemas import read_words

_STARS = ((0.01, "***"), (0.05, "**"), (0.10, "*"))


def panel(study: EventStudy) -> pd.DataFrame:
    """Return abnormal returns with one row an event and relative day, ready for clustered errors.

    Parameters
    ----------
    study
        From `event_study`.

    Returns
    -------
    pd.DataFrame
        row (number of the event in the order given), event_id, instrument, session (day 0), day, date (the session of
        that day), abnormal, cumulative (sum from the first day), status. Rows of events that are not measured stay,
        with NaN. Cluster by `date` when events share sessions, by `instrument` when instruments repeat.

    Examples
    --------
    >>> sessions = pd.bdate_range("2024-01-01", periods=132)
    >>> returns = pd.DataFrame({"A": np.tile([0.01, -0.01], 66)}, sessions)
    >>> returns.iloc[130] = 0.05
    >>> events = pd.DataFrame({"event_id": ["E"], "instrument": ["A"], "session": [sessions[130]]})
    >>> from analystkit.reaction import event_study
    >>> study = event_study(returns, events, None, model="mean_adjusted", window=(0, 1))
    >>> panel(study)[["day", "abnormal", "cumulative"]].round(3).values.tolist()
    [[0.0, 0.05, 0.05], [1.0, -0.01, 0.04]]
    """
    first = study.events.iloc[:: len(study.windows)].reset_index(drop=True)
    days = study.abnormal.columns.to_numpy()
    at = np.repeat(np.arange(len(first)), len(days))
    measured = study.abnormal.notna().any(axis=1).to_numpy()
    found = first.loc[at, ["event_id", "instrument", "session"]].reset_index(drop=True)
    found.insert(0, "row", at)
    found["day"] = np.tile(days, len(first))
    found["date"] = study.dates.to_numpy().ravel()
    found["abnormal"] = study.abnormal.to_numpy().ravel()
    found["cumulative"] = found.groupby("row")["abnormal"].cumsum()
    found["status"] = pd.array(np.where(measured, first["status"], "not measured")[at], dtype="str")
    return found


def to_latex(tests: pd.DataFrame, caption: str | None = None, label: str | None = None) -> str:
    r"""Return a table of tests in LaTeX (booktabs): a row a test, a column a window, p in parentheses.

    Parameters
    ----------
    tests
        `.tests` or `.day_tests` of an event study.
    caption, label
        Of the table; without both it is a bare tabular.

    Examples
    --------
    >>> tests = pd.DataFrame({"window": ["[0,1]"], "test": ["bmp"], "statistic": [2.5], "p": [0.02], "n": [12]})
    >>> print(to_latex(tests))
    \begin{tabular}{lr}
    \toprule
     & [0,1] \\
    \midrule
    BMP (standardised cross-sectional) t & 2.50** (0.020) \\
    events & 12 \\
    \bottomrule
    \end{tabular}
    """

    def cell(statistic: float, p: float) -> str:
        if np.isnan(statistic):
            return "--"
        stars = next((mark for level, mark in _STARS if p < level), "")
        return f"{statistic:.2f}{stars} ({p:.3f})"

    windows, names = tests["window"].unique(), tests["test"].unique()
    cells = [cell(s, p) for s, p in zip(tests["statistic"], tests["p"], strict=True)]
    wide = tests.assign(cell=cells).pivot(index="test", columns="window", values="cell")
    known = read_words("test_names.csv").set_index("test")["name"]
    wide = wide.reindex(index=names, columns=windows).rename(index=known).rename_axis(None)
    wide.loc["events"] = tests.groupby("window")["n"].max().astype("str")
    columns = "l" + "r" * len(windows)
    return (
        wide.rename_axis(columns=None).to_latex(column_format=columns, caption=caption, label=label).strip()
    )
