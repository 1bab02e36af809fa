"""The documented examples print what is documented, character by character."""

from doctest import DocTestParser, DocTestRunner
from importlib import import_module

import pytest

from documented_examples import EXAMPLES


@pytest.mark.parametrize(
    ("module", "name", "text"), EXAMPLES, ids=[f"{m}.{n}" for m, n, _ in EXAMPLES])
def test_example(module: str, name: str, text: str) -> None:
    names = dict(vars(import_module(module)))
    test = DocTestParser().get_doctest(text, names, name, None, 0)
    report: list[str] = []
    result = DocTestRunner(optionflags=0).run(test, out=report.append)
    assert result.attempted == text.count(">>>")
    assert result.failed == 0, "".join(report)


def test_number_of_examples() -> None:
    assert len(EXAMPLES) == 16
    assert sum(text.count(">>>") for _, _, text in EXAMPLES) == 75
