"""The sums of a form: one row of formulas for each component, added up as dti_analysis.scores.scoring does.

A tally is the points, what comes on top, the maximum, whether it does not apply, and whether a gate is shut; what does not
apply hands its points to its siblings where the act says so, and the scale of all that is below follows from that.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from dti_analysis.common.exact import ZERO
from dti_analysis.criteria.framework import TOTAL, Framework, Ranking
from dti_analysis.criteria.rules import Gate
from dti_analysis.records.workbook_layout import Line
from dti_analysis.records.workbook_rules import Leaf, Levelled, literal, points, state

SUMS = ["code", "state", "points", "extra", "maximum", "absent", "shut", "factor", "scale", "earned", "attainable"]
"""The columns of the sums; `earned` and `attainable` are what a reader sees."""
AT = {name: chr(ord("A") + place) for place, name in enumerate(SUMS)}
OFF = "off"
"""The state of a component that is not there for the group."""


@dataclass
class Sums:
    """The formulas of every component, and the row of the hidden sheet in which they stand.

    What is not valid yet counts as what is missing does.
    """

    framework: Framework
    lines: list[Line]
    first: int
    answers: dict[str, dict[str, str]]
    levels: dict[str, Levelled]
    row: dict[str, int] = field(init=False)
    on_top: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.row = {line.code: self.first + place for place, line in enumerate(self.lines)}
        self.on_top = set()
        for line in reversed(self.lines[:-1]):  # parents stand before their children, the total last
            self._note_on_top(line)

    def _note_on_top(self, line: Line) -> None:
        own = line.component.way is not None and not line.component.max_points and not isinstance(line.rule, Gate)
        if own or line.code in self.on_top:
            self.on_top.add(line.code)
            above = self.framework.by_code[line.parent]
            if above.combine != "best":
                self.on_top.add(above.code)

    def cell(self, code: str, name: str) -> str:
        """The address of one figure of a component."""
        return f"{AT[name]}{self.row[code]}"

    @property
    def states(self) -> str:
        """The range of all states."""
        return f"{AT['state']}{self.first}:{AT['state']}{self.first + len(self.lines) - 1}"

    def formulas(self, line: Line) -> dict[str, str | int]:
        """Every column of a component but its code."""
        own = self._leaf(line) if line.rule is not None else self._whole(line)
        scale = f"={self.cell(line.parent, 'scale')}*{self.cell(line.parent, 'factor')}" if line.code != TOTAL else 1
        earned = f"={self.cell(line.code, 'points')}*{self.cell(line.code, 'scale')}+{self.cell(line.code, 'extra')}"
        attainable = f"={self.cell(line.code, 'maximum')}*{self.cell(line.code, 'scale')}"
        return {"shut": 0, "factor": 1, "scale": scale, "earned": earned, "attainable": attainable} | own

    def _leaf(self, line: Line) -> dict[str, str | int]:
        rule, ranking = line.rule, self.framework.ranking
        assert rule is not None
        if not line.applies:
            return {"state": OFF, "points": 0, "extra": 0, "maximum": 0, "absent": 1}
        leaf = Leaf(self.answers.get(line.code, {}), line.component, line.maximum, self.levels.get(line.code))
        at = self.cell(line.code, "state")
        gone = f'OR({at}="n/a",{at}="missing",{at}="check")' if ranking.missing == "not_applicable" else f'{at}="n/a"'
        earned = points(leaf, rule, ranking, at)
        on_top = line.component.way is not None and not line.component.max_points and line.maximum == ZERO
        figures: dict[str, str | int] = {
            "state": state(leaf, rule),
            "points": 0 if on_top else earned,
            "extra": earned if on_top else 0,
            "maximum": f"=IF({self.cell(line.code, 'absent')}=1,0,{literal(line.maximum)})",
            "absent": f"=IF({gone},1,0)",
        }
        if isinstance(rule, Gate):
            return figures | {"extra": 0, "shut": self._shut(earned, at, ranking)}
        return figures

    def _shut(self, earned: str, at: str, ranking: Ranking) -> str:
        failed = f"{earned.removeprefix('=')}<0"
        return (
            f'=IF(OR({failed},{at}="missing",{at}="check"),1,0)'
            if ranking.missing != "not_applicable"
            else f"=IF({failed},1,0)"
        )

    def _whole(self, line: Line) -> dict[str, str | int]:
        """A component above others."""
        component = line.component
        codes = [child.code for child in component.children]
        every = {name: [self.cell(code, name) for code in codes] for name in ("points", "extra", "maximum", "absent", "shut")}
        absent, shut = f"MIN({_list(every['absent'])})", f"MAX({_list(every['shut'])})=1"
        total, attainable = f"SUM({_list(every['points'])})", f"SUM({_list(every['maximum'])})"
        extra = f"SUM({_list(every['extra'])})" if line.code in self.on_top else ""
        factor: str | int = 1
        if component.combine == "best":
            each = [f"{own}+{more}" for own, more in zip(every["points"], every["extra"], strict=True)]
            total, attainable, extra = f"MAX({','.join(each)})", f"MAX({_list(every['maximum'])})", ""
        if extra and component.extra_at_most is not None:
            extra = f"MIN({extra},{literal(component.extra_at_most)})"
        if extra and component.extra_at_least is not None:
            extra = f"MAX({extra},{literal(component.extra_at_least)})"
        if component.combine == "base_plus":
            absent = f"MAX({every['absent'][0]},{absent})"
            shut = f"OR({shut},{every['points'][0]}<=0)"
            attainable = f"IF({self.cell(line.code, 'absent')}=1,0,{attainable})"
        elif component.combine == "sum" and self.framework.ranking.not_applicable == "redistribute":
            whole = literal(line.maximum)
            factor = f"=IF({attainable}=0,1,{whole}/{attainable})"
            total = f"{total}*{self.cell(line.code, 'factor')}"
            attainable = f"IF({attainable}=0,0,{whole})"
        return {
            "state": "",
            "points": f"=IF({shut},0,{total})",
            "extra": f"=IF({shut},0,{extra})" if extra else 0,
            "maximum": f"={attainable}",
            "absent": f"={absent}",
            "factor": factor,
        }


def _list(addresses: list[str]) -> str:
    """Addresses as arguments: those that follow each other as a range."""
    runs: list[list[str]] = []
    for address in addresses:
        if runs and int(address[1:]) == int(runs[-1][-1][1:]) + 1:
            runs[-1].append(address)
        else:
            runs.append([address])
    return ",".join(run[0] if len(run) == 1 else f"{run[0]}:{run[-1]}" for run in runs)
