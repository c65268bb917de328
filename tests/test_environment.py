"""environment.yml (conda-forge names) and pyproject.toml ask for the same things."""

import re
import tomllib
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# conda-forge's lean matplotlib has another name
ON_CONDA = {"matplotlib-base": "matplotlib"}


def wanted(requirements):
    parsed = [Requirement(r) for r in requirements]
    return {canonicalize_name(r.name): r.specifier for r in parsed}


def conda_packages():
    plain = [entry for entry in ENVIRONMENT["dependencies"] if isinstance(entry, str)]
    parts = [re.fullmatch(r"([A-Za-z0-9_.-]+?)\s*([<>=!~].*)?", entry).groups() for entry in plain]
    return {canonicalize_name(ON_CONDA.get(name, name)): SpecifierSet(spec or "") for name, spec in parts}


def pip_entries():
    return next(entry["pip"] for entry in ENVIRONMENT["dependencies"] if isinstance(entry, dict))


def test_both_files_ask_for_the_same_packages_and_versions():
    extras = PROJECT["optional-dependencies"]
    both = wanted(PROJECT["dependencies"] + extras["test"])
    conda = conda_packages()
    conda.pop("pip")
    assert conda.pop("python") == SpecifierSet(PROJECT["requires-python"])
    assert conda == both


def test_what_conda_does_not_have_comes_by_pip():
    extras = PROJECT["optional-dependencies"]
    assert "-e ." in pip_entries()
    assert wanted(e for e in pip_entries() if not e.startswith("-e")) == wanted(extras["parity"])


def test_the_environment_names_no_place_on_a_disk():
    assert "prefix" not in ENVIRONMENT
    assert ENVIRONMENT["channels"][0] == "conda-forge"


def test_every_constraint_pins_a_version_and_names_no_host():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert len(pins) > 50
    assert all(re.fullmatch(r"[A-Za-z0-9_.\[\]-]+==[A-Za-z0-9_.!+-]+(?: ;.*)?", pin) for pin in pins)


def test_every_direct_dependency_is_pinned():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {canonicalize_name(line.split("==")[0]) for line in lines if "==" in line}
    extras = PROJECT["optional-dependencies"]
    assert set(wanted(PROJECT["dependencies"] + extras["test"] + extras["parity"])) <= pinned
