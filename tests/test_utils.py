"""Names, numbers, types and seeds, and what a log says of the machine."""

import os
import re
from typing import Any

import numpy as np
import pytest

from fescue.utils import naming, nputils, sysinfo
from fescue.utils.logger import InMemoryLogger
from fescue.utils.sections import parse_key_values
from fescue.utils.types import check_int_range, type_error


@pytest.mark.parametrize(("text", "clean"), [
    ("a-1", "am1"), ("a--1", "am1"), ("am1", "am1"), ("a/b", "ab"), ("a:b", "ab"), ("a#b", "ab"),
    ("..", "d"), ("++", "pp"), ("μ+λ", "μpλ"), ("1e-5", "1em5"), (" a  b ", "a_b"),
    ("__a__b__", "a_b"), ("a.b", "adb"), ("a\tb\nc", "a_b_c")])
def test_sanitize_name(text: str, clean: str) -> None:
    assert naming.sanitize_name(text) == clean


@pytest.mark.parametrize("text", ["", " ", "/", "_", "#!", "\n"])
def test_nothing_is_left(text: str) -> None:
    with pytest.raises(ValueError, match="invalid"):
        naming.sanitize_name(text)


def test_names() -> None:
    assert naming.sanitize_names(["a b", "", "c-d"]) == "a_b_cmd"
    for value in (1.3, 1.0, -1e-5, 3, -7, 1e300, 0.1):
        text = naming.num_to_str_for_name(value)
        assert re.fullmatch(r"[\w]+", text)
        assert naming.name_str_to_num(text) == value
    assert naming.beautify_float_str("-inf") == "-∞"
    assert naming.beautify_float_str(2.5) == "2.5"
    with pytest.raises(TypeError):
        naming.sanitize_name(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="NaN"):
        naming.float_to_str(float("nan"))
    with pytest.raises(ValueError, match="T or F"):
        naming.str_to_bool("true")


@pytest.mark.parametrize(("low", "high", "force", "name"), [
    (0, 127, {}, "int8"), (0, 128, {}, "uint8"), (0, 128, {"force_signed": True}, "int16"),
    (0, 1, {"force_unsigned": True}, "uint8"), (-129, 0, {}, "int16"), (-1, 2 ** 31, {}, "int64"),
    (0, 2 ** 64 - 1, {}, "uint64"), (0, 2 ** 63, {}, "uint64"),
    (-2 ** 63, 2 ** 63 - 1, {}, "int64")])
def test_int_range_to_dtype(low: int, high: int, force: dict[str, bool], name: str) -> None:
    assert nputils.int_range_to_dtype(low, high, **force).name == name


@pytest.mark.parametrize(("low", "high", "force"), [
    (0, 2 ** 64, {}), (1, 0, {}), (-1, 2 ** 63, {}), (0, 2 ** 63, {"force_signed": True}),
    (-1, 0, {"force_unsigned": True}), (0, 1, {"force_signed": True, "force_unsigned": True})])
def test_no_type_holds_it(low: int, high: int, force: dict[str, bool]) -> None:
    with pytest.raises(ValueError):
        nputils.int_range_to_dtype(low, high, **force)


def test_dtype_for_data() -> None:
    inf = float("inf")
    assert nputils.dtype_for_data(False, 0, 1).name == "float64"
    assert nputils.dtype_for_data(True, -inf, inf).name == "int64"
    assert nputils.dtype_for_data(True, 0, inf).name == "uint64"
    assert nputils.dtype_for_data(True, 0, 300).name == "int16"
    for bounds in ((float("nan"), 1), (2, 1)):
        with pytest.raises(ValueError):
            nputils.dtype_for_data(True, *bounds)
    for args in ((1, 0, 1), (True, 0.5, 1), (True, 0, 1.5)):
        with pytest.raises(TypeError):
            nputils.dtype_for_data(*args)  # type: ignore[arg-type]


def test_arrays_and_numbers() -> None:
    assert nputils.np_ints_max(2, np.dtype("int8")).tolist() == [127, 127]
    assert nputils.is_all_finite(np.array([1.0, 2]))
    assert not nputils.is_all_finite(np.array([1.0, np.inf]))
    assert nputils.array_to_str(np.array([0.5, -0.0, 1e-7])) == "0.5;0;1e-7"
    a = np.zeros(4, int)
    nputils.fill_in_canonical_permutation(a)
    assert a.tolist() == [0, 1, 2, 3]
    for value, kind in ((np.uint64(2 ** 64 - 1), int), (np.float32(0.5), float), (True, int)):
        assert type(nputils.np_to_py_number(value)) is kind
    for bad in (1j, "1", None, np.array([1])):
        with pytest.raises(TypeError):
            nputils.np_to_py_number(bad)


def test_seeds_follow_from_texts() -> None:
    assert nputils.rand_seeds_from_str("hello world!", 3) == [
        3727742416375614079, 11688012229199056962, 17315292100125916507]
    assert list(map(hex, nputils.rand_seeds_from_str("demo", 4))) == [
        "0xd2866f0630434df", "0x5a9363100a272f12", "0x9ba8fd0486c59354", "0xdac201e7da6b455c"]
    many = nputils.rand_seeds_from_str("demo", 500)
    assert many == sorted(set(many))
    assert set(nputils.rand_seeds_from_str("demo", 100)) < set(many)
    for text, n, error in (("", 1, ValueError), ("a", 0, ValueError), (1, 1, TypeError),
                           ("a", 1.5, TypeError)):
        with pytest.raises(error):
            nputils.rand_seeds_from_str(text, n)  # type: ignore[arg-type]


def test_seeds_are_checked() -> None:
    with pytest.raises(ValueError, match=re.escape(
            "rand_seed=-1 is invalid, must be in 0..18446744073709551615.")):
        nputils.rand_seed_check(-1)
    with pytest.raises(TypeError):
        nputils.rand_seed_check(1.5)
    seed = nputils.rand_seed_generate(np.random.default_rng(1))
    assert seed == nputils.rand_seed_generate(np.random.default_rng(1))
    assert nputils.rand_seed_generate() != nputils.rand_seed_generate()
    a, b = nputils.rand_generator(7), np.random.default_rng(7)
    assert a.random() == b.random()


@pytest.mark.parametrize(("value", "text"), [
    ("x" * 500, "..."), (None, "but is None."), ("a\nb", "namely 'a b'.")])
def test_type_errors_stay_short(value: Any, text: str) -> None:
    message = str(type_error(value, "n", int))
    assert text in message
    assert len(message) < 200
    assert "\n" not in message


def test_ranges() -> None:
    assert check_int_range(np.int8(3), "n") == 3
    assert type(check_int_range(np.int8(3), "n")) is int
    for bad in (-1, 10 ** 12 + 1):
        with pytest.raises(ValueError, match=re.escape(f"n={bad} is invalid, must be in 0..")):
            check_int_range(bad, "n")
    with pytest.raises(TypeError, match="n should be an instance of int but is float"):
        check_int_range(1.0, "n")


def _info(details: bool) -> dict[str, str]:
    return parse_key_values(sysinfo.get_sys_info(details).splitlines())


def test_sys_info() -> None:
    info = _info(False)
    for key in ("session.start", "session.processId", "version.fescue", "version.numpy",
                "hardware.machine", "hardware.nLogicalCpus", "hardware.cpu", "hardware.memSize",
                "python.version", "python.implementation", "os.name", "os.release"):
        assert info[key]
    assert info["session.processId"] == hex(os.getpid())
    private = {"session.node", "session.ipAddress", "session.commandLine",
               "session.workingDirectory"}
    assert not private & info.keys()
    assert private <= _info(True).keys()
    assert not private & _info(False).keys()
    with InMemoryLogger() as log:
        sysinfo.log_sys_info(log)
        assert (log.get_log()[0], log.get_log()[-1]) == ("BEGIN_SYS_INFO", "END_SYS_INFO")
    sysinfo.update_sys_info_cpu_affinity()
    with pytest.raises(ValueError, match="too late"):
        sysinfo.add_dependency("pytest")
    with pytest.raises(TypeError):
        sysinfo.add_dependency(1)  # type: ignore[arg-type]
