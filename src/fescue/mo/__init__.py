"""Parts of multi-objective problems and of the archives of their solutions."""
