"""Each notebook, opened in JupyterLab and run by the menu."""

import driving
import nbformat
import pytest

NOTEBOOKS = sorted((driving.ROOT / "notebooks").glob("*.ipynb"))
WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(scope="module")
def lab(desk):
    for path in (desk / "notebooks").glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:  # what is there afterwards comes from the run
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        nbformat.write(notebook, path)
    with driving.lab(desk) as address:
        yield address


@pytest.mark.parametrize("name", [path.name for path in NOTEBOOKS])
def test_a_notebook_runs_to_its_end_and_shows_its_charts_and_widgets(browser, desk, lab, name):
    with browser.new_page(viewport={"width": 1280, "height": 1600}) as page:
        driving.run_all(page, lab(f"notebooks/{name}"))
        page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
        saved = nbformat.read(desk / "notebooks" / name, as_version=4)
        cells = [cell for cell in saved.cells if cell.cell_type == "code" and cell.source.strip()]
        outputs = [output for cell in cells for output in cell.outputs]
        assert [cell.execution_count for cell in cells] == [*range(1, len(cells) + 1)]
        assert not [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"]
        shown = page.locator(".jp-NotebookPanel:visible .jp-OutputArea-output")
        widgets = sum(WIDGET in output.get("data", {}) for output in outputs)
        assert shown.locator(".widget-vbox > .widget-box").filter(visible=True).count() >= widgets
        broken = "images => images.filter(image => !image.naturalWidth).length"
        assert shown.locator("img").evaluate_all(broken) == 0
        assert (
            shown.locator("img").count() >= sum("image/png" in o.get("data", {}) for o in outputs) - widgets
        )
