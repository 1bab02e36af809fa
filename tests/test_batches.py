"""Short runs travel to executors together, long ones alone; what is lost is done again."""

import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from evaluation_parts import rls
from fescue import LeadingOnes, run_experiment
from fescue._experiment.batches import SECONDS, Batches
from fescue._experiment.driver import Outcome, Task, drive
from fescue._experiment.files import State
from fescue.api._agenda import Agenda
from fescue.api._work import Pair
from fescue.evaluation import read_runs


def tasks(n):
    return [Task(Path(f"{i}.txt"), 0, i) for i in range(n)]


class Recording(Executor):
    """Calls in other threads, and keeps how many runs each call was for."""

    def __init__(self):
        self.sizes = []
        self._threads = ThreadPoolExecutor(2)

    def submit(self, fn, /, *args, **kwargs):
        self.sizes.append(len(args[0]))
        return self._threads.submit(fn, *args, **kwargs)

    def shutdown(self, wait=True, *, cancel_futures=False):
        self._threads.shutdown(wait)


def driven(perform, n, **settings):
    """Return which runs were settled, in which state, and the sizes of all calls."""
    settled = []
    with Recording() as executor:
        drive(executor, perform, iter(tasks(n)),
              lambda task, outcome: settled.append((task.seed, outcome.state)),
              Batches(settings.pop("window", 1024), settings.pop("together", True)), **settings)
    assert sorted(seed for seed, _ in settled) == list(range(n))  # each once
    return {state for _, state in settled}, executor.sizes


def done(seconds):
    return lambda batch: [Outcome(task.log, State.DONE, seconds=seconds) for task in batch]


def test_short_runs_travel_together():
    states, sizes = driven(done(0.001), 2000)
    assert states == {State.DONE}
    assert sizes[:32] == [1] * 32  # until it shows how long they take
    assert max(sizes) == SECONDS / 0.001
    assert len(sizes) < 200


def test_there_is_a_largest_number():
    assert max(driven(done(0.0), 2000)[1]) == 64


def test_long_runs_travel_alone():
    assert set(driven(done(1.0), 200)[1]) == {1}
    assert set(driven(done(0.0), 200, together=False)[1]) == {1}


def test_patience_ends():
    """All are handed over if the first ones take long: a cluster may have a thousand workers."""
    begun = []

    def perform(batch):
        while len(begun) < 100 - 2:  # both threads wait until all others have been handed over
            time.sleep(0.01)
        return done(0.6)(batch)

    class Counting(Recording):
        def submit(self, fn, /, *args, **kwargs):
            begun.append(args[0])
            return super().submit(fn, *args, **kwargs)

    batches = Batches(1024, together=True)
    assert batches.window() == 32
    settled = []
    with Counting() as executor:
        drive(executor, perform, iter(tasks(100)), lambda *pair: settled.append(pair), batches)
    assert len(settled) == 100
    assert batches.window() == 1024


def test_what_is_not_begun_travels_again():
    def perform(batch):
        return done(0.001)(batch[:3])

    states, sizes = driven(perform, 500)
    assert states == {State.DONE}
    assert max(sizes) > 3


class KilledWorker(Exception):
    """Looks like that of a cluster."""


KilledWorker.__module__ = "distributed.scheduler"


def test_what_a_cluster_has_lost_travels_alone():
    """One run kills its worker each time: those that were with it are not to blame."""
    def perform(batch):
        if any(task.seed == 300 for task in batch):
            raise KilledWorker("lost")
        return done(0.001)(batch)

    settled = {}
    with Recording() as executor:
        drive(executor, perform, iter(tasks(400)),
              lambda task, outcome: settled.update({task.seed: outcome.state}),
              Batches(1024, together=True))
    assert len(settled) == 400
    assert [seed for seed, state in settled.items() if state is not State.DONE] == [300]
    assert settled[300] is State.POISON


def test_exceptions_of_the_driver_are_raised():
    def receive(task, outcome):
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        driven(done(0.001), 100, receive=receive)


def test_the_same_logs(tmp_path):
    """Logs travel back in any number."""
    found = []
    for name, options in (("serial", {}), ("afar", {"shared_folder": False})):
        with ThreadPoolExecutor(2) as executor:
            folder = run_experiment(
                tmp_path / name, [lambda: LeadingOnes(12)], [rls], 300, progress=False,
                executor=executor if options else None, **options)
        runs = read_runs(folder, cache=False)
        assert len(runs) == 300
        found.append(dict(zip(runs["seed"].tolist(), zip(
            runs["best_f"].tolist(), runs["last_improvement_fe"].tolist(), strict=True),
            strict=True)))
    assert found[0] == found[1]


def test_an_agenda_of_many_rounds(tmp_path):
    pairs = [Pair(None, None, f"i{i}", f"a{j}") for i in range(3) for j in range(4)]
    agenda = Agenda(tmp_path, pairs, [2, 5, 9], retry_failed=False)
    assert agenda.tally.total == 108
    given = list(agenda.tasks())
    assert len({task.log for task in given}) == len(given) == 108
    begun = [(task.pair, task.seed) for task in given]
    for runs, before in ((2, 24), (5, 60)):  # each round is handed over before the next one
        assert len(set(begun[:before])) == before
        assert all(sum(pair == index for pair, _ in begun[:before]) == runs for index in range(12))
    assert agenda.open_pairs() == []


def test_futures_that_are_done_at_once():
    """An executor may call back in the thread that submits."""
    class Inline(Executor):
        def submit(self, fn, /, *args, **kwargs):
            future = Future()
            future.set_result(fn(*args, **kwargs))
            return future

    settled = []
    drive(Inline(), done(0.001), iter(tasks(300)), lambda *pair: settled.append(pair),
          Batches(1024, together=True))
    assert len(settled) == 300
