"""Runs for other programs, and from them."""

import datetime
from types import SimpleNamespace

import iohinspector
import numpy as np
import pytest

from evaluation_parts import small_experiment
from fescue import evaluation
from fescue.compat import end_results
from fescue.evaluation.exports import from_optuna, runs_from_csv, runs_from_ioh, to_ioh


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return small_experiment(tmp_path_factory.mktemp("exports") / "results")


def test_iohinspector_reads_it(folder, tmp_path):
    runs = evaluation.read_runs(folder, cache=False)
    to_ioh(runs, tmp_path / "ioh")
    runs = runs.select(runs["algorithm"] != "rls_flipB1")  # which logged no progress
    manager = iohinspector.DataManager()
    manager.add_folder(str(tmp_path / "ioh"))
    overview = manager.overview
    assert len(overview) == len(runs)
    assert {*overview["algorithm_name"]} == {*runs["algorithm"]}
    assert {*overview["function_name"]} == {"leadingones_12", "leadingones_24"}
    assert sorted(overview["best_y"]) == sorted(runs["best_f"])
    assert sorted(overview["evals"]) == sorted(runs["total_fes"])
    assert {*overview["dimension"]} == {12, 24}
    data = manager.load(monotonic=False, include_meta_data=True)
    curves = evaluation.read_progress(runs)
    assert len(data) == sum(len(c.f) + (c.total_fes > c.fes[-1]) for c in curves)
    assert sorted(data["raw_y"].to_list()) == sorted(
        f for c in curves for f in [*c.f.tolist(), *([c.f[-1]] if c.total_fes > c.fes[-1] else [])])


def test_functions_of_one_name(folder, tmp_path):
    runs = evaluation.read_runs(folder, cache=False)
    to_ioh(runs, tmp_path, function_of=lambda name: name.partition("_")[0],
           dimension_of=lambda name: int(name.rpartition("_")[2]), instance_of=lambda _: 7)
    manager = iohinspector.DataManager()
    manager.add_folder(str(tmp_path))
    assert {*manager.overview["function_name"]} == {"leadingones"}
    assert {*manager.overview["instance"]} == {7}
    assert {*manager.overview["dimension"]} == {12, 24}


def test_data_of_iohprofiler_is_read(folder, tmp_path):
    runs = evaluation.read_runs(folder, cache=False)
    runs = runs.select(runs["algorithm"] != "rls_flipB1")
    found = runs_from_ioh(to_ioh(runs, tmp_path / "ioh"))
    assert found.problems == ()
    assert {*found["instance"]} == {"leadingones_12_12_i1", "leadingones_24_24_i1"}
    for name in ("best_f", "total_fes", "last_improvement_fe"):
        assert sorted(found[name].tolist()) == sorted(runs[name].tolist())
    (tmp_path / "ioh" / "bad.json").write_text("{")
    found = runs_from_ioh(tmp_path / "ioh")
    assert (len(found), len(found.problems)) == (len(runs), 1)
    with pytest.raises(NotADirectoryError):
        runs_from_ioh(tmp_path / "nowhere")


COCO = """funcId = 1, DIM = 2, Precision = 1.000e-08, algId = 'RANDOM'
% a comment
data_f1/bbobexp_f1_DIM2.dat, 1:200|1.5e-01, 2:120|2.0e-09
funcId = 1, DIM = 3, Precision = 1.000e-08, algId = 'RANDOM'
% a comment
data_f1/bbobexp_f1_DIM3.dat, 1:300|7.0e+00
"""


def test_data_of_coco_is_read(tmp_path):
    (tmp_path / "bbobexp_f1.info").write_text(COCO)
    found = runs_from_ioh(tmp_path)
    assert found.problems == ()
    assert found["algorithm"].tolist() == ["RANDOM"] * 3
    assert found["instance"].tolist() == ["f1_2", "f1_2", "f1_3"]
    assert found["best_f"].tolist() == [0.15, 2e-9, 7.0]
    assert found["total_fes"].tolist() == [200, 120, 300]


def test_csv_files(folder, tmp_path):
    runs = evaluation.read_runs(folder, cache=False)
    file = end_results.to_csv(end_results.from_runs(runs), tmp_path / "r.csv")
    again = runs_from_csv(file)
    order = np.lexsort((runs["seed"], runs["instance"], runs["algorithm"]))
    for name in ("algorithm", "instance", "seed", "best_f", "total_fes", "goal_f", "max_fes"):
        assert again[name].tolist() == runs[name][order].tolist()
    one, two = (sorted(evaluation.summarize(r), key=lambda s: (s.algorithm, s.instance))
                for r in (runs, again))
    assert repr(one) == repr(two)  # nan is not equal to itself
    assert len(evaluation.read_progress(again)) == len(again)
    assert "leadingones_24" in evaluation.report_page(again)
    for text, reason in (("", "no table"), ("a;b\n", "line 1: there is no column algorithm"),
                         (file.read_text().replace(";0x", ";zz"), "line 4")):
        file.write_text(text)
        with pytest.raises(ValueError, match=reason):
            runs_from_csv(file)


def made_up_study(direction="MINIMIZE", values=(3.0, 5.0, 2.0, None, 2.5)):
    """Return what a study of Optuna looks like, without that package."""
    start = datetime.datetime(2026, 1, 1)
    trials = [SimpleNamespace(
        state=SimpleNamespace(name="FAIL" if value is None else "COMPLETE"), value=value,
        params={"x": i}, datetime_start=start + datetime.timedelta(seconds=i),
        datetime_complete=start + datetime.timedelta(seconds=i, milliseconds=500))
        for i, value in enumerate(values)]
    return SimpleNamespace(directions=[SimpleNamespace(name=direction)], trials=trials,
                           sampler=SimpleNamespace(), study_name="my study")


def test_studies_of_optuna(tmp_path):
    path = from_optuna(made_up_study(), tmp_path, algorithm="TPE", seed=5)
    assert path == tmp_path / "TPE" / "my_study" / "TPE_my_study_0x5.txt"
    log = evaluation.read_log(path)
    assert (log.total_fes, log.best_f, log.last_improvement_fe) == (4, 2, 3)
    assert log.progress == [(1, 500, 3), (3, 2500, 2)]
    assert log.result_y == '{"x": 2}'
    from_optuna(made_up_study("MAXIMIZE"), tmp_path, algorithm="TPE", seed=6)
    runs = evaluation.read_runs(tmp_path, cache=False)
    assert runs["best_f"].tolist() == [2, -5]
    with pytest.raises(FileExistsError):
        from_optuna(made_up_study(), tmp_path, algorithm="TPE", seed=5)
    with pytest.raises(ValueError, match="no complete trial"):
        from_optuna(made_up_study(values=(None,)), tmp_path)
    several = made_up_study()
    several.directions *= 2
    with pytest.raises(ValueError, match="several objectives"):
        from_optuna(several, tmp_path)
