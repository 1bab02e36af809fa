"""Gantt charts, and pictures of runs with several objectives."""

import numpy as np
import pytest

from fescue import BitStrings, LeadingOnes, Op0Random, Op1MoverNflip, Op2Uniform
from fescue.algorithms import NSGA2
from fescue.api.mo_execution import MOExecution
from fescue.evaluation import (
    plot_archives,
    plot_hypervolume,
    read_log,
    save,
)
from fescue.evaluation.mo_plots import volume_over_fes
from fescue.mo.indicators import hypervolume
from fescue.mo.problems import WeightedSum
from fescue.problems.bitstrings import ZeroMax
from fescue.problems.jssp import jssp_instance, jssp_task
from fescue.problems.jssp.plot import plot_gantt


@pytest.fixture(scope="module")
def logs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mo")
    found = []
    for seed in (1, 2):
        execution = MOExecution().set_solution_space(BitStrings(10)).set_objective(
            WeightedSum([LeadingOnes(10), ZeroMax(10)], [1, 1]))
        execution.set_algorithm(NSGA2(Op0Random(), Op1MoverNflip(10), Op2Uniform(), 8, 0.5))
        execution.set_max_fes(300).set_rand_seed(seed).set_log_improvements()
        with execution.set_log_file(folder / f"{seed}.txt").execute():
            pass
        found.append(read_log(folder / f"{seed}.txt"))
    return found


def test_archives(logs, tmp_path):
    for log in logs:
        assert len(log.archive) >= 2
        for row in log.archive:
            assert row[0] == row[1] + row[2]
    ax = plot_archives(logs)
    assert len(ax.collections) == 2
    assert sorted(map(tuple, ax.collections[0].get_offsets().tolist())) == sorted(
        row[1:] for row in logs[0].archive)
    files = [save(plot_archives(logs), tmp_path / f"{i}.svg") for i in range(2)]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_hypervolume_over_time(logs):
    for log in logs:
        found = volume_over_fes(log, [11, 11])
        assert (np.diff(found.values) >= 0).all()
        assert found.values[-1] == hypervolume([row[1:] for row in log.archive], [11, 11])
        assert found.values[0] == hypervolume([log.progress[0][3:]], [11, 11])
    assert len(plot_hypervolume(logs, [11, 11]).lines) == 2
    with pytest.raises(ValueError, match="no progress with as many objectives"):
        plot_hypervolume(logs, [11, 11, 11])


def test_runs_with_one_objective_have_no_archive(tmp_path):
    instance = jssp_instance("ft06")
    from fescue import RLS, Op0Shuffle, Op1Swap2

    task = jssp_task(instance)
    execution = task.execution(RLS(Op0Shuffle(task.points()), Op1Swap2())).set_max_fes(50)
    with execution.set_log_file(tmp_path / "a.txt").set_rand_seed(1).execute() as process:
        chart = task.solution_space.create()
        process.get_copy_of_best_y(chart)
        best = process.get_best_f()
    log = read_log(tmp_path / "a.txt")
    assert log.archive == []
    with pytest.raises(ValueError, match="no archive"):
        plot_archives([log])
    for drawn in (plot_gantt(instance, log.result_y), plot_gantt(instance, chart)):
        assert drawn.get_title() == f"ft06, makespan {best}"
        assert len(drawn.patches) == 36
        bars = {(bar.get_x(), bar.get_width(), round(bar.get_y() + 0.4)) for bar in drawn.patches}
        assert bars == {(start, end - start, machine) for machine, row in enumerate(chart.tolist())
                        for _, start, end in row}
    with pytest.raises(ValueError, match="elements"):
        plot_gantt(instance, "1;2;3")
