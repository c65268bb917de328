"""Notebooks -> report pages that open without a kernel and without a network."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from analystkit.dossier import find_folder, open_dossier
from analystkit.errors import AnalystkitError
from analystkit.report.pages import about as _about
from analystkit.report.pages import to_pdf
from analystkit.report.pages import write as _write
from analystkit.report.pages import write_page as _write_page
from analystkit.report.running import run as _run

__all__ = ["build", "dossiers_of", "to_pdf"]

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
        The folder; it takes the place of ``DOSSIER`` in each notebook's cell tagged ``parameters``. Each notebook
        runs on the dossier that it names itself when none is given.
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
    home, target = Path(notebooks), Path(out)
    sources = sorted(p for p in home.glob("*.ipynb") if not p.name.startswith("."))
    if not sources:
        raise AnalystkitError(f"no notebooks (*.ipynb) in {str(notebooks)!r}. Name their folder.")
    named = None if dossier is None else _as_named(dossier, find_folder(dossier).resolve(), home)
    folders = [find_folder(n) for n in ([named] if named else dossiers_of(notebooks))]
    common = _fingerprint(folders, named or "")
    marks = {p.name: hashlib.sha256(common.encode() + p.read_bytes()).hexdigest() for p in sources}
    pages = [target / "index.html", *(target / f"{p.stem}.html" for p in sources)]
    last = _read_marks(target)
    if last != marks or not all(page.exists() for page in pages):
        stale = [
            p for p in sources if last.get(p.name) != marks[p.name] or not (target / _KEPT / p.name).exists()
        ]
        target.mkdir(parents=True, exist_ok=True)
        # Beside the pages, so that each new page takes its place in one step.
        with tempfile.TemporaryDirectory(prefix=".draft-", dir=target) as name:
            _draft(Path(name), folders, named, sources, stale, target / _KEPT, progress)
            _replace(Path(name), target, [p.name for p in pages])
        for gone in set(last) - set(marks):
            (target / gone).with_suffix(".html").unlink(missing_ok=True)
        (target / _MARK).write_text(json.dumps(marks), encoding="utf-8")
    return pages + ([to_pdf(page) for page in pages] if pdf else [])


def dossiers_of(notebooks: str | Path) -> list[str]:
    """Return the dossiers that the notebooks of a folder name in their cells tagged `parameters`, each once."""
    import nbformat

    cells = [
        cell
        for path in sorted(Path(notebooks).glob("*.ipynb"))
        for cell in nbformat.read(path, as_version=4).cells
    ]
    tagged = "\n".join(cell.source for cell in cells if "parameters" in cell.metadata.get("tags", []))
    return list(dict.fromkeys(re.findall(r"(?m)^DOSSIER = ['\"](.+)['\"]$", tagged)))


def _as_named(dossier: str | Path, folder: Path, home: Path) -> str:
    """Return the folder as a notebook finds it: by its short name from the notebooks' own place, else in full."""
    for base in (home.resolve(), *home.resolve().parents):
        if not Path(dossier).is_absolute() and (base / dossier).resolve() == folder and folder.is_dir():
            return Path(dossier).as_posix()
    return folder.as_posix()


def _fingerprint(folders: list[Path], named: str) -> str:
    digest = hashlib.sha256(f"{named} {sys.version} {version('pandas')} {version('matplotlib')}".encode())
    package = Path(__file__).resolve().parents[1]
    parts = [p for p in package.rglob("*") if p.suffix in _SUFFIXES]
    parts += [
        p for folder in folders for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")
    ]
    for path in sorted(parts):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _read_marks(target: Path) -> dict[str, str]:
    with contextlib.suppress(OSError, ValueError):
        found = json.loads((target / _MARK).read_text(encoding="utf-8"))
        return found if isinstance(found, dict) else {}
    return {}


def _draft(
    draft: Path,
    folders: list[Path],
    named: str | None,
    sources: list[Path],
    stale: list[Path],
    kept: Path,
    progress: bool,
) -> None:
    """Write the pages and the notebooks that were run into a folder of their own."""
    import nbformat

    (draft / _KEPT).mkdir()
    fresh = {path: nbformat.read(path, as_version=4) for path in stale}
    for notebook in fresh.values() if named else ():
        _parametrise(notebook, str(named))
    _run(fresh, progress)
    entries = []
    for path in sources:
        notebook = fresh[path] if path in fresh else nbformat.read(kept / path.name, as_version=4)
        nbformat.write(notebook, draft / _KEPT / path.name)
        entries.append(_write_page(notebook, path, sources, draft))
    about = [_about(folder, open_dossier(folder, strict=False)) for folder in folders]
    _write(draft / "index.html", "index.html.j2", entries=entries, dossiers=about)


def _replace(draft: Path, target: Path, names: list[str]) -> None:
    for name in names:
        os.replace(draft / name, target / name)
    (target / _KEPT).mkdir(exist_ok=True)
    for path in (draft / _KEPT).iterdir():
        os.replace(path, target / _KEPT / path.name)


def _parametrise(notebook: Any, dossier: str) -> None:
    """Put the dossier's folder where the cell tagged `parameters` has a default."""
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source = re.sub(r"(?m)^DOSSIER = .*$", lambda _: f"DOSSIER = {dossier!r}", cell.source)
