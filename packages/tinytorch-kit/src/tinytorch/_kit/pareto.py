"""A plot of accuracy against a cost, as SVG to be put into a page. Points that no other one beats stand on a line."""
import math
from html import escape
from typing import NamedTuple

WIDTH, HEIGHT = 480, 300
LEFT, RIGHT, TOP, BOTTOM = 52, 460, 28, 250  # edges of the field


class Point(NamedTuple):
    """One submission in a plot."""

    label: str  # short: its place in the table
    says: str  # what is read aloud and shown beside the pointer
    link: str  # the id of its row
    cost: float  # above 0; less is better
    accuracy: float  # percent; more is better


def front(points):
    """Those that no other point beats: none is as good in both and better in one."""
    return [one for one in points if not any(beats(other, one) for other in points)]


def beats(one, other):
    """Whether a point is at least as good in both and better in one."""
    as_good = one.cost <= other.cost and one.accuracy >= other.accuracy
    return as_good and (one.cost, one.accuracy) != (other.cost, other.accuracy)


def ticks(low, high):
    """Round numbers from `low` to `high`, six or so."""
    rough = (high - low) / 5
    size = 10 ** math.floor(math.log10(rough))
    step = next(size * times for times in (1, 2, 5, 10) if size * times >= rough)
    return [n * step for n in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]


def log_ticks(low, high):
    """Ticks of a scale of ratios: 1, 2 and 5 times powers of ten, or all round numbers where these are too few."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    found = [times * 10.0**power for power in powers for times in (1, 2, 5) if low <= times * 10.0**power <= high]
    return found if len(found) > 2 else ticks(low, high)


def plot(points, unit, floor):
    """The SVG of one point or more; `unit` names the cost and its unit, `floor` is the least accuracy, in percent."""
    costs, heights = [one.cost for one in points], [one.accuracy for one in points] + [floor]
    low, high = min(costs) / 1.5, max(costs) * 1.5  # on a scale of ratios
    room = max(0.5, (max(heights) - min(heights)) * 0.12)
    bottom, top = min(heights) - room, max(heights) + room

    def across(cost):
        return LEFT + (RIGHT - LEFT) * math.log(cost / low) / math.log(high / low)

    def up(accuracy):
        return BOTTOM - (BOTTOM - TOP) * (accuracy - bottom) / (top - bottom)

    best = sorted(front(points), key=lambda one: one.cost)
    parts = [f'<path class="axis" d="M{LEFT} {TOP}V{BOTTOM}H{RIGHT}"/>',
             f'<text x="{LEFT - 44}" y="{TOP - 12}">accuracy, %</text>',
             f'<text x="{RIGHT}" y="{BOTTOM + 42}" text-anchor="end">{escape(unit)}</text>']
    for tick in ticks(bottom, top):
        parts.append(f'<path class="axis" d="M{LEFT - 4} {up(tick):.1f}H{LEFT}"/>'
                     f'<text x="{LEFT - 8}" y="{up(tick) + 4:.1f}" text-anchor="end">{tick:g}</text>')
    for tick in log_ticks(low, high):
        parts.append(f'<path class="axis" d="M{across(tick):.1f} {BOTTOM}v4"/>'
                     f'<text x="{across(tick):.1f}" y="{BOTTOM + 18}" text-anchor="middle">{tick:g}</text>')
    parts.append(f'<path class="floor" d="M{LEFT} {up(floor):.1f}H{RIGHT}"/>'
                 f'<text x="{RIGHT}" y="{up(floor) - 5:.1f}" text-anchor="end">floor</text>')
    steps = "".join(f"H{across(one.cost):.1f}V{up(one.accuracy):.1f}" for one in best)
    parts.append(f'<path class="front" d="M{across(best[0].cost):.1f} {up(best[0].accuracy):.1f}{steps}H{RIGHT}"/>')
    for one in points:
        x, y = across(one.cost), up(one.accuracy)
        kind = ' class="best"' if one in best else ""
        parts.append(f'<a href="#{escape(one.link)}"{kind}><title>{escape(one.says)}</title>'
                     f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5"/>'
                     f'<text x="{x + 9:.1f}" y="{y - 7:.1f}">{escape(one.label)}</text></a>')
    said = escape(f"Accuracy against {unit}: {len(points)} submissions, of which no other one beats "
                  f"{', '.join(one.label for one in best)}.")
    return (f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="group" aria-label="{said}">\n' + "\n".join(parts)
            + "\n</svg>")
