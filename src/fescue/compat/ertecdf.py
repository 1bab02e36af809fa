"""Distributions of expected running times, as ``moptipy.evaluation.ertecdf`` has them."""

from functools import partial

from fescue.compat import ecdf
from fescue.compat.ecdf import ErtEcdf, to_csv

create = partial(ecdf.create, kind=ErtEcdf)
from_progresses = partial(ecdf.from_progresses, kind=ErtEcdf)

__all__ = ["ErtEcdf", "create", "from_progresses", "to_csv"]
