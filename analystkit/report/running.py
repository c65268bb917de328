"""Notebooks -> run notebooks, two at a time, each with a kernel of its own."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from analystkit.errors import AnalystkitError


def run(notebooks: dict[Path, Any], progress: bool) -> None:
    """Run notebooks, two at a time, under a bar that names the notebook and the cell that began last."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    total = sum(cell.cell_type == "code" for notebook in notebooks.values() for cell in notebook.cells)
    told = TextColumn("{task.description}", markup=False)
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), told)
    hidden = not progress or not total
    with Progress(*columns, transient=True, disable=hidden) as bar, ThreadPoolExecutor(2) as pool:
        tick = partial(bar.update, bar.add_task("", total=total), advance=1)
        runs = [pool.submit(_run_one, path, notebook, tick) for path, notebook in notebooks.items()]
        try:
            for run in runs:
                run.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _run_one(path: Path, notebook: Any, tick: Callable[..., None]) -> None:
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    running = 0

    def started(cell: Any, cell_index: int) -> None:
        nonlocal running
        running = cell_index
        if cell.cell_type == "code":
            tick(description=f"{path.name}, cell {cell_index + 1}: {_first_line(cell)[:50]}")

    place = {"metadata": {"path": str(path.parent)}}
    quiet = ["--log-level=40"]
    client = NotebookClient(
        notebook, timeout=300, resources=place, extra_arguments=quiet, on_cell_start=started
    )
    # Notebooks have the backend that they have on a desk.
    desk = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    try:
        client.execute(env=desk)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        told = type(error).__name__
        if isinstance(error, CellExecutionError):
            told = f"{error.ename}: {error.evalue}"
        line = _first_line(notebook.cells[running])
        raise AnalystkitError(
            f"{path.name}, cell {running + 1} of {len(notebook.cells)} ({line!r}) failed: {told}."
            " The last report is left as it was.",
            pd.DataFrame({"notebook": [path.name], "cell": [running + 1], "line": [line], "error": [told]}),
        ) from None


def _first_line(cell: Any) -> str:
    return str(cell.source.strip().partition("\n")[0])
