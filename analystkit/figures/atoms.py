"""Text -> numbers with the scale, sign, code or name that belongs to each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from analystkit.figures.lexicon import Unit, listed, units

_SMALL = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"]
_SMALL += ["twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORTH = {word: Decimal(n) for n, word in enumerate(_SMALL, 1)}
_WORTH |= {word: Decimal(10 * n) for n, word in enumerate(_TENS, 2)}
_WORTH |= {part: Decimal(n) / 4 for part, n in {"quarter": 1, "¼": 1, "half": 2, "½": 2, "¾": 3}.items()}
NUMBER_WORDS = rf"(?:(?:{'|'.join(_TENS)})(?:[-\s](?:{'|'.join(_SMALL[:9])})\b)?|{'|'.join(_SMALL[::-1])})"
_SPACES = re.compile("[ \u00a0\u202f\u2009'’]")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?")
_CONTINENTAL = re.compile(r"\d{1,3}(?:\.\d{3})*,\d{1,2}|\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}")
_THIN = "\u00a0\u202f\u2009"
_SIGN = "[$£€¥￥₹₩₽₺₫฿₱₦₪₴₸¢₵]"
_NUMBER = re.compile(
    r"(?:(?=[0-9.])(?<![0-9])(?P<digits>(?>"
    # A space parts thousands where a sign before it or two groups of digits show it.
    rf"(?:(?<={_SIGN})[0-9]{{1,3}}|[0-9]{{1,3}} [0-9]{{3}})(?: [0-9]{{3}})+(?![0-9.,])|"
    rf"(?:(?<![^\s(])\.)?[0-9]+(?:[.,][0-9]+|[{_THIN}'’][0-9]{{3}}(?![0-9]))*(?:e\+?[0-9]{{1,2}}\b)?[½¼¾]?"
    # The half of a cent in "$5.93-1/2" would be lost.
    r"))(?![:/][0-9]|\.[a-z]|-[0-9]/[0-9])|\b(?=[aefhnost])(?<![-$£€])(?:"
    r"(?:half|a\squarter\sof)\san?(?:\sdozen)?(?=[\s-])|(?:a|two|three|four|five|six)\sdozen\b(?!\sof)|"
    r"an?(?=\s(?:hundred|thousand|million|billion|trillion|lakh|crore|percentage\spoint)\b)|"
    rf"{NUMBER_WORDS}\b(?:[\s-]hundred\b(?:\s(?:and\s)?{NUMBER_WORDS}\b)?)?(?:[\s-]and[\s-]a[\s-](?:half|quarter)\b)?))"
)
# GPT4, GPT-4, 212-555, the '25 of a year.
_GLUED = re.compile(r"(?<=[\w#@])|(?<=[^\W\d_][-/:.,'’])|(?<=\d[/:.,'’])|(?<=['’])\d\d(?!\d)")
_MINUS = re.compile(r"(?:\A|[ (])(?<![%\n0-9][ (])([-−])\Z|(?<!\bor )\b((?:[Mm]inus|[Nn]egative) )\Z")
_PREFIX = re.compile(
    rf"((?:(?<!\w)[A-Za-z.]{{1,4}})?({_SIGN})|(?<![\w&.-])[^\W\d_]{{1,7}}[./]?)[ {_THIN}]?\Z"
)
_TOKEN = r"u\.s\.|sq\.(?=\sf)|km/h|[万亿]+|元|人民币|(?:(?![¹²³⁰⁴-⁹])[^\W\d_])+|[%％$€£¥￥₹₩¢](?![0-9])"
_TAIL = re.compile(
    rf"(\+|-(?:plus|odd|ish)\b)?(?:([ \t{_THIN}]{{0,2}}|[ \t]?\n|-)(({_TOKEN})(?:[ \n-](?:{_TOKEN})){{0,3}}))?"
)
_WORD = re.compile(r"(?:[^\S\n]+|[^\S\n]?\n)(?=[^\W\d_])((?:[\w&’'/-]|\.(?=\w))+)")
_VIDEO = frozenset(("360", "480", "720", "1080", "1440", "2160"))


@dataclass(slots=True)
class Atom:
    """One number and what is printed with it, before its neighbours are looked at."""

    start: int
    end: int
    number: Decimal
    unit: Unit | None = None
    flags: list[str] = field(default_factory=list)
    grouped: bool = False  # has a comma or a point
    prefixed: bool = False
    power: int | None = None
    noun: str | None = None
    noun_end: int = 0
    hedge: str | None = None  # printed inside, as in "40+ startups"
    letter: bool = False  # "70B", which alone is no amount

    def worth(self) -> float:
        """Return the number with its scale, in the whole unit where a part is printed.

        Examples
        --------
        >>> Atom(0, 5, Decimal("402.3"), power=6).worth()
        402300000.0
        """
        # In decimals, because 402.3 * 1e6 in binary is not always the float nearest to 402,300,000.
        return float(self.number.scaleb(self.power or 0) * Decimal(self.unit.factor if self.unit else 1))


def find_atoms(text: str, low: str) -> Iterator[Atom]:
    """Yield every number of the text with its own scale and unit, in order.

    Parameters
    ----------
    text, low
        The text, and the same in lower case, character by character.
    """
    edge = -1  # where the last number ended, which a range may follow: "10 percent-15 percent"
    for match in _NUMBER.finditer(low):
        start, end = match.span()
        if match["digits"]:
            atom = _digits(match[0], start, end, edge, text)
        else:
            atom = Atom(start, end, read_number_words(match[0]), flags=["number_word"])
        if atom is None or not _read_tail(atom, text, low):
            continue
        if not match["digits"] and atom.unit is None and atom.power is None:
            # "One" counts nothing, and "Seven" in the middle of a sentence is a name.
            before = text[max(0, start - 2) : start].strip()
            if atom.number <= 1 or (text[start].isupper() and before not in ("", ".", "“", '"', "-")):
                atom.noun = None
        edge = atom.end
        yield atom


def _digits(printed: str, start: int, end: int, edge: int, text: str) -> Atom | None:
    """Return a number in digits with the sign or code before it, None where it is part of a name."""
    read, begin, unit = read_digits(printed), start, None
    prefix = _PREFIX.search(text, max(0, start - 9), start)
    for group in (2, 1):  # the longer form, US$, wins over its sign
        if prefix and prefix.start(group) >= edge and prefix[group] in units("before"):
            begin, unit = prefix.start(group), units("before")[prefix[group]]
    if read is None or (unit is None and start - 1 != edge and _GLUED.match(text, start)):
        return None
    atom = Atom(begin, end, read[0], unit, list(read[1]), not printed.isdigit(), unit is not None)
    minus = _MINUS.search(text, max(0, begin - 12), begin)
    if minus:
        atom.start, atom.number = minus.start(minus.lastindex or 0), -atom.number
    return atom


def _read_tail(atom: Atom, text: str, low: str) -> bool:
    """Read scale, unit or counted words behind the number; False where it is no figure at all."""
    while True:
        tail: re.Match[str] = _TAIL.match(low, atom.end)  # type: ignore[assignment]  # it may be empty
        hedge, gap, names, word = tail.groups()
        atom.hedge = listed("hedges", "after")[hedge] if hedge else atom.hedge
        letter = not atom.power and (not gap or (atom.prefixed and gap == " "))
        power = listed("scales", "word", *["letter"] * letter, *["money"] * atom.prefixed).get(word, "0")
        if int(power) < (atom.power or 1):
            break
        atom.letter = word in listed("scales", "letter")
        atom.power, atom.end = (atom.power or 0) + int(power), tail.end(4)
    unit, end = _unit(atom, tail, text) if names else (None, 0)
    if unit is None and names and not (hedge or gap):
        return False  # 5x, 3D
    if atom.unit is not None:
        if unit and atom.unit.form == "$" and (unit.form == unit.code or "dollar" in unit.form):
            atom.unit, atom.end = unit, end  # "$5 million AUD", "$5 million Hong Kong dollars"
        return atom.unit.needs != "scale" or atom.power is not None
    if unit is not None:
        atom.unit, atom.end = unit, end
    else:
        _count(atom, text, tail.end(1) if hedge else atom.end)
    atom.letter = atom.letter and unit is None and atom.noun is None
    return True


def _unit(atom: Atom, tail: re.Match[str], text: str) -> tuple[Unit | None, int]:
    """Return the longest unit that begins behind the number, and where it ends."""
    start, known = tail.start(3), units("after")
    name = tail[3].replace("-", " ").replace("\n", " ")
    unit = None
    while name and unit is None:
        unit = known.get(text[start : start + len(name)]) or known.get(name)
        name = name.rpartition(" ")[0]
    if unit is None or unit.kind == "name":
        return None, 0
    if unit.needs == "scale":
        fits = atom.power is not None
    elif unit.needs == "tight":
        fits = not (tail[2] or atom.power or str(atom.number) in _VIDEO)
    else:  # "of 12 bids, 10 won approval"; "in 2024 won"
        fits = unit.needs != "sum" or atom.power is not None or atom.grouped or 100 <= atom.number < 1900
    # Of "pounds of copper" the metal is no part of the unit.
    return (unit if fits else None), start + len(unit.form.partition(" of ")[0])


def _count(atom: Atom, text: str, at: int) -> None:
    """Note the words that the number counts: up to four, the last one a plural."""
    end = at
    for _ in range(4):
        match = _WORD.match(text, end)
        if match is None or (lower := match[1].lower()) in listed("context", "stop", "not_counted"):
            return
        plural = lower.endswith("s") and not lower.endswith(("ss", "'s", "’s", "us", "is"))
        plural = plural or (match[1][-1] == "s" and match[1][-2:-1].isupper())  # GPUs
        if plural or lower in listed("context", "people"):
            atom.noun, atom.noun_end = " ".join(text[at : match.end()].split()), match.end()
            return
        end = match.end()


def read_digits(printed: str) -> tuple[Decimal, list[str]] | None:
    """Return the value of a number in digits and its flags, or None where it is no number.

    Examples
    --------
    >>> read_digits("1,00,000.5"), read_digits("3.350"), read_digits("3.5.1")
    ((Decimal('100000.5'), []), (Decimal('3.350'), []), None)
    >>> read_digits("3,5")
    (Decimal('3.5'), ['decimal_comma'])
    """
    # More digits than any amount has, and a leading nought, are telephone numbers and codes.
    if len(printed) > 32 or re.match(r"0\d", printed):
        return None
    plain, flags = _SPACES.sub("", printed.rstrip("½¼¾")), []
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    elif _CONTINENTAL.fullmatch(plain):
        plain, flags = plain.replace(".", "").replace(",", "."), ["decimal_comma"]
    if "," in plain or plain.count(".") > 1:
        return None
    return Decimal(plain) + _WORTH.get(printed[-1], 0), flags


def read_number_words(words: str) -> Decimal:
    """Return the value of a number in words; an article counts as one.

    Examples
    --------
    >>> [float(read_number_words(w)) for w in ("two hundred and fifty", "half a", "one and a half", "a")]
    [250.0, 0.5, 1.5, 1.0]
    """
    total = Decimal(0)
    for word in re.split(r"[\s-]+", words):
        if word in ("hundred", "dozen"):
            total = (total or Decimal(1)) * (100 if word == "hundred" else 12)
        else:
            total += _WORTH.get(word, 0)
    return total or Decimal(1)
