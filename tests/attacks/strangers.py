"""Attacks by text of others on its way to a terminal: labels and names with escapes, and of a million characters."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
import nn
from attacks.files import Outcome
from autograd import Value

HOSTILE = "\x1b[2J\x1b]0;owned\x07\r\u202e\x9b31m\u2028\ud800\n" + "w" * 10
TEXTS = {"escapes": HOSTILE, "a million characters": HOSTILE + "x" * 1_000_000}


def called(text: str) -> Callable[..., Any]:
    def function(*args: Any) -> Any:
        return args[0] if args[0] > 0 else [args[0]]

    function.__name__ = function.__qualname__ = text
    return function


def activation(text: str) -> Callable[[Any], Any]:
    def function(x: Any) -> Any:
        return x * 1.0

    function.__name__ = text
    return function


def instance(text: str) -> Any:
    return type(text.replace("\ud800", ""), (), {})()


def module(text: str) -> Any:
    kind = type(text.replace("\ud800", ""), (nn.Module,), {"forward": lambda self, x: self.w * x})
    made = kind()
    made.w = Value(2.0, label=text)
    setattr(made, text.replace("\ud800", ""), Value(3.0))
    return made


def metric(text: str) -> Callable[..., float]:
    def function(y_true: Any, y_pred: Any) -> float:
        return 1.0

    function.__name__ = text
    return function


def labelled(text: str) -> Value:
    value = Value(2.0, label=text) * Value(3.0, label=text)
    value.label = text
    return value


def zero(text: str) -> Value:
    return Value(0.0, label=text)


def named(value: Value, text: str) -> Value:
    value.label = text
    return value


def trained(text: str, progress: bool = False) -> Any:
    return nn.fit(
        nn.MLP(1, [1], seed=0), [[1.0], [2.0]], [1.0, 2.0], epochs=2, metrics=[metric(text)], progress=progress
    )


def bar(text: str) -> str:
    stream = io.StringIO()
    with contextlib.redirect_stderr(stream):
        trained(text, progress=True)
    return stream.getvalue().replace("\r", "")  # tqdm's own


SHOWN: dict[str, Callable[[str], Any]] = {
    "a Value": lambda text: repr(labelled(text)),
    "an array of Values": lambda text: repr(np.array([labelled(text)])),
    "draw": lambda text: str(autograd.draw(labelled(text))),
    "draw of an unknown name": lambda text: autograd.draw(labelled(text), show=text),
    "draw of a module": lambda text: str(autograd.draw(module(text)(Value(2.0)))),
    "a transcript": lambda text: str(autograd.play(labelled(text))),
    "a program": lambda text: str(autograd.compile(lambda x: labelled(text) * x).record(1.0)),
    "explain": lambda text: autograd.compile(lambda x: zero(text) * x).record(1.0).explain(),
    "a compiled function": lambda text: repr(autograd.compile(called(text))),
    "a value that is not finite": lambda text: zero(text).log().backward(),
    "a slope that is not finite": lambda text: (zero(text).sqrt() * 2).backward(),
    "a zero at such a slope": lambda text: (zero(text).sqrt() ** 2).backward(),
    "what such a value was made from": lambda text: named(((zero(text) * 2) * 3).log(), text).backward(),
    "a branch while recording": lambda text: autograd.compile(called(text))(1.0),
    "a compiled function's error": lambda text: autograd.compile(lambda x: (zero(text) * x).log())
    .value_and_grad([1.0]),
    "a key of a dict": lambda text: autograd.compile(lambda d: zero(text) * d[text].log()).value_and_grad({text: 0.0}),
    "a key in an error": lambda text: autograd.grad(lambda d: d[text])({text: "a"}),
    "grad's error": lambda text: autograd.grad(called(text))(-1.0),
    "grad's name": lambda text: autograd.grad(called(text)).__doc__,
    "gradcheck's error": lambda text: autograd.gradcheck(called(text), "a"),
    "Value of a class": lambda text: Value(instance(text)),
    "a rule's refusal": lambda text: autograd.exp(instance(text)),
    "a sequence's refusal": lambda text: autograd.sum(instance(text)),
    "grad's argument": lambda text: autograd.grad(abs)(instance(text)),
    "compile's argument": lambda text: autograd.compile(abs)(instance(text)),
    "no function": lambda text: autograd.compile(instance(text)),
    "a label of a class": lambda text: Value(1.0, label=instance(text)),
    "a rule's name": lambda text: autograd.rule(called(text)),
    "a rule's symbol": lambda text: autograd.rule(symbol=text)(activation("stranger")),
    "an unknown metric": lambda text: nn.evaluate(nn.MLP(1, [1]), [[1.0]], [1.0], metrics=text),
    "a history": lambda text: str(trained(text)),
    "a history's repr": lambda text: repr(trained(text)),
    "a progress bar": bar,
    "a model": lambda text: repr(module(text)),
    "a model, printed": lambda text: str(module(text)),
    "a state that does not fit": lambda text: module(text).load_state_dict({text: 1.0, "b" + text: "a"}),
    "no forward": lambda text: nn.Module.forward(module(text), 1.0),
    "an activation": lambda text: repr(nn.MLP(1, [2, 1], activation(text))),
    "a Sequential": lambda text: repr(nn.Sequential(activation(text), module(text))),
    "a diagnosis": lambda text: str(nn.diagnose(nn.MLP(1, [2, 1], activation(text)), [[1.0], [2.0]], [1.0, 2.0])),
    "an unknown loss": lambda text: nn.fit(nn.MLP(1, [1]), [[1.0]], [1.0], loss=text, progress=False),
    "an unknown optimizer": lambda text: nn.fit(nn.MLP(1, [1]), [[1.0]], [1.0], optimizer=text, progress=False),
    "an unknown activation": lambda text: nn.MLP(1, [1], text),
    "an unknown init": lambda text: nn.MLP(1, [1], init=text),
    "an optimizer's state": lambda text: nn.SGD([Value(1.0)], lr=0.1).load_state_dict({text: 1.0, "SGD.lr": 1.0}),
    "an optimizer's field": lambda text: nn.SGD([Value(1.0)], lr=0.1).load_state_dict({"SGD." + text: 1.0}),
    "a lost update": lambda text: lost(text),
}  # fmt: skip


def lost(text: str) -> None:
    p = Value(1.0, label=text)
    p.grad = 1.0
    with autograd.no_grad():
        p -= 0.1


def shown(name: str, text: str) -> str:
    """What a terminal gets to see of the text: the answer or the error, and warnings."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            found = str(SHOWN[name](text))
        except Exception as error:
            found = f"{error}" + "".join(getattr(error, "__notes__", []))
    return found + "".join(str(warning.message) for warning in warned)


def text(names: tuple[str, ...] = tuple(SHOWN), texts: tuple[str, ...] = tuple(TEXTS)) -> Outcome:
    """Give it as a label, a name, a key, a class: no escape comes out, and no million characters."""
    outcome = Outcome()
    for name in names:
        for kind in texts:
            outcome.tries += 1
            found = shown(name, TEXTS[kind])
            if not all(c.isprintable() or c == "\n" for c in found) or len(found) >= 3000:
                outcome.fault(f"{kind} as {name}: {len(found)} characters, {found[:100]!r}")
    return outcome
