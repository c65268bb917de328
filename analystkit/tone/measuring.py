"""A dossier -> its tone: by event, document, entity and speaker."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from analystkit.documents import sentences
from analystkit.errors import TableError
from analystkit.speech import attribute_speakers
from analystkit.tone.roles import place_of
from analystkit.tone.scorers import Scorer
from analystkit.tone.scoring import label_of, score_tone

SAME_WORDING = 0.6  # share of the shorter quotation's content words that the other repeats
_LEAD = 40  # a company named so early is what a sentence is about
_KEYS = ["event_id", "document_id", "source", "entity", "speaker_kind"]


def tone_sentences(dossier: Any, scorer: Scorer | None = None) -> pd.DataFrame:
    """Return one row for each piece of text of a dossier that one speaker says about one entity.

    Parameters
    ----------
    dossier
        A dossier: its documents, their texts and titles, its events and companies are read.
    scorer
        Any ``texts -> scores``; the rules of the package when not given.

    Returns
    -------
    pd.DataFrame
        event_id, document_id, source (document or headline), entity, start, end, text, speaker,
        speaker_kind, quoted, score, label, evidence, hedge, tense, reports_price,
        is_boilerplate, role, origin_key, counted, reason. A sentence with a statement is parted
        into the statement and the words around it. A row that does not count in the tone stays,
        with its reason. Offsets of a headline are those within the title.

    Examples
    --------
    >>> from analystkit.dossier import Dossier
    >>> documents = pd.DataFrame({"document_id": ["d"], "title": ["T"], "kind": ["digest"]})
    >>> entities = pd.DataFrame({"entity": ["Acme"], "name": ["Acme"], "kind": ["company"]})
    >>> dossier = Dossier(documents=documents, entities=entities, texts={"d": "Acme profit rose."})
    >>> tone_sentences(dossier)[["entity", "source", "label"]].values.tolist()
    [['Acme', 'document', 'positive']]
    """
    columns = ["event_id", "document_id", "source", "entity", "start", "end", "text", "called"]
    columns += ["speaker", "speaker_kind", "quoted", "is_boilerplate", "statement"]
    rows = pd.DataFrame(list(_pieces(dossier)), columns=columns)
    types = {"start": "int64", "end": "int64", "quoted": "bool", "is_boilerplate": "bool"}
    rows = rows.astype(dict.fromkeys([c for c in columns if c not in types], "str") | types)
    named = rows["called"].notna()
    whole = score_tone(rows["text"])
    judged = score_tone(rows.loc[named, "text"], rows.loc[named, "called"].tolist())
    tone = whole.assign(role="subject")
    for column in ["score", "label", "evidence", "reports_price", "role"]:
        tone.loc[named, column] = judged[column]
    tone["reports_price"] = whole["reports_price"]  # of whomever: it echoes the market
    tone["is_boilerplate"] |= rows["is_boilerplate"]
    if scorer is not None:
        tone["score"] = _checked(scorer, rows["text"].tolist())
        tone["label"] = pd.Series(label_of(tone["score"].to_numpy()), dtype="str")
        tone["evidence"] = [[] for _ in range(len(tone))]
    rows = rows.drop(columns=["called", "is_boilerplate"]).join(tone.drop(columns="strength"))
    rows["origin_key"] = _origins(rows, dossier.claims)
    document = rows["document_id"].fillna("a title alone")
    origin = document.groupby([rows[c] for c in ["event_id", "entity", "origin_key"]], dropna=False)
    again = rows["origin_key"].notna() & document.ne(origin.transform("first"))
    rows = rows.drop(columns="statement")
    reasons = [
        (rows["is_boilerplate"], "advertisement or page furniture"),
        (again, "the same quotation is counted in another document"),
        (rows["reports_price"], "reports a price"),
        (rows["role"].isin(["source", "rival"]), "the entity judges or is only compared with"),
        (rows["score"].isna(), "no evidence"),
    ]
    rows["reason"] = pd.Series(
        np.select([m for m, _ in reasons], [r for _, r in reasons], ""), dtype="str"
    ).replace("", np.nan)
    rows["counted"] = rows["reason"].isna()
    return rows


def measure_tone(dossier: Any, scorer: Scorer | None = None) -> pd.DataFrame:
    """Return one row per event, document, entity and speaker kind with the tone of what they say.

    Parameters
    ----------
    dossier
        A dossier.
    scorer
        Any ``texts -> scores`` (-1 to 1, NaN without evidence): `load_dictionary`, `vader`,
        `transformer` or your own; the rules of the package when not given.

    Returns
    -------
    pd.DataFrame
        event_id, document_id, source (document, or headline: the title as the publisher printed
        it), entity, speaker_kind, n_sentences, n_scored, n_quoted, tone (mean score of
        what counts; without price reports, advertisements and quotations counted elsewhere),
        tone_with_price_reports, hedge_share (share of the sentences that are hedged),
        n_price_reports, n_boilerplate, n_repeated, origin_keys (joined by ";") and reason (why
        `tone` is missing).

    Examples
    --------
    >>> from analystkit.dossier import Dossier
    >>> documents = pd.DataFrame({"document_id": ["d"], "title": ["T"], "kind": ["digest"]})
    >>> entities = pd.DataFrame({"entity": ["Acme"], "name": ["Acme"], "kind": ["company"]})
    >>> text = "Acme profit rose. Shares of Acme fell 3%."
    >>> dossier = Dossier(documents=documents, entities=entities, texts={"d": text})
    >>> measure_tone(dossier)[["tone", "tone_with_price_reports"]].round(2).values.tolist()
    [[0.76, 0.0]]
    """
    rows = tone_sentences(dossier, scorer)
    scored = rows["score"].notna()
    price = rows["reports_price"] & rows["reason"].eq("reports a price") & scored
    rows = rows.assign(
        own=rows["score"].where(rows["counted"]),
        all=rows["score"].where(rows["counted"] | price),
        hedged=rows["hedge"] > 0,
        repeated=rows["reason"].eq("the same quotation is counted in another document"),
    )
    grouped = rows.groupby(_KEYS, dropna=False, sort=False)
    table = grouped.agg(
        n_sentences=("text", "size"),
        n_scored=("own", "count"),
        n_quoted=("quoted", "sum"),
        tone=("own", "mean"),
        tone_with_price_reports=("all", "mean"),
        hedge_share=("hedged", "mean"),
        n_price_reports=("reports_price", "sum"),
        n_boilerplate=("is_boilerplate", "sum"),
        n_repeated=("repeated", "sum"),
        origin_keys=("origin_key", lambda keys: ";".join(sorted(set(keys.dropna())))),
        why=("reason", lambda reasons: "; ".join(sorted(set(reasons.dropna())))),
    ).reset_index()
    table = table.astype({"origin_keys": "str", "why": "str"})
    table["reason"] = table.pop("why").where(table["tone"].isna())
    return table


def _checked(scorer: Scorer, texts: list[str]) -> np.ndarray:
    scores = np.asarray(list(scorer(texts)), dtype=float)
    if len(scores) != len(texts) or (np.abs(scores[~np.isnan(scores)]) > 1).any():
        raise TableError(
            f"a scorer returns one number from -1 to 1 for each text (NaN without evidence); this one "
            f"returned {len(scores)} numbers for {len(texts)} texts, up to "
            f"{np.nanmax(np.abs(scores)) if len(scores) else 0:.3g}."
        )
    return scores


def _companies(dossier: Any) -> dict[str, list[str]]:
    """Return each company's names, longest first."""
    table = dossier.entities[dossier.entities["kind"] == "company"]
    names = {}
    for row in table.itertuples():
        aliases = row.aliases.split(";") if isinstance(row.aliases, str) else []
        known = {row.entity, row.name, *(alias.strip() for alias in aliases)}
        names[row.entity] = sorted((n for n in known if isinstance(n, str) and n), key=len)[::-1]
    return names


def _texts(dossier: Any) -> Iterator[tuple[str | float, str | float, str, str]]:
    """Yield event, document, source and text of every text: documents and printed titles."""
    seen = set()
    for row in dossier.documents.sort_values("published_at", kind="stable").itertuples():
        text = dossier.text(row.document_id)
        if text:
            yield row.event_id, row.document_id, "document", text
        if isinstance(row.event_id, str) and isinstance(row.title, str):
            seen.add((row.event_id, row.title.casefold()))
            yield row.event_id, row.document_id, "headline", row.title
    for row in dossier.events.itertuples():
        if isinstance(row.source_title, str) and (row.event_id, row.source_title.casefold()) not in seen:
            yield row.event_id, np.nan, "headline", row.source_title


def _pieces(dossier: Any) -> Iterator[tuple[Any, ...]]:
    """Yield every piece of every text, once for each company it is about."""
    names = _companies(dossier)
    about = dossier.events.set_index("event_id")["entity"].to_dict()
    for event_id, document_id, source, text in _texts(dossier):
        main = [e.strip() for e in str(about.get(event_id, "")).split(";") if e.strip()]
        for start, end, *said in _parts(text):
            piece = text[start:end]
            called = {entity: _first_named(known, piece) for entity, known in names.items()}
            named = {entity: name for entity, (at, name) in called.items() if at >= 0}
            led = any(called[entity][0] < _LEAD for entity in named if entity not in main)
            for entity in [*named, *([e for e in main if e not in named] if not led else [])]:
                key = (event_id, document_id, source, entity)
                yield (*key, start, end, piece, named.get(entity, np.nan), *said)


def _first_named(names: list[str], text: str) -> tuple[int, str]:
    """Return where a text names a company first, and by which of its names; -1 when it does not."""
    found = [(place_of(name, text)[0], name) for name in names]
    return min((place for place in found if place[0] >= 0), default=(-1, ""))


def _parts(text: str) -> Iterator[tuple[Any, ...]]:
    """Yield start, end, speaker, kind, quoted, is_boilerplate and statement, part by part.

    A sentence that reports one statement belongs to its speaker as a whole, since the verb is part
    of the judgement ("investors doubt whether ..."); quotations are parted from the words around.
    """
    said = attribute_speakers(text)
    for line in sentences(text).itertuples():
        here = said[(said["start"] < line.end) & (said["end"] > line.start)]
        if len(here) == 1 and not here["quoted"].iloc[0]:
            row = here.iloc[0]
            whole = (line.start, line.end, row["speaker"], row["speaker_kind"], False)
            yield *whole, line.is_boilerplate, row["statement"]
            continue
        at = line.start
        for row in here.itertuples():
            first, stop = max(row.start, line.start), min(row.end, line.end)
            if first >= at:
                yield from _narrated(text, at, first, line.is_boilerplate)
                part = (first, stop, row.speaker, row.speaker_kind, row.quoted)
                yield *part, line.is_boilerplate, row.statement
                at = stop
        yield from _narrated(text, at, line.end, line.is_boilerplate)


def _narrated(text: str, start: int, end: int, advert: bool) -> Iterator[tuple[Any, ...]]:
    if len(re.findall(r"\w+", text[start:end])) >= 3:
        yield start, end, np.nan, "narrator", False, advert, np.nan


def _origins(rows: pd.DataFrame, claims: pd.DataFrame) -> pd.Series:
    """Return one key for the statements of one speaker that say the same in the same event.

    A key that a claim within the piece has is kept; else speaker and number.
    """
    keys = pd.Series(np.nan, rows.index, dtype="str")
    known: dict[tuple[Any, Any, str], list[tuple[set[str], str]]] = {}
    for row in rows[rows["speaker"].notna()].itertuples():
        words = {word for word in re.findall(r"\w+", row.statement.lower()) if len(word) > 3}
        surname = row.speaker.split()[-1].lower()
        said = known.setdefault((row.event_id, row.entity, surname), [])
        enough = [k for w, k in said if len(words & w) >= max(3, SAME_WORDING * min(len(words), len(w)))]
        if not enough:
            enough = [f"{surname}-{len(said) + 1}"]
            said.append((words, enough[0]))
        keys[row.Index] = enough[0]
    for claim in claims[claims["origin_key"].notna() & claims["start"].notna()].itertuples():
        inside = rows["start"].le(claim.start) & rows["end"].gt(claim.start) & keys.notna()
        inside &= rows["document_id"].eq(claim.document_id) & rows["source"].eq("document")
        keys = keys.mask(inside, claim.origin_key)
    return keys
