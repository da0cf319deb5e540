"""A lesson as graders use it: its cells, points and probes, read from the sources that this package carries.

`draw` and `judge` of `probes.py` run here, in the trusted process. Of `act` only the text is kept, cut to what it
needs, because it runs in processes of their own.
"""
import ast
from dataclasses import dataclass, field
from pathlib import Path

import tomllib
from tinytorch._kit import cells, export, release, wire
from tinytorch._kit.course import padded

from tinytorch_teach.judging import same

SOURCES = Path(__file__).with_name("curriculum")  # written there by the build
RUN = ("given", "fault", "exercise")  # roles of the cells that graders run
TRUSTED = ("draw_", "judge_")


@dataclass
class Lesson:
    """One lesson of a curriculum folder; see `load`.

    Attributes
    ----------
    curriculum, folder : where course.toml is, and where the lesson
    number, slug, module : "03", "03_layers", "tinytorch.nn.layers"
    needs : numbers of the lessons that the connection map names
    cells : all cells of the source
    points : {exercise: automatic points}, in the order of the page
    acts : source text for the process that answers
    """

    curriculum: Path
    folder: Path
    number: str
    slug: str
    module: str
    needs: list
    title: str
    cells: list = field(repr=False)
    points: dict
    probes: dict = field(repr=False)
    acts: str = field(repr=False)

    @property
    def graded(self):
        """The cells that graders run, in order."""
        return [cell for cell in self.cells if cell.role in RUN]

    @property
    def total(self):
        return sum(self.points.values())

    def stubs(self):
        """{exercise: its cell as learners get it}."""
        return {cell.name: cell.text for cell in release.release(self.cells) if cell.role == "exercise"}

    def draw(self, exercise, rng):
        """Inputs for one question about an exercise."""
        return self.probes["draw_" + exercise](rng)

    def questions(self, exercise, rng, count):
        """Inputs for `count` questions about an exercise; what is drawn a second time is not asked a second time."""
        drawn = [self.draw(exercise, rng) for _ in range(count)]
        return list({wire.encode(inputs): inputs for inputs in drawn}.values())

    def judge(self, exercise, inputs, answer, reference):
        """None if the answer is accepted, else a sentence. A judge that raises has not accepted."""
        try:
            return self.probes.get("judge_" + exercise, same)(inputs, answer, reference)
        except Exception as error:
            return f"the answer has another form than asked for ({type(error).__name__}: {str(error)[:80]})"

    def module_text(self, solutions=None):
        """This lesson's module as its wheel carries it; {exercise: code} takes the place of solutions."""
        return module_text(self.slug, [filled_cell(cell, (solutions or {}).get(cell.id)) for cell in self.cells])


def module_text(name, book):
    return export.aligned(f"{name}/lesson.py", export.exported(book)[1])


def filled_cell(cell, code):
    """The cell with `code` in place of its solution region; None leaves it as it is."""
    return cell if code is None else cells.Cell(cell.kind, release.fill(cell.text, code), cell.meta, cell.line)


def entries(curriculum=SOURCES):
    """The lessons of course.toml whose sources are there, in the order of the course."""
    return _written(curriculum, "lesson")


def optional(curriculum=SOURCES):
    """The optional ones: gradable like the others, needed by none, and no part of the course's points."""
    return _written(curriculum, "optional")


def numbers(curriculum=SOURCES):
    """Of all lessons that have sources, optional ones last."""
    return [entry["number"] for entry in [*entries(curriculum), *optional(curriculum)]]


def _written(curriculum, kind):
    course = tomllib.loads((Path(curriculum) / "course.toml").read_text(encoding="utf-8"))
    return [one for one in course.get(kind, []) if (home(curriculum, slug(one)) / "lesson.py").exists()]


def home(curriculum, name):
    """The folder of a lesson such as 03_layers; the optional ones stand apart."""
    plain = Path(curriculum) / name
    return plain if plain.exists() else Path(curriculum) / "optional" / name


def slug(entry):
    return f"{entry['number']}_{entry['name']}"


def load(number, curriculum=SOURCES):
    """The lesson with this number, such as 3 or "03", from a folder with course.toml and lesson folders.

    Raises
    ------
    LookupError
        If there is no such lesson.
    ValueError
        If its files do not agree; the message names the file and what is missing.
    """
    there = {entry["number"]: entry for entry in [*entries(curriculum), *optional(curriculum)]}
    entry = there.get(padded(str(number)))
    if entry is None:
        raise LookupError(f"{curriculum} has no lesson {number}. It has: {', '.join(there) or 'none'}.")
    folder = home(curriculum, slug(entry))
    book = cells.read(folder / "lesson.py")
    points = {cell.name: cell.meta["points"] for cell in book if cell.role == "check" and "points" in cell.meta}
    probes, acts = read_probes(folder / "probes.py")
    lesson = Lesson(Path(curriculum), folder, entry["number"], slug(entry), "tinytorch." + entry["module"],
                    entry["needs"], entry.get("title", entry["name"]), book, points, probes, acts)
    _agree(lesson, export.exported(book)[0])
    return lesson


def _agree(lesson, module):
    """Raise ValueError unless the cells, probes and the course say the same."""
    names = {cell.name for cell in lesson.cells if cell.role == "exercise"}
    wanted = [f"{part}_{name}" for name in lesson.points for part in ("draw", "act")]
    wrong = [f"lesson.py has points for {name} and no exercise of that name" for name in {*lesson.points} - names]
    wrong += [f"probes.py has no {name}" for name in wanted if name not in lesson.probes]
    if "tinytorch." + module != lesson.module:
        wrong.append(f"lesson.py exports {module}, and course.toml says {lesson.module[len('tinytorch.'):]}")
    if wrong:
        raise ValueError(f"{lesson.folder}: {'; '.join(wrong)}")


def below(lesson):
    """{path: text} of the prebuilt modules that come before a lesson, as the wheels of the tiers carry them."""
    earlier = [entry for entry in entries(lesson.curriculum) if entry["number"] < lesson.number]
    return {path_of("tinytorch." + entry["module"]):
            module_text(slug(entry), cells.read(lesson.curriculum / slug(entry) / "lesson.py")) for entry in earlier}


def path_of(module):
    return module.replace(".", "/") + ".py"


def read_probes(path):
    """The names that probes.py defines, and the text of its `act` functions with what they reach.

    Raises
    ------
    ValueError
        If `act` leans on what learners' processes do not have: a draw, a judge, this package.
    """
    text = path.read_text(encoding="utf-8")
    probes = {"__name__": "probes"}
    exec(compile(text, str(path), "exec"), probes)
    return probes, reachable(text, str(path))


def reachable(text, path="probes.py"):
    """`text` cut to the functions named act_... and the definitions that they need."""
    body = ast.parse(text).body
    todo, done, kept = [name for node in body for name in defined(node) if name.startswith("act_")], set(), []
    while todo:
        name = todo.pop()
        for node in [node for node in body if name in defined(node) and name not in done]:
            if name.startswith(TRUSTED) or "tinytorch_teach" in ast.unparse(node).split("\n")[0]:
                raise ValueError(f"{path}: act_... needs {name}, which learners' processes do not have")
            kept.append(node)
            todo += [each.id for each in ast.walk(node) if isinstance(each, ast.Name)]
        done.add(name)
    lines = text.split("\n")
    return "\n\n".join("\n".join(lines[start(node) - 1:node.end_lineno]) for node in body if node in kept) + "\n"


def start(node):
    return min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])


def defined(node):
    """The names that a statement of a module defines."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [alias.asname or alias.name.split(".")[0] for alias in node.names]
    return [each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)]
