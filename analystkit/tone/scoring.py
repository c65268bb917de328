"""Texts -> tone: a score with its reasons."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analystkit.errors import TableError
from analystkit.tone.reading import Reading, read
from analystkit.tone.roles import Spans, about
from analystkit.tone.rules import PRICE_RULES, RULES, find_evidence

THRESHOLD = 0.2
LABELS = np.array(["negative", "neutral", "positive"], dtype=object)
TENSES = np.array(["reported", "planned", "conditional"], dtype=object)


def combine(values: Sequence[float]) -> float:
    """Return the score of a text from the values of its evidence alone: tanh of their sum.

    Parameters
    ----------
    values
        The `value` of each piece of evidence, 1 for a plain statement.

    Returns
    -------
    float
        Between -1 and 1; NaN without evidence, which is not the same as a balanced 0.

    Examples
    --------
    >>> round(combine([1.0, -0.5]), 3), combine([1.0, -1.0]), combine([])
    (0.462, 0.0, nan)
    """
    return float(np.tanh(round(sum(values), 6))) if len(values) else float("nan")


def label_of(scores: Sequence[float] | np.ndarray) -> np.ndarray:
    """Return the label of each score: positive from 0.2, negative from -0.2, else neutral.

    Examples
    --------
    >>> label_of([0.4, 0.1, float("nan"), -0.2]).tolist()
    ['positive', 'neutral', 'neutral', 'negative']
    """
    known = np.nan_to_num(np.asarray(scores, dtype=float))
    return LABELS[(known >= THRESHOLD).astype(int) - (known <= -THRESHOLD) + 1]


def score_tone(
    texts: str | Sequence[str] | pd.Series, entities: str | Sequence[str] | None = None
) -> pd.DataFrame:
    """Return the tone of each text with the words that made it.

    Parameters
    ----------
    texts
        Sentences or headlines; a Series keeps its index. Missing texts give missing scores.
    entities
        The entity each text is scored for: one name for all, or one a text. None scores the
        text as a whole.

    Returns
    -------
    pd.DataFrame
        score (-1 to 1, `combine` of the values of the evidence; NaN without evidence), label
        (negative, neutral, positive), strength (0 to 1: tanh of the sum of absolute values, so
        that a balanced text differs from a bland one), evidence (a list of dict: start, end, span,
        rule, value; ``text[start:end] == span``), hedge (0 none to 3 nobody knows), tense
        (reported, planned, conditional), reports_price, is_boilerplate; with `entities` also role
        (subject, rival, source, other): only a subject is judged.

    Raises
    ------
    TableError
        When there is not one entity a text.

    Examples
    --------
    >>> tone = score_tone(["Profit fell 30%", "Net loss narrowed", "Results are due today"])
    >>> tone["label"].tolist(), tone["score"].round(2).tolist()
    (['negative', 'positive', 'neutral'], [-0.76, 0.76, nan])
    >>> tone["evidence"][0]
    [{'start': 0, 'end': 11, 'span': 'Profit fell', 'rule': 'metric falls', 'value': -1.0}]
    """
    listed, index = _listed(texts)
    units = read(listed)
    found = _evidence(units, len(listed))
    frame = pd.DataFrame(index=index)
    if entities is not None:
        names = _names(entities, listed)
        judged = [about(n, t, e) for n, t, e in zip(names, listed, found, strict=True)]
        found = [evidence for _, evidence in judged]
    values = [[e["value"] for e in evidence] for evidence in found]
    count = np.array([len(v) for v in values], dtype=int)
    owner = np.repeat(np.arange(len(listed)), count)
    flat = np.array([x for v in values for x in v], dtype=float)
    total = np.bincount(owner, flat, minlength=len(listed))
    frame["score"] = np.where(count > 0, np.tanh(np.round(total, 6)), np.nan)
    frame["label"] = pd.Series(label_of(frame["score"].to_numpy()), index=index, dtype="str")
    frame["strength"] = np.tanh(np.bincount(owner, np.abs(flat), minlength=len(listed)))
    frame["evidence"] = pd.Series(found, index=index, dtype=object)
    frame["hedge"] = _hedge(units, len(listed))
    conditional = _any(units, "condition", len(listed)) | (frame["hedge"].to_numpy() >= 2)
    planned = _any(units, "plan", len(listed))
    frame["tense"] = pd.Series(
        TENSES[np.where(conditional, 2, np.where(planned, 1, 0))], index=index, dtype="str"
    )
    frame["reports_price"] = [any(e["rule"] in PRICE_RULES for e in v) for v in found]
    frame["is_boilerplate"] = _any(units, "advert", len(listed))
    if entities is not None:
        frame["role"] = pd.Series([role for role, _ in judged], index=index, dtype="str")
    return frame


def _listed(texts: str | Sequence[str] | pd.Series) -> tuple[list[str], pd.Index]:
    listed = [texts] if isinstance(texts, str) else list(texts)
    index = texts.index if isinstance(texts, pd.Series) else pd.RangeIndex(len(listed))
    return [text if isinstance(text, str) else "" for text in listed], index


def _names(entities: str | Sequence[str], texts: list[str]) -> list[str]:
    names = [entities] * len(texts) if isinstance(entities, str) else list(entities)
    if len(names) != len(texts):
        raise TableError(
            f"{len(texts)} texts came with {len(names)} entities; give one name for all texts, or one a text."
        )
    return [name if isinstance(name, str) else "" for name in names]


def _evidence(units: Reading, count: int) -> list[Spans]:
    found = find_evidence(units)
    text = units.text[found.unit]
    begin = units.begins[text]
    columns = (text, units.start[found.first], units.end[found.last], begin, found.value, found.rule)
    joined = units.joined
    evidence: list[Spans] = [[] for _ in range(count)]
    for t, s, e, b, v, r in zip(*(column.tolist() for column in columns), strict=True):
        evidence[t].append({"start": s - b, "end": e - b, "span": joined[s:e], "rule": RULES[r], "value": v})
    return evidence


def _any(units: Reading, kind: str, count: int) -> np.ndarray:
    return np.bincount(units.text[units.where(kind)], minlength=count)[:count] > 0


def _hedge(units: Reading, count: int) -> np.ndarray:
    grades = np.zeros(count, dtype="int64")
    hedges = units.where("hedge")
    np.maximum.at(grades, units.text[hedges], units.value[hedges].astype("int64"))
    return grades
