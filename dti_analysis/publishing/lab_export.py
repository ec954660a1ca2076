"""JupyterLab's own export to HTML, "sanitized" by default: what nbconvert's filter takes for unsafe includes tables' heads,
headings and every drawing, which then stand on the page as raw text. This filter keeps what cannot run and drops the rest.

JupyterLab finds it by template/jupyter_server_config.json, which the package installs below etc/jupyter.
"""

from __future__ import annotations

_TEXT = "article aside br caption details dl dt dd div figcaption figure footer h1 h2 h3 h4 h5 h6 header hr mark p pre section"
_TABLE = "col colgroup s small span sub summary sup table tbody td tfoot th thead time tr u"
_DRAWING = "circle clipPath defs desc ellipse g line path polygon polyline rect svg text title tspan use"
_LAYOUT = "max-width min-width overflow-x stroke-dasharray stroke-linejoin stroke-linecap paint-order text-anchor"


def clean_html(element: str | bytes) -> str:
    """HTML without anything that can run or be fetched: no scripts, handlers, styles of their own or links to elsewhere than
    the web; the filter `clean_html` of nbconvert's templates."""
    import bleach
    from bleach.css_sanitizer import ALLOWED_CSS_PROPERTIES, ALLOWED_SVG_PROPERTIES, CSSSanitizer

    text = element.decode() if isinstance(element, bytes) else str(element)
    properties = [*ALLOWED_CSS_PROPERTIES, *ALLOWED_SVG_PROPERTIES, *_LAYOUT.split()]
    return str(
        bleach.clean(
            text,
            tags={*bleach.ALLOWED_TAGS, *f"{_TEXT} {_TABLE} {_DRAWING}".split()},
            attributes=_may_stand,
            css_sanitizer=CSSSanitizer(allowed_css_properties=properties),
        )
    )


def _may_stand(tag: str, name: str, value: str) -> bool:
    """Whether an attribute is harmless; a drawing may refer to its own parts only."""
    if name in ("href", "xlink:href") and tag != "a":
        return value.startswith("#")
    return not name.startswith("on") and name not in ("src", "srcset", "action", "formaction")
