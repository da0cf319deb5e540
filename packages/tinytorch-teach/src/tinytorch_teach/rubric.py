"""What a lesson's points are for: exercises, which probes ask, and the written answer with samples of each level."""
import textwrap

import tomllib
from tinytorch._kit import course

from tinytorch_teach import lessons
from tinytorch_teach.lessons import SOURCES

PARAGRAPH = textwrap.TextWrapper(100, initial_indent=" " * 4, subsequent_indent=" " * 4, break_on_hyphens=False,
                                 break_long_words=False)


def lines(number):
    """The rubric of a lesson, for people who grade."""
    lesson = lessons.load(number)
    answers = [cell for cell in lesson.cells if cell.role == "answer"]
    written = sum(cell.meta["points"] for cell in answers)
    yield f"{course.label(course.lesson(number))}: {lesson.total} points for code" + (
        f", {written} for the written answer" if written else "")
    yield ""
    yield "code, asked by probes"
    wide = max(map(len, lesson.points))
    yield from (f"  {name:<{wide}}  {points:>3}" for name, points in lesson.points.items())
    levels = samples(number)
    for cell in answers:
        yield ""
        yield f"written answer `{cell.name}`: {cell.meta['rubric']}"
        yield ""
        yield from textwrap.indent(question(lesson, cell), "  | ", lambda line: True).split("\n")
        for level in levels[cell.name]:
            yield ""
            yield f"  {level['points']} of {cell.meta['points']}, such as"
            yield from PARAGRAPH.wrap(level["sample"])


def question(lesson, answer):
    """The prose above an answer's cell."""
    return lesson.cells[lesson.cells.index(answer) - 1].text.strip()


def samples(number):
    """{name of a written answer: its levels, the best first} of a lesson, from course.toml."""
    read = tomllib.loads((SOURCES / "course.toml").read_text(encoding="utf-8"))
    entry = next(one for one in read["lesson"] + read["optional"] if one["number"] == number)
    return {answer["id"]: answer["level"] for answer in entry.get("answer", [])}
