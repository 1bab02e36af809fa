"""An evaluation in one call, or in the three parts that it is made of: the same in all respects."""

from math import inf, nan
from typing import Any

import numpy as np
import pytest
from engine_parts import QUICK, Numbers, outcome
from hypothesis import example, given
from hypothesis import strategies as st

from fescue._engine.clock import Clock
from fescue._engine.ledger import Ledger
from fescue._engine.memory import Archive, Best
from fescue._engine.pipeline import Pipeline
from fescue._engine.recorder import Recorder
from fescue._engine.watch import Watch
from fescue.api.mo_archive import MOArchivePruner, MORecord
from fescue.api.mo_utils import dominates


class Account:
    """A ledger with all its parts; a point ``[i]`` has the i-th value of a trace."""

    def __init__(self, trace: list[Any], mode: str, goal: float, max_fes: int | None,
                 encoded: bool) -> None:
        self.now = 0
        self.rows = ""
        self.stops = 0
        space = Numbers()
        clock = Clock(lambda: self.now)
        self.pipeline = Pipeline(
            lambda y: self._value(trace[y[0] // 2 if encoded else y[0]]),
            self._decode if encoded else None, space)
        self.best = Best(space, self.pipeline.keep_y if encoded else None)
        recorder = None if mode == "none" else Recorder(clock, self._write, mode == "every")
        watch = Watch(self.best, clock.now, recorder, goal, lambda: self.ledger.terminate())
        self.ledger = Ledger(self.pipeline.rate, watch, max_fes, alert=watch.first_alert(),
                             on_stop=self._stop)
        self._recorder = recorder

    @staticmethod
    def _value(value: Any) -> Any:
        if isinstance(value, Exception):
            raise value
        return value

    @staticmethod
    def _decode(x: list[int], y: list[int]) -> None:
        y[:] = [2 * x[0]]

    def _write(self, text: str) -> None:
        self.rows += text

    def _stop(self) -> None:
        self.stops += 1

    def at_once(self, x: list[int]) -> Any:
        """Evaluate a point in one call."""
        return self.ledger.evaluate(x)

    def in_parts(self, x: list[int]) -> Any:
        """Evaluate a point in the three parts."""
        ticket = self.ledger.admit()
        if ticket is None:
            return self.ledger.evaluate(x)  # which refuses
        try:
            f = self.ledger.rate(x)
        except BaseException:
            self.ledger.fail(ticket)
            raise
        return self.ledger.settle(ticket, x, f)

    def result(self) -> Any:
        """Return everything that can be seen of the account."""
        if self._recorder is not None:
            self._recorder.flush()
        ledger, best = self.ledger, self.best
        return (ledger.n, ledger.is_over(), self.stops, best.f, best.fe, best.moment, best.x,
                self.pipeline.best_y(self.best.x), self.rows, repr(ledger.alert))


VALUES = st.one_of(
    st.integers(-20, 20), st.integers(-10 ** 20, 10 ** 20), st.floats(-20, 20),
    st.sampled_from([inf, np.uint64(3), np.int8(-4), np.float32(0.5), True, -0.0]))
ODD = st.sampled_from([nan, -inf, None, "text", KeyError("broken"), np.array([1]), 1j])
TRACES = st.lists(st.one_of(VALUES, VALUES, VALUES, VALUES, ODD), max_size=25)
MODES = ("none", "improvements", "every")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("encoded", [False, True])
@QUICK
@given(trace=TRACES, goal=st.one_of(st.just(-inf), st.integers(-20, 20)),
       max_fes=st.one_of(st.none(), st.integers(1, 25)), asks=st.booleans(),
       stop=st.integers(0, 40))
@example(trace=[1, nan, 0], goal=-inf, max_fes=2, asks=False, stop=40)
@example(trace=[inf, inf, 3], goal=3, max_fes=None, asks=True, stop=40)
def test_one_call_equals_its_parts(trace: list[Any], goal: float, max_fes: int | None, asks: bool,
                                   stop: int, mode: str, encoded: bool) -> None:
    one = Account(trace, mode, goal, max_fes, encoded)
    parts = Account(trace, mode, goal, max_fes, encoded)
    for i in range(len(trace)):
        for account in (one, parts):
            account.now += 1_000_000
            if i == stop:
                account.ledger.terminate()
        if asks:
            assert one.ledger.should_terminate() == parts.ledger.should_terminate()
        assert outcome(one.at_once, [i]) == outcome(parts.in_parts, [i])
        assert one.ledger.n <= (max_fes or inf)
    assert one.result() == parts.result()
    # and whether the algorithm knows of the end is the same, too
    assert outcome(one.at_once, [0])[0] == outcome(parts.in_parts, [0])[0] or not trace


@QUICK
@given(trace=st.lists(st.tuples(*[st.integers(0, 6)] * 2), min_size=1, max_size=25))
def test_one_call_equals_its_parts_with_an_archive(trace: list[tuple[int, int]]) -> None:
    results = []
    for in_parts in (False, True):
        space, rows, clock = Numbers(), [], Clock(lambda: 0)

        def rate(x: list[int], fs: np.ndarray) -> int:
            fs[:] = trace[x[0]]
            return int(fs.sum())

        pipeline = Pipeline(rate, fs=np.zeros(2, int))
        archive = Archive(Best(space), space, lambda p=pipeline: p.fs, dominates, MORecord,
                          MOArchivePruner().prune, 3, 5)
        recorder = Recorder(clock, rows.append, False, lambda p=pipeline: p.fs, dominates)
        watch = Watch(archive, clock.now, recorder)
        ledger = Ledger(pipeline.rate, watch, alert=watch.first_alert())
        for i in range(len(trace)):
            if in_parts:
                ticket = ledger.admit()
                assert ticket is not None
                ledger.settle(ticket, [i], ledger.rate([i]))
            else:
                ledger.evaluate([i])
        recorder.flush()
        results.append((ledger.n, archive.best.f, archive.best.fe, archive.best_fs.tolist(),
                        [str(record) for record in archive.members], "".join(rows)))
        vectors = [record.fs for record in archive.members]
        assert all(dominates(a, b) == 0 for a in vectors for b in vectors if a is not b)
        assert len(vectors) <= 5
    assert results[0] == results[1]
