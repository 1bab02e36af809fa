"""What ``python -m fescue`` does: the same as the command ``fescue``."""

from fescue.cli import main

if __name__ == "__main__":
    main()
