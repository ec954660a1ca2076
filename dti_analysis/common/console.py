"""What a console can show: any text, in whatever encoding it has, for as long as somebody reads."""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO

from dti_analysis.common.faults import fault


def prepare() -> None:
    """Let what the encoding of the console lacks be shown by its code point, rather than end the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(text: str, stream: TextIO | None = None) -> None:
    """Print a line. Once nobody reads any more, as behind `| head -1`, go on in silence: the work is worth its end."""
    stream = stream or sys.stdout
    try:
        stream.write(text + "\n")
        stream.flush()
    except BrokenPipeError:
        _close(stream)
    except OSError as error:
        _close(stream)
        if stream is not sys.stderr:
            raise fault("standard output", "", error.strerror or str(error), "room for what is printed") from None


def _close(stream: TextIO) -> None:
    """Let what is still to be written go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
