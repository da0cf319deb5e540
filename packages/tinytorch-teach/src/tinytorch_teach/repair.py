"""A submission made whole: our cells in our order with our text, the learner's answers in theirs, and what they added.

Stock nbgrader loses a submission whose cells were deleted, doubled or moved. After this step it never meets one.
"""
import json
from dataclasses import dataclass, field, replace

from tinytorch._kit import cells, release

from tinytorch_teach.submission import is_blank

THEIRS = ("exercise", "answer", "predict", "scratch")  # the text is the learner's; of other cells it is ours
KINDS = ("code", "markdown", "raw")


@dataclass
class Repaired:
    """The cells, and a sentence on each thing that had to be put right."""

    cells: list
    notes: list = field(default_factory=list)


def repaired(book, source):
    """Submitted cells in the form of a lesson.

    Parameters
    ----------
    book : list of Cell, as submitted
    source : list of Cell, the lesson as its authors wrote it
    """
    ours = release.release(source)
    keys = {key(cell): cell for cell in ours}
    book = [tidy(cell) for cell in book]
    at = {}  # key -> which submitted cell it is
    for place, cell in enumerate(book):
        known = keys.get(key(cell))
        if known is not None and (key(cell) not in at or known.role in THEIRS and counts(cell, known)):
            at[key(cell)] = place
    out, extras = Repaired([], notes(book, keys, at)), extra_cells(book, keys, at)
    out.cells += extras.get(None, [])
    for cell in ours:
        there = at.get(key(cell))
        theirs = there is not None and cell.role in THEIRS
        out.cells += [replace(cell, text=book[there].text) if theirs else cell, *extras.get(key(cell), [])]
    return out


def key(cell):
    """What makes a cell the same in both: its id, or the text of prose."""
    return cell.id if cell.id else (cell.kind, cell.text)


def tidy(cell):
    """A cell that can be written again, whatever the file said."""
    text = cell.text.replace("\r\n", "\n").encode("utf-8", "replace").decode("utf-8")
    kind = cell.kind if cell.kind in KINDS else "markdown"
    return cells.Cell(kind, text, cell.meta if isinstance(cell.name, str) else {})


def counts(cell, known):
    """Whether a doubled cell replaces the one before it: the last that holds work does."""
    blank = cell.text.strip() == known.text.strip() or cell.role == "exercise" and is_blank(cell.text, known.text)
    return not blank


def extra_cells(book, keys, at):
    """{key of ours, or None for the top: the learner's own cells that stand after it}."""
    extras, before = {}, None
    for place, cell in enumerate(book):
        if at.get(key(cell)) == place:
            before = key(cell)
        elif is_own(cell, keys):
            extras.setdefault(before, []).append(cells.Cell(cell.kind, cell.text))
    return extras


def is_own(cell, keys):
    """Whether a cell that is none of ours is kept: not a copy of ours, nor an empty one."""
    known = keys.get(key(cell))
    return bool(cell.text.strip()) and (known is None or known.role in THEIRS and counts(cell, known))


def notes(book, keys, at):
    """What was put right, where it can have mattered."""
    said = [f"cell `{name}` was deleted and is back as learners get it" for name, cell in keys.items()
            if cell.role in (*cells.LOCKED, "exercise", "answer") and name not in at]
    doubled = {cell.id for place, cell in enumerate(book) if cell.id in keys and at[cell.id] != place}
    said += [f"cell `{name}` was there more than once; the last one with work in it counts" for name in sorted(doubled)]
    said += [f"locked cell `{name}` was changed and has its own text again" for name, place in at.items()
             if keys[name].role in cells.LOCKED and book[place].text.strip() != keys[name].text.strip()]
    said += [f"answer `{name}` shows a picture, which only the file that was sent holds" for name, place in at.items()
             if keys[name].role == "answer" and "](attachment:" in book[place].text]
    order = [at[name] for name in keys if keys[name].id and name in at]
    return said + ["cells were moved and are back in order"] * (order != sorted(order))


def notebook(book, source, name):
    """The text of a notebook with these cells. `name` is the lesson's, such as 01_tensor.

    Each cell keeps the checksum that it was released with, by which nbgrader tells an answer from a blank one.
    """
    raw = json.loads(cells.write_notebook(book, name.partition("_")[0], name))
    released = {cell.id: cells.checksum(cell, cell.nbgrader()) for cell in release.release(source) if cell.nbgrader()}
    for cell in raw["cells"]:
        told = cell["metadata"].get("nbgrader")
        if told:
            told["checksum"] = released[told["grade_id"]]
    return json.dumps(raw, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def contents(raw):
    """What a notebook says to a grader, as text to compare: kinds and sources of its cells."""
    return json.dumps([[cell["cell_type"], "".join(cell["source"])] for cell in raw["cells"]])
