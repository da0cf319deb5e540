"""A learner's copy of a lesson: where it is, and its cells put in order with the lesson's own.

What `check` runs and `export` writes is the same list of cells: locked ones with the lesson's text, exercises and the
learner's own cells with theirs. The order is the lesson's, so a cell that was moved does no harm; a cell of the
learner's own stays behind the cell that it follows.
"""
import ast
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from tinytorch._kit import cells, course, export
from tinytorch._kit.console import Refused, near
from tinytorch._kit.release import TEXT_STUB
from tinytorch._kit.workspace import unused, write

RELEASES = Path(__file__).with_name("lessons")
FORMS = (".ipynb", ".py")
RESTORED = ("given", "check", "fault")  # locked cells that matter here
PASSED_OVER = ("check", "demo", "predict", "scratch", "answer")  # of the learner's cells that the lesson does not know


@dataclass
class Sheet:
    """A lesson as the learner has it.

    Attributes
    ----------
    cells : [(id, Cell)] of code, in order; the learner's own have ids such as `cell 12`, their place in the file
    stubs : {exercise: its text in the release}
    missing : exercises that are not there
    unanswered : written answers that hold nothing yet
    notes : sentences on what is unusual
    """

    path: Path
    entry: dict
    cells: list = field(default_factory=list)
    stubs: dict = field(default_factory=dict)
    missing: list = field(default_factory=list)
    unanswered: list = field(default_factory=list)
    notes: list = field(default_factory=list)

    def unwritten(self):
        """Exercises that hold nothing but their stub."""
        return [name for name, cell in self.cells if name in self.stubs and is_blank(cell.text, self.stubs[name])]


def released(entry):
    """The cells of a lesson as it was given out."""
    path = RELEASES / f"{course.slug(entry)}.py"
    if not path.is_file():
        there = ", ".join(one["number"] for one in course.LESSONS if has(one))
        raise Refused(f"{course.label(entry)} is not in this release of the course, which has {there}.\n"
                      "To see them: tinytorch status")
    return cells.read(path)


def has(entry):
    """Whether this release of the course has a lesson."""
    return (RELEASES / f"{course.slug(entry)}.py").is_file()


def start(workspace, entry, suffix, fresh=False):
    """Put a lesson into the workspace unless it is there; its path, and whether it is new.

    `fresh` puts one more copy beside it, under a name that is not taken.
    """
    released(entry)
    usual = [workspace.lessons / (course.slug(entry) + form) for form in FORMS]
    there = [path for path in usual if path.exists()]
    if there and not fresh:
        return there[0], False
    path = workspace.lessons / (course.slug(entry) + suffix)
    path = unused(path.with_suffix(".fresh" + suffix)) if path.exists() else path
    workspace.lessons.mkdir(exist_ok=True)
    write(path, (RELEASES / (course.slug(entry) + suffix)).read_bytes())
    return path, True


def find(workspace, entry):
    """The file that holds a lesson, whatever its name, and notes on the choice."""
    slug = course.slug(entry)
    there = [path for form in FORMS if (path := workspace.lessons / (slug + form)).is_file()]
    if len(there) == 2:
        newer, older = sorted(there, key=lambda path: path.stat().st_mtime, reverse=True)
        return newer, [f"{near(newer)} counts: it is newer than {near(older)}."]
    if there:
        return there[0], []
    others = [path for form in FORMS for path in sorted(workspace.lessons.glob("*" + form)) if holds(path, entry)]
    if not others:
        raise Refused(f"{near(workspace.lessons / slug)}.ipynb is not there, and no other file in lessons/ holds "
                      f"{course.label(entry)}.\nType: tinytorch start {entry['number']}")
    newest = max(others, key=lambda path: path.stat().st_mtime)
    return newest, [f"{near(newest)} holds {course.label(entry)} and counts; {slug}{newest.suffix} is not there."]


def holds(path, entry):
    """Whether a file says that it is this lesson: by a notebook's metadata, `begin` or `default_exp`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix == ".ipynb":
            raw = json.loads(text)
            number = (raw.get("metadata") or {}).get("tinytorch", {}).get("lesson")
            text = "\n".join(cell.text for cell in cells.read_notebook(text)) if number is None else ""
            if number is not None:
                return number == entry["number"]
        begun = re.search(r"""^begin\(\s*["']?(\d+[a-z]?)["']?\s*\)""", text, flags=re.M)
        exports = re.search(r"^#\s*\|\s*default_exp\s+([\w.]+)", text, flags=re.M)
    except (OSError, ValueError, AttributeError):  # not a lesson of ours, so not this one
        return False
    return begun is not None and course.padded(begun[1]) == entry["number"] or (
        exports is not None and exports[1] == entry["module"])


def read(workspace, entry):
    """The learner's Sheet of a lesson.

    Raises
    ------
    Refused
        If there is none, or none that can be read.
    """
    blank = released(entry)
    path, notes = find(workspace, entry)
    try:
        theirs = cells.read(path)
    except ValueError as error:
        raise Refused(str(error).replace("start NN", f"start {entry['number']}")) from None
    sheet = arranged(theirs, blank, path, entry)
    sheet.notes[:0] = notes
    if path.suffix == ".py" and (number := bare_line(path.read_text(encoding="utf-8-sig"))):
        sheet.notes.append(f"Line {number} of {near(path)} stands in a text cell and does not begin with `#`. It "
                           "counts, but as a program the file stops there.")
    return sheet


def bare_line(text):
    """The number of the first line of a text cell in a percent file that Python would try to run, or None."""
    in_text = False
    for number, line in enumerate(text.splitlines(), 1):
        head = cells.HEAD.match(line)
        in_text = head[1] is not None if head else in_text
        if in_text and line.strip() and not line.startswith("#"):
            return number
    return None


def arranged(theirs, blank, path, entry):
    """A Sheet from the learner's cells and those of the release."""
    known = {cell.id: cell for cell in blank if cell.id and cell.kind == "code"}
    sheet = Sheet(path, entry, stubs={name: cell.text for name, cell in known.items() if cell.role == "exercise"})
    copies, own, before = {}, {}, None
    for number, cell in enumerate(theirs, 1):
        if cell.id in known and cell.kind == "code":
            before = cell.id
            copies.setdefault(before, []).append(cell)
        elif cell.kind == "code" and cell.role not in PASSED_OVER and cell.text.strip():
            own.setdefault(before, []).append((f"cell {number}", cell))
    if not any(name in copies for name in sheet.stubs):
        raise Refused(strange(theirs, path, entry))
    sheet.cells += own.get(None, [])
    for name, cell in known.items():
        if cell.role != "exercise":
            sheet.cells.append((name, cell))
        elif name in copies:
            sheet.cells.append((name, counting(copies[name], cell.text)))
        else:
            sheet.missing.append(name)
        sheet.cells += own.get(name, [])
    answers = {cell.name: cell.text for cell in theirs if cell.role == "answer"}
    asked = [cell.name for cell in blank if cell.role == "answer"]
    sheet.unanswered = [name for name in asked if answers.get(name, "").strip() in ("", TEXT_STUB)]
    sheet.notes += remarks(copies, known, sheet)
    return sheet


def counting(copies, stub):
    """Of an exercise that is there more than once, the last copy that was written."""
    written = [cell for cell in copies if not is_blank(cell.text, stub)]
    return (written or copies)[-1]


def is_blank(text, stub):
    """Whether an exercise holds nothing but its stub; comments do not count as writing."""
    try:
        tree = ast.parse(export.plain(text))
        return not tree.body or ast.dump(tree) == ast.dump(ast.parse(stub))
    except (SyntaxError, ValueError, RecursionError):
        return not text.strip()


def remarks(copies, known, sheet):
    """Sentences on cells that are doubled, moved, changed or gone."""
    for name in sheet.stubs:
        if len(copies.get(name, [])) > 1:
            yield f"The exercise {name} is there {len(copies[name])} times; the last one that is written counts."
    order = [name for name in copies if name in known]
    if order != [name for name in known if name in copies]:
        yield "Cells stand in another order than in the lesson; the lesson's order was used."
    wanted = [name for name, cell in known.items() if cell.role in RESTORED]
    gone = [name for name in wanted if name not in copies]
    changed = [name for name in wanted if name in copies and _text(copies[name][0]) != _text(known[name])]
    for what, names in (("are gone", gone), ("have another text than the lesson's", changed)):
        if names:
            yield f"Locked cells that {what}: {listed(names)}. The lesson's own text was used."


def _text(cell):
    return [line.rstrip() for line in cell.text.strip().split("\n")]


def listed(names, most=4):
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def strange(theirs, path, entry):
    """Why a file is not this lesson."""
    exports = next((said for cell in theirs if (said := cell.directives().get("default_exp"))), None)
    other = course.BY_MODULE.get(f"tinytorch.{exports}")
    found = f"It is {course.label(other)}." if other and other is not entry else "None of its exercises is there."
    return (f"{near(path)} does not hold {course.label(entry)}. {found}\n"
            f"For a fresh copy beside it: tinytorch start {entry['number']} --fresh")
