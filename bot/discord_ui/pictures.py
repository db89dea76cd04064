"""Charts of days and of results, with digits as their only text, so that every font will do.

Everything in a chart is also in the alt text and in the lines of the message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from bot.discord_ui.limits import CHARTS

_GROUND, _INK, _QUIET, _MARK = "#1e1f24", "#f2f3f5", "#9aa0a8", "#5b9bd5"
_TONES = ("#5b9bd5", "#d9a441", "#6fb07a", "#b48ad0")
"""Colours of the sources of a contest, in the order of the sources."""


def coverage_picture(by_day: Mapping[date, int], first: date, last: date) -> bytes:
    """Draw one bar for each day from *first* to *last*, as PNG; days without articles are empty."""
    image, draw = _blank()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    maximum = max([by_day.get(day, 0) for day in days] + [1])
    step = (CHARTS.width - 2 * CHARTS.margin) / len(days)
    floor, room = CHARTS.height - CHARTS.foot, CHARTS.height - CHARTS.foot - CHARTS.head
    for n, day in enumerate(days):
        count, x = by_day.get(day, 0), CHARTS.margin + n * step
        if count:
            top = floor - max(3.0, room * count / maximum)
            draw.rectangle(_scaled(x + 1, top, x + max(2.0, step - 2), floor), fill=_MARK)
            if step > CHARTS.letters * 1.6 or count == maximum:
                _write(draw, x + step / 2, top - 10, f"{count}", _INK)
    _axis(draw, floor)
    for n in _spread(len(days)):
        _write(draw, CHARTS.margin + (n + 0.5) * step, floor + 16, _label(days[n]), _QUIET)
    return _png(image)


def timeline_picture(days: Sequence[date]) -> bytes:
    """Draw numbered marks on a time axis, as PNG; marks of the same day are stacked."""
    first, last = min(days), max(days)
    span = max(1, (last - first).days)
    height = CHARTS.foot + CHARTS.head + CHARTS.mark * max(map(days.count, days))
    image, draw = _blank(height)
    floor = height - CHARTS.foot
    _axis(draw, floor)
    stacked: dict[date, int] = {}
    width = CHARTS.width - 2 * CHARTS.margin - 40
    for number, day in enumerate(days, start=1):
        x = CHARTS.margin + 20 + width * (day - first).days / span
        level = stacked.get(day, 0)
        stacked[day] = level + 1
        y = floor - 18 - level * CHARTS.mark
        draw.ellipse(_scaled(x - 11, y - 11, x + 11, y + 11), fill=_MARK)
        _write(draw, x, y, f"{number}", _GROUND)
    label_positions: list[float] = []
    for day in sorted(stacked):
        x = CHARTS.margin + 20 + width * (day - first).days / span
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
    group_height = group_size * CHARTS.bar_step + CHARTS.bar_step / 2
    image, draw = _blank(round(2 * CHARTS.bar_step + group_height * len(bars)) - CHARTS.bar_step)
    maximum = max(
        [value for values in bars for value in values if value is not None] + [Decimal(1)]
    )
    bar_x, bar_length = (
        CHARTS.margin + 24,
        CHARTS.width - 2 * CHARTS.margin - 24 - CHARTS.figure_room,
    )
    for number, values in enumerate(bars, start=1):
        top = CHARTS.bar_step / 2 + (number - 1) * group_height
        _write(
            draw,
            CHARTS.margin,
            top + group_size * CHARTS.bar_step / 2 - 2,
            f"{number}",
            _INK,
            size=CHARTS.figure,
        )
        for place, value in enumerate(values):
            y = top + place * CHARTS.bar_step
            if value is not None:
                right = bar_x + max(2.0, bar_length * float(value / maximum))
                draw.rectangle(
                    _scaled(bar_x, y, right, y + CHARTS.bar), fill=_TONES[place % len(_TONES)]
                )
                figure = f"{value.normalize():,f}"
                _write(draw, right + 8, y + CHARTS.bar / 2, figure, _INK, "lm", size=CHARTS.figure)
    return _png(image)


def _blank(height: int = CHARTS.height) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """Return an empty image and the object that draws on it."""
    image = Image.new("RGB", (CHARTS.width * CHARTS.scale, height * CHARTS.scale), _GROUND)
    return image, ImageDraw.Draw(image)


def _axis(draw: ImageDraw.ImageDraw, floor: float) -> None:
    """Draw the time axis."""
    draw.line(
        _scaled(CHARTS.margin, floor, CHARTS.width - CHARTS.margin, floor),
        fill=_QUIET,
        width=CHARTS.scale,
    )


def _write(
    draw: ImageDraw.ImageDraw,
    x: float,
    y: float,
    text: str,
    colour: str,
    anchor: str = "mm",
    *,
    size: int = CHARTS.letters,
) -> None:
    """Write *text* at a point, which is its centre unless *anchor* says otherwise."""
    font = ImageFont.load_default(size * CHARTS.scale)
    draw.text((x * CHARTS.scale, y * CHARTS.scale), text, fill=colour, font=font, anchor=anchor)


def _scaled(*numbers: float) -> tuple[float, ...]:
    """Convert lengths of the layout to pixels."""
    return tuple(number * CHARTS.scale for number in numbers)


def _spread(count: int) -> list[int]:
    """Choose evenly spaced indices, at most ``CHARTS.dates``, among *count*."""
    if count <= CHARTS.dates:
        return list(range(count))
    return [round(n * (count - 1) / (CHARTS.dates - 1)) for n in range(CHARTS.dates)]


def _label(day: date) -> str:
    """Format a day as month and day."""
    return f"{day:%m-%d}"


def _png(image: Image.Image) -> bytes:
    """Encode an image as PNG with at most 32 colours."""
    buffer = BytesIO()
    image.quantize(32).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
