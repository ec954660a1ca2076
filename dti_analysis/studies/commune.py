"""A commune as far as it is known: facts, the criteria they touch, and the rule by which it would be recognised."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from dti_analysis.common.faults import fault, nearest
from dti_analysis.common.text import Lang, check_lang
from dti_analysis.criteria.framework import Framework
from dti_analysis.records.sources import Data


class Commune:
    """What is known of one commune, beside the only public list of commune criteria and the province's pass rule."""

    def __init__(self, unit: str, lang: Lang = "vi", data: Data | None = None):
        check_lang(lang)
        self.unit, self.lang, self.data = unit, lang, data or Data()
        known = set(self.data.published("commune_facts")["commune"])
        if unit not in known:
            raise fault("parameter", "commune", f"'{unit}'", nearest(unit, known))

    @property
    def name(self) -> str:
        """The commune's name in the chosen language."""
        return self.data.unit_names(self.lang)[self.unit]

    @cached_property
    def facts(self) -> pd.DataFrame:
        """The known facts, in the order of the file.

        Columns: as_of, topic, fact_vi, fact_en, value, measure, stale, reference, resembles."""
        facts = self.data.published("commune_facts")
        return facts[facts["commune"] == self.unit].reset_index(drop=True)

    @cached_property
    def catalogue(self) -> Framework:
        """The list of commune criteria that the facts' `resembles` points into."""
        (name,) = {resembles.partition("@")[2] for resembles in self.facts["resembles"] if resembles}
        return self.data.framework(name)

    def criterion(self, resembles: str) -> str:
        """The name of the criterion that a fact's `resembles` points at; empty where it points at none."""
        if not resembles:
            return ""
        code, _, framework = resembles.partition("@")
        names = self.catalogue.components.set_index("component")[f"name_{self.lang}"]
        if framework != self.catalogue.id or code not in names:
            path = self.data.root / "published" / "commune_facts.csv"
            raise fault(path, "resembles", resembles, f"a criterion of {self.catalogue.id}, as P1.03@{self.catalogue.id}")
        return str(names[code])

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """One row per pillar of the catalogue: component, name, indicators (how many), known (touched by a fact)."""
        touched = {resembles.partition("@")[0] for resembles in self.facts["resembles"] if self.criterion(resembles)}
        rows = []
        for pillar in self.catalogue.pillars:
            leaves = [leaf.code for leaf in self.catalogue.leaves if leaf.code.split(".")[0] == pillar.code]
            name = getattr(pillar, f"name_{self.lang}")
            known = len(touched.intersection(leaves))
            rows.append({"component": pillar.code, "name": name, "indicators": len(leaves), "known": known})
        return pd.DataFrame(rows)

    @cached_property
    def _recognition_file(self) -> dict[str, Any]:
        newest = max(path.name for path in (self.data.root / "recognition").glob("*.yaml"))
        document: dict[str, Any] = self.data.document(f"recognition/{newest}")
        return document

    @property
    def recognition_act(self) -> str:
        """The number of the text that sets the pass rule."""
        return str(self._recognition_file["reference"]["number"])

    @property
    def recognition_rules(self) -> pd.DataFrame:
        """The pass rules: level, mandatory_share, extended_share."""
        return pd.DataFrame(self._recognition_file["rules"])

    @cached_property
    def references(self) -> list[str]:
        """Ids of the texts that the facts come from."""
        return sorted(set(self.facts["reference"]))

    @property
    def files(self) -> list[Path]:
        """The data files that the case rests on."""
        names = ["units.csv", "references.csv", "published/commune_facts.csv", f"frameworks/{self.catalogue.id}.yaml"]
        return [self.data.root / name for name in names] + sorted((self.data.root / "recognition").glob("*.yaml"))
