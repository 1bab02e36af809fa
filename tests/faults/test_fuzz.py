"""Every reader survives damaged and hostile files; ``fuzz.py`` does that for hours."""

import random

import pytest
from fuzz_targets import TARGETS, ExecutedError, Guard, Target, begin

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
