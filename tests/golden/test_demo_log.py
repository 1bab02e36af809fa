"""The published log of a run on the job shop instance ``demo``, row for row."""

from pathlib import Path

from fescue.algorithms import RLS
from fescue.operators import Op0Shuffle, Op1Swap2
from fescue.problems.jssp import jssp_instance, jssp_task
from fescue.utils.sections import parse_sections

SEED = 0x5a9363100a272f12
ROWS = [(1, 267), (5, 235), (10, 230), (20, 227), (25, 205), (40, 200), (84, 180)]
RESULT_X = "2;1;3;1;0;0;2;0;1;2;3;1;0;2;1;3;0;3;2;3"
RESULT_Y = (
    "1;20;30;0;30;40;3;145;165;2;170;180;1;0;20;0;40;60;2;60;80;3;165;180;2;0;30;0;60;80;1;80;130;"
    "3;130;145;1;30;60;3;60;90;0;90;130;2;130;170;3;0;50;2;80;92;1;130;160;0;160;170")
SETUP = """p.lowerBound: 180
p.upperBound: 482
p.maxTimeMillis: 300000
p.goalF: 180
p.randSeed: 6526669205530947346
p.randSeed(hex): 0x5a9363100a272f12
p.randGenType: numpy.random._generator.Generator
p.randBitGenType: numpy.random._pcg64.PCG64
a.name: rls_swap2
a.op0.name: shuffle
a.op1.name: swap2
y.name: gantt_demo
y.shape: (5, 4, 3)
y.dtype: h
y.inst.name: demo
y.inst.machines: 5
y.inst.jobs: 4
y.inst.makespanLowerBound: 180
y.inst.makespanUpperBound: 482
y.inst.dtype: b
f.name: makespan
f.lowerBound: 180
f.upperBound: 482
x.name: perm4w5r
x.nvars: 20
x.dtype: b
x.min: 0
x.max: 3
x.repetitions: 5
g.name: operation_based_encoding""".splitlines()


def test_published_demo_log(tmp_path: Path) -> None:
    task = jssp_task(jssp_instance("demo"))
    algorithm = RLS(Op0Shuffle(task.points()), Op1Swap2())
    log = tmp_path / "log.txt"
    execution = task.execution(algorithm).set_rand_seed(SEED).set_max_time_millis(300_000)
    with execution.set_log_file(log).set_log_improvements().execute():
        pass
    sections = parse_sections(log.read_text().splitlines())
    assert list(sections) == ["PROGRESS", "STATE", "SETUP", "SYS_INFO", "RESULT_X", "RESULT_Y"]
    header, *rows = sections["PROGRESS"]
    assert header == "fes;timeMS;f"
    cells = [list(map(int, row.split(";"))) for row in rows]
    assert [(fe, f) for fe, _, f in cells] == ROWS
    times = [time for _, time, _ in cells]
    assert times == sorted(times)
    assert times[0] >= 1
    state = sections["STATE"]
    assert [line for line in state if "Time" not in line] == [
        "totalFEs: 84", "bestF: 180", "lastImprovementFE: 84"]
    # class names and types of internal tables are fescue's own; everything else is as published
    kept = [line for line in sections["SETUP"] if line in SETUP]
    assert kept == SETUP
    others = {line.split(": ")[0] for line in sections["SETUP"]} - {s.split(": ")[0] for s in SETUP}
    assert all(key.endswith(".class") or key.startswith("g.dtype") or key in (
        "p.name", "p.formatVersion", "p.compiled") for key in others)
    assert sections["RESULT_X"] == [RESULT_X]
    assert sections["RESULT_Y"] == [RESULT_Y]
