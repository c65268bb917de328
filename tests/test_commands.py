"""The Makefile and the command line, as a newcomer meets them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[1]
needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed here")


def make(*arguments, cwd=ROOT):
    # As on a desk: not as a step of the make that may run these tests.
    own = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(["make", *arguments], cwd=cwd, capture_output=True, text=True, timeout=120, env=own)


def kit(*arguments, cwd=ROOT, typed=""):
    command = [sys.executable, "-m", "analystkit", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, input=typed)


@needs_make
def test_plain_make_lists_every_target():
    listed = set(re.findall(r"^  make (\S+)", make().stdout, re.MULTILINE))
    declared = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == set(declared[1].split())


@needs_make
def test_the_readme_names_every_target():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {"make report", "make test", "make lab", "make dashboard", "make browser-test"} <= set(
        re.findall(r"make [a-z-]+", readme)
    )


@needs_make
def test_the_dashboard_opens_the_dossier_that_is_named():
    commands = make("--dry-run", "dashboard", "DOSSIER=data/ai-capex").stdout
    assert "analystkit compare 'data/ai-capex'" in commands
    assert re.search(r"DOSSIER='data/ai-capex' .*voila explorers.ipynb", commands)


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
        "review",
        "scan",
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
    assert "Not in entities.csv: Acme, narrator. Add a row" in proposed.stdout


def test_this_year_is_read_by_the_day_of_the_document(tmp_path):
    (tmp_path / "story.txt").write_text(
        "Acme plans to spend $3 billion on chips this year.\n", encoding="utf-8"
    )
    kit("new", "mine", cwd=tmp_path)
    day = ("--published-at", "2024-03-01T09:00:00+01:00")
    kit("add", "mine", "story.txt", "--title", "A story", *day, cwd=tmp_path)
    kit("extract", "mine", "story", "--out", "proposed.csv", cwd=tmp_path)
    assert pd.read_csv(tmp_path / "proposed.csv")["period"].astype("str").tolist() == ["2024"]


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


PLANS = """Acme plans to spend $3 billion on chips in 2025.
Bolt will invest more than 20 billion yen in batteries over the next five years.
"""


def test_scan_lists_the_figures_of_text_files(tmp_path):
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "plans.txt").write_text(PLANS, encoding="utf-8")
    shown = kit("scan", "texts", cwd=tmp_path).stdout
    assert "plans.txt" in shown and "3 bn USD" in shown and "more than 20 bn JPY" in shown
    kit("scan", "texts/plans.txt", "--out", "found.csv", cwd=tmp_path)
    found = pd.read_csv(tmp_path / "found.csv").set_index("quote")
    assert found.loc["$3 billion", ["file", "start", "end", "value"]].tolist() == ["plans.txt", 20, 30, 3e9]


def test_proposed_claims_are_decided_in_the_terminal_and_the_accepted_added(tmp_path):
    (tmp_path / "plans.txt").write_text(PLANS, encoding="utf-8")
    kit("new", "mine", cwd=tmp_path)
    entities = "entity,name,kind\nAcme,Acme,company\nBolt,Bolt,company\nnarrator,the article,group\n"
    (tmp_path / "mine" / "entities.csv").write_text(entities, encoding="utf-8")
    kit("add", "mine", "plans.txt", "--title", "Plans", cwd=tmp_path)
    kit("extract", "mine", "plans", "--out", "proposed.csv", cwd=tmp_path)
    assert "claims.csv" not in kit("review", "mine", cwd=tmp_path).stdout  # nothing is proposed in there
    run = kit("review", "mine", "proposed.csv", cwd=tmp_path, typed="what?\nr\nundo\na\nq\n")
    assert run.returncode == 0, run.stderr
    assert "$3 billion" in run.stdout and "Added 1 claim to mine." in run.stdout
    claims = pd.read_csv(tmp_path / "mine" / "claims.csv")
    assert claims[["entity", "value", "status"]].values.tolist() == [["Acme", 3e9, "accepted"]]
    rest = kit("review", "mine", "proposed.csv", cwd=tmp_path, typed="r\n")
    assert "20 billion yen" in rest.stdout and "Added 0 claims to mine." in rest.stdout


def test_a_claim_that_would_not_hold_is_not_accepted_and_says_why(tmp_path):
    (tmp_path / "plans.txt").write_text(PLANS, encoding="utf-8")
    kit("new", "mine", cwd=tmp_path)
    kit("add", "mine", "plans.txt", "--title", "Plans", cwd=tmp_path)
    kit("extract", "mine", "plans", "--out", "proposed.csv", cwd=tmp_path)
    run = kit("review", "mine", "proposed.csv", cwd=tmp_path, typed="a\nq\n")
    assert "unknown entity" in run.stderr and "Add it to entities.csv" in run.stderr
    assert "Added 0 claims" in run.stdout


def test_a_severity_that_does_not_exist_is_refused_with_those_that_do():
    run = kit("check", "data/ai-capex", "--severity", "bad")
    assert run.returncode == 2
    assert all(word in run.stderr for word in ("'bad'", "'error'", "'warning'", "'note'"))
