"""Word lists -> the look-up tables by which figures are read."""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True, slots=True)
class Unit:
    """What a sign, code or name beside a number says of it."""

    kind: str
    unit: str | None
    factor: str
    flags: tuple[str, ...]
    place: str
    form: str


@dataclass(frozen=True)
class Lexicon:
    """All look-up tables of the module, read once."""

    before: dict[str, Unit]  # case kept: US$, RMB, Rs.
    after: dict[str, Unit]  # lower case: yuan, percentage points
    symbols: dict[str, Unit]  # case kept: MW, USD
    longer: frozenset[str]  # first words of names of several words
    scales: dict[str, tuple[int, str]]  # power of ten and place
    hedges: dict[str, tuple[str, bool]]  # phrase -> bound, stands tight before the number
    hedge_ends: frozenset[str]
    later_hedges: dict[str, str]
    moves: dict[str, tuple[str, bool]]  # word -> direction, needs a percentage or by
    later_moves: dict[str, str]
    roles: dict[str, frozenset[str]]
    ambiguous: dict[str, dict[str, str]]  # form -> word of the text -> currency


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files("analystkit").joinpath("words", f"figures_{name}.csv")
    return list(csv.DictReader(text.read_text("utf-8").splitlines()))


@functools.cache
def lexicon() -> Lexicon:
    """Return the look-up tables, read from the word lists of the package on the first call."""
    before, after, symbols = {}, {}, {}
    for row in _rows("currencies"):
        flags = tuple(row["flag"].split(";")) if row["flag"] else ()
        form, place = row["form"], row["place"]
        unit = Unit("money", row["code"] or None, row["factor"], flags, place, form)
        if place in ("sign", "code", "weak"):
            before[form] = unit
        if place in ("name", "attached", "weakname"):
            after[form] = unit
        elif place == "sign":
            after[form.lower()] = unit
        elif place == "code" and form.isupper():
            symbols[form] = unit
    for row in _rows("units"):
        flags = ("unit_assumed",) if row["place"] == "assumed" else ()
        unit = Unit(row["kind"], row["unit"], row["factor"], flags, row["place"], row["form"])
        (symbols if row["place"] == "symbol" else after)[row["form"]] = unit
    hedges, later_hedges = {}, {}
    for row in _rows("hedges"):
        if row["place"] == "after":
            later_hedges[row["phrase"]] = row["bound"]
        else:
            hedges[row["phrase"]] = (row["bound"], row["place"] == "tight")
    moves = _rows("moves")
    roles: dict[str, set[str]] = {}
    for row in _rows("context"):
        roles.setdefault(row["role"], set()).add(row["word"])
    ambiguous: dict[str, dict[str, str]] = {}
    for row in _rows("ambiguous"):
        ambiguous.setdefault(row["form"], {})[row["word"]] = row["code"]
    return Lexicon(
        before=before,
        after=after,
        symbols=symbols,
        longer=frozenset(name.split()[0] for name in after if " " in name),
        scales={row["form"]: (int(row["power"]), row["place"]) for row in _rows("scales")},
        hedges=hedges,
        hedge_ends=frozenset(phrase.split()[-1] for phrase in hedges),
        later_hedges=later_hedges,
        moves={
            row["word"]: (row["direction"], row["place"] == "weak")
            for row in moves
            if row["place"] != "after"
        },
        later_moves={row["word"]: row["direction"] for row in moves if row["place"] == "after"},
        roles={role: frozenset(words) for role, words in roles.items()},
        ambiguous=ambiguous,
    )
