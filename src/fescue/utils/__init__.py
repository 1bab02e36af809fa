"""Utilities: text and log formats, seeds and types, files, the system."""
