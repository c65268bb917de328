"""Proposed claims to accept, mend or reject one after the other; each decision is on the disk before the next."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import pandas as pd

from analystkit import tables
from analystkit.authoring import guide
from analystkit.claims import load_claims, printed, save_claims
from analystkit.dossier import Dossier, quote_faults, reference_faults
from analystkit.errors import AnalystkitError, DossierError
from analystkit.explorers.panel import Panel, quote_in_place
from analystkit.schemas import conform, raise_for

_FIELDS = [
    "statement", "entity", "metric", "of", "value", "low", "high", "unit", "bound", "direction", "period",
    "said_on", "speaker", "speaker_kind", "modality", "stance", "flags",
]  # fmt: skip
_GUIDANCE = [
    "entity", "period", "said_on", "source_url", "low", "high", "value", "bound", "unit", "definition", "speaker",
    "source_title",
]  # fmt: skip
_KEYS = {"a": "accept", "e": "edit", "r": "reject", "s": "skip", "u": "undo", "g": "guidance"}


class Review(Panel):
    """The proposed claims of a file, each beside its document, with what to do about it; guidance can be added."""

    def __init__(self, dossier: Dossier, path: Path) -> None:
        self.dossier, self.path, self.at, self.added = dossier, path, 0, ""
        self.claims = load_claims(path, words=False)
        self.queue = self.claims.loc[self.claims["status"] == "proposed", "claim_id"].tolist()
        self.past: list[tuple[int, pd.DataFrame]] = []
        labels = {word: f"{word} ({key})" for key, word in _KEYS.items()} | {"append": "append guidance"}
        for word, label in labels.items():
            button = widgets.Button(description=label)
            button.on_click(lambda _, word=word: self.decide(word))
            setattr(self, word, button)
        buttons = [getattr(self, word) for word in _KEYS.values()]
        self.fields, self.form = _form(_FIELDS)
        self.guided, self.guide_form = _form(_GUIDANCE, "guidance: ", self.append)
        self.progress = widgets.IntProgress(max=max(1, len(self.queue)), description="Seen")
        key = widgets.Text(description="Key", placeholder=f"type {', '.join(_KEYS)}")
        super().__init__(widgets.HBox([*buttons, self.progress]), self.form, self.guide_form, key=key)

    def _changed(self, _: Any) -> None:
        """Take a typed key as a decision and empty the field, so that the next one can be typed at once."""
        typed = self.key.value.strip().casefold()[-1:]
        if typed in _KEYS:
            self.decide(_KEYS[typed])
        if self.key.value:
            self.key.value = ""

    def decide(self, word: str) -> None:
        """Do what a button or a key asks: accept, edit, reject, skip, undo, or open and append guidance.

        Edit opens the fields of the claim; accept then saves the claim as they stand.
        """
        self.added = ""
        try:
            if word == "undo":
                self._undo()
            elif word == "guidance":
                self.guide_form.layout.display = "none" if _is_open(self.guide_form) else ""
            elif word == "append":
                self._append()
            elif self.at >= len(self.queue):
                raise AnalystkitError("every proposed claim has been seen; undo steps back.")
            elif word == "edit":
                text = printed(self._current(), "claims").iloc[0]
                for name, field in self.fields.items():
                    field.value = "" if pd.isna(text[name]) else str(text[name])
                self.form.layout.display = ""
            else:
                if word != "skip":
                    self._write("accepted" if word == "accept" else "rejected")
                self.at += 1
                self.form.layout.display = "none"
        except Exception as error:  # noqa: BLE001 - in a callback a fault would vanish in a log
            self.tell(error)
        else:
            self.refresh()

    def _append(self) -> None:
        """Append a statement of guidance to the dossier's folder; what is left empty is not given."""
        typed = {name: field.value.strip() for name, field in self.guided.items()}
        if lacking := [name for name in _GUIDANCE[:4] if not typed[name]]:
            raise AnalystkitError(f"guidance needs {', '.join(lacking)}. Nothing was written.")
        given: dict[str, Any] = {name: text for name, text in typed.items() if text}
        for end in {"low", "high", "value"} & given.keys():
            given[end] = float(given[end].replace(",", ""))
        claim = guide(self.path.parent, **given)
        self.added = f"Appended {claim['claim_id']}: {claim['statement']}"
        for field in self.guided.values():
            field.value = ""

    def _current(self) -> pd.DataFrame:
        return self.claims[self.claims["claim_id"] == self.queue[self.at]]

    def _write(self, status: str) -> None:
        """Change one claim in the file as it now stands: what others decided meanwhile stays."""
        fresh = load_claims(self.path, words=False)
        before = fresh[fresh["claim_id"] == self.queue[self.at]]
        if before.empty:
            raise AnalystkitError(f"{self.queue[self.at]!r} is no longer in {self.path.name}; skip it.")
        text = printed(before, "claims").assign(status=status)
        if status == "accepted" and _is_open(self.form):
            text = text.assign(**{name: field.value for name, field in self.fields.items()})
        row = conform(text, "claims", self.path.name).set_axis(before.index)
        if status == "accepted":
            # What is accepted must hold together with the rest, or the dossier would not open again.
            whole = pd.concat([fresh.drop(row.index), row]).sort_index()
            faults = reference_faults(dataclasses.replace(self.dossier, claims=whole))["claims"]
            lost = quote_faults(dataclasses.replace(self.dossier, claims=row)).assign(row=row.index[0])
            found = pd.concat([faults[faults["row"] == row.index[0]], lost])
            raise_for(found, whole, "claims", self.path.name, DossierError)
        self.past.append((self.at, before))
        self._save(fresh, row)

    def _save(self, fresh: pd.DataFrame, row: pd.DataFrame) -> None:
        self.claims = pd.concat([fresh.drop(row.index), row]).sort_index()
        save_claims(self.claims, self.path)

    def _undo(self) -> None:
        if not self.past:
            raise AnalystkitError("nothing was decided here that could be undone.")
        at, before = self.past[-1]
        fresh = load_claims(self.path, words=False)
        place = fresh.index[fresh["claim_id"] == before["claim_id"].iloc[0]]
        self._save(fresh, before.set_axis(place))
        self.past.pop()
        self.at = at
        self.form.layout.display = "none"

    def view(self) -> str:
        self.progress.value = self.at
        self.rows = len(self.queue) - self.at
        saved = f"{len(self.past)} decided here and saved in {tables.safe(self.path.name)}"
        added = f'<p role="status">{tables.safe(self.added)}</p>' if self.added else ""
        if not self.rows:
            return f"{added}<p>All {len(self.queue)} proposed claims are seen; {saved}.</p>"
        row = self._current()
        place = f"{added}<p>Claim {self.at + 1} of {len(self.queue)}; {saved}.</p>"
        if row.empty:
            return f"{place}<p>This claim is no longer in the file; skip it.</p>"
        return place + tables.show(row).html + quote_in_place(self.dossier, next(row.itertuples()))


def _form(names: list[str], before: str = "", *below: Any) -> tuple[dict[str, widgets.Text], widgets.VBox]:
    """Return fields by name, and the closed form that holds them."""
    wide = {"layout": widgets.Layout(width="50em"), "style": {"description_width": "14em"}}
    fields = {name: widgets.Text(description=f"{before}{name}", **wide) for name in names}
    return fields, widgets.VBox([*fields.values(), *below], layout=widgets.Layout(display="none"))


def _is_open(form: widgets.VBox) -> bool:
    return str(form.layout.display) != "none"


def review(dossier: Dossier, path: str | Path | None = None) -> Review:
    """Return a desk for the proposed claims: accept (a), edit (e), reject (r), skip (s), undo (u).

    Guidance (g) opens a form that appends a statement of guidance to the dossier, as `authoring.guide` does.

    Each decision is written to the file at once: after a lost kernel the desk opens at the first claim that is
    still proposed.

    Parameters
    ----------
    dossier
        Its documents are shown beside the claims.
    path
        The claims file; the dossier's own when not given.

    Raises
    ------
    AnalystkitError
        When the dossier has no folder and no path is given.

    Examples
    --------
    >>> from analystkit.dossier import open_dossier
    >>> review(open_dossier("data/alibaba-ai-plan"))
    Review(key='', rows=0)
    """
    if path is None and dossier.path is None:
        raise AnalystkitError("this dossier has no folder: give the claims file with `path=`.")
    return Review(dossier, Path(path) if path is not None else Path(str(dossier.path)) / "claims.csv")
