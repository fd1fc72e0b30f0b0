"""What the Learn page asks Python for, in CPython: every answer is plain data, and the folder is the command line's."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from autograd.learn.exercises.exercise import EXERCISES, exercise
from autograd.learn.progress import FILE
from autograd.learn.terminal.cli import main
from autograd.playground.in_browser import learn
from autograd.playground.in_browser.calls import call

RIGHT = exercise(4).source()
SWAPPED = RIGHT.replace("(g * b, g * a)", "(g * a, g * b)")
NAME = "e04_rules.py"


class Page:
    """A page's side: it keeps the learner's files, and asks by JSON."""

    def __init__(self, **files: str) -> None:
        self.files = {f"{name}.py": text for name, text in files.items()}

    def ask(self, name: str, **parameters: Any) -> dict[str, Any]:
        given = {"files": self.files, "language": "en"} | parameters
        answer: dict[str, Any] = json.loads(call(f"learn.{name}", json.dumps(given)))
        for file, text in answer["changes"].items():
            if text is None:
                del self.files[file]
            else:
                self.files[file] = text
        return answer

    def check(self, number: int) -> dict[str, Any]:
        first = self.ask("check", number=number, step="run")
        return self.ask("check", number=number, step="search") if first.get("looking") else first

    def state(self, number: int) -> str:
        return str(self.ask("exercises")["exercises"][number - 1]["state_words"])

    def take(self, *given: tuple[str, bytes], overwrite: bool = False) -> dict[str, Any]:
        files = [{"name": name, "data": base64.b64encode(data).decode()} for name, data in given]
        return self.ask("take", given=files, overwrite=overwrite)


def words(parts: list[list[str]]) -> str:
    return "".join(text for _, text in parts)


def test_a_mistake_is_named_and_then_it_passes():
    page = Page(e04_rules=SWAPPED)
    first = page.ask("check", number=4, step="run")
    assert (first["looking"], first["changes"], first["bug"], first["sentence"]) == (True, {}, None, [])
    assert first["verdict"].endswith("wrong (2 of 6 probes)") and first["evidence"][1]["rows"][0][0] == "yours"
    wrong = page.check(4)
    assert (wrong["state"], wrong["bug"]) == ("wrong", "M14")
    assert "everything passes: the mistake is there" in words(wrong["place"])
    assert wrong["evidence"][1]["rows"][0][0] == "yours"
    assert wrong["action"] == {"key": "next_hint", "values": [0, 3], "number": None}
    assert page.state(4) == "wrong: M14"
    page.files[NAME] = RIGHT
    assert page.check(4)["action"]["number"] == 5
    assert page.state(4) == "passed"


@pytest.mark.parametrize("language", ["en", pytest.param("zh", marks=pytest.mark.long)])
@pytest.mark.parametrize("number", range(1, 14))
def test_each_exercise_opens_and_its_solution_passes(number, language):
    page = Page(**{each.name: each.source() for each in EXERCISES[:number]})
    opened = page.ask("open_exercise", number=number, language=language)
    assert opened["starter"] == exercise(number).source("starter")
    assert len(opened["task"]) >= 1 and opened["all_hints"] == 3
    assert page.ask("check", number=number, language=language, step="run")["state"] == "passed"


def test_a_starter_that_nobody_has_touched_is_there_and_not_started():
    report = Page().check(1)
    assert report["state"] == "not started" and "no file" not in words(report["sentence"])


def test_what_an_answer_overwrites_is_there_again_for_the_next():
    page = Page(e01_nudge=f"import builtins\nbuiltins.abs = None\n{exercise(1).source('starter')}")
    page.check(1)
    page.files["e01_nudge.py"] = exercise(1).source()
    assert page.check(1)["state"] == "passed"


def test_hints_come_one_by_one_and_a_solution_after_passing():
    page = Page(e04_rules=SWAPPED)
    assert page.ask("solution", number=4) == {"source": None, "changes": {}}
    for count in (1, 2, 3, 3):
        assert len(page.ask("hint", number=4)["hints"]) == count
    assert page.check(4)["action"]["key"] == "next_stuck"
    assert words(page.ask("hint", number=4)["found"]).startswith("The last check found M14")
    page.files[NAME] = RIGHT.replace("g * b", "b * g")
    assert page.check(4)["state"] == "passed"
    solution = page.ask("solution", number=4)
    assert solution["source"] == RIGHT
    assert [line for line in solution["difference"] if line[0] == "+"] == [
        "+    return a * b, lambda g: (g * b, g * a)"
    ]


def test_reset_keeps_the_file_under_another_name():
    page = Page(e04_rules=SWAPPED)
    assert page.ask("reset", number=4)["kept"] == "e04_rules.py.bak1"
    assert page.files["e04_rules.py.bak1"] == SWAPPED
    assert page.files[NAME] == exercise(4).source("starter")
    assert page.ask("reset", number=4)["kept"] is None
    assert page.state(4) == "not started"


@pytest.mark.parametrize(("reason", "said"), [("timeout", "Still running after 5 seconds"), ("died", "was ended by")])
def test_a_check_that_was_ended_from_outside_is_reported(reason, said):
    page = Page(e04_rules=RIGHT)
    report = page.ask("stopped", number=4, reason=reason)
    assert report["state"] == "crashed" and said in words(report["sentence"])
    assert page.state(4) == "crashed"


def test_a_broken_earlier_file_blocks_no_other():
    page = Page(e04_rules="def add_rule(", e09_backward=exercise(9).source())
    assert page.check(4)["state"] == "crashed"
    assert page.check(9)["state"] == "passed"


def test_earlier_files_that_passed_are_built_on():
    page = Page(e08_toposort=exercise(8).source(), e09_backward=exercise(9).source())
    page.check(8)
    page.files["e08_toposort.py"] = exercise(8).source().replace("order", "order_")
    assert "your exercise 8" in json.dumps(page.check(9)["notes"])


def test_damaged_progress_is_said_and_kept():
    page = Page()
    page.files[FILE] = '{"schema": 1, "exercises": {"e04_rules": {"state": "passed"}, "e0'
    (trouble,) = page.ask("exercises")["trouble"]
    assert "was damaged" in trouble
    assert page.files[f"{FILE}.bak1"].endswith('"e0')
    assert page.state(4) == "passed"
    assert page.ask("exercises")["trouble"] == []


@pytest.mark.parametrize("text", ["", "\ud800", "x = '\0'", "\ufeff" + RIGHT, RIGHT.replace("\n", "\r\n")])
def test_odd_texts_have_a_state(text):
    assert Page(e04_rules=text).check(4)["state"] in ("not started", "crashed", "passed")


def test_what_is_no_file_of_a_learner_is_left_alone():
    page = Page()
    page.files["../e04_rules.py"] = page.files["notes.txt"] = "x"
    before = dict(page.files)
    page.ask("open_exercise", number=4)
    page.check(4)
    assert {name: page.files[name] for name in before} == before


# ── export and import ───────────────────────────────────────────────────────────────────────────────────────────────


def exported(page: Page) -> bytes:
    return base64.b64decode(page.ask("export")["data"])


def archive(*entries: tuple[str, bytes | str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in entries:
            file.writestr(name, data)
    return content.getvalue()


def test_an_export_goes_on_in_a_terminal(tmp_path, monkeypatch, capsys):
    page = Page(e04_rules=RIGHT, e05_rules_two=exercise(5).source())
    page.check(4)
    with zipfile.ZipFile(io.BytesIO(exported(page))) as file:
        file.extractall(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["check", "5"]) == 0
    capsys.readouterr()
    assert main(["list"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in listed if line.startswith("✓")] == ["4", "5"]
    assert {path.name for path in Path("exercises").glob("*.py")} == {f"{each.name}.py" for each in EXERCISES}


def test_a_folder_of_a_terminal_goes_on_in_the_page(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    main(["start", "mine"])
    Path("mine", NAME).write_text(RIGHT.replace("\n", "\r\n"), encoding="utf-8")
    assert main(["--dir", "mine", "check", "4"]) == 0
    entries = [(f"mine/{path.name}", path.read_bytes()) for path in Path("mine").iterdir()]
    page = Page()
    assert page.take(("mine.zip", archive(*entries)))["taken"] == len(entries)
    assert page.state(4) == "passed"
    assert page.check(4)["state"] == "passed"


def test_an_import_asks_before_something_is_lost():
    page = Page(e04_rules=SWAPPED, e01_nudge=exercise(1).source("starter"))
    given = ("a.zip", archive((NAME, RIGHT), ("e01_nudge.py", exercise(1).source()), ("notes.txt", "x")))
    assert page.take(given)["asks"] == [NAME]
    assert page.files[NAME] == SWAPPED
    answer = page.take(given, overwrite=True)
    assert (answer["taken"], answer["others"]) == (2, ["notes.txt"])
    assert page.files[NAME] == RIGHT
    assert "asks" not in page.take(given)


def test_single_files_are_taken_over():
    page = Page()
    assert page.take((NAME, RIGHT.encode()), (f"{NAME}.bak1", SWAPPED.encode()))["taken"] == 2
    assert page.files[NAME] == RIGHT


def with_password() -> bytes:
    data = bytearray(archive((NAME, RIGHT)))
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(mark) + place] |= 1
    return bytes(data)


HOSTILE = {
    "no archive": (("a.zip", b"no archive"), "import_damaged"),
    "empty": (("a.zip", b""), "import_damaged"),
    "cut off": (("a.zip", archive((NAME, RIGHT))[:-30]), "import_damaged"),
    "with a password": (("a.zip", with_password()), "import_packed"),
    "nothing of a learner": (("a.zip", archive(("a.txt", "x"))), "import_nothing"),
    "twice": (("a.zip", archive((f"a/{NAME}", RIGHT), (f"b/{NAME}", RIGHT))), "import_twice"),
    "a bomb": (("a.zip", archive((NAME, b"#" * (1 << 20)))), "import_large"),
    "many": (("a.zip", archive(*((f"{i}.txt", "") for i in range(2001)))), "import_large"),
    "large": (("a.zip", b"#" * ((1 << 21) + 1)), "import_large"),
    "large in sum": (("a.zip", archive(*((f"{NAME}.bak{i}", b"#" * (1 << 18)) for i in range(9)))), "import_large"),
    "no text": (("a.zip", archive((NAME, b"\xff\xfe"))), "import_no_text"),
    "a picture": ((NAME, b"\x89PNG\r\n"), "import_no_text"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_archives_change_nothing_and_are_explained(case):
    given, problem = HOSTILE[case]
    page = Page(e04_rules=SWAPPED)
    assert page.take(given)["problem"] == problem
    assert page.files == {NAME: SWAPPED}
    for language in ("en", "zh"):
        site = Path(learn.__file__).parents[1] / "site" / "words" / f"{language}.json"
        assert problem in json.loads(site.read_text(encoding="utf-8"))["learn"]


def test_paths_in_an_archive_lead_nowhere():
    page = Page()
    entries = [(f"../../{NAME}", RIGHT), ("/etc/e01_nudge.py", "x = 1"), ("C:\\e02_partials.py", "x = 1")]
    assert page.take(("a.zip", archive(*entries)))["taken"] == 3
    assert set(page.files) == {NAME, "e01_nudge.py", "e02_partials.py"}
