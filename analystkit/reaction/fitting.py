"""Returns + positions of events -> models of normal returns, fitted for all events at once.

Every instrument's sessions on which it and its benchmark have returns stand one after the other in one long
line, so the days around all events are one gather, and relative days count sessions of the instrument.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray

# Residual variance below this share of the squared returns is rounding noise: the model reproduces the returns.
_NOISE = 1e-20


@dataclass(frozen=True)
class Line:
    """The common sessions of all instruments and their benchmarks, instrument after instrument."""

    y: Array  # returns, shape (m,)
    x: Array  # benchmark or factor returns, shape (factors, m)
    position: Array  # place of the session in the index of the returns, shape (m,)
    keys: Array  # instrument * sessions + position, ascending
    bounds: Array  # where each instrument begins, and the end, shape (instruments + 1,)
    odd: Array  # sessions so far with a return of only one of the two, shape (sessions + 1, instruments)


@dataclass(frozen=True)
class Fit:
    """One model an event; rows are events, columns days."""

    residuals: Array  # estimation window, 0 where the event has no such day
    used: Array  # whether the event has the day, bool
    whole: bool  # every event has every day
    start: Array  # place of the first estimation day in the line
    n: Array
    df: Array
    alpha: Array
    beta: Array  # events x factors
    s2: Array
    abnormal: Array  # days of the hull of all windows
    expected: Array
    realised: Array
    inverse: Array  # (events, factors, factors): inverse of the centred cross products
    dx: Array  # (factors, events, days of the hull): distance of the regressors from their mean
    sound: Array  # bool: neither collinear regressors nor a perfect fit
    collinear: Array


def lay_out(returns: Array, benchmark: Array | None, factors: Array) -> Line:
    """Return the line of common sessions.

    Parameters
    ----------
    returns
        Sessions x instruments.
    benchmark
        Sessions x instruments; None when `factors` are common to all, or when the model has none.
    factors
        Factors x sessions, common to all instruments.

    Examples
    --------
    >>> line = lay_out(np.array([[0.1], [np.nan], [0.2]]), None, np.array([[0.0, 0.0, 0.1]]))
    >>> line.y.tolist(), line.position.tolist()
    ([0.1, 0.2], [0, 2])
    """
    sessions, instruments = returns.shape
    present = np.isfinite(returns)
    if benchmark is not None:
        other = np.isfinite(benchmark)
    elif len(factors):
        other = np.isfinite(factors).all(axis=0)[:, None]
    else:
        # Without a benchmark, a session within the instrument's history is one that it should have had.
        seen = np.logical_or.accumulate(present, axis=0)
        other = seen & np.logical_or.accumulate(present[::-1], axis=0)[::-1]
    flat = np.flatnonzero(np.ascontiguousarray((present & other).T))
    position = np.tile(np.arange(sessions), instruments)[flat]
    if benchmark is not None:
        x = np.ascontiguousarray(benchmark.T).ravel()[flat][None, :]
    else:
        x = factors[:, position]
    unequal = present != other
    odd = np.zeros((sessions + 1, instruments), dtype=np.int32)
    if unequal.any():
        np.cumsum(unequal, axis=0, out=odd[1:])
    return Line(
        y=np.ascontiguousarray(returns.T).ravel()[flat],
        x=x,
        position=position,
        keys=flat,
        bounds=np.searchsorted(flat, np.arange(instruments + 1) * sessions),
        odd=odd,
    )


def fit(
    line: Line,
    day0: Array,
    begins: Array,
    ends: Array,
    estimation: tuple[int, int],
    hull: tuple[int, int],
    model: str,
) -> Fit:
    """Return the fitted models of a chunk of events.

    Parameters
    ----------
    line
        From `lay_out`.
    day0, begins, ends
        Places in the line: the event, and the first and the past-the-last session of its instrument.
    estimation, hull
        First and last relative day, both included, of the estimation window and of all windows together.
    model
        market (also with several factors), market_adjusted or mean_adjusted.
    """
    length, start = estimation[1] - estimation[0] + 1, day0 + estimation[0]
    # The estimation days end before the event, so only the beginning of the history can cut them short.
    absent = np.maximum(begins - start, 0)
    whole = not absent.any()
    n = np.maximum(length - absent, 0)
    used = np.broadcast_to(True, (len(day0), length)) if whole else np.arange(length) >= absent[:, None]
    counted = np.maximum(n, 1).astype(float)

    def only_used(values: Array) -> Array:
        if not whole:
            values *= used
        return values

    y = only_used(around(line.y, start, length))
    first, width = day0 + hull[0], hull[1] - hull[0] + 1
    realised = around(line.y, first, width)
    events, factors = len(day0), len(line.x) if model == "market" else 0
    beta, inverse = np.zeros((events, factors)), np.zeros((events, factors, factors))
    dx, collinear = np.zeros((factors, events, width)), np.zeros(events, dtype=bool)
    squares = np.einsum("et,et->e", y, y)
    if model == "market_adjusted":
        alpha, beta, k = np.zeros(events), np.ones((events, 1)), 1
        residuals = only_used(y - around(line.x[0], start, length))
        expected = around(line.x[0], first, width)
        spread = only_used(residuals - (residuals.sum(axis=1) / counted)[:, None])
        ssr = np.einsum("et,et->e", spread, spread)
    else:
        alpha, k = y.sum(axis=1) / counted, 1 + factors
        residuals = only_used(y - alpha[:, None])
        expected = np.repeat(alpha[:, None], width, axis=1)
        if factors:
            x = np.stack([only_used(around(one, start, length)) for one in line.x])
            means = x.sum(axis=2) / counted
            x = only_used(x - means[:, :, None])
            cross = np.einsum("ket,let->ekl", x, x, optimize=factors > 2)
            inverse, collinear = _inverse(cross, (means * means * counted).T)
            beta = np.einsum("ekl,le->ek", inverse, np.einsum("let,et->le", x, residuals))
            dx = np.stack([around(one, first, width) for one in line.x]) - means[:, :, None]
            for factor in range(factors):
                residuals -= beta[:, factor, None] * x[factor]
                expected += beta[:, factor, None] * dx[factor]
            alpha = alpha - np.einsum("ek,ke->e", beta, means)
        ssr = np.einsum("et,et->e", residuals, residuals)
    s2 = ssr / np.maximum(n - k, 1)
    return Fit(
        residuals=residuals, used=used, whole=whole, start=start, n=n, df=n - k, alpha=alpha, beta=beta, s2=s2,
        abnormal=realised - expected, expected=expected, realised=realised, inverse=inverse, dx=dx,
        sound=~collinear & (s2 > _NOISE * squares / counted), collinear=collinear,
    )  # fmt: skip


def around(values: Array, start: Array, length: int) -> Array:
    """Return `length` values from each start on; beyond the ends the nearest value stands in.

    Examples
    --------
    >>> around(np.array([1.0, 2.0, 3.0]), np.array([0, -1]), 2).tolist()
    [[1.0, 2.0], [1.0, 1.0]]
    """
    if len(start) and start.min() >= 0 and start.max() + length <= len(values):
        return np.lib.stride_tricks.sliding_window_view(values, length)[start]
    return values[np.clip(start[:, None] + np.arange(length), 0, len(values) - 1)]


def _inverse(cross: Array, offset: Array) -> tuple[Array, Array]:
    """Return the inverses of cross products, and where they have none.

    `offset` (events x factors) is the size of what the centring took away: against it, and not against zero, a
    regressor is constant.
    """
    diagonal = np.einsum("ekk->ek", cross)
    constant = diagonal <= 1e-20 * (diagonal + offset)
    scale = 1.0 / np.sqrt(np.where(constant, 1.0, diagonal))
    correlation = cross * scale[:, :, None] * scale[:, None, :]
    bad = constant.any(axis=1)
    if cross.shape[1] > 1:
        bad |= np.linalg.eigvalsh(correlation)[:, 0] < 1e-12
    correlation[bad] = np.eye(cross.shape[1])
    inverse = 1.0 / correlation if cross.shape[1] == 1 else np.linalg.inv(correlation)
    return inverse * scale[:, :, None] * scale[:, None, :], bad


def cumulate(fitted: Fit, days: slice, model: str, log: bool) -> tuple[Array, Array, Array]:
    """Return cumulative abnormal returns of a window, their standard errors, and buy-and-hold abnormal returns.

    The variance of a cumulative abnormal return holds the error of the fitted coefficients, which is common to
    the days of the window: s2 (L + L^2/n + d' Sxx^-1 d), d the sum of the regressors' distances from their mean
    (Campbell, Lo and MacKinlay 1997, chapter 4).

    Parameters
    ----------
    days
        Columns of the hull that belong to the window.
    log
        Returns are logarithms, so that growth is the exponential of their sum.
    """
    abnormal = fitted.abnormal[:, days]
    length = abnormal.shape[1]
    factor = np.full(len(abnormal), float(length))
    if model != "market_adjusted":
        factor += length**2 / np.maximum(fitted.n, 1)
    if len(fitted.dx):
        d = fitted.dx[:, :, days].sum(axis=2)
        factor += np.einsum("ke,ekl,le->e", d, fitted.inverse, d)
    realised, expected = fitted.realised[:, days], fitted.expected[:, days]
    if log:
        bhar = np.exp(realised.sum(axis=1)) - np.exp(expected.sum(axis=1))
    else:
        bhar = (1.0 + realised).prod(axis=1) - (1.0 + expected).prod(axis=1)
    return abnormal.sum(axis=1), np.sqrt(fitted.s2 * factor), bhar


def daily_errors(fitted: Fit, model: str) -> Array:
    """Return the standard error of each single day's abnormal return, events x days."""
    factor = np.ones(fitted.abnormal.shape)
    if model != "market_adjusted":
        factor += 1.0 / np.maximum(fitted.n, 1)[:, None]
    if len(fitted.dx):
        factor += np.einsum("ket,ekl,let->et", fitted.dx, fitted.inverse, fitted.dx, optimize=True)
    return np.sqrt(fitted.s2[:, None] * factor)
