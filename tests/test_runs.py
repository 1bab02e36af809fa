"""The table of runs: what is in a folder of logs, whatever else lies there."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from evaluation_parts import PUBLISHED, PUBLISHED_NAME, small_experiment
from fescue.evaluation import FolderReader, read_log, read_runs
from fescue.evaluation import run_reader as run_reader_module
from fescue.evaluation.cache import NAME
from fescue.evaluation.scan import Scanner
from fescue.utils.errors import LogFileError


@pytest.fixture(scope="module")
def experiment(tmp_path_factory):
    return small_experiment(tmp_path_factory.mktemp("experiment") / "results")


@pytest.fixture
def folder(experiment, tmp_path):
    return Path(shutil.copytree(experiment, tmp_path / "results"))


def same(a, b):
    assert len(a) == len(b)
    for name, column in a.columns.items():
        if name == "setup":
            assert [a.setup_of(i) for i in range(len(a))] == [b.setup_of(i) for i in range(len(b))]
        else:
            np.testing.assert_array_equal(column, b[name], err_msg=name)


def test_rows_are_what_the_logs_say(folder):
    runs = read_runs(folder)
    assert len(runs) == 24
    assert runs.problems == ()
    assert {*runs["state"]} == {"ok"}
    assert list(runs["path"]) == sorted(map(str, folder.rglob("*.txt")))
    for i in range(len(runs)):
        log = read_log(runs["path"][i])
        path = Path(runs["path"][i])
        assert runs["algorithm"][i] == path.parts[-3]
        assert runs["instance"][i] == path.parts[-2]
        assert runs["seed"][i] == int(log.setup["p.randSeed"])
        assert runs["best_f"][i] == log.best_f
        assert runs["last_improvement_fe"][i] == log.last_improvement_fe
        assert runs["total_fes"][i] == log.total_fes
        assert runs["total_time_millis"][i] == log.total_time_millis
        assert (runs["max_fes"][i], runs["max_time_millis"][i], runs["goal_f"][i]) == (300, 0, 0)
        setup = {k: v for k, v in log.setup.items() if not k.startswith("p.randSeed")}
        assert runs.setup_of(i) == setup
    assert len(runs.setups) == 6


def test_the_published_log_of_the_reference(tmp_path):
    path = tmp_path / PUBLISHED_NAME
    path.parent.mkdir(parents=True)
    path.write_text(PUBLISHED)
    runs = read_runs(tmp_path)
    assert [runs[name][0] for name in (
        "algorithm", "instance", "objective", "encoding", "seed", "best_f", "total_fes", "goal_f",
        "max_fes", "max_time_millis")] == [
        "rls_swap2", "demo", "makespan", "operation_based_encoding", 0x5a9363100a272f12, 180, 84,
        180, 0, 300000]


def test_fast_and_thorough_reading_agree(experiment):
    scanner = Scanner()
    texts = [path.read_bytes() for path in experiment.rglob("*.txt")]
    for data in (*texts, PUBLISHED.encode()):
        quick = scanner._quickly(data)
        assert quick is not None
        assert quick == scanner._thoroughly(data)
        assert scanner._quickly(data.replace(b"\n", b"\r\n")) is None
        assert scanner.scan(data.replace(b"\n", b"\r\n")) == quick


def test_truncated_at_every_byte(folder):
    path = min(folder.rglob("*.txt"), key=lambda p: p.stat().st_size)
    whole = path.read_bytes()
    scanner = Scanner()
    counted = []
    for end in range(len(whole) + 1):
        with suppress(LogFileError):
            scanner.scan(whole[:end])
            counted.append(end)
    assert counted == [len(whole) - 1, len(whole)]  # the last line feed can be spared
    for end in range(0, len(whole) - 1, 211):
        path.write_bytes(whole[:end])
        runs = read_runs(folder, cache=False)
        assert (len(runs), [p for p, _ in runs.problems]) == (23, [str(path)])


def test_damaged_at_any_byte(folder):
    """Whatever a byte is replaced by: a row or a problem, never a crash."""
    path = min(folder.rglob("*.txt"), key=lambda p: p.stat().st_size)
    whole = path.read_bytes()
    scanner = Scanner()
    for place in range(len(whole)):
        for byte in (b"\n", b"#", b"9", b"\xff", b"-"):
            try:
                scanner.scan(whole[:place] + byte + whole[place + 1:])
            except LogFileError:
                continue


@pytest.mark.parametrize(("old", "new", "reason"), [
    (b"bestF: ", b"bestF: x", "no valid number"), (b"totalFEs: ", b"totalFEs: -", "impossible"),
    (b"p.randSeed: ", b"p.randSeed: 1", "seed"), (b"a.name: ", b"b.name: ", "no algorithm"),
    (b"p.maxFEs: ", b"p.maxFEs: many", "p.maxFEs"), (b"a.name: ", b"a.name: other", "algorithm is"),
    (b"BEGIN_STATE", b"BEGIN_STATUS", "STATUS"), (b"bestF: ", b"bestF: nan#", "number"),
    (b"totalFEs: ", b"totalFEs: 9999999999999999999999", "impossible")])
def test_a_bad_log_is_named(folder, old, new, reason):
    path = sorted(folder.rglob("*.txt"))[3]
    path.write_bytes(path.read_bytes().replace(old, new))
    for _ in range(2):  # again, from the cache
        runs = read_runs(folder)
        assert len(runs) == 23
        ((where, why),) = runs.problems
        assert where == str(path)
        assert reason in why


def test_failed_runs(folder):
    path = sorted(folder.rglob("*.txt"))[0]
    path.write_text(path.read_text() + "BEGIN_ERROR_IN_RUN\nexceptionType: X\nEND_ERROR_IN_RUN\n")
    runs = read_runs(folder)
    assert runs["state"].tolist() == ["failed", *["ok"] * 23]
    assert len(runs.ok()) == 23


def test_what_is_no_log(folder, tmp_path):
    (folder / "notes.txt").write_text("not a log")
    (folder / "empty.txt").touch()
    (folder / "table.csv").write_text("a;b")
    (folder / "rls_flip1" / "deep" / "er").mkdir(parents=True)
    runs = read_runs(folder)
    assert len(runs) == 24
    assert [Path(p).name for p, _ in runs.problems] == ["empty.txt", "notes.txt"]
    (tmp_path / "void").mkdir()
    nothing = read_runs(tmp_path / "void")
    assert len(nothing) == 0
    assert list(nothing.groups("algorithm")) == []
    assert not list((tmp_path / "void").iterdir())
    with pytest.raises(FileNotFoundError):
        read_runs(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="jobs=0"):
        read_runs(folder, jobs=0)


def test_links(folder, tmp_path):
    (folder / "rls_flip1" / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "lost").symlink_to(tmp_path / "nowhere")
    assert len(read_runs(folder, cache=False)) == 24
    (tmp_path / "link").symlink_to(folder, target_is_directory=True)
    assert len(read_runs(tmp_path / "link", cache=False)) == 24


def test_a_single_log_and_other_names(folder, tmp_path):
    path = sorted(folder.rglob("*.txt"))[0]
    other = tmp_path / "my run.txt"
    shutil.copy(path, other)
    runs = read_runs(other)
    assert (len(runs), runs["algorithm"][0], runs["instance"][0]) == (
        1, path.parts[-3], path.parts[-2])


def test_names_of_any_letters(folder):
    path = sorted(folder.rglob("*.txt"))[0]
    algorithm, instance, seed = "μpλ", "größe 1", path.stem.rpartition("_")[2]
    target = folder / algorithm / instance / f"{algorithm}_{instance}_{seed}.txt"
    target.parent.mkdir(parents=True)
    target.write_text(path.read_text().replace(f"a.name: {path.parts[-3]}", f"a.name: {algorithm}"))
    for _ in range(2):
        runs = read_runs(folder)
        assert (runs["algorithm"][-1], runs["instance"][-1]) == (algorithm, instance)


def test_the_cache(folder):
    first = read_runs(folder)
    assert (folder / NAME).exists()
    same(read_runs(folder), first)
    same(read_runs(folder, cache=False), first)
    # a log that has changed is read anew, one that is new or gone is noticed
    paths = sorted(folder.rglob("*.txt"))
    text = paths[5].read_text()
    stat = paths[5].stat()
    paths[5].write_text(text.replace("bestF: ", "bestF: 1"))
    paths[0].unlink()
    again = read_runs(folder)
    assert len(again) == 23
    assert again["best_f"][4] != first["best_f"][5]
    same(again, read_runs(folder, cache=False))
    # size and time are all that is looked at
    paths[5].write_text(text)
    os.utime(paths[5], ns=(stat.st_atime_ns, stat.st_mtime_ns))
    same(read_runs(folder), read_runs(folder, cache=False))


def test_a_damaged_cache_is_read_over(folder):
    whole = read_runs(folder)
    data = (folder / NAME).read_bytes()
    for end in range(0, len(data), 701):
        (folder / NAME).write_bytes(data[:end])
        same(read_runs(folder), whole)
    random = np.random.default_rng(1)
    for _ in range(60):
        damaged = bytearray(data)
        for place in random.integers(0, len(data), 20):
            damaged[place] = random.integers(256)
        (folder / NAME).write_bytes(damaged)
        read_runs(folder)  # what is in such a file can be anything, but it ends nothing
    np.savez(folder / "objects.npz", head=np.array([{}], object))
    shutil.move(folder / "objects.npz", folder / NAME)
    same(read_runs(folder), whole)


def test_a_folder_that_cannot_be_written(folder, monkeypatch):
    def refuse(self, *_, **__):
        raise PermissionError(13, "no")

    monkeypatch.setattr(Path, "replace", refuse)
    assert len(read_runs(folder)) == 24
    assert not [p for p in folder.iterdir() if p.name.startswith(NAME)]


def test_processes_give_the_same(folder, monkeypatch):
    (folder / "bad.txt").write_text("BEGIN_X\n")
    serial = read_runs(folder, cache=False)
    monkeypatch.setattr(run_reader_module, "_BATCH", 5)
    parallel = read_runs(folder, cache=False, jobs=2)
    same(serial, parallel)
    assert serial.problems == parallel.problems


def test_runs_that_go_on(folder):
    log = sorted(folder.rglob("*.txt"))[0]
    whole = log.read_text()
    start = log.with_name(log.name + ".part-1")
    log.with_name(log.name + ".claim-1").write_text("owner")
    log.rename(start)
    for end, fes in ((0, 0), (whole.index("BEGIN_STATE") - 20, None)):
        start.write_text(whole[:end])
        runs = read_runs(folder, partial=True)
        assert len(runs) == 24
        row = runs.select(runs["state"] == "partial")
        assert (len(row), row["path"][0]) == (1, str(start))
        assert row["seed"][0] == int(log.stem.rpartition("_")[2], 16)
        assert np.isnan(row["best_f"][0]) == (end == 0)
        assert (row["total_fes"][0] > 0) == (end > 0) or fes == 0
    assert len(read_runs(folder)) == 23
    assert len(runs.ok()) == 23
    # when its log is there, the rest does not count
    start.write_text(whole)
    shutil.copy(start, log)
    assert {*read_runs(folder, partial=True)["state"]} == {"ok"}


def test_a_reader_that_looks_again(folder):
    reader = FolderReader(folder)
    same(reader.read(), read_runs(folder, cache=False))
    assert not (folder / NAME).exists() or (folder / NAME).unlink() is None
    path = sorted(folder.rglob("*.txt"))[2]
    text = path.read_text()
    path.unlink()
    assert len(reader.read()) == 23
    path.write_text(text)
    (folder / "bad.txt").write_text("x")
    again = reader.read()
    assert (len(again), len(again.problems)) == (24, 1)
    same(reader.read(), again)
    assert reader.read().problems == again.problems


@pytest.mark.parametrize("backend", ["pandas", "polars"])
def test_data_frames(folder, backend):
    frame = read_runs(folder).to_frame(backend)
    assert type(frame).__module__.startswith(backend)
    assert frame.shape == (24, 15)
    assert set(frame["algorithm"]) == {"rls_flip1", "ea_4_4_0d2_uniform_flipB1", "rls_flipB1"}
    missing = frame["max_time_millis"].isna() if backend == "pandas" else (
        frame["max_time_millis"].is_null())
    assert missing.all()


def test_duplicated_seeds_are_rows(folder, tmp_path):
    shutil.copytree(folder, folder / "copy")
    runs = read_runs(folder, cache=False)
    assert len(runs) == 48
    assert len({(a, i, s) for a, i, s in zip(runs["algorithm"], runs["instance"], runs["seed"],
                                             strict=True)}) == 24
