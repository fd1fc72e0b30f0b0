"""The demo of a GPT: train microgpt's model on names, or on the lines of a text, and let it invent some."""

from __future__ import annotations

import math
import textwrap
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm.auto import tqdm

from autograd import viz
from autograd.util.command_line import ArgumentParser
from autograd.util.files import write_whole
from autograd.util.lazy_numpy import np
from nn.data import Tokenizer, documents, names, sequences
from nn.demo.folder import DemoError, add_folder, integer, one_line, prepare
from nn.gpt import GPT
from nn.optim import Adam
from nn.running.row_function import Engine
from nn.training import Training
from nn.training.fit import fit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["parser", "run_demo"]

DOCUMENTS = 32  # of a step
LEARNING_RATE, BETAS = 0.01, (0.85, 0.99)
"""As in microgpt, where the rate falls to 0 in a line, too."""
TEMPERATURE = 0.5
NEW, TRIES = 20, 60  # texts to invent that are not among those learned, and to draw for it
LINES = 10  # of losses
FEWEST = 16  # characters of a text
MOST_CONTEXT = 256
MANY = 100_000  # documents that are learned whole, also if the steps do not reach them all

MORE = """To go on with it:
  model = nn.load("{}/model.npz")
  tokenizer = nn.data.Tokenizer(model.alphabet)
  tokenizer.decode(model.generate(temperature=0.5, stop=tokenizer.end))"""


def parser() -> ArgumentParser:
    """Return the parser of ``autograd demo gpt``."""
    parser = ArgumentParser(
        prog="autograd demo gpt",
        description="Train microgpt's GPT, number by number and compiled, on 5,163 names or on the lines of a text; "
        "print new ones, draw the attention of one and the loss, and save the model.",
    )
    add = parser.add_argument
    add("--text", type=Path, metavar="FILE", help="a text file to learn, with a document in each line")
    for name, default, most, what in (
        ("steps", 1000, 1_000_000, f"number of steps, of {DOCUMENTS} documents each"),
        ("layers", 1, 12, "number of blocks"),
        ("heads", 4, 64, "number of heads of each attention"),
        ("width", 16, 256, "length of an embedding, a multiple of the number of heads"),
        ("context", 16, MOST_CONTEXT, "largest number of characters that the model sees"),
    ):
        add(f"--{name}", type=integer(1, most), default=default, metavar="N", help=f"{what} (default: %(default)s)")
    add("--engine", choices=["compiled", "eager"], default="compiled", help="default: %(default)s")
    add_folder(parser, "demo-gpt", "weights, order and new texts", "the model and the pictures")
    return parser


def run_demo(
    text: Path | None,
    steps: int,
    layers: int,
    heads: int,
    width: int,
    context: int,
    engine: Engine,
    seed: int,
    out: Path,
    *,
    overwrite: bool = False,
) -> list[str]:
    """Train, print the loss and new texts, save the model and list the pictures. Return the new texts.

    text: the file to learn, a document in each line; None for names.
    steps: the number of optimizer steps.
    layers, heads, width, context: the sizes of the GPT.
    engine: "compiled" or "eager".
    seed: the seed for weights, order and new texts.
    out: the folder for model and pictures.
    overwrite: write into the folder even if it exists.

    Ctrl-C ends the training after a step, and the rest follows. Raises DemoError for a text that cannot be read or is
    too short, for sizes that do not fit, if the folder exists and ``overwrite`` is not set, or if it cannot be written.
    """
    if width % heads:
        raise DemoError(f"--heads must divide --width, but {heads} does not divide {width}")
    texts = _texts(text, max(MANY, steps * DOCUMENTS), context)
    is_new = not out.exists()
    prepare(out, overwrite)
    try:
        tokenizer = Tokenizer(texts)
        model = GPT(tokenizer.vocab_size, width, heads, layers, context, seed, alphabet=tokenizer.alphabet)
        what = "name" if text is None else "line"
        count = len(model.parameters())
        print(f"{_counted(len(texts), what)}, {tokenizer.vocab_size} tokens, {model!r}, {count:,} parameters")
        if sentence := lines_cut(texts, context, what):
            print(sentence)
        losses = train(model, tokenizer, texts, steps, engine, seed)
        new = _invented(model, tokenizer, texts, seed)
        print(f"{_counted(len(new), f'new {what}')}:")
        as_names = textwrap.wrap(", ".join(new), 76)
        print(textwrap.indent("\n".join(as_names if text is None else new), "  "))
        with one_line(out):
            for path, words in _written(model, tokenizer, texts[0][:context], losses, out):
                print(f"{path!s:<28} {words}")
        print(MORE.format(out.as_posix()))
        return new
    except BaseException:
        if is_new and not any(out.iterdir()):
            out.rmdir()
        raise


def _texts(path: Path | None, most: int, context: int) -> list[str]:
    """Return at most so many documents to learn, evenly spread, and no longer ones than as many contexts."""
    try:
        texts = names() if path is None else documents(path)
    except OSError as error:
        raise DemoError(f"cannot read {path}: {error.strerror or error}") from error
    except ValueError as error:
        raise DemoError(f"{error}".partition(", or pass")[0]) from error
    if sum(map(len, texts)) < FEWEST:
        raise DemoError(f"{path} has only {sum(map(len, texts))} characters: a text to learn needs {FEWEST} or more")
    return [text[: most * context] for text in texts[:: -(-len(texts) // most)]]


def lines_cut(texts: Sequence[str], context: int, what: str = "line") -> str:
    """Say how many texts the model does not see whole, because of the context and the token that begins a text.

    >>> lines_cut(["ape", "panda", "zebra"], context=5)
    '2 lines are too long for the context of 5 and are cut into pieces: --context 6 takes them whole'
    """
    lengths = [len(text) + 1 for text in texts]
    too_long, longest = sum(length > context for length in lengths), max(lengths)
    if not too_long:
        return ""
    if longest <= MOST_CONTEXT:
        advice = f"--context {longest} takes {'it' if too_long == 1 else 'them'} whole"
    else:
        advice = f"the largest is --context {MOST_CONTEXT}, and the longest {what} needs {longest:,}"
    verb = "is" if too_long == 1 else "are"
    lines = _counted(too_long, what)
    return f"{lines} {verb} too long for the context of {context} and {verb} cut into pieces: {advice}"


def train(model: GPT, tokenizer: Tokenizer, texts: Sequence[str], steps: int, engine: Engine, seed: int) -> list[float]:
    """Train with microgpt's optimizer, and print the loss ten times. Return the loss of each step."""
    began = time.perf_counter()
    X, y = sequences(texts, tokenizer, model.context)
    losses: list[float] = []
    doing = "recording" if engine == "compiled" else "training"
    bar = tqdm(total=steps, desc=doing, unit="step", disable=None, leave=False)

    def after_step(run: Training) -> None:
        losses.append(run.loss)
        run.optimizer.set_lr(LEARNING_RATE * (1 - len(losses) / steps))
        bar.set_description_str("training", refresh=False)
        bar.set_postfix_str(f"loss {run.loss:.4f}", refresh=False)
        bar.update()
        every = max(1, steps // LINES)
        if len(losses) % every == 0:
            recent = np.mean(losses[-every:])
            tqdm.write(f"step {len(losses):>6,}   loss {recent:.4f}   perplexity {math.exp(recent):6.2f}")

    after_step.each_step = True  # type: ignore[attr-defined]
    with bar:
        history = fit(
            model, X, y, loss="cross_entropy", optimizer=Adam(model.parameters(), LEARNING_RATE, BETAS),
            epochs=steps, max_steps=steps, batch_size=DOCUMENTS, seed=seed, engine=engine, callbacks=[after_step],
            progress=False,
        )  # fmt: skip
    if history.stopped == "interrupted":
        print(f"stopped after {len(losses):,} of {steps:,} steps")
    took, guessing = time.perf_counter() - began, math.log(tokenizer.vocab_size)
    recording = " with recording" if engine == "compiled" else ""
    print(f"{took:.1f} s{recording}; a model that guesses has the loss ln {tokenizer.vocab_size} = {guessing:.4f}")
    return losses


def _invented(model: GPT, tokenizer: Tokenizer, texts: Sequence[str], seed: int) -> list[str]:
    """Return texts that the model draws and has not learned, each once."""
    known, new = {"", *texts}, []
    for i in range(TRIES):
        text = tokenizer.decode(model.generate(temperature=TEMPERATURE, seed=seed + i, stop=tokenizer.end))
        if text not in known:
            known.add(text)
            new.append(text)
        if len(new) == NEW:
            break
    return new


def _written(
    model: GPT, tokenizer: Tokenizer, text: str, losses: Sequence[float], out: Path
) -> Iterator[tuple[Path, str]]:
    model.save(out / "model.npz")
    yield out / "model.npz", "the model"
    tokens = tokenizer.encode(text)[:-1][: model.context]
    letters = ["·", *text][: len(tokens)]
    for i, weights in enumerate(model.attention(tokens)):
        name = f"attention_{i + 1}.svg" if len(model.blocks) > 1 else "attention.svg"
        yield viz.attention(weights, letters).save(out / name), f"what each letter of {text!r} looks at"
    try:
        picture = _loss_curve(losses)
    except ImportError:
        print("the loss curve needs matplotlib: pip install 'scalar-autograd[plot]'")
        return
    write_whole(out / "loss.png", lambda file: picture.savefig(file, format="png", dpi=144))
    yield out / "loss.png", "the loss at each step"


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"


def _loss_curve(losses: Sequence[float]) -> Figure:
    """Plot the loss of each step, and its mean over a hundredth of them."""
    from matplotlib.figure import Figure

    window = max(1, len(losses) // 100)
    means = [np.mean(losses[begin : begin + window]) for begin in range(0, len(losses), window)]
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot(range(1, len(losses) + 1), losses, color="#0072B2", alpha=0.25)
    axes.plot([begin + (window + 1) / 2 for begin in range(0, len(losses), window)], means, color="#0072B2")
    axes.set(title=f"Mean cross entropy over the tokens of {DOCUMENTS} documents", xlabel="step", ylabel="loss")
    axes.grid(alpha=0.3)
    return figure
