"""The core of every run: counting, remembering, recording. It performs no input or output."""
