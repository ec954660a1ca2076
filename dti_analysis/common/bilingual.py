"""Names and texts in two languages: where nobody wrote the English one, the Vietnamese one stands in for it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, model_validator


def english_of(name: str) -> str:
    """The English twin of a Vietnamese field, as name_en of name_vi; empty for a field of one language."""
    return name[:-2] + "en" if name == "vi" or name.endswith("_vi") else ""


def with_english(values: Any) -> Any:
    """Plain values, however deep, in which each Vietnamese text that has no English one beside it stands for both."""
    if isinstance(values, list):
        return [with_english(each) for each in values]
    if not isinstance(values, dict):
        return values
    made = {name: with_english(each) for name, each in values.items()}
    twins = {english_of(str(name)): each for name, each in values.items() if isinstance(each, str)}
    return made | {name: each for name, each in twins.items() if name and made.get(name) in (None, "")}


class Bilingual(BaseModel):
    """A model whose English fields are filled from the Vietnamese ones where they are empty or not there."""

    @model_validator(mode="before")
    @classmethod
    def _vietnamese_where_no_english(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        twins = {name: english_of(name) for name in cls.model_fields if english_of(name) in cls.model_fields}
        mute = {english: values[own] for own, english in twins.items() if values.get(english) in (None, "") and values.get(own)}
        return values | mute
