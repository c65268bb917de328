"""The cues of speech: word lists, and how far a statement is from a fact."""

from __future__ import annotations

import re
from functools import cache

from analystkit.schemas import read_words

_MODALITIES = ["denied", "cancelled", "postponed", "completed", "planned", "estimated"]
_CERTAINTIES = ["uncertain", "probable"]


@cache
def lookup(name: str, kind: str = "") -> tuple[re.Pattern[str], dict[str, str]]:
    """Return a pattern of the entries of a word list (of one kind), and what each is mapped to."""
    words = read_words(f"speech_{name}.csv")
    words = words[words.iloc[:, 1].eq(kind) | (kind == "")]
    longest = sorted(words["entry"], key=len, reverse=True)
    pattern = rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest))})(?![\w-])"
    table = dict(zip(words["entry"].str.lower()[::-1], words.iloc[::-1, -2], strict=True))
    return re.compile(pattern, re.IGNORECASE), table


@cache
def starters(kind: str = "") -> frozenset[str]:
    words = read_words("speech_starters.csv")
    return frozenset(words.loc[words["class"].eq(kind) | (kind == ""), "entry"])


def _strongest(text: str, kind: str, order: list[str], default: str) -> str:
    pattern, table = lookup("cues", kind)
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
