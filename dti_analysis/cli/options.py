"""Options that several commands share."""

from typing import Annotated, Any, Literal

import typer

from dti_analysis.common.said import speak

Lang = Literal["vi", "en"]  # as dti_analysis.common.text, which takes long to load


def _heard(context: typer.Context, option: typer.CallbackParam, value: Any) -> Any:
    """Tell faults in the language that was asked for, if one was: a default asks for none, nor do pages of both."""
    words = [value] if isinstance(value, str) else list(value or ())
    source = context.get_parameter_source(str(option.name))
    if len(set(words)) == 1 and source is not None and source.name != "DEFAULT":
        speak(words[0], "command" if option.envvar else "pages")
    return value


def language(what: str, of_pages: bool = False) -> Any:
    """The option --lang: the language of `what`, and of faults. DTI_LANG stands for it, but never chooses pages."""
    return typer.Option("--lang", help=f"{what} (and of faults; see DTI_LANG).", envvar=None if of_pages else "DTI_LANG",
                        show_envvar=False, callback=_heard)  # fmt: skip


Told = Annotated[Lang | None, typer.Option("--lang", help="The language of faults.", envvar="DTI_LANG", callback=_heard)]
"""For commands that make nothing in a language."""
