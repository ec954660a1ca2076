"""A study: one place, index, year and level, scored, beside the year before. What every notebook opens first."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from dti_analysis.common.faults import Fault, Faults, fault, nearest
from dti_analysis.common.kept import kept
from dti_analysis.common.said import speak
from dti_analysis.common.text import Lang, check_lang, plain
from dti_analysis.common.writing import refuse_target, write_result
from dti_analysis.criteria.framework import TOTAL, Component, Framework
from dti_analysis.records.corrections import answered_for
from dti_analysis.records.dated import dated_files
from dti_analysis.records.decisions import Decision, decided
from dti_analysis.records.documents import FINAL, State
from dti_analysis.records.sources import SHARED, Data, Key, data_root
from dti_analysis.records.successors import heir, successors
from dti_analysis.scores.appraisal import appraisal
from dti_analysis.scores.continued import continued, predecessors, ranked
from dti_analysis.scores.gaps import HIGH, LOW, gaps, refuse_thresholds
from dti_analysis.scores.movement import movement
from dti_analysis.scores.own_steps import rows_of
from dti_analysis.scores.provisional import answered, counted, marked, unappraised
from dti_analysis.scores.ranking import banded, banded_by_weakest, listed_only
from dti_analysis.scores.reliability import not_ranked, reliability
from dti_analysis.scores.remarks import remarks
from dti_analysis.scores.roll_up import levels_below, rolled_up
from dti_analysis.scores.scoring import CLAIMED, exact_scores, score

if TYPE_CHECKING:
    from dti_analysis.studies.change import Change
    from dti_analysis.studies.corrections import Corrections
    from dti_analysis.studies.firmness import Firmness
    from dti_analysis.studies.neighbours import Neighbours
    from dti_analysis.studies.outlook import Outlook
    from dti_analysis.studies.path import Path as Path_
    from dti_analysis.studies.standing import Standing

_SHARED: dict[tuple[Any, ...], dict[str, Any]] = {}
"""What studies begin with that are like one which was shared."""
MANY = 20
"""From how many units on the leaders of a ranking are looked at as models."""


class Study:
    """Scores of one place, index, year and level and all that follows from them, each table computed when first asked for."""

    def __init__(
        self,
        year: int,
        level: str,
        lang: Lang = "vi",
        data: Data | None = None,
        unit: str = "",
        low: float = LOW,
        high: float = HIGH,
        *,
        place: str = "yenbai",
        index: str = "dti",
        least: str = "",
    ):
        """`least`: the grade of reliability below which a unit is listed but not ranked, none unless a rule is declared."""
        check_lang(lang)
        speak(lang, "notebook")
        if type(year) is not int:
            raise fault("parameter", "year", repr(year), "a whole number, as 2025")
        refuse_thresholds(low, high)
        self.low, self.high, self.least = low, high, least
        self.lang, self.unit = lang, unit
        self.key = Key(place, index, year, level)
        root = data.root if data else data_root()
        self._like = (self.key, lang, low, high, root)
        if self._like in _SHARED:
            vars(self).update(_SHARED[self._like])
        else:
            self.data = data or Data()
            self._rows, self.provenance = self.data.assessment(self.key)
        if unit and unit not in {*self.units["unit"], *self.waiting}:
            raise fault("parameter", "unit", f"'{unit}'", self._id_of(unit))

    def _id_of(self, name: str) -> str:
        """What to write for a unit that was named otherwise: its id, also where its name was given."""
        folded = dict(zip(map(plain, self.due["name_vi"]), self.due["unit"], strict=True))
        known = folded.get(plain(name))
        return f"'{known}', the id of {name} in units.csv" if known else nearest(name, self.units["unit"])

    @classmethod
    def of(cls, key: Key, lang: Lang = "vi", data: Data | None = None) -> Study:
        """The study of one assessment. Raises Faults as the constructor does."""
        return cls(key.year, key.level, lang, data, place=key.place, index=key.index)

    def share(self) -> None:
        """Let every study like this one that is opened later, here or in forks of this process, begin with the tables that
        were computed here, whichever its unit; and those like an earlier one no longer. For a batch, whose data stand still."""
        self.share_nothing()
        _SHARED[self._like] = {name: value for name, value in vars(self).items() if name != "unit"}

    @property
    def shared(self) -> bool:
        """Whether studies like this one begin with tables that were computed before."""
        return self._like in _SHARED

    @staticmethod
    def share_nothing() -> None:
        """Let every study that is opened from now on read and compute for itself."""
        _SHARED.clear()

    def __repr__(self) -> str:
        return f"Study({self.year}, {self.level!r}, {self.lang!r}, place={self.key.place!r}, index={self.key.index!r})"

    @property
    def year(self) -> int:
        """The year assessed."""
        return self.key.year

    @property
    def level(self) -> str:
        """The level of the units assessed."""
        return self.key.level

    @cached_property
    def framework(self) -> Framework:
        """The criteria set that the assessment was made under."""
        return self.data.framework(self.provenance.framework)

    @cached_property
    def due(self) -> pd.DataFrame:
        """Who is to be assessed: the units of the place and level that were there on the day that counts."""
        listed = set(self._rows["unit"]) if self.kind == "published" else ()
        return self.data.units_of(self.key, self.day_due, listed)

    @property
    def day_due(self) -> str:
        """The day (ISO) on which a unit had to be there to be assessed, as the criteria set says."""
        return self.framework.day_due(self.year)

    @cached_property
    def not_due(self) -> list[str]:
        """Units that were there within the year, but not on the day that counts, and handed something in: not ranked."""
        handed = set(self._rows["unit"]) - set(self.due["unit"])
        return [unit for unit in self.data.came_or_went(self.key, self.day_due) if unit in handed] if handed else []

    @cached_property
    def waiting(self) -> list[str]:
        """Who is due and has handed in nothing, while forms are still coming in or being appraised: listed, not ranked."""
        return [unit for unit in self.due["unit"] if unit not in set(self.units["unit"])] if self.provisional else []

    @property
    def awaited(self) -> bool:
        """Whether the study is of one unit whose form has not come yet: of it there are no scores."""
        return self.unit in self.waiting

    @cached_property
    def units(self) -> pd.DataFrame:
        """Who is scored: all who are due; where only some are published, or have handed in a form so far, those."""
        if self.kind == "published":
            here = self.due["unit"].isin(self._rows["unit"])
        elif self.provisional:
            here = self.due["unit"].isin(self._rows.loc[answered(self._rows), "unit"])
        else:
            return self.due
        return self.due[here].reset_index(drop=True)

    @property
    def partial(self) -> bool:
        """Whether figures are known of a part of the units only: nothing may then be said as if of all."""
        return self.kind == "published" and len(self.units) < len(self.due)

    @cached_property
    def unappraised(self) -> pd.DataFrame:
        """The claims that no appraisal has answered (dti_analysis.scores.provisional.unappraised)."""
        return unappraised(self.filed, self.framework)

    @cached_property
    def state(self) -> State:
        """How far the year has come: as the sidecar declares, else as its rows show.

        Raises Faults where it is declared decided or published although the council has not appraised every claim.
        """
        declared = self.provenance.state
        if declared in FINAL and len(self.unappraised):
            raise self._undecided(declared)
        if declared:
            return declared
        if self.unappraised.empty:
            return "published"
        return "collecting" if (self.filed["basis"] == "self").all() else "appraising"

    def _undecided(self, declared: str) -> Faults:
        """What is wrong with a decided year in which claims are open, unit by unit."""
        sidecar = str(self.data.assessment_file(self.key).with_suffix(".meta.yml"))
        expected = "a verified row for each of them, or state: appraising"
        return Faults(
            Fault(
                sidecar, "state", f"{declared}, with {len(own)} claims of {unit} not appraised ({own.iloc[0]} first)", expected
            )
            for unit, own in self.unappraised.groupby("unit", sort=False)["indicator"]
        )

    @property
    def provisional(self) -> bool:
        """Whether the council has not decided yet: what it has not appraised counts as claimed, and all is said so."""
        return self.state not in FINAL

    def refuse_provisional(self) -> None:
        """Raises Faults before the council has decided: a result is not sent out that may still change."""
        if self.provisional:
            sidecar = self.data.assessment_file(self.key).with_suffix(".meta.yml")
            raise fault(sidecar, "state", f"a year that is {self.state}", f"one that is {' or '.join(FINAL)}")

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The assessment as it is scored: what was filed, and each claim not appraised yet as what counts until then."""
        return counted(self.filed, self.unappraised) if self.provisional else self.filed

    @cached_property
    def filed(self) -> pd.DataFrame:
        """The assessment of those who are due, with what rolls up from the units below."""
        return self.with_below(self._rows)

    def with_below(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Those rows of the assessment that are of units that are due, with what rolls up from the units below."""
        own = rows[~rows["unit"].isin(self.not_due)] if self.not_due else rows
        own.attrs.update(rows.attrs)
        below = {
            level: self._beside(self.year, level).scores
            for level in levels_below(self.framework)
            if self.key._replace(level=level) in self.data.assessments()
        }
        if not below:
            return own
        part_of = dict(zip(self.data.units["unit"], self.data.units["part_of"], strict=True))
        return rolled_up(self.framework, own, below, part_of)

    def rows_on(self, basis: str) -> pd.DataFrame:
        """The assessment on one basis."""
        rows = self.rows
        own = rows["basis"].replace("", "verified") if "basis" in rows else pd.Series("verified", index=rows.index)
        kept_rows = rows[own == basis]
        kept_rows.attrs.update(rows.attrs)
        return kept_rows

    def handed_in(self, unit: str) -> dict[str, dict[str, str]]:
        """The appraised rows of one unit, as handed in: cells by criterion and column."""
        return rows_of(self.rows, unit)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """The `scores` table, both bases."""
        source = str(self.data.assessment_file(self.key))

        def make() -> pd.DataFrame:
            with answered_for(self.data.correction_file(self.key)):
                return self.marked(score(self.framework, self.rows, self.units, source))

        return kept("-".join(map(str, self.key)), self.files, make)

    def marked(self, scores: pd.DataFrame) -> pd.DataFrame:
        """Scores of `rows`, in which what rests on claims not appraised yet says so."""
        return marked(scores, self.framework, self.unappraised) if self.provisional else scores

    def exact(self, basis: str = "verified") -> pd.DataFrame:
        """The scores on one basis before ranking, points and maxima exact (dti_analysis.scores.scoring.exact_scores)."""
        rows = self.rows_on(basis)
        source = str(self.data.assessment_file(self.key))
        name = "-".join(["exact", basis, *map(str, self.key)])
        return kept(name, self.files, lambda: self.marked(exact_scores(self.framework, rows, self.units, source)))

    @cached_property
    def verified(self) -> pd.DataFrame:
        """The scores as appraised: what is ranked."""
        table = self.scores[self.scores["basis"] == "verified"]
        return listed_only(table, self.framework.ranking, self.not_ranked) if self.not_ranked else table

    @cached_property
    def not_ranked(self) -> list[str]:
        """The units that the rule declared by `least` lists but does not rank; none without one."""
        return not_ranked(reliability(self.framework, self.rows, self.scores), self.least) if self.least else []

    @cached_property
    def ranking(self) -> pd.DataFrame:
        """The verified totals, best first; equal ranks in the order of the units file.

        Of a part of the units, rank is the published one, and missing where none was published. Adds `band` where the place
        has adopted bands.
        """
        totals = self.verified[self.verified["component"] == TOTAL]
        if not self.bands.empty:
            weakest = (self.bands["decided_by"] == "weakest_pillar").any()
            bands = banded_by_weakest(self.verified, self.bands) if weakest else banded(totals, self.bands)
            totals = totals.assign(band=totals["unit"].map(bands) if weakest else bands)
        if self.partial:
            ranks = self.published.set_index("unit")["rank"].replace("", pd.NA)
            totals = totals.assign(rank=totals["unit"].map(ranks).astype("Float64"), rank_in_group=float("nan"))
        by = ["rank"] if totals["rank"].notna().all() else ["score"]
        return totals.sort_values(by, ascending=by == ["rank"], kind="stable").reset_index(drop=True)

    @cached_property
    def bands(self) -> pd.DataFrame:
        """The bands that the place has adopted for the level."""
        return self.data.bands(self.key)

    @cached_property
    def gaps(self) -> pd.DataFrame:
        """The `gaps` table of the verified scores, by the study's thresholds of low and high."""
        return gaps(self.verified, self.framework, self.low, self.high)

    @cached_property
    def appraisal(self) -> pd.DataFrame:
        """Self-assessed beside verified points, of what has been appraised."""
        open_ = self.scores[self.scores["state"] == CLAIMED]
        table, pairs = appraisal(self.scores), set(zip(open_["unit"], open_["component"], strict=True))
        if not pairs:
            return table
        told = [pair not in pairs for pair in zip(table["unit"], table["component"], strict=True)]
        return table[pd.Series(told, index=table.index, dtype=bool)].reset_index(drop=True)

    @cached_property
    def remarks(self) -> pd.DataFrame:
        """What to know before trusting the figures."""
        return remarks(self.framework, self.rows, self.scores)

    @cached_property
    def standing(self) -> Standing:
        """What is still possible, and how far the scores can be relied on."""
        from dti_analysis.studies.standing import Standing

        return Standing(self)

    @cached_property
    def before(self) -> Study | None:
        """The same place, index and level a year earlier, if it was assessed."""
        if self.key._replace(year=self.year - 1) not in self.data.assessments():
            return None
        return self._beside(self.year - 1, self.level)

    def _beside(self, year: int, level: str) -> Study:
        return Study.of(self.key._replace(year=year, level=level), self.lang, self.data)

    @cached_property
    def movement(self) -> pd.DataFrame | None:
        """The `movement` table since the year before; None where one of the two years is missing or known in part.

        Where units were merged, the year before stands as on this year's map (dti_analysis.scores.continued), ranked anew.
        """
        if self.before is None or not self.moved:
            return None
        before = ranked(self.exact_before, self.before.framework.ranking) if self.carried else self.before.verified
        return movement(before, self.verified, self.before.framework, self.framework)

    @cached_property
    def carried(self) -> dict[str, list[str]]:
        """The units of the year before that each merged unit carries on; none where nothing was merged."""
        if self.before is None or not self.moved:
            return {}
        now, after = set(self.units["unit"]), successors(self.data.units)
        before = list(self.before.units["unit"])
        return predecessors(before, now, {unit: heir(unit, after, now) for unit in before})

    @cached_property
    def exact_before(self) -> pd.DataFrame:
        """The exact scores of the year before on this year's map."""
        assert self.before is not None
        groups = dict(zip(self.units["unit"], self.units["group"], strict=True))
        return continued(self.before.exact("verified"), self.carried, groups)

    @cached_property
    def outlook(self) -> Outlook:
        """What other figures would earn, what lifts a unit most, plans to a target."""
        from dti_analysis.studies.outlook import Outlook

        return Outlook(self)

    @cached_property
    def neighbours(self) -> Neighbours:
        """Whom the units can be compared with and learn from. Raises Faults for a study that is known in part."""
        from dti_analysis.studies.neighbours import Neighbours

        return Neighbours(self)

    @cached_property
    def firmness(self) -> Firmness:
        """How firm the ranking is; what cannot be told of the study is None there."""
        from dti_analysis.studies.firmness import Firmness

        return Firmness(self)

    @cached_property
    def decided(self) -> list[Decision]:
        """What the appraisal council decided of what the units claim now."""
        return decided(self.data, self.key)

    @cached_property
    def corrections(self) -> Corrections:
        """What was decided after publication, and what became of the ranks by it."""
        from dti_analysis.studies.corrections import Corrections

        return Corrections(self)

    @cached_property
    def change(self) -> Change:
        """Why ranks and scores moved since the year before, and since the units' own claims."""
        from dti_analysis.studies.change import Change

        return Change(self)

    @cached_property
    def path(self) -> Path_:
        """How far units have come within the year, where its forms were kept of several days."""
        from dti_analysis.studies.path import Path as Path_

        return Path_(self)

    @cached_property
    def components(self) -> pd.DataFrame:
        """The framework's components by code."""
        return self.framework.components.set_index("component", drop=False)

    def component(self, code: str) -> Component:
        """A component by its code."""
        return self.framework.by_code[code]

    def unit_name(self, unit: str) -> str:
        """A unit's name in the study's language."""
        return self._unit_names[unit]

    @cached_property
    def _unit_names(self) -> dict[str, str]:
        return self.data.unit_names(self.lang)

    def named(self, table: pd.DataFrame) -> pd.DataFrame:
        """A table with the names of units, components and indicators beside their ids (dti_analysis.studies.named)."""
        from dti_analysis.studies.named import named

        return named(self, table)

    def to_excel(self, path: Path | str) -> None:
        """Write the study as a workbook for people, in both languages (dti_analysis.studies.workbook). Raises Faults."""
        from dti_analysis.studies.workbook import workbook

        refuse_target(Path(path))
        write_result(Path(path), workbook(self))

    @property
    def place(self) -> str:
        """Whose units are assessed: the name of the place."""
        return self.data.name("places", self.key.place, self.lang)

    @property
    def index(self) -> str:
        """What is measured: the name of the index."""
        return self.data.name("indices", self.key.index, self.lang)

    @property
    def level_name(self) -> str:
        """What the units are, in the plural: the name of the level."""
        return self.data.name("levels", self.level, self.lang)

    def component_name(self, code: str) -> str:
        """A component's name in the study's language, the Vietnamese one where there is no other."""
        component = self.framework.by_code[code]
        return getattr(component, f"name_{self.lang}") or component.name_vi

    @cached_property
    def to_parts(self) -> bool:
        """Whether the parts of every unit's total are known, at least to the pillars: gaps can be told."""
        return not self.partial and not self.framework.unlisted and bool((self.filed["indicator"] != TOTAL).all())

    @cached_property
    def to_indicators(self) -> bool:
        """Whether any criterion was scored by its own rule from what was handed in: a unit can be told what to do."""
        by_rule = [leaf.code for leaf in self.framework.leaves if leaf.rule_name not in ("reported", "linear")]
        return not self.partial and bool(self._rows["indicator"].isin(by_rule).any())

    @property
    def moved(self) -> bool:
        """Whether there is a year before to compare with, and both are known whole and decided."""
        return self.before is not None and not any(one.partial or one.provisional for one in (self, self.before))

    @property
    def model_worthy(self) -> bool:
        """Whether there are enough units for the best of them to be models for the rest."""
        return len(self.units) >= MANY and not self.provisional

    @property
    def kind(self) -> str:
        """Whether the assessment is published, received or sample."""
        return self.provenance.kind

    @property
    def sample(self) -> bool:
        """Whether the study is of a fictitious place."""
        return self.kind == "sample"

    @cached_property
    def published(self) -> pd.DataFrame:
        """What has been published of this place, index, year and level, one row per unit that was named.

        Columns: unit, rank, figure (as printed, text, empty where none), statistic (completion_percent or index), reference.
        """
        results = self.data.published("results")
        keys = {name: str(part) for name, part in self.key._asdict().items()}
        mine = results[(results[list(keys)] == list(keys.values())).all(axis=1) & (results["unit"] != "")]
        ranks = mine[mine["statistic"] == "rank"].rename(columns={"printed": "rank"})[["unit", "rank", "reference"]]
        figures = mine[mine["statistic"].isin(["completion_percent", "index"])].rename(columns={"printed": "figure"})
        table = ranks.merge(figures[["unit", "figure", "statistic"]], on="unit", how="outer", sort=False).fillna("")
        return table.sort_values("rank", key=lambda rank: pd.to_numeric(rank), kind="stable").reset_index(drop=True)

    @cached_property
    def published_movement(self) -> dict[Any, Any] | None:
        """How many units are said to have risen, held and fallen (rose, held, fell, ranked, reference); None if nobody says."""
        table = self.data.published("movements")
        keys = {"place": self.key.place, "index": self.key.index, "year": str(self.year)}
        mine = table[(table[list(keys)] == list(keys.values())).all(axis=1)]
        mine = mine[[self.level in levels.split() for levels in mine["levels"]]]
        return mine.iloc[0].to_dict() if len(mine) else None

    @cached_property
    def references(self) -> list[str]:
        """Ids of the texts that the study's figures come from."""
        cited = [*self.published["reference"], *self.bands["reference"], self.provenance.reference or ""]
        if self.published_movement:
            cited.append(self.published_movement["reference"])
        if "source" in self._rows:
            cited += [source for source in self._rows["source"].unique() if source in self.data.references.index]
        return sorted({reference for reference in cited if reference})

    @cached_property
    def files(self) -> list[Path]:
        """The data files that the study rests on, the year before's and the levels below included."""
        root = self.data.root
        assessment = self.data.assessment_file(self.key)
        own = [
            *dated_files(self.data, self.key),
            assessment,
            assessment.with_suffix(".meta.yml"),
            self.data.framework_file(self.framework.id),
        ]
        others = [self.before] if self.before else []
        others += [
            self._beside(self.year, level)
            for level in levels_below(self.framework)
            if self.key._replace(level=level) in self.data.assessments()
        ]
        shared = [root / name for name in [*SHARED, "published/movements.csv"]]
        own += [*self.data.decision_files(self.key), self.data.seal_file(self.key)]
        found = {*shared, *own, *(file for other in others for file in other.files)}
        return sorted(path for path in found if path.exists())
