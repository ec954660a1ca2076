"""What stands in more than one place says the same: pyproject.toml, the lock, environment.yml, Makefile, README."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from dti_analysis.scores import schemas

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINS = dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", LOCK, flags=re.MULTILINE))
DECLARED = [Requirement(line) for line in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]]


@pytest.mark.parametrize("requirement", DECLARED, ids=[requirement.name for requirement in DECLARED])
def test_lock_satisfies_every_declared_range(requirement: Requirement) -> None:
    assert requirement.name in PINS, "run `make lock`"
    assert requirement.specifier.contains(PINS[requirement.name])


def test_every_pin_has_a_hash() -> None:
    blocks = re.split(r"^(?=[a-z0-9._-]+==)", LOCK, flags=re.MULTILINE)[1:]
    assert len(blocks) > 100
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_fixed_tools_are_there() -> None:
    fixed = {"jupyterlab", "pandas", "matplotlib", "papermill", "nbconvert", "pytest", "nbval"}
    assert fixed <= {requirement.name for requirement in DECLARED}


def test_conda_environment_installs_the_same_lock() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, pip, by_pip = environment["dependencies"]
    assert python == f"python{PROJECT['requires-python']}"
    assert pip == "pip"
    assert by_pip == {"pip": ["-r requirements.lock"]}
    assert environment["name"] == PROJECT["name"]


def _tracked() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file()]


def test_no_tracked_file_names_a_registry_or_a_path_of_a_machine() -> None:
    hosts = ["py" + "pi.org", "pythonhosted" + ".org", "registry.npmjs" + ".org", "--index" + "-url", "deb.debian" + ".org"]
    paths = ["/ro" + "ot/", "/ho" + "me/", "/wo" + "rk/"]
    allowed = {"--index" + "-url"} if "--no-emit-index-url" in (ROOT / "Makefile").read_text(encoding="utf-8") else set()
    found = []
    for file in _tracked():
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture
        words = [word for word in [*hosts, *paths] if word in text]
        found += [(file.name, word) for word in words if not (word in allowed and file.name == "Makefile")]
    assert found == []


def test_data_dictionary_is_generated_from_the_schemas() -> None:
    assert schemas.DICTIONARY.read_text(encoding="utf-8") == schemas.dictionary()


def test_readme_map_names_every_top_level_entry_and_module() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    top = {path.relative_to(ROOT).parts[0] for path in _tracked()} - {".gitignore", ".ci", "LICENSE"}
    assert [name for name in sorted(top) if name not in readme] == []


def test_readme_draws_the_package_as_it_is() -> None:
    """Each line of the drawing is a wing or a module of the package, with what is in it; nothing is left out or made up."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (drawing,) = re.findall(r"```\n(cli/ .*?)```", readme, flags=re.DOTALL)
    drawn: dict[str, set[str]] = {}
    for line in drawing.splitlines():
        name, text = line.split(maxsplit=1)
        drawn[name] = set(text.partition(": ")[2].split())
    package = ROOT / "dti_analysis"
    there: dict[str, set[str]] = {path.stem: set() for path in package.glob("*.py") if path.stem != "__init__"}
    for wing in (path for path in package.iterdir() if path.is_dir() and path.name != "__pycache__"):
        inside = [path for path in wing.iterdir() if path.name not in ("__pycache__", "__init__.py")]
        there[f"{wing.name}/"] = {f"{path.name}/" if path.is_dir() else path.stem for path in inside}
    assert drawn == there


def test_readme_gives_the_commands_that_make_has() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):.*## ", makefile, flags=re.MULTILINE))
    assert {"run", "test", "lab", "check", "bench", "help"} <= targets
    assert set(re.findall(r"`?make ([a-z]+)", readme)) <= targets
    assert {"make run", "make test"} <= set(re.findall(r"make (?:run|test)", readme))
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
