"""Freeze reference numbers from independent sources: mpmath for mathematics, PyTorch for edge cases and training.

    pip install mpmath torch==2.13.0
    python tests/reference/make_reference.py

Derivatives are difference quotients at 1,000 digits, rounded once to the nearest double: one function for every
operation, so that no derivative formula of the engine is repeated here. PyTorch's analytic derivatives are compared
with them, and each disagreement beyond 1e-12 (relative) is printed; so is each between PyTorch and the contract of
`edges.py`.
"""

import json
import math
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import mpmath
import torch
from edges import EDGES, ORDERS, TRAJECTORIES, WORKED, Edge, Worked
from mpmath import mp
from operations import EXPRESSIONS, OPERATIONS, SEQUENCES
from torch import Tensor
from trajectories import NETWORKS, OPTIMIZERS, network_trajectory, scalar_trajectory

HERE = Path(__file__).parent
HIGHEST_ORDER = 5
TEN_DIGITS = 1e-9

mp.dps = 1000
torch.set_default_dtype(torch.float64)

PYTORCH = f"PyTorch {torch.__version__.partition('+')[0]}, float64, CPU"
MPMATH = (
    f"mpmath {mpmath.__version__}: values and derivatives (mpmath.diff) with {mp.dps} digits at the exact double "
    "operands, each rounded once to the nearest double; the sign of a zero is not significant"
)

# --- exact numbers: mpmath -------------------------------------------------------------------------------------------


def rounded(number: Any) -> float:
    """Round once to the nearest double, overflow and subnormals included; 900 decimals can write any tie exactly."""
    return float(mp.nstr(number, 900)) + 0.0


def derivative(function: Callable[..., Any], point: Sequence[float], *along: int) -> float:
    """Differentiate once with respect to each index in `along`; a repeated index gives a higher order."""
    orders = [along.count(i) for i in range(len(point))]
    return rounded(mp.diff(function, [mp.mpf(x) for x in point], orders))


def exact_operation(function: Callable[..., Any], operands: Sequence[float]) -> dict[str, Any]:
    """Give the value, the gradient and the Hessian with respect to all operands."""
    indices = range(len(operands))
    return {
        "value": derivative(function, operands),
        "gradient": [derivative(function, operands, i) for i in indices],
        "second": [[derivative(function, operands, i, j) for j in indices] for i in indices],
    }


def exact_sequence(function: Callable[..., Any], operands: Sequence[Sequence[float]]) -> dict[str, Any]:
    """Give the value and one gradient per operand; for a function with a list of outputs, the list and its Jacobian."""
    flat = [x for operand in operands for x in operand]
    starts = [sum(len(operand) for operand in operands[:k]) for k in range(len(operands))]

    def spread(*numbers: Any) -> Any:
        return function(
            *(numbers[start : start + len(operand)] for start, operand in zip(starts, operands, strict=True))
        )

    outputs = spread(*map(mp.mpf, flat))
    if isinstance(outputs, list):
        jacobian = [
            [derivative(lambda *xs, i=i: spread(*xs)[i], flat, j) for j in range(len(flat))]
            for i in range(len(outputs))
        ]
        return {"value": [rounded(y) for y in outputs], "gradient": jacobian}
    gradient = [derivative(spread, flat, j) for j in range(len(flat))]
    return {
        "value": rounded(outputs),
        "gradient": [gradient[start : start + len(operand)] for start, operand in zip(starts, operands, strict=True)],
    }


# --- measured numbers: PyTorch ----------------------------------------------------------------------------------------


def gradients(output: Tensor, leaves: Sequence[Tensor]) -> list[Tensor]:
    """Give the gradient for each leaf, zero where the output does not depend on it, itself differentiable."""
    if not output.requires_grad:
        return [torch.zeros_like(leaf) for leaf in leaves]
    return list(torch.autograd.grad(output, leaves, create_graph=True, materialize_grads=True))


def measured(
    function: Callable[..., Tensor], operands: Sequence[Any], constant: Sequence[bool] | None = None
) -> dict[str, Any]:
    """Give PyTorch's value, gradient and Hessian (scalar operands) or Jacobian (a list of outputs) at a point.

    A constant operand is passed as a plain number.
    """
    constant = constant or [False] * len(operands)
    arguments = [x if c else torch.tensor(x, requires_grad=True) for x, c in zip(operands, constant, strict=True)]
    leaves = [argument for argument in arguments if isinstance(argument, Tensor)]
    output = function(*arguments)
    if output.ndim:
        jacobian = [gradients(y, leaves)[0].tolist() for y in output]
        return {"value": output.tolist(), "gradient": jacobian}
    first = gradients(output, leaves)
    answer = {"value": output.item(), "gradient": [g.tolist() for g in first]}
    if all(leaf.ndim == 0 for leaf in leaves):
        answer["second"] = [[h.item() for h in gradients(g, leaves)] for g in first]
    return answer


def measured_orders(function: Callable[[Tensor], Tensor], x: float, highest: int) -> list[float]:
    leaf = torch.tensor(x, requires_grad=True)
    orders = [function(leaf)]
    while len(orders) <= highest:
        orders += gradients(orders[-1], [leaf])
    return [order.item() for order in orders]


def measured_program(worked: Worked) -> dict[str, Any]:
    """Run a worked program, call `backward` on its roots in turn, and read `.grad` after each call."""
    nodes = {name: torch.tensor(x, requires_grad=True) for name, x in worked.inputs.items()}
    nodes |= worked.run(**nodes)
    for node in nodes.values():
        node.retain_grad()
    values, history = [], []
    for root in worked.roots:
        torch.autograd.backward(nodes[root], retain_graph=True)
        values.append(nodes[root].item())
        history.append({name: grad.item() for name in worked.gradient if (grad := nodes[name].grad) is not None})
    if len(worked.roots) == 1:
        return {"value": values[0], "gradient": history[0]}
    return {"value": values, "gradient": {name: [now[name] for now in history] for name in worked.gradient}}


# --- the four files ---------------------------------------------------------------------------------------------------


def compare(label: str, expected: Any, seen: Any, tolerance: float = 1e-12) -> None:
    """Print each number of a tree on which PyTorch disagrees with mpmath or with the contract."""
    if isinstance(expected, dict):
        for key in expected:
            compare(f"{label} {key}", expected[key], seen[key], tolerance)
    elif isinstance(expected, list):
        for i, (one, other) in enumerate(zip(expected, seen, strict=True)):
            compare(f"{label}[{i}]", one, other, tolerance)
    elif not (math.isclose(expected, seen, rel_tol=tolerance) or (math.isnan(expected) and math.isnan(seen))):
        print(f"{label}: expected {expected!r}, PyTorch {seen!r}")


def operations() -> dict[str, Any]:
    """Freeze operations.json: the elementary operations with their Hessians, and the operations over sequences."""
    entries = []
    for table, exact in ((OPERATIONS, exact_operation), (SEQUENCES, exact_sequence)):
        for name, reference in table.items():
            for parameters in reference.parameters:
                for point in reference.points:
                    operands = list(point) if isinstance(point, tuple | list) else [point]
                    with mp.workdps(reference.digits):
                        answer = exact(partial(reference.exact, **parameters), operands)
                    compare(
                        f"{name}{operands}{parameters or ''}",
                        answer,
                        measured(partial(reference.torch, **parameters), operands),
                    )
                    entries.append({"name": name, "operands": operands, "parameters": parameters} | answer)
    return {"source": MPMATH, "operations": entries}


def derivatives() -> dict[str, Any]:
    """Freeze derivatives.json: derivatives of order 0 to 5 of functions of one number."""
    entries = []
    for name, reference in EXPRESSIONS.items():
        for x in reference.points:
            orders = [derivative(reference.exact, [x], *[0] * order) for order in range(HIGHEST_ORDER + 1)]
            compare(f"{name} at {x}, order", orders, measured_orders(reference.torch, x, HIGHEST_ORDER))
            entries.append({"expression": name, "x": x, "orders": orders})
    return {"source": MPMATH, "derivatives": entries}


def convention(case: str, edge: Edge) -> dict[str, Any]:
    reference = (OPERATIONS | SEQUENCES)[edge.operation]
    constant = [slope is None for slope in edge.gradient]
    contract = {"value": edge.value, "gradient": [slope for slope in edge.gradient if slope is not None]}
    seen = measured(partial(reference.torch, **edge.parameters), edge.operands, constant)
    compare(f"{case}: {edge.operation}{edge.operands}", contract, seen)
    return {
        "case": case,
        "operation": edge.operation,
        "operands": edge.operands,
        "constant": constant,
        "parameters": edge.parameters,
        **contract,
        "torch": {key: seen[key] for key in contract},
    }


def composition(case: str, program: str, inputs: dict[str, float], contract: Any, seen: Any) -> dict[str, Any]:
    compare(case, contract, seen, TEN_DIGITS)
    return {"case": case, "program": program, "inputs": inputs, **contract, "torch": seen}


def conventions(trajectories: list[dict[str, Any]]) -> dict[str, Any]:
    """Freeze conventions.json: the contract, with what PyTorch answers beside it."""
    compositions = []
    for worked in WORKED:
        contract = {"value": worked.value, "gradient": worked.gradient}
        compositions.append(composition(worked.case, worked.program, worked.inputs, contract, measured_program(worked)))
    for case, expression, x, orders in ORDERS:
        seen = measured_orders(EXPRESSIONS[expression].torch, x, len(orders) - 1)
        compositions.append(composition(case, expression, {"x": x}, {"orders": orders}, {"orders": seen}))
    by_name = {trajectory["name"]: trajectory for trajectory in trajectories}
    for case, name, numbers in TRAJECTORIES:
        first = {key: by_name[name][key][: len(steps)] for key, steps in numbers.items()}
        compositions.append(composition(case, name, {}, numbers, first))
    return {
        "source": "value, gradient, orders, losses, path: the project's contract, written by hand (worked values to 10 "
        f"significant digits); torch: measured with {PYTORCH}",
        "conventions": [convention(case, edge) for case, edges in EDGES.items() for edge in edges],
        "compositions": compositions,
    }


def plain(tree: Any) -> Any:
    """Make every number a float, and a float that JSON has no notation for one of "inf", "-inf", "nan"."""
    if isinstance(tree, dict):
        return {key: plain(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [plain(value) for value in tree]
    if isinstance(tree, bool | str):
        return tree
    return float(tree) if math.isfinite(tree) else str(float(tree))


def write(name: str, content: dict[str, Any]) -> None:
    """Write one entry a line, so that a changed number is a changed line."""
    fields = []
    for key, value in content.items():
        lines = [json.dumps(plain(item), ensure_ascii=False, allow_nan=False) for item in value]
        body = (
            "[\n    " + ",\n    ".join(lines) + "\n  ]"
            if isinstance(value, list)
            else json.dumps(value, ensure_ascii=False)
        )
        fields.append(f"  {json.dumps(key)}: {body}")
    (HERE / name).write_text("{\n" + ",\n".join(fields) + "\n}\n", encoding="utf-8")
    print(name, {key: len(value) for key, value in content.items() if isinstance(value, list)})


def main() -> None:
    scalars = [scalar_trajectory(*settings) for settings in OPTIMIZERS]
    networks = [network_trajectory(*settings) for settings in NETWORKS]
    write("training.json", {"source": PYTORCH, "networks": networks, "scalars": scalars})
    write("conventions.json", conventions(scalars))
    write("derivatives.json", derivatives())
    write("operations.json", operations())


if __name__ == "__main__":
    main()
