"""``python -m autograd.learn``: the same as ``autograd learn``."""

import sys

from autograd.learn.terminal.cli import main

if __name__ == "__main__":
    sys.exit(main())
