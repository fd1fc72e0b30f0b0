"""The trainings that the playground shows, recorded when it is built: a small network, and a GPT on names."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import autograd
import nn
from autograd.playground.pages import PreparedPage
from autograd.util.language import Language

__all__ = ["pages"]


def moons() -> nn.History:
    X, y = nn.data.moons(100, seed=0)
    model = nn.MLP(2, [8, 8, 1], activation="tanh", seed=0)
    return nn.fit(model, X, y, lr=0.03, epochs=40, record=True, progress=False)


def gpt() -> nn.History:
    names = nn.data.names()[:960]
    tokenizer = nn.data.Tokenizer(names)
    model = nn.GPT(tokenizer.vocab_size, seed=0, alphabet=tokenizer.alphabet)
    X, y = nn.data.sequences(names, tokenizer, model.context)
    adam = nn.Adam(model.parameters(), lr=0.01, betas=(0.85, 0.99))
    return nn.fit(model, X, y, loss="cross_entropy", optimizer=adam, epochs=20, record=True, progress=False)


def pages() -> list[PreparedPage]:
    """Return the pages; each training runs when its page is asked for, once for all languages."""
    return [
        _page(
            "moons",
            moons,
            {"en": "A small network learns two moons", "zh": "小网络学会区分两个月牙"},
            {
                "en": "40 epochs on 100 points. Move through the training: see the border form, the loss fall and "
                "every weight change. Choose a point in the plane to see what the network computes for it.",
                "zh": "100 个点，40 轮训练。拖动进度，看分界线怎样形成、损失怎样下降、每个权重怎样变化。"
                "在平面上选一个点，就能看到网络为它算出的每个数。",
            },
        ),
        _page(
            "gpt",
            gpt,
            {"en": "A GPT learns names", "zh": "GPT 学习起名字"},
            {
                "en": "4,192 parameters, 960 names, 20 epochs, letter by letter. Watch where each letter looks, which "
                "letters may come next, and which names the model invents at each moment.",
                "zh": "4192 个参数，960 个名字，20 轮训练，一个字母一个字母地学。看每个字母在“看”哪里、"
                "下一个字母可能是什么，以及模型在每个时刻编出的名字。",
            },
        ),
    ]


def _page(name: str, train: Callable[[], nn.History], titles: dict[str, str], texts: dict[str, str]) -> PreparedPage:
    histories: list[nn.History] = []

    def html(language: Language) -> str:
        if not histories:
            histories.append(train())
        return autograd.play(histories[0], language=language).html

    program = f"import autograd, nn\n\n{inspect.getsource(train)}\nautograd.play({train.__name__}()).show()\n"
    return PreparedPage(name, titles, texts, program, html)
