"""A run that was published, opened again: its record, its tables and its pages, from its output folder or its site."""

from __future__ import annotations

import json
import re
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from dti_analysis.common.faults import fault
from dti_analysis.publishing.packing import PACKED

RECORD = "run.json"
_EXPECTED = "an output folder of dti run, or the site in it, with its run.json"
_CHECKSUM = re.compile(r"\b[0-9a-f]{12,64}\b")


class Run:
    """What one batch published. Raises Faults where there is no record of it, or one that cannot be read."""

    def __init__(self, folder: Path):
        output = folder if (folder / RECORD).is_file() or folder.name != "site" else folder.absolute().parent
        if not (output / RECORD).is_file() or not (output / "site").is_dir():
            raise fault(folder, "", "no published run", _EXPECTED)
        self.output, self.site = output, output / "site"
        try:
            self.record: dict[str, Any] = json.loads((output / RECORD).read_text(encoding="utf-8"))
            self.pages: dict[str, dict[str, Any]] = {page["path"]: page for page in self.record["pages"]}
            self.inputs: dict[str, dict[str, str]] = self.record["inputs"]
            self.machine: str = self.record["machine"]
            self.withheld: list[str] = self.record["withheld"]
        except (OSError, ValueError, KeyError, TypeError):
            raise fault(output / RECORD, "", "a record that cannot be read", "one that this version of dti run wrote") from None

    def inputs_of(self, path: str) -> dict[str, str]:
        """The digests of what a page was made from, by name."""
        return self.inputs.get(self.pages[path]["inputs"], {})

    @cached_property
    def every_input(self) -> dict[str, set[str]]:
        """The digests of all inputs, by name; more than one where pages were made from different states of a file."""
        found: dict[str, set[str]] = {}
        for parts in self.inputs.values():
            for name, digest in parts.items():
                found.setdefault(name, set()).add(digest)
        return found

    @property
    def surroundings(self) -> dict[str, str]:
        """The versions of Python and of packages that the run was made with."""
        return {"python": self.record.get("python", ""), **self.record.get("packages", {})}

    def tables(self) -> dict[str, Path]:
        """The tables that the site offers as CSV, by name without ending."""
        found = (self.site / "tables").glob("*.csv*")
        return {path.name.removesuffix(PACKED).removesuffix(".csv"): path for path in sorted(found)}

    def table(self, name: str) -> pd.DataFrame:
        """A table, as text."""
        return pd.read_csv(self.tables()[name], dtype=str, keep_default_na=False)

    def said(self, path: str) -> str:
        """What the page of a path says, its checksums left out: the part that is made from its notebook."""
        text = (self.site / f"{path}.html").read_text(encoding="utf-8")
        inside = text.partition("<main")[2].partition('<nav class="dti-neighbours"')[0].partition("</main>")[0]
        return _CHECKSUM.sub("", inside)

    def files(self) -> dict[str, Path]:
        """Every file of the site, by its path there."""
        found = (path for path in self.site.rglob("*") if path.is_file())
        return {path.relative_to(self.site).as_posix(): path for path in sorted(found)}
