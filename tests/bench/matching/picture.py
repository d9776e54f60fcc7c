"""Growth curves as one SVG, drawn here: both axes logarithmic, so that a straight line at 45 degrees is linear growth."""

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape

from tests.bench.matching.report import Point

WIDTH, HEIGHT, MARGIN, LINE = 640, 400, 56, 16
STYLES = (
    ("#0b5cad", ""),
    ("#b5410b", "6 3"),
    ("#2a7a2a", "2 3"),
    ("#6a3d9a", "9 3 2 3"),
    ("#8a6d00", "12 4"),
    ("#a01860", "4 2 1 2"),
)


def draw(curves: Mapping[str, Sequence[Point]], title: str) -> str:
    """An SVG with a legend; each curve has a colour and a dash pattern of its own."""
    points = [point for curve in curves.values() for point in curve]
    across = _scale([p.size for p in points], MARGIN, WIDTH - 20)
    top = 40 + LINE * len(curves)
    down = _scale([p.ms for p in points], HEIGHT - MARGIN, top)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="12"><title>{escape(title)}</title>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<path d="M{MARGIN} {top - 16}V{HEIGHT - MARGIN}H{WIDTH - 20}" fill="none" stroke="#333"/>',
        f'<text x="{WIDTH / 2}" y="{HEIGHT - 14}" text-anchor="middle">offers or residents</text>',
        f'<text x="14" y="{HEIGHT / 2}" transform="rotate(-90 14 {HEIGHT / 2})" text-anchor="middle">milliseconds</text>',
    ]
    sizes = [p.size for p in points]
    parts += [
        f'<text x="{across(10**power):.1f}" y="{HEIGHT - MARGIN + 18}" text-anchor="middle">{10**power:,}</text>'
        for power in range(math.ceil(math.log10(min(sizes))), math.floor(math.log10(max(sizes))) + 1)
    ]
    for number, (name, curve) in enumerate(curves.items()):
        colour, dash = STYLES[number % len(STYLES)]
        line = " ".join(f"{across(p.size):.1f},{down(p.ms):.1f}" for p in curve)
        parts.append(
            f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>'
        )
        parts += [
            f'<circle cx="{across(p.size):.1f}" cy="{down(p.ms):.1f}" r="3" fill="{colour}">'
            f"<title>{p.size:,}: {p.ms:.1f} ms</title></circle>"
            f'<text x="{across(p.size):.1f}" y="{down(p.ms) - 7:.1f}" text-anchor="middle">{p.ms:.3g}</text>'
            for p in curve
        ]
        parts.append(
            f'<text x="{MARGIN + 10}" y="{18 + LINE * number}" fill="{colour}">{escape(name)}</text>'
        )
    return "\n".join([*parts, "</svg>\n"])


def _scale(values: Sequence[float], first: float, last: float) -> Callable[[float], float]:
    low, high = math.log(min(values)), math.log(max(values))
    return lambda value: first + (math.log(value) - low) / ((high - low) or 1) * (last - first)
