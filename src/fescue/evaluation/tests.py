"""Statistical tests: are differences between algorithms more than chance, and how large are they?

Values are to be minimized. If all values are equal there is no difference: the p-value is 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, Final, Literal

import numpy as np

#: for confidence intervals
_RESAMPLES: Final = 2000
_SEED: Final = 1


def mann_whitney(a: Sequence[float] | np.ndarray, b: Sequence[float] | np.ndarray) -> float:
    """Return the p-value, two-sided, of the Mann-Whitney U test of two independent samples.

    Raises:
        ValueError: if a sample is empty or has ``nan``

    >>> mann_whitney([3, 3], [3, 3])
    1.0
    """
    return float(mann_whitney_all([(a, b)])[0])


def mann_whitney_all(pairs: Sequence[tuple[Any, Any]]) -> np.ndarray:
    """Return the p-value of :func:`mann_whitney` for each pair of samples; many at once are fast.

    Raises:
        ValueError: if a sample is empty or has ``nan``
    """
    from scipy.stats import mannwhitneyu

    p_values = np.ones(len(pairs))
    # tests of samples of the same sizes are done in one go; with ties, the method is another one
    groups: dict[tuple[int, int, bool], list[int]] = {}
    samples = []
    for i, (a, b) in enumerate(pairs):
        x, y = _sample(a, "a"), _sample(b, "b")
        samples.append((x, y))
        n_distinct = len({*x.tolist(), *y.tolist()})
        if n_distinct > 1:
            groups.setdefault((len(x), len(y), n_distinct < len(x) + len(y)), []).append(i)
    for rows in groups.values():
        x, y = (np.stack([samples[i][side] for i in rows]) for side in (0, 1))
        p_values[rows] = mannwhitneyu(x, y, alternative="two-sided", axis=1).pvalue
    return p_values


def wilcoxon(a: Sequence[float] | np.ndarray, b: Sequence[float] | np.ndarray) -> float:
    """Return the p-value, two-sided, of the Wilcoxon signed-rank test of pairs.

    Args:
        a: the results of one algorithm, for instance one per instance
        b: those of the other one, in the same order

    Raises:
        ValueError: if the lengths differ, or a sample is empty or has ``nan``
    """
    from scipy.stats import wilcoxon as test

    x, y = _sample(a, "a"), _sample(b, "b")
    if len(x) != len(y):
        raise ValueError(f"a and b have {len(x)} and {len(y)} values, must be pairs.")
    if (x == y).all():
        return 1.0
    # pairs without a difference say nothing, and the exact distribution knows no ties
    d = (x - y)[x != y]
    method: Literal["exact", "approx"] = "approx"
    if len(d) <= 50 and len(np.unique(np.abs(d))) == len(d):
        method = "exact"
    return float(test(d, method=method).pvalue)


def bonferroni(p_values: Sequence[float] | np.ndarray) -> np.ndarray:
    """Return p-values adjusted for their number by Bonferroni's method.

    >>> bonferroni([0.01, 0.6]).tolist()
    [0.02, 1.0]
    """
    p = np.asarray(p_values, np.float64)
    return np.minimum(p * len(p), 1.0)


def holm(p_values: Sequence[float] | np.ndarray) -> np.ndarray:
    """Return p-values adjusted for their number by Holm's method.

    Source: S. Holm: A simple sequentially rejective multiple test procedure. Scandinavian Journal
    of Statistics 6, 1979.

    >>> holm([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values, np.float64)
    order = np.argsort(p, kind="stable")
    result = np.empty(len(p))
    result[order] = np.minimum(
        np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1.0)
    return result


@dataclass(frozen=True, slots=True)
class Ranking:
    """Algorithms, compared over many instances.

    Attributes:
        algorithms: their names
        ranks: their mean ranks over the instances, from 1; smaller is better
        n_instances: the number of instances
        p_value: the p-value of Friedman's test: is there any difference?
        critical_difference: mean ranks that differ by as much differ significantly (Nemenyi);
            ``nan`` for a single algorithm
        alpha: the level of significance of that
    """

    algorithms: tuple[str, ...]
    ranks: np.ndarray
    n_instances: int
    p_value: float
    critical_difference: float
    alpha: float


def friedman(results: Mapping[str, Sequence[float] | np.ndarray], alpha: float = 0.05) -> Ranking:
    """Compare algorithms over instances by Friedman's test, with Nemenyi's critical difference.

    Args:
        results: for each algorithm one value per instance, all in the same order
        alpha: the level of significance, between 0 and 1

    Raises:
        ValueError: if there is no algorithm or instance, or lengths differ

    Source: J. Demsar: Statistical Comparisons of Classifiers over Multiple Data Sets. JMLR 7, 2006.
    """
    from scipy.stats import friedmanchisquare, rankdata, studentized_range

    table = _table(results)
    n, k = table.shape
    if not 0 < alpha < 1:
        raise ValueError(f"alpha={alpha} is invalid, must be between 0 and 1.")
    ranks = rankdata(table, axis=1)
    p_value = 1.0
    if k > 2 and not (ranks == ranks[:, :1]).all():
        p_value = float(friedmanchisquare(*table.T).pvalue)
    elif k == 2:
        p_value = wilcoxon(table[:, 0], table[:, 1])
    difference = float("nan")
    if k > 1:
        q = float(studentized_range.ppf(1 - alpha, k, np.inf)) / sqrt(2)
        difference = q * sqrt(k * (k + 1) / (6 * n))
    return Ranking(tuple(results), ranks.mean(axis=0), n, p_value, difference, alpha)


def nemenyi(results: Mapping[str, Sequence[float] | np.ndarray]) -> np.ndarray:
    """Return the p-values of Nemenyi's test of all pairs of algorithms, after Friedman's.

    Args:
        results: for each algorithm one value per instance, all in the same order

    Returns:
        a symmetric matrix with ones on its diagonal
    """
    from scipy.stats import rankdata, studentized_range

    table = _table(results)
    n, k = table.shape
    means = rankdata(table, axis=1).mean(axis=0)
    if k == 1:
        return np.ones((1, 1))
    q = np.abs(means[:, None] - means) / sqrt(k * (k + 1) / (6 * n)) * sqrt(2)
    p = np.asarray(studentized_range.sf(q, k, np.inf))
    np.fill_diagonal(p, 1.0)
    return np.asarray(np.clip(p, 0.0, 1.0))


def conover(results: Mapping[str, Sequence[float] | np.ndarray]) -> np.ndarray:
    """Return the p-values, not adjusted, of Conover's test of all pairs, after Friedman's.

    Args:
        results: for each algorithm one value per instance, all in the same order

    Returns:
        a symmetric matrix with ones on its diagonal

    Source: W. J. Conover: Practical Nonparametric Statistics, 3rd edition, 1999, section 5.8.
    """
    from scipy.stats import rankdata
    from scipy.stats import t as student

    table = _table(results)
    n, k = table.shape
    ranks = rankdata(table, axis=1)
    sums = ranks.sum(axis=0)
    squares = float((ranks ** 2).sum())
    if k == 1 or n == 1:
        return np.ones((k, k))
    rest = (n * squares - float((sums ** 2).sum()))
    difference = np.abs(sums[:, None] - sums)
    degrees = (n - 1) * (k - 1)
    if rest <= 1e-9 * squares:  # all instances agree: what differs at all differs for sure
        p = np.where(difference > 0, 0.0, 1.0)
    else:
        p = 2 * np.asarray(student.sf(difference / sqrt(2 * rest / degrees), degrees))
    np.fill_diagonal(p, 1.0)
    return p


@dataclass(frozen=True, slots=True)
class Effect:
    """The size of a difference, with a bootstrap confidence interval.

    Attributes:
        value: the size
        low: the lower end of the interval
        high: its upper end
    """

    value: float
    low: float
    high: float


def a12(a: Sequence[float] | np.ndarray, b: Sequence[float] | np.ndarray,
        confidence: float = 0.95) -> Effect:
    """Return the probability that a value of ``a`` is smaller than one of ``b``, ties half.

    0.5 means no difference, 1 that all of ``a`` are better.

    Args:
        a: the results of one algorithm
        b: those of another one
        confidence: that of the interval, by the percentiles of 2,000 seeded resamples

    Raises:
        ValueError: if a sample is empty or has ``nan``

    Source: A. Vargha, H. D. Delaney: A Critique and Improvement of the CL Common Language Effect
    Size Statistics of McGraw and Wong. Journal of Educational and Behavioral Statistics 25, 2000.

    >>> a12([1, 2], [2, 3]).value
    0.875
    """
    x, y = _sample(a, "a"), _sample(b, "b")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence={confidence} is invalid, must be between 0 and 1.")
    wins = (x[:, None] < y) + 0.5 * (x[:, None] == y)
    random = np.random.default_rng(_SEED)
    # how often each value is drawn is all that a resample needs
    first = random.multinomial(len(x), np.full(len(x), 1 / len(x)), _RESAMPLES) / len(x)
    second = random.multinomial(len(y), np.full(len(y), 1 / len(y)), _RESAMPLES) / len(y)
    resampled = np.einsum("ri,ri->r", first @ wins, second)
    low, high = np.quantile(resampled, [(1 - confidence) / 2, (1 + confidence) / 2])
    # rounding may leave the range of shares by the last digit
    low, high = np.clip((low, high), 0.0, 1.0)
    return Effect(float(wins.mean()), float(low), float(high))


def cliffs_delta(a: Sequence[float] | np.ndarray, b: Sequence[float] | np.ndarray,
                 confidence: float = 0.95) -> Effect:
    """Return Cliff's delta, from -1 to 1; positive if values of ``a`` are mostly smaller.

    It is twice :func:`a12`, minus 1.

    Source: N. Cliff: Dominance statistics: Ordinal analyses to answer ordinal questions.
    Psychological Bulletin 114, 1993.
    """
    effect = a12(a, b, confidence)
    return Effect(2 * effect.value - 1, 2 * effect.low - 1, 2 * effect.high - 1)


def size_of(effect: Effect) -> str:
    """Return the word for the size of an effect as :func:`a12` gives it.

    Source: the thresholds are those of Vargha and Delaney: 0.56, 0.64, 0.71.
    """
    distance = abs(effect.value - 0.5)
    return ("large" if distance >= 0.21 else "medium" if distance >= 0.14
            else "small" if distance >= 0.06 else "negligible")


def _sample(values: Any, name: str) -> np.ndarray:
    a = np.asarray(values, np.float64)
    if a.ndim != 1 or a.size == 0 or np.isnan(a).any():
        raise ValueError(f"{name} must be a list of at least one number, without nan.")
    # ranks are all that counts; infinities have them too, but not in differences
    return np.clip(a, -1e300, 1e300)


def _table(results: Mapping[str, Any]) -> np.ndarray:
    if not results:
        raise ValueError("results is empty, must have at least one algorithm.")
    columns = [_sample(values, f"results[{name!r}]") for name, values in results.items()]
    if len({len(column) for column in columns}) > 1:
        raise ValueError("results must have as many values for each algorithm: "
                         f"{ {name: len(c) for name, c in zip(results, columns, strict=True)} }.")
    return np.column_stack(columns)
