"""Runs a program that was written for moptipy: ``python -m fescue.compat script.py ...``.

The package, which Python imports first, has made the module names importable by then.
"""

import runpy
import sys
from pathlib import Path


def main() -> None:
    """Run the program that the command line names, with the arguments behind it."""
    arguments = sys.argv[1:]
    if not arguments or arguments[0].startswith("-"):
        sys.exit("usage: python -m fescue.compat script.py [arguments]")
    script = Path(arguments[0])
    if not script.is_file():
        sys.exit(f"There is no file {script}.")
    sys.argv = arguments
    # as Python does for a script
    sys.path[0] = str(script.resolve().parent)
    runpy.run_path(str(script), run_name="__main__")


if __name__ == "__main__":
    main()
