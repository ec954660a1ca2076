"""nbconvert's HTML exporter without its detour: it parses every page anew to find images without words and parts that can be
focused on, of which ours have none. What it makes of a page by that is made here from its text, to the same bytes.
"""

from __future__ import annotations

import html as html_
import re
from typing import Any

from bs4.builder import HTMLTreeBuilder
from bs4.dammit import EntitySubstitution
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter

_NAME = r"[A-Za-z_][\w:.-]*"
_PIECE = re.compile(rf"""([^<]*)(?:<(/?)([A-Za-z][\w:-]*)((?:\s+{_NAME}(?:="[^"<]*"|='[^'<]*')?)*)\s*(/?)>|$)""")
_ATTRIBUTE = re.compile(rf"""\s({_NAME})(?:="([^"]*)"|='([^']*)')?""")
_REFERENCE = re.compile(r"&(?:(?:amp|lt|gt|quot|#x27);|#(\d{2,6});)?")
_VOID = HTMLTreeBuilder.DEFAULT_EMPTY_ELEMENT_TAGS or set()
_APART = {"img", "script", "style", "textarea", "title", "plaintext", "xmp", "iframe", "noembed", "noframes", "template"}
"""Elements that an HTML parser, or nbconvert, treats otherwise than the rest."""
_SPACES = " \n\t\f\r"
_LISTS = {name for names in HTMLTreeBuilder.DEFAULT_CDATA_LIST_ATTRIBUTES.values() for name in names}


def normal(html: str) -> str | None:
    """What `str(BeautifulSoup(html, "html.parser"))` is; None where that takes a parser to tell."""
    if "jp-" in html or "\r" in html or "\0" in html or not all(map(_is_plain, _REFERENCE.finditer(html))):
        return None
    written: list[str] = []
    open_: list[str] = []
    at = 0
    while at < len(html):
        piece = _PIECE.match(html, at)
        if piece is None:
            return None
        text, ends, name, attributes, closed = piece.groups()
        written.append(_text(text, "pre" in open_))
        at = piece.end()
        if name is None:
            break
        name = name.lower()
        if ends:
            if name in _VOID or attributes or closed or not open_ or open_.pop() != name:
                return None
            written.append(f"</{name}>")
            continue
        if name in _APART:
            return None
        said = _attributes(attributes)
        if said is None:
            return None
        if name in _VOID:
            written.append(f"<{name}{said}/>")
        else:
            written.append(f"<{name}{said}></{name}>" if closed else f"<{name}{said}>")
            if not closed:
                open_.append(name)
    return None if open_ else "".join(written)


def _is_plain(reference: re.Match[str]) -> bool:
    """Whether a reference is one to a character that every parser takes for the same."""
    code = int(reference[1] or 65)
    return reference[0] != "&" and (32 <= code < 127 or 160 <= code < 0xD800)


def _text(text: str, as_it_is: bool) -> str:
    if "&" in text or ">" in text:
        text = EntitySubstitution.substitute_xml(html_.unescape(text))
    if text and not as_it_is and not text.strip(_SPACES):
        return "\n" if "\n" in text else " "
    return text


def _attributes(written: str) -> str | None:
    """The attributes of an element in their order; None where one is given twice, or is a list of words oddly written."""
    found: dict[str, str] = {}
    for name, *quoted in _ATTRIBUTE.findall(written):
        key, value = name.lower(), "".join(quoted)
        if key in found or (key in _LISTS and " ".join(value.split()) != value):
            return None
        if "&" in value or ">" in value:
            value = EntitySubstitution.substitute_xml(html_.unescape(value))
        found[key] = EntitySubstitution.quoted_attribute_value(value)
    return "".join(f" {name}={found[name]}" for name in sorted(found))


class Exporter(HTMLExporter):
    """nbconvert's exporter; of HTML as our views write it, its outcome is made without a parser."""

    def from_notebook_node(  # type: ignore[override]  # as nbconvert itself has it
        self, nb: Any, resources: Any = None, **kw: Any
    ) -> tuple[str, Any]:
        """An executed notebook as HTML, and what nbconvert says of it."""
        own = self._init_resources(resources)  # type: ignore[no-untyped-call]
        filters = {
            "highlight_code": Highlight2HTML(parent=self),
            "filter_data_type": WidgetsDataTypeFilter(notebook_metadata={}, parent=self, resources=own),
        }
        for name, made_with in filters.items():
            self.register_filter(name, made_with)  # type: ignore[no-untyped-call]
        html, said = super(HTMLExporter, self).from_notebook_node(nb, own, **kw)
        made = normal(str(html))
        return (made, said) if made is not None else super().from_notebook_node(nb, resources, **kw)
