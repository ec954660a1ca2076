"""What the sheets of a study's workbook hold: columns of plain values, in both languages; nothing is rounded here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import version

import pandas as pd

from dti_analysis.common.digest import sha256
from dti_analysis.common.text import LANGS, label
from dti_analysis.criteria.framework import TOTAL, Component
from dti_analysis.criteria.voice import said
from dti_analysis.criteria.words import in_words, name_of
from dti_analysis.records.about import about
from dti_analysis.scores.gaps import TIERS
from dti_analysis.studies.sheet_columns import Column, Form, Sheet, both, column, means_of, schemas, title, values_of, words
from dti_analysis.studies.study import Study

MOST_ROWS = 50_000
"""Up to how many rows a sheet has; of a longer one totals and pillars stand, the rest is in the CSV."""
UPPER = ("total", "subindex", "pillar")


class Sheets:
    """The sheets of one study, in the order of the workbook."""

    def __init__(self, study: Study):
        self.study = study
        self.twins = {lang: study if lang == study.lang else Study.of(study.key, lang, study.data) for lang in LANGS}
        self.names = {lang: study.data.unit_names(lang) for lang in LANGS}
        self.places = {unit: place for place, unit in enumerate(study.ranking["unit"])}

    def all(self) -> list[Sheet]:
        """Every sheet that the study has something for."""
        made = [self.ranking(), self.scores(), self.movement(), self.criteria(), self.units()]
        there = [sheet for sheet in made if sheet is not None]
        return [*there, self.codebook(there), self.sources()]

    def ranking(self) -> Sheet:
        """One row per unit in the order of the ranking, as the site shows it."""
        study, table = self.study, self.study.ranking
        columns = [column("rank", "whole", table["rank"])]
        if len(table["group"].unique()) > 1:
            columns.append(column("rank_in_group", "whole", table["rank_in_group"]))
        columns += self._units(table["unit"])
        columns += [column("group", "text", table["group"])] * (len(table["group"].unique()) > 1)
        share = study.framework.measure == "share"
        columns.append(column("index" if share else "score", "index" if share else "share", table["score"]))
        if study.framework.measure == "points":
            columns += [column("points", "points", table["points"]), column("max_points", "points", table["max_points"])]
        if "band" in table:
            labels = study.bands[["label_vi", "label_en"]].to_dict("split")["data"]
            bands = dict(
                zip(study.bands["order"].astype(int), [" / ".join(dict.fromkeys(each)) for each in labels], strict=True)
            )
            columns.append(column("band", "text", ["" if pd.isna(band) else bands[int(band)] for band in table["band"]]))
        claimed = study.appraisal[study.appraisal["component"] == TOTAL].set_index("unit").reindex(table["unit"])
        if claimed["difference"].notna().any():
            columns += [column(name, "points", claimed[name]) for name in ("self", "difference")]
        if study.movement is not None:
            moved = study.movement[study.movement["component"] == TOTAL].set_index("unit").reindex(table["unit"])
            columns += [
                column("rank_before", "whole", moved["from_rank"]), column("rank_change", "whole", moved["rank_change"])
            ]  # fmt: skip
        columns += self._pillars(table["unit"])
        if (table["state"] == "missing").any():
            noted = [both("table.no_form") if state == "missing" else "" for state in table["state"]]
            columns.append(column("note", "text", noted))
        return Sheet("ranking", columns)

    def _pillars(self, units: pd.Series) -> Iterator[Column]:
        study = self.study
        known = study.verified[(study.verified["level"] == "pillar") & study.verified["points"].notna()]
        share = study.framework.measure == "share"
        means = "pillar_share" if share else "pillar"
        for pillar in study.framework.pillars or [c for c, _, kind in study.framework.walk() if kind == "pillar"]:
            own = known[known["component"] == pillar.code].set_index("unit")["score" if share else "points"]
            if len(own):
                heading = " / ".join(
                    label("workbook.pillar", lang, code=pillar.code, name=name_of(pillar, lang)) for lang in LANGS
                )
                yield Column(heading, means_of(means), "index" if share else "points", values_of(own.reindex(units)))

    def scores(self) -> Sheet:
        """One row per unit and component whose figure is known, units in the order of the ranking."""
        study = self.study
        table = study.verified[study.verified["state"] != "unknown"]
        table = table.assign(place=table["unit"].map(self.places)).sort_values("place", kind="stable")
        table, note = _that_fits(table, table["level"].isin(UPPER))
        keys = list(zip(table["unit"], table["component"], strict=True))
        components = [study.component(code) for code in table["component"]]
        levels, states = (words(f"workbook.{name}", table[name]) for name in ("level", "state"))
        columns = [
            *self._units(table["unit"]),
            column("component", "text", table["component"]),
            *_named(components),
            column("level", "text", levels),
            column("max_points", "points", table["max_points"]),
            column("points", "points", table["points"]),
        ]
        if not study.appraisal.empty:
            claimed = study.appraisal.set_index(["unit", "component"]).reindex(keys)
            columns += [column(name, "points", claimed[name]) for name in ("self", "difference")]
        columns.append(column("score", "share", table["score"]))
        if study.to_parts:
            gaps = study.gaps.set_index(["unit", "component"]).reindex(keys)
            known = [tier if tier in TIERS else "" for tier in gaps["tier"]]
            columns += [column("gap", "points", gaps["gap"]), column("tier", "text", words("tier", known))]
        return Sheet("scores", [*columns, column("rank", "whole", table["rank"]), column("state", "text", states)], note)

    def movement(self) -> Sheet | None:
        """One row per unit and component of both years; None where there is nothing to compare."""
        table, study = self.study.movement, self.study
        if table is None or study.before is None:
            return None
        old, new = study.before.framework.by_code, study.framework.by_code
        kinds = {c.code: kind for act in (study.before.framework, study.framework) for c, _, kind in act.walk()}
        table, note = _that_fits(table, table["component"].map(kinds).isin(UPPER))
        columns = [
            *self._units(table["unit"]),
            column("component", "text", table["component"]),
            *_named([new.get(code) or old[code] for code in table["component"]]),
            *(column(name, "whole", table[name]) for name in ("from_rank", "to_rank", "rank_change")),
            column("score_change", "change", table["score_change"].where(table["comparable"])),
        ]
        return Sheet("movement", columns, note)

    def criteria(self) -> Sheet:
        """The criteria set: one row per component, with its rule in words."""
        rows = [(component, kind) for component, _, kind in self.study.framework.walk()]
        articles = self.study.framework.components.set_index("component")["article"]
        components = [component for component, _ in rows]
        columns = [
            column("component", "text", [component.code for component in components]),
            *_named(components),
            column("level", "text", words("workbook.level", [kind for _, kind in rows])),
            column("max_points", "points", [component.max_points for component in components]),
            column("rule", "long", [in_words(component, "vi") for component in components]),
            column("rule_en", "long", [in_words(component, "en") for component in components]),
            column("evidence", "long", [said(component.evidence, "vi") for component in components]),
            column("article", "text", [articles[component.code] for component in components]),
        ]
        return Sheet("criteria", columns)

    def units(self) -> Sheet:
        """Everybody who was to be assessed; of whom nothing was published, that is said."""
        due = self.study.due
        noted = ["" if unit in self.places else both("workbook.not_published") for unit in due["unit"]]
        columns = [
            *self._units(due["unit"]),
            *(column(name, "text", due[name]) for name in ("group", "valid_from", "valid_to")),
        ]
        return Sheet("units", [*columns, *([column("note", "text", noted)] if any(noted) else [])])

    def codebook(self, sheets: list[Sheet]) -> Sheet:
        """What every column of the sheets and of the CSV files means."""
        rows = [(title(sheet.name), column.heading, column.means) for sheet in sheets for column in sheet.columns]
        for name, keys in csv_columns().items():
            rows += [(f"CSV: {name}", key, means_of(key)) for key in keys]
        told = list(dict.fromkeys((sheet, heading, means["vi"], means["en"]) for sheet, heading, means in rows))
        names = ["sheet", "column", "vi", "en"]
        forms: list[Form] = ["text", "text", "long", "long"]
        columns = [
            Column(both(f"workbook.codebook.{name}"), {}, form, [row[at] for row in told])
            for at, (name, form) in enumerate(zip(names, forms, strict=True))
        ]
        return Sheet("codebook", columns)

    def sources(self) -> Sheet:
        """Where the figures come from, by which act they are counted, what the files were, and by what it was computed."""
        study, act = self.study, self.study.framework.reference
        licence = about(study.data.root).licence
        notes = [getattr(study.provenance, f"note_{lang}") or "" for lang in LANGS]
        rows = [("note", study.provenance.title, " / ".join(filter(None, notes)))]
        rows.append(("set", act.title, ", ".join(filter(None, [act.number, act.issued, act.href or ""]))))
        for row in study.data.references.loc[study.references].to_dict("records"):
            rows.append(("reference", row["title"], ", ".join(filter(None, [row["number"], row["issued"], row["href"]]))))
        rows += [("file", file.relative_to(study.data.root).as_posix(), sha256(file)) for file in study.files]
        rows.append(
            ("licence", licence.name if licence else both("workbook.source.no_licence"), licence.href if licence else "")
        )
        rows.append(
            ("by", both("frame.by", project="dti-analysis", version=version("dti-analysis")), "/".join(map(str, study.key)))
        )
        columns = [
            Column(both("workbook.source.what"), {}, "text", [both(f"workbook.source.{row[0]}") for row in rows]),
            Column(both("workbook.source.title"), {}, "long", [row[1] for row in rows]),
            Column(both("workbook.source.detail"), {}, "long", [row[2] for row in rows]),
        ]
        return Sheet("sources", columns)

    def _units(self, units: Iterable[str]) -> list[Column]:
        ids = list(units)
        names = [column(f"unit_name_{lang}", "text", [self.names[lang].get(unit, unit) for unit in ids]) for lang in LANGS]
        return [column("unit", "text", ids), *names]


def csv_columns() -> dict[str, list[str]]:
    """The columns of the CSV files beside a workbook, by file."""
    known = schemas()
    return {
        "scores": csv_order([*known["scores"], *(key for key in known["gaps"] if key not in known["scores"])]),
        "movement": csv_order(list(known["movement"])),
    }


def csv_order(keys: list[str]) -> list[str]:
    """Columns as a CSV file has them: names beside ids, and the kind of data last."""
    named = {"unit": ["unit", "unit_name"], "component": ["component", "component_name"]}
    return [*(name for key in keys for name in named.get(key, [key])), "data"]


def _that_fits(table: pd.DataFrame, upper: pd.Series) -> tuple[pd.DataFrame, str]:
    """The rows of a sheet, and what to say of it: of a table too long for a workbook that is still opened at once, only the
    `upper` ones."""
    return (table, "") if len(table) <= MOST_ROWS else (table[upper.to_numpy()], both("many.workbook"))


def _named(components: list[Component]) -> list[Column]:
    return [column(f"name_{lang}", "text", [name_of(component, lang) for component in components]) for lang in LANGS]
