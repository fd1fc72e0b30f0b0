"""Export: a model with its weights to PyTorch, and any compiled function to an ONNX file.

Both need an extra: ``pip install 'scalar-autograd[export]'``.
"""

from nn.export.to_onnx import ExportError, to_onnx
from nn.export.to_torch import TorchModel, to_torch

__all__ = ["ExportError", "TorchModel", "to_onnx", "to_torch"]
