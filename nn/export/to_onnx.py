"""Any compiled function, or a model, as an ONNX file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import autograd
from autograd.compiler.compiled import Compiled
from autograd.compiler.program import Program
from autograd.util.arrays import plain_array
from autograd.util.files import in_a_folder, write_whole
from autograd.util.printable import kind_of
from nn.export.errors import ExportError, extra
from nn.export.onnx_graph import graph_of
from nn.running.row_function import Function

__all__ = ["ExportError", "to_onnx"]

OPSET, IR_VERSION = 17, 8
"""Of 2022: old enough for what is deployed, new enough for every operator that is used."""


def to_onnx(model: Function, path: str | os.PathLike[str], example: Sequence[Any] | None = None) -> Path:
    """Write a model, or a compiled function, as an ONNX file, with its parameters as they are now; the file's path.

    model: a Module (``example``: one sample of its input, needed where it is no MLP, Layer, Neuron or Sequential that
    begins with one), or a function from ``autograd.compile`` that has been called. Each input is (batch, size), a
    sample's numbers in one row; the output is (batch, size), named "output"; all are of the function's dtype. The
    graph is checked by onnx before it is written, whole or not at all. In a float64 file too, erf, tan, sinh, cosh
    and the inverse functions are computed in float32, to about 1e-7, because onnxruntime has them in that alone.

    Raises ExportError for what cannot be written, MissingExtraError without onnx, FileNotFoundError where the folder
    does not exist, OSError for the file.

    >>> import nn
    >>> to_onnx(nn.MLP(2, [3, 1], seed=0), "model.onnx")      # doctest: +SKIP
    PosixPath('model.onnx')
    """
    onnx, target = extra("onnx"), in_a_folder(path)
    compiled = model if isinstance(model, Compiled) else _compiled(model, example)
    proto = onnx.helper.make_model(
        graph_of(_program(compiled), np.asarray(compiled.read()), onnx),
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
        raise ExportError(f"to_onnx takes a model or a compiled function, not a {kind_of(model)}")
    if example is None:
        example = [0.0] * _width(model)
    compiled: Compiled = autograd.compile(lambda x: model(x), parameters=model.parameters())
    compiled.record(plain_array(example, "example", float)[None])
    return compiled


def _width(model: object) -> int:
    """The number of inputs of what begins with a neuron."""
    while not hasattr(model, "w"):
        parts = getattr(model, "layers", None) or getattr(model, "neurons", None)
        if not parts:
            raise ExportError(
                f"how many inputs {kind_of(model)} takes is not known: "
                "to_onnx(model, path, example=x), with x one sample"
            )
        model = parts[0]
    return len(model.w)


def _program(compiled: Compiled) -> Program:
    programs = compiled.programs
    if not programs:
        raise ExportError(
            "this function was not called yet, so there is no program to write: call it once on a batch first"
        )
    if len(programs) > 1:
        raise ExportError(
            f"this function was compiled for {len(programs)} shapes of arguments, and a file holds one: "
            "compile it anew and call it with one"
        )
    return programs[0]
