"""What notebooks share: the guard of their parameters, and showing what there is to show."""

from __future__ import annotations

import types
from typing import Any

from IPython.display import display

from dti_analysis.common.faults import Fault, Faults, nearest

_KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    "year": ((int,), "a whole number"),
    "low": ((int, float), "a number"),
    "high": ((int, float), "a number"),
}
"""What a parameter may be, where that is not text."""
_IPYTHON = {"In", "Out", "exit", "quit", "get_ipython", "open"}


def check_parameters(namespace: dict[str, Any], **parameters: object) -> None:
    """Refuse a parameter that the notebook does not have: papermill only warns of one, and goes on with the default.

    `namespace` is the notebook's globals(), `parameters` the ones it has. Raises Faults: unknown names, with the nearest
    known one; a value of another kind than the parameter has.
    """
    faults = []
    for name, value in namespace.items():
        imported = isinstance(value, types.ModuleType | types.FunctionType | type)
        if not (name.startswith("_") or name in _IPYTHON or imported or name in parameters):
            faults.append(Fault("notebook", "parameters", f"the parameter '{name}'", nearest(name, parameters)))
    for name, value in parameters.items():
        types_, wanted = _KINDS.get(name, ((str,), "text"))
        if type(value) not in types_:
            faults.append(Fault("notebook", "parameters", f"{name} = {value!r}", wanted))
    if faults:
        raise Faults(faults)


def show(*parts: object) -> None:
    """Display findings, figures and tables one under another; what is None does not exist for this study."""
    for part in parts:
        if part is not None:
            display(part)
