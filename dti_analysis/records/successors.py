"""Units over time: who is due on a day, and which unit carries on another that ended."""

from __future__ import annotations

import pandas as pd


def there_on(units: pd.DataFrame, day: str) -> pd.Series:
    """Which units of units.csv were there on a day (ISO)."""
    begun = (units["valid_from"] == "") | (units["valid_from"] <= day)
    return begun & ((units["valid_to"] == "") | (units["valid_to"] >= day))


def there_in(units: pd.DataFrame, year: int) -> pd.Series:
    """Which units were there on any day of a year."""
    begun = (units["valid_from"] == "") | (units["valid_from"] <= f"{year}-12-31")
    return begun & ((units["valid_to"] == "") | (units["valid_to"] >= f"{year}-01-01"))


def successors(units: pd.DataFrame) -> dict[str, str]:
    """The successor of every unit that has one."""
    return {unit: after for unit, after in zip(units["unit"], units["successor"], strict=True) if after}


def heir(unit: str, after: dict[str, str], among: set[str]) -> str:
    """The unit that carries on another: itself where it is among those looked for, else the first of its successors that is;
    empty where none is."""
    seen = {unit}
    while unit not in among:
        unit = after.get(unit, "")
        if not unit or unit in seen:
            return ""
        seen.add(unit)
    return unit
