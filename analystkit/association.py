"""Tone and reaction -> where they agree, with exact intervals and words that fit the sample."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd

from analystkit.errors import TableError
from analystkit.schemas import read_words

CRITICAL = 1.96  # two-sided 5 % of the normal distribution
WEAK = 0.2  # a tone nearer to zero than this has no sign
DESCRIPTIVE, PERCENTAGES = 10, 20  # below: no p-value is read; below: counts, no percentages
EXACT_LIMIT = 8  # events up to which every permutation is tried
COUNTED = {"n_events": "event", "n_dates": "date", "n_companies": "company", "n_documents": "document"}
COUNTED |= {"n_not_separable": "case", "n_left_out": "case"}
VERDICTS = ("agree", "diverge", "not distinguishable")


@dataclass(frozen=True, eq=False)
class Association:
    """Tone set beside reaction.

    Parameters
    ----------
    pairs
        One row a tone and reaction of one event, entity, listing and candidate session, with the
        verdict; what has no partner stays with a reason.
    summary
        One row: counts, hits with their exact interval, exact p-values, what could be detected.
    sentence
        What the sample size permits to say.
    """

    pairs: pd.DataFrame
    summary: pd.DataFrame
    sentence: str


def associate(tone: pd.DataFrame, reaction: pd.DataFrame, weak: float = WEAK) -> Association:
    """Return where tone and abnormal return agree, diverge or cannot be told from noise.

    Parameters
    ----------
    tone
        From `measure_tone`: event_id, entity, tone and document_id; n_scored weighs, source and
        tone_with_price_reports are used when present. All texts of one event count as one event.
    reaction
        From `measure_reaction`: event_id, entity and sar (abnormal return over its standard
        error); instrument, candidate, session, car, separable, confounders, status and reason are
        carried along when present.
    weak
        A tone nearer to zero has no sign.

    Returns
    -------
    Association
        Verdicts: agree and diverge need a clear tone and ``|sar| >= 1.96``; anything else is
        not distinguishable. Hits count the events whose tone and SAR, averaged over listings and
        candidate sessions, have the same sign.

    Raises
    ------
    TableError
        When a table lacks a column that is needed, or the reaction has several windows.

    Examples
    --------
    >>> tone = pd.DataFrame({"event_id": ["a", "b"], "entity": "Acme", "document_id": ["d", "e"],
    ...     "tone": [0.8, -0.7]})
    >>> reaction = pd.DataFrame({"event_id": ["a", "b"], "entity": "Acme", "sar": [-2.5, 0.3]})
    >>> associate(tone, reaction).pairs["verdict"].tolist()
    ['diverge', 'not distinguishable']
    """
    for name, table, needed in (
        ("tone", tone, ["event_id", "entity", "document_id", "tone"]),
        ("reaction", reaction, ["event_id", "entity", "sar"]),
    ):
        if missing := [column for column in needed if column not in table]:
            raise TableError(
                f"the {name} table needs the columns {', '.join(needed)}; it lacks {', '.join(missing)}."
            )
    pairs = _pairs(_event_tone(tone), reaction, weak)
    summary = _summary(_events(pairs, weak), pairs, tone)
    return Association(pairs, summary, _sentence(summary.to_dict("records")[0]))


def _event_tone(tone: pd.DataFrame) -> pd.DataFrame:
    """Return one tone an event and entity: the mean over its texts, each text counting once."""
    table = tone.assign(
        source=tone.get("source", "document"),
        weight=tone.get("n_scored", 1.0) * tone["tone"].notna(),
        echo=tone.get("tone_with_price_reports", np.nan),
    )
    table["weighted"] = table["tone"].fillna(0.0) * table["weight"]
    keys = ["event_id", "entity"]
    texts = table.groupby([*keys, "document_id", "source"], dropna=False, as_index=False).agg(
        weighted=("weighted", "sum"), weight=("weight", "sum"), echo=("echo", "mean")
    )
    texts["tone"] = texts["weighted"] / texts["weight"].where(texts["weight"] > 0)
    return texts.groupby(keys, dropna=False, as_index=False).agg(
        tone=("tone", "mean"),
        tone_low=("tone", "min"),
        tone_high=("tone", "max"),
        tone_with_price_reports=("echo", "mean"),
        n_texts=("tone", "count"),
    )


def _pairs(tone: pd.DataFrame, reaction: pd.DataFrame, weak: float) -> pd.DataFrame:
    kept = ["event_id", "entity", "instrument", "candidate", "session", "sar", "car", "abnormal"]
    kept += ["window", "separable", "confounders", "status", "reason"]
    if "window" in reaction and reaction["window"].nunique() > 1:
        raise TableError(
            "the reaction table has several windows; choose one before looking, for instance "
            f"reaction[reaction['window'] == {reaction['window'].iloc[0]!r}]."
        )
    chosen = reaction[[column for column in kept if column in reaction]]
    chosen = chosen.rename(columns={"reason": "reaction_reason"})
    pairs = tone.merge(chosen, on=["event_id", "entity"], how="outer", indicator="met")
    met, no_tone, no_sar = pairs.pop("met"), pairs["tone"].isna(), pairs["sar"].isna()
    known = pairs.pop("reaction_reason") if "reaction_reason" in pairs else met.map(lambda _: np.nan)
    reasons = [
        (met.eq("left_only"), "no reaction was measured"),
        (met.eq("right_only"), "no tone was measured"),
        (no_sar & known.notna(), known.astype(object)),
        (no_tone & pairs["tone_with_price_reports"].notna(), "only price reports have a tone"),
        (no_tone, "no text with evidence of tone"),
        (no_sar, "no abnormal return"),
    ]
    why, words = zip(*reasons, strict=True)
    reason = pd.Series(np.select(why, words, np.array(None)), pairs.index).astype("str")
    clear = pairs["tone"].abs().ge(weak) & pairs["sar"].abs().ge(CRITICAL)
    same = np.sign(pairs["tone"]) == np.sign(pairs["sar"])
    verdict = np.select([clear & same, clear], VERDICTS[:2], VERDICTS[2])
    pairs["verdict"] = pd.Series(verdict, pairs.index, dtype="str").mask(reason.notna())
    pairs["note"] = _notes(pairs, weak).mask(reason.notna())
    return pairs.assign(reason=reason)


def _notes(pairs: pd.DataFrame, weak: float) -> pd.Series:
    """Return what limits each verdict: weak tone, small reaction, other news of the day."""
    notes = pd.Series("", pairs.index, dtype="str")
    notes += np.where(pairs["tone"].abs() < weak, f"tone below {weak:g}; ", "")
    notes += np.where(pairs["sar"].abs() < CRITICAL, f"|SAR| below {CRITICAL}; ", "")
    if "separable" in pairs:
        apart = pairs["separable"].map(lambda v: v is None or pd.isna(v) or bool(v))
        notes += np.where(apart, "", "not separable from other news; ")
    notes = notes.str.removesuffix("; ")
    return notes.mask(notes == "")


def _events(pairs: pd.DataFrame, weak: float) -> pd.DataFrame:
    """Return one row an event and entity that has both a tone and a reaction."""
    kept = pairs[pairs["verdict"].notna()]
    doubtful = kept["note"].str.contains("separable", na=False)
    kept = kept.assign(session=kept.get("session", pd.NaT), doubtful=doubtful)
    events = kept.groupby(["event_id", "entity"], as_index=False).agg(
        tone=("tone", "first"),
        sar=("sar", "mean"),
        session=("session", "min"),
        doubtful=("doubtful", "max"),
        verdicts=("verdict", "nunique"),
        verdict=("verdict", "first"),
    )
    # Candidate sessions that disagree leave the event undecided.
    events["verdict"] = events["verdict"].where(events["verdicts"] == 1, VERDICTS[2])
    events["signed"] = events["tone"].abs().ge(weak) & events["sar"].ne(0)
    events["hit"] = events["signed"] & (np.sign(events["tone"]) == np.sign(events["sar"]))
    return events


def _summary(events: pd.DataFrame, pairs: pd.DataFrame, tone: pd.DataFrame) -> pd.DataFrame:
    n, signed, hits = len(events), int(events["signed"].sum()), int(events["hit"].sum())
    low, high = clopper_pearson(hits, signed)
    rho, p_rho, smallest = rank_permutation(events["tone"].to_numpy(), events["sar"].to_numpy())
    met = tone[tone["tone"].notna()].merge(events[["event_id", "entity"]], on=["event_id", "entity"])
    texts = met["document_id"].fillna(met["event_id"])  # a title alone counts once an event
    left_out = pairs.loc[pairs["verdict"].isna(), ["event_id", "entity"]]
    row = {
        "n_events": events["event_id"].nunique(),
        "n_pairs": n,
        "n_dates": events["session"].nunique() or events["event_id"].nunique(),
        "n_companies": events["entity"].nunique(),
        "n_documents": texts.nunique(),
        "n_left_out": len(left_out.drop_duplicates()),
        "n_not_separable": int(events["doubtful"].sum()),
        **{f"n_{word.replace(' ', '_')}": int(events["verdict"].eq(word).sum()) for word in VERDICTS},
        "n_signed": signed,
        "hits": hits,
        "hit_low": low,
        "hit_high": high,
        "p_sign": sign_test(hits, signed),
        "smallest_p_sign": min(1.0, 2.0 * 0.5**signed) if signed else float("nan"),
        "rho": rho,
        "p_rho": p_rho,
        "smallest_p_rho": smallest,
        "detectable_effect": detectable_effect(n),
    }
    return pd.DataFrame([row])


def clopper_pearson(hits: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of a share (Clopper and Pearson 1934).

    Examples
    --------
    >>> [round(x, 2) for x in clopper_pearson(5, 5)]
    [0.48, 1.0]
    """
    from scipy.stats import binomtest

    if n == 0:
        return 0.0, 1.0
    low, high = binomtest(hits, n).proportion_ci(level)
    return float(low), float(high)


def sign_test(hits: int, n: int) -> float:
    """Return the exact two-sided p of this many hits against a fair coin; NaN without events.

    Examples
    --------
    >>> sign_test(5, 5), sign_test(4, 5)
    (0.0625, 0.375)
    """
    from scipy.stats import binomtest

    return float(binomtest(hits, n).pvalue) if n else float("nan")


def rank_permutation(x: np.ndarray, y: np.ndarray, seed: int = 0) -> tuple[float, float, float]:
    """Return Spearman's rho, its exact two-sided permutation p and the smallest p it could reach.

    Parameters
    ----------
    x, y
        Paired values without missing ones. NaN is returned below 3 pairs or when one is constant.
    seed
        Of the 20,000 random permutations that stand for all beyond 8 pairs.

    Examples
    --------
    >>> rho, p, smallest = rank_permutation(np.array([1, 2, 3, 4, 5]), np.array([1, 2, 3, 4, 5]))
    >>> round(rho, 3), round(p, 3), round(smallest, 3)
    (1.0, 0.017, 0.017)
    """
    n = len(x)
    if n < 3 or len(set(x)) < 2 or len(set(y)) < 2:
        return float("nan"), float("nan"), float("nan")
    a, b = (pd.Series(v).rank().to_numpy() for v in (x, y))
    a, b = (a - a.mean()) / a.std(), (b - b.mean()) / b.std()
    rho = float(a @ b / n)
    if n <= EXACT_LIMIT:
        others = np.array(list(permutations(b)))
    else:
        random = np.random.default_rng(seed)
        others = np.vstack([b, random.permuted(np.tile(b, (19_999, 1)), axis=1)])
    values = np.abs(others @ a / n)
    return rho, float((values >= abs(rho) - 1e-9).mean()), float((values >= values.max() - 1e-9).mean())


def detectable_effect(n: int, power: float = 0.8) -> float:
    """Return the mean, in standard deviations, that a two-sided 5 % t-test finds 4 times in 5.

    Examples
    --------
    >>> round(detectable_effect(5), 2)
    1.68
    """
    from scipy.optimize import brentq
    from scipy.stats import nct, t

    if n < 2:
        return float("nan")
    bar = t.ppf(0.975, n - 1)

    def missing(effect: float) -> float:
        shift = effect * math.sqrt(n)
        found = float(nct.sf(bar, n - 1, shift))
        return (1.0 if math.isnan(found) else found) - power  # far out the power is 1

    return float(brentq(missing, 0.0, 100.0))


def _sentence(row: dict[str, float]) -> str:
    """Return what the sample permits to say: never what made what, never a forecast."""
    n, pairs, signed = row["n_events"], row["n_pairs"], row["n_signed"]
    if n == 0:
        return "No event has both a tone and a measured reaction: nothing can be said."
    said: dict[str, Any] = {
        column: f"{row[column]} {word if row[column] == 1 else f'{word}s'.replace('ys', 'ies')}"
        for column, word in COUNTED.items()
    }
    said["descriptive"] = "Descriptive, " if n < DESCRIPTIVE else ""
    said["share"] = f" ({row['hits'] / signed:.0%})" if signed >= PERCENTAGES else ""
    left_unsaid = {
        "signs": signed == 0,
        "tests": n < DESCRIPTIVE,
        "power": math.isnan(row["detectable_effect"]),
        "dependent": row["n_dates"] >= pairs and n >= pairs,
        "not_separable": row["n_not_separable"] == 0,
        "left_out": row["n_left_out"] == 0,
    }
    words = read_words("association_sentences.csv")
    words = words[~words["name"].map(left_unsaid).eq(True)]
    return " ".join(template.format(**(row | said)) for template in words["template"])
