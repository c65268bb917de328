"""A notebook about one dossier -> the same notebook for another: the story goes, tables and charts are made anew."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from analystkit.dossier import Dossier
from analystkit.schemas import TABLES

# What a notebook says of its own dossier alone: in words between these marks, in code under the tag `story`.
_STORY = re.compile(r"<!-- story -->.*?(?:<!-- /story -->|\Z)", re.DOTALL)
_DOSSIER = re.compile(r"(?m)^DOSSIER = ['\"](.+)['\"]$")
_NEEDS = {table: f"`{table}.csv`" for table in TABLES} | {"texts": "`documents/`"}


def named_in(notebook: Any) -> str:
    """Return the dossier that a notebook names in its cell tagged `parameters`; empty when it names none."""
    cells = [cell for cell in notebook["cells"] if "parameters" in cell["metadata"].get("tags", [])]
    found = _DOSSIER.search("\n".join("".join(cell["source"]) for cell in cells))
    return found[1] if found else ""


def is_about(notebook: Any, home: Path, folder: Path) -> bool:
    """Return whether the dossier that a notebook names is this folder, looked up as the notebook would."""
    named = named_in(notebook)
    return bool(named) and any((base / named).resolve() == folder for base in (home, *home.parents))


def fit(notebook: Any, named: str, dossier: Dossier) -> None:
    """Make a notebook run on another dossier than its own.

    Its story is left out, and so is each cell tagged with a table that the dossier lacks (``prices``; ``texts``
    for documents with a text); one line says so in its place.

    Examples
    --------
    >>> from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
    >>> cells = [new_markdown_cell("# Who?\\n\\n<!-- story -->\\nMeta."), new_code_cell("draw()")]
    >>> cells[1].metadata["tags"] = ["prices"]
    >>> notebook = new_notebook(cells=cells)
    >>> fit(notebook, "data/wind", Dossier())
    >>> [cell.source for cell in notebook.cells]
    ['# Who?', '*Left out: this dossier has nothing in `prices.csv`.*']
    """
    from nbformat.v4 import new_markdown_cell

    kept: list[Any] = []
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        lacking = [_NEEDS[tag] for tag in tags if tag in _NEEDS and not len(getattr(dossier, tag))]
        if cell.cell_type == "markdown":
            cell.source = _STORY.sub("", cell.source).strip()
        elif "parameters" in tags:
            cell.source = _DOSSIER.sub(lambda _: f"DOSSIER = {named!r}", cell.source)
        elif lacking and "story" not in tags:
            cell = new_markdown_cell(f"*Left out: this dossier has nothing in {', '.join(lacking)}.*")
        if cell.source and "story" not in tags and (not kept or cell.source != kept[-1].source):
            kept.append(cell)
    notebook.cells = kept
