"""How long each control of each explorer takes to answer: `python benchmarks/explorers.py [SIZE]`.

Every control is moved through its options on the shipped dossiers and on one of SIZE claims (10,000), each setting
new to the panel and then once more. A table of the median and the worst seconds is printed, and the median of the
processor's, which other work on the machine does not lengthen. What a browser adds, transfer and paint, is not in it.
"""

from __future__ import annotations

import dataclasses
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import analystkit as ak
from analystkit.authoring import new_dossier
from analystkit.claims import save_claims

SHIPPED = ("data/alibaba-ai-plan", "data/ai-capex")
DAYS = [pd.Timestamp(day).date() for day in ("2025-03-10", "2025-04-18", "2025-06-02")]
TYPED = {
    "search": ["billion", "alibaba plan", "no such words", ""],
    "descending": [True, False],
    "key": ["s", "r", "u"],
}


def enlarged(size: int) -> ak.Dossier:
    """Return the claims of the shipped dossiers over and over, with other ids, figures, years and days."""
    dossiers = [ak.open_dossier(path) for path in SHIPPED]
    claims = pd.concat([dossier.claims for dossier in dossiers], ignore_index=True)
    turn = np.arange(size) // len(claims)
    many = claims.loc[np.arange(size) % len(claims)].reset_index(drop=True)
    for name in ("claim_id", "converts", "revises"):
        many[name] = many[name] + "-" + turn.astype(str)
    many["entity"] = many["entity"].mask(turn > 0, many["entity"] + " " + (turn % 40).astype(str))
    for name in ("value", "low", "high"):
        many[name] *= 1 + turn % 7 / 100
    many["said_on"] += pd.to_timedelta(turn % 30, unit="D")
    documents = pd.concat([dossier.documents for dossier in dossiers]).drop_duplicates("document_id")
    return dataclasses.replace(
        dossiers[0], claims=many, documents=documents.reset_index(drop=True), path=None
    )


def settings(name: str, control: Any) -> list[Any]:
    """Return the values that a control is moved through; it ends as it began."""
    if name == "include":
        return [control.value[1:], control.value[5:], control.value[:-1], control.value]
    if name == "on":
        return [*DAYS, None]
    if name in TYPED:
        return TYPED[name]
    if name == "claim":
        return []  # its options are those that the others leave
    values = [one[1] if isinstance(one, tuple) else one for one in control.options]
    return [*values[1:7], control.value]


def moved(panel: Any, name: str) -> Iterator[tuple[float, float]]:
    """Move a control through its settings twice; yield the seconds of each answer, by clock and processor."""
    control = panel.controls[name]
    for value in settings(name, control) * 2:
        if value != control.value:
            begin, busy = time.perf_counter(), time.process_time()
            control.value = value
            yield time.perf_counter() - begin, time.process_time() - busy
            if panel.fault.value:
                raise SystemExit(f"{panel!r}: {panel.fault.value}")


def measured(where: str, dossier: ak.Dossier, names: list[str], path: Path | None = None) -> list[list[Any]]:
    """Return median and worst seconds of the controls of explorers on a dossier."""
    rows: list[list[Any]] = []
    for explorer in names:
        begin, busy = time.perf_counter(), time.process_time()
        panel = (
            ak.explorers.review(dossier, path)
            if explorer == "review"
            else getattr(ak.explorers, explorer)(dossier)
        )
        opened = time.perf_counter() - begin, time.process_time() - busy
        rows.append([where, explorer, "(opens)", 1, opened[0], opened[0], opened[1]])
        for control in panel.controls:
            if seconds := list(moved(panel, control)):
                clock, spent = zip(*seconds, strict=True)
                figures = [statistics.median(clock), max(clock), statistics.median(spent)]
                rows.append([where, explorer, control, len(clock), *figures])
    return rows


def main(size: int) -> None:
    rows: list[list[Any]] = []
    every = ["claims", "comparison", "tone", "reaction"]
    for path in SHIPPED:
        rows += measured(path, ak.open_dossier(path), every if "alibaba" in path else every[:2])
    many = enlarged(size)
    rows += measured(f"{size:,} claims", many, every[:3])
    with tempfile.TemporaryDirectory() as folder:
        file = new_dossier(Path(folder) / "many") / "claims.csv"
        save_claims(many.claims.assign(status="proposed"), file)
        rows += measured(f"{size:,} claims", many, ["review"], file)
    columns = ["dossier", "explorer", "control", "n", "median", "worst", "processor"]
    print(pd.DataFrame(rows, columns=columns).round(3).to_string(index=False))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
