"""Forks that make pages: each with a state of its own, outputs as of an ordinary kernel, and nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import papermill
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from dti_analysis.common.faults import Faults, fault
from dti_analysis.publishing.cells import NAME
from dti_analysis.publishing.forks import Died, Forks, peak

CELLS = [
    "x = 41\nx + 1",
    "import sys\nprint('out'); print('more'); print('err', file=sys.stderr)\nx;",
    "from IPython.display import Markdown, display, clear_output\ndisplay(Markdown('*one*'), {'two': 2}); print('three')\nx",
    "import pandas as pd\npd.DataFrame({'a': [1.5, None]})",
    "handle = display('before', display_id='h'); handle.update('after')",
    "print('gone'); clear_output(wait=True); print('kept')",
    "import asyncio\nawait asyncio.sleep(0.001)\n'awaited'",
    "%precision 2\nstr(_1) + In[1]",
    "class Drawn:\n    def __repr__(self): return 'drawn'\n"
    "    def _repr_png_(self): return b'\\x89PNG'\n    def _repr_html_(self): return '<b>x</b>'\nDrawn()",
    "__name__, get_ipython().user_ns is globals(), sorted(name for name in globals() if not name.startswith('_'))[:4]",
    "",
]


def _in_fork(work: Any) -> Any:
    hands = Forks(1)
    hands.start("work", work)
    ((name, result),) = hands.wait()
    assert name == "work"
    return result


def _notebook(*cells: str) -> NotebookNode:
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "Python 3"}
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


def _run(path: Path, *cells: str) -> Any:
    """A notebook run in a fork: the notebook, or the error."""
    path.write_text(json.dumps(_notebook(*cells)), encoding="utf-8")
    work = {"input_path": str(path), "output_path": None, "engine_name": NAME, "progress_bar": False}
    return _in_fork(lambda: papermill.execute_notebook(**work))


def _outputs(notebook: NotebookNode) -> list[Any]:
    return [[cell.execution_count, *cell.outputs] for cell in notebook.cells]


def _without_times(outputs: list[Any]) -> list[Any]:
    text = json.dumps(outputs)
    return [line for line in json.loads(text) if "CPU times" not in json.dumps(line)]


def test_outputs_are_those_of_an_ordinary_kernel(tmp_path: Path) -> None:
    ordinary = NotebookClient(_notebook(*CELLS), kernel_name="python3").execute()
    forked = _run(tmp_path / "cells.ipynb", *CELLS)
    for mine, its in zip(_outputs(forked), _outputs(ordinary), strict=True):
        assert _without_times([mine]) == _without_times([its])
    assert "version" in ordinary.metadata.language_info
    same = {**ordinary.metadata.language_info}
    assert forked.metadata.language_info == same


def test_an_error_ends_the_notebook_and_is_told_as_an_ordinary_kernel_tells_it(tmp_path: Path) -> None:
    error = _run(tmp_path / "cells.ipynb", "1", "raise ValueError('so')", "open('never', 'w')")
    assert "ValueError" in str(error) and "so" in str(error) and not (tmp_path / "never").exists()
    assert "SyntaxError" in str(_run(tmp_path / "cells.ipynb", "1 +"))
    assert "SystemExit" in str(_run(tmp_path / "cells.ipynb", "import sys\nsys.exit(3)"))


def test_a_fork_keeps_its_own_state_and_has_what_was_there_before(tmp_path: Path) -> None:
    first = _run(tmp_path / "one.ipynb", "import builtins, os; builtins.left = os.environ['LEFT'] = 'behind'; len(left)")
    second = _run(
        tmp_path / "two.ipynb",
        "import os, sys; 'left' in dir(__builtins__), os.environ.get('LEFT'), 'papermill' in sys.modules",
    )
    assert first.cells[0].outputs[0].data["text/plain"] == "6"
    assert second.cells[0].outputs[0].data["text/plain"] == "(False, None, True)"


def _refuse() -> None:
    raise fault("form.csv", "row 2", "this", "that")


def test_what_forks_meet_arrives_whole() -> None:
    met = _in_fork(_refuse)
    assert isinstance(met, Faults) and str(met) == "form.csv: row 2: found this; expected that"
    assert isinstance(_in_fork(lambda: os.kill(os.getpid(), signal.SIGKILL)), Died)
    assert isinstance(_in_fork(lambda: sys.exit(4)), SystemExit)
    unsendable = _in_fork(lambda: lambda: None)
    assert isinstance(unsendable, RuntimeError)
    most = _in_fork(lambda: (bytearray(200 << 20), peak())[1])
    assert most is None or most > 200


def test_forks_work_side_by_side_and_end_with_the_batch(tmp_path: Path) -> None:
    script = (
        "import os, time\nfrom dti_analysis.publishing.forks import Forks\nhands = Forks(2)\n"
        "for name in 'ab':\n    hands.start(name, lambda: time.sleep(600))\n"
        "print([process.pid for _, process in hands._running.values()], flush=True)\nhands.wait()"
    )
    batch = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert batch.stdout is not None
    forks = json.loads(batch.stdout.readline())
    assert len(forks) == 2 and all(Path(f"/proc/{pid}").exists() for pid in forks)
    batch.kill()
    batch.communicate()
    ended = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in forks) and time.monotonic() < ended:
        time.sleep(0.05)
    assert not any(Path(f"/proc/{pid}").exists() for pid in forks)


def test_the_ordinary_kernel_is_the_environments_own() -> None:
    command = [str(Path(sys.executable).parent / "jupyter"), "kernelspec", "list", "--json"]
    specifications = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)["kernelspecs"]
    assert Path(specifications["python3"]["resource_dir"]).is_relative_to(sys.prefix)
