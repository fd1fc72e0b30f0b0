"""Old module names. Pickles name the module of a class or function, and so may user code, so old names keep working.

For a name that never existed, the import error says what to write instead, if the table of advice knows it.
"""

from __future__ import annotations

import importlib
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

from autograd.util.suggestions import missing_import

__all__ = ["MOVED", "find_moved_modules"]

MOVED = {
    "autograd.grad_mode": "autograd.core.modes",
    "autograd.graph": "autograd.core.graph",
    "autograd.snapshot": "autograd.core.pickling",
    "autograd.tree": "autograd.pytree",
    "autograd.viz.frames": "autograd.viz.backprop.step",
    "autograd.viz.names": "autograd.viz.graph.labels",
    "autograd.viz.player": "autograd.viz.backprop.player",
    "autograd.viz.programs": "autograd.viz.drawing",
    "autograd.viz.steps": "autograd.viz.backprop.record",
    "autograd.viz.training_data": "autograd.viz.training.record",
    "autograd.viz.training_scene": "autograd.viz.training.layout",
    "nn.checkpoint": "nn.training.checkpoint",
    "nn.clip": "nn.optim.clip",
    "nn.diagnosis": "nn.inspect.diagnosis",
    "nn.estimators": "nn.sklearn",
    "nn.evaluation": "nn.running.evaluation",
    "nn.gradients": "nn.running.gradients",
    "nn.history": "nn.training.history",
    "nn.optimizer": "nn.optim.optimizer",
    "nn.schedules": "nn.optim.schedules",
    "nn.snapshots": "nn.inspect.snapshots",
    "nn.train": "nn.training.fit",
}


class _MovedModules:
    """An import finder that resolves a module's old name to the module of today.

    Python asks it last, also for names that ``from nn import …`` does not find.
    """

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        package = sys.modules.get(name.rpartition(".")[0])
        is_imported = path is getattr(package, "__path__", ())  # pytest calls finders itself, with its own folders
        if is_imported and name not in MOVED and (error := missing_import(name)) is not None:
            raise error
        return ModuleSpec(name, _MovedModules) if name in MOVED else None  # type: ignore[arg-type]

    @staticmethod
    def create_module(spec: ModuleSpec) -> None:
        return None

    @staticmethod
    def exec_module(module: ModuleType) -> None:
        sys.modules[module.__name__] = importlib.import_module(MOVED[module.__name__])


def find_moved_modules() -> None:
    """Make old module names importable.

    >>> from autograd.snapshot import rule_named
    >>> rule_named.__module__
    'autograd.core.pickling'
    """
    if _MovedModules not in sys.meta_path:
        sys.meta_path.append(_MovedModules)
