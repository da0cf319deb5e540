"""The page of a leaderboard: one HTML file that loads nothing, says all it has to say without its script, and prints.

What submissions say of themselves comes from strangers, so every text of theirs is escaped, and the page's own rules
(Content-Security-Policy) let no script and no style run but the two that are in this package.
"""
import base64
import hashlib
from html import escape
from pathlib import Path
from string import Template

from tinytorch._kit.pareto import Point, plot

HERE = Path(__file__).parent
COLUMNS = [("place", ""), ("submitter", "text"), ("times faster", ""), ("latency, ms", ""), ("accuracy, %", ""),
           ("times smaller", ""), ("size, kB", ""), ("peak, kB", ""), ("unbeaten", "text"), ("what was done", "text"),
           ("measured on", "text")]


def page(board):
    """The whole page of a board (see leaderboard.py), as text."""
    style, script = ((HERE / f"leaderboard.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    entries, refused = sum(len(task["entries"]) for task in board["tasks"]), len(board["refused"])
    return Template((HERE / "leaderboard.html").read_text(encoding="utf-8")).substitute(
        style=style, script=script, style_hash=_hash(style), script_hash=_hash(script),
        summary=_summary(entries, refused), tasks="\n".join(map(_task, board["tasks"])),
        refused=_refused(board["refused"]),
        footer="Improvements are computed from the raw repeats in each file, never taken from it. To run one again: "
               "<code>tinytorch leaderboard verify FILE</code>. All numbers of this page are in "
               '<a href="leaderboard.json">leaderboard.json</a>.')


def _hash(text):
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _summary(entries, refused):
    if not entries + refused:
        return ("There is no submission yet. <code>tinytorch milestone 6</code> makes three; "
                "<code>tinytorch leaderboard build FOLDER</code> makes this page of all that lie in a folder.")
    return f"{entries} submission{'s' * (entries != 1)} on the board, {refused or 'none'} refused."


def _task(task):
    name = escape(task["name"])
    about = (f'<p class="about">Scored by {escape(task["metric"])}, at least {100 * task["floor"]:g} %: '
             f'{escape(task["floor_says"])}.</p>')
    if not task["entries"]:
        body = '<p class="empty">No submission to this task yet.</p>'
    else:
        body = _plots(task) + _table(task)
    return f'<section aria-labelledby="{name}">\n<h2 id="{name}">{name}</h2>\n{about}\n{body}\n</section>'


def _row_id(task, place):
    return f"{task['name']}-{place}"


def _plots(task):
    """Accuracy against time and against size."""
    def percent_of_time(entry):
        return 100 / entry["faster"]["ratio"]

    def kilobytes(entry):
        return entry["size_bytes"]["optimized"] / 1000

    return ('<div class="plots">\n' + _figure(task, "latency", "% of the baseline's", percent_of_time)
            + _figure(task, "size of the weights", "kB", kilobytes) + "</div>\n")


def _figure(task, name, unit, cost):
    points = []
    for place, entry in enumerate(task["entries"], 1):
        accuracy = 100 * entry["accuracy"]["optimized"]
        says = f"{place} {entry['submitter']}: {accuracy:.1f} % right, {cost(entry):.3g} {unit}"
        points.append(Point(str(place), says, _row_id(task, place), cost(entry), accuracy))
    return (f"<figure>\n{plot(points, f'{name}, {unit}', 100 * task['floor'])}\n<figcaption>Accuracy against {name}. "
            "Filled, and on the line: no other is as good in both and better in one.</figcaption>\n</figure>\n")


def _table(task):
    sorts = ' aria-sort="ascending"'  # of the first column, until a button says otherwise
    heads = "".join(f'<th scope="col"{_class(kind)}{"" if n else sorts}><button type="button">{name}</button></th>'
                    for n, (name, kind) in enumerate(COLUMNS))
    rows = "\n".join(_row(task, place, entry) for place, entry in enumerate(task["entries"], 1))
    name = escape(task["name"])
    return (f'<div class="wide" role="region" tabindex="0" aria-label="Table of {name}">\n<table>\n'
            f"<caption>Best first. In grey: the baseline, and the interval of 95 %. Unbeaten: no other is as "
            "right, as fast and as small, and better in one.</caption>\n<thead>"
            f"<tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</div>")


def _class(kind):
    return f' class="{kind}"' if kind else ""


def _row(task, place, entry):
    faster, machine, unbeaten = entry["faster"], entry["system"], "yes" if entry["unbeaten"] else "no"
    cells = [_number(place, str(place)),
             f'<th scope="row" class="text" title="{escape(entry["file"])}">{escape(entry["submitter"])}</th>',
             _number(faster["ratio"], f"{faster['ratio']:.2f}", f"{faster['low']:.2f} to {faster['high']:.2f}"),
             _both(entry["latency_ms"], 1, "{:.3g}"), _both(entry["accuracy"], 100, "{:.1f}"),
             _number(entry["smaller"], f"{entry['smaller']:.1f}"), _both(entry["size_bytes"], 0.001, "{:.1f}"),
             _both(entry["peak_bytes"], 0.001, "{:,.0f}"), f'<td class="text">{unbeaten}</td>',
             f'<td class="text">{escape(", ".join(entry["techniques"]))}</td>',
             f'<td class="text">{escape(machine["host_processor_model_name"])}<small>{escape(machine["division"])}, '
             f'{escape(entry["created"][:10])}</small></td>']
    return f'<tr id="{escape(_row_id(task, place))}">{"".join(cells)}</tr>'


def _both(pair, scale, form):
    """A cell with the optimized value, and the baseline's below it."""
    after, before = scale * pair["optimized"], scale * pair["baseline"]
    return _number(after, form.format(after), form.format(before))


def _number(value, text, small=""):
    small = f"<small>{small}</small>" if small else ""
    return f'<td data-value="{value:.10g}">{text}{small}</td>'


def _refused(refused):
    """Which files are not on the board, and why."""
    if not refused:
        return ""
    rows = "\n".join(f'<tr><th scope="row" class="text">{escape(one["file"])}</th>'
                     f'<td class="text">{escape(one["submitter"])}</td><td class="text">{escape(one["task"])}</td>'
                     f'<td class="text">{"<br>".join(map(escape, one["reasons"]))}</td></tr>' for one in refused)
    heads = "".join(f'<th scope="col" class="text">{name}</th>' for name in ("file", "submitter", "task", "why"))
    return ('<section aria-labelledby="refused">\n<h2 id="refused">Refused</h2>\n<div class="wide" role="region" '
            f'tabindex="0" aria-label="Table of refused files">\n<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n'
            f"{rows}\n</tbody>\n</table>\n</div>\n</section>")
