"""Property tests draw the same examples in every run: a test that fails, fails again."""

from hypothesis import settings

settings.register_profile("replicable", derandomize=True, deadline=None)
settings.load_profile("replicable")
