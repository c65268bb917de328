"""Claim ids -> numbered footnotes: quote, document, publisher, link."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote as percent_encoded

import pandas as pd

from analystkit.dossier import Dossier
from analystkit.errors import DossierError

COLUMNS = [
    "number", "claim_id", "statement", "speaker", "quote", "document_id", "title", "publisher", "published_at",
    "start", "end", "confidence", "link",
]  # fmt: skip


def split_ids(cells: Iterable[str]) -> list[str]:
    """Return the ids in cells of `;`-joined ids, each once, in the order they first appear.

    Examples
    --------
    >>> split_ids(["a;b", "b;c", float("nan")])
    ['a', 'b', 'c']
    """
    found = [name.strip() for cell in cells if isinstance(cell, str) for name in cell.split(";")]
    return list(dict.fromkeys(name for name in found if name))


def footnotes(dossier: Dossier, claim_ids: str | Iterable[str]) -> pd.DataFrame:
    """Return one numbered footnote a claim, in the order given.

    Parameters
    ----------
    dossier
        Where the claims and their documents stand.
    claim_ids
        Ids, or cells of `;`-joined ids such as the `claim_ids` column of a comparison.

    Returns
    -------
    pd.DataFrame
        number (from 1), claim_id, statement, speaker, quote, document_id, title, publisher, published_at,
        start, end (offsets of the quote in the document), confidence, link (the address; with a text
        fragment that opens the page at the quote where there is one).

    Raises
    ------
    DossierError
        When an id is not among the claims.

    Examples
    --------
    >>> claims = pd.DataFrame({"claim_id": ["c1"], "document_id": "d1", "entity": "Meta", "metric": "capex",
    ...     "statement": "Meta plans 65 billion dollars.", "speaker": "Meta", "speaker_kind": "company",
    ...     "modality": "planned", "status": "accepted", "quote": "$65 billion"})
    >>> documents = pd.DataFrame({"document_id": ["d1"], "title": ["T"], "kind": ["citation"],
    ...     "url": ["https://example.org/a"]})
    >>> footnotes(Dossier(claims=claims, documents=documents), "c1")["link"][0]
    'https://example.org/a#:~:text=%2465%20billion'
    """
    wanted = split_ids([claim_ids] if isinstance(claim_ids, str) else claim_ids)
    known = set(dossier.claims["claim_id"])
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise DossierError(
            f"{len(unknown)} of {len(wanted)} claims are not in the dossier (first: {unknown[0]!r})."
            " Correct the ids; all of them: err.rows.",
            pd.DataFrame({"claim_id": unknown}),
        )
    chosen = dossier.claims.set_index("claim_id").loc[wanted].reset_index()
    notes = chosen.merge(dossier.documents, on="document_id", how="left", validate="many_to_one")
    notes["number"] = range(1, len(notes) + 1)
    notes["link"] = link_to_quote(notes["url"], notes["quote"])
    return notes[COLUMNS]


def link_to_quote(urls: pd.Series, quotes: pd.Series) -> pd.Series:
    """Return addresses that open a page at the quoted words, by a text fragment.

    Examples
    --------
    >>> link_to_quote(pd.Series(["https://example.org"]), pd.Series(["up 3%"]))[0]
    'https://example.org#:~:text=up%203%25'
    """
    links = [
        url if not isinstance(url, str) or not isinstance(quote, str)
        # A hyphen is part of the fragment's own syntax, so it is encoded too.
        else f"{url}#:~:text={percent_encoded(quote, safe='').replace('-', '%2D')}"
        for url, quote in zip(urls, quotes, strict=True)
    ]  # fmt: skip
    return pd.Series(links, urls.index, dtype="str")


def marks(cells: pd.Series, notes: pd.DataFrame) -> pd.Series:
    """Return footnote marks such as ``[1, 3]`` for cells of `;`-joined claim ids.

    Examples
    --------
    >>> notes = pd.DataFrame({"claim_id": ["a", "b"], "number": [1, 2]})
    >>> marks(pd.Series(["b;a", "a"]), notes).tolist()
    ['[1, 2]', '[1]']
    """
    numbers = notes.set_index("claim_id")["number"]
    cited = [sorted(numbers[name] for name in split_ids([cell])) for cell in cells]
    shown = [f"[{', '.join(map(str, each))}]" if each else "" for each in cited]
    return pd.Series(shown, cells.index, dtype="str")
