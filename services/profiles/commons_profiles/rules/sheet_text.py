"""From bytes to cells: a file as spreadsheets write it, whatever they call CSV. Any bytes are a table or a NoTable."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from commons_contracts.cells import uncell
from commons_contracts.codes import SheetEncoding, SheetSeparator, Unreadable

Cells = tuple[str, ...]
MOST_COLUMNS = 100
BLANKS = 1000
"""Behind so many empty lines a table is at its end."""
HEAD = 10
"""The line of headers is among the first so many."""
MARKS = (
    (codecs.BOM_UTF8, SheetEncoding.UTF_8),
    (codecs.BOM_UTF16_LE, SheetEncoding.UTF_16),
    (codecs.BOM_UTF16_BE, SheetEncoding.UTF_16),
)
SIGNS = {SheetSeparator.SEMICOLON: ";", SheetSeparator.COMMA: ",", SheetSeparator.TAB: "\t"}


class NoTable(Exception):
    """Why it is none."""

    def __init__(self, why: Unreadable) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, kw_only=True)
class Table:
    """The line of headers, and the lines below it that are not empty, each with its number as a spreadsheet counts."""

    encoding: SheetEncoding
    separator: SheetSeparator
    header: Cells
    rows: tuple[tuple[int, Cells], ...]


def read(
    content: bytes,
    *,
    known: Callable[[str], bool],
    most_rows: int,
    encoding: SheetEncoding | None = None,
    separator: SheetSeparator | None = None,
) -> Table:
    """`known`: whether a text stands above a column of ours; encoding and separator are found where they are not told."""
    text, written = _decoded(content, encoding)
    text, said = _without_hint(text)
    chosen = separator or said or max(SIGNS, key=lambda one: _likely(text, one, known))
    lines = _lines(text, chosen, most_rows)
    if not lines:
        raise NoTable(Unreadable.EMPTY)
    at = max(range(min(HEAD, len(lines))), key=lambda n: (sum(map(known, lines[n][1])), -n))
    header, rows = lines[at][1], lines[at + 1 :]
    if len(header) > MOST_COLUMNS:
        raise NoTable(Unreadable.TOO_MANY_COLUMNS)
    if not rows:
        raise NoTable(Unreadable.EMPTY)
    if len(rows) > most_rows:
        raise NoTable(Unreadable.TOO_MANY_ROWS)
    return Table(encoding=written, separator=chosen, header=header, rows=tuple(rows))


def _decoded(content: bytes, told: SheetEncoding | None) -> tuple[str, SheetEncoding]:
    """UTF-8 where it is UTF-8: hardly any text in another encoding happens to be."""
    sure = told or next((of for mark, of in MARKS if content.startswith(mark)), None)
    for encoding in (sure,) if sure else _candidates(content):
        for codec in _codecs(encoding, content):
            try:
                text = content.decode(codec)
            except UnicodeDecodeError:
                continue
            if "\0" not in text:
                return text.removeprefix("\ufeff"), encoding
    raise NoTable(Unreadable.ENCODING)


def _candidates(content: bytes) -> tuple[SheetEncoding, ...]:
    if b"\0" in content:
        return (SheetEncoding.UTF_16,)
    return (SheetEncoding.UTF_8, SheetEncoding.WINDOWS_1252)


def _codecs(encoding: SheetEncoding, content: bytes) -> tuple[str, ...]:
    """Latin-1 stands in for the five bytes that Windows-1252 has no character for."""
    if encoding is SheetEncoding.UTF_8:
        return ("utf-8-sig",)
    if encoding is SheetEncoding.WINDOWS_1252:
        return ("cp1252", "latin-1")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    # most letters of a table are ASCII, whose other byte is 0: it comes second where the low byte comes first
    little = content[1::2].count(0) >= content[::2].count(0)
    return ("utf-16-le",) if little else ("utf-16-be",)


def _without_hint(text: str) -> tuple[str, SheetSeparator | None]:
    """Excel's first line `sep=;` is no line of the table."""
    first, _, rest = text.partition("\n")
    hint = first.strip().removeprefix("sep=")
    said = next((one for one, sign in SIGNS.items() if first.startswith("sep=") and hint == sign.strip()), None)
    return (rest, said) if said else (text, None)


def _likely(text: str, separator: SheetSeparator, known: Callable[[str], bool]) -> tuple[int, int, int]:
    """By the headers that it makes known, else by lines that have several cells, and as many as each other."""
    try:
        lines = [line for _, line in _first(text, separator)]
    except NoTable:
        return (0, 0, 0)
    widths = [len(line) for line in lines]
    same = widths.count(max(widths, default=0)) if max(widths, default=0) > 1 else 0
    return (max((sum(map(known, line)) for line in lines), default=0), same, max(widths, default=0))


def _first(text: str, separator: SheetSeparator) -> Iterator[tuple[int, Cells]]:
    for line, _ in zip(_records(text, separator), range(HEAD * 2), strict=False):
        if any(line[1]):
            yield line


def _lines(text: str, separator: SheetSeparator, most_rows: int) -> Sequence[tuple[int, Cells]]:
    found: list[tuple[int, Cells]] = []
    blank = 0
    for number, cells in _records(text, separator):
        if any(cells):
            found.append((number, cells))
            blank = 0
        else:
            blank += 1
        if len(found) > most_rows + HEAD:
            raise NoTable(Unreadable.TOO_MANY_ROWS)
        if blank > BLANKS:
            break
    return found


def _records(text: str, separator: SheetSeparator) -> Iterator[tuple[int, Cells]]:
    """Each with the number that a spreadsheet shows; cells without the blanks around them, and as they were written."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=SIGNS[separator])
    try:
        for number, cells in enumerate(reader, start=1):
            tidy = [uncell(cell.strip()) for cell in cells]
            while tidy and not tidy[-1]:
                tidy.pop()
            yield number, tuple(tidy)
    except csv.Error as broken:
        raise NoTable(Unreadable.NO_TABLE) from broken
