"""The attacks of tests/attacks/table.py: the quickest of each kind always, all of them many times in the long run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from attacks.table import ATTACKS, Attack

QUICK = [attack for attack in ATTACKS if attack.by_default]


def holds(attack: Attack, folder: Path, counts: dict[str, Any]) -> None:
    outcome = attack.run(folder, counts)
    assert outcome.tries > 0
    assert outcome.faults == []


@pytest.mark.parametrize("attack", QUICK, ids=lambda attack: attack.name)
def test_it_holds(tmp_path: Path, attack: Attack) -> None:
    holds(attack, tmp_path, attack.quick)


@pytest.mark.long
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_it_holds_many_times(tmp_path: Path, attack: Attack) -> None:
    holds(attack, tmp_path, attack.full | attack.long)
