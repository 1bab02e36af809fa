"""Who won, where, by how much, and whether that is more than chance."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from fescue.evaluation.tables import Cell, Samples, Table, number
from fescue.evaluation.tests import Ranking, friedman, holm, mann_whitney_all, nemenyi

#: a test over fewer instances tells nothing
_FEW: Final = 5


@dataclass(frozen=True, slots=True)
class Standing:
    """How an algorithm stands among the others.

    Attributes:
        algorithm: its name
        rank: its mean rank by the medians, over the instances on which all algorithms have runs
        wins: on how many instances it has the best median, alone or with others
        losses: on how many it is significantly worse than the best
        n_instances: on how many it has runs
        excess: by which factor its medians are above the best ones, geometric mean; ``nan`` if
            they are not all positive
    """

    algorithm: str
    rank: float
    wins: int
    losses: int
    n_instances: int
    excess: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """The comparison of all algorithms.

    Attributes:
        standings: the algorithms, the best one first
        ranking: Friedman's test over the instances on which all algorithms have runs, ``None`` if
            there is no such instance or a single algorithm
        better_than: for each algorithm those that are significantly worse, by Nemenyi's test
        alpha: the level of significance
    """

    standings: tuple[Standing, ...]
    ranking: Ranking | None
    better_than: dict[str, tuple[str, ...]]
    alpha: float

    def sentences(self) -> list[str]:
        """Return the verdict in words."""
        best = self.standings[0]
        if len(self.standings) == 1:
            return [f"There is one algorithm, {best.algorithm}: nothing to compare."]
        n = best.n_instances
        said = []
        if self.ranking is None:
            said.append(
                f"{best.algorithm} has the best median result on {best.wins} of {_instances(n)}. "
                "There is no instance on which all algorithms have runs, so that they cannot be "
                "ranked.")
            return said
        tied = [s.algorithm for s in self.standings[1:] if s.rank == best.rank]
        also = f" (as {' and '.join(tied)})" if tied else ""
        said.append(
            f"{best.algorithm} has the best mean rank{also}, {best.rank:.2f} of "
            f"{len(self.standings)}, over {_instances(self.ranking.n_instances)}; its median "
            f"result is the best one on {best.wins} of {n}.")
        second = self.standings[1]
        if best.excess > 0 and second.excess > 0 and not tied:
            percent = 100 * (second.excess / best.excess - 1)
            said.append(f"Medians of {second.algorithm}, the second, are {abs(percent):.2g} % "
                        f"{'above' if percent >= 0 else 'below'} its own (geometric mean).")
        p = self.ranking.p_value
        if self.ranking.n_instances < 2:
            said.append("One instance is too few to generalize; the tables tell what differs.")
        elif p >= self.alpha:
            said.append(f"No difference between the algorithms as a whole is shown (Friedman's "
                        f"test, p = {p:.2g}); "
                        + ("with so few instances none could be expected. "
                           if self.ranking.n_instances < _FEW else "")
                        + "The tables tell where they differ on single instances.")
        else:
            worse = self.better_than[best.algorithm]
            others = [s.algorithm for s in self.standings[1:] if s.algorithm not in worse]
            said.append(f"The algorithms differ significantly (Friedman's test, p = {p:.2g}).")
            if worse:
                said.append(f"{best.algorithm} is significantly better than {_some(worse)} "
                            f"(Nemenyi's test, {self.alpha:g}).")
            if others and worse:
                said.append(f"No difference to {_some(others)} is shown.")
            if not any(self.better_than.values()):
                said.append("Which of them differ is not shown by Nemenyi's test: that takes more "
                            "instances.")
        return said

    def table(self) -> Table:
        """Return the standings as a table."""
        rows = []
        least = min(s.rank for s in self.standings)
        for s in self.standings:
            rank = number(s.rank, 3)
            rows.append((
                Cell(s.algorithm), Cell(rank.text, rank.value, s.rank == least),
                number(s.wins), number(s.losses), number(s.n_instances),
                number(100 * (s.excess - 1), 3)))
        return Table(("algorithm", "mean rank", "best median on", "significantly worse on",
                      "instances", "% above best median"), tuple(rows),
                     "Worse: than the best median of the instance (Mann-Whitney U, Holm, "
                     f"{self.alpha:g}). % above: geometric mean over instances.")


def judge(samples: Samples, worse_on: Mapping[str, Mapping[str, float]],
          alpha: float = 0.05) -> Verdict:
    """Compare all algorithms.

    Args:
        samples: for each instance the best objective values of each algorithm's runs
        worse_on: for each instance the algorithms that are significantly worse than the best
        alpha: the level of significance

    Raises:
        ValueError: if there is no run
    """
    names = sorted({name for group in samples.values() for name in group})
    if not names:
        raise ValueError("samples has no run with a result.")
    medians = {instance: {name: float(np.median(values)) for name, values in group.items()}
               for instance, group in samples.items()}
    complete = [instance for instance, group in medians.items() if len(group) == len(names)]
    ranking, better, ranks = None, {}, dict.fromkeys(names, float("nan"))
    if complete and len(names) > 1:
        table = {name: [medians[i][name] for i in complete] for name in names}
        ranking = friedman(table, alpha)
        ranks = dict(zip(names, ranking.ranks.tolist(), strict=True))
        p_values = nemenyi(table)
        better = {a: tuple(b for j, b in enumerate(names)
                           if p_values[i, j] < alpha and ranks[a] < ranks[b])
                  for i, a in enumerate(names)}
    standings = []
    for name in names:
        here = [group for group in medians.values() if name in group]
        best = [min(group.values()) for group in here]
        factors = np.array([group[name] / least if least > 0 else
                            1.0 if group[name] == least else np.nan
                            for group, least in zip(here, best, strict=True)])
        standings.append(Standing(
            name, ranks[name],
            sum(group[name] == least for group, least in zip(here, best, strict=True)),
            sum(name in worse for worse in worse_on.values()), len(here),
            float(np.exp(np.mean(np.log(factors))))))
    standings.sort(key=lambda s: (np.nan_to_num(s.rank, nan=np.inf), -s.wins, s.algorithm))
    return Verdict(tuple(standings), ranking, better, alpha)


def pairs_table(samples: Samples, names: list[str], alpha: float = 0.05) -> Table:
    """Return how algorithms compare two by two: on how many instances one is better, and how much.

    Args:
        samples: for each instance the best objective values of each algorithm's runs
        names: the algorithms
        alpha: the level of significance, after Holm's correction for the number of instances
    """
    rows = []
    for i, a in enumerate(names):
        for b in names[i + 1:]:
            both = [(group[a], group[b]) for group in samples.values() if a in group and b in group]
            if not both:
                continue
            p = holm(mann_whitney_all(both))
            effects = np.array([_superiority(x, y) for x, y in both])
            wins, losses = int(((p < alpha) & (effects > 0.5)).sum()), int(
                ((p < alpha) & (effects < 0.5)).sum())
            rows.append((Cell(a), Cell(b), number(wins), number(losses),
                         number(len(both) - wins - losses), number(float(effects.mean()), 3)))
    return Table(("A", "B", "A better on", "B better on", "no difference shown",
                  "P(A better than B)"), tuple(rows),
                 f"Instances; Mann-Whitney U, Holm's correction for their number, {alpha:g}. The "
                 "last column is Vargha and Delaney's A12, mean over instances.")


def _superiority(x: np.ndarray, y: np.ndarray) -> float:
    """Return how likely a value of ``x`` is below one of ``y``, ties half."""
    ordered = np.sort(y)
    above = len(y) - np.searchsorted(ordered, x, side="right")
    equal = np.searchsorted(ordered, x, side="right") - np.searchsorted(ordered, x, side="left")
    return float((above + 0.5 * equal).mean() / len(y))


def _instances(n: int) -> str:
    return "1 instance" if n == 1 else f"{n} instances"


def _some(names: list[str] | tuple[str, ...]) -> str:
    if len(names) <= 5:
        return ", ".join(names)
    return f"{', '.join(names[:4])} and {len(names) - 4} more"

