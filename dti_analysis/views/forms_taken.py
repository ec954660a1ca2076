"""What an intake did, at the terminal: who has sent, who has not, who was late, how complete; and every fault by its cell."""

from __future__ import annotations

from dti_analysis.common.text import Lang, day, label
from dti_analysis.records.forms_in import Sent, Taken

_COLOURS = {"received": "green", "late": "yellow", "refused": "red", "missing": "red"}


def show(taken: Taken, lang: Lang) -> None:
    """Print the table of units, the faults of refused files, and where things were written."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    out = Console(highlight=False, soft_wrap=True)
    table = Table(*(label(f"taken.{name}", lang) for name in ("unit", "state", "day", "complete", "versions", "by")))
    for one in taken.sent:
        colour = _COLOURS[one.state]
        table.add_row(
            escape(one.name), f"[{colour}]{label(f'taken.{one.state}', lang)}[/{colour}]", *map(escape, _figures(one, lang))
        )
    out.print(table)
    counted = {state: sum(one.state == state for one in taken.sent) for state in _COLOURS}
    out.print(label("taken.summary", lang, all=len(taken.sent), **counted))
    for form in taken.refused:
        for fault in form.faults:
            place = ": ".join(filter(None, [form.path.name, fault.place()]))
            words = label("intake.fault", lang, place=place, found=fault.found, expected=fault.expected)
            out.print(f"[red]✗[/red] {escape(words)}")
    if taken.anew:
        out.print(f"[yellow]![/yellow] {escape(label('appraise.anew_count', lang, count=len(taken.anew)))}")
        for row in taken.anew:
            out.print(f"  {escape(row)}")
    for path in taken.returned:
        out.print(escape(label("taken.returned", lang, path=path)))
    if taken.assessment:
        out.print(escape(label("taken.written" if taken.changed else "taken.unchanged", lang, path=taken.assessment)))


def _figures(one: Sent, lang: Lang) -> list[str]:
    if not one.versions:
        return ["", "", "", ""]
    complete = label("taken.of", lang, answered=one.answered, asked=one.asked, percent=100 * one.answered // max(1, one.asked))
    return [day(one.received, lang), complete, str(one.versions), one.by]
