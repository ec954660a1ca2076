"""How the sample province appraises: the state of the evidence, what it leaves of a claim, the document and the remark."""

from __future__ import annotations

from typing import Literal

from dti_analysis.criteria.framework import Component

State = Literal["full", "partial", "missing", "late", "none"]
"""Evidence complete, in part, not there, handed in late; nothing asked, or nothing claimed that would need any."""

_SYSTEM = "Không phải nộp"  # how the evidence of a criterion begins whose figures are drawn from a system
_KINDS = {"Quyết định": "QĐ", "Kế hoạch": "KH", "Thông báo": "TB", "Báo cáo": "BC", "Biên bản": "BB"}
_MONTHS = {"KH": (1, 3), "BC": (10, 12), "BB": (11, 12)}
_REMARKS: dict[State, dict[bool, tuple[str, ...]]] = {
    "partial": {
        True: ("số liệu minh chứng thấp hơn số tự chấm", "một phần số liệu chưa có tài liệu kèm theo"),
        False: ("minh chứng chưa đúng nội dung", "minh chứng chưa cho thấy kết quả"),
    },
    "late": {
        True: ("nộp sau hạn, chỉ tính số liệu đến ngày khóa sổ", "số bổ sung sau hạn không được tính"),
        False: ("nộp sau hạn", "bổ sung sau ngày khóa sổ"),
    },
    "full": {True: ("minh chứng cho thấy nhiều hơn số tự chấm",), False: ("minh chứng cho thấy cao hơn mức tự chấm",)},
    "none": {True: ("khác số tự chấm",), False: ("khác mức tự chấm",)},
    "missing": {True: ("",), False: ("",)},
}
"""What the appraisal says where it changed something: of numbers, and of other cells."""


def asks_nothing(indicator: Component) -> bool:
    """Whether an indicator's figures are drawn from a system, so that nobody hands in evidence."""
    return indicator.evidence is not None and indicator.evidence.vi.startswith(_SYSTEM)


def appraise(claim: float, quality: float, system: bool, draws: list[float]) -> tuple[State, float]:
    """The state of the evidence, and the share of the points that the appraisal finds."""
    kind, cut, other, turn = draws
    doubt = 0.92 - 0.64 * quality
    if system:  # the figures of the system stand, a little more or a little less than claimed
        found = claim + 0.15 * cut if turn < 0.25 else claim - 0.3 * cut * (1.3 - quality)
        return "none", found if kind < doubt + 0.35 else claim
    if kind > doubt:
        return "full", claim + 0.4 * cut if turn < 0.4 else claim
    if other < 0.62:
        return "partial", claim * (0.25 + 0.6 * cut)
    return ("late", claim * (0.35 + 0.4 * cut)) if other < 0.83 else ("missing", 0.0)


def document(indicator: Component, short: str, year: int, state: State, draws: list[float]) -> str:
    """The document that proves a criterion, as the unit names it; none where the evidence is missing."""
    text = indicator.evidence.vi if indicator.evidence else ""
    kind = next((abbreviation for word, abbreviation in _KINDS.items() if text.startswith(word)), "CV")
    first, last = _MONTHS.get(kind, (1, 12))
    day, month = 1 + int(28 * draws[1]), first + int((last - first + 1) * draws[2])
    if state == "missing":
        return ""
    if asks_nothing(indicator):
        return f"trích hệ thống ngày {1 + day % 20:02d}/01/{year + 1}"
    if text.startswith(("Đường dẫn", "Ảnh")):
        return f"ảnh chụp ngày {day:02d}/{month:02d}/{year}"
    if text.startswith("Biểu"):
        return f"biểu kiểm kê ngày 31/12/{year}"
    return f"{1 + int(240 * draws[0])}/{kind}-{short} ngày {day:02d}/{month:02d}/{year}"


def remark(leaf: Component, state: State, draw: float) -> str:
    """Why the appraisal changed what was claimed."""
    counted = leaf.way is not None and any(cell.kind in ("count", "number") for cell in leaf.way.cells().values())
    remarks = _REMARKS[state][counted]
    return remarks[int(draw * len(remarks))]
