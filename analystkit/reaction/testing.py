"""Abnormal returns of many events -> the ten tests of their mean, with p two-sided."""

from __future__ import annotations

import numpy as np

from analystkit.reaction.fitting import Array

TESTS = (
    "cross_sectional", "patell", "adjusted_patell", "bmp", "kolari_pynnonen", "sign", "generalized_sign",
    "corrado_rank", "generalized_rank", "signed_rank",
)  # fmt: skip
_BLOCK = 224


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
    order = values.argsort(axis=1) + np.arange(0, values.size, values.shape[1] or 1)[:, None]
    found = np.empty(values.shape)
    found.ravel()[order] = np.arange(1.0, values.shape[1] + 1.0)
    ordered = np.sort(values, axis=1)
    tied = ((ordered[:, 1:] == ordered[:, :-1]) & np.isfinite(ordered[:, 1:])).any(axis=1)
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
    car: Array, sar: Array, df: Array, positive: Array, correlation: float
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
        Share of positive residuals in each event's estimation window (Cowan 1992).
    correlation
        Mean correlation between events.

    Examples
    --------
    >>> one = np.array([0.02, 0.04])
    >>> found = statistics(one, one * 50, np.array([100.0, 100.0]), np.array([0.5, 0.5]), 0.0)
    >>> [float(figure) for figure in found["cross_sectional"]]
    [3.0, 1.0]
    """
    n = np.float64(len(car))

    def t(values: Array) -> float:
        spread = np.sqrt(((values - values.sum() / n) ** 2).sum() / (n - 1))
        return values.sum() / n / (spread / np.sqrt(n))

    patell = sar.sum() / np.sqrt(np.where(df > 2, df / (df - 2), np.nan).sum())
    inflation, wins, share = 1.0 + (n - 1) * correlation, (car > 0).sum(), positive.sum() / n
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
    if len(residuals) < 2:
        return 0.0
    # Events estimated on the same days form a group: sums over shared days are needed once a group, not once a
    # pair. A random signature of its days tells the groups; in order of the calendar, blocks share few days.
    number = np.random.default_rng(0).standard_normal(int(calendar.max()) + 2)
    number[-1] = 0.0
    signature = number[calendar].sum(axis=1)
    order = np.lexsort((signature, calendar[:, -1]))
    rows, calendar, signature = np.arange(len(order)), calendar[order], signature[order]
    matrix, mask = np.zeros((2, len(rows), len(number)))
    matrix[rows[:, None], calendar], mask[rows[:, None], calendar] = residuals[order], 1.0
    matrix[:, -1], mask[:, -1] = 0.0, 0.0  # where -1 has pointed
    new = np.append(True, np.diff(signature) != 0)
    group, leader = np.cumsum(new) - 1, np.flatnonzero(new)
    days = mask[leader]
    shared = days @ days.T
    # Each event's figures on the days that it shares with each group.
    weight, offset, valid = np.empty((3, len(rows), len(leader)))
    blocks = []
    for begin in range(0, len(rows), _BLOCK):
        block = slice(begin, begin + _BLOCK)
        reach = np.flatnonzero(mask[block].any(axis=0))
        span = slice(reach[0], reach[-1] + 1)
        blocks.append((block, span))
        own, theirs, common = matrix[block, span], days[:, span].T, shared[group[block]]
        sums, squares = own @ theirs, own**2 @ theirs
        centred = squares - sums * sums / np.maximum(common, 1.0)
        valid[block] = (common > 2.5) & (centred > 1e-20 * squares)
        weight[block] = valid[block] / np.sqrt(np.where(valid[block], centred, 1.0))
        offset[block] = weight[block] * sums / np.sqrt(np.maximum(common, 1.0))
    by_group, counts = (np.add.reduceat(figure, leader, axis=0) for figure in (offset, valid))
    itself = valid[rows, group].sum()
    pairs = (counts * counts.T).sum() - itself
    total = -(by_group * by_group.T).sum() - itself
    for block, span in blocks:
        later = slice(block.start, None)
        products = matrix[block, span] @ matrix[later, span].T
        products *= weight[block].take(group[later], axis=1)
        products *= weight[later, group[block]].T
        total += 2.0 * products.sum() - products[:, :_BLOCK].sum()
    return float(total / pairs) if pairs else 0.0
