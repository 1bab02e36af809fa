"""Statistics, virtual budgets and curves, against the definitions."""

import math
import statistics
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation_parts import small_experiment
from fescue.evaluation import (
    band,
    best_per_instance,
    describe,
    ecdf,
    ert_curve,
    ert_ecdf,
    over_parameter,
    read_log,
    read_progress,
    read_runs,
    stopped,
    summarize,
    targets_of,
)
from fescue.evaluation.curves import by_algorithm, grid
from fescue.evaluation.progress import progress_at
from fescue.evaluation.runs import runs_of
from fescue.utils.errors import LogFileError

NUMBERS = st.lists(st.integers(-10**6, 10**6), min_size=1, max_size=50)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return read_runs(small_experiment(tmp_path_factory.mktemp("x") / "results"))


@given(NUMBERS)
def test_describe_is_what_the_standard_library_says(values):
    found = describe(values)
    assert (found.n, found.minimum, found.maximum) == (len(values), min(values), max(values))
    assert found.mean == pytest.approx(statistics.fmean(values), rel=1e-12, abs=1e-9)
    assert found.median == statistics.median(values)
    if len(values) > 1:
        assert found.sd == pytest.approx(statistics.stdev(values), rel=1e-9, abs=1e-9)
    if min(values) > 0:
        assert found.geometric == pytest.approx(statistics.geometric_mean(values))
    else:
        assert math.isnan(found.geometric)


def test_describe_at_the_edges():
    same = describe([0.1] * 10)
    assert (same.mean, same.sd, same.geometric) == (0.1, 0.0, 0.1)
    assert describe([1e300, 1.5e300]).mean == pytest.approx(1.25e300)
    assert describe([1e300, 1.5e300]).sd == pytest.approx(0.5e300 / math.sqrt(2))
    assert describe([1, math.inf]).maximum == math.inf
    for bad in ([], [1, math.nan]):
        with pytest.raises(ValueError, match="at least one number"):
            describe(bad)


def test_summaries(runs):
    found = summarize(runs)
    assert [(one.algorithm, one.instance) for one in found] == sorted(
        {(a, i) for a, i in zip(runs["algorithm"], runs["instance"], strict=True)})
    for one in found:
        rows = (runs["algorithm"] == one.algorithm) & (runs["instance"] == one.instance)
        best, fes = runs["best_f"][rows], runs["total_fes"][rows]
        assert one.n == 4
        assert one.best_f == describe(best)
        hit = best <= 0
        assert one.n_successes == hit.sum()
        last = runs["last_improvement_fe"][rows]
        total = sum(last[hit]) + sum(fes[~hit])
        assert one.ert_fes == (total / hit.sum() if hit.any() else math.inf)
        assert one.scaled is None  # the goal is 0
    (all_,) = summarize(runs, ())
    assert (all_.n, all_.algorithm, all_.instance) == (24, "", "")
    goals = summarize(runs, ("instance",), {"leadingones_12": 5, "leadingones_24": 8})
    assert [one.goal_f for one in goals] == [5, 8]
    assert goals[0].scaled.n == 12
    assert summarize(runs, goals={})[0].ert_fes != summarize(runs)[0].ert_fes
    assert best_per_instance(runs) == {
        i: runs["best_f"][runs["instance"] == i].min() for i in {*runs["instance"]}}


def test_over_a_parameter(runs):
    found = over_parameter(runs, "a.mu")
    assert list(found) == [4.0]
    assert {*found[4.0]["algorithm"]} == {"ea_4_4_0d2_uniform_flipB1"}
    with pytest.raises(ValueError, match=r"a\.nope.*a\.lambda, a\.mu"):
        over_parameter(runs, "a.nope")


def test_progress_is_what_the_logs_say(runs):
    curves = read_progress(runs)
    assert [curve.row for curve in curves] == list(range(24))
    for curve in curves:
        log = read_log(runs["path"][curve.row])
        rows = log.progress or [(log.last_improvement_fe,
                                 runs["last_improvement_time_millis"][curve.row], log.best_f)]
        assert curve.fes.tolist() == [row[0] for row in rows]
        assert curve.times.tolist() == [row[1] for row in rows]
        assert curve.f.tolist() == [row[2] for row in rows]
        at = np.arange(0, 302)
        expected = [min((row[2] for row in rows if row[0] <= fe), default=math.inf) for fe in at]
        assert curve.at_fes(at).tolist() == expected
        targets = np.arange(-1, 26)
        assert curve.hits(targets).tolist() == [
            next((row[0] for row in rows if row[2] <= t), math.inf) for t in targets]
    np.testing.assert_array_equal(
        progress_at(runs, np.arange(1, 301)), [c.at_fes(np.arange(1, 301)) for c in curves])


@pytest.mark.parametrize("limits", [
    {"max_fes": 40}, {"max_fes": 1}, {"goal_f": 6}, {"max_fes": 100, "goal_f": 3},
    {"max_fes": 10**9}, {"max_time_millis": 10**6}])
def test_stopped_earlier(runs, limits):
    logged = runs.select(np.array([bool(read_log(p).progress) for p in runs["path"]]))
    found = stopped(logged, **limits)
    assert len(found) == len(logged)
    for i in range(len(found)):
        rows = read_log(found["path"][i]).progress
        goal = [row for row in rows if row[2] <= limits.get("goal_f", -1)]
        end = min(int(logged["total_fes"][i]), limits.get("max_fes", 10**12),
                  goal[0][0] if goal else 10**12)
        seen = [row for row in rows if row[0] <= end]
        assert found["best_f"][i] == seen[-1][2]
        assert found["last_improvement_fe"][i] == seen[-1][0]
        assert found["total_fes"][i] == end
        assert found["total_time_millis"][i] <= logged["total_time_millis"][i]
    assert len(read_progress(found)) == len(found)
    assert all(c.fes[-1] <= c.total_fes for c in read_progress(found))


def test_stopped_without_progress(runs):
    unlogged = runs.select(runs["algorithm"] == "rls_flipB1")
    assert len(stopped(unlogged, max_fes=300)) == 4 * 2
    assert len(stopped(unlogged, max_fes=1)) < 8  # what they had found by then is not known
    for name in ("max_fes", "max_time_millis"):
        with pytest.raises(ValueError, match=f"{name}=0"):
            stopped(runs, **{name: 0})


def test_bands(runs):
    curves = by_algorithm(runs, read_progress(runs))["rls_flip1"]
    found = band(curves, at=np.arange(1, 301.0))
    values = np.sort([c.at_fes(np.arange(1, 301)) for c in curves], axis=0)
    n = len(curves)
    assert found.middle.tolist() == values[math.ceil(0.5 * n) - 1].tolist()
    assert found.low.tolist() == values[math.ceil(0.25 * n) - 1].tolist()
    assert (np.diff(band(curves).middle) <= 0).all()
    assert len(band(curves, "ms").at) > 0
    assert grid(1).tolist() == [1.0]
    with pytest.raises(ValueError, match="unit='s'"):
        band(curves, "s")
    with pytest.raises(ValueError, match="curves is empty"):
        band([])


def test_distributions(runs):
    curves = read_progress(runs)
    targets = {"leadingones_12": [6.0, 0.0], "leadingones_24": [12.0]}
    found = ecdf(runs, curves, targets)
    hits = np.concatenate([c.hits(np.array(targets[runs["instance"][c.row]])) for c in curves])
    for at, value in zip(found.at, found.values, strict=True):
        assert value == pytest.approx((hits <= at).mean())
    group = by_algorithm(runs, curves)["rls_flip1"]
    here = [c for c in group if runs["instance"][c.row] == "leadingones_12"]
    ert = ert_curve(here)
    for level, value in zip(ert.at, ert.values, strict=True):
        times = [c.hits(np.array([level]))[0] for c in here]
        spent = sum(t if math.isfinite(t) else c.total_fes
                    for t, c in zip(times, here, strict=True))
        assert value == spent / sum(map(math.isfinite, times))
    assert (np.diff(ert.values) <= 0).all()  # harder targets, which are lower, take longer
    steps = ert_ecdf(runs, group, targets)
    assert (np.diff(steps.values) > 0).all()
    assert steps.values[-1] <= 1
    for instance, values in targets_of(runs).items():
        assert values[0] == runs["best_f"][runs["instance"] == instance].min()
        assert len(values) == 51


def test_runs_that_are_all_equal():
    rows = [{"algorithm": a, "instance": "i", "best_f": 5.0, "total_fes": 10, "goal_f": 5.0,
             "last_improvement_fe": 10} for a in "ab" for _ in range(5)]
    runs = runs_of(rows)
    assert [one.ert_fes for one in summarize(runs)] == [10.0, 10.0]
    assert targets_of(runs)["i"][0] == 5.0


def test_damaged_progress_is_named(tmp_path):
    folder = small_experiment(tmp_path / "results", 1)
    path = next(p for p in sorted(folder.rglob("*.txt")) if b"PROGRESS" in p.read_bytes())
    path.write_bytes(path.read_bytes().replace(b"fes;timeMS;f\n1;", b"fes;timeMS;f\nx;"))
    with pytest.raises(LogFileError, match=Path(path).name):
        read_progress(folder)
