"""Numbers as the player of a training writes them, and as it packs them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd.viz.training.packing import ALPHABET, pack, pack_shades
from autograd.viz.write.numbers import cell, figure


def unpacked(text, odd):
    """What the script does, in other words."""
    for i in range(0, len(text), 3):
        code = sum(ALPHABET.index(c) * 88**power for c, power in zip(text[i : i + 3], (2, 1, 0), strict=True))
        if code >= 666_000:
            yield odd[code - 666_000]
        else:
            rest, mantissa = divmod(code, 9000)
            yield (-1) ** rest * (mantissa + 1000) / 1000 * 10.0 ** (rest // 2 - 30)


@given(
    st.lists(
        st.floats(-1e307, 1e307) | st.floats(-10, 10) | st.sampled_from([math.inf, -math.inf, math.nan]), max_size=20
    )
)
def test_four_digits_survive_the_packing(numbers):
    text, odd = pack(np.array(numbers, float))
    assert len(text) == 3 * len(numbers)
    for number, found in zip(numbers, unpacked(text, odd), strict=True):
        assert found == pytest.approx(number, rel=6e-4, nan_ok=True)
        assert (found == 0) == (number == 0)
    assert not set(text) & set("\"'<>&\\ ")


@given(st.floats(-1.5, 1.5))
def test_shades_keep_the_sign_and_are_the_finer_the_nearer_to_the_boundary(shade):
    step = (ALPHABET.index(pack_shades(np.array([shade]))) - 43) / 43
    found = 1.5 * step * abs(step)
    assert abs(found - shade) <= 0.04 * abs(shade) ** 0.5 + 0.001
    assert found * shade >= 0


@given(st.floats())
def test_a_number_in_a_box_has_seven_characters(number):
    assert len(cell(number)) <= 7
    if number and abs(number) < 1e308:
        assert float(cell(number).replace("−", "-")) == pytest.approx(number, rel=0.35, abs=6e-4)
        assert float(figure(number).replace("−", "-")) == pytest.approx(number, rel=6e-3)
