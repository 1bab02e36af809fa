"""Which processors each worker of an experiment may use, so that they do not disturb each other."""

import os
from pathlib import Path
from typing import Final

_TOPOLOGY: Final = Path("/sys/devices/system/cpu")


def assign_cores(n: int) -> list[list[int]]:
    """Share the processors that this process may use out to ``n`` workers.

    Logical processors of one physical core stand together. If there are less workers than
    physical cores, one of these is left free for everything else.

    Returns:
        for each worker the numbers of its logical processors; nothing where they cannot be chosen
    """
    if not hasattr(os, "sched_getaffinity"):
        return []
    cores: dict[tuple[str, str], list[int]] = {}
    for cpu in sorted(os.sched_getaffinity(0)):
        cores.setdefault(_physical_core(cpu), []).append(cpu)
    groups = list(cores.values())
    if n < len(groups):
        groups.pop(0)  # the first one, which most systems use for their own work
    usable = [cpu for group in groups for cpu in group]
    share = max(1, len(usable) // n)
    return [[usable[(i * share + j) % len(usable)] for j in range(share)] for i in range(n)]


def count_physical_cores() -> int:
    """Return the number of physical cores of the machine, that of logical ones if unknown."""
    number = os.cpu_count() or 1
    if _TOPOLOGY.is_dir():  # without psutil, whose import would be charged to everybody
        return len({_physical_core(cpu) for cpu in range(number)})
    import psutil

    return psutil.cpu_count(logical=False) or number


def _physical_core(cpu: int) -> tuple[str, str]:
    folder = _TOPOLOGY / f"cpu{cpu}" / "topology"
    try:
        return ((folder / "physical_package_id").read_text().strip(),
                (folder / "core_id").read_text().strip())
    except OSError:
        return "", str(cpu)
