"""The word lists of the package as one lexicon: words and phrases in a trie of arrays."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import product

import numpy as np

FILES = ("phrases", "grammar", "directions", "metrics", "polar")  # an earlier entry wins
KINDS = (
    "",
    *(
        "up",
        "down",
        "lifts",
        "cuts",
        "better",
        "worse",
        "good",
        "bad",
        "price",
        "flat",
        "positive",
        "negative",
    ),
    *("price up", "price down", "mask", "negator", "hedge", "plan", "condition", "cause"),
    *(
        "concede",
        "contrast",
        "versus",
        "up from",
        "down from",
        "inside",
        "block",
        "adverb",
        "percent",
        "scale",
        "degree",
    ),
    *("advert", "number", "start", "stop", "comma"),
)
CODE = {kind: code for code, kind in enumerate(KINDS)}
UNKNOWN, NUMBER, START = 0, 1, 2
TOKEN = re.compile(  # words, numbers, marks; one group, so that split() returns tokens and gaps
    r"([^\W\d_]+(?:'t\b)?|(?:(?<=\s)-)?\d+(?:(?: (?=\.\d))?[.,]\d+)*|'s\b|\n"
    r"|(?<=\s)[-–—](?=\s)|[^\w\s'\-–])"
)
ENTRY_TOKEN = re.compile(r"[^\s-]+")
STOPS = ".;:!?|—–-"


@dataclass(frozen=True)
class Lexicon:
    """Words by number, and the trie that joins them to phrases.

    `step` holds ``node * width + word`` in ascending order, `node` the node each step leads to,
    `ends` the entry that ends at a node (0 = none); `kind` and `value` belong to entries.
    """

    words: dict[str, int]
    width: int
    step: np.ndarray
    node: np.ndarray
    ends: np.ndarray
    kind: np.ndarray
    value: np.ndarray


def inflect(word: str, forms: str) -> list[str]:
    """Return the forms of a word: a regular verb, a regular noun, or the forms listed.

    Examples
    --------
    >>> inflect("surge", "verb"), inflect("worry", "noun"), inflect("win", "wins;won")
    (['surge', 'surges', 'surged', 'surging'], ['worry', 'worries'], ['win', 'wins', 'won'])
    """
    if forms not in ("verb", "noun"):
        return [word, *(form for form in forms.split(";") if form and form != word)]
    if word.endswith("y") and word[-2] not in "aeiou":
        plural, past = word[:-1] + "ies", word[:-1] + "ied"
    elif word.endswith(("s", "x", "z", "ch", "sh")):
        plural, past = word + "es", word + "ed"
    else:
        plural, past = word + "s", word + "ed" if word[-1] != "e" else word + "d"
    if forms == "noun":
        return [word, plural]
    if re.fullmatch(r"[^aeiou]+[aeiou][^aeiouwxy]", word):
        return [word, plural, word + word[-1] + "ed", word + word[-1] + "ing"]
    present = word[:-1] if word.endswith("e") and not word.endswith("ee") else word
    return [word, plural, past, present + "ing"]


def _rows() -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for name in FILES:
        path = resources.files("analystkit").joinpath(f"words/tone_{name}.csv")
        rows.extend(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    return rows


def _spellings(entry: str, forms: str, known: dict[str, list[str]]) -> list[tuple[str, ...]]:
    """Return an entry's word sequences: ``a|b`` are alternatives, ``cut~`` all forms of cut."""

    def forms_of(word: str) -> list[str]:
        return known.get(word[:-1]) or inflect(word[:-1], "verb") if word.endswith("~") else [word]

    spelled: list[tuple[str, ...]] = []
    for phrase in inflect(entry, forms) if forms else [entry]:
        choices = [part.split("|") for part in ENTRY_TOKEN.findall(phrase)]
        spelled.extend(product(*([f for word in words for f in forms_of(word)] for words in choices)))
    return spelled


@cache
def lexicon() -> Lexicon:
    """Return the package's word lists, read and compiled once."""
    rows = _rows()
    known = {r["entry"]: inflect(r["entry"], r["forms"]) for r in rows if r["forms"]}
    words = {"": UNKNOWN, "#": NUMBER, "\n": START, "^": START}
    kinds, values = [CODE[""], CODE["number"], CODE["start"]], [0.0, 0.0, 0.0]
    trie: dict[tuple[int, int], int] = {(0, NUMBER): 1, (0, START): 2}
    ends = {1: NUMBER, 2: START}

    def add(sequence: tuple[str, ...], entry: int) -> None:
        node = 0
        for word in sequence:
            number = words.setdefault(word, len(words) - 1)
            node = trie.setdefault((node, number), len(trie) + 1)
        ends.setdefault(node, entry)

    marks = dict.fromkeys(STOPS, "stop") | {",": "comma"}
    for mark, kind in marks.items():
        add((mark,), len(kinds))
        kinds.append(CODE[kind])
        values.append(0.0)
    for row in rows:
        if row["class"] == "number":
            words[row["entry"]] = NUMBER
    for row in rows:
        for sequence in _spellings(row["entry"], row["forms"], known):
            if row["class"] != "number":
                add(sequence, len(kinds))
        kinds.append(CODE[row["class"]])
        values.append(float(row["value"]))
    width = len(words) + 1
    step = np.array([node * width + word for node, word in trie], dtype=np.int64)
    order = np.argsort(step)
    nodes = np.array(list(trie.values()), dtype=np.int64)
    final = np.zeros(len(trie) + 2, dtype=np.int64)
    final[list(ends)] = list(ends.values())
    return Lexicon(words, width, step[order], nodes[order], final, np.array(kinds, np.int8), np.array(values))
