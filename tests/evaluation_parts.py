"""A small experiment, whose logs the tests of the evaluation read."""

from pathlib import Path

from fescue import (
    EA,
    RLS,
    BitStrings,
    Execution,
    LeadingOnes,
    Op0Random,
    Op1Flip1,
    Op1MoverNflip,
    Op2Uniform,
    run_experiment,
)


def rls(problem):
    return (Execution().set_solution_space(BitStrings(problem.n)).set_objective(problem)
            .set_algorithm(RLS(Op0Random(), Op1Flip1())).set_max_fes(300).set_log_improvements())


def ea(problem):
    return rls(problem).set_algorithm(
        EA(Op0Random(), Op1MoverNflip(problem.n), Op2Uniform(), mu=4, lambda_=4))


def unlogged(problem):
    return rls(problem).set_algorithm(
        RLS(Op0Random(), Op1MoverNflip(problem.n))).set_log_improvements(False)


def small_experiment(folder: Path, runs: int = 4) -> Path:
    """Make an experiment with three algorithms on two instances."""
    return Path(run_experiment(folder, [lambda: LeadingOnes(12), lambda: LeadingOnes(24)],
                               [rls, ea, unlogged], n_runs=runs, perform_warmup=False,
                               perform_pre_warmup=False))


#: the published log of the reference's job shop run (system information shortened)
PUBLISHED = """BEGIN_PROGRESS
fes;timeMS;f
1;3;267
5;3;235
10;3;230
20;3;227
25;3;205
40;4;200
84;5;180
END_PROGRESS
BEGIN_STATE
totalFEs: 84
totalTimeMillis: 5
bestF: 180
lastImprovementFE: 84
lastImprovementTimeMillis: 5
END_STATE
BEGIN_SETUP
p.name: LoggingProcessWithSearchSpace
p.class: moptipy.api._process_ss_log._ProcessSSLog
p.lowerBound: 180
p.upperBound: 482
p.maxTimeMillis: 300000
p.goalF: 180
p.randSeed: 6526669205530947346
p.randSeed(hex): 0x5a9363100a272f12
p.randGenType: numpy.random._generator.Generator
p.randBitGenType: numpy.random._pcg64.PCG64
a.name: rls_swap2
a.class: moptipy.algorithms.so.rls.RLS
a.op0.name: shuffle
a.op0.class: moptipy.operators.permutations.op0_shuffle.Op0Shuffle
a.op1.name: swap2
a.op1.class: moptipy.operators.permutations.op1_swap2.Op1Swap2
y.name: gantt_demo
y.class: moptipy.examples.jssp.gantt_space.GanttSpace
y.shape: (5, 4, 3)
y.dtype: h
y.inst.name: demo
y.inst.class: moptipy.examples.jssp.instance.Instance
y.inst.machines: 5
y.inst.jobs: 4
y.inst.makespanLowerBound: 180
y.inst.makespanUpperBound: 482
y.inst.dtype: b
f.name: makespan
f.class: moptipy.examples.jssp.makespan.Makespan
f.lowerBound: 180
f.upperBound: 482
x.name: perm4w5r
x.class: moptipy.spaces.permutations.Permutations
x.nvars: 20
x.dtype: b
x.min: 0
x.max: 3
x.repetitions: 5
g.name: operation_based_encoding
g.class: moptipy.examples.jssp.ob_encoding.OperationBasedEncoding
g.dtypeMachineIdx: b
g.dtypeJobIdx: b
g.dtypeJobTime: h
END_SETUP
BEGIN_SYS_INFO
version.moptipy: 0.9.122
version.numpy: 1.0.0
os.version: #1 SMP
END_SYS_INFO
BEGIN_RESULT_X
2;1;3;1;0;0;2;0;1;2;3;1;0;2;1;3;0;3;2;3
END_RESULT_X
BEGIN_RESULT_Y
1;20;30;0;30;40;3;145;165;2;170;180;1;0;20;0;40;60;2;60;80;3;165;180;2;0;30;0;60;80;1;80;130;\
3;130;145;1;30;60;3;60;90;0;90;130;2;130;170;3;0;50;2;80;92;1;130;160;0;160;170
END_RESULT_Y
"""
PUBLISHED_NAME = "rls_swap2/demo/rls_swap2_demo_0x5a9363100a272f12.txt"
