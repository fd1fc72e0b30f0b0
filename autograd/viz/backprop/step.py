"""The steps of one backward pass: what happens to which node, in a formula, in numbers, and with what result."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Literal

__all__ = [
    "Kind",
    "Lines",
    "Step",
    "Turn",
    "arrival",
    "is_close",
    "is_kept",
]

Kind = Literal["forward", "seed", "pull", "merged", "outside", "inside", "done"]
Lines = tuple[str, str, str]
Mistake = Literal["", "overwrote", "upstream", "other"]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens, to one node.

    kind: "forward", its number is computed; "seed", its gradient is 1, it is the root; "pull", it gets a contribution
    from ``user``, whose operand number ``position`` it is; "merged", it gets ``count`` contributions from ``user``,
    because one of the two is folded; "inside", what happens in a folded node, ``count`` contributions; "outside", what
    ``count`` uses contribute that the picture does not show; "done", all of its several uses have contributed.
    completes: whether nothing is added to its
    gradient any more, which a single use does by its pull. before, after: its gradient (a forward step's after
    is the value). local, upstream: the factors of the contribution. lines: the formula, its numbers, the result.
    """

    kind: Kind
    node: str
    lines: Lines
    after: float
    before: float = 0.0
    user: str = ""
    position: int = 0
    local: float | None = None
    upstream: float | None = None
    count: int = 1
    completes: bool = False

    def __setstate__(self, state: Sequence[object]) -> None:
        """From a pickle: one of an earlier version has the first of the fields, and complete is what is "done"."""
        known = fields(self)
        values = [*state, *(added.default for added in known[len(state) :])]
        for part, value in zip(known, values, strict=True):
            object.__setattr__(self, part.name, value)
        object.__setattr__(self, "completes", self.completes or self.kind == "done")

    @property
    def passing(self) -> str:
        """The node that passes on in this step, or ""."""
        return self.node if self.kind == "inside" else self.user

    @property
    def contribution(self) -> float:
        """The product a pull adds, upstream · local; 0 to an operand that was not chosen, whatever lies beyond."""
        if self.local is None or self.upstream is None:
            return self.after - self.before
        product = self.upstream * self.local
        return 0.0 if math.isnan(product) and self.after == self.before else product

    @property
    def added(self) -> float:
        """The number that arrived in truth: the contribution, unless the engine made a mistake with it."""
        if self.kind == "seed":
            return self.after
        if self.mistake in ("", "overwrote"):
            return self.contribution
        return (self.local or 0.0) if self.mistake == "upstream" else self.after - self.before

    @property
    def mistake(self) -> Mistake:
        """The mistake of a pull that did not add upstream · local: an engine that somebody writes may do so."""
        before, added = self.before, self.contribution
        if self.kind != "pull" or self.local is None or self._ends_at(before + added):
            return ""
        if self._ends_at(added):
            return "overwrote"
        return "upstream" if self._ends_at(before + self.local) else "other"

    def _ends_at(self, expected: float) -> bool:
        """But for rounding, which is of the size of the largest number in the sum; whatever is not finite does."""
        sizes = (abs(self.before), abs(self.contribution), abs(self.after))
        return abs(self.after - expected) <= 1e-9 * max(sizes) or not all(map(math.isfinite, sizes))


@dataclass(frozen=True, slots=True)
class Turn:
    """A node passing on what it has. users: those that had to pass on before; late: those of them that came after.

    returning: users that have passed on, and will once more. outside: how many of its users the picture does not show.
    is_again: whether it has passed on before. first: how many steps of the pass there were before it did.
    """

    node: str
    users: tuple[str, ...]
    late: tuple[str, ...] = ()
    returning: tuple[str, ...] = ()
    outside: int = 0
    is_again: bool = False
    first: int = 0

    @property
    def why(self) -> str:
        """Why it passes on now, or should not: the end of the id of a text in ``web/locale``."""
        if self.is_again:
            return "again"
        if self.late or self.returning:
            return "late" if self.late else "returns"
        return "now" if self.users or self.outside else "root"


def arrival(ledger: Sequence[Step]) -> float:
    """The gradient there was, and everything that arrived in truth."""
    return ledger[0].before + sum(step.added for step in ledger)


def is_close(ledger: Sequence[Step], arrived: float) -> bool:
    """Whether the gradient is what arrived, but for rounding; whatever is not finite is."""
    after = ledger[-1].after
    size = max(abs(arrived), abs(after), *(max(abs(step.added), abs(step.after)) for step in ledger))
    return abs(arrived - after) <= 1e-9 * size or not math.isfinite(size)


def is_kept(ledger: Sequence[Step]) -> bool:
    """Whether the gradient is what arrived: nothing was overwritten."""
    return not ledger or is_close(ledger, arrival(ledger))


Frame, Place = Step, Turn  # as they are called in pickles of earlier versions
