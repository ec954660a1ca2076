"""The documentation says what is there: rules, functions, references, labels and links."""

from __future__ import annotations

import csv
import importlib
import importlib.util
import re
from pathlib import Path

import pytest
import yaml

from dti_analysis.criteria.rules import RULES

ROOT = Path(__file__).parents[1]
METHODOLOGY, GLOSSARY = (ROOT / "docs" / name for name in ("methodology.md", "glossary.md"))
PAGES = [*sorted((ROOT / "docs").glob("*.md")), *filter(Path.exists, [ROOT / "README.md", ROOT / "data/README.md"])]


def repeated(words: list[str]) -> set[str]:
    return {word for word in words if words.count(word) > 1}


def rule_sections(text: str) -> list[tuple[str, str]]:
    """Every heading of the third level with what stands under it, up to the next heading."""
    return re.findall(r"^### (.+?) *$(.*?)(?=^#|\Z)", text, re.MULTILINE | re.DOTALL)


def exists(name: str) -> bool:
    """Whether a dotted name leads to a module, or to something in one."""
    module, *rest = name.split(".")
    while rest and importlib.util.find_spec(f"{module}.{rest[0]}"):
        module = f"{module}.{rest.pop(0)}"
        if not importlib.util.find_spec(module).submodule_search_locations:  # type: ignore[union-attr]
            break
    found: object = importlib.import_module(module)
    for part in rest:
        fields = getattr(found, "model_fields", {})  # of a pydantic model: no attributes of its class
        if not hasattr(found, part) and part not in fields:
            return False
        found = getattr(found, part, fields.get(part))
    return True


def without_code(text: str) -> str:
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def missing_targets(page: Path) -> list[str]:
    """The relative links of a page that lead to no file or folder."""
    text = without_code(page.read_text(encoding="utf-8"))
    links = re.findall(r"\]\(<?([^)\s>]+)>?[^)]*\)", text) + re.findall(r"^\[[^\]]+\]: +<?([^\s>]+)", text, re.MULTILINE)
    links += re.findall(r"""(?:src|href)=["']([^"']+)["']""", text)
    paths = [link.partition("#")[0] for link in links if not re.match(r"[a-z][a-z+.-]*:|//", link)]
    return [path for path in paths if path and not (page.parent / path).exists()]


def test_every_rule_has_its_heading_and_every_heading_its_rule() -> None:
    names = [name for name, _ in rule_sections(METHODOLOGY.read_text(encoding="utf-8"))]
    assert set(RULES) - set(names) == set(), "rules without a heading"
    assert set(names) - set(RULES) == set(), "headings that name no rule"
    assert repeated(names) == set()


@pytest.mark.parametrize("name", RULES)
def test_a_rule_names_its_class_and_gives_an_example_that_loads(name: str) -> None:
    section = dict(rule_sections(METHODOLOGY.read_text(encoding="utf-8")))[name]
    assert f"`dti_analysis.criteria.rules.{RULES[name].__name__}`" in section
    examples = re.findall(r"`(rule: .+?)`", section)
    assert examples
    for example in examples:
        ((written, parameters),) = yaml.safe_load(example)["rule"].items()
        assert written == name
        RULES[name].model_validate(parameters)


@pytest.mark.parametrize("name", RULES)
def test_every_parameter_of_a_rule_is_explained(name: str) -> None:
    section = dict(rule_sections(METHODOLOGY.read_text(encoding="utf-8")))[name]
    parameters = {field.alias or key for key, field in RULES[name].model_fields.items()}
    texts = {"value", *"abcdef"}  # what a cell asks for
    assert {parameter for parameter in parameters - texts if not re.search(rf"`{parameter}\b", section)} == set()


@pytest.mark.parametrize("name", RULES)
def test_a_rule_gives_its_source_or_says_that_there_is_none(name: str) -> None:
    section = dict(rule_sections(METHODOLOGY.read_text(encoding="utf-8")))[name]
    assert "[ref:" in section or "**assumption: no known act**" in section or name in {"reported", "penalty"}


def test_modules_and_functions_exist() -> None:
    names = set(re.findall(r"\bdti_analysis(?:\.[A-Za-z_]\w*)+", METHODOLOGY.read_text(encoding="utf-8")))
    assert names
    assert sorted(name for name in names if not exists(name)) == []


def test_a_name_that_is_not_there_is_noticed() -> None:
    assert exists("dti_analysis.criteria.rules.Ratio")
    assert exists("dti_analysis.criteria.rules.Ratio.full_from")
    assert exists("dti_analysis.criteria.framework.Ranking.ties")
    assert not exists("dti_analysis.criteria.rules.Ratios")
    assert not exists("dti_analysis.criteria.rules.Ratio.full_to")
    assert not exists("dti_analysis.nothing")
    assert not exists("dti_analysis.scores.gaps.gaps.nothing")


@pytest.mark.parametrize("page", [METHODOLOGY, GLOSSARY], ids=lambda page: page.name)
def test_references_are_in_the_register(page: Path) -> None:
    with (ROOT / "data/references.csv").open(encoding="utf-8-sig", newline="") as file:
        known = {row["id"] for row in csv.DictReader(file)}
    assert set(re.findall(r"\[ref:([^\]]*)\]", page.read_text(encoding="utf-8").replace("`[ref:id]`", ""))) - known == set()


def test_labels_of_the_glossary_exist() -> None:
    cited = re.findall(r"\blabel `([^`]+)`", GLOSSARY.read_text(encoding="utf-8"))
    known = {
        key for path in (ROOT / "dti_analysis/common/labels").glob("*.yaml") for key in yaml.safe_load(path.read_text("utf-8"))
    }
    assert cited
    assert set(cited) - known == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_relative_links_lead_to_files(page: Path) -> None:
    assert missing_targets(page) == []


def test_a_broken_link_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "[a](page.md#part) [b](gone.md) ![c](gone.png 'c') [d](https://x.vn/y) [e](#here) `[f](code.md)`\n"
        "[g]: gone.txt\n<img src='gone.svg'>\n```\n[h](fenced.md)\n```\n",
        encoding="utf-8",
    )
    assert missing_targets(page) == ["gone.md", "gone.png", "gone.txt", "gone.svg"]


def test_the_method_in_vietnamese_gives_the_numbers_that_the_code_computes_with() -> None:
    from dti_analysis.common.text import number
    from dti_analysis.scores import appeals, gaps, reliability, robustness

    text = (ROOT / "docs/methodology.vi.md").read_text(encoding="utf-8")
    grades = ", ".join(f"{100 * most:g}%" for most in reliability.GRADES.values())
    worst = f"hơn {100 * max(reliability.GRADES.values()):g}%"
    assert f"(đến {grades}, {worst})" in text
    assert f"thấp (dưới {100 * gaps.LOW:g}%)" in text and f"cao (từ {100 * gaps.HIGH:g}%)" in text
    assert appeals.DRAWS == robustness.DRAWS and f"rút thăm {number(appeals.DRAWS, 0, 'vi')} lần" in text
    assert f"trong khoảng ±{100 * robustness.SPREAD:g}%" in text
    assert f"({100 * appeals.PROBABILITY:g}% nếu chưa có quyết định nào)" in text
