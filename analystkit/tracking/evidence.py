"""Where a figure stands and how sure it is: names of reported figures, footnotes for them, a sign for doubt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pandas as pd

from analystkit.dossier import Dossier
from analystkit.schemas import vocabulary

CONFIDENCE = ["certain", "probable", "derived", "uncertain"]
DOUBT = "\u2020"  # stands at each figure in print that is not certain


def worst(confidences: Iterable[Any]) -> str:
    """Return the least certain of some confidences.

    Examples
    --------
    >>> worst(["certain", "derived", "probable"])
    'derived'
    """
    known = [word for word in confidences if word in CONFIDENCE]
    return max(known, key=CONFIDENCE.index, default="certain")


def doubtful(confidence: pd.Series) -> pd.Series:
    """Return the sign of doubt for each confidence, empty where it is certain or not said.

    Examples
    --------
    >>> doubtful(pd.Series(["certain", "derived", None])).tolist()
    ['', '\u2020', '']
    """
    return (confidence.notna() & confidence.ne("certain")).map({True: DOUBT, False: ""}).astype("str")


def legend(confidences: Iterable[Any]) -> str:
    """Return what the sign of doubt means, in words; empty when all are certain.

    Examples
    --------
    >>> legend(["certain", "probable"])
    '\u2020 not certain: probable (one secondary source)'
    """
    found = {word for word in confidences if word in CONFIDENCE[1:]}
    told = [f"{word} ({vocabulary('confidence')[word]})" for word in CONFIDENCE if word in found]
    return f"{DOUBT} not certain: {'; '.join(told)}" if told else ""


def billions(value: float) -> str:
    """Return an amount in billions as it would be read, smaller ones in full.

    Examples
    --------
    >>> billions(72.215e9), billions(65e9), billions(80)
    ('72.215', '65', '80 (no scale)')
    """
    if abs(value) < 1e6:
        return f"{value:g} (no scale)"
    return f"{value / 1e9:,.3f}".rstrip("0").rstrip(".")


def report_ids(fundamentals: pd.DataFrame) -> pd.Series:
    """Return a name for each reported figure: whose, what, when, how measured, and where it stands.

    Examples
    --------
    >>> rows = pd.DataFrame({"entity": ["Meta"], "metric": "capex", "period": "2025", "definition": "cash",
    ...     "accession": None, "source_url": "https://example.org/a"})
    >>> report_ids(rows)[0]
    'Meta capex 2025: cash, https://example.org/a'
    """
    rows = fundamentals.fillna({"definition": "not said how measured"})
    where = rows["accession"].fillna(rows["source_url"])
    names = (
        rows["entity"]
        + " "
        + rows["metric"]
        + " "
        + rows["period"]
        + ": "
        + rows["definition"]
        + ", "
        + where
    )
    return names.astype("str").str.replace(";", ",")


def sources_of(ids: pd.Series, fundamentals: pd.DataFrame) -> pd.Series:
    """Return where the named figures stand: accession number or address of a report; a claim is named itself.

    Examples
    --------
    >>> sources_of(pd.Series(["some-claim;other-claim"]), Dossier().fundamentals).tolist()
    ['some-claim;other-claim']
    """
    places = fundamentals["accession"].fillna(fundamentals["source_url"])
    known = dict(zip(report_ids(fundamentals), places, strict=True))
    told = [
        ";".join(dict.fromkeys(known.get(name, name) for name in cell.split(";"))) for cell in ids.fillna("")
    ]
    return pd.Series(told, ids.index, dtype="str").mask(ids.isna())


def with_reports(dossier: Dossier) -> Dossier:
    """Return the dossier with each reported figure as a claim of its page, so that a footnote can name it.

    Examples
    --------
    >>> len(with_reports(Dossier()).claims)
    0
    """
    reports = dossier.fundamentals.assign(claim_id=report_ids(dossier.fundamentals))
    reports = reports.drop_duplicates("claim_id").assign(
        document_id=lambda r: r["source_title"] + ", " + r["source_url"]
    )
    large = reports["value"].abs() >= 1e6
    amounts = [
        f"{billions(v)} billion" if big else f"{v:g}" for v, big in zip(reports["value"], large, strict=True)
    ]
    told = reports["entity"] + ", " + reports["metric"] + " for " + reports["period"] + ": "
    told += pd.Series(amounts, reports.index, dtype="str") + " " + reports["unit"] + ", " + reports["how"]
    told += (", " + reports["accession"]).fillna("")
    known = {"speaker_kind": "company", "modality": "reported", "status": "accepted"}
    claims = reports.assign(speaker=reports["entity"], statement=told, **known)
    pages = reports.rename(columns={"source_title": "title", "source_url": "url"}).assign(kind="citation")
    pages["publisher"] = pages["url"].str.extract(r"//(?:www\.)?([^/]+)")[0]
    claims, documents = (
        pd.concat([own, rows], ignore_index=True)[list(own)]
        for own, rows in ((dossier.claims, claims), (dossier.documents, pages.drop_duplicates("document_id")))
    )
    return replace(dossier, claims=claims, documents=documents)
