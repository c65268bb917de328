"""Files -> text: decoding, fingerprint, sentences, boilerplate; and where a quote stands."""

from __future__ import annotations

import functools
import hashlib
import re
from pathlib import Path

import pandas as pd

from analystkit.errors import AnalystkitError
from analystkit.schemas import read_words

# White space and quotation marks may fold when a quote is looked up; nothing else ever does.
_DOUBLE, _SINGLE = '"\u201c\u201d\u201e\u00ab\u00bb', "'\u2018\u2019"
_OPENERS = _DOUBLE + _SINGLE + r"(\["
# A mark that can end a sentence, closing quotes and brackets, then a new beginning; or a line break.
_END = re.compile(
    rf"(?P<word>[^\s.!?]*)(?P<mark>[.!?]+)[{_DOUBLE}{_SINGLE})\]]*(?=\s+[{_OPENERS}]*[A-Z0-9$\u20ac\u00a3\u00a5])"
    r"|[^\S\n]*\n\s*"
)


def read_text(path: str | Path) -> str:
    """Return the text of a file: UTF-8, without byte-order mark, lines ended by a newline.

    Parameters
    ----------
    path
        A text file.

    Raises
    ------
    AnalystkitError
        When the file is missing, empty or not UTF-8; the message names the file and the offending byte.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "note.txt"
    >>> _ = path.write_bytes(b"\\xef\\xbb\\xbfOne.\\r\\nTwo.")
    >>> read_text(path)
    'One.\\nTwo.'
    """
    path = Path(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise AnalystkitError(f"{path.name}: no such file in {path.parent}. Correct the path.") from None
    except UnicodeDecodeError as error:
        raise AnalystkitError(
            f"{path.name}: not UTF-8 (byte {error.object[error.start]:#04x} at position {error.start})."
            " Save the file as UTF-8 and read it again.",
            pd.DataFrame({"file": [path.name], "position": [error.start], "problem": ["not UTF-8"]}),
        ) from None
    if not text.strip():
        raise AnalystkitError(
            f"{path.name}: the file is empty. Fill it, or remove it.",
            pd.DataFrame({"file": [path.name], "problem": ["empty file"]}),
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def fingerprint(text: str) -> str:
    """Return the SHA-256 of a text (as UTF-8), which tells whether a document was changed.

    Examples
    --------
    >>> fingerprint("abc")[:8]
    'ba7816bf'
    """
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def sentences(text: str) -> pd.DataFrame:
    """Return the sentences and lines of a text, in order.

    Parameters
    ----------
    text
        A document's text. A line break ends a sentence; a full stop after an initial or a usual
        abbreviation (Inc., U.S.) does not.

    Returns
    -------
    pd.DataFrame
        start, end (offsets; ``text[start:end]`` is the sentence), text, is_boilerplate (advertisement
        and navigation lines, by the phrases of ``words/boilerplate.csv``).

    Examples
    --------
    >>> sentences("Alibaba Ltd. rose. It fell.")["text"].tolist()
    ['Alibaba Ltd. rose.', 'It fell.']
    """
    spans, start = [], 0
    for match in _END.finditer(text):
        word = match["word"]
        # An abbreviation or an initial before a single full stop does not end a sentence.
        if match["mark"] == "." and (word in _abbreviations() or re.fullmatch(r"\W*[A-Z]", word)):
            continue
        spans.append((start, match.start() + len(match[0].rstrip())))
        start = match.end()
    spans.append((start, len(text)))
    rows = []
    for first, last in spans:
        if piece := text[first:last].strip():
            start = text.index(piece, first)
            rows.append((start, start + len(piece), piece))
    frame = pd.DataFrame(rows, columns=["start", "end", "text"])
    frame = frame.astype({"start": "int64", "end": "int64", "text": "str"})
    frame["is_boilerplate"] = frame["text"].str.contains(_boilerplate()).astype(bool)
    return frame


@functools.cache
def _boilerplate() -> re.Pattern[str]:
    return re.compile(
        rf"\b(?:{'|'.join(map(re.escape, read_words('boilerplate.csv')['phrase']))})", re.IGNORECASE
    )


@functools.cache
def _abbreviations() -> frozenset[str]:
    return frozenset(read_words("abbreviations.csv")["phrase"])


def find_quote(text: str, quote: str) -> list[tuple[int, int]]:
    """Return every place where a quote stands in a text, exactly.

    White space and the shape of quotation marks may differ; no digit, letter or other mark may.

    Parameters
    ----------
    text
        The document's text.
    quote
        The words looked for.

    Returns
    -------
    list of (start, end)
        Offsets into `text`; empty when the quote is not there.

    Examples
    --------
    >>> find_quote("It pledged 380  billion yuan.", "380 billion yuan")
    [(11, 28)]
    >>> find_quote("It pledged 380 billion yuan.", "390 billion yuan")
    []
    """
    stripped = quote.strip()
    if not stripped:
        return []
    # A quote that begins or ends in a word or number must not be cut out of a longer one.
    before, after = r"(?<!\w)" * stripped[0].isalnum(), r"(?!\w)" * stripped[-1].isalnum()
    return [match.span() for match in re.finditer(before + _folded(quote) + after, text)]


def _folded(quote: str) -> str:
    """Return the pattern of a quote in which white space and quotation marks may fold."""
    pattern = r"\s+".join(map(re.escape, quote.split()))
    for marks in (_DOUBLE, _SINGLE):
        pattern = re.sub(f"[{marks}]", f"[{marks}]", pattern)
    return pattern


def stands_at(text: str, quote: str, start: int, end: int) -> bool:
    """Return whether the offsets select exactly this quote.

    Examples
    --------
    >>> stands_at("up 3% on Monday", "3%", 3, 5), stands_at("up 3% on Monday", "4%", 3, 5)
    (True, False)
    """
    inside = 0 <= start < end <= len(text)
    return inside and re.fullmatch(_folded(quote), text[start:end]) is not None
