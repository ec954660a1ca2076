"""Score, rank and explain digital transformation indices. The four names most used, loaded when first asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dti_analysis.criteria.framework_file import load
    from dti_analysis.records.intake import read_assessment
    from dti_analysis.scores.scoring import score
    from dti_analysis.studies.study import Study

__all__ = ["Study", "load", "read_assessment", "score"]
_HOME = {
    "Study": "studies.study",
    "load": "criteria.framework_file",
    "read_assessment": "records.intake",
    "score": "scores.scoring",
}


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"dti_analysis.{_HOME[name]}"), name)
    raise AttributeError(f"module 'dti_analysis' has no attribute '{name}'")
