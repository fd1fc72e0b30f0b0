"""An exercise in a real JupyterLab: the mistake is named in the notebook, and the right answer passes."""

import pytest

pytestmark = pytest.mark.browser

WRONG = """
def add_rule(a, b):
    return a + b, lambda g: (g, g)


def mul_rule(a, b):
    return a * b, lambda g: (b, a)
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_mistake_is_named_and_the_right_answer_passes(page, lab, axe, tmp_path, theme):
    cells = [
        "from autograd.learn import ex\n\nexercise = ex(4)",
        WRONG,
        "exercise.check(add_rule, mul_rule)",
        "exercise.hint()",
        WRONG.replace("(b, a)", "(g * b, g * a)"),
        "exercise.check(add_rule, mul_rule)",
    ]
    lab.notebook("exercise.ipynb", cells)
    lab.open(page, "exercise.ipynb", theme=theme)
    lab.run_all(page)
    named = lab.cell_output(page, 2).last.inner_text()
    assert "M13" in named
    assert "3, 2, 21, 14" in named
    assert "passed" in lab.cell_output(page, 5).last.inner_text()
    page.screenshot(path=tmp_path / f"{theme}.png", full_page=True)
    axe(page, ".jp-OutputArea-output")
