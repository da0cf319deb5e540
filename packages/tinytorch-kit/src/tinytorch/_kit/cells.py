"""Lessons as lists of cells, read from and written to percent files and notebooks. Standard library only.

Short headers are the source: `# %% exercise="add"`, `# %% check="add" points=5`, `# %% [markdown] answer="why"`.
`Cell.nbgrader` expands them. A cell's id is made from its header, so it is the same in every build and in both forms.
"""
import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

# Which kinds of cell there are; a cell has at most one of these in its header.
#   exercise  holds a solution region      check  its locked test           fault  locked code with a planted fault
#   given     locked, graders run it       demo   locked, graders do not    answer written, graded by a person
#   predict, scratch  open to the learner, never graded
KINDS = ("exercise", "check", "fault", "given", "demo", "answer", "predict", "scratch")
LOCKED = ("check", "fault", "given", "demo")
HEAD = re.compile(r"^# %%(?: +\[(markdown|raw)\])?(?P<meta>.*)$")
AGAIN = "Save it again from Jupyter, or take a fresh copy: tinytorch start NN --fresh"
PAIR = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?)')


@dataclass
class Cell:
    kind: str  # "code" or "markdown"
    text: str
    meta: dict = field(default_factory=dict)  # the header: {"check": "add", "points": 5}
    line: int = 0  # where the text begins in a percent file

    @property
    def role(self):
        """Which of KINDS this cell is, or None."""
        return next((kind for kind in KINDS if kind in self.meta), None)

    @property
    def name(self):
        return self.meta.get(self.role)

    @property
    def id(self):
        """`add` for an exercise, `check_add` and the like for others, None for plain cells."""
        if self.role is None:
            return None
        return self.name if self.role == "exercise" else f"{self.role}_{self.name}"

    def directives(self):
        """What lines such as `#| default_exp core.tensor` and `#| export` say."""
        return dict(re.findall(r"^#\s*\|\s*(\w+)\s*:?\s*(.*?)\s*$", self.text, flags=re.M))

    def nbgrader(self):
        """nbgrader's metadata (schema 3), or None for a cell that it need not know."""
        if self.role in (None, "predict", "scratch"):
            return None
        solution = self.role in ("exercise", "answer")
        grade = self.role == "answer" or "points" in self.meta
        known = {"grade": grade, "grade_id": self.id, "locked": not solution, "schema_version": 3,
                 "solution": solution, "task": False}
        return {**known, "points": self.meta["points"]} if grade else known


def read(path):
    """The cells of a lesson, from a notebook or a percent file.

    Raises
    ------
    ValueError
        If the file is not a lesson; the message names the file and says what to do.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")  # Windows editors put a mark in front
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not a text file in UTF-8, as lessons are. {AGAIN}") from None
    return read_notebook(text, path) if path.suffix == ".ipynb" else read_percent(text)


def read_percent(text):
    cells = []
    for number, line in enumerate(text.split("\n"), 1):
        found = HEAD.match(line)
        if found:
            meta = {key: json.loads(value) for key, value in PAIR.findall(found["meta"])}
            cells.append(Cell(found[1] or "code", [], meta, number + 1))
        elif cells:
            cells[-1].text.append(line)
    for cell in cells:
        body = "\n".join(cell.text).strip("\n")
        cell.line += next((n for n, line in enumerate(cell.text) if line), 0)
        cell.text = body if cell.kind == "code" else re.sub(r"^# ?", "", body, flags=re.M)
    return cells


def write_percent(cells):
    blocks = []
    for cell in cells:
        kind = "" if cell.kind == "code" else f" [{cell.kind}]"
        meta = "".join(f" {key}={json.dumps(value)}" for key, value in cell.meta.items())
        lines = cell.text.split("\n")
        body = lines if cell.kind == "code" else [f"# {line}".rstrip() for line in lines]
        blocks.append("\n".join([f"# %%{kind}{meta}", *body]) + "\n")
    return "\n".join(blocks)


def read_notebook(text, name="this file"):
    try:
        raw = json.loads(text)
        return [Cell(cell["cell_type"], "".join(cell["source"]), _header(cell.get("metadata", {})))
                for cell in raw["cells"]]
    except json.JSONDecodeError as error:
        raise ValueError(f"{name} is not a notebook: expected JSON, and line {error.lineno} is not. {AGAIN}") from None
    except (AttributeError, KeyError, TypeError):
        raise ValueError(f"{name} is JSON but not a notebook: it has no proper list of cells. {AGAIN}") from None


def _header(metadata):
    """A cell's header from its metadata; nbgrader's id serves where a tool has dropped ours."""
    if metadata.get("tinytorch"):
        return dict(metadata["tinytorch"])
    graded = metadata.get("nbgrader") or {}
    grade_id, points = graded.get("grade_id", ""), graded.get("points")
    role, _, name = grade_id.partition("_")
    found = {role: name} if role in KINDS[1:] and name else {"exercise": grade_id} if graded.get("solution") else {}
    return {**found, "points": points} if found and points is not None else found


def checksum(cell, graded):
    """nbgrader's own fingerprint of a cell (nbgrader.utils.compute_checksum)."""
    parts = [cell.text, cell.kind, str(graded["grade"]), str(graded["solution"]), str(graded["locked"]),
             graded["grade_id"]]
    parts += [str(float(graded["points"]))] if graded["grade"] else []
    return hashlib.md5("".join(parts).encode()).hexdigest()


def write_notebook(cells, number, name):
    """A notebook as JSON text, the same in every build. `name` is the lesson's, such as 01_tensor."""
    written = [_notebook_cell(cell, f"{name}-{count:03d}") for count, cell in enumerate(cells, 1)]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"},
                "tinytorch": {"lesson": number, "name": name}}
    book = {"cells": written, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _notebook_cell(cell, spare_id):
    graded = cell.nbgrader()
    metadata = {"tinytorch": dict(cell.meta)} if cell.meta else {}
    if graded:
        metadata["nbgrader"] = {**graded, "cell_type": cell.kind, "checksum": checksum(cell, graded)}
        metadata["deletable"] = False
    if cell.role in LOCKED:
        metadata["editable"] = False
    raw = {"cell_type": cell.kind, "id": (cell.id or spare_id).replace(".", "-"), "metadata": metadata,
           "source": cell.text.splitlines(keepends=True)}
    return {**raw, "execution_count": None, "outputs": []} if cell.kind == "code" else raw
