"""An attestation: somebody made a site again from its inputs, and whether the same came out."""

from __future__ import annotations

import platform
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from dti_analysis.common.fields import Day
from dti_analysis.common.text import Lang, day, label

FILE = "verified.json"
"""Where a site's attestation lies in its output folder, beside run.json."""


class Attestation(BaseModel):
    """Who made a site again, when, on which machine and with what. `pages` are the seals of those that were made again,
    `differs` what did not come out the same: where it is empty, all agreed.

    It is a statement, not a signature: who reads it trusts who hands it over, or makes the site again.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    agreed: bool
    day: Day
    by: str
    machine: str
    made_on: str
    surroundings: dict[str, str]
    pages: dict[str, str]
    differs: list[str]

    def line(self, path: str, seal: str, lang: Lang) -> str:
        """What a page says: that it was made again and came out the same, or not; nothing where this state of it was not."""
        if self.pages.get(path) != seal:
            return ""
        other = "machine" if self.machine != self.made_on else "same_machine"
        by = label("verified.by", lang, by=self.by) if self.by else ""
        found = "same" if self.agreed else "page" if self.differs_on(path) else "site"
        return label(f"verified.{other}", lang, day=day(self.day, lang), by=by, found=label(f"verified.{found}", lang))

    def differs_on(self, path: str) -> bool:
        """Whether a page itself is named among what did not come out the same, of which the first are named only."""
        return any(line.strip().startswith(f"{path}:") for line in self.differs)


def attestation(output: Path) -> Attestation | None:
    """The attestation of an output folder; None where there is none, or none that can be read: a page then says nothing."""
    try:
        return Attestation.model_validate_json((output / FILE).read_bytes())
    except (OSError, ValidationError):
        return None


def this_machine() -> str:
    """How this machine calls itself."""
    return f"{platform.node()}, {platform.system()} {platform.machine()}"
