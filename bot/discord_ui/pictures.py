"""Charts of days and of results, with digits as their only text, so that every font will do.

Everything in a chart is also in the alt text and in the lines of the message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

_WIDTH, _HEIGHT = 720, 200
_SCALE = 2
"""Pixels drawn for each pixel of the layout, for sharp screens."""
_MARGIN, _FOOT, _HEAD = 28, 34, 26
_GROUND, _INK, _QUIET, _MARK = "#1e1f24", "#f2f3f5", "#9aa0a8", "#5b9bd5"
_LETTERS = 14
_MARK_ROOM = 26
_LABELS = 6
"""Maximum number of dates below a chart."""
_BAR, _BAR_STEP, _FIGURE_ROOM, _FIGURE = 34, 42, 170, 26
_TONES = ("#5b9bd5", "#d9a441", "#6fb07a", "#b48ad0")
"""Colours of the sources of a contest, in the order of the sources."""


def coverage_picture(by_day: Mapping[date, int], first: date, last: date) -> bytes:
    """Draw one bar for each day from *first* to *last*, as PNG; days without articles are empty."""
    image, draw = _blank()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    maximum = max([by_day.get(day, 0) for day in days] + [1])
    step = (_WIDTH - 2 * _MARGIN) / len(days)
    floor, room = _HEIGHT - _FOOT, _HEIGHT - _FOOT - _HEAD
    for n, day in enumerate(days):
        count, x = by_day.get(day, 0), _MARGIN + n * step
        if count:
            top = floor - max(3.0, room * count / maximum)
            draw.rectangle(_scaled(x + 1, top, x + max(2.0, step - 2), floor), fill=_MARK)
            if step > _LETTERS * 1.6 or count == maximum:
                _write(draw, x + step / 2, top - 10, f"{count}", _INK)
    _axis(draw, floor)
    for n in _spread(len(days)):
        _write(draw, _MARGIN + (n + 0.5) * step, floor + 16, _label(days[n]), _QUIET)
    return _png(image)


def timeline_picture(days: Sequence[date]) -> bytes:
    """Draw numbered marks on a time axis, as PNG; marks of the same day are stacked."""
    first, last = min(days), max(days)
    span = max(1, (last - first).days)
    height = _FOOT + _HEAD + _MARK_ROOM * max(map(days.count, days))
    image, draw = _blank(height)
    floor = height - _FOOT
    _axis(draw, floor)
    stacked: dict[date, int] = {}
    width = _WIDTH - 2 * _MARGIN - 40
    for number, day in enumerate(days, start=1):
        x = _MARGIN + 20 + width * (day - first).days / span
        level = stacked.get(day, 0)
        stacked[day] = level + 1
        y = floor - 18 - level * _MARK_ROOM
        draw.ellipse(_scaled(x - 11, y - 11, x + 11, y + 11), fill=_MARK)
        _write(draw, x, y, f"{number}", _GROUND)
    label_positions: list[float] = []
    for day in sorted(stacked):
        x = _MARGIN + 20 + width * (day - first).days / span
        if all(abs(x - position) > 56 for position in label_positions):
            _write(draw, x, floor + 16, _label(day), _QUIET)
            label_positions.append(x)
    return _png(image)


def results_picture(bars: Sequence[Sequence[Decimal | None]]) -> bytes:
    """Draw a numbered group of bars for each name, with one bar for each source, as PNG.

    The bars of a group are in the order of the sources, each in the source's colour, with its
    figure. A missing figure has no bar.
    """
    group_size = max(map(len, bars))
    group_height = group_size * _BAR_STEP + _BAR_STEP / 2
    image, draw = _blank(round(2 * _BAR_STEP + group_height * len(bars)) - _BAR_STEP)
    maximum = max(
        [value for values in bars for value in values if value is not None] + [Decimal(1)]
    )
    bar_x, bar_length = _MARGIN + 24, _WIDTH - 2 * _MARGIN - 24 - _FIGURE_ROOM
    for number, values in enumerate(bars, start=1):
        top = _BAR_STEP / 2 + (number - 1) * group_height
        _write(draw, _MARGIN, top + group_size * _BAR_STEP / 2 - 2, f"{number}", _INK, size=_FIGURE)
        for place, value in enumerate(values):
            y = top + place * _BAR_STEP
            if value is not None:
                right = bar_x + max(2.0, bar_length * float(value / maximum))
                draw.rectangle(_scaled(bar_x, y, right, y + _BAR), fill=_TONES[place % len(_TONES)])
                figure = f"{value.normalize():,f}"
                _write(draw, right + 8, y + _BAR / 2, figure, _INK, "lm", size=_FIGURE)
    return _png(image)


def _blank(height: int = _HEIGHT) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """Return an empty image and the object that draws on it."""
    image = Image.new("RGB", (_WIDTH * _SCALE, height * _SCALE), _GROUND)
    return image, ImageDraw.Draw(image)


def _axis(draw: ImageDraw.ImageDraw, floor: float) -> None:
    """Draw the time axis."""
    draw.line(_scaled(_MARGIN, floor, _WIDTH - _MARGIN, floor), fill=_QUIET, width=_SCALE)


def _write(
    draw: ImageDraw.ImageDraw,
    x: float,
    y: float,
    text: str,
    colour: str,
    anchor: str = "mm",
    *,
    size: int = _LETTERS,
) -> None:
    """Write *text* at a point, which is its centre unless *anchor* says otherwise."""
    font = ImageFont.load_default(size * _SCALE)
    draw.text((x * _SCALE, y * _SCALE), text, fill=colour, font=font, anchor=anchor)


def _scaled(*numbers: float) -> tuple[float, ...]:
    """Convert lengths of the layout to pixels."""
    return tuple(number * _SCALE for number in numbers)


def _spread(count: int) -> list[int]:
    """Choose evenly spaced indices, at most :data:`_LABELS`, among *count*."""
    if count <= _LABELS:
        return list(range(count))
    return [round(n * (count - 1) / (_LABELS - 1)) for n in range(_LABELS)]


def _label(day: date) -> str:
    """Format a day as month and day."""
    return f"{day:%m-%d}"


def _png(image: Image.Image) -> bytes:
    """Encode an image as PNG with at most 32 colours."""
    buffer = BytesIO()
    image.quantize(32).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
