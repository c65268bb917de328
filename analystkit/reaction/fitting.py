"""Returns + places of events -> models of normal returns, fitted for all events at once.

Every instrument's sessions on which it and its benchmark have returns stand one after the other in one long
line, so the days around all events are one gather, and relative days count sessions of the instrument.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray
Window = tuple[int, int]

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
    error: bool  # whether a forecast carries the error of fitted coefficients
    collinear: Array
    flat: Array  # bool: no residual noise is left


def lay_out(returns: Array, benchmark: Array) -> Line:
    """Return the line of common sessions.

    Parameters
    ----------
    returns
        Sessions x instruments.
    benchmark
        Factors x sessions x instruments; no factor where there is no benchmark.

    Examples
    --------
    >>> line = lay_out(np.array([[0.1], [np.nan], [0.2]]), np.array([[[0.0], [0.0], [0.1]]]))
    >>> line.y.tolist(), line.position.tolist()
    ([0.1, 0.2], [0, 2])
    """
    sessions, instruments = returns.shape
    present = np.isfinite(returns)
    if len(benchmark):
        other = np.isfinite(benchmark).all(axis=0)
    else:
        # Without a benchmark, a session within the instrument's history is one that it should have had.
        seen = np.logical_or.accumulate(present, axis=0)
        other = seen & np.logical_or.accumulate(present[::-1], axis=0)[::-1]
    keys = np.flatnonzero(np.ascontiguousarray((present & other).T))
    odd = np.zeros((sessions + 1, instruments), dtype=np.int32)
    np.cumsum(present != other, axis=0, out=odd[1:])
    return Line(
        y=np.ascontiguousarray(returns.T).ravel()[keys],
        x=np.ascontiguousarray(benchmark.transpose(0, 2, 1)).reshape(len(benchmark), returns.size)[:, keys],
        position=np.tile(np.arange(sessions), instruments)[keys],
        keys=keys,
        bounds=np.searchsorted(keys, np.arange(instruments + 1) * sessions),
        odd=odd,
    )


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


def fit(line: Line, day0: Array, begins: Array, estimation: Window, hull: Window, model: str) -> Fit:
    """Return the fitted models of a chunk of events.

    Parameters
    ----------
    line
        From `lay_out`.
    day0, begins
        Places in the line: the event, and the first session of its instrument.
    estimation, hull
        First and last relative day, both included, of the estimation window and of all windows together.
    model
        market, factors, market_adjusted or mean_adjusted.
    """
    events, length, width = len(day0), estimation[1] - estimation[0] + 1, hull[1] - hull[0] + 1
    start, first = day0 + estimation[0], day0 + hull[0]
    # The estimation days end before the event, so only the beginning of the history can cut them short.
    n = length - np.clip(begins - start, 0, length)
    counted = np.maximum(n, 1).astype(float)
    whole = bool((n == length).all())
    used = np.broadcast_to(True, (events, length)) if whole else np.arange(length) >= length - n[:, None]

    def only_used(values: Array) -> Array:
        return values if whole else values * used

    y, realised = only_used(around(line.y, start, length)), around(line.y, first, width)
    squares = np.einsum("et,et->e", y, y)
    factors = len(line.x) if model in ("market", "factors") else 0
    beta, inverse = np.zeros((events, factors)), np.zeros((events, factors, factors))
    dx, collinear = np.zeros((factors, events, width)), np.zeros(events, dtype=bool)
    if model == "market_adjusted":
        alpha, beta = np.zeros(events), np.ones((events, 1))
        residuals, expected = only_used(y - around(line.x[0], start, length)), around(line.x[0], first, width)
        centred = only_used(residuals - (residuals.sum(axis=1) / counted)[:, None])
    else:
        alpha = y.sum(axis=1) / counted
        residuals, expected = only_used(y - alpha[:, None]), np.repeat(alpha[:, None], width, axis=1)
        if factors:
            x = np.stack([only_used(around(one, start, length)) for one in line.x])
            means = x.sum(axis=2) / counted
            x = only_used(x - means[:, :, None])
            dx = np.stack([around(one, first, width) for one in line.x]) - means[:, :, None]
            inverse, collinear = _inverse(
                np.einsum("ket,let->ekl", x, x, optimize=factors > 2), (means * means * counted).T
            )
            beta = np.einsum("ekl,le->ek", inverse, np.einsum("let,et->le", x, residuals))
            residuals = residuals - np.einsum("ek,ket->et", beta, x)
            expected = expected + np.einsum("ek,ket->et", beta, dx)
            alpha = alpha - np.einsum("ek,ke->e", beta, means)
        centred = residuals
    df = n - 1 - factors
    s2 = np.einsum("et,et->e", centred, centred) / np.maximum(df, 1)
    return Fit(
        residuals, used, n, df, alpha, beta, s2, realised - expected, expected, realised, inverse, dx,
        error=model != "market_adjusted", collinear=collinear, flat=~(s2 > _NOISE * squares / counted),
    )  # fmt: skip


def _inverse(cross: Array, offset: Array) -> tuple[Array, Array]:
    """Return the inverses of cross products, and where they have none.

    `offset` (events x factors) is the size of what the centring took away: against it, and not against zero, a
    regressor is constant.
    """
    diagonal = np.einsum("ekk->ek", cross)
    constant = diagonal <= 1e-20 * (diagonal + offset)
    scale = 1.0 / np.sqrt(np.where(constant, 1.0, diagonal))
    correlation = cross * scale[:, :, None] * scale[:, None, :]
    bad = constant.any(axis=1) | (np.linalg.eigvalsh(correlation)[:, 0] < 1e-12)
    correlation[bad] = np.eye(cross.shape[1])
    return np.linalg.inv(correlation) * scale[:, :, None] * scale[:, None, :], bad


def cumulate(fitted: Fit, days: slice, log: bool) -> tuple[Array, Array, Array]:
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
    abnormal, realised, expected = (v[:, days] for v in (fitted.abnormal, fitted.realised, fitted.expected))
    length, d = abnormal.shape[1], fitted.dx[:, :, days].sum(axis=2)
    factor = length + np.einsum("ke,ekl,le->e", d, fitted.inverse, d)
    if fitted.error:
        factor = factor + length**2 / np.maximum(fitted.n, 1)
    if log:
        bhar = np.exp(realised.sum(axis=1)) - np.exp(expected.sum(axis=1))
    else:
        bhar = (1.0 + realised).prod(axis=1) - (1.0 + expected).prod(axis=1)
    return abnormal.sum(axis=1), np.sqrt(fitted.s2 * factor), bhar
