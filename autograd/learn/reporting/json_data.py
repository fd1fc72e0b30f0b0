"""A result and its report as data for other programs: ``autograd learn check --json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from autograd.learn.checking.by_hand import is_by_hand
from autograd.learn.checking.check import Result
from autograd.learn.reporting.report import Report, as_it_is

__all__ = ["as_data"]


def as_data(result: Result, report: Report) -> Mapping[str, Any]:
    """The result for a program, with numbers that JSON has no sign for as words."""
    diagnosis = result.diagnosis
    return {
        "exercise": result.exercise.name,
        "state": result.state,
        "problem": result.problem or None,
        "bug": result.bug,
        "general": result.general.key if result.general else None,
        "ratio": result.ratio.kind if result.ratio else None,
        "slips": list(result.slips),
        "certain": bool(diagnosis and diagnosis.certain),
        "sentence": report.sentence,
        "probe": _probe_data(result) if result.probe else None,
        "wrong": list(result.wrong),
        "probes": len(result.right),
        "error": result.error.to_dict() if result.error else None,
        "place": result.located_in or None,
        "located": [asdict(place) for place in result.places],
        "repairs": [asdict(repair) for repair in result.repairs],
        "own": list(result.own),
        "printed": result.printed,
    }


def _probe_data(result: Result) -> Mapping[str, Any]:
    name, source = result.probe, result.exercise.probes[result.probe]
    found, right = result.outcomes[name], result.right[name]
    return {
        "name": name,
        "source": source,
        "yours": as_it_is(found, source, digits=12, other=right),
        "expected": None if is_by_hand(source) else as_it_is(right, source, digits=12, other=found),
    }
