"""Degenerate data folders: what `dti check` lets pass is told without warnings and without figures that are none.

Every page that a batch would make is told here by the cells of its notebook, in one process.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup
from helpers import framework_data, node, ratio

from dti_analysis.checks import check
from dti_analysis.publishing.pages import Page, pages
from dti_analysis.records.sources import Data
from dti_analysis.records.tables import TABLES
from dti_analysis.views import notebook

CODES = ["A", "B", "C"]
SHARES = {"equal": "5", "maximum": "10", "zero": "0"}


def folder(root: Path, forms: dict[str, dict[str, str]], tree: str = "pillars", **listed: str) -> Path:
    """A data folder of one place and two years, the same forms in both; `listed` are units of units.csv without forms."""
    for name in ("frameworks", "published"):
        (root / name).mkdir(parents=True)

    def table(name: str, *rows: dict[str, str]) -> None:
        columns = TABLES[name].columns
        lines = [",".join(columns), *(",".join(row.get(column, "") for column in columns) for row in rows)]
        (root / name).write_text("\n".join([*lines, ""]), encoding="utf-8")

    table("levels.csv", {"level": "district", "name_vi": "huyện", "name_en": "districts"})
    table("indices.csv", {"index": "dti", "name_vi": "Chỉ số", "name_en": "Index"})
    table("places.csv", {"place": "test", "name_vi": "Tỉnh Thử", "name_en": "Test Province", "kind": "sample"})
    table("references.csv", {"id": "act", "kind": "act", "title": "Văn bản", "status": "verified"})
    same = {"level": "district", "place": "test", "group": "district", "status": "sample", "reference": "act"}
    units = {unit: f"Huyện {unit.upper()}" for unit in forms} | listed
    table("units.csv", *({"unit": unit, "name_vi": name, "name_en": name} | same for unit, name in units.items()))
    leaves = {code: node(code, 10, ratio() if code == "B" else None) for code in CODES}
    for year in (2023, 2024):
        if tree == "pillars":
            parts: dict[str, Any] = {"kind": "pillars"}
            children = [node("P", 20, indicators=[leaves["A"], leaves["B"]]), node("Q", 10, indicators=[leaves["C"]])]
        else:
            parts, children = {}, [leaves[code] for code in (CODES if tree == "flat" else CODES[:1])]
        data = framework_data(*children, id=f"test-{year}", applies={"from": year, "to": year}, **parts)
        path = root / "frameworks" / f"test-{year}.yaml"
        path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")  # which is YAML too
        _form(root / "assessments" / "test" / "dti" / str(year) / "district.csv", forms, f"test-{year}")
    return root


def _form(path: Path, forms: dict[str, dict[str, str]], framework: str) -> None:
    path.parent.mkdir(parents=True)
    lines = ["unit,indicator,value,a,b"]
    for unit, given in forms.items():
        for code, value in given.items():
            cells = f",{value},10" if code == "B" and value not in ("n/a", "") else f"{value if code != 'B' else ''},,"
            lines.append(f"{unit},{code},{cells if value != 'n/a' else 'n/a,,' if code != 'B' else ',n/a,'}")
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    year = int(path.parent.name)
    said = {"title": "Phiếu", "place": "test", "index": "dti", "year": year, "level": "district", "framework": framework}
    said |= {"kind": "sample", "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    path.with_suffix(".meta.yml").write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")


def _all(value: str, codes: list[str] = CODES) -> dict[str, str]:
    return dict.fromkeys(codes, value)


FOLDERS: dict[str, dict[str, Any]] = {
    **{name: {"forms": {unit: _all(value) for unit in "uvw"}} for name, value in SHARES.items()},
    **{f"flat-{name}": {"forms": {unit: _all(value) for unit in "uvw"}, "tree": "flat"} for name, value in SHARES.items()},
    "one": {"forms": {"u": _all("5")}},
    "one-maximum": {"forms": {"u": _all("10")}},
    "two": {"forms": {"u": _all("5"), "v": _all("7")}},
    "two-equal": {"forms": {"u": _all("5"), "v": _all("5")}},
    "one-indicator": {"forms": {unit: {"A": value} for unit, value in zip("uvw", "579", strict=True)}, "tree": "single"},
    "one-of-one": {"forms": {"u": {"A": "5"}}, "tree": "single"},
    "flat": {"forms": {unit: _all(value) for unit, value in zip("uvw", "579", strict=True)}, "tree": "flat"},
    "inapplicable": {"forms": {"u": _all("n/a"), "v": _all("5"), "w": _all("7")}},
    "all-inapplicable": {"forms": {unit: _all("n/a") for unit in "uv"}},
    "inapplicable-pillar": {"forms": {unit: {"A": "5", "B": "5", "C": "n/a"} for unit in "uvw"}},
    "missing": {"forms": {"u": _all("5"), "v": {"A": "0", "B": "0", "C": "0"}}, "z": "Huyện Vắng"},
    "many-equal": {"forms": {f"u{number}": _all("5") for number in range(24)}},
    "many": {"forms": {f"u{number}": _all(str(number % 10)) for number in range(24)}},
}


def told(page: Page) -> Iterator[Any]:
    """What the cells of a page's notebook show."""
    parts: list[Any] = []
    book = json.loads(Path(page.notebook).read_text(encoding="utf-8"))
    names: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(notebook, "display", parts.append)
        for cell in book["cells"]:
            if cell["cell_type"] != "code":
                continue
            if "parameters" in cell["metadata"].get("tags", []):
                exec("".join(cell["source"]), names)
                names |= dict(page.parameters)
                continue
            body = ast.parse("".join(cell["source"]))
            last = body.body.pop() if isinstance(body.body[-1], ast.Expr) else None
            exec(compile(body, page.path, "exec"), names)
            if last is not None:
                parts.append(eval(compile(ast.Expression(last.value), page.path, "eval"), names))  # type: ignore[attr-defined]
    yield from parts


def text_of(part: Any) -> str:
    for kind in ("_repr_html_", "_repr_markdown_"):
        if hasattr(part, kind) and (shown := getattr(part, kind)()):
            return BeautifulSoup(shown, "html.parser").get_text(" ")
    return "" if part is None else str(getattr(part, "data", part))


NO_FIGURE = re.compile(r"\b(nan|None|NaT|inf|<NA>|nan%)\b|\*\*\*\*| –[,.]")
SUPERLATIVE = re.compile(r"đứng đầu|dẫn đầu|xếp cuối|yếu nhất|đứng thứ nhất|đều đạt điểm tối đa")
"""What is false where all are equal, or nobody has anything."""
FALSE = {"equal", "zero", "flat-equal", "flat-zero", "two-equal", "many-equal", "one", "one-of-one", "all-inapplicable"}


def chosen(data: Data) -> Iterator[Page]:
    """Of each kind of page: in Vietnamese two of the last year and one of the year before, in English the first."""
    times: Counter[tuple[Any, ...]] = Counter()
    for page in pages(data):
        given = dict(page.parameters)
        kind = (page.notebook, given["lang"], given.get("year"))
        most = (2 if given.get("year") != 2023 else 1) if given["lang"] == "vi" else int(given.get("year") != 2023)
        times[kind] += 1
        if times[kind] <= most:
            yield page


@pytest.mark.parametrize("name", list(FOLDERS))
def test_what_passes_the_check_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    case = dict(FOLDERS[name])
    root = folder(tmp_path / "data", case.pop("forms"), case.pop("tree", "pillars"), **case)
    assert [str(fault) for fault in check(root)] == []
    monkeypatch.setenv("DTI_DATA", str(root))
    for page in chosen(Data(root)):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            texts = [text_of(part) for part in told(page)]
        for text in texts:
            assert not NO_FIGURE.search(text), (page.path, text)
            if name in FALSE and "/index" not in page.path and not text.startswith("## "):
                assert not SUPERLATIVE.search(text), (page.path, text)


def test_a_unit_to_which_nothing_applies_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = folder(tmp_path / "data", **FOLDERS["inapplicable"])
    monkeypatch.setenv("DTI_DATA", str(root))
    own = next(page for page in pages(Data(root)) if page.path.endswith("2024-district/units/u") and page.path.startswith("vi"))
    texts = " ".join(map(text_of, told(own)))
    assert "Huyện U không được xếp hạng: không có tiêu chí nào áp dụng" in texts
    assert "Hạng khi đó" not in texts and "Lên hạng tiếp theo" not in texts
    whole = next(page for page in pages(Data(root)) if page.path == "vi/test/dti-2024-district/ranking")
    texts = " ".join(map(text_of, told(whole)))
    assert "đứng đầu 2 huyện" in texts and "Không xếp hạng 1 đơn vị" in texts
