"""What notebooks share: the guard of their parameters, and showing what there is to show."""

from __future__ import annotations

import types
from typing import Any

from IPython.display import display

from dti_analysis.faults import Fault, Faults, nearest

_IPYTHON = {"In", "Out", "exit", "quit", "get_ipython", "open"}


def check_parameters(namespace: dict[str, Any], **parameters: object) -> None:
    """Refuse a parameter that the notebook does not have: papermill only warns of one, and goes on with the default.

    `namespace` is the notebook's globals(), `parameters` the ones it has. Raises Faults: unknown names, with the nearest
    known one; a year that is no whole number; a text parameter that is not text.
    """
    faults = []
    for name, value in namespace.items():
        imported = isinstance(value, types.ModuleType | types.FunctionType | type)
        if not (name.startswith("_") or name in _IPYTHON or imported or name in parameters):
            faults.append(Fault("notebook", "parameters", f"the parameter '{name}'", nearest(name, parameters)))
    for name, value in parameters.items():
        wanted = int if name == "year" else str
        if type(value) is not wanted:
            kind = "a whole number" if wanted is int else "text"
            faults.append(Fault("notebook", "parameters", f"{name} = {value!r}", kind))
    if faults:
        raise Faults(faults)


def show(*parts: object) -> None:
    """Display findings, figures and tables one under another; what is None does not exist for this study."""
    for part in parts:
        if part is not None:
            display(part)
