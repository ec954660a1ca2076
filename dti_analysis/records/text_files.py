"""Text tables as Excel saves them: which characters, which separator, told for sure or refused; never guessed in silence."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from dti_analysis.common.text import Lang, label
from dti_analysis.records.workbook_file import Unreadable

TEXT_SUFFIXES = (".csv", ".txt", ".tsv")
MOST_TEXT_ROWS = 50_000
"""Rows of a table of many units: the nation's communes hand in by province."""
_SEPARATORS = ";", "\t", ","
_NAMES = {";": "semicolon", "\t": "tab", ",": "comma"}
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_PLAIN = set("“”‘’–—…•«»°±×÷€§·  ") | {"\u00a0"}
_BASES = set("aăâeêioôơuưyđAĂÂEÊIOÔƠUƯYĐ")
_TONES = set("\u0300\u0301\u0303\u0309\u0323")
_LOST = re.compile(r"[^\W\d_]\?[^\W\d_]")
_DECIMAL = re.compile(r"(?<![\w.])\d+,\d+(?![\w.])")


@dataclass(frozen=True)
class TextTable:
    """A text file as rows of cells, and how it was read: its encoding and its separator."""

    rows: list[list[str]]
    encoding: str
    separator: str


def read_text_table(path: Path, lang: Lang) -> TextTable:
    """The rows of a text file as Excel saves it; a blank line is an empty row.

    UTF-8 with or without a mark, UTF-16 with one (“Unicode Text”), Windows-1258; separated by semicolons, tabs or commas, or as
    its first line `sep=;` says. Raises Unreadable where any of these is not sure, or letters were lost when it was saved.
    """
    text, encoding = _decoded(path.read_bytes(), lang)
    expected = label("others.save_as", lang)
    if text.count('"') % 2:
        raise Unreadable(label("others.open_quote", lang), expected)
    stated = re.match(r'"?sep=(.)"?\r?\n', text, re.IGNORECASE)
    text = text[stated.end() :] if stated else text
    parsed = {separator: _split(text, separator) for separator in ([stated[1]] if stated else _SEPARATORS)}
    widths = {separator: Counter(len(row) for row in rows if row) for separator, rows in parsed.items()}
    even = [separator for separator in parsed if len(widths[separator]) == 1 and min(widths[separator]) > 1]
    if len(even) == 1:
        rows = parsed[even[0]]
        return _checked(TextTable([[], *rows] if stated else rows, encoding, even[0]), lang)
    if even:
        both = label("others.and", lang).join(label(f"others.{_NAMES[separator]}", lang) for separator in even)
        raise Unreadable(label("others.two_separators", lang, both=both), expected)
    raise Unreadable(_uneven(parsed, widths, lang), expected)


def _checked(table: TextTable, lang: Lang) -> TextTable:
    if len(table.rows) > MOST_TEXT_ROWS:
        raise Unreadable(label("intake.rows", lang, rows=MOST_TEXT_ROWS), label("others.fewer_rows", lang))
    return table


def _split(text: str, separator: str) -> list[list[str]]:
    """Rows of cells; nothing where the text is no such table."""
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        return []


def _uneven(parsed: dict[str, list[list[str]]], widths: dict[str, Counter[int]], lang: Lang) -> str:
    """Why no separator fits: none at all, a decimal comma among commas, or rows of several lengths."""
    split = {separator: sum(counts[width] for width in counts if width > 1) for separator, counts in widths.items()}
    separator = max(split, key=lambda one: split[one])
    if not split[separator]:
        return label("others.no_separator", lang)
    header = next(len(row) for row in parsed[separator] if len(row) > 1)
    for number, row in enumerate(parsed[separator], start=1):
        if not row or len(row) == header:
            continue
        decimals = _DECIMAL.search(",".join(row)) if separator == "," and len(row) > header else None
        key = "others.decimal_comma" if decimals else "others.uneven"
        return label(key, lang, row=number, cells=len(row), header=header, number=decimals[0] if decimals else "")
    return label("others.no_separator", lang)


def _decoded(content: bytes, lang: Lang) -> tuple[str, str]:
    expected = label("others.save_as", lang)
    if not content.strip():
        raise Unreadable(label("others.empty_file", lang), expected)
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            try:
                return _plain_text(content.decode(encoding), "UTF", lang), "UTF-8" if encoding == "utf-8-sig" else "UTF-16"
            except UnicodeDecodeError:
                raise Unreadable(label("others.cut_off", lang), expected) from None
    if b"\0" in content:
        raise Unreadable(label("others.no_text", lang), expected)
    try:
        text, encoding = content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        text, encoding = _of_windows(content, expected, lang), "Windows-1258"
    return _plain_text(text, encoding, lang), encoding


def _plain_text(text: str, encoding: str, lang: Lang) -> str:
    """A text that is no stray bytes, and of which no letters were lost. Raises Unreadable."""
    expected = label("others.save_as", lang)
    if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", text):
        raise Unreadable(label("others.no_text", lang), expected)
    if (encoding == "Windows-1258" or text.isascii()) and (lost := _lost(text)):
        raise Unreadable(label("others.lost", lang, text=lost), expected)
    return text


def _of_windows(content: bytes, expected: str, lang: Lang) -> str:
    """Vietnamese text in Windows-1258, composed. Raises Unreadable where its letters are not Vietnamese."""
    try:
        text = unicodedata.normalize("NFC", content.decode("cp1258"))
    except UnicodeDecodeError:
        raise Unreadable(label("others.no_encoding", lang), expected) from None
    for letter in set(text) - _PLAIN:
        parts = unicodedata.normalize("NFD", letter)
        base = unicodedata.normalize("NFC", "".join(part for part in parts if part not in _TONES))
        if not letter.isascii() and base not in _BASES:
            raise Unreadable(label("others.no_encoding", lang), expected)
    return text


def _lost(text: str) -> str:
    """The first word in which a letter became a question mark; addresses may have one."""
    words = (word for word in re.findall(r"[^\s;,\t\"]+", text) if _LOST.search(word))
    return next((word for word in words if not re.search(r"[/=&]", word)), "")
