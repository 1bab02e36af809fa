"""The programs of mtaio's document run as they stand there, with the pieces that they assume."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

#: what the document leaves to its reader
PRELUDE = '''
import logging, random, statistics, time
from types import SimpleNamespace
from typing import Any, Awaitable, Callable, Dict, List

logger = logging.getLogger("doc")

async def run_benchmark(batch_size, workers, strategy):
    return SimpleNamespace(execution_time=abs(batch_size - 40) + workers + len(strategy))

async def measure_latency(params): return params["x"] ** 2
async def measure_memory(params): return 1.0
async def evaluate(params):
    if params["timeout"] > 9: raise OSError("down")
    return params["timeout"]
score = 1.0
'''

BASIC = '''
from mtaio.optimization import Optimizer, Parameter, ParameterType

# Define parameters to optimize
parameters = [
    Parameter(
        name="batch_size",
        type=ParameterType.INTEGER,
        min_value=1,
        max_value=100
    ),
    Parameter(
        name="workers",
        type=ParameterType.INTEGER,
        min_value=1,
        max_value=10
    ),
    Parameter(
        name="strategy",
        type=ParameterType.CATEGORICAL,
        choices=["fast", "balanced", "thorough"]
    )
]

# Define objective function
async def objective(params: dict) -> float:
    # Run benchmark with parameters
    result = await run_benchmark(
        batch_size=params["batch_size"],
        workers=params["workers"],
        strategy=params["strategy"]
    )
    return result.execution_time

# Optimize parameters
optimizer = Optimizer()
result = await optimizer.optimize(parameters, objective)
print(f"Best parameters: {result.parameters}")
'''

PROGRAMS = {
    "basic": BASIC,
    "parameters": '''
from mtaio.optimization import Parameter, ParameterType
# Numeric parameters
batch_size = Parameter(
    name="batch_size",
    type=ParameterType.INTEGER,
    min_value=1,
    max_value=1000,
    step=10  # Optional step size
)

learning_rate = Parameter(
    name="learning_rate",
    type=ParameterType.FLOAT,
    min_value=0.0001,
    max_value=0.1
)

# Categorical parameters
algorithm = Parameter(
    name="algorithm",
    type=ParameterType.CATEGORICAL,
    choices=["sgd", "adam", "rmsprop"]
)
print(batch_size, learning_rate, algorithm)
''',
    "grid": BASIC + '''
from mtaio.optimization import GridSearchStrategy

optimizer = Optimizer(strategy=GridSearchStrategy())
result = await optimizer.optimize(parameters, objective)
print(result.score)
''',
    "random": BASIC + '''
from mtaio.optimization import RandomSearchStrategy

optimizer = Optimizer(strategy=RandomSearchStrategy())
result = await optimizer.optimize(parameters, objective)
print(result.score)
''',
    "bayesian": BASIC + '''
from mtaio.optimization import BayesianStrategy

optimizer = Optimizer(
    strategy=BayesianStrategy(
        exploration_rate=0.1
    )
)
result = await optimizer.optimize(parameters, objective)
print(result.score)
''',
    "custom": BASIC + '''
from mtaio.optimization import OptimizationStrategy, OptimizationResult
class CustomStrategy(OptimizationStrategy):
    async def optimize(
        self,
        parameters: List[Parameter],
        objective: Callable[[Dict[str, Any]], Awaitable[float]],
        iterations: int,
    ) -> OptimizationResult:
        best_params = None
        best_score = float("inf")
        history = []

        for _ in range(iterations):
            # Generate parameters
            params = self.generate_params(parameters)

            # Evaluate objective
            score = await objective(params)
            history.append({"parameters": params, "score": score})

            # Update best result
            if score < best_score:
                best_score = score
                best_params = params

        return OptimizationResult(
            parameters=best_params,
            score=best_score,
            history=history,
            iterations=iterations
        )
result = await Optimizer(CustomStrategy()).optimize(parameters, objective)
print(result.score, result.iterations)
''',
    "dependent": '''
from mtaio.optimization import Optimizer, Parameter, ParameterType

# Define dependent parameters
async def objective(params: dict) -> float:
    if params["use_feature"] and params["feature_count"] > 0:
        # Use feature with specified count
        pass
    return score

parameters = [
    Parameter(
        name="use_feature",
        type=ParameterType.CATEGORICAL,
        choices=[True, False]
    ),
    Parameter(
        name="feature_count",
        type=ParameterType.INTEGER,
        min_value=0,
        max_value=10
    )
]
print((await Optimizer().optimize(parameters, objective)).stopped)
''',
    "several": '''
from mtaio.optimization import Optimizer, Parameter, ParameterType
async def multi_objective(params: dict) -> float:
    # Calculate multiple metrics
    latency = await measure_latency(params)
    memory = await measure_memory(params)

    # Combine metrics with weights
    return 0.7 * latency + 0.3 * memory
print(await Optimizer().optimize([Parameter("x", ParameterType.FLOAT, -1, 1)], multi_objective))
''',
    "performance": '''
from mtaio.optimization import Optimizer, Parameter, ParameterType
from mtaio.core import TaskExecutor

async def work():
    pass

class Tasks:
    def __iter__(self):
        return iter([work() for _ in range(5)])
tasks = Tasks()

class PerformanceOptimizer:
    def __init__(self):
        self.optimizer = Optimizer()
        self.executor = TaskExecutor()

    async def optimize_performance(self):
        parameters = [
            Parameter("concurrency", ParameterType.INTEGER, 1, 20),
            Parameter("batch_size", ParameterType.INTEGER, 1, 1000)
        ]

        async def objective(params):
            async with self.executor:
                start_time = time.time()
                await self.executor.gather(
                    *tasks,
                    limit=params["concurrency"]
                )
                return time.time() - start_time

        return await self.optimizer.optimize(parameters, objective)
result = await PerformanceOptimizer().optimize_performance()
print(result.parameters, {record["state"] for record in result.history})
''',
    "resources": '''
from mtaio.optimization import Optimizer, Parameter, ParameterType
from mtaio.monitoring import ResourceMonitor

class ResourceOptimizer:
    def __init__(self):
        self.optimizer = Optimizer()
        self.monitor = ResourceMonitor()

    async def configure_limits(self, params): pass
    async def run_workload(self): pass

    async def optimize_resources(self):
        parameters = [
            Parameter("memory_limit", ParameterType.INTEGER, 100, 1000),
            Parameter("cpu_limit", ParameterType.INTEGER, 1, 8)
        ]

        async def objective(params):
            # Configure resources
            await self.configure_limits(params)

            # Run workload
            await self.run_workload()

            # Get resource metrics
            stats = await self.monitor.get_current_stats()
            return stats.memory.used / stats.memory.total

        return await self.optimizer.optimize(parameters, objective)
result = await ResourceOptimizer().optimize_resources()
print(result.parameters, {record["state"] for record in result.history})
''',
    "robust": '''
from mtaio.optimization import Optimizer, Parameter, ParameterType
# Define reasonable parameter ranges
parameters = [
    Parameter(
        name="timeout",
        type=ParameterType.FLOAT,
        min_value=0.1,
        max_value=10.0,
        step=0.1  # Avoid too fine granularity
    )
]

# Use appropriate parameter types
categorical_param = Parameter(
    name="strategy",
    type=ParameterType.CATEGORICAL,
    choices=["fast", "balanced"]  # Limited choices
)
async def robust_objective(params: dict) -> float:
    try:
        # Multiple evaluation runs
        scores = []
        for _ in range(3):
            score = await evaluate(params)
            scores.append(score)

        # Return average score
        return statistics.mean(scores)
    except Exception as e:
        # Handle failures gracefully
        logger.error(f"Evaluation failed: {e}")
        return float("inf")
result = await Optimizer().optimize(parameters, robust_objective)
assert result.score < 5
print(len({record["parameters"]["timeout"] for record in result.history}), result.iterations)
''',
}
#: runs a program that awaits things outside of functions
RUN = '''
import ast, asyncio, inspect
from pathlib import Path
code = compile(Path("program.py").read_text(), "program.py", "exec",
               flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
result = eval(code, {"__name__": "__main__"})
if inspect.iscoroutine(result):
    asyncio.run(result)
'''
EXPECTED = {"performance": "{'complete'}", "resources": "{'complete'}", "robust": "100 100",
            "custom": " 100", "dependent": "exhausted"}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name: str, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PRELUDE + PROGRAMS[name])
    (tmp_path / "run.py").write_text(RUN)
    done = subprocess.run([sys.executable, "-W", "error", "-m", "fescue.compat", "run.py"],
                          cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
                          env=dict(os.environ))
    assert done.returncode == 0, done.stderr
    assert EXPECTED.get(name, "") in done.stdout
    assert "never awaited" not in done.stderr
    if name == "bayesian":
        assert float(done.stdout.splitlines()[-1]) <= 7  # 40, 1, fast gives 5
