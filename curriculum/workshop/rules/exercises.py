"""Exercises, their checks and points, their scaffolds, and the hunt for a planted fault."""
import re

from generate import export

from rules.page import bound, is_number


def check_follows(page):
    """Each exercise has one locked check of its name with points, in the next code cell."""
    for cell, after in zip(page.code, [*page.code[1:], None]):
        if cell.role == "exercise" and (after is None or (after.role, after.name) != ("check", cell.name)):
            yield page.at(cell), (
                f'the next code cell after this exercise is its check: expected `# %% check="{cell.name}" points=N`, '
                f"found {after.id if after else 'nothing'}")


def points_are_said(page):
    for cell in page.role("check"):
        points, exercise = cell.meta.get("points"), page.named("exercise", cell.name)
        if exercise and not (isinstance(points, int) and points > 0):
            yield page.at(cell), f"a check of an exercise has whole points, at least 1; found {points}"
        if not exercise and points is not None:
            yield page.at(cell), f"{points} points for the exercise {cell.name}, which is not there"


def points_add_up(page):
    found, said = sum(_number(cell.meta.get("points")) for cell in page.role("check")), page.entry.get("points")
    if found != said:
        yield page.entry_at(), f"course.toml says points = {said}, and the checks of the page add up to {found}"


def _number(points):
    return points if isinstance(points, int) else 0


def one_solution_region(page):
    for cell in page.cells:
        marks = [line.strip() for line in cell.text.split("\n") if re.search(r"(BEGIN|END) SOLUTION", line)]
        if cell.role == "exercise" and marks != [export.BEGIN, export.END]:
            yield page.at(cell), (
                f"an exercise has one `{export.BEGIN}` and one `{export.END}` below it; found {marks or 'none'}")
        elif cell.role != "exercise" and marks:
            yield page.at(cell), "a solution region outside an exercise; make it one, or take the marks out"


def scaffold_is_whole(page):
    """Above the region: how to go about it, an example, a hint. A question for a number needs none."""
    for cell in page.role("exercise"):
        above = [line.strip() for line in cell.text.partition(export.BEGIN)[0].split("\n")]
        said = [word for line in above for word in ("How", "Example", "Hint") if line.startswith(f"# {word}:")]
        if not is_number(cell) and said != ["How", "Example", "Hint"]:
            yield page.at(cell), (
                f"above `{export.BEGIN}` stand `# How:`, `# Example:`, `# Hint:` in this order; found {said or 'none'}")


def fault_is_hunted(page):
    """After a fault: its measured symptom, then the check that rejects it, then the repair."""
    for fault in page.role("fault"):
        after = page.code[page.code.index(fault) + 1:]
        until = next((i for i, cell in enumerate(after) if cell.role == "fault"), len(after))
        exercises = [cell.name for cell in after[:until] if cell.role == "exercise"]
        shown = [cell.role for cell in after[:until]]
        if "demo" not in shown[:shown.index("exercise") if exercises else None]:
            yield page.at(fault), "the fault shows a symptom; put a demo cell between it and its first exercise"
        if len(exercises) < 2:
            yield page.at(fault), f"a fault has two exercises, check and repair; found {len(exercises)}"
            continue
        check = page.named("check", exercises[0])
        text = check.text if check else ""
        names = [name for name in bound(page.tree(fault)) if re.search(rf"\brejects\([^)]*\b{name}\b", text)]
        if not names or "not rejects(" not in text:
            yield page.at(check or fault), (
                "the first exercise after a fault writes the missing check: test it with `rejects(check, fault)` and "
                f"`not rejects(check, a right one)`; the fault is {', '.join(bound(page.tree(fault))) or 'nameless'}")


RULES = (check_follows, points_are_said, points_add_up, one_solution_region, scaffold_is_whole, fault_is_hunted)
