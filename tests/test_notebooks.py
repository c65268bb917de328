"""What nbval cannot see: unrun cells, stderr, addresses; and that it would notice a changed number."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from analystkit.schemas import TABLES

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
UNSTABLE = {
    r"0x[0-9a-f]{8,}": "a memory address",
    r"/(?:home|tmp|root|Users|work)/": "a path of some machine",
    r"ipykernel_\d+": "a kernel's temporary path",
    r"\d{2}:\d{2}:\d{2}\.\d{4,}": "a clock time",
    r"CPU times|Wall time": "a timing",
}
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)


def code_cells(path):
    return [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code" and c.source.strip()]


def texts(cell):
    for output in cell.outputs:
        yield from [output.get("text", "")] + [
            v for k, v in output.get("data", {}).items() if k.startswith("text/")
        ]


@each_notebook
def test_the_outputs_come_from_one_clean_run(path):
    cells = code_cells(path)
    assert [c.execution_count for c in cells] == list(range(1, len(cells) + 1))
    assert nbformat.read(path, as_version=4).metadata.kernelspec.name == "python3"


@each_notebook
def test_no_output_is_an_error_or_a_warning(path):
    for cell in code_cells(path):
        assert not [o for o in cell.outputs if o.output_type == "error" or o.get("name") == "stderr"], (
            cell.source
        )


@each_notebook
def test_no_output_depends_on_machine_or_moment(path):
    for cell in code_cells(path):
        for text in texts(cell):
            found = [why for pattern, why in UNSTABLE.items() if re.search(pattern, text)]
            assert not found, f"{found} in the output of {cell.source!r}"


@each_notebook
def test_no_cell_hides_or_defines_anything(path):
    for cell in code_cells(path):
        assert not re.search(r";\s*$", cell.source), "nbval shows what a semicolon hides"
        assert not re.search(
            r"\binteract\(|\bOutput\(|filterwarnings|^\s*(?:def|class) ", cell.source, re.MULTILINE
        )
        assert len([line for line in cell.source.splitlines() if line.strip()]) <= 8, cell.source
        assert max(map(len, cell.source.splitlines())) <= 110, cell.source


@each_notebook
def test_a_notebook_has_20_to_40_cells(path):
    assert 20 <= len(nbformat.read(path, as_version=4).cells) <= 40


@each_notebook
def test_what_belongs_to_the_story_is_marked_in_words_and_in_code(path):
    for cell in nbformat.read(path, as_version=4).cells:
        opened, closed = cell.source.count("<!-- story -->"), cell.source.count("<!-- /story -->")
        assert closed <= opened <= closed + 1, cell.source  # the last one may run to the end of its cell
        assert set(cell.metadata.get("tags", [])) <= {"parameters", "story", "texts", *TABLES}


@each_notebook
def test_a_notebook_is_an_argument(path):
    cells = nbformat.read(path, as_version=4).cells
    words = "\n".join(c.source for c in cells if c.cell_type == "markdown")
    assert cells[0].source.startswith("# ") and cells[0].source.splitlines()[0].rstrip().endswith("?")
    assert "**Bottom line.**" in cells[0].source
    assert "## What this does not show" in words


@each_notebook
def test_the_dossier_is_a_parameter(path):
    tagged = [c for c in code_cells(path) if "parameters" in c.metadata.get("tags", [])]
    assert len(tagged) == 1 and tagged[0].source.startswith('DOSSIER = "data/')


def test_the_first_table_stands_within_two_cells_and_the_first_chart_within_four():
    cells = code_cells(ROOT / "notebooks" / "00_start_here.ipynb")
    data = [{key for o in c.outputs for key in o.get("data", {})} for c in cells]
    assert any("text/html" in keys for keys in data[:2])
    assert any("image/png" in keys for keys in data[:4])


def nbval(path):
    options = [
        "--nbval",
        "--nbval-current-env",
        f"--nbval-sanitize-with={ROOT / 'tests' / 'nbval_sanitize.cfg'}",
    ]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        "/dev/null",
        *options,
        str(path),
    ]
    return subprocess.run(command, capture_output=True, text=True, cwd=path.parent, timeout=300)


@pytest.mark.skipif(sys.platform == "win32", reason="the empty configuration is named as on Unix")
def test_a_changed_number_in_an_output_fails_the_run(tmp_path):
    shutil.copytree(ROOT / "data", tmp_path / "data")
    (tmp_path / "notebooks").mkdir()
    path = Path(shutil.copy(ROOT / "notebooks" / "00_start_here.ipynb", tmp_path / "notebooks"))
    honest = nbval(path)
    assert honest.returncode == 0, honest.stdout[-2000:]
    text = path.read_text(encoding="utf-8")
    assert "more than 17.5 " in text
    path.write_text(text.replace("more than 17.5 ", "more than 17.6 "), encoding="utf-8")
    forged = nbval(path)
    assert forged.returncode == 1 and "17.6" in forged.stdout
