"""The compiler: it records a scalar graph, re-rolls it into array instructions and runs them with NumPy."""

from autograd.compiler.compiled import Compiled, compile
from autograd.compiler.passes import PASSES
from autograd.compiler.program import Instruction, Program, verify

__all__ = ["PASSES", "Compiled", "Instruction", "Program", "compile", "verify"]
