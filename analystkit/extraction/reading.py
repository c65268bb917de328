"""What the words around a figure say of it: subject, measure, purpose, speaker, modality, horizon."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analystkit.extraction.cast import Mention
from analystkit.extraction.subjects import Span, subject
from analystkit.periods import dates_of
from analystkit.schemas import PERIOD, read_words
from analystkit.speech import modality_of

# Words by which a company speaks without "said"; guidance is such a word whatever is done to it.
_VOICED = re.compile(
    r"(?i)\b(?:announced|announces|said|says|pledged|pledges|confirmed|unveiled|reported|guided|vowed|disclosed"
    r"|forecasts?|guidance|outlook|(?:rais|lift|cut|lower|narrow|doubl|reiterat|reaffirm|trim|hik)\w*"
    r" (?:\S+ ){0,4}(?:forecast|plan|target))\b"
)
_GUIDED = re.compile(r"(?i)\b(?:guidance|outlook|forecasts?|guided|we (?:now )?(?:see|expect|aim|target))\b")
# When something was said, not what it is for: "pledged in 2022 to spend", "said last year it would".
_SAID_THEN = re.compile(
    r"(?i)\b(?:said|announced|pledged|promised|vowed|reported|unveiled|disclosed|told \w+|founded|established"
    r"|since|born)\s+(?:in\s+)?$"
)
_YEAR_EARLIER = re.compile(
    r"(?i),?\s*(?:(?:a|one) year (?:ago|earlier|before)|the year before"
    r"|(?:in|for) the (?:previous|prior|preceding) year)\b"
)
_COMPARED = re.compile(
    r"(?i)\b(?:(?:up|down) from|compared (?:with|to)|against|versus|vs\.?)(?: (?:about|around|some))?\s+$"
)
# "Acme sank 11 %": what moves without a measure is the share.
_ITSELF_MOVED = re.compile(
    r"(?:^|\s)[A-Z][\w&.-]+ (?:\w+ly )?(?:sank|slid|fell|dropped|plunged|tumbled|slipped|lost|shed|rose|jumped|gained"
    r"|climbed|surged|soared|rallied|advanced|retreated|eased|dipped) (?:[a-z]+ ){0,3}$"
)
_CHANGED = re.compile(
    r"(?i)\b(?:gain|add|lost|lose|losing|shed|wip|eras|rose|fell|increas|decreas|drop|jump|surg|swell|boost)\w*"
)
# What somebody expects to spend is a plan; what somebody expects to earn is an estimate.
_INTENDED = re.compile(r"(?i)\bexpect\w* to (?:spend|invest|build|put|pay|buy|hire|open|raise|cut)\b")
_SPENT = ("investment_plan", "capex", "acquisition", "jobs")
_INTENT = ("planned", "postponed", "cancelled")
_ITSELF = re.compile(r"(?i)\W*(?:it|the (?:company|group|firm|\w+maker))\b")
_FIRST_PERSON = re.compile(r"(?i)\b(?:we|our|us)\b")
_PERSON = re.compile(r"\W*(?:He|She|They|His|Her|Their)\b")
_JUDGED = re.compile(r"(?i)\b(?:estimat|expect|forecast|predict|reckon|see)s?(?:ed)?\b")
_TARGET = re.compile(r"\b(?:on|for)\s+(?:the\s+)?$")
KINDS = {"money": "money", "percent": "percent", "count": "count", "quantity": "count"}
# A cue behind the figure, or in another clause, binds it less than one right before it.
_BEHIND, _ELSEWHERE, _REACH = 1.5, 80.0, 260.0
_WEAK = 40.0
_SHARE_FLOOR = 1e5


@dataclass(frozen=True, slots=True)
class Setting:
    """A figure in its text: the sentence and clause around it and what was said before."""

    text: str
    figure: Any  # a row of `find_figures`
    sentence: Span
    clause: Span
    before: int  # where the figure before ends
    rank: int  # how many figures of the clause stand before it
    said: Any  # the row of `attribute_speakers` that it is part of, or None
    named: list[Mention]
    earlier: str  # who an "it" is
    lead: str  # whom the text opens with
    judge: str  # the analyst who spoke last

    @property
    def told(self) -> str:
        """The clause to the first comma behind the figure."""
        comma = re.search(r",\s", self.text[self.figure.end : self.clause[1]])
        return self.text[self.clause[0] : self.figure.end + comma.start() if comma else self.clause[1]]

    @property
    def own(self) -> bool:
        """Whether a company speaks of itself."""
        if self.said is None or self.said.speaker_kind != "executive":
            return self.said is not None and self.said.speaker_kind == "company"
        return isinstance(self.said.title, str) or bool(_FIRST_PERSON.search(self.said.statement))

    @property
    def compared(self) -> bool:
        """Whether the figure is what another one is held against: "up from", "compared with"."""
        return bool(_COMPARED.search(self.text[: self.figure.start][-30:]))


def read(at: Setting) -> dict[str, Any]:
    """Return entity, metric, scope, speaker and modality of a figure."""
    metric, scope = _measure(at)
    of = at.figure.of if isinstance(at.figure.of, str) else ""
    counted = re.sub(r"\W+", "_", of.lower())
    row = {"metric": metric, "of": scope or _scope(at) or (counted if counted != metric else "") or None}
    # Interest, inflation and tariffs are a country's.
    lands = [m.entity for m in at.named if m.kind == "place" and m.start >= at.sentence[0]]
    entity = _entity(at) or (lands[0] if metric == "rate" and lands else "")
    row |= {"entity": entity, "modality": _modality(at, metric)}
    return row | _voice(at, row)


def _entity(at: Setting) -> str:
    acting = [m for m in at.named if m.acts]
    if "respectively" in at.text[at.figure.start : at.clause[1]]:
        # "Acme and Globex spend $80 billion and $65 billion respectively": in the order of the names
        names = list(dict.fromkeys(m.entity for m in acting if at.sentence[0] <= m.start < at.figure.start))
        if at.rank < len(names):
            return names[at.rank]
    earlier, sentence = at.earlier, at.sentence
    if at.said is not None:
        sentence = (at.said.start, sentence[1])
        who = [v.split("; ")[0] for v in (at.said.affiliation, at.said.speaker) if isinstance(v, str)]
        if at.own and (at.said.speaker_kind == "company" or len(who) > 1):
            # Officers speak of their own company, which then is named by "we" or not at all.
            earlier = next(
                (m.entity for m in at.named if who[0] in (at.text[m.start : m.end], m.entity)), who[0]
            )
        if at.said.speaker_kind != "company":
            acting = [m for m in acting if m.entity not in who]
    figures = (at.before, at.figure.start)
    return subject(at.text, (at.clause, sentence), figures, acting, earlier, at.own)


def _modality(at: Setting, metric: str) -> str:
    modality = modality_of(at.told) if at.said is None or at.said.modality == "reported" else at.said.modality
    guided = bool(_GUIDED.search(at.told))
    if modality == "reported" and guided:
        modality = "estimated"
    if modality in ("planned", "estimated") and at.compared:
        return "reported"
    if modality == "estimated" and (_INTENDED.search(at.told) or ((at.own or guided) and metric in _SPENT)):
        return "planned"
    judged = at.said is not None and at.said.speaker_kind == "analyst" and modality == "planned"
    return "estimated" if judged or metric == "price_target" else modality


def _voice(at: Setting, row: dict[str, Any]) -> dict[str, Any]:
    """Return who says it; and for a price target the company that it is set for."""
    if at.said is not None and isinstance(at.said.speaker, str):
        speaker = ";".join(re.split(r"\s*;\s*", at.said.speaker))
        return {"speaker": speaker, "speaker_kind": at.said.speaker_kind}
    inside = [m for m in at.named if at.clause[0] <= m.start < at.clause[1]]
    ahead = [m for m in inside if m.start < at.figure.start]
    if row["metric"] == "price_target":
        # "A house raised its target on a share": the share is meant, the house speaks.
        meant = next((m.entity for m in inside if _TARGET.search(at.text[: m.start][-30:])), at.lead)
        voice = next((m.entity for m in ahead if not m.acts or m.entity != meant), "")
        if voice := voice or (at.judge if _PERSON.match(at.told) else ""):
            return {"entity": meant, "speaker": voice, "speaker_kind": "analyst"}
    houses = [m.entity for m in ahead if m.kind == "house"]
    if houses and _JUDGED.search(at.told):
        return {"speaker": houses[-1], "speaker_kind": "analyst", "modality": "estimated"}
    itself = any(m.entity == row["entity"] for m in ahead) or _ITSELF.match(at.told)
    if itself and _VOICED.search(at.told):
        return {"speaker": row["entity"], "speaker_kind": "company"}
    return {"speaker": "narrator", "speaker_kind": "narrator"}


@functools.cache
def _cues(name: str, kind: str = "") -> tuple[re.Pattern[str], dict[str, Any]]:
    table = read_words(name)
    table = table[table["kind"].isin([kind, "any"])] if kind else table
    found = {row.cue.lower(): row for row in table.itertuples()}
    longest = "|".join(re.escape(cue) for cue in sorted(found, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{longest})(?!\w)", re.I), found


def _measure(at: Setting) -> tuple[str, str]:
    """Return metric and scope by the cue word nearest to the figure, ("other", "") without any."""
    text, clause, figure = at.text, at.clause, at.figure
    pattern, found = _cues("extraction_metrics.csv", KINDS[figure.kind])
    near = []
    for match in pattern.finditer(text, *at.sentence):
        behind, cue = match.start() >= figure.end, found[match[0].lower()]
        cost = (match.start() - figure.end) * _BEHIND if behind else figure.start - match.end()
        cost += _ELSEWHERE * (not clause[0] <= match.start() < clause[1])
        # Another cue nearby says more than a weak word.
        cost += _WEAK * (match[0].lower() in ("plan", "build", "building", "worth", "project"))
        near += [(cost, cue.metric, cue.of)] if cost < _REACH else []
    near.sort(key=lambda cue: cue[0])
    metric, scope = near[0][1:] if near else ("other", "")
    if metric == "growth" and not scope:
        # "Revenue grew 4 %": the verb is nearer, the noun says what grew.
        scope = next((of for _, name, of in near if name == "growth" and of), "")
    told, moved = text[clause[0] : clause[1]], isinstance(figure.direction, str)
    if metric == "market_value" and (moved or _CHANGED.search(told)):
        metric = "market_value_change"
    size = figure.value if np.isfinite(figure.value) else figure.high
    if metric == "share_price" and size > _SHARE_FLOOR:
        metric = "market_value_change" if "value" in told else "other"
    if metric == "other" and figure.kind == "percent" and moved:
        metric = "price_change" if _ITSELF_MOVED.search(text[clause[0] : figure.start]) else "growth"
    return metric, scope


def _scope(at: Setting) -> str:
    pattern, found = _cues("extraction_scopes.csv")
    longest = max((m[0] for m in pattern.finditer(at.text, *at.clause)), key=len, default="")
    return found[longest.lower()].of if longest else ""


def period(
    at: Setting, horizons: list[Any], row: dict[str, Any], today: pd.Timestamp | None
) -> tuple[str | None, str]:
    """Return the horizon nearest to a figure, in its clause before its sentence; and a flag when there is none.

    `horizons` are those that begin in the sentence.
    What is past at `today` is when a plan was made, not its horizon.
    """
    figure, intended = at.figure, row["metric"] in _SPENT and row["modality"] in _INTENT
    near = {}
    for h in horizons:
        if h.end > at.sentence[1]:
            continue
        past = intended and today is not None and dates_of(h.period)[1] < today
        if not past and not _SAID_THEN.search(at.text[max(0, h.start - 25) : h.start]):
            cost = max(h.start - figure.end, figure.start - h.end)
            near[cost + _ELSEWHERE * (not at.clause[0] <= h.start <= at.clause[1])] = h
    if not near:
        return None, "period_missing"
    chosen = near[min(near)]
    if not (isinstance(chosen.period, str) and re.fullmatch(PERIOD, chosen.period)):
        return None, "period_unresolved"
    if figure.kind == "percent" or chosen.start > figure.start:
        return chosen.period, ""
    if _YEAR_EARLIER.match(at.text, figure.end):
        before = re.sub(r"\d{4}", lambda year: str(int(year[0]) - 1), chosen.period)
        return (before, "") if before != chosen.period else (None, "period_unresolved")
    return (None, "period_unresolved") if at.compared else (chosen.period, "")
