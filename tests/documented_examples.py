"""The examples of the documented interface: what is typed, and what is printed."""

# ruff: noqa: E501 - printed lines are as long as they are

from typing import Final

#: module, name, and the session as ``doctest`` reads it
EXAMPLES: Final[tuple[tuple[str, str, str], ...]] = (
    ("fescue.api.algorithm", "check_algorithm", r"""
>>> check_algorithm(Algorithm())
Algorithm
>>> try:
...     check_algorithm('A')
... except TypeError as te:
...     print(te)
algorithm should be an instance of fescue.api.algorithm.Algorithm but is str, namely 'A'.
>>> try:
...     check_algorithm(None)
... except TypeError as te:
...     print(te)
algorithm should be an instance of fescue.api.algorithm.Algorithm but is None.
"""),
    ("fescue.api.component", "Component.log_parameters_to", r"""
>>> from fescue.utils.logger import InMemoryLogger
>>> with InMemoryLogger() as l:
...     with l.key_values("C") as kv:
...         Component().log_parameters_to(kv)
...     text = l.get_log()
>>> text[-2]
'class: fescue.api.component.Component'
>>> text[-3]
'name: Component'
>>> len(text)
4
"""),
    ("fescue.api.encoding", "check_encoding", r"""
>>> check_encoding(Encoding())
Encoding
>>> check_encoding(Encoding(), True)
Encoding
>>> check_encoding(Encoding(), False)
Encoding
>>> try:
...     check_encoding('A')
... except TypeError as te:
...     print(te)
encoding should be an instance of fescue.api.encoding.Encoding but is str, namely 'A'.
>>> try:
...     check_encoding('A', True)
... except TypeError as te:
...     print(te)
encoding should be an instance of fescue.api.encoding.Encoding but is str, namely 'A'.
>>> try:
...     check_encoding('A', False)
... except TypeError as te:
...     print(te)
encoding should be an instance of fescue.api.encoding.Encoding but is str, namely 'A'.
>>> print(check_encoding(None))
None
>>> print(check_encoding(None, True))
None
>>> try:
...     check_encoding(None, False)
... except TypeError as te:
...     print(te)
encoding should be an instance of fescue.api.encoding.Encoding but is None.
"""),
    ("fescue.api.experiment", "Parallelism", r"""
>>> Parallelism.SINGLE_THREAD.value
1
"""),
    ("fescue.api.mo_archive", "MORecord", r"""
>>> import numpy as npx
>>> mr1 = MORecord("xxx", npx.array([1, 2, 3], int))
>>> print(mr1.x)
xxx
>>> print(mr1.fs)
[1 2 3]
>>> print(mr1)
fs=1;2;3, x=xxx
>>> mr2 = MORecord("yyy", npx.array([1, 2, 1], int))
>>> print(mr2.x)
yyy
>>> print(mr2.fs)
[1 2 1]
>>> mr1 < mr2
False
>>> mr2 < mr1
True
"""),
    ("fescue.api.mo_archive", "check_mo_archive_pruner", r"""
>>> check_mo_archive_pruner(MOArchivePruner())
fifo
>>> try:
...     check_mo_archive_pruner('A')
... except TypeError as te:
...     print(te)
pruner should be an instance of fescue.api.mo_archive.MOArchivePruner but is str, namely 'A'.
>>> try:
...     check_mo_archive_pruner(None)
... except TypeError as te:
...     print(te)
pruner should be an instance of fescue.api.mo_archive.MOArchivePruner but is None.
"""),
    ("fescue.api.mo_problem", "check_mo_problem", r"""
>>> check_mo_problem(MOProblem())
moProblem
>>> try:
...     check_mo_problem(1)
... except TypeError as te:
...     print(te)
multi-objective optimziation problem should be an instance of fescue.api.mo_problem.MOProblem but is int, namely '1'.
>>> try:
...     check_mo_problem(None)
... except TypeError as te:
...     print(te)
multi-objective optimziation problem should be an instance of fescue.api.mo_problem.MOProblem but is None.
"""),
    ("fescue.api.mo_utils", "dominates", r"""
>>> from numpy import array
>>> dominates(array([1, 1, 1]), array([2, 2, 2]))
-1
>>> dominates(array([1.0, 1.0, 2.0]), array([2.0, 2.0, 1.0]))
0
>>> dominates(array([2, 2, 2]), array([1, 1, 1]))
1
>>> dominates(array([2, 2, 2]), array([2, 2, 2]))
2
"""),
    ("fescue.api.mo_utils", "lexicographic", r"""
>>> from numpy import array
>>> lexicographic(array([1, 1, 1]), array([2, 2, 2]))
-1
>>> lexicographic(array([1, 1, 1]), array([1, 1, 2]))
-1
>>> lexicographic(array([2, 2, 2]), array([1, 1, 1]))
1
>>> lexicographic(array([2, 2, 2]), array([2, 2, 1]))
1
>>> lexicographic(array([2, 2, 2]), array([2, 2, 2]))
0
"""),
    ("fescue.api.objective", "check_objective", r"""
>>> check_objective(Objective())
Objective
>>> try:
...     check_objective('A')
... except TypeError as te:
...     print(te)
objective function should be an instance of fescue.api.objective.Objective but is str, namely 'A'.
>>> try:
...     check_objective(None)
... except TypeError as te:
...     print(te)
objective function should be an instance of fescue.api.objective.Objective but is None.
"""),
    ("fescue.api.operators", "check_op0", r"""
>>> check_op0(Op0())
Op0
>>> try:
...     check_op0('A')
... except TypeError as te:
...     print(te)
op0 should be an instance of fescue.api.operators.Op0 but is str, namely 'A'.
>>> try:
...     check_op0(None)
... except TypeError as te:
...     print(te)
op0 should be an instance of fescue.api.operators.Op0 but is None.
"""),
    ("fescue.api.operators", "check_op1", r"""
>>> check_op1(Op1())
Op1
>>> try:
...     check_op1('A')
... except TypeError as te:
...     print(te)
op1 should be an instance of fescue.api.operators.Op1 but is str, namely 'A'.
>>> try:
...     check_op1(None)
... except TypeError as te:
...     print(te)
op1 should be an instance of fescue.api.operators.Op1 but is None.
"""),
    ("fescue.api.operators", "check_op1_with_step_size", r"""
>>> check_op1_with_step_size(Op1WithStepSize())
Op1WithStepSize
>>> try:
...     check_op1_with_step_size('A')
... except TypeError as te:
...     print(te)
op1 should be an instance of fescue.api.operators.Op1WithStepSize but is str, namely 'A'.
>>> try:
...     check_op1_with_step_size(Op1())
... except TypeError as te:
...     print(te)
op1 should be an instance of fescue.api.operators.Op1WithStepSize but is fescue.api.operators.Op1, namely 'Op1'.
>>> try:
...     check_op1_with_step_size(None)
... except TypeError as te:
...     print(te)
op1 should be an instance of fescue.api.operators.Op1WithStepSize but is None.
"""),
    ("fescue.api.operators", "check_op2", r"""
>>> check_op2(Op2())
Op2
>>> try:
...     check_op2('A')
... except TypeError as te:
...     print(te)
op2 should be an instance of fescue.api.operators.Op2 but is str, namely 'A'.
>>> try:
...     check_op2(None)
... except TypeError as te:
...     print(te)
op2 should be an instance of fescue.api.operators.Op2 but is None.
"""),
    ("fescue.api.space", "check_space", r"""
>>> check_space(Space())
Space
>>> check_space(Space(), True)
Space
>>> check_space(Space(), False)
Space
>>> try:
...     check_space('A')
... except TypeError as te:
...     print(te)
space should be an instance of fescue.api.space.Space but is str, namely 'A'.
>>> try:
...     check_space('A', True)
... except TypeError as te:
...     print(te)
space should be an instance of fescue.api.space.Space but is str, namely 'A'.
>>> try:
...     check_space('A', False)
... except TypeError as te:
...     print(te)
space should be an instance of fescue.api.space.Space but is str, namely 'A'.
>>> try:
...     check_space(None)
... except TypeError as te:
...     print(te)
space should be an instance of fescue.api.space.Space but is None.
>>> print(check_space(None, True))
None
>>> try:
...     check_space(None, False)
... except TypeError as te:
...     print(te)
space should be an instance of fescue.api.space.Space but is None.
"""),
    ("fescue.api.subprocesses", "get_remaining_fes", r"""
>>> from fescue.api.process import Process as Proc
>>> class X(Proc):
...     def get_max_fes(self):
...         return None
...     def get_consumed_fes(self):
...         return 123
>>> get_remaining_fes(X())
9223372036854775807
>>> class Y(X):
...     def get_max_fes(self):
...         return 456
>>> get_remaining_fes(Y())
333
"""),
)
