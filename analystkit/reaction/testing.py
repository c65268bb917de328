"""Abnormal returns of many events -> the ten tests of their mean, with p two-sided."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np

from analystkit.reaction.fitting import Array

TESTS = (
    "cross_sectional", "patell", "adjusted_patell", "bmp", "kolari_pynnonen", "sign", "generalized_sign",
    "corrado_rank", "generalized_rank", "signed_rank",
)  # fmt: skip
# These hold their size where events share sessions.
ALLOWING = ("adjusted_patell", "kolari_pynnonen", "corrado_rank", "generalized_rank")
# A mean correlation so negative that less than this is left of the variance says nothing about the mean.
LEAST = 1e-9
_TILE = 192


def two_sided(statistic: Array, df: Array) -> Array:
    """Return two-sided p values: Student's t, or the normal distribution where df is infinite.

    Examples
    --------
    >>> two_sided(np.array([1.959964, 12.7062]), np.array([np.inf, 1])).round(4).tolist()
    [0.05, 0.05]
    """
    from scipy import special

    return 2.0 * special.stdtr(df, -np.abs(statistic))


def ranks(values: Array) -> Array:
    """Return ranks within each row from 1, ties with their average; infinite values rank last.

    Examples
    --------
    >>> ranks(np.array([[0.3, 0.1, 0.1]])).tolist()
    [[3.0, 1.5, 1.5]]
    """
    order = values.argsort(axis=1)
    order += np.arange(len(values))[:, None] * values.shape[1]
    found = np.empty(values.shape)
    found.ravel()[order] = np.arange(1.0, values.shape[1] + 1.0)
    ordered = values.ravel().take(order)
    tied = (ordered[:, 1:] == ordered[:, :-1]).any(axis=1)
    if tied.any():
        from scipy import stats

        found[tied] = stats.rankdata(values[tied], axis=1)
    return found


def rank_sums(values: Array) -> Array:
    """Return by day the sum over events of the rank deviation U = rank / (T + 1) - 1/2, and how many have the day.

    Parameters
    ----------
    values
        Events x days; infinite where the event has no such day. T counts the days that it has.

    Examples
    --------
    >>> rank_sums(np.array([[0.1, 0.3, 0.2], [0.1, 0.2, np.inf]])).round(2).tolist()
    [[-0.42, 0.42, 0.0], [2.0, 2.0, 1.0]]
    """
    present = np.isfinite(values)
    deviation = ranks(values) / (present.sum(axis=1, keepdims=True) + 1.0) - 0.5
    return np.stack([np.where(present, deviation, 0.0).sum(axis=0), present.sum(axis=0)])


def corrado(sums: Array, days: slice) -> float:
    """Return the rank statistic of some of the days (Corrado 1989; over several days, Cowan 1992)."""
    average = sums[0] / sums[1]
    spread = np.sqrt(np.nansum(average**2) / (sums[1] > 0).sum())
    return average[days].sum() / (np.sqrt(len(average[days])) * spread)


def generalized_rank(sums: Array, n: int) -> tuple[float, float]:
    """Return t and its degrees of freedom (Kolari and Pynnonen 2011); the one cumulated event day comes last."""
    average, length = sums[0] / sums[1], (sums[1] > 0).sum()
    z = average[-1] / np.sqrt(np.nansum(sums[1] / n * average**2) / length)
    return z * np.sqrt((length - 2) / (length - 1 - z * z)), length - 2.0


def signed_rank(car: Array) -> float:
    """Return Wilcoxon's z of a median of zero, with the variance of the ranks that are really there.

    Examples
    --------
    >>> float(signed_rank(np.array([0.01, 0.02, 0.03])).round(3))
    1.604
    """
    signed = np.sign(car) * ranks(np.abs(car)[None, :])[0]
    return signed.sum() / np.sqrt((signed**2).sum())


def statistics(
    car: Array, sar: Array, df: Array, positive: float, correlation: float
) -> dict[str, tuple[float, float]]:
    """Return statistic and degrees of freedom of the tests that need only one number an event.

    A test that is not defined for these events (one event, no spread) is NaN or infinite.

    Parameters
    ----------
    car, sar
        Cumulative abnormal return of each event, raw and over its standard error.
    df
        Degrees of freedom of each event's residual variance.
    positive
        Sum of the events' shares of positive residuals in their estimation windows (Cowan 1992).
    correlation
        Mean correlation between events.

    Examples
    --------
    >>> one = np.array([0.02, 0.04])
    >>> found = statistics(one, one * 50, np.array([100.0, 100.0]), 1.0, 0.0)
    >>> [float(figure) for figure in found["cross_sectional"]]
    [3.0, 1.0]
    """
    n = np.float64(len(car))

    def t(values: Array) -> float:
        spread = np.sqrt(((values - values.sum() / n) ** 2).sum() / (n - 1))
        return values.sum() / n / (spread / np.sqrt(n))

    patell = sar.sum() / np.sqrt(np.where(df > 2, df / (df - 2), np.nan).sum())
    wins, share, widened = (car > 0).sum(), positive / n, 1.0 + (n - 1) * correlation
    inflation = widened if widened >= LEAST else np.nan
    return {
        "cross_sectional": (t(car), n - 1),
        "patell": (patell, np.inf),
        "adjusted_patell": (patell / np.sqrt(inflation), np.inf),
        "bmp": (t(sar), n - 1),
        "kolari_pynnonen": (t(sar) * np.sqrt(max(1.0 - correlation, 0.0) / inflation), n - 1),
        "sign": ((wins - n / 2) / np.sqrt(n / 4), np.inf),
        "generalized_sign": ((wins - n * share) / np.sqrt(n * share * (1 - share)), np.inf),
        "signed_rank": (signed_rank(car), np.inf),
    }


def mean_correlation(residuals: Array, calendar: Array) -> float:
    """Return the mean correlation of all pairs of residual series on the calendar days that both have.

    Parameters
    ----------
    residuals
        Events x estimation days.
    calendar
        Place of each of these days in the calendar, -1 where the event has no such day.

    Returns
    -------
    float
        0 when no pair shares at least three days.

    Examples
    --------
    Three days of two series that move together:

    >>> days = np.array([[0, 1, 2], [0, 1, 2]])
    >>> round(mean_correlation(np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0]]), days), 6)
    1.0
    """
    from threadpoolctl import threadpool_limits

    # Events estimated on the same days form a group: sums over shared days are needed once a group, not once a
    # pair. A random signature of its days tells the groups; in order of the calendar, tiles share few days.
    number = np.random.default_rng(0).standard_normal(int(calendar.max(initial=-1)) + 2)
    number[-1] = 0.0
    signature = number[calendar].sum(axis=1)
    order = np.lexsort((signature, calendar[:, -1]))
    tiles = []
    for begin in range(0, len(order), _TILE):
        rows = order[begin : begin + _TILE]
        new = np.append(True, np.diff(signature[rows]) != 0)
        matrix, squared = np.zeros((2, len(rows) + new.sum(), len(number)))
        at = calendar[rows] + np.arange(len(rows))[:, None] * len(number)
        matrix.put(at, residuals[rows])
        squared.put(at, residuals[rows] ** 2)
        # Below the series stand the days of their groups.
        matrix[np.arange(len(rows), len(matrix))[:, None], calendar[rows[new]]] = 1.0
        reach = np.flatnonzero(matrix[len(rows) :, :-1].any(axis=0))  # the last is where -1 points
        if len(reach):
            tiles.append(
                _Tile(matrix, squared[: len(rows)], np.flatnonzero(new), np.cumsum(new) - 1, reach[[0, -1]])
            )
    # Handing small products to the pool of threads takes longer than they do, much longer on a busy machine.
    with threadpool_limits(limits=1, user_api="blas"):
        sums = [_pairs(own, other) for own, other in itertools.combinations_with_replacement(tiles, 2)]
    total, pairs = np.sum([(0.0, 0.0), *sums], axis=0)
    return float(total / pairs) if pairs else 0.0


class _Tile(NamedTuple):
    """Some series that follow one another in the calendar."""

    matrix: Array  # residuals of each series by calendar day, and below them the days of each group
    squared: Array
    new: Array  # where each group begins
    group: Array  # of each series
    reach: Array  # first and last day


def _pairs(own: _Tile, other: _Tile) -> tuple[float, float]:
    """Return the sum of the correlations between the series of two tiles, in both orders, and how many there are."""
    begin, end = max(own.reach[0], other.reach[0]), min(own.reach[1], other.reach[1]) + 1
    days, n, m = slice(begin, max(begin, end)), len(own.group), len(other.group)
    products = own.matrix[:, days] @ other.matrix[:, days].T
    squares = own.squared[:, days] @ other.matrix[m:, days].T
    weight, offset, valid = _weights(products[:n, m:], squares, products[n:, m:], own)
    squares = other.squared[:, days] @ own.matrix[n:, days].T
    swapped = _weights(products[n:, :m].T, squares, products[n:, m:].T, other)
    both = weight.take(other.group, axis=1)
    both *= swapped[0].T.take(own.group, axis=0)
    total = np.sum(products[:n, :m] * both) - (offset * swapped[1].T).sum()
    pairs = (valid * swapped[2].T).sum()
    if other is own:
        itself = np.count_nonzero(weight[np.arange(n), own.group])
        return total - itself, pairs - itself
    return 2.0 * total, 2.0 * pairs


def _weights(sums: Array, squares: Array, common: Array, tile: _Tile) -> tuple[Array, Array, Array]:
    """Return 1 / spread of each series on the days that its group shares with each group of others.

    And by group the sums of their means over their spreads, and how many have a spread on at least three days.
    """
    shared = np.maximum(common, 1.0)[tile.group]
    centred = squares - sums * sums / shared
    valid = (shared > 2.5) & (centred > 1e-20 * squares)
    weight = valid / np.sqrt(np.where(valid, centred, 1.0))
    by_group = (np.add.reduceat(v, tile.new) for v in (weight * sums / np.sqrt(shared), valid.astype(float)))
    return weight, *by_group
