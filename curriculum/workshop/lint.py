"""Hold lessons against the rules that all twenty keep: `python curriculum/workshop/lint.py [NN ...]`.

Each line names the place, what is wrong, what to do and, in brackets, the rule: a function in rules/. Standard library
only. A bad input for every rule is kept in tests/gates/lint.toml. The guide for TAs, made of all mistakes, has
to be current as well.
"""
import sys
from pathlib import Path

import tomllib

sys.path.insert(0, str(Path(__file__).resolve().parent))
import ta_guide
from generate import CURRICULUM, slug
from generate import folder as home
from rules import budgets, checks, exercises, headers, library, manners, matrix, modules, sections, words
from rules.page import Page

RULES = [rule for module in (headers, exercises, checks, modules, sections, budgets, library, manners, matrix, words)
         for rule in module.RULES]
GLOSSARY = Path(__file__).with_name("glossary.toml")


def problems(lesson_folder, course, glossary=None):
    """Sentences about what a lesson breaks; none if it keeps every rule.

    Parameters
    ----------
    lesson_folder : path of a folder with lesson.py
    course : dict, as read from course.toml
    glossary : dict, as read from glossary.toml; ours unless said otherwise
    """
    folder = Path(lesson_folder)
    entry = next((one for one in course["lesson"] + course.get("optional", []) if slug(one) == folder.name), None)
    if entry is None:
        return [f"{folder.name}: course.toml has no lesson of this name; add it, or rename the folder"]
    glossary = tomllib.loads(GLOSSARY.read_text(encoding="utf-8")) if glossary is None else glossary
    page = Page(folder, entry, course, glossary)
    return [f"{where}: {says} [{rule.__name__}]" for rule in RULES for where, says in rule(page)]


def course_problems(course):
    """Sentences about course.toml itself."""
    return [f"{where}: {says} [{rule.__name__}]" for rule in matrix.COURSE_RULES for where, says in rule(course)]


def main(numbers):
    course = tomllib.loads((CURRICULUM / "course.toml").read_text(encoding="utf-8"))
    known = {lesson["number"]: home(lesson) for lesson in course["lesson"] + course["optional"]}
    unknown = [number for number in numbers if not (known.get(number, CURRICULUM) / "lesson.py").exists()]
    if unknown:
        print(f"no lesson {', '.join(unknown)} is written; give numbers such as 01", file=sys.stderr)
        return 2
    found = course_problems(course)
    for number, folder in known.items():
        if (folder / "lesson.py").exists() and number in (numbers or known):
            said = problems(folder, course)
            found += said
            print(f"{folder.name:<24} {len(said) or 'no'} problem{'' if len(said) == 1 else 's'}")
    found += ta_guide.problems()
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
