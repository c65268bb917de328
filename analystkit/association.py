"""Tone and reaction -> where they agree, with exact intervals and words that fit the sample."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import permutations

import numpy as np
import pandas as pd

from analystkit.errors import TableError

CRITICAL = 1.96  # two-sided 5 % of the normal distribution
WEAK = 0.2  # a tone nearer to zero than this has no sign
DESCRIPTIVE, PERCENTAGES = 10, 20  # below: no p-value is read; below: counts, no percentages
EXACT_LIMIT = 8  # events up to which every permutation is tried
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
    _require(tone, "tone", ["event_id", "entity", "document_id", "tone"])
    _require(reaction, "reaction", ["event_id", "entity", "sar"])
    pairs = _pairs(_event_tone(tone), reaction, weak)
    events = _events(pairs, weak)
    summary = _summary(events, pairs, tone)
    return Association(pairs, summary, _sentence(summary.iloc[0]))


def _require(table: pd.DataFrame, name: str, columns: list[str]) -> None:
    missing = [column for column in columns if column not in table]
    if missing:
        raise TableError(
            f"the {name} table needs the columns {', '.join(columns)}; it lacks {', '.join(missing)}."
        )


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
    without = {"left_only": "no reaction was measured", "right_only": "no tone was measured"}
    reason = pairs.pop("met").astype("str").map(without)
    if "reaction_reason" in pairs:
        reason = reason.fillna(pairs.pop("reaction_reason").where(pairs["sar"].isna()))
    only_price = pairs["tone"].isna() & pairs["tone_with_price_reports"].notna()
    reason = reason.mask(reason.isna() & only_price, "only price reports have a tone")
    reason = reason.mask(reason.isna() & pairs["tone"].isna(), "no text with evidence of tone")
    reason = reason.mask(reason.isna() & pairs["sar"].isna(), "no abnormal return")
    left_out = reason.notna() | pairs["tone"].isna() | pairs["sar"].isna()
    clear = pairs["tone"].abs().ge(weak) & pairs["sar"].abs().ge(CRITICAL)
    same = np.sign(pairs["tone"]) == np.sign(pairs["sar"])
    verdict = np.select([clear & same, clear], VERDICTS[:2], VERDICTS[2])
    pairs["verdict"] = pd.Series(verdict, index=pairs.index, dtype="str").mask(left_out)
    pairs["note"] = _notes(pairs, weak).mask(left_out)
    pairs["reason"] = reason.astype("str")
    return pairs


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
    session = kept["session"] if "session" in kept else pd.Series(pd.NaT, kept.index)
    kept = kept.assign(session=session, doubtful=kept["note"].fillna("").str.contains("separable"))
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
    signed, hits = int(events["signed"].sum()), int(events["hit"].sum())
    low, high = clopper_pearson(hits, signed)
    rho, p_rho, smallest = rank_permutation(events["tone"].to_numpy(), events["sar"].to_numpy())
    met = tone[tone["tone"].notna()].merge(events[["event_id", "entity"]], on=["event_id", "entity"])
    texts = met["document_id"].fillna(met["event_id"])  # a title alone counts once an event
    left_out = pairs.loc[pairs["verdict"].isna(), ["event_id", "entity"]]
    counts = {verdict: int((events["verdict"] == verdict).sum()) for verdict in VERDICTS}
    row = {
        "n_events": int(events["event_id"].nunique()),
        "n_pairs": len(events),
        "n_dates": int(events["session"].nunique()) or int(events["event_id"].nunique()),
        "n_companies": int(events["entity"].nunique()),
        "n_documents": int(texts.nunique()),
        "n_left_out": len(left_out.drop_duplicates()),
        "n_not_separable": int(events["doubtful"].sum()),
        "n_agree": counts["agree"],
        "n_diverge": counts["diverge"],
        "n_not_distinguishable": counts["not distinguishable"],
        "n_signed": signed,
        "hits": hits,
        "hit_low": low,
        "hit_high": high,
        "p_sign": sign_test(hits, signed),
        "smallest_p_sign": min(1.0, 2.0 * 0.5**signed) if signed else float("nan"),
        "rho": rho,
        "p_rho": p_rho,
        "smallest_p_rho": smallest,
        "detectable_effect": detectable_effect(len(events)),
    }
    return pd.DataFrame([row])


def clopper_pearson(hits: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of a share (Clopper and Pearson 1934).

    Examples
    --------
    >>> [round(x, 2) for x in clopper_pearson(5, 5)]
    [0.48, 1.0]
    """
    from scipy.stats import beta

    if n == 0:
        return 0.0, 1.0
    tail = (1 - level) / 2
    low = float(beta.ppf(tail, hits, n - hits + 1)) if hits else 0.0
    high = float(beta.ppf(1 - tail, hits + 1, n - hits)) if hits < n else 1.0
    return low, high


def sign_test(hits: int, n: int) -> float:
    """Return the exact two-sided p of this many hits against a fair coin; NaN without events.

    Examples
    --------
    >>> sign_test(5, 5), sign_test(4, 5)
    (0.0625, 0.375)
    """
    if n == 0:
        return float("nan")
    tail = sum(math.comb(n, k) for k in range(max(hits, n - hits), n + 1))
    return min(1.0, 2 * tail / 2**n)


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


def _plural(n: int, word: str) -> str:
    many = word[:-1] + "ies" if word.endswith("y") else word + "s"
    return f"{n} {word if n == 1 else many}"


def _sentence(row: pd.Series) -> str:
    """Return what the sample permits to say: never what made what, never a forecast."""
    n, pairs, signed, hits = (int(row[c]) for c in ("n_events", "n_pairs", "n_signed", "hits"))
    if n == 0:
        return "No event has both a tone and a measured reaction: nothing can be said."
    counted = [("n_dates", "date"), ("n_companies", "company"), ("n_documents", "document")]
    sample = ", ".join(_plural(int(row[column]), word) for column, word in counted)
    parts = [f"{'Descriptive, n' if n < DESCRIPTIVE else 'n'} = {_plural(n, 'event')} ({sample})."]
    verdicts = [f"{int(row['n_' + verdict.replace(' ', '_')])} {verdict}" for verdict in VERDICTS]
    parts.append(f"Tone and abnormal return: {', '.join(verdicts)} from noise.")
    if signed:
        share = f" ({hits / signed:.0%})" if signed >= PERCENTAGES else ""
        parts.append(
            f"The signs are the same in {hits} of {signed}{share} cases with a clear tone (exact 95 % interval "
            f"of the share {row['hit_low']:.2f} to {row['hit_high']:.2f}; the smallest p that {signed} cases can "
            f"reach is {row['smallest_p_sign']:.2g})."
        )
    if n >= DESCRIPTIVE:
        parts.append(f"Exact sign test p = {row['p_sign']:.2g}; rank permutation p = {row['p_rho']:.2g}.")
    if not math.isnan(row["detectable_effect"]):
        parts.append(
            f"A mean effect below {row['detectable_effect']:.2f} standard deviations is missed at least once in "
            "five tries, so that no relation found is not evidence of none."
        )
    if row["n_dates"] < pairs or n < pairs:
        parts.append("Cases of one date or one event are not independent observations.")
    if row["n_not_separable"]:
        parts.append(f"{_plural(int(row['n_not_separable']), 'case')} not separable from other news.")
    if row["n_left_out"]:
        parts.append(f"{_plural(int(row['n_left_out']), 'case')} left out, each with its reason.")
    return " ".join(parts)
