"""Words beside a figure -> its bound and the direction of the move that it measures."""

import functools
import re

from analystkit.figures.lexicon import listed

_STOPS = frozenset(".,;:!?)]")
_SHORTENED = frozenset(("approx.", "c.", "ca.", "u.s.", "est."))
_OPENERS = "([“”\"'‘’—–$•*"
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
    hedges, article = listed("hedges", "before", "tight"), False
    for left in range(len(words), max(0, len(words) - 4), -1):
        for first in range(max(0, left - 4), left):
            phrase = " ".join(words[first:left])
            if phrase in hedges:
                plain = phrase in listed("hedges", "tight") and (article or _plain(words[:left], duration))
                adds = phrase == "up to" and first and words[first - 1] in listed("context", "adding")
                return (None, len(words)) if plain or adds else (hedges[phrase], first)
        if words[left - 1] not in listed("context", "filler"):
            break
        article = article or words[left - 1] in listed("context", "article")
    return None, len(words)


def _plain(words: list[str], duration: bool) -> bool:
    """Return whether over, under or about is a preposition of place, time or subject here."""
    before, word = ["", *words][-2:]
    if duration and word in ("over", "past", "beyond"):
        return before not in ("in", "for", "just", "well", "of", "took", "a", "after")
    return before in listed("context", "subject")


@functools.cache
def _later() -> re.Pattern[str]:
    """Return the hedges that follow a figure: "or more", and after a comma none that goes on."""
    hedges = "|".join(re.escape(hedge) for hedge in sorted(listed("hedges", "after"), key=len, reverse=True))
    return re.compile(rf"(,)?\s?({hedges})(?!\w)(?(1)(?!\s)|(?!\s(?:than|to|about)\b|\s[^a-z\s]))")


def bound_after(low: str, end: int) -> str | None:
    """Return the bound that the words behind a figure set.

    Examples
    --------
    >>> bound_after("$5bn or more", 4), bound_after("$5bn more", 4)
    ('at_least', None)
    """
    match = _later().match(low, end)
    return listed("hedges", "after")[match[2]] if match else None


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
    moves, manner = listed("moves", "before", "weak"), listed("context", "manner")
    percent, by = kind == "percent", False
    for word in words[-1:-8:-1]:
        if word in moves:
            return moves[word] if by or percent or word in listed("moves", "before") else None
        # Behind "by" the thing that moves stands between: "cut rates by 25 basis points".
        if word not in manner and not word.endswith("ly") and not (by and kind in ("percent", "money")):
            break
        by = by or word == "by"
    if percent and (match := _NEXT_WORDS.match(low, end)):
        for word in match.groups():
            if word in listed("moves", "after"):
                return listed("moves", "after")[word]
            if word in ("of", "to", "in", "on", "and", "stake", "from", "for", "but", "than"):
                break
    return None
