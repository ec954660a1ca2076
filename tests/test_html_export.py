"""The exporter that does without a parser: its pages are nbconvert's, byte for byte."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from dti_analysis.publishing.html_export import Exporter, normal
from dti_analysis.publishing.publish import exporter

PLAIN = [
    '<p class="a b" id="x">Sở Nội vụ &amp; &#272;&#417;n v&#7883; &lt;1&gt; "q" it\'s</p>',
    "<ul class='one'><li title='say \"a\"'>x<br>y<br/>z</li></ul>\n",
    '<svg viewBox="0 0 1 1" aria-label="a &gt; b &quot;c&quot; d\'e"><path d="M0"/><use href="#x"></use><g/></svg>',
    "<details open><summary>s</summary>a > b</details>",
    '<a href="x?a=1&amp;b=2" rel="a b">l</a>',
    " \n\n <pre> \n\n </pre>  ",
    "",
]
ODD = [
    "<p>a < b</p>", "AT&T &copy &nope; &nbsp;", "&#150;&#0;&#55296;", "<p>open", "</p>", "<b><i>x</b></i>", "<!-- said -->",
    "<script>if (a < b) {}</script>", "<img src='x'>", "<img alt='x' src='y'>", "<p a=1>x</p>", '<p a="1" a="2">x</p>',
    '<p class=" a  b ">x</p>', "<p\nid='x'\t>y</p >", "<textarea><b></textarea>", "<?php x ?>", "<![CDATA[x]]>", "a\r\nb",
    "<br></br>", "<p/>x", "<P ID='X'>y</P>", "<x:y z:a='1'></x:y>", '<p title="a<b">x</p>', "<style>a>b</style>",
    "&amp", "&#x3c;",
]  # fmt: skip
"""What takes a parser to tell."""


@pytest.mark.parametrize("html", PLAIN)
def test_what_our_views_write_takes_no_parser(html: str) -> None:
    assert normal(html) == str(BeautifulSoup(html, "html.parser"))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.sampled_from([*PLAIN, *ODD]), st.text("<>&;/ ap='\"#x19\n", max_size=9)), max_size=5))
def test_what_is_made_without_a_parser_is_what_the_parser_makes(parts: list[str]) -> None:
    html = "".join(parts)
    assert normal(html) in (None, str(BeautifulSoup(html, "html.parser")))


def test_pages_are_those_of_nbconvert() -> None:
    ours = exporter("vi")
    assert isinstance(ours, Exporter)
    theirs = HTMLExporter(config=ours.config, template_name="dti", extra_template_basedirs=ours.extra_template_basedirs)
    for html in [*PLAIN, *ODD]:
        cells = [new_markdown_cell("# Đơn vị\n\n*a* `b` [c](https://d.e)"), new_code_cell("1", execution_count=1)]
        cells[1].outputs = [
            new_output("display_data", data={"text/html": html, "text/plain": "x"}),
            new_output("stream", name="stdout", text="a < b & c\n"),
            new_output("execute_result", data={"text/plain": "'<x>'"}, execution_count=1),
        ]
        notebook = new_notebook(cells=cells)
        assert ours.from_notebook_node(notebook)[0] == theirs.from_notebook_node(notebook)[0], html
