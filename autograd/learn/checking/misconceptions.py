"""The misconceptions, by id, in the order in which to speak of them where several fit.

Each is planted by the patches in the ``MUTANTS`` of the exercises; its sentence is in ``locale``.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BUGS", "Bug", "bug_id", "priority"]


@dataclass(frozen=True)
class Bug:
    """A misconception: what is done, in a few words, and the group it belongs to."""

    name: str
    group: str


_GROUPS = {
    "structure": {
        "M08": "output not seeded",
        "M06": "order not reversed",
        "M07": "nodes told apart by value",
    },
    "order": {
        "M02": "breadth-first order",
        "M03": "pre-order depth-first",
        "M04": "recursion per path",
        "M05": "no visited set in the sort",
        "M46": "recursive walk",
    },
    "accumulate": {
        "M01": "gradient overwritten",
        "M43": "backward called twice",
        "M47": "every pullback called with 1",
    },
    "record": {
        "M45": "detached by a copy of .data",
        "M50": "an operand used twice is kept once",
        "M51": "no methods for a number on the left",
        "M52": "a plain number is not made a Value",
        "M44": "pullback reads data that changed",
    },
    "rule": {
        "M10": "add forgets upstream",
        "M11": "add feeds only the left",
        "M12": "add treated like mul",
        "M13": "mul forgets upstream",
        "M14": "mul swapped",
        "M15": "mul uses the product",
        "M16": "neg keeps the sign",
        "M17": "sub, sign of the right operand",
        "M18": "1 - a computed as a - 1",
        "M19": "div, sign of the denominator's gradient",
        "M20": "div, denominator not squared",
        "M21": "div, denominator taken for a constant",
        "M22": "div, numerator dropped",
        "M23": "1 / a computed as a / 1",
        "M48": "reflected rule, gradients in the other order",
        "M24": "power, exponent not lowered",
        "M25": "power, factor dropped",
        "M26": "power forgets upstream",
        "M27": "power, no derivative by the exponent",
        "M28": "power by the exponent, no logarithm",
        "M49": "another rule forgets upstream",
        "M36": "exp, input for output",
        "M37": "exp, power rule",
        "M38": "log, one over the output",
        "M29": "tanh of the input",
        "M30": "tanh, output not squared",
        "M31": "tanh with sigmoid's rule",
        "M32": "tanh forgets upstream",
        "M33": "sigmoid, input for output",
        "M34": "sigmoid applied twice",
        "M35": "sigmoid overflows",
        "M39": "relu without a gate",
        "M41": "relu times its input",
        "M42": "relu gated by the gradient",
        "M40": "relu open at 0",
    },
    "return": {
        "R1": "nothing returned",
        "R2": "returned within the loop",
        "R3": "pull missing, or no function",
        "R4": "generator for a list",
    },
    "nudge": {
        "D6": "h lost in rounding",
        "D5": "difference the wrong way round",
        "D10": "divided by 2 and multiplied by h",
        "D11": "difference not in brackets",
        "D4": "difference not divided",
        "D3": "divided by half the distance",
        "D12": "h not used",
        "D1": "forward difference",
        "D2": "backward difference",
        "D7": "other arguments at another point",
        "D9": "all arguments moved together",
        "D8": "the given list is changed",
        "D14": "nudge not taken back",
        "D13": "slopes added up",
    },
    "gradcheck": {
        "G12": "stops at the first wrong place",
        "G3": "difference without its sign removed",
        "G11": "tolerance too wide",
        "G1": "absolute error",
        "G4": "divided by one of the two numbers alone",
        "G5": "relative error of rounding errors",
        "G2": "kink not skipped",
        "G7": "all is skipped at a kink",
        "G6": "minimum taken for a kink",
        "G13": "curve taken for a kink",
        "G8": "no trial uses a value twice",
        "G9": "convenient input",
        "G10": "operation always last",
    },
    "network": {
        "N10": "parameters() gives copies",
        "N11": "layers left out",
        "N7": "sizes of the layers not chained",
        "N8": "layers not chained",
        "N4": "one neuron repeated",
        "N9": "one weight repeated",
        "N1": "no bias",
        "N5": "layers missing in parameters()",
        "N2": "last layer not linear",
        "N3": "no tanh",
        "N6": "computed from .data",
        "V28": "all weights start alike",
    },
    "loss": {
        "V22": "softmax overflows",
        "L1": "log of a probability that is 0",
        "V1": "loss summed, not averaged",
        "V5": "divided by the number of rows",
        "L4": "squared error halved",
        "L3": "absolute differences",
        "V4": "gradient with the sign turned",
        "V2": "gradient without 1/n",
        "V3": "gradient without the 2",
        "V13": "softmax over the batch",
        "V14": "softmax over everything",
        "V20": "cross entropy with a plus",
        "V21": "averaged over the classes, too",
        "L6": "divided by the number of classes",
        "L2": "no logarithm",
        "L5": "wrong class",
        "V15": "p - y with the sign turned",
        "V16": "no mean",
        "V17": "other classes left out",
        "V18": "softmax left out of the gradient",
        "V19": "one-hot not subtracted",
    },
    "training": {
        "T6": "never steps",
        "T5": "gradient cleared before the step",
        "T7": "step before backward",
        "T2": "graph built once",
        "T1": "gradients not cleared",
        "T3": "uphill",
        "T4": "no learning rate",
        "T11": "a step for each example",
        "T9": "more steps than allowed",
        "T10": "one step too many",
        "T8": "threshold ignored",
        "T14": "a copy is trained",
        "T12": "list of the same Value",
        "T13": "w before the step",
        "T15": "only the last w",
        "T16": "the same point in each step",
        "T17": "all points in each step",
    },
    "optimizer": {
        "O1": "nothing remembered",
        "O4": "one memory for all weights",
        "O2": "momentum with a mean",
        "O3": "Nesterov's momentum",
        "O5": "RMSprop without the root",
        "O6": "RMSprop without the square",
        "O7": "sum of squares",
        "O8": "old v used",
        "O9": "decay and 1 - decay swapped",
        "A1": "Adam without corrections",
        "A2": "steps not counted",
        "A3": "Adam without the root",
        "A4": "Adam without the square",
        "A5": "betas swapped",
        "A6": "corrected means kept",
        "V29": "each entry clipped",
        "O10": "short gradients stretched",
        "O11": "norm without the root",
        "O12": "sum of sizes for a norm",
        "O13": "scaled to 1",
        "O14": "penalty with a minus",
        "O15": "penalty of the sign",
        "O16": "penalty twice as large",
        "O17": "penalty not differentiated",
        "O18": "clipping divides by 0",
    },
    "batch": {
        "V23": "shapes broadcast to a matrix",
        "B1": "no tanh in the forward step",
        "B2": "tanh on the logits",
        "B3": "no biases in the forward step",
        "B4": "weights transposed in the forward step",
        "V12": "back without transposing",
        "B5": "gradient of the weights transposed",
        "V11": "weights from one row",
        "V6": "bias averaged over the batch",
        "V7": "bias summed over the wrong axis",
        "V8": "bias from the grand total",
        "V9": "bias forgotten",
        "V10": "bias from the first row",
        "V25": "slope of tanh at the input",
        "V26": "slope of tanh left out",
        "V27": "tanh applied to the gradient",
        "V24": "weights changed too early",
    },
    "tests": {
        "K8": "test that fails on a right engine",
        "K9": "test that looks inside",
        "K2": "test at a kink",
        "K1": "vacuous test",
        "K7": "values only",
        "K3": "tolerance too wide",
        "K6": "nothing used twice",
        "K5": "operation always last",
        "K4": "convenient input",
        "K10": "operations not tested",
        "K11": "floats compared exactly",
    },
    "reading": {
        "Q12": "values in place of gradients",
        "Q1": "start not seeded",
        "Q11": "no relus",
        "Q2": "not trained enough",
        "Q3": "sign not disregarded",
        "Q4": "gradient after adding up",
        "Q5": "gradient on any edge",
        "Q6": "nodes with one gradient counted",
        "Q7": "relus counted that are on",
        "Q8": "gradients counted that are not 0",
        "Q9": "sign left out",
        "Q10": "largest positive gradient",
    },
    "scale": {
        "M09": "seeded with the value",
    },
}

BUGS = {bug: Bug(name, group) for group, names in _GROUPS.items() for bug, name in names.items()}
"""Id → bug, the first to speak of first."""

_POSITIONS = {bug: position for position, bug in enumerate(BUGS)}


def bug_id(mutant: str) -> str:
    """The id in the name of a mutant: a bug that is made in several ways has several, as M35 and M35/positive."""
    return mutant.partition("/")[0]


def priority(bug: str) -> int:
    """Its place in the order of speaking: 0 comes first.

    >>> sorted(["M09", "M13", "M01", "M02", "M06"], key=priority)
    ['M06', 'M02', 'M01', 'M13', 'M09']
    """
    return _POSITIONS.get(bug_id(bug), len(_POSITIONS))
