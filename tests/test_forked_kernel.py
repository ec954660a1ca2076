"""Forked kernels: full kernels with a state of their own, that leave nothing behind."""

from __future__ import annotations

import asyncio
import gc
import json
import subprocess
import sys
from pathlib import Path

import pytest

from dti_analysis.common.faults import Faults, fault
from dti_analysis.publishing.kernels import ForkedKernelManager, in_fork


async def _run(*cells: str) -> tuple[list[str], Path, bool]:
    """What the cells print or the names of their errors, in one kernel; its socket folder; and whether it still lives after."""
    manager = ForkedKernelManager(kernel_name="python3")
    await manager.start_kernel()
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(timeout=60)
    said: list[str] = []

    def hear(message: dict) -> None:  # type: ignore[type-arg]
        content = message["content"]
        said.extend(
            [content["text"].strip()] if message["msg_type"] == "stream" else [content["ename"]] if "ename" in content else []
        )

    for cell in cells:
        await client.execute_interactive(cell, output_hook=hear, timeout=60, stop_on_error=False)
    folder = Path(manager._folder.name)
    client.stop_channels()
    await manager.shutdown_kernel(now=True)
    alive = await manager.is_alive()
    return said, folder, alive


def test_a_kernel_keeps_its_own_state_and_none_of_anothers() -> None:
    first, folder, alive = asyncio.run(_run("x = 41", "print(x + 1)"))
    second, _, _ = asyncio.run(_run("print(x)", "import sys; print('pandas' in sys.modules)"))
    assert first == ["42"]
    assert second == ["NameError", "True"], "nothing of the first kernel, and the imports already done"
    assert not alive
    gc.collect()
    assert not folder.exists()


def _refuse() -> None:
    raise fault("form.csv", "row 2", "this", "that")


def test_faults_of_forked_work_arrive_whole() -> None:
    with pytest.raises(Faults) as caught:
        in_fork(_refuse)
    assert [str(fault) for fault in caught.value.faults] == ["form.csv: row 2: found this; expected that"]


def test_the_ordinary_kernel_is_the_environments_own() -> None:
    command = [str(Path(sys.executable).parent / "jupyter"), "kernelspec", "list", "--json"]
    specifications = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)["kernelspecs"]
    assert Path(specifications["python3"]["resource_dir"]).is_relative_to(sys.prefix)
