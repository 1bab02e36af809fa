"""The documented names of the evaluation, through the module names of moptipy."""

import math
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from evaluation_parts import PUBLISHED, PUBLISHED_NAME, small_experiment
from fescue import evaluation
from fescue.compat import (
    ecdf,
    end_results,
    end_statistics,
    ert,
    ertecdf,
    evaluation_plots,
    mo_end_results,
    mock,
    progress,
    selector,
    stat_run,
)

#: what the reference wrote of its demo log: its column names, order and numbers
THEIR_RESULTS = """# Experiment End Results
# See the description at the bottom of the file.
algorithm;instance;objective;encoding;randSeed;bestF;lastImprovementFE;lastImprovementTimeMillis;\
totalFEs;totalTimeMillis;goalF;maxTimeMillis
rls_swap2;demo;makespan;operation_based_encoding;0x5a9363100a272f12;180;84;5;84;5;180;300000
#
# algorithm: the name of the algorithm setup that was used.
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = small_experiment(tmp_path_factory.mktemp("compat") / "results")
    path = folder / PUBLISHED_NAME
    path.parent.mkdir(parents=True)
    path.write_text(PUBLISHED)
    return folder


@pytest.fixture(scope="module")
def results(folder):
    return list(end_results.from_logs(folder))


def test_end_results(folder, results, tmp_path):
    runs = evaluation.read_runs(folder, cache=False)
    assert [r.best_f for r in results] == runs["best_f"].tolist()
    assert [str(r.path_to_file(folder)) for r in results] == runs["path"].tolist()
    collected = []
    assert end_results.from_logs(folder, collected.append) is None
    assert collected == results
    file = end_results.to_csv(results, tmp_path / "results.csv")
    assert list(end_results.from_csv(file)) == sorted(results, key=lambda r: (
        r.algorithm, r.instance, r.rand_seed))
    (one,) = (r for r in results if r.instance == "demo")
    (tmp_path / "theirs.csv").write_text(THEIR_RESULTS)
    assert list(end_results.from_csv(tmp_path / "theirs.csv")) == [one]
    ours = end_results.to_csv([one], tmp_path / "one.csv").read_text().splitlines()
    assert ours[2:4] == THEIR_RESULTS.splitlines()[2:4]
    assert one.success()
    assert (one.get_scaled_best_f(), one.get_normalized_best_f()) == (1.0, 0.0)
    for dimension, value in (("bestF", 180), ("plainF", 180), ("scaledF", 1.0), ("totalFEs", 84),
                             ("normalizedF", 0.0), ("maxFEs", None), ("success", True)):
        assert end_results.getter(dimension)(one) == value
    with pytest.raises(ValueError, match="dimension='z'"):
        end_results.getter("z")


def test_virtual_end_results(folder):
    found = list(end_results.from_logs(folder, None, max_fes=lambda a, i: 20 if i == "demo" else 50,
                                       path_filter=lambda p: "rls_flipB1" not in p.name))
    (demo,) = (r for r in found if r.instance == "demo")
    assert (demo.best_f, demo.last_improvement_fe, demo.total_fes, demo.max_fes) == (
        227, 20, 20, 20)
    assert all(r.total_fes <= 50 for r in found)
    assert len(found) == 17


def test_files_that_are_no_tables(tmp_path, results):
    path = tmp_path / "a.csv"
    for text, reason in (("", "no table"), ("a;b\n1;2\n", "no column"),
                         (THEIR_RESULTS.replace(";300000", ""), "11 cells")):
        path.write_text(text)
        with pytest.raises(ValueError, match=reason):
            list(end_results.from_csv(path))
    bad = end_results.EndResult("a;b", "i", "f", None, 1, 1, 1, 1, 1, 1)
    with pytest.raises(ValueError, match="a;b"):
        end_results.to_csv([bad], path)


def test_end_statistics(results, tmp_path):
    found = list(end_statistics.from_end_results(results))
    for one in found:
        mine = [r for r in results if (r.algorithm, r.instance) == (one.algorithm, one.instance)]
        assert one.n == len(mine)
        assert one.best_f.mean_arith == pytest.approx(np.mean([r.best_f for r in mine]))
        assert one.n_success == sum(r.success() for r in mine)
    file = end_statistics.to_csv(found, tmp_path / "s.csv")
    assert list(end_statistics.from_csv(file)) == found
    head = file.read_text().splitlines()[2].split(";")
    assert head[:6] == ["algorithm", "instance", "objective", "encoding", "n", "bestF.min"]
    assert {"goalF", "ertFEs", "successN", "maxFEs"} <= {*head}
    (all_,) = end_statistics.from_end_results(results, None, True, True, True, True)
    assert (all_.n, all_.algorithm, all_.max_fes) == (len(results), None, None)
    assert isinstance(all_.goal_f, end_statistics.SampleStatistics)
    assert list(end_statistics.from_csv(end_statistics.to_csv(all_, file))) == [all_]
    assert end_statistics.getter("bestF.mean")(all_) == all_.best_f.mean_arith
    assert end_statistics.getter("n")(all_) == all_.n
    with pytest.raises(ValueError, match="unknown"):
        end_statistics.getter("bestF.mode")
    with pytest.raises(ValueError, match="empty"):
        end_statistics.create([])


def test_statistics_over_a_parameter(results):
    get, data = end_statistics.aggregate_over_parameter(
        [r for r in results if r.instance != "demo"],
        lambda r: int(r.instance.rpartition("_")[2]), join_all_instances=True,
        join_all_objectives=True)
    assert sorted({get(one) for one in data}) == [12, 24]
    ax = evaluation_plots.plot_end_statistics_over_param(data, None, get, "bestF.mean")
    assert len(ax.get_legend().get_texts()) == 3 * 2


def test_progress(folder, tmp_path):
    found = list(progress.from_logs(folder))
    assert len(found) == 17  # eight runs did not log it
    (demo,) = (p for p in found if p.instance == "demo")
    assert demo.time.tolist() == [1, 5, 10, 20, 25, 40, 84]
    assert demo.f.tolist() == [267, 235, 230, 227, 205, 200, 180]
    assert progress.to_csv(demo, tmp_path / "p.csv").read_text().splitlines() == [
        "# algorithm: rls_swap2", "# instance: demo", "# objective: makespan",
        "# encoding: operation_based_encoding", "# randSeed: 0x5a9363100a272f12", "# goalF: 180",
        "FEs;plainF", "1;267", "5;235", "10;230", "20;227", "25;205", "40;200", "84;180"]
    (scaled,) = (p for p in progress.from_logs(folder, None, "ms", "normalizedF",
                                               {"demo": 90, "leadingones_12": 1,
                                                "leadingones_24": 1}) if p.instance == "demo")
    assert scaled.time.tolist() == [3, 4, 5]
    assert scaled.f.tolist() == pytest.approx([115 / 90, 110 / 90, 1.0])
    for one in found:
        assert all(b < a for a, b in pairwise(one.f[:-1]))
    for arguments, reason in ((("s",), "time_unit='s'"), (("FEs", "f"), "f_name='f'")):
        with pytest.raises(ValueError, match=reason):
            progress.from_logs(folder, None, *arguments)
    with pytest.raises(ValueError, match="must decrease"):
        progress.Progress("a", "i", "f", None, 1, np.array([1, 2, 3]), "FEs",
                          np.array([1, 2, 1]), "plainF")


def test_logs_of_every_evaluation(tmp_path):
    """They are read by default, and as they are."""
    from fescue import RLS, BitStrings, Execution, LeadingOnes, Op0Random, Op1Flip1

    execution = Execution().set_solution_space(BitStrings(9)).set_objective(LeadingOnes(9))
    execution.set_algorithm(RLS(Op0Random(), Op1Flip1())).set_max_fes(60).set_log_all_fes()
    with execution.set_log_file(tmp_path / "a.txt").set_rand_seed(1).execute():
        pass
    (best,) = progress.from_logs(tmp_path)
    (every,) = progress.from_logs(tmp_path, None, only_improvements=False)
    assert len(every.f) > len(best.f)
    assert best.f[-1] == min(every.f)


def test_statistics_of_progress(folder):
    found = list(progress.from_logs(folder))
    mine = [p for p in found if (p.algorithm, p.instance) == ("rls_flip1", "leadingones_24")]
    for name in stat_run.STATISTICS:
        if name == "geom":
            continue
        (one,) = stat_run.create(mine, name)
        assert (one.n, one.stat_name, one.algorithm) == (4, name, "rls_flip1")
    (low,), (high,) = stat_run.create(mine, "min"), stat_run.create(mine, "max")
    assert low.stat[-1, 1] == min(p.f[-1] for p in mine)
    assert high.stat[-1, 1] == max(p.f[-1] for p in mine)
    collected = []
    stat_run.from_progress(found, ["min", "med"], collected.append)
    assert len(collected) == 2 * 5
    with pytest.raises(ValueError, match="no statistic 'x'"):
        stat_run.create(mine, "x")


def test_running_times_and_distributions(folder, tmp_path):
    found = [p for p in progress.from_logs(folder) if p.instance != "demo"]
    times = list(ert.from_progresses(found))
    assert len(times) == 4
    for one in times:
        mine = [p for p in found if (p.algorithm, p.instance) == (one.algorithm, one.instance)]
        for level, value in one.ert:
            hits = [p.time[np.flatnonzero(p.f <= level)[0]] if (p.f <= level).any() else math.inf
                    for p in mine]
            n = sum(map(math.isfinite, hits))
            spent = sum(h if math.isfinite(h) else p.time[-1]
                        for h, p in zip(hits, mine, strict=True))
            assert value == (spent / n if n else math.inf)
    parts = list(ecdf.from_progresses(found, None, [0, 5], join_all_objectives=True))
    assert len(parts) == 4
    for one in parts:
        assert one.ecdf[0].tolist() == [0, 0]
        assert (np.diff(one.ecdf[:, 1]) >= 0).all()
        mine = [p for p in found if p.algorithm == one.algorithm]
        assert one.ecdf[-1, 1] == np.mean([p.f[-1] <= one.goal_f for p in mine])
    both = list(ertecdf.from_progresses(found, None, 5, join_all_objectives=True))
    assert [one.n_insts for one in both] == [2, 2]
    assert ertecdf.to_csv(both[0], tmp_path / "e.csv").read_text().splitlines()[-1].startswith(
        "inf;")
    assert "ert[FEs];ecdf" in (tmp_path / "e.csv").read_text()
    assert ert.to_csv(times[0], tmp_path / "t.csv").read_text().count("\n") == (
        len(times[0].ert) + 5)  # without an encoding, four lines of comments and the columns


def test_pictures_of_records(folder, results):
    found = list(progress.from_logs(folder))
    rls = [r for r in results if r.instance != "demo"]
    for ax in (evaluation_plots.plot_progress(found),
               evaluation_plots.plot_progress(stat_run.from_progress(found, "med")),
               evaluation_plots.plot_ert(ert.from_progresses(found)),
               evaluation_plots.plot_ecdf(ecdf.from_progresses(found, None, 5)),
               evaluation_plots.plot_end_results(rls, dimension="bestF")):
        assert ax.get_legend() is not None
    with pytest.raises(ValueError, match="nothing to draw"):
        evaluation_plots.plot_progress([])
    with pytest.raises(ValueError, match="has no value"):
        evaluation_plots.plot_end_results(rls)
    ranger = evaluation_plots.AxisRanger(log_scale=True)
    ranger.register_array([0.0, 2.0, math.inf, 8.0])
    ax = evaluation_plots.plot_progress(found, y_axis=ranger)
    assert ax.get_yscale() == "log"
    assert ax.get_ylim()[0] == min(2.0, *(f for p in found for f in p.f if f > 0))
    with pytest.raises(ValueError, match="chosen_min=2"):
        evaluation_plots.AxisRanger(2, 1)


def test_tables_of_records(results, tmp_path):
    some = [r for r in results if r.instance != "demo"]
    path = evaluation_plots.tabulate_end_results(some, dir_name=tmp_path)
    lines = path.read_text().splitlines()
    assert len(lines) == 2 + 6 + 6  # each size is an objective of its own
    assert "**" in path.read_text()
    path = evaluation_plots.tabulate_result_tests(some, dir_name=tmp_path, text_format="tex")
    assert "vs." in path.read_text()
    with pytest.raises(ValueError, match="at least two"):
        evaluation_plots.tabulate_result_tests([r for r in results if r.instance == "demo"])
    with pytest.raises(ValueError, match="text_format='doc'"):
        evaluation_plots.tabulate_end_results(some, text_format="doc", dir_name=tmp_path)


def test_consistent_parts(results):
    some = [r for r in results if r.instance != "demo"]
    assert selector.select_consistent(some) == some
    first = some[0]
    seeds = {(r.instance, r.rand_seed) for r in selector.select_consistent(some[1:])}
    assert (first.instance, first.rand_seed) not in seeds
    assert len(selector.select_consistent(some[1:])) == len(some) - 3
    # an algorithm with a single run is not worth all others
    names = sorted({r.algorithm for r in some})
    poor = [r for r in some if r.algorithm != names[0]] + [first]
    assert {r.algorithm for r in selector.select_consistent(poor)} == {*names[1:]} or (
        first.algorithm != names[0])
    assert selector.select_consistent([]) == []
    best = selector.find_instance_best(some)
    assert list(best) == ["leadingones_12", "leadingones_24"]
    for instance, one in best.items():
        assert one.best_f == min(r.best_f for r in some if r.instance == instance)


def test_statistics_in_a_table_and_styles(results, tmp_path):
    data = list(end_statistics.from_end_results(results))
    path = evaluation_plots.tabulate_end_stats(data, dir_name=tmp_path)
    assert len(path.read_text().splitlines()) == 2 + len(data)
    styler = evaluation_plots.Styler(lambda r: r.algorithm)
    for one in results:
        styler.add(one)
    styler.finalize()
    assert list(styler.keys) == sorted({r.algorithm for r in results})
    assert styler.style(results[0])["label"] == results[0].algorithm
    assert len({str(styler.style(r)) for r in results}) == len(styler.keys)


def test_modules_as_programs(folder, results, tmp_path):
    for name, n in (("end_results", len(results)), ("end_statistics", 7)):
        file = tmp_path / f"{name}.csv"
        done = subprocess.run([sys.executable, "-m", f"fescue.compat.{name}", folder, file],
                              capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        rows = [line for line in file.read_text().splitlines() if line[:1] != "#"]
        assert len(rows) == 1 + n


def test_archives_as_end_results(folder, tmp_path):
    from fescue import BitStrings, LeadingOnes, Op0Random, Op1MoverNflip, Op2Uniform
    from fescue.algorithms import NSGA2
    from fescue.api.mo_execution import MOExecution
    from fescue.mo.problems import WeightedSum
    from fescue.problems.bitstrings import ZeroMax

    execution = MOExecution().set_solution_space(BitStrings(8)).set_objective(
        WeightedSum([LeadingOnes(8), ZeroMax(8)], [1, 1])).set_max_fes(200).set_rand_seed(5)
    execution.set_algorithm(NSGA2(Op0Random(), Op1MoverNflip(8), Op2Uniform(), 8, 0.5))
    with execution.set_log_file(tmp_path / "mo.txt").execute() as process:
        archive = sorted(tuple(record.fs.tolist()) for record in process.get_archive())
    found = list(mo_end_results.from_logs(tmp_path / "mo.txt"))
    assert sorted(one.fs for one in found) == archive
    assert {one.end_result.rand_seed for one in found} == {5}
    rows = mo_end_results.to_csv(found, tmp_path / "mo.csv").read_text().splitlines()
    assert rows[2].endswith(";randSeed;f;f0;f1")
    assert list(mo_end_results.from_logs(folder)) == []


def test_made_up_experiments():
    one = mock.Experiment.create(3, 4, 5)
    assert one == mock.Experiment.create(3, 4, 5)
    found = mock.EndResults.create(one, max_fes=1000)
    assert found == mock.EndResults.create(one, max_fes=1000)
    assert len(found.results) == 60
    assert all(1 <= r.last_improvement_fe <= r.total_fes <= 1000 for r in found.results)
    assert len(found.results_for_algorithm(one.algorithms[0])) == 15
    assert len(found.results_for_instance(one.instances[0].name)) == 20
    assert one.get_algorithm(one.algorithms[1].name) == one.algorithms[1]
    assert len(one.instance_applications(one.instances[0])) == 4
    assert len(one.algorithm_applications(one.algorithms[0])) == 3
    assert mock.Instance.create(2, ["inst1"])[0].name == "inst2"
    list(end_statistics.from_end_results(found.results))


@pytest.mark.parametrize("dtype", ["b", "h", "i", "l", "B", "d", "f"])
def test_made_up_objectives(dtype):
    from fescue import BitStrings
    from fescue.testing import validate_objective

    objective = mock.MockObjective.for_type(np.dtype(dtype))
    values = [objective.sample() for _ in range(100)]
    assert all(objective.lower_bound() <= value <= objective.upper_bound() for value in values)
    assert all(isinstance(value, int) == objective.is_always_integer() for value in values)
    def make_valid(random, x):
        x[:] = random.integers(0, 2, len(x), bool)
        return x

    validate_objective(objective, BitStrings(10), make_valid)
    problem = mock.MockMOProblem.for_dtype(3, np.dtype(dtype))
    fs = problem.f_create()
    assert problem.sample(fs) == sum(fs.tolist())
    assert problem.f_evaluate("x", fs) == sum(fs.tolist())


PROGRAM = """
import fescue.compat
from moptipy.evaluation.end_results import EndResult, from_logs, to_csv
from moptipy.evaluation.end_statistics import EndStatistics, from_end_results
from moptipy.evaluation.progress import Progress, from_logs as progress_from_logs
from moptipy.evaluation.stat_run import StatRun, from_progress
from moptipy.evaluation.ert import Ert
from moptipy.evaluation.ecdf import Ecdf
from moptipy.evaluation.ertecdf import ErtEcdf
from moptipy.evaluation.base import F_NAME_SCALED, TIME_UNIT_FES, check_f_name
from moptipy.evaluation.plot_progress import plot_progress
from moptipy.evaluation.plot_ecdf import plot_ecdf
from moptipy.evaluation.plot_ert import plot_ert
from moptipy.evaluation.plot_end_results import plot_end_results
from moptipy.evaluation.plot_end_statistics_over_parameter import plot_end_statistics_over_param
from moptipy.evaluation.tabulate_end_results import tabulate_end_results
from moptipy.evaluation.tabulate_result_tests import tabulate_result_tests
from moptipy.evaluation.axis_ranger import AxisRanger
from moptipy.evaluation.ioh_analyzer import moptipy_to_ioh_analyzer
from moptipy.mock.components import Algorithm, BasePerformance, Experiment, Instance
from moptipy.mock.end_results import EndResults
from moptipy.mock.objective import MockObjective
from moptipy.mock.mo_problem import MockMOProblem
results = []
from_logs("results", results.append)
statistics = []
from_end_results(results, statistics.append)
print(len(results), len(statistics))
moptipy_to_ioh_analyzer("results", "ioh")
"""


def test_module_names_of_the_reference(folder):
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=Path(folder).parent, text=True,
                          capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["25", "7"]
