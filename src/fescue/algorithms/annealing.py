"""Simulated annealing and its temperature schedules."""

from math import e, exp, expm1, isfinite, log, pow
from typing import Any, Final

from fescue.api.algorithm import Algorithm1
from fescue.api.catalogue import Entry
from fescue.api.component import Component
from fescue.api.objective import Objective, check_objective
from fescue.api.operators import Op0, Op1
from fescue.api.process import Process
from fescue.kernels.kernel import Kernel, LocalSearch
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.naming import PART_SEPARATOR, num_to_str_for_name
from fescue.utils.types import check_int_range, type_error

#: a temperature is never below this: nothing is divided by zero when it has got too small
COLDEST = 2.0 ** -96


class TemperatureSchedule(Component):
    """A rule for how the temperature changes over the steps of a run."""

    def __init__(self, t0: float) -> None:
        """Create the schedule.

        Args:
            t0: the temperature at step 0, positive

        Raises:
            TypeError: if ``t0`` is no ``float``
            ValueError: if it is not positive and finite
        """
        #: the temperature at step 0
        self.t0: Final[float] = _positive(t0, "t0")

    def temperature(self, tau: int) -> float:
        """Return the temperature at step ``tau``, which counts from 0."""
        raise self._must_override("temperature(tau)")

    def kernel(self) -> Kernel | None:
        """Return ``temperature(tau, data)`` for compiled runs, ``None`` if there is none."""
        return None

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and start temperature."""
        super().log_parameters_to(logger)
        logger.key_value("T0", self.t0)


class _EpsilonSchedule(TemperatureSchedule):
    """A schedule with one more parameter."""

    _prefix = ""

    def __init__(self, t0: float, epsilon: float) -> None:
        super().__init__(t0)
        #: how fast the temperature falls
        self.epsilon: Final[float] = _positive(epsilon, "epsilon")

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class, start temperature and speed."""
        super().log_parameters_to(logger)
        logger.key_value("e", self.epsilon)

    def __str__(self) -> str:
        return self._prefix + PART_SEPARATOR.join(
            num_to_str_for_name(value) for value in (self.t0, self.epsilon))


class ExponentialSchedule(_EpsilonSchedule):
    """Temperature ``t0 * (1 - epsilon) ** tau``.

    Source: S. Kirkpatrick, C. D. Gelatt, M. P. Vecchi, Optimization by Simulated Annealing,
    1983, 10.1126/science.220.4598.671.

    >>> ExponentialSchedule(8.0, 0.5).temperature(2)
    2.0
    """

    _prefix = "exp"

    def __init__(self, t0: float, epsilon: float) -> None:
        """Create the schedule.

        Args:
            t0: the temperature at step 0, positive
            epsilon: the share by which it falls in each step, in ``(0, 1)``

        Raises:
            TypeError: if an argument is no ``float``
            ValueError: if it is out of range
        """
        super().__init__(t0, epsilon)
        if epsilon >= 1:
            raise ValueError(f"epsilon={epsilon} is invalid, must be less than 1.")

    def temperature(self, tau: int) -> float:
        """Return the temperature at step ``tau``, which counts from 0."""
        return self.t0 * (1.0 - self.epsilon) ** tau

    def kernel(self) -> Kernel:
        """Return ``temperature(tau, data)`` for compiled runs."""
        return Kernel(_exponential, (self.t0, 1.0 - self.epsilon))


class ExponentialScheduleBasedOnBounds(ExponentialSchedule):
    """An exponential schedule that is made for an objective function and a number of steps.

    The temperature starts at a share of a range, and ends at a smaller one.
    """

    def __init__(self, f: Objective, n_steps: int, lb_sum_mul: int | float = -1,
                 ub_sum_mul: int | float = 1, start_range_frac: float = 1e-1,
                 end_range_frac: float = 1e-5) -> None:
        """Create the schedule.

        Args:
            f: the objective function, whose bounds must be finite as far as they are used
            n_steps: the steps after which the end is reached, in ``2..10**15``
            lb_sum_mul: the range is this times the lower bound ...
            ub_sum_mul: ... plus this times the upper bound; it must be positive
            start_range_frac: the temperature at step 0 divided by the range, positive
            end_range_frac: that of the last step, positive and less

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if one is out of range, or if the range is not positive and finite
        """
        check_objective(f)
        check_int_range(n_steps, "n_steps", 2, 10 ** 15)
        start = _positive(start_range_frac, "start_range_frac")
        end = _positive(end_range_frac, "end_range_frac")
        if end >= start:
            raise ValueError(f"end_range_frac={end} is invalid, must be less than "
                             f"start_range_frac={start}.")
        total = 0.0
        for name, factor, bound in (("lb_sum_mul", lb_sum_mul, f.lower_bound()),
                                    ("ub_sum_mul", ub_sum_mul, f.upper_bound())):
            if isinstance(factor, bool) or not isinstance(factor, int | float):
                raise type_error(factor, name, (int, float))
            total += factor * bound if factor != 0 else 0.0
        if not (isfinite(total) and total > 0):
            raise ValueError(f"The bounds of {f} are {f.lower_bound()} and {f.upper_bound()}, "
                             f"which gives the range {total}: choose lb_sum_mul and ub_sum_mul so "
                             "that it is positive and finite.")
        super().__init__(start * total, -expm1(log(end / start) / (n_steps - 1)))
        #: the steps after which the end is reached
        self.n_steps: Final[int] = n_steps
        self._numbers = {"lbSumMul": lb_sum_mul, "ubSumMul": ub_sum_mul,
                         "startRangeFrac": start, "endRangeFrac": end}
        #: the objective function
        self.f: Final[Objective] = f

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and temperatures, and what they were made from, with ``f`` a scope."""
        super().log_parameters_to(logger)
        logger.key_value("nSteps", self.n_steps)
        for key, value in self._numbers.items():
            logger.key_value(key, value)
        with logger.scope("f") as scope:
            self.f.log_parameters_to(scope)

    def __str__(self) -> str:
        return PART_SEPARATOR.join((f"expBounds{self.n_steps}", *(
            num_to_str_for_name(value) for value in self._numbers.values())))


class LogarithmicSchedule(_EpsilonSchedule):
    """Temperature ``t0 / log(e + epsilon * tau)``.

    Source: B. Hajek, Cooling Schedules for Optimal Annealing, 1988, 10.1287/moor.13.2.311.

    >>> LogarithmicSchedule(8.0, 0.5).temperature(0)
    8.0
    """

    _prefix = "ln"

    def temperature(self, tau: int) -> float:
        """Return the temperature at step ``tau``, which counts from 0."""
        return self.t0 / log(e + self.epsilon * tau)

    def kernel(self) -> Kernel:
        """Return ``temperature(tau, data)`` for compiled runs."""
        return Kernel(_logarithmic, (self.t0, self.epsilon))


class SimulatedAnnealing(Algorithm1):
    """Move to better neighbours always, to worse ones with a probability that falls.

    A neighbour that is worse by ``d`` is accepted with probability ``exp(-d / T)``, ``T`` the
    temperature (Metropolis rule).

    Source: S. Kirkpatrick, C. D. Gelatt, M. P. Vecchi, Optimization by Simulated Annealing,
    1983, 10.1126/science.220.4598.671.
    """

    def __init__(self, op0: Op0, op1: Op1, schedule: TemperatureSchedule) -> None:
        """Create it.

        Args:
            op0: samples points
            op1: modifies points
            schedule: gives the temperatures

        Raises:
            TypeError: if an argument has a wrong type
        """
        if not isinstance(schedule, TemperatureSchedule):
            raise type_error(schedule, "schedule", TemperatureSchedule)
        #: gives the temperatures
        self.schedule: Final[TemperatureSchedule] = schedule
        super().__init__(f"sa{PART_SEPARATOR}{schedule}", op0, op1)

    def solve(self, process: Process) -> None:
        """Search until told to stop."""
        current, new = process.create(), process.create()
        random, op1 = process.get_random(), self.op1.op1
        uniform, temperature = random.random, self.schedule.temperature
        evaluate, should_terminate = process.evaluate, process.should_terminate
        self.op0.op0(random, current)
        current_f = evaluate(current)
        tau = 0
        while not should_terminate():
            op1(random, new, current)
            f = evaluate(new)
            accept = f <= current_f
            if not accept:
                # integers may differ by more than any float: such a step is never taken
                try:
                    accept = uniform() < exp((current_f - f) / max(COLDEST, temperature(tau)))
                except OverflowError:
                    accept = False
            if accept:
                current, new, current_f = new, current, f
            tau += 1

    def search(self) -> LocalSearch | None:
        """Return the search for compiled runs, ``None`` if the schedule has no kernel."""
        kernel = self.schedule.kernel()
        return None if kernel is None else LocalSearch(
            _accept, kernel.data or (), {"temperature": kernel.function})

    def initialize(self) -> None:
        """Reset the algorithm, its operators and its schedule."""
        super().initialize()
        self.schedule.initialize()

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and operators, and the schedule in a scope ``ts``."""
        super().log_parameters_to(logger)
        with logger.scope("ts") as scope:
            self.schedule.log_parameters_to(scope)


def temperature(tau: int, data: Any) -> float:
    """Stands for the function of the schedule that is linked in its place."""
    return 0.0


def _accept(rng: Any, step: int, current: Any, f: Any, parts: Any) -> bool:
    if f <= current:
        return True
    return rng.random() < exp(  # type: ignore[no-any-return]
        (current - f) / max(COLDEST, temperature(step, parts[3])))


def _exponential(tau: int, data: Any) -> float:
    # not **, which rounds differently in compiled code
    return data[0] * pow(data[1], float(tau))  # type: ignore[no-any-return]


def _logarithmic(tau: int, data: Any) -> float:
    return data[0] / log(e + data[1] * tau)  # type: ignore[no-any-return]


def _positive(value: float, name: str) -> float:
    if not isinstance(value, float):
        raise type_error(value, name, float)
    if not (isfinite(value) and value > 0):
        raise ValueError(f"{name}={value} is invalid, must be positive and finite.")
    return value


ENTRIES: Final = (
    Entry("sa", "simulated annealing, temperature 16 * 0.9998^t",
          lambda kit: SimulatedAnnealing(kit.op0, kit.op1, ExponentialSchedule(16.0, 0.0002)),
          parameters={"t0": "> 0", "epsilon": "(0, 1)"}, source="10.1126/science.220.4598.671"),
    Entry("sa-ln", "simulated annealing, temperature 16 / ln(e + t)",
          lambda kit: SimulatedAnnealing(kit.op0, kit.op1, LogarithmicSchedule(16.0, 1.0)),
          parameters={"t0": "> 0", "epsilon": "> 0"}, source="10.1287/moor.13.2.311"),
)
