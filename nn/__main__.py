"""The command of nn where nothing is installed, as in a clone or a zip: ``python -m nn demo``."""

import sys

from nn.demo import command

if __name__ == "__main__":
    sys.exit(command(sys.argv[2:]) if sys.argv[1:2] == ["demo"] else "usage: python -m nn demo [options]")
