"""Notebooks -> report pages that open without a kernel and without a network."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from analystkit.checks import check
from analystkit.dossier import find_folder, open_dossier
from analystkit.errors import AnalystkitError
from analystkit.report.fitting import fit, is_about, named_in
from analystkit.report.pages import about, to_pdf, write, write_page
from analystkit.report.running import run

__all__ = ["build", "dossiers_of", "examine", "to_pdf"]

_MARK = ".fingerprint.json"
_KEPT = ".executed"
_SUFFIXES = {".py", ".csv", ".css", ".j2", ".mplstyle"}


def build(
    dossier: str | Path | None = None,
    notebooks: str | Path = "notebooks",
    out: str | Path = "reports",
    progress: bool = True,
    pdf: bool = False,
) -> list[Path]:
    """Run the notebooks on a dossier, write one page each and an index, and return the pages.

    Every page is one file: pictures inside, no script at all, code folded away behind a switch. A notebook is run
    again only when it, the dossier or the package changed. The pages take the place of the last ones only when all of
    them are done.

    Parameters
    ----------
    dossier
        The folder; it takes the place of ``DOSSIER`` in each notebook's cell tagged ``parameters``. What a notebook
        says of its own dossier alone is left out then. Each runs on the dossier that it names when none is given.
    notebooks
        Folder of the notebooks.
    out
        Folder of the pages.
    progress
        Show a bar that names the notebook and the cell.
    pdf
        Write each page as PDF too, with a Chromium that is installed here.

    Returns
    -------
    list of Path
        The index first.

    Raises
    ------
    AnalystkitError
        When there are no notebooks, or a cell fails: the message and `err.rows` name notebook, cell and error.
    MissingPackageError
        When PDFs are asked for and no Chromium is here.

    Examples
    --------
    >>> build("data/alibaba-ai-plan", "no-such-folder")
    Traceback (most recent call last):
    analystkit.errors.AnalystkitError: no notebooks (*.ipynb) in 'no-such-folder'. Name their folder.
    """
    home, target = Path(notebooks).resolve(), Path(out)
    sources = sorted(p for p in home.glob("*.ipynb") if not p.name.startswith("."))
    if not sources:
        raise AnalystkitError(f"no notebooks (*.ipynb) in {str(notebooks)!r}. Name their folder.")
    folders = [find_folder(name).resolve() for name in ([dossier] if dossier else dossiers_of(home))]
    # As a notebook finds it, so that no page tells where on this machine it was made.
    named = Path(os.path.relpath(folders[0], home)).as_posix() if dossier else ""
    common = named + "".join(map(_fingerprint, folders))
    marks = {p.name: hashlib.sha256(common.encode() + p.read_bytes()).hexdigest() for p in sources}
    pages = [target / "index.html", *(target / f"{p.stem}.html" for p in sources)]
    mark = target / _MARK
    last = json.loads(mark.read_text(encoding="utf-8")) if mark.exists() else {}
    if last != marks or not all(page.exists() for page in pages):
        kept = target / _KEPT
        stale = [p for p in sources if last.get(p.name) != marks[p.name] or not (kept / p.name).exists()]
        kept.mkdir(parents=True, exist_ok=True)
        # Beside the pages, so that each new page takes its place in one step.
        with tempfile.TemporaryDirectory(prefix=".draft-", dir=target) as name:
            _draft(Path(name), folders, named, sources, stale, progress)
            for path in [p for p in Path(name).rglob("*") if p.is_file()]:
                os.replace(path, target / path.relative_to(name))
        for gone in set(last) - set(marks):
            (target / gone).with_suffix(".html").unlink(missing_ok=True)
        mark.write_text(json.dumps(marks), encoding="utf-8")
    return pages + ([to_pdf(page) for page in pages] if pdf else [])


def dossiers_of(notebooks: str | Path) -> list[str]:
    """Return the dossiers that the notebooks of a folder name in their cells tagged `parameters`, each once."""
    # As JSON: to import nbformat takes longer than everything else when nothing changed.
    texts = (path.read_text(encoding="utf-8") for path in sorted(Path(notebooks).glob("*.ipynb")))
    named = [named_in(json.loads(text)) for text in texts]
    return list(dict.fromkeys(filter(None, named)))


def examine(dossier: str | Path, out: str | Path = "reports") -> pd.DataFrame:
    """Return what `check` finds in a dossier; kept beside the report until the dossier or the kit changes.

    Raises
    ------
    AnalystkitError
        When the dossier does not hold together.
    """
    folder = find_folder(dossier).resolve()
    kept = Path(out) / _KEPT / f"{folder.name}.{_fingerprint(folder)[:16]}.csv"
    if not kept.exists():
        findings = check(open_dossier(folder))
        kept.parent.mkdir(parents=True, exist_ok=True)
        for old in kept.parent.glob(f"{folder.name}.*.csv"):
            old.unlink()
        findings.to_csv(kept, index=False)
    return pd.read_csv(kept)


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256(f"{sys.version} {version('pandas')} {version('matplotlib')}".encode())
    parts = [p for p in Path(__file__).resolve().parents[1].rglob("*") if p.suffix in _SUFFIXES]
    parts += [p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")]
    for path in sorted(parts):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _draft(
    draft: Path, folders: list[Path], named: str, sources: list[Path], stale: list[Path], progress: bool
) -> None:
    """Write the pages and the notebooks that were run into a folder of their own."""
    import nbformat

    (draft / _KEPT).mkdir()
    dossiers = {folder: open_dossier(folder) for folder in folders}
    told = {
        folder: about(folder, dossier, examine(folder, draft.parent)) for folder, dossier in dossiers.items()
    }
    books: dict[Path, Any] = {path: nbformat.read(path, as_version=4) for path in sources}
    topics = {}
    for path, notebook in books.items():
        if named and not is_about(notebook, path.parent, folders[0]):
            fit(notebook, named, dossiers[folders[0]])
        topics[path] = next((told[f]["title"] for f in folders if is_about(notebook, path.parent, f)), "")
    run({path: books[path] for path in stale}, progress)
    entries = []
    for path, notebook in books.items():
        if path not in stale:
            notebook = nbformat.read(draft.parent / _KEPT / path.name, as_version=4)
        nbformat.write(notebook, draft / _KEPT / path.name)
        entries.append(write_page(notebook, path, sources, topics[path], draft))
    write(draft / "index.html", "index.html.j2", entries=entries, dossiers=[*told.values()])
