"""Words beside a figure -> its bound and the direction of the move that it measures."""

from __future__ import annotations

import re

from analystkit.figures.lexicon import lexicon

_STOPS = frozenset(".,;:!?)]")
_SHORTENED = frozenset(("approx.", "c.", "ca.", "u.s.", "est."))
_OPENERS = "([“”\"'‘’—–$•*"
_LATER = re.compile(
    r"\s?(\+|-[a-z]+)|(?:,?\s)"
    r"((?:or|and|if|at|give|plus|minimum|maximum|tops|approx)[a-z]*(?:\s[a-z]+){0,2})"
)
_GOES_ON = re.compile(r"\s(?:than\b|to\b|about\b|[^a-z\s])")  # "$5 and up 3%", "or more than"
_NEXT_WORDS = re.compile(r"[\s-]+([a-z]+)(?:[\s-]+([a-z-]+))?(?:\s([a-z-]+))?")


def words_before(low: str, start: int, most: int = 9) -> list[str]:
    """Return the words of the same clause that stand before a position, the nearest last.

    Examples
    --------
    >>> text = "shares fell. it will spend at least $5"
    >>> words_before(text, text.index("$"))
    ['it', 'will', 'spend', 'at', 'least']
    """
    words: list[str] = []
    for token in reversed(low[max(0, start - 80) : start].rsplit(None, most)[-most:]):
        if token[-1] in _STOPS and token not in _SHORTENED and (words or token != ","):
            break
        if token[0] in _OPENERS:
            if bare := token.lstrip(_OPENERS):
                words.append(bare)
            break
        words.append(token if token[-1].isalnum() else token.rstrip('”"’'))
    words.reverse()
    return words


def bound_before(words: list[str], duration: bool = False) -> tuple[str | None, int]:
    """Return the bound that the words before a figure set, and how many words stand before it.

    Parameters
    ----------
    words
        As `words_before` returns them.
    duration
        The figure is a length of time, with which "over" means during.
    """
    lex = lexicon()
    left = len(words)
    fillers = lex.roles["filler"]
    gap = False
    for _ in range(4):
        if not left:
            return None, len(words)
        if words[left - 1] in lex.hedge_ends:
            for size in (4, 3, 2, 1):
                if size > left:
                    continue
                phrase = " ".join(words[left - size : left])
                if phrase in lex.hedges:
                    bound, tight = lex.hedges[phrase]
                    if tight and _plain(words, left - 1, gap, duration):
                        return None, len(words)
                    if phrase == "up to" and left > 2 and words[left - 3] in lex.roles["adding"]:
                        return None, len(words)
                    return bound, left - size
        if words[left - 1] not in fillers:
            return None, len(words)
        gap = gap or words[left - 1] in lex.roles["article"]
        left -= 1
    return None, len(words)


def _plain(words: list[str], at: int, article: bool, duration: bool) -> bool:
    """Return whether over, under or about is a preposition of place, time or subject here."""
    if article:
        return True
    before = words[at - 1] if at else ""
    if duration and words[at] in ("over", "past", "around", "beyond"):
        return words[at] != "around" and before not in (
            "in",
            "for",
            "just",
            "well",
            "of",
            "took",
            "a",
            "after",
        )
    return before in lexicon().roles["subject"]


def bound_after(low: str, end: int) -> str | None:
    """Return the bound that the words behind a figure set.

    Examples
    --------
    >>> bound_after("$5bn or more", 4), bound_after("$5bn more", 4)
    ('at_least', None)
    """
    match = _LATER.match(low, end)
    words = (match[1] or match[2]) if match else ""
    while match and words:
        at = match.start(match.lastindex or 1) + len(words)
        goes_on = low[at : at + 1].isspace() if match[0][0] == "," else _GOES_ON.match(low, at)
        if words in lexicon().later_hedges and not goes_on:
            return lexicon().later_hedges[words]
        words = words.rpartition(" ")[0]
    return None


def direction_of(words: list[str], low: str, end: int, kind: str) -> str | None:
    """Return "up" or "down" where the figure is the size of a move, else None.

    Parameters
    ----------
    words
        The words before the figure, without its hedge.
    low, end
        The text in lower case and where the figure ends.
    kind
        Of the figure; the move of a percentage may be named behind it ("a 3% drop").
    """
    lex = lexicon()
    percent, sized = kind == "percent", kind in ("percent", "money")
    by = False
    for word in words[-1:-8:-1]:
        if word in lex.moves:
            direction, weak = lex.moves[word]
            return None if weak and not (by or percent) else direction
        # Behind "by" the thing that moves stands between: "cut rates by 25 basis points".
        if word not in lex.roles["manner"] and not word.endswith("ly") and not (by and sized):
            break
        by = by or word == "by"
    if percent and (match := _NEXT_WORDS.match(low, end)):
        for word in match.groups():
            if word in lex.later_moves:
                return lex.later_moves[word]
            if word in ("of", "to", "in", "on", "and", "stake", "from", "for", "but", "than"):
                break
    return None
