"""Whom readers of the site may turn to, and where its code lies: data/site.yaml. What is not known is left empty there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from dti_analysis.common.fields import Words, address
from dti_analysis.records.door import read_document

FILE = "site.yaml"
_Page = Annotated[str, address("https")]


def _no_slash(text: str) -> str:
    if text.endswith("/"):
        raise ValueError("an address without a slash at its end")
    return text


class Named(BaseModel):
    """Somebody or something with a name, and where it is found."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Words
    href: Annotated[str, address("https", "mailto")]


class About(BaseModel):
    """What a site says of itself: contact for corrections, address of the code, licence, and where it is published."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    contact: Named | None = None
    code: _Page | None = None
    licence: Named | None = None
    address: Annotated[_Page, AfterValidator(_no_slash)] | None = None


def about(root: Path) -> About:
    """What data/site.yaml says; nothing where there is no such file. Raises Faults for keys or values it cannot have."""
    path = root / FILE
    return read_document(path, About)[0] if path.exists() else About()
