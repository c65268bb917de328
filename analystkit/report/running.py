"""Notebooks -> run notebooks, two at a time, each with a kernel of its own."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd

from analystkit.errors import AnalystkitError

Tick = Callable[[str, int, str], None]


def run(notebooks: dict[Path, Any], progress: bool) -> None:
    """Run notebooks, two at a time, each with a kernel of its own."""
    backend = os.environ.pop("MPLBACKEND", None)  # notebooks have the backend that they have on a desk
    try:
        with _ticking(notebooks, progress) as tick, ThreadPoolExecutor(max_workers=2) as pool:
            runs = [pool.submit(_run_one, path, notebook, tick) for path, notebook in notebooks.items()]
            try:
                for run in runs:
                    run.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    finally:
        if backend is not None:
            os.environ["MPLBACKEND"] = backend


@contextlib.contextmanager
def _ticking(notebooks: dict[Path, Any], progress: bool) -> Iterator[Tick]:
    if not progress or not notebooks:
        yield lambda name, at, cell: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    total = sum(cell.cell_type == "code" for notebook in notebooks.values() for cell in notebook.cells)
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, transient=True) as bar:
        task = bar.add_task("", total=total)
        lock = threading.Lock()

        def tick(name: str, at: int, source: str) -> None:
            first = source.strip().partition("\n")[0][:50]
            with lock:
                bar.update(task, advance=1, description=f"{name}, cell {at}: {first}")

        yield tick


def _run_one(path: Path, notebook: Any, tick: Tick) -> None:
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    running = 0

    def started(cell: Any, cell_index: int) -> None:
        nonlocal running
        running = cell_index
        if cell.cell_type == "code":
            tick(path.name, cell_index + 1, cell.source)

    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        extra_arguments=["--log-level=40"],
        resources={"metadata": {"path": str(path.parent.resolve())}},
        on_cell_start=started,
    )
    try:
        client.execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        told = (
            f"{error.ename}: {error.evalue}"
            if isinstance(error, CellExecutionError)
            else type(error).__name__
        )
        line = notebook.cells[running].source.strip().partition("\n")[0]
        raise AnalystkitError(
            f"{path.name}, cell {running + 1} of {len(notebook.cells)} ({line!r}) failed: {told}."
            " The last report is left as it was.",
            pd.DataFrame({"notebook": [path.name], "cell": [running + 1], "line": [line], "error": [told]}),
        ) from None
