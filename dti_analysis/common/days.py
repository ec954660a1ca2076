"""Days as people write them in parameters: ISO dates, or a fault that says so."""

from __future__ import annotations

from datetime import date

from dti_analysis.common.faults import fault


def iso_day(text: str, parameter: str) -> date:
    """The day that an ISO date names. Raises Faults where it names none."""
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise fault("parameter", parameter, f"'{text}'", "a date as 2025-06-30") from None
