"""The reading order of a page of text boxes: tables as rows, columns in sequence, no headers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, pairwise
from statistics import median
from typing import Any

from ingest.language.lines import BETWEEN
from ingest.reading.limits import LAYOUT
from ingest.reading.page_tables import Cell, TableRows, lines_of
from ingest.reading.text import (
    OPEN_END,
    clean_line,
    continues_sentence,
    ends_sentence,
    ends_with_hyphen,
    inline_sign,
    join_parts,
    paragraphs,
)

_NUMBER = re.compile(
    r"(?:page|p\.|seite|頁|ページ)? ?\d{1,4}(?: ?(?:of|/|von|de) ?\d{1,4})? ?(?:頁|ページ)?",
    re.IGNORECASE,
)
_FIGURES = re.compile(r"\d+")
_NO_LETTER = "\u200b"
"""An invisible character in place of a letter that is left out; an empty text would end a word."""
_HEIGHTS = ("top", "bottom", "doctop")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of words on one line: its text and its box in points, from the top of the page."""

    text: str
    left: float
    right: float
    top: float
    bottom: float

    @property
    def height(self) -> float:
        """Return the height of its letters."""
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its position, as rows of cells."""

    rows: TableRows
    top: float
    left: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class PdfPage:
    """One page; ``drawn`` is True if there is a picture or a drawing on it."""

    pieces: Sequence[_Piece]
    tables: Sequence[Table] = ()
    drawn: bool = False

    @property
    def unread(self) -> bool:
        """Return True if the page is only a picture."""
        return self.drawn and not self.pieces and not self.tables


_Block = _Piece | Table


def text_in_order(pages: Sequence[PdfPage]) -> str:
    """Return the text of *pages* in reading order; an empty line separates paragraphs."""
    headers = _running_headers(pages)
    full_text = " ".join(piece.text for page in pages for piece in page.pieces)
    blocks: list[str] = []
    for page in pages:
        pieces = [piece for piece in page.pieces if _plain(piece.text) not in headers]
        tables = list(page.tables) or list(_tables_without_rules(pieces))
        loose_pieces = [
            piece for piece in pieces if not any(_is_inside(piece, table) for table in tables)
        ]
        for paragraph in _paragraphs_in_order([*loose_pieces, *tables]):
            if blocks and _continues(blocks[-1], paragraph):
                blocks[-1] = join_parts(blocks[-1], paragraph, full_text)
            else:
                blocks.append(paragraph)
    return "\n\n".join(blocks)


def _running_headers(pages: Sequence[PdfPage]) -> set[str]:
    """Return the running headers, footers and page numbers, with figures replaced."""
    counts: Counter[str] = Counter()
    numbers = set()
    for page in pages:
        lines = sorted(page.pieces, key=lambda piece: piece.top)
        edge = {
            _plain(piece.text)
            for piece in (*lines[: LAYOUT.edge_lines], *lines[-LAYOUT.edge_lines :])
        }
        counts.update(edge)
        ends = [piece.text for piece in (*lines[:1], *lines[-1:])]
        numbers |= {_plain(end) for end in ends if _NUMBER.fullmatch(end.strip(" -–—"))}
    return numbers | {line for line, count in counts.items() if count > 1}


def _plain(line: str) -> str:
    """Return *line* with every figure replaced by ``#``."""
    return _FIGURES.sub("#", line)


def align_shifted_letters(letters: Sequence[dict[str, Any]]) -> None:
    """Put raised and lowered *letters* of a page on the line of the letters before them.

    Raised signs that point at notes become invisible, and exponents are written as such. The
    letters come in the order in which the page draws them.
    """
    text = ""
    base: dict[str, Any] = {}
    previous = base
    sign: list[dict[str, Any]] = []
    for letter in chain(letters, ({},)):
        is_shifted = bool(base and letter) and _is_shifted(letter, base, previous)
        is_raised = is_shifted and letter["bottom"] < base["bottom"]
        if is_raised:
            sign.append(letter)
        else:
            _write_raised_sign(sign, text, letter.get("text", ""))
            text = (text + letter.get("text", ""))[-LAYOUT.last_word_characters :]
            sign = []
        if is_shifted:
            letter |= {edge: base[edge] for edge in _HEIGHTS}
        else:
            base = letter
        previous = letter
    _join_initials(letters)


def _join_initials(letters: Sequence[dict[str, Any]]) -> None:
    """Put each initial that several lines stand beside into the first word beside it."""
    initial: list[dict[str, Any]] = []
    for letter, next_letter in pairwise(letters):
        is_alike = initial and initial[-1]["size"] == letter["size"]
        initial = [*initial[-2:], letter] if is_alike else [letter]
        size, next_size = letter["size"], next_letter["size"]
        if (
            len(initial) <= 2
            and letter["text"].isupper()
            and size >= LAYOUT.initial_size * next_size
            and letter["top"] - next_size <= next_letter["top"]
            and next_letter["bottom"] <= letter["bottom"] - next_size
            and abs(next_letter["x0"] - letter["x1"]) <= next_size
        ):
            for part in initial:
                part |= {edge: next_letter[edge] for edge in _HEIGHTS}
            letter["x1"] = next_letter["x0"]


def _is_shifted(letter: dict[str, Any], base: dict[str, Any], previous: dict[str, Any]) -> bool:
    """Return True if a *letter* behind *previous* is smaller than its *base*, and off its line."""
    size = base["size"]
    overlap = min(letter["bottom"], base["bottom"]) - max(letter["top"], base["top"])
    shift = max(base["bottom"] - letter["bottom"], letter["top"] - base["top"])
    is_behind = abs(letter["x0"] - previous["x1"]) <= LAYOUT.shifted_gap * size
    is_small = LAYOUT.initial_size * letter["size"] > size >= letter["size"] / LAYOUT.shifted_size
    return bool(is_small and is_behind and overlap > 0 and shift >= LAYOUT.shift_height * size)


def _write_raised_sign(
    sign: Sequence[dict[str, Any]], preceding_text: str, following_text: str
) -> None:
    """Write the raised letters of a *sign* as they are written inline, in the first of them."""
    text = "".join(letter["text"] for letter in sign).strip()
    written_text = inline_sign(text, preceding_text, following_text=following_text)
    if written_text != text:
        for letter in sign:
            letter["text"] = _NO_LETTER
        sign[0]["text"] = written_text or _NO_LETTER


def vertical_columns(letters: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Return the columns of *letters* that a page writes downwards; nothing if few are.

    A figure that stands upright in a column of East Asian letters belongs to it.
    """
    columns: list[list[dict[str, Any]]] = []
    east_asian = 0
    for letter in letters:
        east_asian += not letter["text"].isascii()
        if columns and _is_below(letter, columns[-1][-1]):
            columns[-1].append(letter)
        elif not letter["text"].isspace():
            columns.append([letter])
    vertical = [
        column
        for column in columns
        if len(column) > 1 and not all(letter["text"].isascii() for letter in column)
    ]
    return vertical if 2 * sum(map(len, vertical)) > east_asian else []


def _is_below(letter: dict[str, Any], above: dict[str, Any]) -> bool:
    """Return True if a *letter* is directly below the one *above*, or a further figure there."""
    size = above["size"]
    middle, middle_above = ((box["x0"] + box["x1"]) / 2 for box in (letter, above))
    if letter["text"].isascii() and above["text"].isascii() and letter["top"] == above["top"]:
        return bool(abs(letter["x0"] - above["x1"]) < LAYOUT.shift_height * size)
    gap = abs(letter["top"] - above["bottom"])
    return bool(
        not (letter["text"].isascii() and above["text"].isascii())
        and gap < LAYOUT.shifted_gap * size
        and abs(middle - middle_above) < LAYOUT.shifted_gap * size
    )


def columns_as_lines(columns: Sequence[Sequence[dict[str, Any]]], width: float) -> list[_Piece]:
    """Return the *columns* of letters on a page of this *width* as lines, in their order."""
    return [
        _Piece(
            "".join(letter["text"] for letter in column),
            min(letter["top"] for letter in column),
            max(letter["bottom"] for letter in column),
            width - max(letter["x1"] for letter in column),
            width - min(letter["x0"] for letter in column),
        )
        for column in columns
    ]


def pieces_of(words: Sequence[dict[str, Any]]) -> list[_Piece]:
    """Return pieces of the words on one line that are not more than a space apart."""
    boxes = [
        _Piece(word["text"], word["x0"], word["x1"], word["top"], word["bottom"]) for word in words
    ]
    pieces: list[_Piece] = []
    for line in _rows_of(boxes):
        run: list[_Piece] = []
        for word in line:
            if run and word.left - run[-1].right > LAYOUT.column_gap_heights * word.height:
                pieces.append(_join_words(run))
                run = []
            run.append(word)
        pieces.append(_join_words(run))
    return pieces


def _join_words(words: Sequence[_Piece]) -> _Piece:
    """Return one piece for consecutive words; words that nearly touch get no space."""
    text = words[0].text
    for word, next_word in pairwise(words):
        is_close = next_word.left - word.right < 0.1 * word.height
        is_east_asian = not (word.text[-1:] + next_word.text[:1]).isascii()
        text += ("" if is_close and is_east_asian else " ") + next_word.text
    return _Piece(
        clean_line(text),
        words[0].left,
        max(word.right for word in words),
        min(word.top for word in words),
        max(word.bottom for word in words),
    )


def _tables_without_rules(pieces: Sequence[_Piece]) -> Iterator[Table]:
    """Yield tables without rules: short pieces below each other."""
    lines = _rows_of(pieces)
    runs = groupby(lines, key=lambda line: len(line) > 1 and _has_short_pieces(line))
    for is_table, group in runs:
        run = list(group)
        width = max(map(len, run))
        if is_table and len(run) >= LAYOUT.table_lines and (width > 2 or _end_in_figures(run)):
            starts = _column_spans(run)
            rows = [_cells(line, starts) for line in run]
            table_pieces = [piece for line in run for piece in line]
            yield Table(
                rows,
                min(piece.top for piece in table_pieces),
                min(piece.left for piece in table_pieces),
                max(piece.right for piece in table_pieces),
                max(piece.bottom for piece in table_pieces),
            )


def _rows_of(pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    """Return the pieces line by line, each line from left to right."""
    lines: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda box: (box.top + box.bottom) / 2):
        if lines and _is_in_line(piece, lines[-1][0]):
            lines[-1].append(piece)
        else:
            lines.append([piece])
    return [sorted(line, key=lambda piece: piece.left) for line in lines]


def _is_in_line(piece: _Piece, first: _Piece) -> bool:
    """Return True if *piece* is in the line of *first*, and not much taller or smaller."""
    middle = (piece.top + piece.bottom) / 2
    sizes = sorted((piece.height, first.height))
    return first.top <= middle <= first.bottom and sizes[1] <= LAYOUT.initial_size * sizes[0]


def _has_short_pieces(line: Sequence[_Piece]) -> bool:
    """Return True if the pieces of a line are short enough to be cells."""
    return sum(len(piece.text) for piece in line) <= LAYOUT.table_cell_characters * len(line)


def _end_in_figures(run: Sequence[Sequence[_Piece]]) -> bool:
    """Return True if most lines end in a figure."""
    return 2 * sum(bool(_FIGURES.search(line[-1].text)) for line in run) > len(run)


def _column_spans(run: Sequence[Sequence[_Piece]]) -> list[tuple[float, float]]:
    """Return the left and right end of each column: the union of overlapping pieces."""
    spans: list[tuple[float, float]] = []
    for piece in sorted((piece for line in run for piece in line), key=lambda piece: piece.left):
        if spans and piece.left <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], piece.right))
        else:
            spans.append((piece.left, piece.right))
    return spans


def _cells(line: Sequence[_Piece], spans: Sequence[tuple[float, float]]) -> list[Cell]:
    """Return the pieces of a line as cells by column; a missing piece is an empty cell."""
    return [
        Cell(" ".join(piece.text for piece in line if left <= piece.left <= right))
        for left, right in spans
    ]


def _is_inside(piece: _Piece, table: Table) -> bool:
    """Return True if a piece is inside a table."""
    across = table.left - 1 <= (piece.left + piece.right) / 2 <= table.right + 1
    return across and table.top - 1 <= (piece.top + piece.bottom) / 2 <= table.bottom + 1


def _paragraphs_in_order(blocks: Sequence[_Block]) -> Iterator[str]:
    """Yield the paragraphs and table rows of a page in reading order."""
    caption = ""
    for region in _regions(list(blocks)):
        if isinstance(region, Table):
            yield from lines_of(caption, region.rows)
            continue
        for paragraph in _paragraphs_of(region):
            caption = (
                paragraph
                if len(paragraph) <= LAYOUT.table_caption_characters
                and not ends_sentence(paragraph)
                else ""
            )
            yield paragraph


def _regions(blocks: list[_Block]) -> Iterator[list[_Piece] | Table]:
    """Yield the regions of a page, cut at white space first between columns, then between blocks.

    This is a recursive XY-cut.
    """
    if len(blocks) == 1 and isinstance(blocks[0], Table):
        yield blocks[0]
        return
    for parts in (
        _split_at_gaps(blocks, is_vertical=True),
        _split_at_gaps(blocks, is_vertical=False),
    ):
        if len(parts) > 1:
            for part in parts:
                yield from _regions(part)
            return
    pieces: list[_Piece] = []
    for block in sorted(blocks, key=lambda block: block.top):
        if isinstance(block, _Piece):
            pieces.append(block)
            continue
        yield pieces
        yield block
        pieces = []
    yield pieces


def _split_at_gaps(blocks: list[_Block], *, is_vertical: bool) -> list[list[_Block]]:
    """Return *blocks* split at continuous white space: between columns, or between lines."""
    heights = [block.height for block in blocks if isinstance(block, _Piece)]
    min_gap = (LAYOUT.column_gap_heights if is_vertical else LAYOUT.leading_ratio) * (
        median(heights) if heights else 0.0
    )
    groups: list[list[_Block]] = []
    end = float("-inf")
    for block in sorted(blocks, key=lambda block: block.left if is_vertical else block.top):
        start, stop = (block.left, block.right) if is_vertical else (block.top, block.bottom)
        has_table = isinstance(block, Table) or (groups and isinstance(groups[-1][-1], Table))
        if groups and start - end <= (0.0 if has_table and not is_vertical else min_gap):
            groups[-1].append(block)
        else:
            groups.append([block])
        end = max(end, stop)
    return groups if not is_vertical or all(map(_is_column, groups)) else [blocks]


def _is_column(blocks: Sequence[_Block]) -> bool:
    """Return True if *blocks* below each other are a column of text, not cells of a few rows."""
    pieces = [block for block in blocks if isinstance(block, _Piece)]
    return len(blocks) >= LAYOUT.table_lines or (
        len(pieces) == len(blocks) > 1
        and max(len(piece.text) for piece in pieces) > LAYOUT.table_cell_characters
    )


def _paragraphs_of(pieces: Sequence[_Piece]) -> Iterator[str]:
    """Yield the paragraphs of one column, split by distance, letter height or indent."""
    lines = [
        _Piece(
            " ".join(piece.text for piece in line),
            line[0].left,
            line[-1].right,
            line[0].top,
            max(piece.bottom for piece in line),
        )
        for line in _rows_of(pieces)
    ]
    if not lines:
        return
    left = median(line.left for line in lines)
    distances = [next_line.top - line.top for line, next_line in pairwise(lines)]
    usual_distance = median(distances) if distances else 0.0
    text = lines[0].text
    for line, next_line in pairwise(lines):
        is_heading = max(line.height, next_line.height) > LAYOUT.heading_ratio * min(
            line.height, next_line.height
        )
        is_distant = next_line.top - line.top > LAYOUT.leading_ratio * usual_distance
        is_indented = (
            next_line.left - left > LAYOUT.indent_heights * next_line.height
            and ends_sentence(line.text)
        )
        text += ("\n\n" if is_heading or is_distant or is_indented else "\n") + next_line.text
    yield from paragraphs(text)


def _continues(paragraph: str, next_paragraph: str) -> bool:
    """Return True if a paragraph continues in the next column or on the next page."""
    if ends_sentence(paragraph) or BETWEEN in paragraph:
        return False
    return (
        continues_sentence(next_paragraph)
        or ends_with_hyphen(paragraph)
        or (
            len(paragraph) > LAYOUT.table_caption_characters
            and OPEN_END.search(paragraph) is not None
        )
    )
