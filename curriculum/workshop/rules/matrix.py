"""Competency cells and written answers in course.toml, against the cells of the page."""
import ast

from rules.page import is_number

MOST_CELLS = 3  # that one exercise may serve
MOST_WRITTEN = 0.10  # points of written answers, as a part of the automatic points


def competency_is_proved(page):
    """The column is tied to the kind of exercise that `by` names."""
    there = matrix_cells(page.course)
    for tag in page.entry.get("competency", []):
        cell, by = tag.get("cell", ""), tag.get("by", "")
        column = cell.rpartition(" / ")[2]
        if cell not in there:
            yield page.entry_at(), f"[matrix] has no cell {cell!r}; a cell is written row / column"
        elif not COLUMNS[column][1](page, by):
            yield page.entry_at(), f"{cell} is proved by {COLUMNS[column][0]}, and {by!r} is not one"
        if not tag.get("evidence", "").strip().endswith("."):
            yield page.entry_at(), f"{cell} by {by!r} has no evidence; say in one sentence what the learner does"


def exercise_serves_few_cells(page):
    served = [tag.get("by") for tag in page.entry.get("competency", [])]
    for by in dict.fromkeys(served):
        if served.count(by) > MOST_CELLS:
            yield page.entry_at(), f"{by!r} serves {served.count(by)} cells of the matrix, more than {MOST_CELLS}"


def _is_question(page, by):
    exercise = page.named("exercise", by)
    return page.named("answer", by) is not None or (exercise is not None and is_number(exercise))


def _is_measured(page, by):
    return page.named("predict", by) is not None


def _is_code(page, by):
    exercise = page.named("exercise", by)
    return exercise is not None and not is_number(exercise)


def _is_fault(page, by):
    """The check or the repair of a fault, or a number asked about a program that the prose above shows."""
    exercise = page.named("exercise", by)
    if exercise is None:
        return False
    above = page.cells[:page.cells.index(exercise)]
    if is_number(exercise):
        shown = [cell for cell in above if cell.kind == "markdown"]
        return bool(shown) and "\n    " in shown[-1].text
    faults = [i for i, cell in enumerate(above) if cell.role == "fault"]
    return bool(faults) and sum(cell.role == "exercise" for cell in above[faults[-1]:]) < 2


def _is_threshold(page, by):
    """An exercise whose check asserts that one number is below another."""
    check = page.named("check", by) if _is_code(page, by) else None
    order = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
    return check is not None and any(
        isinstance(node, ast.Assert) and any(isinstance(one, order) for one in ast.walk(node.test))
        for node in ast.walk(page.tree(check)))


COLUMNS = {
    "Knows": ("a question for a number or a written answer", _is_question),
    "Measures": ("a predict cell", _is_measured),
    "Implements": ("an exercise with code to write", _is_code),
    "Debugs": ("an exercise of a fault, or a number asked about a program shown above it", _is_fault),
    "Optimizes": ("an exercise whose check compares before and after with < or >", _is_threshold),
}


def matrix_cells(course):
    matrix = course.get("matrix", {})
    return [f"{row['name']} / {column}" for row in matrix.get("row", []) for column in matrix.get("columns", [])]


def answers_have_levels(page):
    """A written answer has its points in both places and sample answers from full points down."""
    said, asked = page.entry.get("answer", []), page.role("answer")
    for cell in asked:
        points = cell.meta.get("points")
        entry = next((one for one in said if one["id"] == cell.name), None)
        if entry is None or entry["points"] != points:
            yield page.at(cell), f'course.toml has no [[lesson.answer]] with id = "{cell.name}" and points = {points}'
        if not cell.meta.get("rubric"):
            yield page.at(cell), 'a written answer says for what it is graded: rubric="..." in its header'
    for entry in said:
        points = [level["points"] for level in entry.get("level", [])]
        if entry["id"] not in [cell.name for cell in asked]:
            yield page.entry_at(), f"the page has no answer {entry['id']!r}; course.toml has sample answers for it"
        if len(points) < 2 or points[0] != entry["points"] or points != sorted(set(points), reverse=True):
            yield page.entry_at(), f"levels of {entry['id']} descend from {entry['points']} points; found {points}"
        if not all(level.get("sample", "").strip() for level in entry.get("level", [])):
            yield page.entry_at(), f"a level of {entry['id']} has no sample answer; write one"


def written_points_are_few(page):
    written = sum(cell.meta.get("points") or 0 for cell in page.role("answer"))
    if len(page.role("answer")) > 1 or written > MOST_WRITTEN * page.entry.get("points", 0):
        yield page.entry_at(), (
            f"one written answer a lesson, of at most {MOST_WRITTEN:.0%} of the automatic points; "
            f"found {len(page.role('answer'))} with {written} points beside {page.entry.get('points')}")


RULES = (competency_is_proved, exercise_serves_few_cells, answers_have_levels, written_points_are_few)


def matrix_is_whole(course):
    """Eight rows of five cells, each with its text; when all lessons are written, each cell is served."""
    matrix = course.get("matrix", {})
    if len(matrix.get("row", [])) != 8 or matrix.get("columns") != list(COLUMNS):
        yield "course.toml:1", f"[matrix] has eight rows and the columns {', '.join(COLUMNS)}"
    for row in matrix.get("row", []):
        if len(row["cells"]) != len(COLUMNS) or not all(row["cells"]):
            yield "course.toml:1", f"the row {row['name']} of [matrix] has {len(COLUMNS)} cells with a text in each"


def matrix_is_covered(course):
    """Asked only when every lesson has said its competencies."""
    if all(lesson.get("competency") for lesson in course["lesson"]):
        served = {tag["cell"] for lesson in course["lesson"] for tag in lesson["competency"]}
        for cell in matrix_cells(course):
            if cell not in served:
                yield "course.toml:1", f"no lesson serves the cell {cell}"


COURSE_RULES = (matrix_is_whole, matrix_is_covered)
