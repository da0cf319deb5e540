"""Source lesson to release lesson: solutions, hidden tests and rubrics go, the same cells stay as with nbgrader's own
`generate_assignment`. Standard library only."""
import re
from dataclasses import replace

CODE_STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
TEXT_STUB = "YOUR ANSWER HERE"


def release(cells):
    """The cells that a learner gets."""
    return [_released(cell) for cell in cells]


def _released(cell):
    theirs, stub = cell.role in ("exercise", "answer"), CODE_STUB if cell.kind == "code" else TEXT_STUB
    text, found = cut(cell.text, "SOLUTION", stub)
    if found and not theirs:
        raise ValueError(f"a solution stands outside an exercise cell: {cell.text[:60]!r}")
    text = stub if theirs and not found else text
    for name in ("HIDDEN TESTS", "MARK SCHEME"):
        text, _ = cut(text, name, "")
    return replace(cell, text=text, meta={key: value for key, value in cell.meta.items() if key != "rubric"})


def cut(text, name, stub):
    """Replace each region BEGIN name ... END name by `stub`, indented like the region; say whether there was one."""
    out, inside, found = [], False, False
    for line in text.split("\n"):
        if f"BEGIN {name}" in line:
            if inside:
                raise ValueError(f"BEGIN {name} stands inside a region that began before it")
            inside = found = True
            indent = re.match(r"\s*", line)[0]
            out += [indent + part for part in stub.split("\n")] if stub else []
        elif f"END {name}" in line:
            if not inside:
                raise ValueError(f"END {name} has no BEGIN {name} above it")
            inside = False
        elif not inside:
            out.append(line)
    if inside:
        raise ValueError(f"BEGIN {name} has no END {name}")
    return "\n".join(out), found


def fill(text, solution):
    """Put `solution` in place of the region BEGIN SOLUTION ... END SOLUTION, indented like the region."""
    from textwrap import dedent

    return cut(text, "SOLUTION", dedent(solution).strip("\n"))[0]
