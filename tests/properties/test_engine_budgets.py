"""Budgets that nobody can overdraw, whatever is done in whatever order and by whatever thread."""

import threading
from contextlib import suppress
from math import inf
from typing import Any

import numpy as np
import pytest
from engine_parts import QUICK, STEPS, Numbers, outcome
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from fescue._engine.ledger import Ledger
from fescue.api.algorithm import Algorithm
from fescue.api.execution import Execution
from fescue.api.objective import Objective
from fescue.api.subprocesses import for_fes


class Budget(RuleBasedStateMachine):
    """A ledger that is used in every way at once; its model is three numbers."""

    tickets = Bundle("tickets")
    used = Bundle("used")

    @initialize(max_fes=st.sampled_from([2, 1, 3, 5, 8, None]))
    def open(self, max_fes: int | None) -> None:
        self.max_fes = inf if max_fes is None else max_fes
        self.rated = 0
        self.ledger = Ledger(self._rate, max_fes=max_fes, alert=-inf)
        self.counted = self.reserved = 0
        self.ended = self.told = False

    def _rate(self, x: Any) -> Any:
        self.rated += 1
        if isinstance(x, Exception):
            raise x
        return x

    def _is_over(self) -> bool:
        return self.ended or self.counted + self.reserved >= self.max_fes

    @rule(target=tickets)
    def admit(self) -> Any:
        ticket = self.ledger.admit()
        assert (ticket is None) == self._is_over()
        if ticket is None:
            return multiple()
        self.reserved += 1
        return ticket

    @rule(target=used, ticket=consumes(tickets), how=st.sampled_from(
        ["settle", "settle odd", "fail", "release"]))
    def redeem(self, ticket: Any, how: str) -> Any:
        self.reserved -= 1
        self.counted += how != "release"
        if how == "settle":
            assert self.ledger.settle(ticket, 1, np.int8(5)) == 5
        elif how == "settle odd":
            with pytest.raises(TypeError):
                self.ledger.settle(ticket, 1, None)
        else:
            getattr(self.ledger, how)(ticket)
        return ticket

    @rule(ticket=used, how=st.sampled_from(["settle", "fail", "release"]))
    def redeem_again(self, ticket: Any, how: str) -> None:
        with pytest.raises(ValueError):
            getattr(self.ledger, how)(ticket, *([1, 1] if how == "settle" else []))

    @rule(value=st.sampled_from([3, 2.5, inf, ZeroDivisionError(), None]),
          registered=st.booleans())
    def use(self, value: Any, registered: bool) -> None:
        before = self.rated
        is_over = self._is_over()
        expected: Any = ()
        if is_over:
            expected = ValueError if self.told else ()
        elif isinstance(value, Exception) or value is None:
            expected = (ZeroDivisionError, TypeError)
        if registered and isinstance(value, Exception):
            value, expected = 3, expected if is_over else ()
        method = (self.ledger.register, value) if registered else (self.ledger.evaluate,)
        kind, result = outcome(*method, value)
        if expected:
            assert issubclass(kind, expected)
        else:
            assert result == (None if registered else inf if is_over else value)
        # what no number was told is no FE; an evaluation that gave no number is one
        self.counted += not is_over and not (registered and value is None)
        assert self.rated - before == (not is_over and not registered)

    @rule()
    def ask(self) -> None:
        answer = self.ledger.should_terminate()
        assert answer == self._is_over()
        self.told = self.told or answer

    @precondition(lambda self: self.counted > 2)
    @rule(n=st.integers(1, 4))
    def terminate(self, n: int) -> None:
        threads = [threading.Thread(target=self.ledger.terminate) for _ in range(n)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.ended = True

    @invariant()
    def holds(self) -> None:
        if hasattr(self, "ledger"):
            assert self.ledger.n == self.counted
            assert self.counted + self.reserved <= self.max_fes
            assert self.ledger.is_over() == self._is_over()


Budget.TestCase.settings = STEPS
TestBudget = Budget.TestCase


class _One(Objective):
    def __init__(self) -> None:
        self.calls = 0

    def evaluate(self, x: list[int]) -> int:
        self.calls += 1
        if x[0] < 0:
            raise ZeroDivisionError
        return x[0]


class _HandOut(Algorithm):
    def solve(self, process: Any) -> None:
        process.evaluate([9])


class Node:
    """A process with the model of its account."""

    def __init__(self, process: Any, limit: float, parent: "Node | None") -> None:
        self.process, self.limit, self.parent = process, limit, parent
        self.counted, self.ended, self.told = 0, False, False

    def path(self) -> list["Node"]:
        """Return this node and all its owners."""
        return [self, *(self.parent.path() if self.parent else ())]

    def has_room(self) -> bool:
        """Return whether an evaluation is possible."""
        return all(not node.ended and node.counted < node.limit for node in self.path())


class Slices(RuleBasedStateMachine):
    """Budgets inside of budgets, of a real process; any of them may end at any time."""

    nodes = Bundle("nodes")

    @initialize(target=nodes, max_fes=st.sampled_from([4, 2, 3, 6, 12, None]))
    def run(self, max_fes: int | None) -> Node:
        self.objective = _One()
        execution = (Execution().set_algorithm(_HandOut()).set_solution_space(Numbers())
                     .set_objective(self.objective).set_rand_seed(1))
        if max_fes is not None:
            execution.set_max_fes(max_fes)
        self.all = [Node(execution.execute(), max_fes or inf, None)]
        self.all[0].counted = 1
        self.offset = self.objective.calls - 1  # the check of the result is no FE
        return self.all[0]

    @rule(target=nodes, node=nodes, n=st.integers(1, 8))
    def slice(self, node: Node, n: int) -> Node:
        self.all.append(Node(for_fes(node.process, n), n, node))
        return self.all[-1]

    @rule(node=nodes, x=st.integers(-2, 9), registered=st.booleans())
    def use(self, node: Node, x: int, registered: bool) -> None:
        has_room = node.has_room()
        if registered:
            self.offset -= has_room
        with suppress(ZeroDivisionError):
            try:
                f = (node.process.register([x], x) if registered
                     else node.process.evaluate([x]))
            except ValueError:
                assert not has_room
                assert any(n.told for n in node.path())
            else:
                assert registered or f == (x if has_room else inf)
        if has_room:
            for n in node.path():
                n.counted += 1

    @rule(node=nodes)
    def ask(self, node: Node) -> None:
        answer = node.process.should_terminate()
        assert answer == (not node.has_room())
        if answer:
            for n in node.path():
                n.told = True

    @rule(node=nodes, leave=st.booleans())
    def end(self, node: Node, leave: bool) -> None:
        if node.parent is None:
            return
        if leave:
            with node.process:
                pass
        else:
            thread = threading.Thread(target=node.process.terminate)
            thread.start()
            thread.join()
        node.ended = True

    @precondition(lambda self: self.all[0].counted > 8)
    @rule()
    def end_all(self) -> None:
        self.all[0].process.terminate()
        self.all[0].ended = True

    @invariant()
    def nobody_overdraws(self) -> None:
        for node in getattr(self, "all", ()):
            consumed = node.process.get_consumed_fes()
            assert node.counted <= consumed <= node.limit
        if hasattr(self, "all"):
            root = self.all[0]
            assert root.process.get_consumed_fes() == root.counted
            assert self.objective.calls - self.offset == root.counted


Slices.TestCase.settings = STEPS
TestSlices = Slices.TestCase


@QUICK
@given(max_fes=st.integers(1, 30), workers=st.integers(1, 4), cancel=st.integers(1, 5))
def test_threads_share_a_budget(max_fes: int, workers: int, cancel: int) -> None:
    ledger = Ledger(lambda x: x, max_fes=max_fes, alert=-inf)
    counts = [0] * workers

    def work(index: int) -> None:
        step = 0
        while (ticket := ledger.admit()) is not None:
            step += 1
            if step % (cancel + 1) == 0:
                ledger.release(ticket)
                continue
            counts[index] += 1
            if step % 3 == 0:
                ledger.fail(ticket)
            else:
                ledger.settle(ticket, 1, 2)
            if step > 200:
                ledger.terminate()

    threads = [threading.Thread(target=work, args=(i,)) for i in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ledger.n == sum(counts) <= max_fes
    assert ledger.admit() is None or ledger.n < max_fes
