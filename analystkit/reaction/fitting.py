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
    """The common sessions of all instruments and their benchmarks, instrument after instrument.

    Keys are instrument * sessions + place of the session in the index of the returns, ascending.
    """

    y: Array  # returns, shape (m,)
    x: Array  # benchmark or factor returns, shape (factors, m)
    position: Array  # place of the session in the index of the returns, shape (m,)
    keys: Array  # of these sessions, shape (m,)
    bounds: Array  # where each instrument begins, and the end, shape (instruments + 1,)
    odd: Array  # keys of the sessions with a return of only one of the two
    sessions: int  # in the index of the returns


@dataclass(frozen=True)
class Fit:
    """One model an event; rows are events, columns days."""

    residuals: Array  # estimation window, 0 where the event has no such day
    used: Array  # whether the event has the day, bool
    df: Array
    alpha: Array
    beta: Array  # events x factors
    s2: Array
    abnormal: Array  # days of the hull of all windows
    realised: Array
    alpha_error: Array  # variance of the mean return, in units of s2; 0 where none is estimated
    distance: (
        Array  # (factors, events, days of the hull): of the regressors from their mean, in standard errors
    )
    collinear: Array
    flat: Array  # bool: no residual noise is left


def lay_out(returns: Array, benchmark: Array) -> Line:
    """Return the line of common sessions.

    Parameters
    ----------
    returns
        Sessions x instruments.
    benchmark
        Factors x sessions x instruments (or x 1: the same for all); no factor where there is no benchmark.

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
    keys, odd = (
        np.flatnonzero(np.ascontiguousarray(where.T)) for where in (present & other, present != other)
    )
    position = np.tile(np.arange(sessions), instruments)[keys]
    if benchmark.shape[2] == 1:
        x = benchmark[:, position, 0]
    else:
        x = benchmark.transpose(0, 2, 1).reshape(len(benchmark), returns.size)[:, keys]
    bounds = np.searchsorted(keys, np.arange(instruments + 1) * sessions)
    return Line(returns.T.ravel()[keys], x, position, keys, bounds, odd, sessions)


def around(values: Array, start: Array, length: int) -> Array:
    """Return `length` values of the last axis from each start on; beyond the ends the nearest value stands in.

    Examples
    --------
    >>> around(np.array([1.0, 2.0, 3.0]), np.array([0, -1]), 2).tolist()
    [[1.0, 2.0], [1.0, 1.0]]
    """
    if len(start) and start.min() >= 0 and start.max() + length <= values.shape[-1]:
        return np.lib.stride_tricks.sliding_window_view(values, length, axis=-1)[..., start, :]
    return values.take(start[:, None] + np.arange(length), axis=-1, mode="clip")


def fit(line: Line, day0: Array, n: Array, estimation: Window, hull: Window, model: str) -> Fit:
    """Return the fitted models of a chunk of events.

    Parameters
    ----------
    line
        From `lay_out`.
    day0
        Place of each event in the line.
    n
        How many of the days of the estimation window it has: the last ones.
    estimation, hull
        First and last relative day, both included, of the estimation window and of all windows together.
    model
        market, factors, market_adjusted or mean_adjusted.
    """
    length, width = estimation[1] - estimation[0] + 1, hull[1] - hull[0] + 1
    start, first = day0 + estimation[0], day0 + hull[0]
    counted = np.maximum(n, 1).astype(float)
    whole = bool((n == length).all())
    used = np.broadcast_to(True, (len(n), length)) if whole else np.arange(length) >= length - n[:, None]

    def only_used(values: Array) -> Array:
        return values if whole else values * used

    y, realised = only_used(around(line.y, start, length)), around(line.y, first, width)
    squares = np.einsum("et,et->e", y, y)
    adjusted, regressors = (
        model == "market_adjusted",
        line.x if model in ("market", "factors") else line.x[:0],
    )
    if adjusted:
        y, abnormal = (
            only_used(y - around(line.x[0], start, length)),
            realised - around(line.x[0], first, width),
        )
    mean = y.sum(axis=1) / counted
    noise = only_used(y - mean[:, None])
    x, dx = only_used(around(regressors, start, length)), around(regressors, first, width)
    means = x.sum(axis=2) / counted
    x, dx = only_used(x - means[:, :, None]), dx - means[:, :, None]
    cross = np.einsum("ket,let->ekl", x, x, optimize=len(x) > 2)
    whitening, collinear = _whitening(cross, (means * means * counted).T)
    beta = np.einsum("elm,ekm,ek->el", whitening, whitening, np.einsum("ket,et->ek", x, noise))
    if not adjusted:
        noise = noise - np.einsum("ek,ket->et", beta, x)
        abnormal = realised - mean[:, None] - np.einsum("ek,ket->et", beta, dx)
    df = n - 1 - len(x)
    s2 = np.einsum("et,et->e", noise, noise) / np.maximum(df, 1)
    alpha, error = mean - np.einsum("ek,ke->e", beta, means), 1.0 / counted
    if adjusted:
        alpha, error, beta = 0.0 * mean, 0.0 * mean, np.ones((len(n), 1))
    distance, flat = np.einsum("elk,let->ket", whitening, dx), ~(s2 > _NOISE * squares / counted)
    residuals = y if adjusted else noise
    return Fit(residuals, used, df, alpha, beta, s2, abnormal, realised, error, distance, collinear, flat)


def _whitening(cross: Array, offset: Array) -> tuple[Array, Array]:
    """Return matrices W with W W' the inverse of the cross products, and where these have none.

    `offset` (events x factors) is the size of what the centring took away: against it, and not against zero, a
    regressor is constant.
    """
    diagonal = np.einsum("ekk->ek", cross)
    constant = diagonal <= 1e-20 * (diagonal + offset)
    scale = 1.0 / np.sqrt(np.where(constant, 1.0, diagonal))
    values, vectors = np.linalg.eigh(cross * scale[:, :, None] * scale[:, None, :])
    bad = constant.any(axis=1) | (values < 1e-12).any(axis=1)
    return scale[:, :, None] * vectors / np.sqrt(np.maximum(values, 1e-12))[:, None, :], bad


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
    abnormal, realised = fitted.abnormal[:, days], fitted.realised[:, days]
    length, distance = abnormal.shape[1], fitted.distance[:, :, days].sum(axis=2)
    variance = fitted.s2 * (length + length**2 * fitted.alpha_error + (distance**2).sum(axis=0))
    actual, expected = (
        np.exp(v.sum(axis=1)) if log else (1.0 + v).prod(axis=1) for v in (realised, realised - abnormal)
    )
    return abnormal.sum(axis=1), np.sqrt(variance), actual - expected
