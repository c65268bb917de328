"""The tone of a document: its evidence marked, who speaks, about whom."""

from __future__ import annotations

import ipywidgets as widgets

from analystkit import charts, tables
from analystkit.dossier import Dossier
from analystkit.explorers.panel import Panel, choices, pick, scrolled
from analystkit.tone import locate_evidence, measure_tone, tone_sentences

_COLUMNS = {
    "text": "Sentence", "speaker": "Speaker", "speaker_kind": "Kind of speaker", "score": "Score",
    "reason": "Why it does not count",
}  # fmt: skip


class Tone(Panel):
    """Document, entity and kind of speaker; the words that made the score are marked in the document."""

    def __init__(self, dossier: Dossier) -> None:
        self.dossier = dossier
        self.sentences, self.tone = tone_sentences(dossier), measure_tone(dossier)
        scored = self.sentences.loc[self.sentences["score"].notna(), "entity"].value_counts()
        most = scored.index[0] if len(scored) else ""
        documents = dossier.documents[dossier.documents["document_id"].isin(dossier.texts)]
        titles = [(f"{d.document_id}: {d.title}", d.document_id) for d in documents.itertuples()]
        super().__init__(
            document=pick("Document", titles, layout=widgets.Layout(width="50em")),
            entity=pick("About", choices(self.sentences["entity"]), value=most),
            speaker=pick("Speaker", choices(self.sentences["speaker_kind"])),
        )

    def view(self) -> str:
        sentences, tone, entity = self.sentences, self.tone, self.entity.value
        if self.document.value is None:
            return "<p>No document of this dossier has its text here.</p>"
        chosen = (sentences["document_id"] == self.document.value) & (sentences["source"] == "document")
        if entity:
            chosen &= sentences["entity"] == entity
        if kind := self.speaker.value:
            chosen, tone = chosen & (sentences["speaker_kind"] == kind), tone[tone["speaker_kind"] == kind]
        sentences = sentences[chosen]
        self.rows = len(sentences)
        # The chart is of one entity; of all there is none.
        drawn = entity and (tone["entity"] == entity).any()
        self.chart = charts.tone_by_speaker(tone, entity, figure=charts.blank()) if drawn else None
        text = tables.highlight(self.dossier.texts[self.document.value], locate_evidence(sentences)).html
        said = sentences[sentences["score"].notna()]
        caption = f"{len(said)} of {len(sentences)} sentences have words of tone"
        return scrolled(text) + tables.show(said, columns=_COLUMNS, caption=caption).html


def tone(dossier: Dossier) -> Tone:
    """Return an explorer of the tone: a document with its evidence marked, by whom and about whom.

    Examples
    --------
    >>> import pandas as pd
    >>> documents = pd.DataFrame({"document_id": ["d"], "title": ["T"], "kind": ["digest"]})
    >>> entities = pd.DataFrame({"entity": ["Acme"], "name": ["Acme"], "kind": ["company"]})
    >>> tone(Dossier(documents=documents, entities=entities, texts={"d": "Acme profit rose."}))
    Tone(document='d', entity='Acme', speaker='', rows=1)
    """
    return Tone(dossier)
