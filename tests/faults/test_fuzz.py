"""Every reader survives damaged and hostile files; ``fuzz.py`` does that for hours."""

import random
import zipfile

import pytest
from fuzz_targets import TARGETS, ExecutedError, Guard, Target, begin

from fescue.cli.bundle import unpacked
from fescue.cli.experiment import Experiment
from fescue.utils.errors import BundleError, FescueError

WORDS = (b"0", b"-1", b"\n", b"\0", b"\xff", b"\xed\xa0\x80", b"1e999", b"nan", b": ", b"END_",
         b"BEGIN_", b'"', b"{", b"9" * 30, b";", b"#", b"..", b"/")
FILES = 150


def damaged(data, draw):
    """Return bytes in which a few things are changed, inserted, repeated, or cut off."""
    data = bytearray(data)
    for _ in range(draw.choice((1, 1, 2, 4))):
        place = draw.randrange(len(data) + 1)
        kind = draw.randrange(5)
        if kind == 0:
            data[place:place + 1] = bytes([draw.randrange(256)])
        elif kind == 1:
            del data[place:place + draw.choice((1, 8, 50))]
        elif kind == 2:
            data[place:place] = draw.choice(WORDS)
        elif kind == 3:
            other = draw.randrange(len(data) + 1)
            data[place:place] = data[other:other + draw.choice((5, 30, 200))]
        else:
            del data[place:]
    return bytes(data)


@pytest.fixture(scope="module")
def guard():
    return Guard()


@pytest.mark.parametrize("name", TARGETS)
def test_damaged_files(name, guard, tmp_path, monkeypatch):
    monkeypatch.setenv("FESCUE_JIT", "0")
    target = TARGETS[name]
    seeds = begin(target, tmp_path / "seeds")
    draw = random.Random(1)
    for i in range(FILES):
        folder = tmp_path / str(i)
        folder.mkdir()
        guard.run(target, folder, damaged(draw.choice(seeds), draw))


@pytest.mark.parametrize(("name", "old", "new", "reason"), [
    ("study", b'"workers": 2', b'"workers": 0', "describes no study: ValueError: workers=0"),
    ("study", b'"max": 9', b'"max": 0', "describes no study: ValueError: max_value=0"),
    ("study", b'SearchStrategy", "set', b'", "set', "describes no study"),
    ("study", b"BEGIN_SETUP", b"BEGIN_RESULT_Y", "study.txt: "),
    ("journal", b'"known": []', b'"known": [["{}", 1e309, []]]', "describes no study"),
    ("journal", b'"workers": 2', b'"workers": "2"', "describes no study: workers"),
    ("journal", b'{"x": 0', b'{"END_x": 0', "The journal does not fit"),
    ("experiment", b"max_time = 1.5", b"max_time = 1e309", "max_time=inf is invalid"),
    ("csv", b"totalFEs", b"total\xff", "there is no column totalFEs"),
    ("csv", b";300;", b";99999999999999999999;", "line "),
])
def test_faults_that_were_found(name, old, new, reason, tmp_path):
    seed = next(data for data in begin(TARGETS[name], tmp_path / "seeds") if old in data)
    folder = tmp_path / "folder"
    folder.mkdir()
    if name == "experiment":
        (folder / "experiment-1.toml").write_bytes(seed.replace(old, new))
        with pytest.raises(FescueError, match=reason):
            Experiment.from_toml(folder / "experiment-1.toml").complete()
    else:
        with pytest.raises((FescueError, ValueError), match=reason) as caught:
            TARGETS[name].read(folder, seed.replace(old, new, 1))
        assert str(folder) in str(caught.value)


def test_archives_that_are_packed_in_another_way(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("SHA256SUMS", "x")
    with pytest.raises(BundleError, match="packed in a way"):
        unpacked(tmp_path / "x.zip", tmp_path / "to")


def test_a_bomb_of_checksums(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("SHA256SUMS", b"0" * (8 << 20))
    with pytest.raises(BundleError, match="unpacks to more"):
        unpacked(tmp_path / "x.zip", tmp_path / "to")


@pytest.mark.parametrize("deed", [
    lambda folder: eval("1 + 1"), lambda folder: exec("x = 1"),
    lambda folder: __import__("os").system("true"), lambda folder: __import__("antigravity"),
    lambda folder: (folder.parent.parent / "elsewhere").mkdir(),
    lambda folder: (folder / "../../elsewhere").open("w")])
def test_the_guard_sees(deed, guard, tmp_path, monkeypatch):
    folder = tmp_path / "scratch" / "folder"
    folder.mkdir(parents=True)
    monkeypatch.setattr(guard, "_scratch", str(folder))
    with pytest.raises(ExecutedError):
        guard.run(Target(lambda folder, _: deed(folder), list), folder, b"")
    assert not (tmp_path / "elsewhere").exists()


def test_refusals_name_the_file(tmp_path):
    def read(_, data):
        raise ValueError(data.decode())

    target = Target(read, list, (ValueError,))
    assert target(tmp_path, f"{tmp_path}/file is bad".encode())
    with pytest.raises(AssertionError, match="does not name the file"):
        target(tmp_path, b"it is bad")
    with pytest.raises(ValueError, match="it is bad"):
        Target(read, list)(tmp_path, b"it is bad")
