"""The word lists of the package as one lexicon: words and phrases in a trie of arrays."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
import pandas as pd

from analystkit.schemas import read_words

FILES = ("phrases", "grammar", "directions", "metrics", "polar")  # an earlier entry wins
UNKNOWN, NUMBER, START = 0, 1, 2
TOKEN = re.compile(  # words, numbers, marks; one group, so that split() returns tokens and gaps
    r"([^\W\d_]+(?:'t\b)?|(?:(?<=\s)-)?\d+(?:(?: (?=\.\d))?[.,]\d+)*|'s\b|\n"
    r"|(?<=\s)[-–—](?=\s)|[^\w\s'\-–])"
)
ENTRY_TOKEN = re.compile(r"[^\s-]+")
ALTERNATIVES = re.compile(r"(?<=.)\|(?=.)")
STOPS = ".;:!?|—–-"


@dataclass(frozen=True)
class Lexicon:
    """Words by number, and the trie that joins them to phrases.

    `step` holds ``node * width + word`` in ascending order, `node` the node each step leads to,
    `ends` the entry that ends at a node (0 = none); `kind` and `value` belong to entries, and
    `codes` numbers the kinds.
    """

    codes: dict[str, int]
    words: dict[str, int]
    width: int
    step: np.ndarray
    node: np.ndarray
    ends: np.ndarray
    kind: np.ndarray
    value: np.ndarray


def spellings(entry: str, forms: str) -> list[tuple[str, ...]]:
    """Return the word sequences of an entry and of its other forms: ``a|b`` are alternatives.

    Examples
    --------
    >>> spellings("top line", ""), spellings("win", "wins;won")
    ([('top', 'line')], [('win',), ('wins',), ('won',)])
    >>> spellings("win|lose a bid", "")
    [('win', 'a', 'bid'), ('lose', 'a', 'bid')]
    """
    phrases = [entry, *filter(None, forms.split(";"))]
    parts = [[ALTERNATIVES.split(part) for part in ENTRY_TOKEN.findall(p) or [p]] for p in phrases]
    return [sequence for choices in parts for sequence in product(*choices)]


@cache
def lexicon() -> Lexicon:
    """Return the package's word lists, read and compiled once."""
    # The first three entries are fixed: an unknown word, a number, the start of a text.
    marks = {"": "", "#": "number", "^": "start"} | dict.fromkeys(STOPS, "stop") | {",": "comma"}
    own = pd.DataFrame({"entry": list(marks), "class": list(marks.values()), "value": "0", "forms": ""})
    table = pd.concat([own, *(read_words(f"tone_{name}.csv") for name in FILES)], ignore_index=True)
    kind, kinds = pd.factorize(table["class"])
    words = {"": UNKNOWN, "#": NUMBER, "\n": START, "^": START}
    words |= dict.fromkeys(table.loc[table["class"].eq("number"), "entry"], NUMBER)
    trie: dict[tuple[int, int], int] = {}
    ends: dict[int, int] = {}
    for entry, row in enumerate(table.to_dict("records")):
        for sequence in spellings(row["entry"], row["forms"]):
            node = 0
            for word in sequence:
                number = words.setdefault(word, len(words) - 1)
                node = trie.setdefault((node, number), len(trie) + 1)
            ends.setdefault(node, entry)
    width = len(words) + 1
    step = np.array([node * width + word for node, word in trie], dtype=np.int64)
    order = np.argsort(step)
    nodes = np.array(list(trie.values()), dtype=np.int64)
    final = np.zeros(len(trie) + 2, dtype=np.int64)
    final[list(ends)] = list(ends.values())
    codes = {name: code for code, name in enumerate(kinds)}
    value = table["value"].to_numpy(dtype=float)
    return Lexicon(codes, words, width, step[order], nodes[order], final, kind.astype(np.int8), value)
