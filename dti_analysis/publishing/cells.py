"""The engine of papermill that the batch uses: cells run by IPython in the process that asks for them, a page's own fork.

An ordinary kernel is another process, spoken to through sockets; that took longer than what most cells do. A page that is made
has a process of its own already. Outputs are those of an ordinary kernel: a test runs published notebooks again in one.
"""

from __future__ import annotations

import base64
import os
import sys
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import TextIOBase
from typing import TYPE_CHECKING, Any

from ipykernel.ipkernel import IPythonKernel
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode, from_dict
from papermill.engines import Engine, papermill_engines
from traitlets import Type
from traitlets.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "dti"
_INLINE = "module://matplotlib_inline.backend_inline"


class _Outputs:
    """The outputs of the cell that runs, in their order."""

    def __init__(self) -> None:
        self.now: list[NotebookNode] = []
        self._shown: dict[str, list[NotebookNode]] = {}
        self._clear_before_next = False

    def add(self, kind: str, **content: Any) -> NotebookNode:
        if self._clear_before_next:
            self.now.clear()
            self._clear_before_next = False
        self.now.append(from_dict({"output_type": kind} | content))
        return self.now[-1]

    def write(self, name: str, text: str) -> None:
        """Text to a stream: what follows what was written to the same stream is one output with it."""
        last = self.now[-1] if self.now and not self._clear_before_next else None
        if last is not None and last.output_type == "stream" and last.name == name:
            last.text += text
        elif text:
            self.add("stream", name=name, text=text)

    def display(self, data: dict[str, Any], metadata: dict[str, Any], name: str | None, update: bool) -> None:
        if not update:
            shown = self.add("display_data", data=data, metadata=metadata)
            if name is not None:
                self._shown.setdefault(name, []).append(shown)
        for before in self._shown.get(name or "", []) if update else []:
            before.data, before.metadata = data, metadata

    def clear(self, wait: bool) -> None:
        self._clear_before_next = wait
        if not wait:
            self.now.clear()


def _as_text(data: dict[str, Any]) -> dict[str, Any]:
    """What is displayed, with bytes as a notebook's file holds them."""
    return {kind: base64.b64encode(part).decode() if isinstance(part, bytes) else part for kind, part in data.items()}


class _Stream(TextIOBase):
    encoding = "utf-8"

    def __init__(self, name: str, outputs: _Outputs):
        self.name, self._outputs = name, outputs

    def write(self, text: str) -> int:
        self._outputs.write(self.name, text)
        return len(text)

    def writable(self) -> bool:
        return True


class _Publisher(DisplayPublisher):
    outputs: _Outputs

    def publish(  # type: ignore[override]  # without an argument that is no longer used
        self, data: Any, metadata: Any = None, *, transient: Any = None, update: bool = False, **_: Any
    ) -> None:
        self.outputs.display(_as_text(data), metadata or {}, (transient or {}).get("display_id"), update)

    def clear_output(self, wait: bool = False) -> None:
        self.outputs.clear(wait)


class _Hook(DisplayHook):
    outputs: _Outputs

    def write_output_prompt(self) -> None:
        """There is none."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        if format_dict:
            count = self.prompt_count
            self.outputs.add("execute_result", data=_as_text(format_dict), metadata=md_dict or {}, execution_count=count)

    def finish_displayhook(self) -> None:
        """There is nothing to flush."""


class _Shell(InteractiveShell):
    outputs: _Outputs
    display_pub_class = Type(_Publisher)
    displayhook_class = Type(_Hook)

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        self.outputs.add("error", ename=str(etype.__name__), evalue=str(evalue), traceback=stb)


@contextmanager
def _shell() -> Iterator[_Shell]:
    """A shell with a state of its own, whose outputs are kept and not printed."""
    config = Config()
    config.HistoryManager.enabled = False
    os.environ.setdefault("MPLBACKEND", _INLINE)  # what an ordinary kernel gives figures of pyplot
    if "matplotlib" in sys.modules:
        sys.modules["matplotlib"].rcParams["backend"] = os.environ["MPLBACKEND"]
    _Shell.clear_instance()
    shell = _Shell.instance(config=config)
    outputs = shell.outputs = _Outputs()
    for part in (shell.display_pub, shell.displayhook):
        assert isinstance(part, _Publisher | _Hook)
        part.outputs = outputs
    with redirect_stdout(_Stream("stdout", outputs)), redirect_stderr(_Stream("stderr", outputs)):
        yield shell


class CellsHere(Engine):  # type: ignore[misc]
    """Runs the cells of a notebook in this process."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **_: Any) -> None:
        """Run all cells, up to the first that fails. Outputs go into the notebook that papermill keeps."""
        nb_man.nb.metadata["language_info"] = dict(IPythonKernel.language_info)
        with _shell() as shell:
            for index, cell in enumerate(nb_man.nb.cells):
                nb_man.cell_start(cell, index)
                try:
                    if cell.cell_type == "code" and not _run(cell, shell):
                        nb_man.cell_exception(cell, index)
                        break
                finally:
                    nb_man.cell_complete(cell, index)


def _run(cell: NotebookNode, shell: _Shell) -> bool:
    """Run one cell; whether it went well, or may go wrong as its tag says."""
    shell.outputs.now = cell.outputs = []
    if not cell.source.strip():
        return True
    cell.execution_count = shell.execution_count
    result = shell.run_cell(cell.source, store_history=True)  # type: ignore[no-untyped-call]
    sys.stdout.flush()
    cell.outputs = list(shell.outputs.now)
    if result.success or "raises-exception" not in cell.metadata.get("tags", []):
        return bool(result.success)
    cell.outputs = [_let_happen(output) for output in cell.outputs]
    return True


def _let_happen(output: NotebookNode) -> NotebookNode:
    """An error that a notebook shows on purpose: what it is called and says, as if printed.

    As an error, papermill would take it for a failure; its trace is another on every machine.
    """
    if output.output_type != "error":
        return output
    told: NotebookNode = from_dict({"output_type": "stream", "name": "stderr", "text": f"{output.ename}: {output.evalue}\n"})
    return told


papermill_engines.register(NAME, CellsHere)
