"""The command ``autograd demo``, with ``autograd demo gpt``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from nn.demo import gpt, moons
from nn.demo.folder import DemoError

__all__ = ["command"]


def command(arguments: Sequence[str]) -> int:
    """train a network on two moons; demo gpt: a GPT on names

    Return the exit status: 0, 1 for a failure, 2 for wrong usage, 130 for Ctrl-C, 141 for a closed pipe.
    """
    is_gpt = list(arguments[:1]) == ["gpt"]
    demo = gpt if is_gpt else moons
    parser = demo.parser()
    options = parser.parse_args(arguments[1:] if is_gpt else arguments)
    try:
        demo.run_demo(**vars(options))
    except DemoError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\n{parser.prog}: stopped; nothing was written", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `autograd demo | head`
        sys.stderr.close()
        return 141
    return 0
