"""What all pictures have in common: colours, axes, files."""

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: colours that people with any colour vision tell apart (Okabe and Ito 2008)
COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000",
                  "#7F7F7F")
LINES: Final = ("-", "--", "-.", ":")
GREY: Final = "#999999"


def axes(ax: "Axes | None", width: float = 6.4, height: float = 3.6) -> "Axes":
    """Return ``ax``, or new axes in a figure of their own of ``width`` by ``height`` inches.

    Raises:
        ImportError: if matplotlib is not installed; the text says how to get it
    """
    if ax is not None:
        return ax
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError("pictures need matplotlib: pip install 'fescue[plots]'") from error
    # a figure without pyplot belongs to nobody but its owner, and needs no closing
    ax = Figure(figsize=(width, height), layout="constrained").add_subplot()
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def line_style(index: int) -> dict[str, Any]:
    """Return colour and dashes of the curve with a number; the first 32 are all different."""
    return {"color": COLOURS[index % len(COLOURS)],
            "linestyle": LINES[index // len(COLOURS) % len(LINES)]}


def save(ax: "Axes", path: str | PathLike[str]) -> Path:
    """Write the figure of ``ax`` into a file, as SVG, PDF or PNG by its suffix, and return it.

    The same figure gives the same file: there is neither a date nor a random name in it.

    Raises:
        ValueError: for another suffix
        OSError: if the file cannot be written
    """
    from matplotlib import rc_context

    path = Path(path)
    metadata: dict[str, dict[str, Any]] = {
        ".svg": {"Date": None}, ".pdf": {"CreationDate": None}, ".png": {"Software": None}}
    if path.suffix not in metadata:
        raise ValueError(f"path={str(path)!r} must end with {', '.join(sorted(metadata))}.")
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("ax belongs to no figure.")
    path.parent.mkdir(parents=True, exist_ok=True)
    with rc_context({"svg.hashsalt": "fescue", "svg.fonttype": "none"}):
        figure.savefig(path, dpi=110, metadata=metadata[path.suffix])
    return path
