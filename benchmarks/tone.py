"""Measure tone scorers on labelled sentences: accuracy, macro-F1, coverage, sign precision, speed.

    python benchmarks/tone.py sentences.csv

The CSV has the columns text and label (negative, neutral, positive), and may have entity; rows are
then also scored for their entity by the scorer of this package. Peers that are installed run beside
it; each is given its documented threshold (VADER and FinVADER 0.05, the others the sign). All run on
one core, built once, over the same texts in the same run.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from analystkit.tone import label_of, score_tone

LABELS = ("negative", "neutral", "positive")
Scorer = Callable[[Sequence[str]], Sequence[float]]


def vader() -> Scorer:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyser = SentimentIntensityAnalyzer()
    return lambda texts: [analyser.polarity_scores(text)["compound"] for text in texts]


def finvader() -> Scorer:
    from finvader import finvader as score

    return lambda texts: [
        score(text, use_sentibignomics=True, use_henry=True, indicator="compound") for text in texts
    ]


def afinn() -> Scorer:
    from afinn import Afinn

    lexicon = Afinn()
    return lambda texts: [lexicon.score(text) for text in texts]


def textblob() -> Scorer:
    from textblob import TextBlob

    return lambda texts: [TextBlob(text).sentiment.polarity for text in texts]


PEERS = {
    "VADER": (vader, 0.05),
    "FinVADER": (finvader, 0.05),
    "AFINN": (afinn, 0.0),
    "TextBlob": (textblob, 0.0),
}


def macro_f1(truth: np.ndarray, found: np.ndarray) -> float:
    """Return the mean F1 of the three labels."""
    scores = []
    for label in LABELS:
        hit = np.sum((truth == label) & (found == label))
        scores.append(2 * hit / max(1, np.sum(truth == label) + np.sum(found == label)))
    return float(np.mean(scores))


def measures(truth: np.ndarray, found: np.ndarray, covered: np.ndarray, seconds: float) -> dict[str, float]:
    """Return the figures of one scorer; sign precision is among polar sentences on which it speaks."""
    spoken = (truth != "neutral") & (found != "neutral")
    return {
        "accuracy": float(np.mean(truth == found)),
        "macro_f1": macro_f1(truth, found),
        "coverage": float(np.mean(covered)),
        "sign_precision": float(np.mean((truth == found)[spoken])) if spoken.any() else float("nan"),
        "sentences_per_second": len(truth) / seconds,
    }


def timed(score: Scorer, texts: list[str]) -> tuple[np.ndarray, float]:
    """Return the scores and the seconds of the faster of two runs."""
    times = []
    for _ in range(2):
        start = time.perf_counter()
        scores = np.asarray(list(score(texts)), dtype=float)
        times.append(time.perf_counter() - start)
    return scores, min(times)


def ours(texts: Sequence[str]) -> Sequence[float]:
    return score_tone(texts)["score"].tolist()


def run(table: pd.DataFrame, peers: dict[str, tuple[Callable[[], Scorer], float]]) -> pd.DataFrame:
    """Return one row a scorer; a peer that is not installed keeps its row, with the reason."""
    texts, truth = table["text"].tolist(), table["label"].to_numpy()
    score_tone(texts[:1])  # the word lists are compiled on the first call
    scores, seconds = timed(ours, texts)
    rows = {"analystkit": measures(truth, label_of(scores), ~np.isnan(scores), seconds)}
    if "entity" in table:
        entities = table["entity"].tolist()
        scores, seconds = timed(lambda given: score_tone(given, entities)["score"].tolist(), texts)
        rows["analystkit, by entity"] = measures(truth, label_of(scores), ~np.isnan(scores), seconds)
    notes = {}
    for name, (build, threshold) in peers.items():
        try:
            scores, seconds = timed(build(), texts)
        except (ImportError, LookupError, OSError) as error:
            rows[name], notes[name] = {}, f"not measured: {str(error).strip().splitlines()[0][:60]}"
            continue
        found = np.array(LABELS)[(scores > threshold).astype(int) - (scores < -threshold) + 1]
        rows[name] = measures(truth, found, scores != 0, seconds)
    result = pd.DataFrame.from_dict(rows, orient="index")
    result["note"] = pd.Series(notes, dtype="str").reindex(result.index).fillna("")
    return result


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("csv", nargs="+", help="files with the columns text, label and perhaps entity")
    for path in parser.parse_args().csv:
        table = pd.read_csv(path, keep_default_na=False)
        table = table[table["label"].isin(LABELS)].reset_index(drop=True)
        print(f"{path}: {len(table)} sentences, {table['label'].value_counts().to_dict()}")
        print(run(table, PEERS).round({"sentences_per_second": 0}).round(3).to_string(), "\n")
        if "labels_in_text" in table:
            apart = table["labels_in_text"].astype("int64") > 1
            for name, part in [("one label", table[~apart]), ("opposite labels", table[apart])]:
                print(f"texts whose entities have {name}: {len(part)}")
                print(run(part.reset_index(drop=True), {}).round(3).to_string(), "\n")


if __name__ == "__main__":
    main()
