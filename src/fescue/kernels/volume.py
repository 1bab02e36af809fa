"""The volume that a set of vectors dominates."""

from typing import Any

import numpy as np


def dominated_volume(points: np.ndarray, reference: np.ndarray) -> float:
    """Return the volume that is dominated by ``points`` and dominates ``reference``.

    Args:
        points: a matrix with a vector per row; what does not dominate the reference adds nothing
        reference: a vector

    Raises:
        ImportError: if there are three objectives or more, and the package moocore is not installed
    """
    points = points[(points < reference).all(axis=1)]
    if len(points) == 0:
        return 0.0
    if len(reference) > 2:
        return float(_moocore().hypervolume(points, ref=reference))
    if len(reference) == 1:
        return float(reference[0] - points.min())
    volume, height = 0.0, float(reference[1])
    for f0, f1 in sorted(map(tuple, points.tolist())):
        if f1 < height:
            volume += (float(reference[0]) - f0) * (height - f1)
            height = f1
    return volume


def _moocore() -> Any:
    try:
        import moocore  # an extra, which few need
    except ImportError as error:
        raise ImportError(
            "The hypervolume of three objectives or more needs the package moocore: "
            "pip install 'fescue[mo]'.") from error
    return moocore
