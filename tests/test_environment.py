"""environment.yml (conda-forge names) and pyproject.toml ask for the same things."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
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
    tried = [name for extra in ("test", "parity", "dashboard", "browser") for name in extras[extra]]
    assert set(wanted(PROJECT["dependencies"] + tried)) <= pinned


def test_what_the_package_imports_is_asked_for_by_name():
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "analystkit").rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    modules = {name.partition(".")[0] for name in imported} - set(sys.stdlib_module_names) - {"analystkit"}
    packages = packages_distributions()
    # what is not installed here is imported under its own name
    needed = {canonicalize_name(packages.get(module, [module])[0]) for module in modules}
    extras = [name for each in PROJECT["optional-dependencies"].values() for name in each]
    assert needed <= set(wanted(PROJECT["dependencies"] + extras))
