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
_LEAD = 40  # a company named so early is what a sentence or a statement is about
_KEYS = ["event_id", "document_id", "source", "entity", "speaker_kind"]
_PIECE = "event_id document_id source entity start end text called foreign"
_PIECE += " is_boilerplate speaker speaker_kind quoted statement"
_TYPES = dict.fromkeys(_PIECE.split(), "str") | dict.fromkeys(["start", "end"], "int64")
_TYPES |= dict.fromkeys(["foreign", "quoted", "is_boilerplate"], "bool")
_AGAIN, _PRICE = "the same quotation is counted in another document", "reports a price"


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
        into the statement and the words around it. What names no company is about that of the event,
        but an executive speaks of his own company or of the trade. A row that does not count in
        the tone stays, with its reason. Offsets of a headline are those within the title.

    Examples
    --------
    >>> from analystkit.dossier import Dossier
    >>> documents = pd.DataFrame({"document_id": ["d"], "title": ["T"], "kind": ["digest"]})
    >>> entities = pd.DataFrame({"entity": ["Acme"], "name": ["Acme"], "kind": ["company"]})
    >>> dossier = Dossier(documents=documents, entities=entities, texts={"d": "Acme profit rose."})
    >>> tone_sentences(dossier)[["entity", "source", "label"]].values.tolist()
    [['Acme', 'document', 'positive']]
    """
    rows = pd.DataFrame(list(_pieces(dossier)), columns=list(_TYPES)).astype(_TYPES)
    named = rows["called"].notna()
    tone = score_tone(rows["text"]).assign(role="subject").drop(columns="strength")
    judged = score_tone(rows.loc[named, "text"], rows.loc[named, "called"].tolist())
    for column in ["score", "label", "evidence", "role"]:  # a price report is one of whomever
        tone.loc[named, column] = judged[column]
    advert = rows["is_boilerplate"] | tone["is_boilerplate"]
    if scorer is not None:
        tone["score"] = _checked(scorer, rows["text"].tolist())
        tone["label"] = pd.Series(label_of(tone["score"].to_numpy()), dtype="str")
        tone["evidence"] = [[] for _ in range(len(tone))]
    keys = _origins(rows, dossier.claims)
    document = rows["document_id"].fillna("a title alone")
    first = document.groupby([rows["event_id"], rows["entity"], keys], dropna=False).transform("first")
    reasons = {
        "advertisement or page furniture": advert,
        _AGAIN: keys.notna() & document.ne(first),
        "said for another company": rows["foreign"],
        _PRICE: tone["reports_price"],
        "the entity judges or is only compared with": tone["role"].isin(["source", "rival"]),
        "no evidence": tone["score"].isna(),
    }
    rows = rows.drop(columns=["called", "foreign", "is_boilerplate", "statement"]).join(tone)
    reason = pd.Series(np.select(list(reasons.values()), list(reasons), np.array(None)), dtype="str")
    return rows.assign(is_boilerplate=advert, origin_key=keys, reason=reason, counted=reason.isna())


def locate_evidence(sentences: pd.DataFrame) -> pd.DataFrame:
    """Return the words that made the scores as places in the document.

    Parameters
    ----------
    sentences
        Rows of `tone_sentences` of one document.

    Returns
    -------
    pd.DataFrame
        start, end, title (rule and value) and kind (positive, negative, neutral), each once: what
        `analystkit.tables.highlight` marks.

    Examples
    --------
    >>> found = {"start": 3, "end": 7, "rule": "word", "value": -0.4}
    >>> locate_evidence(pd.DataFrame({"start": [10], "evidence": [[found]]})).values.tolist()
    [[13, 17, 'word -0.40', 'negative']]
    """
    places = [
        (row.start + e["start"], row.start + e["end"], f"{e['rule']} {e['value']:+.2f}", e["value"])
        for row in sentences.itertuples()
        for e in row.evidence
    ]
    frame = pd.DataFrame(places, columns=["start", "end", "title", "kind"]).drop_duplicates()
    worded = frame["kind"].map(lambda v: "positive" if v > 0 else "negative" if v < 0 else "neutral")
    return frame.assign(kind=worded.astype("str"))


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
    price = rows["reason"].eq(_PRICE)
    rows = rows.assign(
        own=rows["score"].where(rows["counted"]),
        all=rows["score"].where(rows["counted"] | price),
        hedged=rows["hedge"] > 0,
        repeated=rows["reason"].eq(_AGAIN),
    )
    table = rows.groupby(_KEYS, dropna=False, sort=False, as_index=False).agg(
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
        reason=("reason", lambda reasons: "; ".join(sorted(set(reasons.dropna())))),
    )
    table = table.astype({"origin_keys": "str", "reason": "str"})
    table["reason"] = table["reason"].where(table["tone"].isna())
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


def _named(names: dict[str, set[str]], text: str) -> dict[str, tuple[int, str]]:
    """Return the companies that a text names: place and name of the first mention."""
    found = {e: [(place_of(name, text)[0], name) for name in known] for e, known in names.items()}
    return {e: min(p for p in places if p[0] >= 0) for e, places in found.items() if max(places)[0] >= 0}


def _aliases(entities: pd.DataFrame) -> dict[str, set[str]]:
    """Return the names of each entity."""
    names = entities["entity"] + ";" + entities["name"].fillna("") + ";" + entities["aliases"].fillna("")
    known = [{name.strip() for name in row.split(";")} - {""} for row in names]
    return dict(zip(entities["entity"], known, strict=True))


def _employers(dossier: Any, companies: dict[str, set[str]]) -> dict[str, dict[str, tuple[int, str]]]:
    """Return for each person his company, as the list of entities tells it, else his claims as executive."""
    persons = _aliases(dossier.entities[dossier.entities["kind"] == "person"]).values()
    described = {name: _named(companies, "; ".join(known)) for known in persons for name in known}
    claims = dossier.claims[dossier.claims["speaker_kind"] == "executive"]
    claimed = claims.groupby("speaker")["entity"].agg("; ".join).to_dict()
    own = {name: _named(companies, entities) for name, entities in claimed.items()}
    return own | {name: company for name, company in described.items() if company}


def _texts(dossier: Any) -> Iterator[tuple[str | float, str | float, str, str]]:
    """Yield event, document, source and text of every text: documents and printed titles."""
    seen = set()
    for row in dossier.documents.sort_values("published_at", kind="stable").itertuples():
        if text := dossier.text(row.document_id):
            yield row.event_id, row.document_id, "document", text
        if isinstance(row.event_id, str) and isinstance(row.title, str):
            seen.add((row.event_id, row.title.casefold()))
            yield row.event_id, row.document_id, "headline", row.title
    for row in dossier.events.itertuples():
        if isinstance(row.source_title, str) and (row.event_id, row.source_title.casefold()) not in seen:
            yield row.event_id, np.nan, "headline", row.source_title


def _pieces(dossier: Any) -> Iterator[tuple[Any, ...]]:
    """Yield every piece of every text, once for each company it is about."""
    companies = _aliases(dossier.entities[dossier.entities["kind"] == "company"])
    employers = _employers(dossier, companies)
    events = dossier.events.set_index("event_id")["entity"].to_dict()
    for event_id, document_id, source, text in _texts(dossier):
        main = [e.strip() for e in str(events.get(event_id, "")).split(";") if e.strip()]
        for start, end, advert, said in _parts(text):
            called, spoken, own, house = _named(companies, text[start:end]), {}, {}, ""
            told = (np.nan, "narrator", False, np.nan)
            if said is not None:
                told = (said.speaker, said.speaker_kind, said.quoted, said.statement)
                spoken = _named(companies, said.statement)
            if told[1] in ("executive", "company"):
                house = said.affiliation if isinstance(said.affiliation, str) else ""
                own = _named(companies, house or said.speaker) or employers.get(said.speaker, {})
            led = {e for found in (called, spoken) for e, (at, _) in found.items() if at < _LEAD} - {*main}
            about = [*called, *(e for e in main if not led), *own]
            for entity in dict.fromkeys(about):
                name = called[entity][1] if entity in called else np.nan
                foreign = bool(own or house) and entity not in own and entity not in spoken
                place = (event_id, document_id, source, entity, start, end, text[start:end], name)
                yield *place, foreign, advert, *told


def _parts(text: str) -> Iterator[tuple[int, int, bool, Any]]:
    """Yield start, end, is_boilerplate and the statement made there (or None), part by part.

    A sentence that reports one statement belongs to its speaker as a whole, since the verb is part
    of the judgement ("investors doubt whether ..."); quotations are parted from the words around.
    """
    said = attribute_speakers(text)
    for line in sentences(text).itertuples():
        here = list(said[(said["start"] < line.end) & (said["end"] > line.start)].itertuples())
        whole = len(here) == 1 and not here[0].quoted
        parts: list[tuple[int, int, Any]] = []
        at = line.start
        for row in here:
            first, last = (row.start, row.end) if not whole else (line.start, line.end)
            first, last = max(first, line.start), min(last, line.end)
            if first >= at:
                parts += [(at, first, None), (first, last, row)]
                at = last
        for first, last, row in [*parts, (at, line.end, None)]:
            if row is not None or len(re.findall(r"\w+", text[first:last])) >= 3:
                yield first, last, line.is_boilerplate, row


def _origins(rows: pd.DataFrame, claims: pd.DataFrame) -> pd.Series:
    """Return one key for the statements of one speaker that say the same in the same event.

    A key that a claim within the piece has is kept; else speaker and number.
    """
    keys = pd.Series(np.nan, rows.index, dtype="str")
    known: dict[tuple[Any, Any, str], dict[str, set[str]]] = {}
    for row in rows[rows["speaker"].notna()].itertuples():
        words = {word for word in re.findall(r"\w+", row.statement.lower()) if len(word) > 3}
        surname = row.speaker.split()[-1].lower()
        said = known.setdefault((row.event_id, row.entity, surname), {})
        shared = {key: SAME_WORDING * min(len(words), len(other)) for key, other in said.items()}
        same = [key for key, least in shared.items() if len(words & said[key]) >= max(3, least)]
        keys[row.Index] = key = same[0] if same else f"{surname}-{len(said) + 1}"
        said.setdefault(key, words)
    for claim in claims[claims["origin_key"].notna() & claims["start"].notna()].itertuples():
        inside = rows["start"].le(claim.start) & rows["end"].gt(claim.start) & keys.notna()
        inside &= rows["document_id"].eq(claim.document_id) & rows["source"].eq("document")
        keys = keys.mask(inside, claim.origin_key)
    return keys
