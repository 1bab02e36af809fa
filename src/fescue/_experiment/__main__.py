"""Starts a worker; see :mod:`fescue._experiment.worker`."""

import sys
from contextlib import suppress

from fescue._experiment.worker import PreemptedError, main

if __name__ == "__main__":
    with suppress(PreemptedError):
        main(int(sys.argv[1]), int(sys.argv[2]))
