"""Abnormal returns of many events -> the ten tests of their mean, with p two-sided."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analystkit.reaction.fitting import Array, Fit

TESTS = (
    "cross_sectional",
    "patell",
    "adjusted_patell",
    "bmp",
    "kolari_pynnonen",
    "sign",
    "generalized_sign",
    "corrado_rank",
    "generalized_rank",
    "signed_rank",
)
# Pairs of events beyond this many are sampled for the mean correlation, and the table says so.
MOST_CORRELATED = 3_000
_MATRIX = 20_000_000
_BLOCK = 512


def two_sided(statistic: Array, df: Array | float = np.inf) -> Array:
    """Return two-sided p values: Student's t, or the normal distribution where df is infinite.

    Examples
    --------
    >>> two_sided(np.array([1.959964])).round(4).tolist(), two_sided(np.array([12.7062]), 1).round(4).tolist()
    ([0.05], [0.05])
    """
    from scipy import special

    df = np.asarray(df, dtype=float)
    normal = 2.0 * special.ndtr(-np.abs(statistic))
    return np.where(
        np.isinf(df), normal, 2.0 * special.stdtr(np.where(np.isinf(df), 1.0, df), -np.abs(statistic))
    )


def ranks(values: Array) -> Array:
    """Return ranks within each row from 1, ties with their average; infinite values rank last.

    Examples
    --------
    >>> ranks(np.array([[0.3, 0.1, 0.1]])).tolist()
    [[3.0, 1.5, 1.5]]
    """
    order = values.argsort(axis=1)
    order += np.arange(0, values.size, values.shape[1])[:, None]
    found = np.empty(values.shape)
    found.ravel()[order] = np.arange(1.0, values.shape[1] + 1.0)
    ordered = np.sort(values, axis=1)
    tied = ((ordered[:, 1:] == ordered[:, :-1]) & np.isfinite(ordered[:, 1:])).any(axis=1)
    if tied.any():
        from scipy import stats

        found[tied] = stats.rankdata(values[tied], axis=1)
    return found


@dataclass
class DayMeans:
    """Sums of rank deviations U by day over events, and how many events have the day."""

    total: Array
    events: Array

    @classmethod
    def of(cls, days: int) -> DayMeans:
        """Return sums of nothing yet."""
        return cls(np.zeros(days), np.zeros(days, dtype=int))

    def means(self) -> tuple[Array, Array]:
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.total / self.events, self.events > 0


def corrado_sums(fitted: Fit, days: slice, chosen: Array, means: DayMeans) -> None:
    """Add the rank deviations of a chunk, ranked over estimation and window days together (Corrado 1989)."""
    every = bool(chosen.all())
    abnormal = fitted.abnormal[:, days] if every else fitted.abnormal[chosen, days]
    values = np.concatenate([fitted.residuals if every else fitted.residuals[chosen], abnormal], axis=1)
    if fitted.whole:
        means.total += ranks(values).sum(axis=0) / (values.shape[1] + 1.0) - 0.5 * len(values)
        means.events += len(values)
        return
    present = np.concatenate([fitted.used[chosen], np.ones(abnormal.shape, dtype=bool)], axis=1)
    found = ranks(np.where(present, values, np.inf)) / (present.sum(axis=1, keepdims=True) + 1.0) - 0.5
    means.total += (found * present).sum(axis=0)
    means.events += present.sum(axis=0)


def corrado(means: DayMeans, length: int, day: int | None = None) -> float:
    """Return the rank statistic of a window (Cowan 1992) or of one of its days."""
    average, present = means.means()
    spread = np.sqrt((average[present] ** 2).mean()) if present.any() else 0.0
    window = average[len(average) - length :]
    if not spread > 0:
        return np.nan
    return float(window[day] / spread if day is not None else window.sum() / (np.sqrt(length) * spread))


@dataclass(frozen=True)
class RankedResiduals:
    """Standardised estimation residuals of a chunk with their ranks, shared by all windows."""

    z: Array  # infinite where the event has no such day
    rank: Array
    used: Array
    whole: bool

    @classmethod
    def of(cls, fitted: Fit) -> RankedResiduals:
        """Return residuals over their standard deviation and their ranks among the event's own."""
        with np.errstate(invalid="ignore", divide="ignore"):
            z = fitted.residuals / np.sqrt(fitted.s2)[:, None]
        if not fitted.whole:
            z = np.where(fitted.used, z, np.inf)
        return cls(z, ranks(z), fitted.used, fitted.whole)

    def keep(self, chosen: Array) -> RankedResiduals:
        """Return the chosen events."""
        if chosen.all():
            return self
        return RankedResiduals(self.z[chosen], self.rank[chosen], self.used[chosen], self.whole)


def generalized_rank_sums(ranked: RankedResiduals, event: Array, means: DayMeans) -> None:
    """Add the rank deviations of estimation days and of the one cumulated event day, which comes last."""
    above = ranked.z > event[:, None]
    if not ranked.whole:
        above &= ranked.used
    above = above.astype(np.float32)  # counts stay exact, and matrix products count fastest
    days = ranked.used.sum(axis=1)
    weight = 1.0 / (days + 2.0)  # T = n + 1 observations, divided by T + 1
    below = days - above @ np.ones(above.shape[1], dtype=np.float32)
    if ranked.whole:
        same = weight[:1]
        total = (
            np.ones(len(above)) @ ranked.rank + np.ones(len(above), np.float32) @ above
        ) * same - 0.5 * len(above)
        events = len(above)
    else:
        total = weight @ (np.where(ranked.used, ranked.rank, 0.0) + above) - 0.5 * ranked.used.sum(axis=0)
        events = ranked.used.sum(axis=0)
    means.total[:-1] += total
    means.events[:-1] += events
    means.total[-1] += ((1.0 + below) * weight - 0.5).sum()
    means.events[-1] += len(above)


def generalized_rank(means: DayMeans, n: int) -> tuple[float, float]:
    """Return t and its degrees of freedom (Kolari and Pynnonen 2011)."""
    average, present = means.means()
    length = int(present.sum())
    variance = float((means.events[present] / n * average[present] ** 2).sum() / length) if length else 0.0
    if not variance > 0:
        return np.nan, np.nan
    z = average[-1] / np.sqrt(variance)
    inside = length - 1 - z * z
    return (float(z * np.sqrt((length - 2) / inside)) if inside > 0 else np.nan), float(length - 2)


def signed_rank(car: Array) -> float:
    """Return Wilcoxon's z of a median of zero, with the variance of the ranks that are really there.

    Examples
    --------
    >>> round(signed_rank(np.array([0.01, 0.02, -0.03])), 4)
    0.0
    """
    rank = ranks(np.abs(car)[None, :])[0]
    signs = np.sign(car)
    spread = np.sqrt((rank[signs != 0] ** 2).sum())
    return float((signs * rank).sum() / spread) if spread > 0 else np.nan


def sample(events: int, sessions: int) -> Array:
    """Return which events the mean correlation is taken from: all, or evenly spread ones."""
    most = max(2, min(MOST_CORRELATED, _MATRIX // max(sessions, 1)))
    return np.arange(events) if events <= most else np.linspace(0, events - 1, most).round().astype(int)


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
    # In order of the calendar a block of events shares days only with its neighbours.
    rows = np.arange(len(residuals))
    place = np.empty_like(rows)
    place[np.argsort(calendar[:, -1], kind="stable")] = rows
    matrix = np.zeros((len(residuals), int(calendar.max(initial=-1)) + 2))
    mask = np.zeros(matrix.shape, dtype=bool)
    matrix[place[:, None], calendar], mask[place[:, None], calendar] = residuals, True
    matrix[:, -1], mask[:, -1] = 0.0, False  # where -1 has pointed
    # Events estimated on the same days form a group: sums over shared days are needed once a group, not once a
    # pair. A random signature of its days tells the groups.
    signature = mask @ np.random.default_rng(0).standard_normal(matrix.shape[1])
    _, leader, group, size = np.unique(signature, return_index=True, return_inverse=True, return_counts=True)
    days = mask[leader].astype(float)
    shared = days @ days.T
    weight, offset, valid = (np.empty((len(matrix), len(leader)), dtype=t) for t in (float, float, bool))
    spans = []
    for begin in range(0, len(matrix), _BLOCK):
        block = slice(begin, begin + _BLOCK)
        reach = np.flatnonzero(mask[block].any(axis=0))
        span = slice(reach[0], reach[-1] + 1) if len(reach) else slice(0, 0)
        spans.append((block, span))
        sums = matrix[block, span] @ days[:, span].T
        squares = matrix[block, span] ** 2 @ days[:, span].T
        common = shared[group[block]]
        with np.errstate(invalid="ignore", divide="ignore"):
            centred = squares - sums * sums / common
            valid[block] = (common > 2.5) & (centred > 1e-20 * squares)
            weight[block] = np.where(valid[block], 1.0 / np.sqrt(centred), 0.0)
            offset[block] = np.where(valid[block], sums / np.sqrt(centred * common), 0.0)
    members, first = np.argsort(group, kind="stable"), np.append(0, np.cumsum(size)[:-1])
    by_group = np.add.reduceat(offset[members], first, axis=0)
    counts = np.add.reduceat(valid[members].astype(float), first, axis=0)
    own = float(np.count_nonzero(valid[rows, group]))
    pairs = float((counts * counts.T).sum()) - own
    total = -float((by_group * by_group.T).sum()) - own
    for block, span in spans:
        products = matrix[block, span] @ matrix[block.start :, span].T
        products *= weight[block].take(group[block.start :], axis=1)
        products *= weight[block.start :, group[block]].T
        total += 2.0 * float(products.sum()) - float(products[:, :_BLOCK].sum())
    return total / pairs if pairs > 0 else 0.0


def statistics(
    car: Array, sar: Array, df: Array, positive_share: Array, correlation: float
) -> dict[str, tuple[float, float]]:
    """Return statistic and degrees of freedom of the tests that need only one number an event.

    Parameters
    ----------
    car, sar
        Cumulative abnormal return of each event, raw and over its standard error.
    df
        Degrees of freedom of each event's residual variance.
    positive_share
        Share of positive residuals in each event's estimation window (Cowan 1992).
    correlation
        Mean correlation between events.

    Examples
    --------
    >>> one = np.array([0.02, 0.04])
    >>> found = statistics(one, one * 50, np.array([100.0, 100.0]), np.array([0.5, 0.5]), 0.0)
    >>> found["cross_sectional"]
    (3.0, 1.0)
    """
    n = len(car)
    found = dict.fromkeys(TESTS, (np.nan, np.nan))
    if n == 0:
        return found
    inflation = 1.0 + (n - 1) * correlation
    usable = df > 2
    variance = (df[usable] / (df[usable] - 2.0)).sum()
    if usable.all():
        patell = float(sar.sum() / np.sqrt(variance))
        found["patell"] = (patell, np.inf)
        if inflation > 0:
            found["adjusted_patell"] = (patell / np.sqrt(inflation), np.inf)
    if n > 1:
        for test, values in (("cross_sectional", car), ("bmp", sar)):
            spread = values.std(ddof=1)
            if spread > 0:
                found[test] = (float(values.mean() / (spread / np.sqrt(n))), n - 1.0)
        if inflation > 0:
            found["kolari_pynnonen"] = (
                found["bmp"][0] * np.sqrt(max(1.0 - correlation, 0.0) / inflation),
                n - 1.0,
            )
    wins, share = int((car > 0).sum()), float(positive_share.mean())
    found["sign"] = ((wins - n / 2) / np.sqrt(n / 4), np.inf)
    if 0 < share < 1:
        found["generalized_sign"] = ((wins - n * share) / np.sqrt(n * share * (1 - share)), np.inf)
    found["signed_rank"] = (signed_rank(car), np.inf)
    return found
