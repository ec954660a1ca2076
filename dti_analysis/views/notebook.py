"""What notebooks share: the guard of their parameters, and showing what there is to show."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

from IPython.display import display

from dti_analysis.common.faults import Fault, Faults, nearest
from dti_analysis.common.said import speak
from dti_analysis.common.text import LANGS

_KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    "year": ((int,), "a whole number"),
    "low": ((int, float), "a number"),
    "high": ((int, float), "a number"),
}
"""What a parameter may be, where that is not text."""
_INJECTED = "# Parameters"
"""How a cell begins that papermill puts in."""


def check_parameters(namespace: dict[str, Any], *names: str) -> None:
    """Refuse a parameter that the notebook does not have: papermill only warns of one, and goes on with the default.

    `namespace` is the notebook's globals(), `names` the parameters it has. An analyst's own variables do not matter: only what
    papermill has injected is looked at, and the values of the parameters themselves. Raises Faults: an unknown name that was
    injected, with the nearest known one; a parameter that is not set; a value of another kind than the parameter has.
    """
    faults = [
        Fault("notebook", "parameters", f"the parameter '{name}'", nearest(name, names))
        for name in _injected(namespace)
        if name not in names
    ]
    for name in names:
        types_, wanted = _KINDS.get(name, ((str,), "text"))
        if name not in namespace:
            own = [other for other in namespace if not other.startswith("_") and type(namespace[other]) in types_]
            like = get_close_matches(name, own, n=1)
            found = f"no '{name}', but '{like[0]}'" if like else f"no '{name}'"
            faults.append(Fault("notebook", "parameters", found, f"{name} = … in the cell of parameters, which is run first"))
        elif type(namespace[name]) not in types_:
            faults.append(Fault("notebook", "parameters", f"{name} = {namespace[name]!r}", wanted))
    if namespace.get("lang") in LANGS:
        speak(namespace["lang"], "notebook")
    if faults:
        raise Faults(faults)


def _injected(namespace: dict[str, Any]) -> list[str]:
    """The names that papermill has set, by the history of the kernel."""
    cells = [cell for cell in namespace.get("In", []) if cell.startswith(_INJECTED)]
    return [name for cell in cells for name in re.findall(r"^(\w+) = ", cell, flags=re.MULTILINE)]


def show(*parts: object) -> None:
    """Display findings, figures and tables one under another; what is None does not exist for this study."""
    for part in parts:
        if part is not None:
            display(part)
