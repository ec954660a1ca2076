"""Word templates that an office may edit: checked before anything is written, filled in, the same bytes for the same words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from dti_analysis.common.faults import Fault, Faults, fault, nearest
from dti_analysis.common.rooms import TEMPLATES
from dti_analysis.common.text import Lang, day, label
from dti_analysis.common.writing import refuse_target, write_result
from dti_analysis.studies.extent import kind
from dti_analysis.studies.study import Study

KIND = "a Word document (.docx) with fields as {{ unit }}"
_SHOWN = 80
"""Letters of a paragraph that a fault shows."""
_PARTS = re.compile(r"word/(document|header\d*|footer\d*)\.xml")


def template_of(name: str, lang: Lang) -> Path:
    """The project's own template of a letter or an annex."""
    return TEMPLATES / "office" / f"{name}.{lang}.docx"


class Template:
    """A template that was read and checked against the fields that there are."""

    def __init__(self, path: Path, fields: Mapping[str, Any], needed: str):
        """`fields` are those of any one document, by name; a list of rows stands for the fields of its rows. `needed` is the
        field without which all documents would be alike.

        Raises Faults: a file that is no .docx, words of the template language that it does not have, every unknown field with
        the paragraph it stands in, and `needed` where it is missing.
        """
        self.path = path
        self._content = _read(path)
        faults = list(_faults(path, self._content, fields, needed))
        if faults:
            raise Faults(faults)

    def filled(self, fields: Mapping[str, Any]) -> bytes:
        """The document with its fields filled in. Raises Faults where the template asks for what there is not."""
        from docxtpl import DocxTemplate
        from jinja2 import TemplateError

        document, made = DocxTemplate(BytesIO(self._content)), BytesIO()
        try:
            document.render(dict(fields), _environment(), autoescape=True)
        except TemplateError as error:
            raise fault(self.path, "", str(error), "fields that there are") from None
        document.save(made)
        return _same_bytes(made.getvalue())


def heading(study: Study) -> dict[str, Any]:
    """The fields that letters and annexes have alike. Who issues and signs them is for the office to write; where the place is
    fictitious, so are they. Raises Faults for a year that is not decided."""
    if study.provisional:
        found, when = f"the state '{study.state}'", "a year that the council has decided (dti appraise)"
        raise fault(study.data.assessment_file(study.key), "state", found, when)
    lang, act, sample = study.lang, study.framework.reference, study.sample
    mine = study.data.places.loc[study.key.place]
    place = study.data.unit_names(lang).get(str(mine["unit"]), study.place)
    body = "sample_" if sample else ""
    above = label("office.above", lang, place=place) if sample else label("office.unknown", lang)
    return {
        "sample": label("office.sample", lang, kind=kind(study)) if sample else "",
        "issuer_above": above,
        "issuer": label(f"office.{body}issuer", lang),
        "signer": label(f"office.{body}signer", lang),
        "signer_name": label(f"office.{body}name", lang),
        "place": place,
        "year": str(study.year),
        "index": study.index,
        "index_within": _within(study.index),
        "level": study.level_name,
        "act": act.title,
        "act_number": act.number,
        "act_issued": day(act.issued, lang),
        "act_inferred": act.inferred,
        "as_of": day(study.provenance.as_of, lang) if study.provenance.as_of else "",
        "note": (getattr(study.provenance, f"note_{lang}") or "") if not sample else "",
        "part": label("annex.part", lang, count=len(study.units), all=len(study.due)) if study.partial else "",
    }


def _within(name: str) -> str:
    """A name as it stands within a sentence: without its capital, unless it is an abbreviation."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def write_all(files: dict[Path, bytes]) -> list[Path]:
    """Write files of one folder, all of them ready. Raises Faults for a folder that cannot be written to."""
    for folder in {path.parent for path in files}:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise fault(folder, "", error.strerror or str(error), "a folder that can be written to (--out)") from None
    for path in files:
        refuse_target(path)
    for path, content in files.items():
        write_result(path, content)
    return list(files)


def _environment() -> Any:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)


def _read(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        with ZipFile(BytesIO(content)) as packed:
            if "word/document.xml" not in packed.namelist():
                raise fault(path, "", "a file without a Word document in it", KIND)
    except FileNotFoundError:
        raise fault(path, "", "no such file", KIND) from None
    except IsADirectoryError:
        raise fault(path, "", "a folder", KIND) from None
    except BadZipFile:
        raise fault(path, "", "a file that is no .docx (an older .doc is to be saved as .docx)", KIND) from None
    except OSError as error:
        raise fault(path, "", error.strerror or str(error), KIND) from None
    return content


def _faults(path: Path, content: bytes, fields: Mapping[str, Any], needed: str) -> Iterator[Fault]:
    from docxtpl import DocxTemplate
    from jinja2 import TemplateSyntaxError, nodes

    with ZipFile(BytesIO(content)) as packed:
        parts = [packed.read(name).decode("utf-8", "replace") for name in packed.namelist() if _PARTS.fullmatch(name)]
    used: set[str] = set()
    wrong: dict[str, tuple[str, tuple[str, ...]]] = {}
    for said in (text for part in parts for text in _open(part)):
        yield Fault(str(path), f"the paragraph “{said[:_SHOWN]}”", "braces that do not close", "fields as {{ unit }}")
        wrong[said] = ("", ())
    if wrong:
        return
    for part in parts:
        text = re.sub(r"<w:p([ >])", r"\n<w:p\1", DocxTemplate(BytesIO(content)).patch_xml(part))
        try:
            tree = _environment().parse(text)
            _environment().compile(text)  # knows its filters
        except TemplateSyntaxError as error:
            expected = "fields as {{ unit }}, blocks as {%p if … %} … {%p endif %}"
            yield Fault(str(path), _paragraph(text, error.lineno), error.message or "no field", expected)
            return
        used |= {name.name for name in tree.find_all(nodes.Name)}
        for name, line, known in _unknown(tree, fields, {}):
            wrong.setdefault(name, (_paragraph(text, line), known))
    for name, (place, known) in wrong.items():
        yield Fault(str(path), place, f"the field '{name}'", nearest(name.rpartition(".")[2], known))
    if needed not in used and not wrong:
        yield Fault(str(path), "", f"no field '{needed}'", "a template that uses it: without, all are the same")


def _unknown(
    node: Any, fields: Mapping[str, Any], rows: dict[str, tuple[str, ...]]
) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    """Names that a template uses and nobody gives, each with its line and those that there are. `rows`: the names of loops."""
    from jinja2 import nodes

    if isinstance(node, nodes.For) and isinstance(node.target, nodes.Name):
        yield from _unknown(node.iter, fields, rows)
        rows = {**rows, node.target.name: _keys(node.iter, fields)}
        for child in (*node.body, *node.else_, *([node.test] if node.test else [])):
            yield from _unknown(child, fields, rows)
        return
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name in rows:
        known = rows[node.node.name]
        if known and node.attr not in known:
            yield f"{node.node.name}.{node.attr}", node.lineno, known
        return
    if isinstance(node, nodes.Name) and node.ctx == "load" and node.name not in {*fields, *rows, "loop"}:
        yield node.name, node.lineno, tuple(fields)
    for child in node.iter_child_nodes():
        yield from _unknown(child, fields, rows)


def _keys(asked: Any, fields: Mapping[str, Any]) -> tuple[str, ...]:
    """What a row of a list of rows has; nothing for a list of texts or of what the template makes itself."""
    first = next(iter(fields.get(getattr(asked, "name", ""), [])), None)
    return tuple(first) if isinstance(first, Mapping) else ()


def _open(part: str) -> Iterator[str]:
    """The paragraphs in which a field or a block is opened and not closed, or the other way round."""
    for paragraph in re.findall(r"<w:p[ >].*?</w:p>", part, re.DOTALL):
        said = "".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", paragraph))
        if said.count("{{") != said.count("}}") or said.count("{%") != said.count("%}"):
            yield said


def _paragraph(text: str, line: int) -> str:
    """What stands in the paragraph that begins on a line."""
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", text.split("\n")[line - 1])).strip()
    return f"the paragraph “{said[:_SHOWN]}{'…' if len(said) > _SHOWN else ''}”" if said else ""


def _same_bytes(content: bytes) -> bytes:
    """A packed document without the day on which it was packed."""
    packed = BytesIO()
    with ZipFile(BytesIO(content)) as given, ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name in given.namelist():
            entry = ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o600 << 16
            archive.writestr(entry, given.read(name))
    return packed.getvalue()
