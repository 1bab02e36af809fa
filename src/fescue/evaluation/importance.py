"""Which parameters of a study matter."""

from typing import Final

import numpy as np

from fescue.evaluation.study import StudyLog

#: fewer complete trials tell nothing
_LEAST: Final = 10
#: the effect of a number is linear between so many values, evenly spread
_KNOTS: Final = 7
#: scores above this quantile count like it
_WORST: Final = 0.9
#: how strongly effects are drawn to zero: one of these, by cross-validation
_PENALTIES: Final = np.logspace(-2, 3, 11)


def parameter_importance(study: StudyLog) -> dict[str, float]:
    """Return how much each parameter matters, the most important one first; the sum is 1.

    The scores are explained by a sum of one effect per parameter, piecewise linear or by choice;
    the worst tenth of them counts like the best score of that tenth. A parameter's importance is
    the variance of its effect over its whole range, not over the settings that the strategy liked
    to try. What only combinations do is not seen.

    Raises:
        ValueError: if fewer than ten trials are complete

    Source: G. Hooker: Generalized Functional ANOVA Diagnostics for High-Dimensional Functions of
    Dependent Variables. Journal of Computational and Graphical Statistics 16, 2007; the penalty
    by G. Golub, M. Heath, G. Wahba: Generalized Cross-Validation. Technometrics 21, 1979.
    """
    trials = study.complete()
    if len(trials) < _LEAST:
        raise ValueError(f"{study.path} has {len(trials)} complete trials: {_LEAST} are needed to "
                         "tell which parameters matter.")
    blocks, shares = [], []
    for parameter in study.parameters:
        at = np.array([parameter.position(trial.setting.get(parameter.name)) for trial in trials])
        shares.append(float(np.mean(~np.isnan(at))))
        n = len(parameter.choices)
        blocks.append(_hats(at, n or _KNOTS))
    scores = np.array([trial.score for trial in trials])
    scores = np.minimum(scores, np.quantile(scores, _WORST))  # one disaster is not everything
    spread = float(scores.std()) or 1.0
    effects = _ridge(np.hstack(blocks), (scores - scores.mean()) / spread)
    found, start = {}, 0
    for parameter, block, share in zip(study.parameters, blocks, shares, strict=True):
        effect = effects[start:start + block.shape[1]]
        start += block.shape[1]
        if not parameter.choices:  # along the whole range
            effect = _hats(np.linspace(0, 1, 100), _KNOTS) @ effect
        found[parameter.name] = float(np.var(effect)) * share
    total = sum(found.values()) or 1.0
    return {name: value / total
            for name, value in sorted(found.items(), key=lambda item: -item[1])}


def _hats(at: np.ndarray, n: int) -> np.ndarray:
    """Return the weights of ``n`` evenly spread values at each place, zeros for ``nan``."""
    distance = np.abs(at[:, None] * (n - 1) - np.arange(n))
    return np.asarray(np.nan_to_num(np.maximum(1 - distance, 0), nan=0.0))


def _ridge(a: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the coefficients of a regression with the best penalty."""
    u, s, vt = np.linalg.svd(a - a.mean(axis=0), full_matrices=False)
    projected = u.T @ y
    rest = float(y @ y - projected @ projected)
    best, result = np.inf, np.zeros(a.shape[1])
    for penalty in _PENALTIES:
        shrink = s ** 2 / (s ** 2 + penalty)
        loss = rest + float(((1 - shrink) * projected) @ ((1 - shrink) * projected))
        score = loss / max(len(y) - 1 - shrink.sum(), 0.5) ** 2
        if score < best:
            best, result = score, vt.T @ (s / (s ** 2 + penalty) * projected)
    return result
