"""Archive pruners: rules for which points to keep when an archive is full."""

from fescue.api.mo_archive import KeepFarthest, MOArchivePruner

__all__ = ["KeepFarthest", "MOArchivePruner"]
