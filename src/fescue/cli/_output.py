"""Where the command prints to."""

from rich.console import Console


def console(quiet: bool = False, stderr: bool = False) -> Console:
    """Return an output; tables in a file or pipe need not fit a terminal."""
    result = Console(quiet=quiet, stderr=stderr)
    if result.is_terminal:
        return result
    return Console(quiet=quiet, stderr=stderr, width=max(120, result.width))
