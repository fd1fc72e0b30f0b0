"""Some lanes of an instruction, laid out."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.compiler.run.arrays.layout import Tables
from autograd.compiler.run.arrays.views import View
from autograd.compiler.trace import Trace
from autograd.util.arrays import Array

__all__ = ["Part"]


class Part:
    """Some lanes of an instruction, laid out: the operands' views (or numbers), the result's, and what was computed.

    registers: of each operand. calls: None where the rule is called as it is. temporaries: the views of traced calls,
    by number. slopes: of a rule that is called as it is, where each operand's derivative goes; None: it is not wanted.
    powers: of a logsumexp, its powers and the sum of all but one of them. by_term: the views are a maximum's terms.
    tables: of a pick, where its tables lie.
    """

    __slots__ = ("by_term", "calls", "number", "out", "powers", "registers", "slopes", "tables", "temporaries", "views")

    def __init__(
        self, number: int, registers: list[Array], views: Sequence[View | float], out: View, calls: Trace | None
    ) -> None:
        self.number, self.registers, self.views, self.out, self.calls = number, registers, views, out, calls
        self.temporaries: dict[int, View] = {}
        self.slopes: list[View | None] | None = None
        self.powers: tuple[View, View] | None = None
        self.by_term = False
        self.tables: Tables | None = None

    def view(self, i: int) -> View:
        """The view of an operand that is no number."""
        view = self.views[i]
        assert isinstance(view, View)
        return view
