"""The compiler: a recorded scalar graph, re-rolled into array instructions, run with NumPy."""

from autograd.compiler.compiled import Compiled, compile
from autograd.compiler.passes import PASSES
from autograd.compiler.program import Instruction, Program, verify

__all__ = ["PASSES", "Compiled", "Instruction", "Program", "compile", "verify"]
