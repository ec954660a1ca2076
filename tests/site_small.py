"""A small site of pages of every kind, made once for all tests of the site's frame and readers; and a tab of a real browser."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from browser import Browser, browser, chromium
from bs4 import BeautifulSoup

from dti_analysis.common.text import LANGS
from dti_analysis.publishing import publish, site
from dti_analysis.publishing.forks import Forks
from dti_analysis.publishing.pages import Page, pages
from dti_analysis.publishing.warm import prepare
from dti_analysis.records.sources import Data

DATA = Data()
ALL = list(pages(DATA))
STUDIES = ("tinhmau/dti-2025-district", "tinhmau/dti-2024-district")
UNITS = ("mau-huyen-bac", "mau-huyen-ha", "mau-huyen-giang")
CHOSEN = [
    *(f"{study}/{name}" for study in STUDIES for name in ("ranking", "gaps", "compare", *(f"units/{unit}" for unit in UNITS))),
    "criteria/sample-district-2024", "criteria/sample-district-2025", "tinhmau/index", "claims",
    "yenbai/dti-2023-district/ranking",
]  # fmt: skip
WITH_BROWSER = pytest.mark.skipif(chromium() is None, reason="Chromium is not installed: nothing was tried in a browser")


def make_pages(chosen: list[Page], output: Path) -> None:
    """Make pages as a batch does, each in a fork."""
    prepare()
    hands, waiting, left = Forks(2), list(chosen), len(chosen)
    while left:
        while waiting and len(waiting) > left - hands.room:
            page = waiting.pop()
            hands.start(page.path, partial(publish.make_page, page, output))
        for name, result in hands.wait():
            assert isinstance(result, tuple), (name, result)
            left -= 1


def site_of(chosen: list[Page], output: Path, withheld: list[Page] | None = None) -> Path:
    """The site of some pages, made below `output`; it knows that others are withheld."""
    make_pages(chosen, output)
    made = output / "site"
    for page in chosen:
        (made / page.path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(publish.products(page, output)[1], made / f"{page.path}.html")
    site.complete(chosen, made, withheld or [])
    return made


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of some pages of every kind: of the sample districts in two years, and of real places."""
    output = tmp_path_factory.mktemp("frame")
    chosen = [page for page in ALL if page.name in CHOSEN]
    assert len(chosen) == len(CHOSEN) * len(LANGS)
    return site_of(chosen, output)


@pytest.fixture(scope="session")
def soups(folder: Path) -> dict[str, BeautifulSoup]:
    files = {file.relative_to(folder).as_posix(): file for file in sorted(folder.rglob("*.html"))}
    return {name: BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser") for name, file in files.items()}


@pytest.fixture(scope="session")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


AXE, DIGEST = "axe-core@4.14.1", "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"


def _from_npm(package: str, room: Path) -> Path:
    """Where a package lies after npm has installed it in a folder of its own; the test is skipped where it cannot."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip(f"npm is not installed: {package} was not run")
    command = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(room), package]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip(f"no answer from npm's registry: {package} was not run")
    if done.returncode:
        pytest.skip(f"{package} cannot be had: it was not run")
    return room / "node_modules"


HTML_VALIDATE = "html-validate@10.17.0"
_OF_A_FIGURE = [
    "min-width",
    "max-width",
    "stroke-linejoin",
    "stroke-linecap",
    "fill",
    "font-size",
    "text-anchor",
    "font-family",
]
_OF_DATA = ["left", "width", "--share", *(f"--k{number}" for number in range(1, 30))]
"""Places and lengths of marks and bars, and the headings that a card repeats beside its cells."""
RULES = {
    "extends": ["html-validate:recommended"],
    "rules": {
        "valid-id": ["error", {"relaxed": True}],  # codes of criteria are ids and have a point, which HTML allows
        "prefer-native-element": ["error", {"exclude": ["listbox"]}],  # what a search box suggests is no <select>
        "no-inline-style": ["error", {"allowedProperties": [*_OF_A_FIGURE, *_OF_DATA]}],  # a figure's own, and what is computed
        "attribute-empty-style": "off",  # hidden="" is what a notebook's hidden becomes
        "long-title": ["error", {"maxlength": 120}],  # units and levels are called what they are called
    },
}


@pytest.fixture(scope="session")
def html_validate(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], list[tuple[str, str, str, int]]]:
    """What html-validate has to say of the pages below a folder: page, rule, message, line."""
    room = tmp_path_factory.mktemp("html-validate")
    script = _from_npm(HTML_VALIDATE, room) / "html-validate/bin/html-validate.mjs"
    config = room / "rules.json"
    config.write_text(json.dumps(RULES | {"root": True}), encoding="utf-8")

    def validate(folder: Path) -> list[tuple[str, str, str, int]]:
        pages = sorted(str(page) for page in folder.rglob("*.html"))
        said_in = room / "said.json"
        command = ["node", str(script), "--config", str(config), "--formatter", f"json={said_in}", *pages]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=room)
        assert done.returncode in (0, 1), done.stderr
        return [
            (Path(page["filePath"]).relative_to(folder).as_posix(), said["ruleId"], said["message"], said["line"])
            for page in json.loads(said_in.read_text(encoding="utf-8"))
            for said in page["messages"]
        ]

    return validate


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    script = (_from_npm(AXE, tmp_path_factory.mktemp("axe")) / "axe-core/axe.min.js").read_bytes()
    assert hashlib.sha256(script).hexdigest() == DIGEST
    return script.decode()
