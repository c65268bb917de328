"""Notebooks -> report pages that open without a kernel and without a network."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from contextlib import ExitStack
from html import unescape
from importlib.resources import files
from pathlib import Path
from typing import Any

from analystkit.dossier import find_folder
from analystkit.errors import AnalystkitError

_MARK = ".fingerprint.json"


def build(
    dossier: str | Path,
    notebooks: str | Path = "notebooks",
    out: str | Path = "reports",
    progress: bool = True,
) -> list[Path]:
    """Run the notebooks on a dossier, write one page each and an index, and return the pages.

    Every page is one file: pictures inside, no script from elsewhere, code folded away behind a switch. Nothing is
    run again while notebooks, dossier and package stay the same. The pages take the place of the last ones only
    when all of them are done.

    Parameters
    ----------
    dossier
        The folder; it takes the place of ``DOSSIER`` in each notebook's cell tagged ``parameters``.
    notebooks
        Folder of the notebooks.
    out
        Folder of the pages.
    progress
        Show a bar that names the notebook and the cell.

    Returns
    -------
    list of Path
        The index first.

    Raises
    ------
    AnalystkitError
        When there are no notebooks, or a cell fails: the message names notebook, cell and error.

    Examples
    --------
    >>> build("data/alibaba-ai-plan", "no-such-folder")
    Traceback (most recent call last):
    analystkit.errors.AnalystkitError: no notebooks (*.ipynb) in 'no-such-folder'. Name their folder.
    """
    folder, home, target = find_folder(dossier).resolve(), Path(notebooks), Path(out)
    sources = sorted(p for p in home.glob("*.ipynb") if not p.name.startswith("."))
    if not sources:
        raise AnalystkitError(f"no notebooks (*.ipynb) in {str(notebooks)!r}. Name their folder.")
    mark = _fingerprint(folder, sources)
    pages = [target / "index.html", *(target / f"{p.stem}.html" for p in sources)]
    if _read_mark(target) == mark and all(page.exists() for page in pages):
        return pages
    with tempfile.TemporaryDirectory(prefix="analystkit-report-") as name:
        draft = Path(name)
        entries = []
        for notebook, page in _executed(sources, str(dossier), progress):
            entries.append(_write_page(notebook, page, sources, draft))
        _write(draft / "index.html", "index.html.j2", entries=entries, dossier=_about(folder))
        target.mkdir(parents=True, exist_ok=True)
        for page in pages:
            shutil.move(draft / page.name, page)
    (target / _MARK).write_text(json.dumps(mark), encoding="utf-8")
    return pages


def _fingerprint(folder: Path, sources: list[Path]) -> str:
    digest = hashlib.sha256()
    package = Path(__file__).parent
    parts = [p for p in package.rglob("*") if p.suffix in {".py", ".csv", ".css", ".j2", ".mplstyle"}]
    parts += [p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")]
    for path in sorted(parts) + sources:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _read_mark(target: Path) -> str | None:
    path = target / _MARK
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _executed(sources: list[Path], dossier: str, progress: bool) -> Any:
    """Yield each notebook after a run, with the name of its page."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    with ExitStack() as stack:
        bar = stack.enter_context(_bar()) if progress else None
        loaded = [nbformat.read(path, as_version=4) for path in sources]
        total = sum(cell.cell_type == "code" for notebook in loaded for cell in notebook.cells)
        task = bar.add_task("", total=total) if bar else None
        for path, notebook in zip(sources, loaded, strict=True):
            _parametrise(notebook, dossier)
            numbers = {id(cell): n for n, cell in enumerate(notebook.cells, start=1)}
            running = [0]

            def started(cell: Any, cell_index: int, path: Path = path, running: list[int] = running) -> None:
                running[0] = cell_index + 1
                if bar and task is not None and cell.cell_type == "code":
                    bar.update(task, advance=1, description=f"{path.name}, cell {cell_index + 1}")

            client = NotebookClient(
                notebook,
                timeout=300,
                kernel_name="python3",
                extra_arguments=["--log-level=40"],
                resources={"metadata": {"path": str(path.parent.resolve())}},
                on_cell_start=started,
            )
            try:
                with _without_backend():
                    client.execute()
            except CellExecutionError as error:
                raise AnalystkitError(
                    f"{path.name}, cell {running[0]} of {len(numbers)} failed:"
                    f" {error.ename}: {error.evalue}. The last report is left as it was."
                ) from None
            yield notebook, path


def _bar() -> Any:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}")
    return Progress(*columns, transient=True)


class _without_backend:
    """Run kernels with the backend that notebooks have on a desk, whatever the caller's own is."""

    def __enter__(self) -> None:
        self.kept = os.environ.pop("MPLBACKEND", None)

    def __exit__(self, *_: object) -> None:
        if self.kept is not None:
            os.environ["MPLBACKEND"] = self.kept


def _parametrise(notebook: Any, dossier: str) -> None:
    """Put the dossier's folder where the cell tagged `parameters` has a default."""
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source = re.sub(r"(?m)^DOSSIER = .*$", f"DOSSIER = {dossier!r}", cell.source)


def _write_page(notebook: Any, path: Path, sources: list[Path], draft: Path) -> dict[str, str]:
    from nbconvert import HTMLExporter
    from traitlets.config import Config

    config = Config()
    # A widget is shown by its static view: the page has no kernel and fetches no script.
    order = ["text/html", "image/svg+xml", "image/png", "image/jpeg", "text/markdown", "text/plain"]
    config.NbConvertBase.display_data_priority = order
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
    notebook.metadata.pop("widgets", None)
    exporter = HTMLExporter(config=config, template_name="basic", exclude_anchor_links=True)
    body, _ = exporter.from_notebook_node(notebook)
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", body, re.DOTALL)
    title = unescape(re.sub(r"<[^>]+>", "", heading[1])).strip() if heading else path.stem
    headings = re.findall(r"<h2>(.*?)</h2>", body, re.DOTALL)
    contents = [(f"part-{n}", heading) for n, heading in enumerate(headings, start=1)]
    for anchor, heading in contents:
        body = body.replace(f"<h2>{heading}</h2>", f'<h2 id="{anchor}">{heading}</h2>', 1)
    bottom = re.search(r"<p><strong>Bottom line\.</strong>(.*?)</p>", body, re.DOTALL)
    others = [(p.stem, p.stem == path.stem) for p in sources]
    _write(
        draft / f"{path.stem}.html", "page.html.j2", body=body, title=title, contents=contents, others=others
    )
    return {"page": f"{path.stem}.html", "title": title, "bottom_line": bottom[1].strip() if bottom else ""}


def _about(folder: Path) -> dict[str, str]:
    package = folder / "datapackage.json"
    described = json.loads(package.read_text(encoding="utf-8")) if package.exists() else {}
    return {"name": folder.name, "title": described.get("title", folder.name)}


def _write(path: Path, template: str, **values: Any) -> None:
    from jinja2 import Environment, FileSystemLoader

    style = files("analystkit").joinpath("style")
    environment = Environment(loader=FileSystemLoader(str(style)), autoescape=True)
    page = environment.get_template(template).render(**values)
    path.write_text(page, encoding="utf-8")
