"""``python -m autograd.learn``: the same as ``autograd learn``."""

import sys

from autograd.__main__ import BUILT_IN

if __name__ == "__main__":
    sys.exit(BUILT_IN["learn"](sys.argv[1:]))
