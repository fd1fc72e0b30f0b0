"""Resuming: save a training to a checkpoint, and continue from it if it belongs to the same training."""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any

from autograd.util.arrays import Array
from autograd.util.lazy_numpy import np
from autograd.util.printable import a_kind_of
from nn.optim.settings import settings_of
from nn.running.row_function import Function
from nn.training.checkpoint import CheckpointError, read_checkpoint, refuse_changed, write_checkpoint
from nn.training.history import History
from nn.training.plausible import checked_identity, refuse_impossible
from nn.training.state import Run

if TYPE_CHECKING:
    from autograd.compiler.program import Program  # the compiler is only loaded when needed

__all__ = ["identity", "resume", "save"]

_ROWS = 4096  # rows of a non-contiguous array that are copied at a time


def save(run: Run, path: Path) -> None:
    """Save a training's state to a checkpoint."""
    arrays = {f"optimizer.{name}": np.asarray(x) for name, x in run.optimizer.state_dict().items()}
    arrays["theta"] = run.theta
    if run.best_theta is not None:
        arrays["best"] = run.best_theta
    words = {
        "identity": run.identity, "watched": _watched(run), "place": vars(run.place), "history": run.history.to_dict(),
        "schedule": None if run.schedule is None else run.schedule.state_dict(),
    }  # fmt: skip
    write_checkpoint(path, arrays, words)


def resume(run: Run, path: Path) -> None:
    """Set a training to a checkpoint's state, or leave it unchanged.

    Raises CheckpointError if the checkpoint belongs to another training, or if no training can have written it.
    """
    arrays, words = read_checkpoint(path)
    state = {name.removeprefix("optimizer."): x for name, x in arrays.items() if name.startswith("optimizer.")}
    reached = next((repr(x.item()) for name, x in state.items() if name.endswith(".lr") and x.ndim == 0), "")
    identity_there = checked_identity(path, words)
    _refuse_another(path, identity_there, run.identity, reached)
    refuse_impossible(run, path, arrays, words)
    refuse_changed(path, arrays, words)
    _load(run, path, {name: x if x.ndim else x.item() for name, x in state.items()}, words["schedule"])
    run.identity, run.theta[:] = identity_there, arrays["theta"]
    run.place, run.history = replace(run.place, **words["place"]), History.from_dict(words["history"])
    run.best_theta = arrays.get("best")
    if run.settings.stop.patience is None or run.best_theta is None or words["watched"] != _watched(run):
        run.best_theta, run.place = (
            None,
            replace(run.place, best=math.inf, waited=0),
        )  # the data that patience watches have changed


def _load(run: Run, path: Path, optimizer: dict[str, Any], schedule: Any) -> None:
    """Load the states of optimizer and schedule, or neither."""
    owners = [run.optimizer] if run.schedule is None else [run.schedule, run.optimizer]  # whose lr is the last
    before = [owner.state_dict() for owner in owners]
    try:
        for owner, state in zip(owners, [schedule, optimizer][-len(owners) :], strict=True):
            owner.load_state_dict(state)
    except Exception as error:  # whatever a schedule of the user's own finds wrong
        for owner, state in zip(owners, before, strict=True):
            owner.load_state_dict(state)
        name = "schedule" if owner is run.schedule else "optimizer"
        raise CheckpointError(f"{path} has a state that the {name} cannot load: {error}") from None


# ── which training it is ────────────────────────────────────────────────────────────────────────────────────────────


def identity(run: Run) -> dict[str, str]:
    """Describe everything the trajectory depends on. How training stops and what it shows is not included."""
    settings, data, optimizer, schedule = run.settings, run.data, run.optimizer, run.schedule
    if schedule is not None and not hasattr(schedule, "load_state_dict"):
        raise TypeError(
            f"{a_kind_of(schedule)} cannot be saved in a checkpoint: it needs state_dict and load_state_dict, "
            "like a subclass of nn.optim.schedules.Schedule"
        )
    shuffled = settings.shuffle and settings.batch_size < len(data.X)
    facts = {
        "X": _digest(data.X), "y": _digest(data.y), "sample_weight": _digest(data.weight), **_of_model(run),
        "loss": settings.loss, "optimizer": _described(optimizer), "lr": getattr(schedule, "base_lr", optimizer.lr),
        "schedule": _described(schedule), "batch_size": settings.batch_size, "shuffle": shuffled,
        "seed": settings.seed if shuffled or run.gradients.drops else None, "l2": settings.l2,
        "clip_grad_norm": settings.clip_norm, "clip_grad_value": settings.clip_value, "engine": run.engine,
        "dtype": run.dtype, "shards": settings.shards and settings.shards.count,
    }  # fmt: skip
    if data.lengths is not None:
        facts["lengths"] = _digest(data.lengths)
    return {name: _plain(thing) for name, thing in facts.items()}


def _of_model(run: Run) -> dict[str, str]:
    """Describe the model's structure, its parameters, the numbers that are not trained, and the recorded programs."""
    model, trained = run.model, run.optimizer.parameters
    structure = ""
    for module in getattr(model, "modules", list)() or [model]:
        if _plain(module) not in structure:  # an MLP names its layers itself
            structure += f"{', ' if structure else ''}{_plain(module)}"
    paths = {value: path for path, value in getattr(model, "named_parameters", list)()}
    names = repr([paths.get(value) for value in trained])
    every = dict.fromkeys([*trained, *(paths or getattr(model, "parameters", list)())])
    fixed = [x.data for x in every][len(trained) :]
    programs = ", ".join(f"{len(x)} instructions, {_checksum(x)}" for x in run.gradients.programs)
    return {
        "model": structure,
        "parameters": f"{len(trained)}, {zlib.crc32(names.encode()):08x}",
        "not trained": _digest(np.array(fixed) if fixed else None),
        "program": programs or _functions(model),
    }


def _functions(model: Function) -> str:
    """Checksum the code of a model's functions, such as its activations, if the model is not recorded."""
    things = [model]
    for module in getattr(model, "modules", list)():
        for name, x in vars(module).items():
            things += [] if name.startswith("_") else x if isinstance(x, (list, tuple)) else [x]
    codes = dict.fromkeys(_code(x.__code__) for x in things if hasattr(x, "__code__"))
    return f"none, functions {zlib.crc32(repr(list(codes)).encode()):08x}" if codes else "none"


def _code(code: CodeType) -> str:
    """Describe a function by its instructions, names and constants, including those of functions in it."""
    constants = [
        _code(x) if hasattr(x, "co_code") else repr(sorted(map(repr, x)) if isinstance(x, frozenset) else x)
        for x in code.co_consts
    ]
    return repr((code.co_code, code.co_names, code.co_varnames, code.co_freevars, constants))


def _checksum(program: Program) -> str:
    names = repr([operation.name for operation in program.operations])
    columns = (program.codes, program.first, program.operands, program.constants, program.outputs)
    return f"{zlib.crc32(b''.join([names.encode(), *(x.tobytes() for x in columns)])):08x}"


def _digest(array: Array | None) -> str:
    """Describe an array by its type, shape and checksum, which takes 0.15 s a gigabyte."""
    if array is None:
        return "none"
    checksum = 0
    for begin in range(0, len(array), _ROWS):
        checksum = zlib.crc32(np.ascontiguousarray(array[begin : begin + _ROWS]).data, checksum)
    return f"{array.dtype} {array.shape} {checksum:08x}"


def _watched(run: Run) -> str:
    """Describe the data whose loss patience watches."""
    return (
        "training, after an epoch" if run.held_out is None else f"{_digest(run.held_out.X)}, {_digest(run.held_out.y)}"
    )


def _described(thing: object) -> str:
    """Describe a class and its hyperparameters, without the lr."""
    if thing is None:
        return "none"
    names = [name for name in settings_of(type(thing)) if name != "lr"]
    return ", ".join([type(thing).__name__, *(f"{name}={_plain(getattr(thing, name, None))}" for name in names)])


def _plain(thing: object) -> str:
    """Describe a thing in the same words in every process and after training: without addresses and Values."""
    words = thing if isinstance(thing, str) else getattr(thing, "__qualname__", None) or repr(thing)
    return re.sub(r" at 0x[0-9a-fA-F]+|(?<=\bValue)\([^()]*\)", "", words)


def _refuse_another(path: Path, there: Mapping[str, str], here: Mapping[str, str], reached: str) -> None:
    """Raise CheckpointError unless both are the same. reached: the final lr, which a reused optimizer still has."""
    differing = [name for name in here if there.get(name) != here[name] and (name, here[name]) != ("lr", reached)]
    if not differing:
        return
    lines = [f"  {name:<15} {there.get(name, 'nothing')} in the file, not {here[name]}" for name in differing]
    advice = "the settings in the file, another path, or deleting the file to start again"
    if "lr" in differing:
        advice += f"\n                  (to continue with lr={here['lr']}, use a callback that sets run.optimizer.lr)"
    raise CheckpointError("\n".join([f"{path} belongs to another training", *lines, f"  try             {advice}"]))
