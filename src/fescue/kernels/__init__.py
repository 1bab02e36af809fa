"""Compiling functions: with numba if it is there, otherwise they run as they are."""
