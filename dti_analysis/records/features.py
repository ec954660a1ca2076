"""Features: what describes a unit beside its scores, as population or terrain: declared columns of units.csv."""

from __future__ import annotations

import pandas as pd

from dti_analysis.common.exact import parse
from dti_analysis.common.text import Lang, number
from dti_analysis.records.sources import Data
from dti_analysis.records.tables import TABLES

FILE = "features.csv"
COLUMNS = TABLES[FILE].columns
"""A row with an empty `value` names a feature and says what it `holds`, number or word; one with a value names that word."""


def declared(data: Data) -> pd.DataFrame:
    """The features there are, by feature: columns `COLUMNS`. Columns of units.csv that are not declared are never compared."""
    table = data.table_if_there(FILE, COLUMNS)
    return table[table["value"] == ""].set_index("feature", drop=False)


def features(data: Data, units: pd.DataFrame) -> pd.DataFrame:
    """What is known of `units` (rows of units.csv), by unit: numbers (NaN where unknown) and words ("" where unknown).

    Features of which nothing is known of any of the units are left out.
    """
    table = pd.DataFrame(index=pd.Index(units["unit"], name="unit"))
    for name, row in declared(data).iterrows():
        cells = units[str(name)].to_numpy(dtype=object)
        if not any(cells):
            continue
        is_number = row["holds"] == "number"
        table[str(name)] = [float(parse(cell)) if cell else float("nan") for cell in cells] if is_number else cells
    return table


def feature_name(data: Data, feature: str, lang: Lang) -> str:
    """The name of a feature in a language, the Vietnamese one where there is no other."""
    row = declared(data).loc[feature]
    return str(row[f"name_{lang}"] or row["name_vi"])


def value_name(data: Data, feature: str, value: object, lang: Lang) -> str:
    """What a unit has of a feature, as the language writes it; empty where it is unknown."""
    if isinstance(value, float):
        return "" if pd.isna(value) else number(value, 0 if value.is_integer() else 2, lang)
    table = data.table_if_there(FILE, COLUMNS)
    names = table[(table["feature"] == feature) & (table["value"] == value) & (table["value"] != "")]
    return str(value) if names.empty else str(names.iloc[0][f"name_{lang}"] or names.iloc[0]["name_vi"])
