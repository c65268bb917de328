"""Other scorers for the same tables: a user's dictionary, VADER, a local transformer."""

from __future__ import annotations

import importlib
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
    table = table.reindex(columns=["word", "value"], fill_value="")
    word = table["word"].str.strip().str.lower()
    number = pd.to_numeric(table["value"], errors="coerce")
    bad = ~number.between(-1, 1) | word.eq("") | word.duplicated()
    if bad.any() or table.empty:
        raise TableError(
            f"{Path(path).name}: {int(bad.sum())} of {len(table)} rows do not hold (first: "
            f"{table[bad].head(1).to_dict('records')}). Expected are the columns word and value, each "
            "word once, with a number from -1 to 1. All of them: err.rows.",
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
    analyser = _load("vaderSentiment.vaderSentiment", "vaderSentiment").SentimentIntensityAnalyzer()

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
    pipeline = _load("transformers", "transformers torch").pipeline
    model = pipeline("text-classification", model=str(folder), tokenizer=str(folder), top_k=None)

    def score(texts: Sequence[str]) -> list[float]:
        results = model(list(texts), truncation=True)
        shares = [{one["label"].lower(): float(one["score"]) for one in result} for result in results]
        return [share.get("positive", 0.0) - share.get("negative", 0.0) for share in shares]

    return score


def _load(module: str, packages: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError:
        raise MissingPackageError(
            f"this scorer needs what is not installed. Run: pip install {packages}"
        ) from None
