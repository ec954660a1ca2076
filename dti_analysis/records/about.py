"""Whom readers of the site may turn to, and where its code lies: data/site.yaml. What is not known is left empty there."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dti_analysis.common import strict_yaml
from dti_analysis.common.faults import Fault, Faults, refused_by_model

FILE = "site.yaml"


class Named(BaseModel):
    """Somebody or something with a name, and where it is found."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field(min_length=1)
    href: str = Field(pattern=r"^(https://|mailto:)\S+$")


class About(BaseModel):
    """What a site says of itself: contact for corrections, address of the code, licence, and where it is published."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    contact: Named | None = None
    code: str | None = Field(default=None, pattern=r"^https://\S+$")
    licence: Named | None = None
    address: str | None = Field(default=None, pattern=r"^https://\S+[^/]$")


def about(root: Path) -> About:
    """What data/site.yaml says; nothing where there is no such file. Raises Faults for keys or values it cannot have."""
    path = root / FILE
    if not path.exists():
        return About()
    document = strict_yaml.read(path)
    try:
        return About.model_validate(document.data or {})
    except ValidationError as error:
        raise Faults(
            Fault(str(path), f"line {document.line(tuple(detail['loc']))}", *_told(detail)) for detail in error.errors()
        ) from None


def _told(detail: object) -> tuple[str, str]:
    assert isinstance(detail, dict)
    key = str(detail["loc"][-1]) if detail["loc"] else ""
    fields = Named.model_fields if len(detail["loc"]) > 1 else About.model_fields
    return refused_by_model(detail, key, fields)
