"""Leaving: a model's weights and structure in PyTorch, and any compiled function as an ONNX file.

Both are extras: ``pip install 'scalar-autograd[export]'``.
"""

from nn.export.to_onnx import ExportError, to_onnx
from nn.export.to_torch import TorchModel, to_torch

__all__ = ["ExportError", "TorchModel", "to_onnx", "to_torch"]
