"""Statistical checks that a seeded test can rely on."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping

from fescue.utils.errors import ValidationError


def check_uniform(observed: Iterable[Hashable], values: Iterable[Hashable], what: str, *,
                  p: float = 1e-6) -> None:
    """Check with a chi-square test that all values are observed with the same probability.

    Args:
        observed: the observations
        values: the possible ones, each once
        what: what an error is about
        p: the probability of an error if all is well

    Raises:
        ValidationError: if something impossible was observed, or if the frequencies are too
            unlikely

    >>> check_uniform([0, 1] * 50, [0, 1], "a fair coin")
    """
    possible = list(values)
    check_distribution(observed, dict.fromkeys(possible, 1 / len(possible)), what, p=p)


def check_distribution(observed: Iterable[Hashable], expected: Mapping[Hashable, float],
                       what: str, *, p: float = 1e-6) -> None:
    """Check with a chi-square test that observations follow a distribution.

    Args:
        observed: the observations
        expected: the probability of each possible one; they sum up to 1
        what: what an error is about
        p: the probability of an error if all is well

    Raises:
        ValidationError: if something impossible was observed, or if the frequencies are too
            unlikely

    >>> check_distribution([0, 1] * 50, {0: 0.5, 1: 0.5}, "a fair coin")
    """
    from scipy.stats import chisquare  # only needed here

    counts = Counter(observed)
    impossible = [value for value in counts if expected.get(value, 0) <= 0]
    if impossible:
        raise ValidationError(f"{what}: {impossible[0]!r} was observed, which cannot happen")
    n = counts.total()
    # classes that are too rare for the test are counted as one
    rare = [value for value, q in expected.items() if 0 < n * q < 5]
    common = [value for value, q in expected.items() if n * q >= 5]
    frequencies = [counts[value] for value in common]
    theory = [n * expected[value] for value in common]
    if rare:
        frequencies.append(sum(counts[value] for value in rare))
        theory.append(n * sum(expected[value] for value in rare))
    if len(theory) < 2:
        return
    scale = n / sum(theory)  # 1 but for rounding, which the test does not forgive
    found = float(chisquare(frequencies, [t * scale for t in theory]).pvalue)
    if found < p:
        raise ValidationError(
            f"{what}: {n} observations have a probability of {found:.2g}; "
            f"{dict(zip(common, frequencies, strict=False))} were expected as "
            f"{[round(t, 1) for t in theory]}")
