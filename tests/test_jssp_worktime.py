"""The other objective function of job shop schedules."""

from typing import Any

import numpy as np
import pytest

from fescue.problems.jssp import (
    GanttSpace,
    Instance,
    OperationBasedEncoding,
    Worktime,
)
from fescue.spaces import Permutations
from fescue.testing import validate_objective, validate_rating_kernels


@pytest.mark.parametrize("name", ["demo", "ft06", "la01"])
def test_worktime(name: str) -> None:
    instance = Instance.from_resource(name)
    charts, points = GanttSpace(instance), Permutations.with_repetitions(
        instance.jobs, instance.machines)
    encoding = OperationBasedEncoding(instance)

    def point(random: Any, x: Any) -> Any:
        random.shuffle(x)
        return x

    def chart(random: Any, y: Any) -> Any:
        encoding.decode(point(random, points.create()), y)
        return y

    objective = Worktime(instance)
    validate_objective(objective, charts, chart)
    validate_rating_kernels(objective, points, point, encoding=encoding, solution_space=charts)
    y = chart(np.random.default_rng(3), charts.create())
    expected = sum(row[-1][2] - row[0][1] for row in y.tolist())
    assert objective.evaluate(y) == expected >= objective.lower_bound()
    assert str(objective) == "worktime"
    # all on one machine after the other, without a pause: as little as there can be
    assert objective.lower_bound() == sum(t for job in np.array(instance).tolist() for _, t in job)
