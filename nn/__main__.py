"""``python -m nn demo``: the demo without installing anything, for example in a clone."""

import sys

from nn.demo import command

if __name__ == "__main__":
    sys.exit(command(sys.argv[2:]) if sys.argv[1:2] == ["demo"] else "usage: python -m nn demo [options]")
