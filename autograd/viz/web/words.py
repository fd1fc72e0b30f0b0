"""The words of the players, in English and Chinese. {0}, {1} stand for names and numbers."""

from __future__ import annotations

import locale
import os
from collections.abc import Mapping
from typing import Literal, get_args

__all__ = ["CONTROLS", "Language", "chosen", "training_words", "words"]

Language = Literal["en", "zh"]

CONTROLS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "region": "Player",
        "first": "First step (Home)",
        "back": "Back (←, a value at a time with Shift)",
        "play": "Play (Space)",
        "pause": "Pause (Space)",
        "next": "Next (→, a value at a time with Shift)",
        "last": "Last step (End)",
        "slider": "Step",
        "speed": "Speed",
        "of": "{0} of {1}",
    },
    "zh": {
        "region": "播放器",
        "first": "第一步（Home）",
        "back": "上一步（←；按住 Shift 一次退一个值）",
        "play": "播放（空格）",
        "pause": "暂停（空格）",
        "next": "下一步（→；按住 Shift 一次进一个值）",
        "last": "最后一步（End）",
        "slider": "步骤",
        "speed": "速度",
        "of": "第 {0} 步，共 {1} 步",
    },
}
"""What every player says."""

_STEPS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "table": "All {0} steps of the backward pass",
        "step": "step",
        "symbols": "formula",
        "numbers": "in numbers",
        "result": "result",
        "forward": "compute",
        "seed": "seed",
        "pull": "pull",
        "outside": "outside",
        "done": "complete",
        "start": "before the pass",
        "other": "outside the picture",
        "say_f": "{0} is computed from its operands.",
        "say_s": "The pass starts at the result.",
        "say_p": "{1} gives {0} its gradient times the local derivative.",
        "say_o": "{0} gets what its uses outside the picture contribute: {2} of them.",
        "say_d": "{0} is complete: all its uses have contributed, {2} of {2}.",
        "say_root": "{0} is complete: nothing uses the result.",
        "zero": "The upstream is 0, so nothing is added.",
        "indeterminate": "A gradient of 0 meets a slope that is not finite: 0 × ∞ has no value, so backward() refuses.",
        "stale": "It started from {0}, left there by an earlier pass: the gradients were not put to 0.",
        "hint": "→ and ← go on and back, with Shift a value at a time. "
        "Click a value for the step that completes it, its gradient for the paths it is made of.",
        "end": "The pass is over: each gradient says how fast the result changes with that value.",
        "end_off": "The pass is over, but its gradients are not the slopes of the result.",
        "off_overwrote": "Values that were overwritten: {0} ({1}).",
        "off_upstream": "Values that got something other than upstream · local derivative: {0} ({1}).",
        "off_late": "Values that passed on too early: {0} ({1}).",
        "off_again": "Values that passed on more than once: {0} ({1}).",
        "off_seed": "The pass started from {0} and not from 1.",
        "off_stale": "Values that started from the gradient of an earlier pass: {0} ({1}).",
        "end_near": "Only the {0} values nearest to the result were played, of {1}. For another: path=(w, loss).",
        "end_view": "Only {0} of {1} values were played: those that focus= or path= chose.",
        "end_all": "For all of them: max_nodes={0}.",
        "end_refused": "backward() refuses this pass with NonFiniteError: not all of its numbers are finite.",
        "lost": "{0}.grad = {1}, though {2} = {3} arrived.",
        "stale_part": "{1} of it is stale, left there by an earlier pass: {0}.grad is not the slope.",
        "seeded": "The pass starts from {0}; the derivative of the result by itself is 1.",
        "overwrote": "{0}.grad was {1} and is overwritten: what its other uses gave is lost. With += it would be {2}.",
        "upstream": "The upstream {1} is left out, and the local derivative alone added. With it: {2}.",
        "wrong": "Upstream · local derivative, added, would give {2}.",
        "agrees": "Finite difference: {0}. They agree.",
        "differs": "Finite difference: {0}. They differ.",
        "ledger_of": "{0}: {1} of {2} uses",
        "order": "Order: each value after all its users",
        "order_off": "Order: some values come too early",
        "why_passed": "",
        "why_now": "now: its users are done ({0})",
        "why_root": "first: it is the result",
        "why_late": "too early: {0} has not passed on yet",
        "why_returns": "too early: {0} will pass on again",
        "why_again": "again: it has passed on before",
        "why_early": "passed on too early, before {0}",
        "why_twice": "passed on once more",
        "why_next": "next: its users are done ({0})",
        "why_ready": "ready: its users are done ({0})",
        "why_waits": "waits for {0}",
        "paths": "{1} paths from {0} to the result: their products add up to {2}",
        "path": "One path from {0} to the result, and one product: {2}",
        "unequal": ", but {0}.grad is {1}",
        "nudge": "Were {0} larger by 0.001, the result would change by about {1}.",
        "show_paths": "Its paths to the result",
        "rest": "… and {0} more",
        "more_steps": "… {0} more lines: .text(max_lines=None)",
    },
    "zh": {
        "table": "反向传播的全部 {0} 步",
        "step": "步骤",
        "symbols": "公式",
        "numbers": "代入数字",
        "result": "结果",
        "forward": "计算",
        "seed": "起点",
        "pull": "回传",
        "outside": "图外",
        "done": "完成",
        "start": "反向传播之前",
        "other": "图外",
        "say_f": "由操作数算出 {0}。",
        "say_s": "反向传播从结果开始。",
        "say_p": "{1} 把自己的梯度乘以局部导数，传给 {0}。",
        "say_o": "{0} 收到来自图外 {2} 处使用的贡献。",
        "say_d": "{0} 已完成：{2} 处使用都已贡献。",
        "say_root": "{0} 已完成：没有别的值使用结果。",
        "zero": "上游梯度为 0：加上的是 0。",
        "indeterminate": "上游梯度为 0，而局部导数不是有限数：0 × ∞ 没有确定的值，backward() 会拒绝它。",
        "stale": "{0} 是上一次反向传播留下的，这次在它上面累加：梯度没有清零。",
        "hint": "→ 前进，← 后退，加 Shift 一次一个值。点击一个值，跳到它完成的那一步；"
        "点击它的梯度，查看它由哪些路径相加而成。",
        "end": "反向传播结束：每个梯度说明结果随该值变化得多快。",
        "end_off": "反向传播结束，但这些梯度不是结果的斜率。",
        "off_overwrote": "被覆盖的值：{0} 个（{1}）。",
        "off_upstream": "收到的不是上游梯度 · 局部导数的值：{0} 个（{1}）。",
        "off_late": "过早回传的值：{0} 个（{1}）。",
        "off_again": "回传不止一次的值：{0} 个（{1}）。",
        "off_seed": "反向传播从 {0} 开始，而不是从 1 开始。",
        "off_stale": "在上一次反向传播的梯度上累加的值：{0} 个（{1}）。",
        "end_near": "只播放了离结果最近的 {0} 个值，共有 {1} 个。要看其他的某一个：path=(w, loss)。",
        "end_view": "只播放了 focus= 或 path= 选出的 {0} 个值，共有 {1} 个。",
        "end_all": "要看全部：max_nodes={0}。",
        "end_refused": "backward() 拒绝这次反向传播并抛出 NonFiniteError：其中有的数不是有限的。",
        "lost": "{0}.grad = {1}，但收到的是 {2} = {3}。",
        "stale_part": "其中 {1} 是上一次反向传播留下的：{0}.grad 不是斜率。",
        "seeded": "反向传播从 {0} 开始；结果对自身的导数是 1。",
        "overwrote": "{0}.grad 原来是 {1}，被覆盖了：其他使用处的贡献丢了。用 += 应得 {2}。",
        "upstream": "漏乘了上游梯度 {1}，只加了局部导数。乘上后应得 {2}。",
        "wrong": "上游梯度 · 局部导数，累加后应得 {2}。",
        "agrees": "有限差分：{0}，一致。",
        "differs": "有限差分：{0}，不一致。",
        "ledger_of": "{0}：{2} 处使用中，{1} 处已贡献",
        "order": "顺序：每个值都排在它的使用者之后",
        "order_off": "顺序：有的值排得太早",
        "why_passed": "",
        "why_now": "现在：使用者都已完成（{0}）",
        "why_root": "最先：它就是结果",
        "why_late": "太早：{0} 还没有回传",
        "why_returns": "太早：{0} 之后还会再回传",
        "why_again": "再次：它之前已经回传过",
        "why_early": "回传得太早：在 {0} 之前",
        "why_twice": "又回传了一次",
        "why_next": "下一个：使用者都已完成（{0}）",
        "why_ready": "就绪：使用者都已完成（{0}）",
        "why_waits": "等待 {0}",
        "paths": "从 {0} 到结果有 {1} 条路径：各路径的乘积相加得 {2}",
        "path": "从 {0} 到结果只有一条路径，也只有一个乘积：{2}",
        "unequal": "，但 {0}.grad 是 {1}",
        "nudge": "若 {0} 增大 0.001，结果约变化 {1}。",
        "show_paths": "到结果的各条路径",
        "rest": "……还有 {0} 条",
        "more_steps": "……还有 {0} 行：.text(max_lines=None)",
    },
}

_QUIZ: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "ask": "What is {0}.grad after this step?",
        "check": "Check",
        "right": "Right: {0}. ({1} right in {2} answers)",
        "no_number": "Write a number, such as −1.5 or 2/3.",
        "unknown": "{0} it is not. The upstream is {1}, the local derivative {2}, and {3} was there before.",
        "quiz_overwrote": "{0} is this contribution alone. It is added to the {3} that is there: += and not =.",
        "quiz_upstream": "{0} leaves out the upstream {1}, which the local derivative is multiplied by.",
        "quiz_local": "{0} leaves out the local derivative {2}, which the upstream is multiplied by.",
        "quiz_plus": "{0} adds the upstream and the local derivative: the chain rule multiplies them.",
        "quiz_operand": "{0} is with the other operand's local derivative: on this edge it is {2}.",
        "quiz_sign": "{0} has the contribution with the wrong sign: upstream {1}, local derivative {2}.",
        "quiz_before": "{0} was there before: the contribution is still to be added.",
        "quiz_stale": "{0} counts a gradient of an earlier pass too: this pass started from 0.",
        "quiz_zeroed": "{0} starts from 0, but the gradient of an earlier pass is still there.",
    },
    "zh": {
        "ask": "这一步之后 {0}.grad 是多少？",
        "check": "检查",
        "right": "正确：{0}。（{2} 次作答，答对 {1} 题）",
        "no_number": "请输入一个数，例如 −1.5 或 2/3。",
        "unknown": "不是 {0}。上游梯度是 {1}，局部导数是 {2}，原来已有 {3}。",
        "quiz_overwrote": "{0} 只是这一处的贡献。它要加到已有的 {3} 上：用 +=，不用 =。",
        "quiz_upstream": "{0} 漏乘了上游梯度 {1}。",
        "quiz_local": "{0} 漏乘了局部导数 {2}。",
        "quiz_plus": "{0} 把上游梯度和局部导数相加了：链式法则要求相乘。",
        "quiz_operand": "{0} 用了另一个操作数的局部导数：这条边上的是 {2}。",
        "quiz_sign": "{0} 的贡献符号反了：上游梯度 {1}，局部导数 {2}。",
        "quiz_before": "{0} 是原来的数：这一处的贡献还没有加上。",
        "quiz_stale": "{0} 把上一次反向传播的梯度也算进去了：这一次从 0 开始。",
        "quiz_zeroed": "{0} 从 0 开始，但上一次的梯度还在。",
    },
}


_TRAINING: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "region": "Training",
        "first": "First snapshot (Home)",
        "back": "Back (←)",
        "next": "Next (→)",
        "last": "Last snapshot (End)",
        "slider": "Snapshot",
        "title": "Training of {0}",
        "summary": "{0}, {1} snapshots of epochs {2} to {3}",
        "alt": "Training of {0}, epochs {1} to {2}: the loss goes from {3} to {4}. "
        "At the end the largest gradient is {5}, of {6}.",
        "table": "All {0} snapshots",
        "said": "Epoch {0}: the loss is {1}. Its largest gradient is {2}, of {3}.",
        "hint": "Point at a neuron for its weights, click to keep it; ↑ and ↓ go from one to the next.",
        "losses": "Each loss is the model's after that epoch; the history and the bar have the mean during it.",
        "epoch": "epoch",
        "loss": "loss",
        "logarithmic": "logarithmic",
        "validation": "validation",
        "training": "training",
        "largest": "largest |gradient|",
        "inputs": "inputs",
        "sample": "sample {0}",
        "given": "the given sample",
        "target": "target {0}",
        "more": "… {0} more",
        "input": "input",
        "weight": "weight",
        "gradient": "gradient",
        "gradient_all": "gradient (all samples)",
        "gradient_some": "gradient ({0} samples)",
        "lines": "Lines show",
        "weights": "weights",
        "gradients": "gradients",
        "positive": "positive",
        "negative": "negative",
        "thicker": "the thicker, the larger",
        "parameter": "parameter",
        "parameters": "Parameters",
        "value": "value",
        "plane": "Output over the inputs",
        "curve": "Output over the input",
        "picture": "The inputs of {0}",
    },
    "zh": {
        "region": "训练过程",
        "first": "第一个快照（Home）",
        "back": "上一个（←）",
        "next": "下一个（→）",
        "last": "最后一个快照（End）",
        "slider": "快照",
        "of": "第 {0} 个，共 {1} 个",
        "title": "{0} 的训练过程",
        "summary": "{0}，{1} 个快照，第 {2} 到 {3} 轮",
        "alt": "{0} 的训练过程，第 {1} 到 {2} 轮：损失从 {3} 变到 {4}。结束时最大的梯度是 {5}，属于 {6}。",
        "table": "全部 {0} 个快照",
        "said": "第 {0} 轮：损失为 {1}，最大的梯度为 {2}，属于 {3}。",
        "hint": "将指针移到神经元上，可查看它的权重；点击可固定；按 ↑ 和 ↓ 切换到相邻的神经元。",
        "losses": "这里的损失是该轮结束后模型的损失；训练记录和进度条显示的是该轮训练中的平均值。",
        "epoch": "轮次",
        "loss": "损失",
        "logarithmic": "对数坐标",
        "validation": "验证集",
        "training": "训练集",
        "largest": "最大 |梯度|",
        "inputs": "输入",
        "sample": "样本 {0}",
        "given": "给定的样本",
        "target": "目标值 {0}",
        "more": "……还有 {0} 个",
        "input": "输入",
        "weight": "权重",
        "gradient": "梯度",
        "gradient_all": "梯度（全部样本）",
        "gradient_some": "梯度（{0} 个样本）",
        "lines": "连线表示",
        "weights": "权重",
        "gradients": "梯度",
        "positive": "正",
        "negative": "负",
        "thicker": "越粗越大",
        "parameter": "参数",
        "parameters": "参数",
        "value": "数值",
        "plane": "输入平面上的输出",
        "curve": "输出随输入的变化",
        "picture": "{0} 的输入",
    },
}


def training_words(language: Language) -> dict[str, str]:
    """What the player of a training says.

    >>> training_words("zh")["epoch"]
    '轮次'
    """
    return {**CONTROLS[language], **_TRAINING[language]}


def words(language: Language) -> dict[str, str]:
    """What the player of a backward pass says.

    >>> words("zh")["seed"]
    '起点'
    """
    return {**CONTROLS[language], **_STEPS[language], **_QUIZ[language]}


def chosen(language: str | None) -> Language:
    """The language asked for, else the one this process is set to. Raises ValueError for one there is not.

    >>> chosen("zh")
    'zh'
    """
    if language is None:
        settings = [os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
        spoken = next(filter(None, settings), locale.getlocale()[0] or "")
        return "zh" if spoken.lower().startswith(("zh", "chinese")) else "en"
    if language not in get_args(Language):
        raise ValueError(f"language is one of {', '.join(get_args(Language))}, not {language!r}")
    return language  # type: ignore[return-value]
