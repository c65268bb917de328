"""Texts -> tone: a score with its reasons."""

from __future__ import annotations

import math
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
    return math.tanh(round(sum(values), 6)) if len(values) else float("nan")


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
    given = pd.Series([texts] if isinstance(texts, str) else texts, dtype=object)
    names = [entities] * len(given) if isinstance(entities, str) or entities is None else list(entities)
    if len(names) != len(given):
        raise TableError(
            f"{len(given)} texts came with {len(names)} entities; give one name for all texts, or one a text."
        )
    wordings = np.array([text if isinstance(text, str) else "" for text in given], dtype=object)
    row, listed = pd.factorize(wordings)  # each wording is read once
    units = read(listed)
    evidence = _evidence(units, len(listed))
    if entities is None:
        roles, found = None, [evidence[i][:] for i in row]
    else:
        judged = [about(name, listed[i], evidence[i]) for name, i in zip(names, row, strict=True)]
        roles, found = [role for role, _ in judged], [pieces for _, pieces in judged]

    def highest(kind: str, value: np.ndarray) -> np.ndarray:
        grade, chosen = np.zeros(len(listed), dtype="int64"), units.where(kind)
        np.maximum.at(grade, units.text[chosen], value[chosen].astype("int64"))
        return grade[row]

    values = [[piece["value"] for piece in pieces] for pieces in found]
    score = np.array([combine(v) for v in values], dtype=float)
    once, hedge = np.ones(len(units.kind)), highest("hedge", units.value)
    tense = np.where(hedge >= 2, 2, np.maximum(2 * highest("condition", once), highest("plan", once)))
    columns = {
        "score": score,
        "label": pd.Series(label_of(score), given.index, dtype="str"),
        "strength": np.tanh([sum(map(abs, v)) for v in values]),
        "evidence": pd.Series(found, given.index, dtype=object),
        "hedge": hedge,
        "tense": pd.Series(TENSES[tense], given.index, dtype="str"),
        "reports_price": np.array([any(p["rule"] in PRICE_RULES for p in ps) for ps in found], bool),
        "is_boilerplate": highest("advert", once) > 0,
    }
    if roles is not None:
        columns["role"] = pd.Series(roles, given.index, dtype="str")
    return pd.DataFrame(columns, index=given.index)


def _evidence(units: Reading, count: int) -> list[Spans]:
    unit, first, last, value, rule = find_evidence(units)
    text = units.text[unit]
    columns = (text, units.start[first], units.end[last], units.begins[text], value, rule)
    evidence: list[Spans] = [[] for _ in range(count)]
    for t, s, e, b, v, r in zip(*(column.tolist() for column in columns), strict=True):
        span = units.joined[s:e]
        evidence[t].append({"start": s - b, "end": e - b, "span": span, "rule": RULES[r], "value": v})
    return evidence
