"""benchmarks/ledgers.py: its engines compute the same, and an engine that does not is reported."""

from functools import partial

import numpy as np
import pytest

from benchmarks import convolution, recurrent
from benchmarks.ledgers import NETWORKS, Network, entries, ledger, wrong

SMALL = [
    Network(
        "a recurrence",
        partial(recurrent.problem, recurrent.recurrent, 3, 4),
        partial(recurrent.numpy_recurrent, units=4),
    ),
    Network("an LSTM", partial(recurrent.problem, recurrent.lstm, 2, 3), partial(recurrent.numpy_lstm, units=3)),
    Network("a convolution", convolution.problem, convolution.numpy_by_hand),
]


@pytest.mark.parametrize("network", SMALL, ids=lambda network: network.title)
def test_the_engines_agree_and_a_wrong_one_is_reported(network):
    found = entries()
    for entry in found:
        entry.answer = np.array(entry.make(network)())
    assert wrong(found) == []
    found[3].answer[-1] += 0.01
    (line,) = wrong(found)
    assert found[3].title in line


def test_each_step_is_compared_with_the_one_before_and_with_the_first():
    found = entries()[:3]
    for entry, seconds in zip(found, (0.008, 0.002, 0.0005), strict=True):
        entry.seconds, entry.first = [seconds] * 3, [0.25] * 3
    assert [line.split()[-3:] for line in ledger(found).splitlines()[2:]] == [
        ["ms", "4.00", "0.25"],
        ["0.25", "s", "1/16"],
    ]
    assert [network.title.partition(":")[0] for network in NETWORKS] == [network.title for network in SMALL]
