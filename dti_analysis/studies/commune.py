"""A commune (or another body held up as a case) as far as it is known: where it was assessed, dated facts, and what these
are worth under a set of criteria, from … to …."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from dti_analysis.common.exact import ZERO, Rational, parse
from dti_analysis.common.faults import Fault, Faults, fault, nearest
from dti_analysis.common.said import speak
from dti_analysis.common.text import Lang, check_lang
from dti_analysis.criteria.amendment import criteria
from dti_analysis.criteria.framework import TOTAL, Component, Framework
from dti_analysis.criteria.rule import Rule
from dti_analysis.criteria.rules import Count, Ratio, Steps, YesNo
from dti_analysis.records.sources import Data, Key
from dti_analysis.scores.scoring import exact_scores
from dti_analysis.studies.recognised import pass_rule
from dti_analysis.studies.study import Study

BOUNDS = ["component", "fact", "as_of", "low", "high", "max_points"]
READINGS = ["percent", "yes", "count"]
"""How a fact is read by the rule of its criterion: as the ratio in percent, as a yes, as the count."""


class Span(NamedTuple):
    """The points that something earns at least and at most, of how many."""

    low: Rational
    high: Rational
    max_points: Rational

    @property
    def known(self) -> bool:
        """Whether nothing is left open."""
        return bool(self.low == self.high)


class Commune:
    """What is known of one commune, and the bounds that this sets under the criteria that its facts point into."""

    def __init__(self, unit: str, lang: Lang = "vi", data: Data | None = None):
        check_lang(lang)
        speak(lang, "notebook")
        self.unit, self.lang, self.data = unit, lang, data or Data()
        facts = set(self.data.published("commune_facts")["commune"])
        if unit not in facts and not self.keys:
            named = {str(row) for key in self.data.assessments() for row in self.data.assessment(key)[0]["unit"]}
            raise fault("parameter", "commune", f"'{unit}'", nearest(unit, facts | named))
        if unit not in self._units.index:
            raise fault(self.data.root / "units.csv", "", f"no unit '{unit}'", "a row for each commune of commune_facts.csv")

    def __repr__(self) -> str:
        return f"Commune({self.unit!r}, {self.lang!r})"

    @cached_property
    def keys(self) -> list[Key]:
        """Of which assessments the commune is a part, newest first."""
        held = [key for key in self.data.assessments() if (self.data.assessment(key)[0]["unit"] == self.unit).any()]
        return sorted(held, key=lambda key: (-key.year, key.index, key.level))

    @cached_property
    def studies(self) -> list[Study]:
        """A study of each assessment that the commune is a part of, newest first."""
        return [Study.of(key, self.lang, self.data) for key in self.keys]

    @cached_property
    def _units(self) -> pd.DataFrame:
        return self.data.units.drop_duplicates("unit").set_index("unit", drop=False)

    @property
    def name(self) -> str:
        """The commune's name in the chosen language."""
        return self.data.unit_names(self.lang)[self.unit]

    @property
    def place(self) -> str:
        """The id of the place that the commune belongs to."""
        return str(self._units.at[self.unit, "place"])

    @property
    def level(self) -> str:
        """The level of the commune in units.csv."""
        return str(self._units.at[self.unit, "level"])

    @property
    def part_of(self) -> str:
        """The name of the unit that the commune was part of; empty where that is not known."""
        above = str(self._units.at[self.unit, "part_of"])
        return self.data.unit_names(self.lang).get(above, "")

    @property
    def until(self) -> str:
        """The last day that the commune was there as it is described, ISO; empty where it lasts."""
        return str(self._units.at[self.unit, "valid_to"])

    @cached_property
    def facts(self) -> pd.DataFrame:
        """The known facts, in the order of the file.

        Columns: as_of, topic, fact_vi, fact_en, value, measure, stale, reference, criterion, reading."""
        facts = self.data.published("commune_facts")
        return facts[facts["commune"] == self.unit]

    @cached_property
    def framework(self) -> Framework | None:
        """The criteria set that the facts' `criterion` points into, as CODE@framework; None where none does.

        Raises Faults: several sets, an unknown set, criterion or reading, a reading that the criterion's rule does not take.
        """
        named = dict.fromkeys(criterion.partition("@")[2] for criterion in self.facts["criterion"] if criterion)
        if not named:
            return None
        if len(named) > 1:
            raise fault(self._file, self.unit, f"criteria of {', '.join(named)}", "criteria of one set for each commune")
        return self.data.framework(next(iter(named)))

    @cached_property
    def _known(self) -> pd.DataFrame:
        """The latest fact on each measured component: the facts' columns and `component`."""
        assert self.framework is not None
        pointing = self.facts[self.facts["criterion"] != ""]
        pointing = pointing.assign(component=[criterion.partition("@")[0] for criterion in pointing["criterion"]])
        faults = [found for index, row in pointing.iterrows() for found in self._wrong(index, row)]
        if faults:
            raise Faults(faults)
        latest = pointing.groupby("component")["as_of"].transform("max")
        return pointing[pointing["as_of"] == latest]

    def _wrong(self, index: Any, row: Any) -> list[Fault]:
        """What is wrong with the way in which a fact points at a criterion."""
        assert self.framework is not None
        leaves = {leaf.code: leaf for leaf in self.framework.leaves}
        code, reading, at = row["component"], row["reading"], f"row {index + 2}"
        if code not in leaves:
            return [Fault(self._file, at, f"criterion '{code}'", nearest(code, leaves))]
        if reading not in READINGS:
            return [Fault(self._file, at, f"reading '{reading}'", nearest(reading, READINGS))]
        if _cells(leaves[code], reading, row["value"]) is None:
            rule = leaves[code].rule_name
            return [Fault(self._file, at, f"{reading} '{row['value']}' of {code}, whose rule is {rule}", _TAKES[reading])]
        return []

    @cached_property
    def spans(self) -> dict[str, Span]:
        """What every component of the criteria set earns at least and at most, exactly; empty without a set.

        A criterion with a known fact earns what its own rule gives for it; one of which nothing is known may earn anything
        from 0 to its maximum. Raises Faults also for a set with criteria that have no maximum of their own (bonuses,
        penalties, gates), or whose points depend on other units.
        """
        if self.framework is None:
            return {}
        open_ended = [leaf.code for leaf in self.framework.leaves if leaf.rule_name != "not_scored" and not _bounded(leaf)]
        if open_ended:
            found = f"{self.framework.id}, whose {', '.join(open_ended)} has no bounds by itself"
            raise fault(self._file, self.unit, found, "a set of criteria that each have a maximum")
        leaves, rows = {leaf.code: leaf for leaf in self.framework.leaves}, []
        for row in self._known.to_dict("records"):
            cells = _cells(leaves[row["component"]], row["reading"], row["value"])
            rows.append({"unit": self.unit, "indicator": row["component"], **(cells or {})})
        zero = self.framework.ranking.model_copy(update={"missing": "zero"})
        lowest = self.framework.model_copy(update={"ranking": zero})
        assessment = pd.DataFrame(rows, index=self._known.index).fillna("")
        units = self._units.loc[[self.unit], ["unit", "group"]].reset_index(drop=True)
        scores = exact_scores(lowest, assessment, units, self._file).set_index("component")
        spans: dict[str, Span] = {}
        _span(self.framework.root, scores, spans)
        return spans

    @cached_property
    def bounds(self) -> pd.DataFrame:
        """What each criterion earns at least and at most: columns `BOUNDS`, in the order of the set.

        fact and as_of are those that it rests on, empty where nothing is known; low, high and max_points the floats nearest
        to the exact points. No row where no fact points at a criterion.
        """
        if self.framework is None:
            return pd.DataFrame(columns=BOUNDS)
        facts: dict[str, list[tuple[str, str]]] = {}
        for row in self._known.to_dict("records"):
            facts.setdefault(self._criterion(row["component"]), []).append((row[f"fact_{self.lang}"], row["as_of"]))
        rows = []
        for component in criteria(self.framework):
            span, known = self.spans[component.code], facts.get(component.code, [])
            if span.max_points == 0:  # kept for information, or not for this commune
                continue
            as_of = max((date for _, date in known), default="")
            rows.append([component.code, "; ".join(fact for fact, _ in known), as_of, *map(float, span)])
        return pd.DataFrame(rows, columns=BOUNDS)

    def _criterion(self, code: str) -> str:
        """The criterion that a measured component is, or is a part of."""
        assert self.framework is not None
        whole = {component.code for component in criteria(self.framework)}
        while code not in whole:
            code = self.framework.parents[code]
        return code

    @property
    def total(self) -> Span | None:
        """What the commune earns at least and at most of the whole set; None without one. Neither is a score."""
        return self.spans.get(TOTAL)

    @cached_property
    def _recognition(self) -> list[dict[str, Any]]:
        return [self.data.document(f"recognition/{path.name}") for path in self._recognition_files]

    @property
    def _recognition_files(self) -> list[Path]:
        return sorted((self.data.root / "recognition").glob("*.yaml"))

    @property
    def pass_rule(self) -> dict[str, Any] | None:
        """The newest file of data/recognition by which the commune's place recognises its level; None if there is none."""
        return pass_rule(self.data, self.place, self.level)

    @property
    def frame(self) -> dict[str, Any] | None:
        """The newest file of data/recognition that lists criteria of the commune's level, whosever; None if there is none."""
        listing = [d for d in self._recognition if any(row["level"] == self.level for row in d.get("criteria", []))]
        return max(listing, key=lambda document: document["applies"]["from"], default=None)

    @cached_property
    def references(self) -> list[str]:
        """Ids of the texts that the facts and the assessments come from."""
        return sorted({*self.facts["reference"], *(reference for study in self.studies for reference in study.references)})

    @property
    def files(self) -> list[Path]:
        """The data files that the case rests on."""
        names = ["units.csv", "places.csv", "references.csv", "published/commune_facts.csv"]
        own = [self.data.framework_file(self.framework.id)] if self.framework else []
        rooms = [*(self.data.root / name for name in names), *own, *self._recognition_files]
        return sorted({*rooms, *(file for study in self.studies for file in study.files)})

    @property
    def _file(self) -> str:
        return str(self.data.root / "published" / "commune_facts.csv")


_TAKES = {
    "percent": "a percentage of 0 or more, of a criterion whose rule is a ratio",
    "yes": "no value, or a criterion whose rule is yes_no",
    "count": "a whole number, of a criterion whose rule is steps or count, without a gate",
}


def _cells(leaf: Component, reading: str, value: str) -> dict[str, str] | None:
    """A fact as the cells that the rule reads; None where the rule takes no such reading."""
    rule = leaf.way
    try:
        if reading == "yes" and isinstance(rule, YesNo):
            return {"value": "yes"}
        if reading == "count" and type(rule) in (Steps, Count) and "g" not in _names(rule) and parse(value).denominator == 1:
            return {"value": value}
        if reading == "percent" and isinstance(rule, Ratio) and parse(value) >= 0:
            return _of_ratio(rule, parse(value) / 100)
    except ValueError:
        return None
    return None


def _names(rule: Rule | None) -> list[str]:
    return list(rule.cells()) if rule else []


def _of_ratio(rule: Ratio, ratio: Rational) -> dict[str, str] | None:
    """Counts whose ratio it is: 41.49 % is 4149 of 10000. None where the act fixes a denominator that it does not go into."""
    if isinstance(rule.denominator, list):
        over, under = [ratio.numerator, ratio.denominator], [*rule.numerator[:1], *rule.denominator[:1]]
        return dict.fromkeys(rule.cells(), "0") | {name: str(number) for name, number in zip(under, over, strict=True)}
    whole = ratio * rule.denominator
    return dict.fromkeys(rule.cells(), "0") | {rule.numerator[0]: str(whole)} if whole.denominator == 1 else None


def _bounded(leaf: Component) -> bool:
    """Whether the points of a leaf lie between 0 and its maximum, whatever other units have."""
    return leaf.way is not None and not leaf.way.on_top and not leaf.way.cohort and leaf.max_points > 0


def _span(component: Component, scores: pd.DataFrame, spans: dict[str, Span]) -> Span:
    """Fills in `spans` from the component down; `scores` is what is earned if all that is unknown earns nothing."""
    low, maximum, state = scores.loc[component.code, ["points", "max_points", "state"]]
    below = [_span(child, scores, spans) for child in component.children]
    if below and component.combine == "best":
        high = max(span.high for span in below)
    elif below:  # the base of a base_plus may yet be met, so that everything added to it counts
        high = sum((span.high for span in below), ZERO) if component.combine == "sum" or below[0].high > 0 else ZERO
    else:
        high = low if state == "assessed" else maximum
    spans[component.code] = Span(low, high, maximum)
    return spans[component.code]
