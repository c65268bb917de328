"""The cues of speech: word lists, and how far a statement is from a fact."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files

_MODALITIES = ["denied", "cancelled", "postponed", "completed", "planned", "estimated"]
_CERTAINTIES = ["uncertain", "probable"]


@cache
def _rows(name: str) -> list[dict[str, str]]:
    path = files("analystkit").joinpath("words", f"speech_{name}.csv")
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


@cache
def lookup(
    name: str, column: str, value: str, to: str, any_case: bool = True
) -> tuple[re.Pattern[str], dict[str, str]]:
    """Return a pattern of the entries whose `column` is `value`, and what each is mapped to."""
    rows = [row for row in _rows(name) if value in ("", row[column])]
    longest = sorted((row["entry"] for row in rows), key=len, reverse=True)
    pattern = rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest))})(?![\w-])"
    table = {row["entry"].lower(): row[to] for row in reversed(rows)}
    return re.compile(pattern, re.IGNORECASE if any_case else 0), table


@cache
def starters(kind: str = "") -> frozenset[str]:
    return frozenset(row["entry"] for row in _rows("starters") if kind in ("", row["class"]))


def _strongest(text: str, kind: str, order: list[str], default: str) -> str:
    pattern, table = lookup("cues", "class", kind, "meaning")
    found = {table[match.group().lower()] for match in pattern.finditer(text)}
    return next((word for word in order if word in found), default)


def modality_of(text: str) -> str:
    """Return planned, estimated, reported, completed, postponed, cancelled or denied.

    Parameters
    ----------
    text
        A statement; without any cue it is reported.

    Examples
    --------
    >>> modality_of("it is canceling leases"), modality_of("it will invest"), modality_of("it grew")
    ('cancelled', 'planned', 'reported')
    """
    return _strongest(text, "modality", _MODALITIES, "reported")


def certainty_of(text: str) -> str:
    """Return certain, probable or uncertain by the hedges in a statement.

    Examples
    --------
    >>> certainty_of("it may grow"), certainty_of("it expects growth"), certainty_of("it grew")
    ('uncertain', 'probable', 'certain')
    """
    return _strongest(text, "certainty", _CERTAINTIES, "certain")
