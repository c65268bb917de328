"""Other scorers for the same tables: a user's dictionary, VADER, a local transformer."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from analystkit.errors import MissingPackageError, TableError

Scorer = Callable[[Sequence[str]], Sequence[float]]


def load_dictionary(path: str | Path) -> Scorer:
    """Return a scorer that averages the values of a user's own words.

    Parameters
    ----------
    path
        A CSV with the columns word and value (-1 to 1). Whole words count, in any case.

    Returns
    -------
    callable
        texts -> one score a text: the mean value of its listed words, NaN when it has none.

    Raises
    ------
    TableError
        When a column is missing, a value is not a number from -1 to 1, or a word stands twice.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "words.csv"
    >>> _ = path.write_text("word,value\\nsolid,1\\nrisky,-0.5\\n")
    >>> load_dictionary(path)(["Solid but risky", "Nothing"])
    [0.25, nan]
    """
    table = pd.read_csv(path, dtype="str", keep_default_na=False)
    if not {"word", "value"} <= set(table.columns):
        raise TableError(
            f"{Path(path).name}: expected the columns word and value, found "
            f"{', '.join(table.columns)}. Name them so in the first line."
        )
    word = table["word"].str.strip().str.lower()
    number = pd.to_numeric(table["value"], errors="coerce")
    bad = ~number.between(-1, 1) | word.eq("") | word.duplicated()
    if bad.any():
        first = table[bad].iloc[0]
        raise TableError(
            f"{Path(path).name}: {int(bad.sum())} of {len(table)} rows do not hold (first: word "
            f"{first['word']!r}, value {first['value']!r}). Each word once, with a number from -1 "
            "to 1. All of them: err.rows.",
            rows=table[bad],
        )
    values = dict(zip(word, number, strict=True))

    def score(texts: Sequence[str]) -> list[float]:
        found = [[values[w] for w in re.findall(r"\w+", t.lower()) if w in values] for t in texts]
        return [sum(v) / len(v) if v else float("nan") for v in found]

    return score


def vader() -> Scorer:
    """Return the general-purpose VADER scorer (compound score), if vaderSentiment is installed.

    Raises
    ------
    MissingPackageError
        When the package vaderSentiment is not installed.

    Examples
    --------
    >>> vader()(["A great success"])[0] > 0  # doctest: +SKIP
    True
    """
    try:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
    except ImportError:
        raise MissingPackageError(
            "tone.vader() needs the package vaderSentiment, which is not installed. "
            "Run: pip install vaderSentiment"
        ) from None
    analyser = SentimentIntensityAnalyzer()

    def score(texts: Sequence[str]) -> list[float]:
        found = [analyser.polarity_scores(text) for text in texts]
        return [s["compound"] if s["pos"] or s["neg"] else float("nan") for s in found]

    return score


def transformer(path: str | Path) -> Scorer:
    """Return a scorer that runs a text-classification model such as FinBERT from a local folder.

    Parameters
    ----------
    path
        Folder of a model saved by the package transformers, with labels positive, negative and
        neutral. Nothing is downloaded.

    Returns
    -------
    callable
        texts -> probability of positive less probability of negative.

    Raises
    ------
    MissingPackageError
        When transformers is not installed, or the folder holds no model.

    Examples
    --------
    >>> transformer("no/such/folder")
    Traceback (most recent call last):
    analystkit.errors.MissingPackageError: ...
    """
    folder = Path(path)
    if not (folder / "config.json").is_file():
        raise MissingPackageError(
            f"{folder}: no model here (config.json is missing). Download the model yourself, save it "
            "to a folder, and give the path of that folder."
        )
    try:
        from transformers import pipeline
    except ImportError:
        raise MissingPackageError(
            "tone.transformer() needs the packages transformers and torch, which are not installed. "
            "Run: pip install transformers torch"
        ) from None
    model = pipeline("text-classification", model=str(folder), tokenizer=str(folder), top_k=None)

    def score(texts: Sequence[str]) -> list[float]:
        return [_balance(result) for result in model(list(texts), truncation=True)]

    return score


def _balance(result: list[dict[str, Any]]) -> float:
    """Return positive less negative probability of one text's labels."""
    share = {str(one["label"]).lower(): float(one["score"]) for one in result}
    return share.get("positive", 0.0) - share.get("negative", 0.0)
