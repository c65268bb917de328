"""The Makefile and the command line, as a newcomer meets them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed here")


def make(*arguments, cwd=ROOT):
    # As on a desk: not as a step of the make that may run these tests.
    own = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(["make", *arguments], cwd=cwd, capture_output=True, text=True, timeout=120, env=own)


def kit(*arguments, cwd=ROOT):
    command = [sys.executable, "-m", "analystkit", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120)


@needs_make
def test_plain_make_lists_every_target():
    listed = set(re.findall(r"^  make (\S+)", make().stdout, re.MULTILINE))
    declared = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == set(declared[1].split())


@needs_make
def test_the_readme_names_every_target():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {"make report", "make test", "make lab"} <= set(re.findall(r"make [a-z-]+", readme))


@needs_make
def test_a_python_without_venv_gets_one_line_that_names_the_package(tmp_path):
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    bare = tmp_path / "bare-python"
    # Debian's python3 without python3-venv: everything but ensurepip is there
    bare.write_text(f'#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\nexec "{sys.executable}" "$@"\n')
    bare.chmod(0o755)
    run = make("test", f"PYTHON={bare}", cwd=tmp_path)
    assert run.returncode != 0
    assert "apt-get install python3-venv" in run.stdout
    assert len(run.stdout.strip().splitlines()) == 1
    assert not (tmp_path / ".venv").exists()


@needs_make
def test_an_old_python_is_told_which_one_is_needed(tmp_path):
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    old = tmp_path / "old-python"
    old.write_text('#!/bin/sh\n[ "$1" = "--version" ] && echo "Python 3.9.2"\nexit 1\n')
    old.chmod(0o755)
    run = make("report", f"PYTHON={old}", cwd=tmp_path)
    assert "analystkit needs Python 3.11 or newer; found: Python 3.9.2" in run.stdout


def test_every_command_is_listed_with_what_it_does():
    shown = kit("--help").stdout
    for verb in (
        "new",
        "add",
        "extract",
        "check",
        "compare",
        "track",
        "react",
        "tone",
        "report",
        "export",
        "codebook",
    ):
        assert re.search(rf"\b{verb}\b\s+\w", shown), verb


def test_a_problem_with_the_input_is_a_message_and_not_a_traceback(tmp_path):
    run = kit("check", "nowhere", cwd=tmp_path)
    assert run.returncode == 2
    assert "no folder 'nowhere'" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_dossier_can_be_made_and_filled_from_the_command_line(tmp_path):
    (tmp_path / "story.txt").write_text(
        "Acme plans to spend $3 billion on chips in 2025.\n", encoding="utf-8"
    )
    assert kit("new", "mine", cwd=tmp_path).returncode == 0
    added = kit("add", "mine", "story.txt", "--title", "A story", "--document-id", "story", cwd=tmp_path)
    assert added.returncode == 0, added.stderr
    proposed = kit("extract", "mine", "story", cwd=tmp_path)
    assert "$3 billion" in proposed.stdout


def test_the_comparison_is_shown_and_written(tmp_path):
    shown = kit("compare", "data/alibaba-ai-plan").stdout
    assert "Alibaba" in shown
    kit("compare", ROOT / "data/alibaba-ai-plan", "--out", tmp_path / "c.csv")
    assert (tmp_path / "c.csv").read_text().startswith("entity,value,low,high")


def test_the_workbook_has_every_table(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    assert kit("export", ROOT / "data/alibaba-ai-plan", tmp_path / "all.xlsx").returncode == 0
    book = openpyxl.load_workbook(tmp_path / "all.xlsx")
    assert {"documents", "claims", "entities", "prices", "fundamentals", "sources"} <= set(book.sheetnames)
    assert book["claims"].max_row == 129
