"""Prices -> returns, baskets, and the parity of two listings of one company."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from analystkit.errors import PriceError

Kind = Literal["simple", "log"]


def returns_from(prices: pd.DataFrame, kind: Kind = "simple") -> pd.DataFrame:
    """Return the returns of each instrument from one of its own sessions to the next.

    Parameters
    ----------
    prices
        A table of the shape `prices`: instrument, session, close.
    kind
        "simple" (close / close before - 1) or "log".

    Returns
    -------
    pd.DataFrame
        Sessions x instruments, fractions. NaN where an instrument has no session, before its second
        close, and on both sides of a close that is missing; nothing is filled. `attrs["kind"]` keeps
        the kind.

    Raises
    ------
    PriceError
        For closes that are not positive (some data banks mark a bid/ask midpoint with a minus sign)
        and for a session that stands twice; all of them in `err.rows`.

    Examples
    --------
    >>> prices = pd.DataFrame({"instrument": "A", "close": [100.0, 110.0, 99.0],
    ...     "session": pd.to_datetime(["2025-01-02", "2025-01-03", "2025-01-06"])})
    >>> returns_from(prices)["A"].round(3).tolist()
    [nan, 0.1, -0.1]
    """
    if kind not in ("simple", "log"):
        raise PriceError(f'expected returns "simple" or "log", got {kind!r}.')
    check_prices(prices)
    ordered = prices.sort_values(["instrument", "session"], kind="stable")
    close = ordered["close"].astype("float64")
    before = close.groupby(ordered["instrument"], sort=False).shift()
    change = np.log(close / before) if kind == "log" else close / before - 1.0
    wide = (
        ordered.assign(change=change)
        .pivot(index="session", columns="instrument", values="change")
        .reindex(columns=pd.Index(prices["instrument"].unique(), name="instrument"))
    )
    wide.index = pd.DatetimeIndex(wide.index, name="session").as_unit("us")
    wide.attrs["kind"] = kind
    return wide


def check_prices(prices: pd.DataFrame, source: str = "prices") -> None:
    """Raise for closes that are not positive and sessions that stand twice.

    Examples
    --------
    >>> check_prices(pd.DataFrame({"instrument": ["A"], "session": ["2025-01-02"], "close": [-3.0]}))
    Traceback (most recent call last):
    analystkit.errors.PriceError: ...
    """
    missing = [c for c in ("instrument", "session", "close") if c not in prices]
    if missing:
        raise PriceError(
            f"{source}: expected the columns instrument, session and close; {', '.join(missing)} missing"
            f" (found: {', '.join(map(str, prices.columns))}). Read files with load_prices."
        )
    # As a spreadsheet counts: the header is row 1.
    rows = [label + 2 if isinstance(label, int) else label for label in prices.index]
    kept = prices.assign(row=pd.Series(rows, prices.index, dtype="object"), file=source)
    keys = ["file", "row", "instrument", "session"]
    cells = kept.melt(keys, [c for c in ("close", "open", "high", "low") if c in prices], "column", "value")
    low = cells[cells["value"] <= 0].assign(problem="not positive", remedy="drop the row or find its price")
    twice = kept.loc[kept.duplicated(keys[2:], keep=False), keys].assign(
        column="session", problem="stands twice"
    )
    twice = twice.assign(value=twice["session"].astype("str"), remedy="keep one row a session")
    found = pd.concat([low.astype({"value": "str"}), twice], ignore_index=True)
    if len(found):
        first = found.iloc[0]
        raise PriceError(
            f"{source}: expected one positive price a session; {len(found)} cells fail (first:"
            f" {first['instrument']}, row {first['row']}: {first['column']} {first['value']} {first['problem']})."
            f" Remedy: {first['remedy']}; all of them: err.rows.",
            rows=found.assign(file=source)[
                ["file", "row", "column", "instrument", "value", "problem", "remedy"]
            ],
        )


def basket(returns: pd.DataFrame, members: Sequence[str], name: str = "basket") -> pd.Series:
    """Return the return of an equal-weight basket, rebalanced every session.

    Parameters
    ----------
    returns
        Sessions x instruments, from `returns_from`.
    members
        Instruments of the basket. A session on which one of them has no return has no basket return.

    Raises
    ------
    PriceError
        When a member has no returns.

    Examples
    --------
    >>> returns = pd.DataFrame({"JD": [0.02, 0.01], "PDD": [0.04, np.nan]})
    >>> basket(returns, ["JD", "PDD"]).tolist()
    [0.03, nan]
    """
    absent = [member for member in members if member not in returns]
    if absent:
        raise PriceError(
            f"expected returns of every member of the basket; {', '.join(absent)} missing."
            f" Add their prices; instruments here: {', '.join(map(str, returns.columns))}."
        )
    chosen = returns[list(members)]
    # Logarithms of a portfolio do not average: the mean is taken over simple returns.
    log = returns.attrs.get("kind") == "log"
    mean = (np.expm1(chosen) if log else chosen).mean(axis=1, skipna=False)
    return (np.log1p(mean) if log else mean).rename(name)


def parity(
    prices: pd.DataFrame, adr: str, ordinary: str, rate: pd.Series | float, ratio: float = 8
) -> pd.DataFrame:
    """Return how far the depositary share stands above the ordinary share it represents.

    The two exchanges close hours apart: a premium holds the news that came between the closes.

    Parameters
    ----------
    prices
        A table of the shape `prices`, as quoted on the day (an adjusted close shifts the premium).
    adr, ordinary
        Instruments: the depositary share and the ordinary share.
    rate
        Units of the ordinary share's currency for one unit of the depositary share's: one number, or
        a Series by day. A session without a rate takes the last one of the week before.
    ratio
        Ordinary shares in one depositary share (8 for Alibaba).

    Returns
    -------
    pd.DataFrame
        session (both traded), adr, ordinary (closes), rate, adr_in_ordinary (adr x rate / ratio),
        premium (a fraction). NaN where no rate is known.

    Examples
    --------
    >>> day = pd.to_datetime(["2025-02-24"])
    >>> prices = pd.DataFrame({"instrument": ["BABA", "9988.HK"], "session": day.repeat(2),
    ...                        "close": [80.0, 75.0]})
    >>> parity(prices, "BABA", "9988.HK", rate=7.8)["premium"].round(3).tolist()
    [0.04]
    """
    check_prices(prices)
    closes = prices.pivot(index="session", columns="instrument", values="close")
    absent = [name for name in (adr, ordinary) if name not in closes]
    if absent:
        raise PriceError(f"expected closes of {adr} and {ordinary}; {', '.join(absent)} missing.")
    both = closes[[adr, ordinary]].dropna().set_axis(["adr", "ordinary"], axis=1)
    if isinstance(rate, pd.Series):
        every_day = pd.date_range(rate.index.min(), max(rate.index.max(), both.index.max()))
        both["rate"] = rate.reindex(every_day).ffill(limit=7).reindex(both.index)
    else:
        both["rate"] = float(rate)
    both["adr_in_ordinary"] = both["adr"] * both["rate"] / ratio
    both["premium"] = both["adr_in_ordinary"] / both["ordinary"] - 1.0
    return both.rename_axis(columns=None).reset_index()
