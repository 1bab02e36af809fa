"""Parameters: which are valid, what numbers in the unit interval stand for, and text."""

from math import inf, nan
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fescue.spaces.parameters import Parameter, ParameterSpace, ParameterType
from fescue.testing import validate_space
from fescue.utils.logger import InMemoryLogger

INT, FLOAT, CAT = ParameterType.INTEGER, ParameterType.FLOAT, ParameterType.CATEGORICAL
QUIET = settings(derandomize=True, deadline=None)

PARAMETERS = [
    Parameter("a", INT, 1, 100), Parameter("b", INT, 1, 1000, step=10), Parameter("c", INT, 3, 3),
    Parameter("d", INT, 1, 10 ** 6, log=True), Parameter("e", FLOAT, 0.0001, 0.1),
    Parameter("f", FLOAT, 0.1, 10.0, step=0.1), Parameter("g", FLOAT, 1e-6, 1.0, log=True),
    Parameter("h", FLOAT, -2, 2.5), Parameter("i", FLOAT, 7.0, 7.0),
    Parameter("j", CAT, choices=["sgd", "adam", "#0", "rmsprop"]),
    Parameter("k", CAT, choices=[True, False, None, 2, 2.5, (1, 2), inf]),
    Parameter("l", FLOAT, 0.0, 1.0, step=0.3), Parameter("m", INT, -10 ** 18, 10 ** 18)]


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda p: p.name)
def test_numbers_stand_for_values(parameter: Parameter) -> None:
    random = np.random.default_rng(1)
    for u in (0.0, 1.0, 1 - 2 ** -53, *random.random(200)):
        value = parameter.at(u)
        assert parameter.check(value) is not nan
        again = parameter.at(parameter.unit(value))
        if parameter.is_finite() and parameter.n_values() < 2 ** 40:
            assert (type(again), again) == (type(value), value)
        else:
            assert again == pytest.approx(value, rel=1e-9)
    if parameter.is_finite() and parameter.n_values() < 5000:
        values = parameter.values()
        assert len(values) == parameter.n_values() == len(set(map(repr, values)))
        assert parameter.at(0.0) == values[0]
        assert parameter.at(1.0) == values[-1]
        if not parameter.log:  # all have equal shares
            n = len(values)
            assert [parameter.at((i + 0.5) / n) for i in range(n)] == values


def test_exact_steps() -> None:
    values = Parameter("x", FLOAT, 0.0, 1.0, step=0.01).values()
    assert len(values) == 101
    assert values[-1] == 1.0
    assert values[7] == 0.07
    assert Parameter("x", FLOAT, 0.0, 1.0, step=0.3).values() == [0.0, 0.3, 0.6, 0.9]
    assert Parameter("x", INT, 1, 30, step=10).values() == [1, 11, 21]
    with pytest.raises(ValueError, match="has no list of values"):
        Parameter("x", FLOAT, 0.0, 1.0).values()


def test_ratios_have_equal_shares() -> None:
    p = Parameter("x", FLOAT, 1e-4, 1.0, log=True)
    assert [p.at(u) for u in (0, 0.25, 0.5, 0.75, 1)] == pytest.approx([1e-4, 1e-3, 1e-2, 0.1, 1.0])
    p = Parameter("x", INT, 1, 1023, log=True)
    assert [p.at(i / 10 + 1e-9) for i in range(10)] == [2 ** i for i in range(10)]


@pytest.mark.parametrize(("arguments", "error", "text"), [
    (("", INT, 1, 2), ValueError, "name of a parameter is empty"),
    ((3, INT, 1, 2), TypeError, "name should be"),
    (("x", "INTEGER", 1, 2), TypeError, "type of parameter 'x' should be"),
    (("x", INT), TypeError, "min_value of parameter 'x' should be"),
    (("x", INT, 1.5, 2), TypeError, "min_value of parameter 'x' should be"),
    (("x", INT, True, 2), TypeError, "min_value of parameter 'x' should be"),
    (("x", INT, 3, 2), ValueError, "max_value=2 of parameter 'x' is invalid: it is less than"),
    (("x", FLOAT, nan, 2), ValueError, "min_value=nan of parameter 'x' is invalid: it must be fin"),
    (("x", FLOAT, 0, inf), ValueError, "max_value=inf of parameter 'x' is invalid"),
    (("x", FLOAT, -1e308, 1e308), ValueError, "too large"),
    (("x", INT, 1, 9, None, 0), ValueError, "step=0 of parameter 'x' is invalid: it must be above"),
    (("x", FLOAT, 1, 9, None, -0.5), ValueError, "step=-0.5"),
    (("x", INT, 1, 9, None, 9), ValueError, r"it is larger than the range 1\.\.9"),
    (("x", INT, 1, 9, [1]), ValueError, "only a categorical parameter has choices"),
    (("x", CAT, 1, None, ["a"]), ValueError, "a categorical parameter has choices only"),
    (("x", CAT), TypeError, "choices of parameter 'x' should be"),
    (("x", CAT, None, None, "abc"), TypeError, "choices of parameter 'x' should be"),
    (("x", CAT, None, None, []), ValueError, "give at least one"),
    (("x", CAT, None, None, [1, 2, 1.0]), ValueError, "1.0 occurs twice"),
    (("x", CAT, None, None, [nan]), ValueError, "not equal to itself"),
    (("x", CAT, None, None, [[1]]), TypeError, r"choice \[1\] of parameter 'x' is not hashable"),
])
def test_invalid_parameters(arguments: tuple[Any, ...], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        Parameter(*arguments)


def test_invalid_logarithms() -> None:
    with pytest.raises(ValueError, match="with log=True it must be above 0"):
        Parameter("x", FLOAT, 0.0, 1.0, log=True)
    with pytest.raises(ValueError, match="does not go together"):
        Parameter("x", INT, 1, 10, step=2, log=True)
    with pytest.raises(ValueError, match="choices have no ratios"):
        Parameter("x", CAT, choices=["a"], log=True)
    with pytest.raises(TypeError, match="log of parameter"):
        Parameter("x", INT, 1, 10, log=1)  # type: ignore[arg-type]


SPACES = [ParameterSpace(PARAMETERS), ParameterSpace(PARAMETERS[:1]),
          ParameterSpace([PARAMETERS[9], PARAMETERS[10]])]


@pytest.mark.parametrize("space", SPACES, ids=lambda s: f"{s}-{s.parameters[0].name}")
def test_space(space: ParameterSpace) -> None:
    def spoil(x: Any) -> Any:
        return {**x, space.parameters[0].name: "no value"}

    def randomize(random: Any, x: Any) -> Any:
        space.copy(x, space.at(random.random(space.dimension)))
        return x

    validate_space(space, randomize, spoil)
    x = space.at(np.full(space.dimension, 0.3))
    assert space.is_equal(space.at(space.unit(x)), x) or not space.is_finite()
    assert len({space.key(space.at(np.full(space.dimension, u))) for u in (0.1, 0.1, 0.9)}) == 2


def test_all_settings() -> None:
    space = ParameterSpace([Parameter("n", INT, 1, 3), Parameter("s", CAT, choices=["a", "b"])])
    assert space.n_points() == 6
    found = [space.setting(i) for i in range(6)]
    assert found[:3] == [{"n": 1, "s": "a"}, {"n": 1, "s": "b"}, {"n": 2, "s": "a"}]
    assert len(set(map(space.key, found))) == 6
    with pytest.raises(ValueError, match="i=6"):
        space.setting(6)


def test_true_and_one_are_different() -> None:
    space = ParameterSpace([Parameter("n", INT, 0, 1), Parameter("s", CAT, choices=[True, False])])
    assert not space.is_equal({"n": 1, "s": True}, {"n": True, "s": True})
    with pytest.raises(TypeError, match="n should be an instance of"):
        space.validate({"n": True, "s": True})
    with pytest.raises(ValueError, match="none of the choices"):
        space.validate({"n": 1, "s": 1})
    with pytest.raises(ValueError, match="'s' is missing"):
        space.validate({"n": 1})
    with pytest.raises(ValueError, match="no parameter 'q'"):
        space.validate({"n": 1, "s": True, "q": 1})


@pytest.mark.parametrize("parameters", [
    [], [PARAMETERS[0], PARAMETERS[0]], [3], 3])
def test_invalid_spaces(parameters: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        ParameterSpace(parameters)


@QUIET
@given(st.text())
def test_any_text(text: str) -> None:
    for space in SPACES:
        with pytest.raises(ValueError, match=r"for params|parameter|is|no number"):
            space.from_str(text)


def test_log() -> None:
    with InMemoryLogger() as logger:
        with logger.key_values("S") as section:
            ParameterSpace([Parameter("n", INT, 1, 30, step=10),
                            Parameter("s", CAT, choices=["a", (1, 2)])]).log_parameters_to(section)
        lines = logger.get_log()
    assert lines[3:-1] == ["nvars: 2", "p0.name: n", "p0.type: INTEGER", "p0.min: 1", "p0.max: 30",
                           "p0.step: 10", "p1.name: s", "p1.type: CATEGORICAL",
                           'p1.choices: ["a", "(1, 2)"]']
