"""A submission put in order: which cells run, with whose text, and which exercises were written.

The cells of a submission come from a file that anybody may have edited, so nothing here trusts their ids or positions.
"""
import ast
from dataclasses import dataclass, field

LONGEST = 200_000  # characters of a cell; a longer one does not run


@dataclass
class Submission:
    """What one learner handed in for a lesson; see `arranged`.

    Attributes
    ----------
    order : [(id, text)] as the learner has it; given and faulty code with our text
    written, blank, missing : exercises by state; `written` is {exercise: text}
    extras : {id of one of our cells, or None for the top: [(id, text)] of the learner's own cells after it}
    """

    order: list = field(default_factory=list)
    written: dict = field(default_factory=dict)
    blank: list = field(default_factory=list)
    missing: list = field(default_factory=list)
    extras: dict = field(default_factory=dict)

    def among(self, lesson, exercise):
        """[(id, text)] of the reference's cells, with one exercise and the own cells of this submission."""
        cells = list(self.extras.get(None, ()))
        for cell in lesson.graded:
            cells.append((cell.id, self.written[exercise] if cell.id == exercise else cell.text))
            cells += self.extras.get(cell.id, ())
        return cells


def arranged(book, lesson):
    """The Submission in a list of cells.

    Given cells run with our text, once; missing ones are put back in their place. Checks, demos, predictions and
    scratch cells are left out; the learner's own cells stay where they are. Of an exercise that is there twice, the
    last one that is written counts.
    """
    ours, stubs, out = {cell.id: cell for cell in lesson.graded}, lesson.stubs(), Submission()
    book = [(known(cell, ours), cell.role, clean(cell.text)) for cell in book if cell.kind == "code"]
    chosen = {}
    for at, (name, _, text) in enumerate(book):
        if name in stubs and (name not in chosen or not is_blank(text, stubs[name])):
            chosen[name] = at
    placed = {}
    for at, (name, role, text) in enumerate(book):
        if name in stubs and chosen[name] == at or name and name not in stubs and name not in placed:
            placed[name] = text if name in stubs else ours[name].text
            out.order.append((name, placed[name]))
        elif name is None and role in (None, "exercise", "given", "fault"):
            extra = f"yours_{at + 1}", text
            out.extras.setdefault(next(reversed(placed), None), []).append(extra)
            out.order.append(extra)
    put_back(out.order, lesson.graded)
    out.missing = [name for name in stubs if name not in placed]
    out.blank = [name for name in stubs if name in placed and is_blank(placed[name], stubs[name])]
    out.written = {name: placed[name] for name in stubs if name not in {*out.missing, *out.blank}}
    return out


def known(cell, ours):
    """The id of a cell, if it is one of ours and of the same role; else None."""
    name = cell.name if cell.role else None
    same = ours.get(cell.id) if isinstance(name, str) else None
    return cell.id if same is not None and same.role == cell.role else None


def put_back(order, graded):
    """Insert given cells that are not there, each after the last of our cells that comes before it on our page."""
    there, after = {name for name, _ in order}, None
    for cell in graded:
        if cell.role != "exercise" and cell.id not in there:
            at = next((n + 1 for n, (name, _) in enumerate(order) if name == after), 0)
            order.insert(at, (cell.id, cell.text))
            there.add(cell.id)
        after = cell.id if cell.id in there else after


def is_blank(text, stub):
    """Whether an exercise holds nothing but its stub; comments and spaces do not count as writing."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return not text.strip()
    return not tree.body or ast.dump(tree) == ast.dump(ast.parse(stub))


def clean(text):
    """Text that can be sent to a child; what is too long for a lesson becomes an error of its own cell."""
    if len(text) > LONGEST:
        return f"raise ValueError('this cell has {len(text)} characters; at most {LONGEST} are run')"
    return text.encode("utf-8", "replace").decode("utf-8")
