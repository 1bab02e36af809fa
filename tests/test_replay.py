"""Runs and studies made again from their logs, and archives of experiments, hostile ones too."""

import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from evaluation_parts import PUBLISHED, small_experiment
from fescue import RLS, BitStrings, Execution, LeadingOnes, Op0Random, Op1Flip1
from fescue.cli.bundle import pack, unpacked
from fescue.cli.replay import replay_run
from fescue.tuning import Optimizer, Parameter, ParameterType
from fescue.utils.errors import BundleError

FESCUE = str(Path(sys.executable).with_name("fescue"))


def fescue(*args, cwd=None):
    return subprocess.run([FESCUE, *map(str, args)], cwd=cwd, capture_output=True, text=True,
                          timeout=120, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return small_experiment(tmp_path_factory.mktemp("replay") / "results", 2)


@pytest.fixture
def demo(tmp_path):
    path = tmp_path / "demo.txt"
    path.write_text(PUBLISHED)
    return path


def run(path, **settings):
    execution = Execution().set_solution_space(BitStrings(24)).set_objective(LeadingOnes(24))
    execution.set_algorithm(RLS(Op0Random(), Op1Flip1())).set_rand_seed(3).set_log_file(path)
    for name, value in settings.items():
        getattr(execution, name)(value)
    with execution.execute():
        pass


def test_the_published_run_of_the_reference(demo):
    found = replay_run(demo)
    assert (found.problem, found.difference) == ("", "")
    assert any(text.startswith("numpy 1.0.0 -> ") for text in found.changed)


@pytest.mark.parametrize(("old", "new", "reason"), [
    ("25;3;205", "25;3;206", "FE 25: PROGRESS has f = 206 at FE 25 in the log, but f = 205"),
    ("25;3;205\n", "", "FE 25: PROGRESS has f = 200 at FE 40 in the log, but f = 205 at FE 25"),
    ("bestF: 180", "bestF: 181", "bestF of STATE is 181"),
    ("lastImprovementFE: 84", "lastImprovementFE: 83", "lastImprovementFE"),
    ("1;0;2;1;3;0;3;2;3\n", "1;0;2;1;3;0;2;3;3\n", "RESULT_X"),
    ("0;160;170\n", "0;160;171\n", "RESULT_Y"),
    ("0x5a9363100a272f12", "0x1", ""), ("randSeed: 6526669205530947346", "randSeed: 1", "FE 1")])
def test_an_edited_log(demo, old, new, reason):
    demo.write_text(PUBLISHED.replace(old, new, 1))
    found = replay_run(demo)
    assert found.problem == ""
    assert reason in found.difference
    assert bool(found.difference) == bool(reason)


@pytest.mark.parametrize(("old", "new", "reason"), [
    ("so.rls.RLS", "so.rls.Nothing", "nothing that stands for"),
    ("y.inst.name: demo", "y.inst.name: mine", "'mine' is not one of fescue's"),
    ("x.max: 3", "x.max: 4", "x.name was 'perm4w5r'"), ("p.randSeed: ", "p.seed: ", "no seed"),
    ("a.class: moptipy.algorithms.so.rls.RLS", "a.class: os.system", "os.system is not fescue's"),
    ("a.class: moptipy.algorithms.so.rls.RLS", "a.class: fescue.utils.path.Path", "no component"),
    ("a.class: moptipy.algorithms.so.rls.RLS", "a.class: fescue.nothing.X", "cannot be imported"),
    ("a.op1.class", "a.op1.kind", "a class without a name"),
    ("END_RESULT_Y", "END_RESULT_Y\nBEGIN_ERROR_X\nEND_ERROR_X", "has failed"),
    ("END_SETUP", "", "inside of section"), ("bestF: 180", "bestF: x", "no valid number")])
def test_what_cannot_be_made_again(demo, old, new, reason):
    demo.write_text(PUBLISHED.replace(old, new, 1))
    found = replay_run(demo)
    assert reason in found.problem
    assert found.difference == ""


@pytest.mark.parametrize("settings", [
    {"set_max_fes": 300, "set_log_improvements": True}, {"set_max_fes": 300},
    {"set_max_fes": 90, "set_log_all_fes": True}, {"set_max_fes": 1, "set_log_all_fes": True},
    {"set_max_time_millis": 40, "set_log_improvements": True},
    {"set_max_fes": 10**6, "set_goal_f": 9, "set_log_improvements": True}])
def test_limits_and_logs_of_all_kinds(settings, tmp_path):
    run(tmp_path / "a.txt", **settings)
    found = replay_run(tmp_path / "a.txt")
    assert (found.problem, found.difference, found.changed) == ("", "", ())


MODULE = """
from fescue import *

class Count(Objective):
    def __init__(self, times=1):
        self.times = times
    def evaluate(self, x):
        return self.times * int(x.sum())
    def log_parameters_to(self, logger):
        super().log_parameters_to(logger)
        logger.key_value("times", self.times)

execution = Execution().set_solution_space(BitStrings(9)).set_objective(Count(3))
execution.set_algorithm(RLS(Op0Random(), Op1Flip1())).set_max_fes(50).set_log_file("run.txt")

if __name__ == "__main__":
    import mine
    mine.execution.execute().__exit__(None, None, None)
"""


def test_code_of_the_users(tmp_path):
    (tmp_path / "mine.py").write_text(MODULE)
    subprocess.run([sys.executable, "mine.py"], cwd=tmp_path, check=True, timeout=60)
    done = fescue("replay", "run.txt", cwd=tmp_path)
    assert done.returncode == 1
    assert "mine.Count is not fescue's own; --trust imports it" in " ".join(done.stdout.split())
    done = fescue("replay", "run.txt", "--trust", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "identical: run.txt\n")


def test_studies(tmp_path):
    x = Parameter("x", ParameterType.FLOAT, -1.0, 1.0)
    log = tmp_path / "study.txt"
    Optimizer("tpe").optimize_sync([x], lambda p: p["x"] ** 2, 30, seed=1, workers=3, log_file=log)
    assert replay_run(log).difference == ""
    number = 7
    text = log.read_text()
    line = next(line for line in text.splitlines() if line.startswith(f'{{"ask": {number},'))
    log.write_text(text.replace(line, line.replace('"x": ', '"x": 0.5e-9, "y": ')))
    found = replay_run(log)
    assert found.difference or found.problem
    study = Optimizer("tpe").study([x], 9, seed=1, log_file=tmp_path / "killed.txt")
    study.tell(study.ask(), 1.0)
    assert replay_run(tmp_path / "killed.txt").difference == ""
    study.close()


@pytest.mark.slow
def test_the_command(folder, tmp_path):
    done = fescue("replay", folder, "--jobs", 2)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip() == "12 of 12 identical"
    copy = Path(shutil.copytree(folder, tmp_path / "results"))
    log = sorted(copy.rglob("*.txt"))[4]
    text = log.read_text()
    log.write_text(text.replace("totalFEs: ", "totalFEs: 1", 1))
    sorted(copy.rglob("*.txt"))[5].write_text("BEGIN_X\n")
    done = fescue("replay", copy, "--quiet")
    assert done.returncode == 1
    assert done.stdout.count("different: ") == 1
    assert done.stdout.count("not replayable: ") == 1
    done = fescue("replay", copy, "--sample", 3, "--seed", 1)
    assert " of 3 identical" in done.stdout, done.stderr
    (tmp_path / "void").mkdir()
    for wrong in (tmp_path / "void", tmp_path / "nowhere"):
        done = fescue("replay", wrong)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr


def test_an_archive_is_the_experiment(folder, tmp_path):
    done = fescue("pack", folder, "-o", tmp_path / "deep" / "paper.zip")
    assert done.returncode == 0, done.stderr
    archive = tmp_path / "deep" / "paper.zip"
    first = archive.read_bytes()
    fescue("pack", folder, "-o", archive, "--quiet")
    assert archive.read_bytes() == first
    with zipfile.ZipFile(archive) as opened:
        assert {"report.html", "environment.json", "SHA256SUMS"} < {*opened.namelist()}
    logs = unpacked(archive, tmp_path / "there")
    assert sorted(p.relative_to(logs) for p in logs.rglob("*.txt")) == sorted(
        p.relative_to(folder) for p in folder.rglob("*.txt"))
    for path in logs.rglob("*.txt"):
        assert path.read_bytes() == (folder / path.relative_to(logs)).read_bytes()
    done = fescue("replay", archive, "--sample", 4)
    assert (done.returncode, done.stdout.strip()) == (0, "4 of 4 identical"), done.stderr
    (tmp_path / "void").mkdir()
    assert fescue("pack", tmp_path / "void").returncode == 2


def test_packing_that_is_interrupted_leaves_what_was_there(folder: Path, tmp_path: Path,
                                                           monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "paper.zip"
    archive.write_text("an earlier one")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("fescue.cli.bundle.report_page", interrupted)
    with pytest.raises(KeyboardInterrupt):
        pack(folder, archive, quiet=True)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["an earlier one"]


def hostile(path, name, data=b"x", mode=stat.S_IFREG | 0o644, sums=True):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        info.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(info, data)
        if sums:
            archive.writestr("SHA256SUMS", "")
    return path


@pytest.mark.parametrize(("name", "mode", "reason"), [
    ("../out.txt", 0o100644, "leads out"), ("/etc/out.txt", 0o100644, "leads out"),
    ("logs/../../out.txt", 0o100644, "leads out"), ("logs\\..\\out.txt", 0o100644, "leads out"),
    ("C:out.txt", 0o100644, "leads out"), ("logs/out.txt", 0o120777, "no regular file"),
    ("logs/out.txt", 0o020644, "no regular file"), ("logs/out.py", 0o100644, "do not belong"),
    ("logs/out.txt", 0o100644, "not what SHA256SUMS says")])
def test_hostile_archives(tmp_path, name, mode, reason):
    path = hostile(tmp_path / "a.zip", name, mode=mode)
    with pytest.raises(BundleError, match=reason):
        unpacked(path, tmp_path / "there")
    assert not list(tmp_path.rglob("out.*")) or reason.startswith("not what")


def test_archives_that_would_fill_the_disk(tmp_path):
    path = hostile(tmp_path / "bomb.zip", "logs/a.txt", bytes(50 << 20))
    assert path.stat().st_size < 100_000
    with pytest.raises(BundleError, match="unpacks to more"):
        unpacked(path, tmp_path / "there")
    assert sum(p.stat().st_size for p in (tmp_path / "there").rglob("*.txt")) < 21 << 20


@pytest.mark.slow
def test_archives_of_anything(folder, tmp_path):
    with pytest.raises(BundleError, match="no SHA256SUMS"):
        unpacked(hostile(tmp_path / "a.zip", "logs/a.txt", sums=False), tmp_path / "x")
    fescue("pack", folder, "-o", tmp_path / "paper.zip")
    whole = (tmp_path / "paper.zip").read_bytes()
    random = np.random.default_rng(1)
    bad = tmp_path / "bad.zip"
    for i in range(60):
        data = bytearray(whole)
        if i < 20:
            data = data[:len(data) * i // 20]
        else:
            for place in random.integers(0, len(data), 10):
                data[place] = random.integers(256)
        bad.write_bytes(data)
        with pytest.raises(BundleError):
            unpacked(bad, tmp_path / f"x{i}")
    done = fescue("replay", bad)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
