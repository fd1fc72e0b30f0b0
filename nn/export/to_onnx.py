"""Export of a model, or any compiled function, as an ONNX file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import autograd
from autograd.compiler.compiled import Compiled
from autograd.compiler.program import Program
from autograd.util.arrays import Array, plain_array
from autograd.util.files import in_a_folder, write_whole
from autograd.util.printable import a_kind_of, kind_of
from nn.export.errors import ExportError, extra
from nn.export.onnx_graph import graph_of
from nn.modes import predicting
from nn.running.row_function import Function

__all__ = ["ExportError", "to_onnx"]

OPSET, IR_VERSION = 17, 8
"""The versions of 2022: old enough for deployed runtimes, new enough for every operator used here."""


def to_onnx(model: Function, path: str | os.PathLike[str], example: Sequence[Any] | None = None) -> Path:
    """Write a model or a compiled function, with its present parameters, as an ONNX file. Return the file's path.

    model: a Module, or a function from ``autograd.compile`` that has been called.
    path: the file.
    example: one sample of the input; only needed if the Module does not begin with a Neuron, Layer or MLP.

    Each input is (batch, size), with a sample's numbers in one row: images are flattened, and tokens are floating-point
    numbers. The output is (batch, size) and named "output". All have the function's dtype. onnx checks the graph before
    it is written, and an existing file is only replaced by a complete one. Even in a float64 file, erf, tan, sinh, cosh
    and the inverse functions are computed in float32, to about 1e-7, because onnxruntime offers nothing better. Dropout
    drops nothing. An index out of range is an error in onnxruntime, too.

    Raises ExportError for anything ONNX cannot express, MissingExtraError without onnx, FileNotFoundError if the folder
    does not exist, and OSError if the file cannot be written.

    >>> import nn
    >>> to_onnx(nn.MLP(2, [3, 1], seed=0), "model.onnx")      # doctest: +SKIP
    PosixPath('model.onnx')
    """
    onnx, target = extra("onnx"), in_a_folder(path)
    compiled = model if isinstance(model, Compiled) else _compiled(model, example)
    program, positions = _program(compiled)
    proto = onnx.helper.make_model(
        graph_of(program, compiled.read()[positions], onnx),
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="scalar-autograd",
        producer_version=autograd.__version__,
    )
    onnx.checker.check_model(proto, full_check=True)
    write_whole(target, proto.SerializeToString())
    return target


def _compiled(model: Function, example: Sequence[Any] | None) -> Compiled:
    if not hasattr(model, "parameters") or not callable(model):
        raise ExportError(f"to_onnx takes a model or a compiled function, not {a_kind_of(model)}")
    if example is None:
        example = [0.0] * _width(model)
    compiled: Compiled = autograd.compile(lambda x: model(x), parameters=model.parameters())
    with predicting():
        compiled.record(plain_array(example, "example", float)[None])
    return compiled


def _width(model: object) -> int:
    """Return the number of inputs of a model that begins with neurons."""
    while not hasattr(model, "w"):
        parts = getattr(model, "layers", None) or getattr(model, "neurons", None)
        if not parts:
            raise ExportError(
                f"the number of inputs of {kind_of(model)} is unknown: "
                "write to_onnx(model, path, example=x), where x is one sample"
            )
        model = parts[0]
    return len(model.w)


def _program(compiled: Compiled) -> tuple[Program, Array]:
    """Return the only program, and the positions of its parameters among all."""
    programs = compiled.programs
    if not programs:
        raise ExportError(
            "this function has not been called yet, so there is no program to write: call it on a batch first"
        )
    if len(programs) > 1:
        raise ExportError(
            f"this function was compiled for {len(programs)} argument shapes, but a file can only hold one: "
            "compile it again and call it with one shape"
        )
    return programs[0], compiled.recordings()[0].positions
