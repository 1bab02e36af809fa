"""Where the command prints to."""

from rich.console import Console
from rich.markup import escape


def console(quiet: bool = False, stderr: bool = False) -> Console:
    """Return an output; tables in a file or pipe need not fit a terminal."""
    # what is between colons is no picture: names of the user's may look like that
    result = Console(quiet=quiet, stderr=stderr, emoji=False)
    if result.is_terminal:
        return result
    return Console(quiet=quiet, stderr=stderr, emoji=False, width=max(120, result.width))


def plain(text: object) -> str:
    """Return text of unknown origin so that it can be printed as it is, whatever it holds."""
    return escape("".join(
        char if char.isprintable() or char == "\n" else char.encode(
            "unicode_escape").decode() for char in str(text)))
