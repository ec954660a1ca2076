"""What a batch makes, why, and what it says of it. Pages are made by a stand-in; lists, ledger, site and record are real."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from test_only_data import NOWHERE, _sidecar

from dti_analysis.common.faults import Faults, fault
from dti_analysis.common.text import label
from dti_analysis.common.writing import write_whole
from dti_analysis.publishing import batch, pages, publish
from dti_analysis.publishing.downloads import table_products
from dti_analysis.publishing.pages import Page
from dti_analysis.publishing.settled import FILE, asked, settled
from dti_analysis.records.sources import Data

RANKING = "vi/nowhere/dti-2031-region/ranking"
Run = Callable[..., list[str]]


@pytest.fixture
def failing() -> set[str]:
    """The pages that fail while they are in it."""
    return set()


@pytest.fixture
def run(tmp_path: Path, failing: set[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run on tmp_path/data to tmp_path/out, each as a new process would see the files; returns what it says."""
    for name, text in NOWHERE.items():
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    _sidecar(tmp_path / "data/assessments/nowhere/dti/2031/region.csv", framework="nowhere-2031", kind="received")

    def make_page(page: Page, output: Path) -> tuple[list[Path], float]:
        if page.path in failing:
            raise fault(page.path, f"{page.notebook.name}, cell 4: units.csv: row 3", "this", "that")
        for path in publish.products(page, output):
            write_whole(path, f"{page.path} {page.seal}".encode())
        return publish.products(page, output), 100.0

    def make_tables(ranking: Page, output: Path) -> tuple[list[Path], None]:
        for path in table_products(ranking, output):
            write_whole(path, f"{path.name} {ranking.seal}".encode())
        return table_products(ranking, output), None

    monkeypatch.setattr(publish, "make_page", make_page)
    monkeypatch.setattr(batch, "_make_tables", make_tables)
    monkeypatch.setattr(batch, "_refuse_faults", lambda data: ([], None))
    monkeypatch.setattr(batch, "_prepare", lambda: None)
    monkeypatch.setattr(batch, "_rehearse", lambda plan: None)
    monkeypatch.setattr(batch, "_share_study", lambda page: None)
    monkeypatch.setenv("DTI_KEPT", "")  # and as it was before, after the test

    def once(explained: bool = False, why: str | None = None, **chosen: list[Any]) -> list[str]:
        from dti_analysis.publishing import frame

        pages._digest.cache_clear()
        frame.data_of.cache_clear()
        frame._studied.cache_clear()
        output, data = tmp_path / "out", tmp_path / "data"
        if explained or why:
            return batch.explain(chosen, output, data, why)
        told: list[str] = []
        batch.run_batch(chosen, 2, output, data, told.append)
        return told

    return once


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def _record(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "out/run.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def test_each_page_says_why_it_is_made(run: Run, tmp_path: Path) -> None:
    assert not (tmp_path / "out").exists()
    due = run(explained=True, lang=["vi"])
    assert not (tmp_path / "out").exists(), "to ask is to write nothing"
    assert f"{RANKING}: never made" in due and due[-1].endswith(" would be made")
    told = run(lang=["vi"])
    assert len(told) == len(due) and all("(never made)" in line for line in told)
    assert told[0].startswith("[1 of 10] check of the data done, 9 remain") and told[-1].startswith(
        "[10 of 10] site done, 0 remain"
    )
    assert run(lang=["vi"]) == [] and run(explained=True, lang=["vi"]) == ["nothing would be made"]
    assert f"{RANKING}: up to date; made in " in run(why=f"site/{RANKING}.html")[0]

    out, units = tmp_path / "out", tmp_path / "data/units.csv"
    made = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    (out / "pages" / f"{RANKING}.html").unlink()
    (out / "notebooks" / f"{RANKING}.ipynb").write_bytes(b"altered")
    damage = f"pages/{RANKING}.html was deleted, notebooks/{RANKING}.ipynb was altered"
    swapped = ", ".join(reversed(damage.split(", ")))
    assert run(explained=True, lang=["vi"])[0] in (f"{RANKING}: {damage}", f"{RANKING}: {swapped}")
    assert [line.split(" done")[0].split("] ")[1] for line in run(lang=["vi"])] == [RANKING]
    for name in ("site", "pages", "notebooks", "tables"):
        own = {path: content for path, content in made.items() if path.is_relative_to(out / name)}
        assert {path: path.read_bytes() for path in (out / name).rglob("*") if path.is_file()} == own

    _edit(units, "Söhne", "Sons")
    told = run(explained=True, lang=["vi"])
    assert "check of the data: data/units.csv changed" in told and f"{RANKING}: data/units.csv changed" in told
    assert not any(line.startswith("vi/criteria/") for line in told), "which does not rest on units"
    assert run(lang=["vi"])[-1].endswith("(pages were made)")
    (account,) = [page for page in _record(tmp_path)["pages"] if page["path"] == RANKING]
    assert account["why"] == "data/units.csv changed" and account["seconds"] >= 0 and account["peak_mib"] == 100.0
    with pytest.raises(Faults, match=f"found '{RANKING[:-1]}'; expected '{RANKING}'"):
        run(why=RANKING[:-1])


def test_what_left_nothing_to_do_is_known_without_loading_what_makes_pages(run: Run, tmp_path: Path) -> None:
    out, data = tmp_path / "out", tmp_path / "data"

    def is_settled(**chosen: list[Any]) -> bool:
        return settled(asked(chosen, data, None), out)

    assert not is_settled(lang=["vi"])
    run(lang=["vi"])
    assert is_settled(lang=["vi"]) and not is_settled() and not is_settled(lang=["en"])
    (page,) = (out / "site").glob(f"{RANKING}.html")
    entry, units = out / ".made" / f"{RANKING}.json", data / "units.csv"
    for file in (page, out / "pages" / f"{RANKING}.html", out / "run.json", entry, units, out / FILE):
        whole = file.read_bytes()
        for content in (whole + b"\n", whole.replace(b"e", b"a"), whole[:10], b"", None):
            file.write_bytes(content) if content is not None else file.unlink()
            assert file.name in (FILE, entry.name) or not is_settled(lang=["vi"]), (file, content)
            assert file != entry or not is_settled(lang=["vi"])
        file.write_bytes(whole)
        assert is_settled(lang=["vi"]), "times do not count"
    for stranger in (data / "new.csv", out / "site/new.html", out / "tables/new.csv", out / ".running", out / ".site.new/x"):
        stranger.parent.mkdir(exist_ok=True)
        stranger.write_bytes(b"")
        assert not is_settled(lang=["vi"]), stranger
        stranger.unlink()
        if stranger.parent.name == ".site.new":
            stranger.parent.rmdir()
        assert is_settled(lang=["vi"])
    run(lang=["en"])
    assert is_settled(lang=["en"]) and not is_settled(lang=["vi"]), "the last one is remembered"


def test_only_what_was_made_whole_is_settled(run: Run, tmp_path: Path, failing: set[str]) -> None:
    failing.add(RANKING)
    with pytest.raises(batch.Partly):
        run(lang=["vi"])
    assert not settled(asked({"lang": ["vi"]}, tmp_path / "data", None), tmp_path / "out")


def test_a_partial_run_leaves_no_page_of_the_past_beside_new_ones(run: Run, tmp_path: Path) -> None:
    run()
    _edit(tmp_path / "data/units.csv", "Söhne", "Sons")
    told = run(lang=["en"])
    assert any(line.split("] ")[1].startswith(RANKING) for line in told), "published before, it rests on what changed"
    due = {page.path: page.seal for page in pages.pages(Data(tmp_path / "data"))}
    assert {page["path"]: page["seal"] for page in _record(tmp_path)["pages"]} == due
    for path, seal in due.items():
        assert seal in (tmp_path / "out/site" / f"{path}.html").read_text(encoding="utf-8")
    assert run() == []


def test_a_page_that_fails_holds_back_itself_only(run: Run, tmp_path: Path, failing: set[str]) -> None:
    run(lang=["vi"])
    _edit(tmp_path / "data/units.csv", "Söhne", "Sons")
    failing.add(RANKING)
    with pytest.raises(batch.Partly) as caught:
        run(lang=["vi"])
    (said,) = caught.value.faults
    assert str(said) == f"{RANKING}: 1_yearly_ranking.ipynb, cell 4: units.csv: row 3: found this; expected that"
    assert caught.value.consequence == "what does not rest on it was published"
    site, record = tmp_path / "out/site", _record(tmp_path)
    soup = BeautifulSoup((site / f"{RANKING}.html").read_text(encoding="utf-8"), "html.parser")
    assert label("site.withheld", "vi") in soup.get_text() and not soup.select("footer a[href*='tables/'], footer code")
    assert record["withheld"] == [RANKING] and RANKING not in {page["path"] for page in record["pages"]}
    seals = {page.path: page.seal for page in pages.pages(Data(tmp_path / "data")) if page.lang == "vi"}
    for path, seal in seals.items():
        assert path == RANKING or seal in (site / f"{path}.html").read_text(encoding="utf-8")
    failing.clear()
    told = run(lang=["vi"])
    assert [line.split("] ")[1].split(" done")[0] for line in told] == [RANKING, "site"]
    assert _record(tmp_path)["withheld"] == []
    assert seals[RANKING] in (site / f"{RANKING}.html").read_text(encoding="utf-8")


def test_a_page_whose_notebook_alone_changed_stays_as_it_was(
    run: Run, tmp_path: Path, failing: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(lang=["vi"])
    before = (tmp_path / "out/site" / f"{RANKING}.html").read_bytes()
    notebooks = tmp_path / "notebooks"
    shutil.copytree(pages.NOTEBOOKS, notebooks)
    monkeypatch.setattr(pages, "NOTEBOOKS", notebooks)
    _edit(notebooks / "1_yearly_ranking.ipynb", "figures.ranking(study)", "figures.rankin(study)")
    failing.add(RANKING)
    with pytest.raises(batch.Partly):
        run(lang=["vi"])
    assert (tmp_path / "out/site" / f"{RANKING}.html").read_bytes() == before
    (account,) = [page for page in _record(tmp_path)["pages"] if page["path"] == RANKING]
    assert account["seal"] in before.decode(), "the seal that it was made with"


def test_what_is_no_page_any_more_goes(run: Run, tmp_path: Path) -> None:
    run()
    units, forms = tmp_path / "data/units.csv", tmp_path / "data/assessments/nowhere/dti/2031/region.csv"
    for path in (units, forms):
        kept = [line for line in path.read_text(encoding="utf-8").splitlines() if "acores" not in line]
        path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    _sidecar(forms, framework="nowhere-2031", kind="received")
    assert list((tmp_path / "out").rglob("*acores*"))
    run()
    assert list((tmp_path / "out").rglob("*acores*")) == []
