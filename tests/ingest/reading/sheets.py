"""Pages of PDF for tests, set as papers and authorities set them."""

from __future__ import annotations

import io

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = A4
MINCHO = "HeiseiMin-W3"


class Sheets:
    """A document that is written page by page; *font* is one of the standard fonts."""

    def __init__(self, font="Times-Roman", size=10):
        self.data = io.BytesIO()
        self.canvas = Canvas(self.data, A4)
        self.font, self.size = font, size
        if font == MINCHO:
            pdfmetrics.registerFont(UnicodeCIDFont(MINCHO))

    def line(self, text, x, y, *, size=None):
        """Write one line, *y* points below the top."""
        self.canvas.setFont(self.font, size or self.size)
        self.canvas.drawString(x, HEIGHT - y, text)

    def column(self, text, x, y, width, *, leading=13):
        """Set a paragraph in a column, broken where it has no room, and return where it ends."""
        words, line = list(text) if self.font == MINCHO else text.split(" "), ""
        gap = "" if self.font == MINCHO else " "
        for word in words:
            longer = f"{line}{gap}{word}" if line else word
            if line and pdfmetrics.stringWidth(longer, self.font, self.size) > width:
                self.line(line, x, y)
                y, line = y + leading, word
            else:
                line = longer
        self.line(line, x, y)
        return y + leading

    def cells(self, rows, lefts, y, *, leading=15):
        """Write the rows of a table without rules."""
        for row in rows:
            for text, x in zip(row, lefts, strict=True):
                self.line(text, x, y)
            y += leading
        return y

    def raised(self, pieces, x, y):
        """Write one line of text and of smaller signs, each with its rise in points."""
        line = self.canvas.beginText(x, HEIGHT - y)
        for piece in pieces:
            text, rise = (piece, 0) if isinstance(piece, str) else piece
            line.setRise(rise)
            line.setFont(self.font, 0.6 * self.size if rise else self.size)
            line.textOut(text)
        self.canvas.drawText(line)

    def ruled(self, rows, x, y, *, width=120, height=18):
        """Write the rows of a table with a rule around each cell."""
        for number, row in enumerate(rows):
            top = y + height * number
            for column, text in enumerate(row):
                left = x + width * column
                self.canvas.rect(left, HEIGHT - top - height, width, height)
                self.raised([text] if isinstance(text, str) else text, left + 3, top + 13)

    def downwards(self, pieces, x, y, *, leading=12):
        """Write a column from the top to the bottom; a figure stands upright in it."""
        for piece in pieces:
            for text in [piece] if piece.isascii() else piece:
                self.line(text, x, y)
                y += leading

    def picture(self):
        """Draw what a scanner sees."""
        self.canvas.rect(60, 60, 400, 600, fill=1)

    def next(self):
        """Begin another page."""
        self.canvas.showPage()

    def bytes(self):
        """Return the document."""
        self.canvas.save()
        return self.data.getvalue()
