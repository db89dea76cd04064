"""Small pictures of days: how much was reported when. Digits alone, so that every font will do.

A picture never says what its message does not: its alt text and the lines beside it say it too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 720, 200
SCALE = 2
"""Pixels for one: drawn larger, so that a sharp screen has them."""
MARGIN, FOOT, HEAD = 28, 34, 26
GROUND, INK, QUIET, MARK = "#1e1f24", "#f2f3f5", "#9aa0a8", "#5b9bd5"
LETTERS = 14
MARK_ROOM = 26
LABELS = 6
"""Dates written under the picture."""


def coverage_picture(by_day: Mapping[date, int], first: date, last: date) -> bytes:
    """Draw a bar for each day from *first* to *last*, as PNG; a day without any has none."""
    image, draw = blank()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    most = max([by_day.get(day, 0) for day in days] + [1])
    step = (WIDTH - 2 * MARGIN) / len(days)
    floor, room = HEIGHT - FOOT, HEIGHT - FOOT - HEAD
    for n, day in enumerate(days):
        count, left = by_day.get(day, 0), MARGIN + n * step
        if count:
            top = floor - max(3.0, room * count / most)
            draw.rectangle(scaled(left + 1, top, left + max(2.0, step - 2), floor), fill=MARK)
            if step > LETTERS * 1.6 or count == most:
                write(draw, left + step / 2, top - 10, f"{count}", INK)
    axis(draw, floor)
    for n in spread(len(days)):
        write(draw, MARGIN + (n + 0.5) * step, floor + 16, label(days[n]), QUIET)
    return png(image)


def timeline_picture(days: Sequence[date]) -> bytes:
    """Draw numbered marks along a line of time, as PNG; those of one day stand on each other."""
    first, last = min(days), max(days)
    span = max(1, (last - first).days)
    height = FOOT + HEAD + MARK_ROOM * max(map(days.count, days))
    image, draw = blank(height)
    floor = height - FOOT
    axis(draw, floor)
    stacked: dict[date, int] = {}
    reach = WIDTH - 2 * MARGIN - 40
    for number, day in enumerate(days, start=1):
        x = MARGIN + 20 + reach * (day - first).days / span
        level = stacked.get(day, 0)
        stacked[day] = level + 1
        y = floor - 18 - level * MARK_ROOM
        draw.ellipse(scaled(x - 11, y - 11, x + 11, y + 11), fill=MARK)
        write(draw, x, y, f"{number}", GROUND)
    shown: list[float] = []
    for day in sorted(stacked):
        x = MARGIN + 20 + reach * (day - first).days / span
        if all(abs(x - other) > 56 for other in shown):
            write(draw, x, floor + 16, label(day), QUIET)
            shown.append(x)
    return png(image)


def blank(height: int = HEIGHT) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """Return an empty picture and what draws on it."""
    image = Image.new("RGB", (WIDTH * SCALE, height * SCALE), GROUND)
    return image, ImageDraw.Draw(image)


def axis(draw: ImageDraw.ImageDraw, floor: float) -> None:
    """Draw the line that days stand on."""
    draw.line(scaled(MARGIN, floor, WIDTH - MARGIN, floor), fill=QUIET, width=SCALE)


def write(draw: ImageDraw.ImageDraw, x: float, y: float, text: str, colour: str) -> None:
    """Write *text* around a point."""
    font = ImageFont.load_default(LETTERS * SCALE)
    draw.text((x * SCALE, y * SCALE), text, fill=colour, font=font, anchor="mm")


def scaled(*numbers: float) -> tuple[float, ...]:
    """Turn lengths into pixels."""
    return tuple(each * SCALE for each in numbers)


def spread(count: int) -> list[int]:
    """Choose the places of at most :data:`LABELS` labels among *count*."""
    if count <= LABELS:
        return list(range(count))
    return [round(n * (count - 1) / (LABELS - 1)) for n in range(LABELS)]


def label(day: date) -> str:
    """Write a day in digits."""
    return f"{day:%m-%d}"


def png(image: Image.Image) -> bytes:
    """Encode a picture in few colours."""
    held = BytesIO()
    image.quantize(32).save(held, "PNG", optimize=True)
    return held.getvalue()
