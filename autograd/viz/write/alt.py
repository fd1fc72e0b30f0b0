"""The words that stand for a picture where it is not seen: its alternative text, and the heading of its page."""

from __future__ import annotations

from autograd.util.catalogue import Catalogue
from autograd.util.language import Language
from autograd.viz.picture import Node, Picture
from autograd.viz.web.words import alt_words
from autograd.viz.write.boxes import called
from autograd.viz.write.networks import groups_around
from autograd.viz.write.numbers import datum, number

__all__ = ["alt_text", "equation", "heading", "results"]


def alt_text(picture: Picture, language: Language) -> str:
    """What a graph computes, its size, its largest gradient, and its notes.

    >>> a, root = Node("n0", "input", "a", data=3.0, grad=2.0), Node("n1", "result", "", "*", 6.0, is_root=True)
    >>> alt_text(Picture((a, root), (), total=3), "en")
    'Computation graph of the result 6. 3 values, among them 1 input. Largest gradient of an input: 2, of a.'
    >>> alt_text(Picture((a, root), (), total=3), "zh")
    '结果 6 的计算图。共 3 个值，其中 1 个输入。输入的最大梯度为 2，属于 a。'
    """
    words = alt_words(language)
    sentences = words.say("sentences", heading(picture, language), _size(picture, words))
    return " ".join([sentences + _largest_gradient(picture, words) + _not_finite(picture, language), *picture.notes])


def heading(picture: Picture, language: Language) -> str:
    """What a graph computes; of a part of one without the result, what is in that.

    >>> heading(Picture((Node("n1", "result", "w"),), (), about="w"), "en")
    'Computation graph around w'
    """
    words = alt_words(language)
    if picture.about and not picture.roots:
        return words.say("graph_around", picture.about)
    return words.say("graph", results(picture, language))


def results(picture: Picture, language: Language) -> str:
    """The first three results with their numbers; of a module's output without a name, whose output it is.

    >>> from autograd.viz.picture import Group
    >>> root = Node("g1", "group", "neurons[0]", data=-1.5, is_root=True, group="g0", output="")
    >>> results(Picture((root,), (), (Group("g0", "MLP"),)), "en")
    "MLP's output −1.5"
    """
    return alt_words(language)["list"].join(_result(picture, root, language) for root in picture.roots[:3])


def _result(picture: Picture, root: Node, language: Language) -> str:
    if root.output is None or root.data is None:
        return equation(root, language)
    if root.output:
        return f"{root.output} = {number(root.data)}"
    around = groups_around(picture, root.group)
    title = next((group.title for group in picture.groups if group.name in around[-1:]), called(root, language))
    return alt_words(language).say("output", title.split(" · ")[0], number(root.data))


def equation(node: Node, language: Language) -> str:
    """The name of a value and its number, as L = −4; of one without a name that it is the result.

    >>> equation(Node("n1", "result", "L", "*", -4.0), "en"), equation(Node("n1", "result", "", "*", -4.0), "en")
    ('L = −4', 'the result −4')
    """
    words, name = alt_words(language), called(node, language)
    if node.data is None:
        return name or words["unnamed"]
    return f"{name} = {number(node.data)}" if name else words.say("result", number(node.data))


def _size(picture: Picture, words: Catalogue) -> str:
    """How many values, and how many of them are inputs and parameters."""
    many = "values" if picture.is_whole_count else "more"
    total = words.say(many, count=picture.total if picture.is_whole_count else picture.total - 1)
    leaves = _leaves(picture)
    inputs = sum(node.values for node in leaves if node.kind == "input")
    parameters = sum({"parameter": node.values, "group": node.parameters}.get(node.kind, 0) for node in leaves)
    kinds = [words.say(kind, count=count) for kind, count in (("inputs", inputs), ("parameters", parameters)) if count]
    return words.say("among", total, words["and"].join(kinds)) if kinds else total


def _largest_gradient(picture: Picture, words: Catalogue) -> str:
    known = [(gradient, node) for node in _leaves(picture) if (gradient := _gradient(node)) is not None]
    if not known:
        return ""
    gradient, largest = max(known, key=lambda pair: abs(pair[0]))
    kind = "largest_input" if largest.kind == "input" else "largest_parameter"
    path = largest.opens if largest.kind == "group" else ""  # there are neurons[0] in every layer
    return words.say(kind, number(gradient), path or called(largest, picture.language) or words["unnamed"])


def _not_finite(picture: Picture, language: Language) -> str:
    """The first value that is not finite, and how it came to be, as log(0) = −inf, from the operands that are shown."""
    node = next((node for node in picture.nodes if node.first_not_finite), None)
    if node is None:
        return ""
    tails = [picture[edge.tail] for edge in picture.edges if edge.head == node.name]
    operands = [called(tail, language) if tail.data is None else datum(tail.data) for tail in tails]
    text = equation(node, language)
    if node.data is not None and operands:
        name = node.operation or called(node, language) or node.name
        formula = f"{name}({', '.join(operands)})" if name.isidentifier() else f" {name} ".join(operands)
        text = f"{formula} = {datum(node.data)}"
    return alt_words(language).say("not_finite", text)


def _leaves(picture: Picture) -> list[Node]:
    """Inputs and parameters, and folded boxes that hold parameters; a folded softmax is none."""
    return [node for node in picture.nodes if node.kind in ("input", "parameter") or node.parameters]


def _gradient(node: Node) -> float | None:
    return node.grad if node.grad is not None and node.kind != "group" else node.largest_grad
