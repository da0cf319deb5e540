"""How long things may be. The figures stand here and nowhere else."""
from generate import export

from rules.page import is_number

PROSE_LINES = 14
CODE_LINES = {"given": 70, "other": 40}  # Tensor's class cell has 68
SOLUTION_LINES = range(1, 26)
LEARNER_LINES = 120  # of all solutions together
EXERCISES = 6  # a fault's check and repair count as one
NUMBERS = 3  # questions answered by a number, counted apart
LESSON_LINES = 900
TWO_SITTINGS = 1200  # of a lesson with a resting place
WIDTH = 120


def cells_are_short(page):
    for cell in page.cells:
        most = PROSE_LINES if cell.kind == "markdown" else CODE_LINES.get(cell.role, CODE_LINES["other"])
        length = len(cell.text.split("\n"))
        if length > most:
            yield page.at(cell), f"a {cell.role or 'prose'} cell of {length} lines, more than {most}; one idea a cell"


def solutions_are_short(page):
    total = 0
    for cell in page.role("exercise"):
        region = cell.text.partition(export.BEGIN)[2].partition(export.END)[0]
        length = sum(bool(line.strip()) for line in region.split("\n"))
        total += length
        if length not in SOLUTION_LINES:
            yield page.at(cell), f"the solution has {length} lines; one exercise has 1 to {SOLUTION_LINES[-1]}"
    if total > LEARNER_LINES:
        yield page.at(page.cells[0]), f"all solutions have {total} lines, more than {LEARNER_LINES}; give some"


def exercises_are_few(page):
    numbers = [cell for cell in page.role("exercise") if is_number(cell)]
    code = len(page.role("exercise")) - len(numbers) - len(page.role("fault"))
    if code > EXERCISES:
        yield page.at(page.cells[0]), f"{code} exercises (a fault has one), more than {EXERCISES}; give what repeats"
    if len(numbers) > NUMBERS:
        yield page.at(numbers[-1]), f"{len(numbers)} questions for a number, more than {NUMBERS}; keep the best"


def page_is_short(page):
    most = TWO_SITTINGS if page.section("Resting place") else LESSON_LINES
    if len(page.lines) > most:
        yield page.at(page.cells[-1]), f"the page has {len(page.lines)} lines, more than {most}; cut it"


def lines_are_narrow(page):
    for path in sorted(page.folder.glob("*.py*")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if len(line) > WIDTH:
                yield f"{page.folder.name}/{path.name}:{number}", f"{len(line)} characters, more than {WIDTH}; break it"


RULES = (cells_are_short, solutions_are_short, exercises_are_few, page_is_short, lines_are_narrow)
