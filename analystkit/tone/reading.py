"""Texts -> units: the words and phrases of a whole batch as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analystkit.tone.lexicon import NUMBER, START, STOPS, TOKEN, UNKNOWN, lexicon


@dataclass(frozen=True)
class Reading:
    """A batch of texts cut into units; every array has one value a unit.

    `text` is the position of the unit's text in the batch; `start` and `end` are offsets into
    `joined`, where text i begins at `begins[i]`; `opens` marks units that begin with a stop, `initial` is
    the code of the first character; `clause` and `sentence` number those of the batch.
    """

    joined: str
    begins: np.ndarray
    start: np.ndarray
    end: np.ndarray
    text: np.ndarray
    opens: np.ndarray
    initial: np.ndarray
    kind: np.ndarray
    value: np.ndarray
    capital: np.ndarray

    @cached_property
    def sentence(self) -> np.ndarray:
        return np.cumsum(self._stops)

    @cached_property
    def clause(self) -> np.ndarray:
        """Return the number of the clause: conjunctions and reasons open one, too."""
        return np.cumsum(self._stops | self.where("contrast", "cause", "concede"))

    @cached_property
    def _stops(self) -> np.ndarray:
        new_text = np.diff(self.text, prepend=-1) != 0
        # A full stop before a small letter belongs to an abbreviation.
        small_next = np.append(~self.capital[1:] & (self.kind[1:] == 0), False)
        return (self.opens & ~((self.initial == ord(".")) & small_next)) | new_text

    @cached_property
    def polarity(self) -> np.ndarray:
        """Return 1 for metrics of which more is better (prices, too), -1 for burdens, else 0."""
        return self.where("good", "price").astype("int64") - self.where("bad")

    def where(self, *kinds: str) -> np.ndarray:
        """Return which units are of one of these kinds."""
        codes = lexicon().codes
        table = np.zeros(len(codes), dtype=bool)
        table[[codes[kind] for kind in kinds]] = True
        return table[self.kind]


def last_before(mask: np.ndarray) -> np.ndarray:
    """Return for each position the last true position at or before it, else -1.

    Examples
    --------
    >>> last_before(np.array([False, True, False, True])).tolist()
    [-1, 1, 1, 3]
    """
    return np.maximum.accumulate(np.where(mask, np.arange(len(mask)), -1))


def next_after(mask: np.ndarray) -> np.ndarray:
    """Return for each position the next true position at or after it, else the length.

    Examples
    --------
    >>> next_after(np.array([False, True, False])).tolist()
    [1, 1, 3]
    """
    n = len(mask)
    return n - 1 - last_before(mask[::-1])[::-1]


def fold(text: str) -> str:
    """Lower-case without changing any offset; a curly apostrophe becomes straight."""
    low = text.lower()
    if len(low) != len(text):
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return low.replace("’", "'")


def _phrases(words: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the entry of the longest phrase from each word, and its length in words."""
    lex = lexicon()
    entry, length = np.zeros(len(words), np.int64), np.ones(len(words), np.int64)
    at, node, depth = np.flatnonzero(words), np.zeros(np.count_nonzero(words), np.int64), 0
    while len(at):
        key = node * lex.width + words[at + depth]
        found = np.minimum(np.searchsorted(lex.step, key), len(lex.step) - 1)
        alive = lex.step[found] == key
        at, node, depth = at[alive], lex.node[found[alive]], depth + 1
        ends = lex.ends[node] > 0
        entry[at[ends]], length[at[ends]] = lex.ends[node[ends]], depth
        inside = at + depth < len(words)
        at, node = at[inside], node[inside]
    return entry, length


def read(texts: Sequence[str]) -> Reading:
    """Return a batch of texts as units, each phrase of the lexicon one unit, longest first."""
    lex = lexicon()
    flat = [text.replace("\n", " ") for text in texts]
    joined = "\n" + "\n".join(flat) + "\n"
    begins = np.cumsum([1, *(len(text) + 1 for text in flat)])[:-1]
    low = fold(joined)
    pieces = TOKEN.split(low)  # gap, token, gap, token, ..., gap
    ends = np.cumsum(np.fromiter(map(len, pieces), np.int64, len(pieces)))
    start, end = ends[0:-1:2], ends[1::2].copy()
    words = np.array([lex.words.get(piece, UNKNOWN) for piece in pieces[1::2]], dtype=np.int64)
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    folded = np.frombuffer(low.encode("utf-32-le", "surrogatepass"), np.uint32)
    words[(codes[end - 1] >= 48) & (codes[end - 1] <= 57)] = NUMBER
    opens = np.isin(words, [START, *(lex.words[mark] for mark in STOPS)])
    entry, length = _phrases(words)
    initial = codes[start]
    keep = np.ones(len(words), bool)
    covered = 0
    for i in np.flatnonzero(length > 1).tolist():
        if i < covered:
            continue
        covered = i + int(length[i])
        keep[i + 1 : covered] = False
        if opens[i]:  # the mark before "buy" belongs to the pattern, not to the phrase
            entry[i + 1], entry[i], keep[i + 1] = entry[i], START, True
        end[i + int(opens[i])] = end[covered - 1]
    kept = np.flatnonzero(keep)
    entry, start, end = entry[kept], start[kept], end[kept]
    text = np.searchsorted(begins, start, side="right") - 1
    opens, initial, capital = opens[kept], initial[kept], codes[start] != folded[start]
    return Reading(
        joined, begins, start, end, text, opens, initial, lex.kind[entry], lex.value[entry], capital
    )
