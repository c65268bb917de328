"""A run notebook -> one page in one file; an index; a PDF."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from html import unescape
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from analystkit.dossier import Dossier
from analystkit.errors import MissingPackageError
from analystkit.tables import safe, show

# A widget is shown by its static view: the page has no kernel and fetches no script.
_ORDER = ["text/html", "image/svg+xml", "image/png", "image/jpeg", "text/markdown", "text/plain"]
BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"]
_QUIETLY = "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking"


def write_page(notebook: Any, path: Path, sources: list[Path], topic: str, draft: Path) -> dict[str, str]:
    """Write the page of a run notebook, and return what the index says of it."""
    from nbconvert import HTMLExporter
    from traitlets.config import Config

    outputs = [output for cell in notebook.cells for output in cell.get("outputs", []) if "data" in output]
    for output in outputs:
        _make_static(output)
    notebook.metadata.pop("widgets", None)
    config = Config()
    config.NbConvertBase.display_data_priority = _ORDER
    exporter = HTMLExporter(config=config, template_name="basic", exclude_anchor_links=True)
    body, _ = exporter.from_notebook_node(notebook)
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", body, re.DOTALL)
    title = unescape(re.sub(r"<[^>]+>", "", heading[1])).strip() if heading else path.stem
    told = re.search(r"<p><strong>Bottom line\.</strong>(.*?)</p>", body, re.DOTALL)
    bottom = told[1].strip() if told else _findings(body, outputs)
    if heading and bottom and not told:
        lead = f"{heading[0]}<p><strong>Bottom line.</strong> {bottom}</p>"
        body = body.replace(heading[0], lead, 1)
    contents: list[tuple[str, str]] = []

    def anchored(match: re.Match[str]) -> str:
        contents.append((f"part-{len(contents) + 1}", re.sub(r"<[^>]+>", "", match[1])))
        return f'<h2 id="{contents[-1][0]}">{match[1]}</h2>'

    body = re.sub(r"<h2[^>]*>(.*?)</h2>", anchored, body, flags=re.DOTALL)
    others = [(p.stem, p.stem == path.stem) for p in sources]
    target = draft / f"{path.stem}.html"
    write(target, "page.html.j2", body=body, title=title, topic=topic, contents=contents, others=others)
    return {"page": target.name, "title": title, "bottom_line": bottom}


def _findings(body: str, outputs: list[Any]) -> str:
    """Return what the charts say, or what is left out: the bottom line of a notebook that has none in words."""
    told = "\n".join(output["data"].get("text/plain", "") for output in outputs)
    found = dict.fromkeys(re.findall(r"(?m)^<Figure: (.+)>$", told))
    left_out = re.search(r"<em>(Left out: .*?)</em>", body)
    return ". ".join([*map(safe, found), ""]).strip() or (left_out[1] if left_out else "")


def _make_static(output: Any) -> None:
    """Leave of an output what can be read without a kernel; a panel's picture stands above its table."""
    data = output["data"]
    panel = data.pop("application/vnd.jupyter.widget-view+json", None) is not None
    if "image/png" in data:
        shown = output.setdefault("metadata", {}).setdefault("image/png", {})
        shown.setdefault("alt", "A chart; its numbers stand beside it.")
        if panel and "text/html" in data:
            picture = f'<img alt="{safe(shown["alt"])}" src="data:image/png;base64,{data.pop("image/png").strip()}">'
            data["text/html"] = picture + data["text/html"]


def about(folder: Path, dossier: Dossier, findings: pd.DataFrame) -> dict[str, Any]:
    """Return what the index says of the dossier: its title, its counts, what was found, its sources."""
    package = folder / "datapackage.json"
    described = json.loads(package.read_text(encoding="utf-8")) if package.exists() else {}
    grave = findings[findings["severity"] != "note"]
    counted = [(dossier.claims, "claim"), (dossier.documents, "source")]
    documents = dossier.documents[["document_id", "title", "publisher", "published_at", "kind", "url"]]
    return {
        "name": folder.name,
        "title": described.get("title") or folder.name,
        "counts": " from ".join(f"{len(rows)} {word}{'s' * (len(rows) != 1)}" for rows, word in counted),
        "findings": show(grave, dossier, ["severity", "message", "marks"]).html if len(grave) else "",
        "found": f"{len(grave)} of {len(findings)}",
        "sources": show(documents).html if len(documents) else "",
    }


def write(path: Path, template: str, **values: Any) -> None:
    """Write one page from its template."""
    from jinja2 import Environment, FileSystemLoader

    style = files("analystkit").joinpath("style")
    environment = Environment(loader=FileSystemLoader(str(style)), autoescape=True)
    path.write_text(environment.get_template(template).render(**values), encoding="utf-8")


def to_pdf(page: str | Path) -> Path:
    """Write a report page as PDF beside it, with a Chromium that is installed here, and return its path.

    Raises
    ------
    MissingPackageError
        When no Chromium (or Chrome, or Edge) is found, or it writes nothing.
    """
    page = Path(page).resolve()
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        told = f"a PDF needs one of {', '.join(BROWSERS)}; none is installed. The pages print too."
        raise MissingPackageError(told)
    target = page.with_suffix(".pdf")
    with tempfile.TemporaryDirectory() as profile:
        command = [
            found,
            *_QUIETLY.split(),
            "--no-pdf-header-footer",
            f"--user-data-dir={profile}",
            f"--print-to-pdf={target}",
            page.as_uri(),
        ]
        done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    if done.returncode or not target.exists():
        raise MissingPackageError(f"{Path(found).name} could not print {page.name}: {done.stderr[-200:]!r}.")
    return target
