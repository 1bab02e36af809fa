"""Statistical tests, beside two packages that have them as well."""

import math

import autorank
import numpy as np
import pandas
import pytest
import scikit_posthocs
from hypothesis import given
from hypothesis import strategies as st

from fescue.evaluation import (
    a12,
    bonferroni,
    cliffs_delta,
    conover,
    friedman,
    holm,
    mann_whitney,
    nemenyi,
    wilcoxon,
)
from fescue.evaluation.tests import size_of

SAMPLES = st.lists(st.integers(0, 9), min_size=2, max_size=12)


def results(seed, n, k, step=0.4, digits=1):
    random = np.random.default_rng(seed)
    table = np.round(random.normal(size=(n, k)) + step * np.arange(k), digits)
    return table, {f"a{i}": table[:, i] for i in range(k)}


@pytest.mark.parametrize(("n", "k"), [(12, 5), (30, 3), (6, 8), (5, 2)])
def test_post_hoc_tests_as_elsewhere(n, k):
    table, named = results(n, n, k)
    np.testing.assert_allclose(
        nemenyi(named), scikit_posthocs.posthoc_nemenyi_friedman(table), atol=1e-9)
    np.testing.assert_allclose(
        conover(named), scikit_posthocs.posthoc_conover_friedman(table), atol=1e-9)


def test_friedman_as_elsewhere(capsys):
    for k in (3, 5, 10):
        _, named = results(k, 15, k)
        theirs = autorank.autorank(pandas.DataFrame(named), order="ascending",
                                   force_mode="nonparametric")
        ours = friedman(named)
        assert ours.p_value == pytest.approx(theirs.pvalue)
        assert ours.critical_difference == pytest.approx(theirs.cd, rel=1e-3)
        assert dict(zip(ours.algorithms, ours.ranks, strict=True)) == pytest.approx(
            theirs.rankdf.meanrank.to_dict())


@given(SAMPLES, SAMPLES)
def test_effects_as_elsewhere(a, b):
    wins = sum((x < y) + 0.5 * (x == y) for x in a for y in b) / len(a) / len(b)
    effect = a12(a, b)
    assert effect.value == pytest.approx(wins)
    assert effect.low <= effect.value + 1e-9
    assert effect.high >= effect.value - 1e-9
    assert 0 <= effect.low <= effect.high <= 1
    assert a12(b, a).value == pytest.approx(1 - effect.value)
    # autorank's is positive where values of the first are larger
    theirs = autorank._util._cliffs_delta(np.array(a), np.array(b))
    assert cliffs_delta(a, b).value == pytest.approx(-theirs)
    assert a12(a, b) == a12(a, b)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.floats(0.001, 1))
def test_adjusted_p_values(p_values, alpha):
    """What is below a level is what the step-down procedure rejects at that level."""
    n, rejected = len(p_values), set()
    for step, i in enumerate(sorted(range(n), key=p_values.__getitem__)):
        if p_values[i] * (n - step) > alpha:
            break
        rejected.add(i)
    assert {i for i, p in enumerate(holm(p_values)) if p <= alpha} == (
        rejected if alpha < 1 else set(range(n)))
    assert bonferroni(p_values).tolist() == [min(1.0, n * p) for p in p_values]


def test_adjusted_as_elsewhere():
    from statsmodels.stats.multitest import multipletests

    for p_values in ([0.01, 0.04, 0.03, 0.005], [0.5], [0.02, 0.02, 1.0, 0.0, 0.3]):
        np.testing.assert_allclose(holm(p_values), multipletests(p_values, method="holm")[1])
        np.testing.assert_allclose(
            bonferroni(p_values), multipletests(p_values, method="bonferroni")[1])


def test_two_samples_as_in_scipy():
    from scipy import stats

    random = np.random.default_rng(2)
    for n in (3, 11, 60):
        a, b = random.normal(size=n), random.normal(size=n) + 0.4
        assert mann_whitney(a, b) == stats.mannwhitneyu(a, b).pvalue
        assert wilcoxon(a, b) == pytest.approx(stats.wilcoxon(a, b).pvalue)
    assert wilcoxon([1, 2, 3], [1, 2, 4]) == 1.0


def test_no_difference():
    same = [5.0] * 4
    assert mann_whitney(same, same) == wilcoxon(same, same) == 1.0
    named = {"a": same, "b": same, "c": same}
    assert friedman(named).p_value == 1.0
    assert (nemenyi(named) == 1).all()
    assert (conover(named) == 1).all()
    assert a12(same, same).value == 0.5
    assert size_of(a12(same, same)) == "negligible"
    assert size_of(a12([1, 2], [3, 4])) == "large"
    one = friedman({"a": same})
    assert (one.ranks.tolist(), one.p_value) == ([1.0], 1.0)
    assert math.isnan(one.critical_difference)
    # all instances agree
    clear = {"a": [1, 2, 3], "b": [4, 5, 6], "c": [7, 8, 9]}
    assert conover(clear)[0, 1] == 0.0
    assert mann_whitney([1, math.inf], [2, math.inf]) <= 1


def test_wrong_samples():
    for bad in ([], [math.nan], [[1.0]]):
        with pytest.raises(ValueError, match="at least one number"):
            mann_whitney(bad, [1.0])
    with pytest.raises(ValueError, match="2 and 3 values"):
        wilcoxon([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="as many values"):
        friedman({"a": [1], "b": [1, 2]})
    with pytest.raises(ValueError, match="empty"):
        nemenyi({})
    with pytest.raises(ValueError, match="alpha=2"):
        friedman({"a": [1], "b": [2]}, 2)
    with pytest.raises(ValueError, match="confidence=1"):
        a12([1], [2], 1)
