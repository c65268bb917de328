"""Text -> numbers with the scale, sign, code or name that belongs to each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from analystkit.figures.lexicon import Unit, lexicon
from analystkit.figures.numbers import NUMBER_WORDS, read_digits, read_words, scaled

_DIGITS = re.compile(
    r"[0-9]+(?:[.,][0-9]+|[\u00a0\u202f\u2009'’][0-9]{3}(?![0-9]))*(?:[eE]\+?[0-9]{1,2}\b)?[½¼¾]?"
)
_SPACED = re.compile(r"(?: [0-9]{3})+(?![0-9.,])")
_WORDS = re.compile(
    r"\b(?=[aefhnost])(?:(?:half|a\squarter\sof)\san?(?:\sdozen)?(?=[\s-])|(?:a|two|three|four|five|six)\sdozen\b(?!\sof)|"
    r"an?(?=\s(?:(?:hundred|thousand|million|billion|trillion|lakh|crore|percentage\spoint)\b|"
    r"[mbtr]{1,2}illion-))|"
    rf"{NUMBER_WORDS}\b(?:[\s-]hundred\b(?:\s(?:and\s)?{NUMBER_WORDS}\b)?)?"
    r"(?:\sand\sa\s(?:half|quarter)\b)?)"
)
_TOKEN = re.compile(
    r"([ \t\u00a0\u202f\u2009]{0,2}|[ \t]?\n|-)"
    r"(u\.s\.|sq\.(?=\sf)|km/h|[万亿]+|元|人民币|[^\W\d_]+|[%％$€£¥￥₹₩¢](?![0-9]))"
)
_WORD = re.compile(r"[^\W\d_](?:[\w&’'/-]|\.(?=\w))*")
_SUFFIX = re.compile(r"\+|-(?:plus|odd|ish)\b")
_SIGNS = frozenset("$£€¥￥₹₩₽₺₫฿₱₦₪₴₸¢₵")
_SPACES = frozenset(" \u00a0\u202f\u2009")
_VIDEO = frozenset(("360", "480", "720", "1080", "1440", "2160"))


@dataclass(slots=True)
class Atom:
    """One number and what is printed with it, before its neighbours are looked at."""

    start: int
    end: int
    number: Decimal
    unit: Unit | None = None
    prefixed: bool = False
    grouped: bool = False  # has a comma or a point
    flags: list[str] = field(default_factory=list)
    power: int | None = None
    noun: str | None = None
    noun_end: int = 0
    hedge: str | None = None  # printed inside, as in "40+ startups"
    letter: bool = False  # "70B", which alone is no amount

    def worth(self) -> float:
        """Return the number with its scale, in the whole unit where a part is printed."""
        return scaled(self.number, self.power or 0, self.unit.factor if self.unit else "1")


def find_atoms(text: str, low: str) -> list[Atom]:
    """Return every number of the text with its own scale and unit, in order.

    Parameters
    ----------
    text, low
        The text, and the same in lower case, character by character.
    """
    found = [*_in_digits(text, low), *_in_words(text, low)]
    found.sort(key=lambda atom: atom.start)
    return found


def _in_digits(text: str, low: str) -> Iterator[Atom]:
    edge = -1  # where the last number ended, which a range may follow: "10 percent-15 percent"
    for match in _DIGITS.finditer(text):
        start, end = match.span()
        if end - start > 40 or start < edge:
            continue
        begin, unit = _prefix(text, start)
        if text[end : end + 1] == " " and (more := _SPACED.match(text, end)):
            # "1 000 000", and with a currency also "10 000": alone that may be two numbers
            end = more.end() if unit or more.end() - end > 4 else end
        before, beyond = text[begin - 1 : begin] or " ", text[begin - 2 : begin - 1] or " "
        if unit is None:
            # GPT4, 9:30, 24/7, 212-555, GPT-4, the '25 of a year
            if before.isalnum() or before in "#@_":
                continue
            lone = begin - 1 != edge and (beyond.isalpha() or (before != "-" and beyond.isdigit()))
            if before in "-/:.,'’" and lone:
                continue
            if before in "'’" and end - start == 2:
                continue
        after, next_one = text[end : end + 1], text[end + 1 : end + 2]
        if (after in (":", "/") and next_one.isdigit()) or (after == "." and next_one.isupper()):
            continue
        read = read_digits(text[start:end])
        if read is None:
            continue
        number, flag = read
        grouped = end - start > len(match[0]) or "," in match[0] or "." in match[0]
        atom = Atom(begin, end, number, unit, unit is not None, grouped, [flag] if flag else [])
        if before == "." and unit is None and (begin < 2 or beyond in " (\n"):
            atom.start, atom.number = begin - 1, number.scaleb(start - end)
        elif before in "-−" and beyond in " (" and text[max(0, begin - 3)] not in "%\n0123456789":
            atom.start, atom.number = begin - 1, -number
        if _read_tail(atom, text, low):
            edge = atom.end
            yield atom


def _in_words(text: str, low: str) -> Iterator[Atom]:
    for match in _WORDS.finditer(low):
        start, end = match.span()
        if text[start - 1 : start] in ("-", "$", "£", "€"):
            continue
        atom = Atom(start, end, read_words(match[0]), flags=["number_word"])
        if not _read_tail(atom, text, low):
            continue
        if atom.unit is None and atom.power is None:
            # "One" counts nothing, and "Seven" in the middle of a sentence is a name.
            before = text[max(0, start - 2) : start].strip()
            if atom.number <= 1 or (text[start].isupper() and before not in ("", ".", "“", '"', "-")):
                atom.noun = None
        yield atom


def _prefix(text: str, start: int) -> tuple[int, Unit | None]:
    """Return where a currency sign or code before the number begins, and the currency."""
    i = start - 1
    if i >= 0 and text[i] in _SPACES:
        i -= 1
    if i < 0:
        return start, None
    table, k = lexicon().before, i
    if text[i] in _SIGNS:
        while k and i - k < 4 and (text[k - 1].isalpha() or text[k - 1] == "."):
            k -= 1
        unit = table.get(text[k : i + 1])
        if unit is not None and not text[k - 1 : k].isalnum():
            return k, unit
        return i, table.get(text[i])
    if not (text[i].isalpha() or text[i] in "./"):
        return start, None
    while k and i - k < 7 and text[k - 1].isalpha():
        k -= 1
    unit = table.get(text[k : i + 1])
    if unit is None or (k and (text[k - 1].isalnum() or text[k - 1] in "-&.")):
        return start, None
    return k, unit


def _read_tail(atom: Atom, text: str, low: str) -> bool:
    """Read scale, unit or counted words behind the number; False where it is no figure at all."""
    scales = lexicon().scales
    at = _suffixed(atom, low)
    token = _TOKEN.match(low, at)
    while token is not None:
        gap, word = token.groups()
        power, place = scales.get(word, (0, ""))
        if not place or power < (atom.power or 0) or (place == "money" and not atom.prefixed):
            break
        if place == "letter" and (atom.power or (gap and not (atom.prefixed and gap == " "))):
            break
        atom.letter = place == "letter"
        atom.power = (atom.power or 0) + power
        atom.end = token.end()
        at = _suffixed(atom, low)
        token = _TOKEN.match(low, at)
    unit, end = _unit(atom, token, text, low) if token else (None, at)
    alien = token is not None and not token[1] and at == atom.end and unit is None
    if atom.unit is not None:
        if unit is not None and atom.unit.form == "$" and (unit.place == "code" or "dollar" in unit.form):
            # "$5 million AUD", "$5 million Hong Kong dollars"
            atom.unit, atom.end = unit, end
        return not alien and (atom.unit.place != "weak" or atom.power is not None)
    if unit is not None:
        atom.unit, atom.end = unit, end
    elif not alien and text[at : at + 1].isspace():
        _count(atom, text, at)
    atom.letter = atom.letter and unit is None and atom.noun is None
    return not alien


def _suffixed(atom: Atom, low: str) -> int:
    """Note a plus or an "-odd" inside the figure, as in "40+ startups", and step over it."""
    match = _SUFFIX.match(low, atom.end)
    if match is None:
        return atom.end
    atom.hedge = lexicon().later_hedges[match[0]]
    return match.end()


def _unit(atom: Atom, token: re.Match[str], text: str, low: str) -> tuple[Unit | None, int]:
    """Return the unit at the token behind the number, and where it ends."""
    lex = lexicon()
    word, end = token[2], token.end()
    unit = lex.symbols.get(text[token.start(2) : end]) or lex.after.get(word)
    if word in lex.longer:
        name, more = word, _TOKEN.match(low, end)
        while more is not None and len(name) < 24:
            name = f"{name} {more[2]}"
            if name in lex.after:
                unit, end = lex.after[name], more.end()
            more = _TOKEN.match(low, more.end())
    if unit is None:
        return None, end
    following = re.split(r"[\s-]", low[end : end + 20].lstrip(" -"))
    if unit.place == "attached":
        no = token[1] or atom.power or str(atom.number) in _VIDEO
    elif unit.place == "weakname":
        no = atom.power is None
    elif unit.form == "won":  # "of 12 bids, 10 won approval"; "in 2024 won"
        no = atom.power is None and not atom.grouped and not 100 <= atom.number < 1900
    elif unit.form in ("pounds", "pound") and following[0] == "of":
        if following[1:] and following[1] in lex.roles["material"]:
            return lex.after["pounds of weight"], end
        no = False
    else:
        no = unit.form.startswith("euro") and following[0] in ("zone", "area", "nation")
    return (None if no else unit), end


def _count(atom: Atom, text: str, at: int) -> None:
    """Note the words that the number counts: up to four, the last one a plural."""
    roles = lexicon().roles
    words: list[str] = []
    for match in _WORD.finditer(text, at, at + 80):
        word, lower = match[0], match[0].lower()
        if not text[match.start() - 1].isspace() or lower in roles["stop"] or len(words) == 4:
            return
        words.append(word)
        plural = lower.endswith("s") and not lower.endswith(("ss", "'s", "’s", "us", "is"))
        plural = plural or (word[-1] == "s" and word[-2:-1].isupper())  # GPUs
        if (plural and lower not in roles["not_counted"]) or lower in roles["people"]:
            atom.noun, atom.noun_end = " ".join(words), match.end()
            return
        if lower in roles["not_counted"] or not text[match.end() : match.end() + 1].isspace():
            return
