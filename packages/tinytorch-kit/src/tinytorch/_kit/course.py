"""The course as data: which lesson builds which module, in which tier. `_course.py` is generated from course.toml."""
import re

from tinytorch._course import LESSONS, MILESTONES, OPTIONAL, PACKAGES, TIERS

BY_NUMBER = {lesson["number"]: lesson for lesson in LESSONS + OPTIONAL}
BY_MODULE = {"tinytorch." + lesson["module"]: lesson for lesson in LESSONS + OPTIONAL}
PARTS = {lesson["module"].split(".")[0] for lesson in LESSONS}  # core, nn, ..., training: no import is needed
AUTOGRAD, TENSOR = "tinytorch.core.autograd", "tinytorch.core.tensor"


def names_of(package):
    """{public name: full module name} of a shared package such as `tinytorch.nn`."""
    return PACKAGES.get(package, {})


def lesson(number):
    """The entry of a lesson by its number: 3, "3" or "03"; optional lessons have numbers such as "04a".

    Raises
    ------
    LookupError
        If the course has no such lesson.
    """
    text = str(number)
    found = BY_NUMBER.get(padded(text))
    if found is None:
        raise LookupError(f"There is no Module {text or '(nothing)'}. The modules are {LESSONS[0]['number']} to "
                          f"{LESSONS[-1]['number']}; `tinytorch status` lists them.")
    return found


def padded(text):
    """`03` from `3`, `04a` from `4a`; None if the text is no number of a lesson. Such numbers compare as text."""
    found = re.fullmatch(r"(\d{1,2})([a-z]?)", text, flags=re.ASCII)
    return f"{int(found[1]):02d}{found[2]}" if found else None


def slug(entry):
    """`03_layers`, the name of a lesson's files."""
    return f"{entry['number']}_{entry['name']}"


def milestone(number):
    """The entry of a milestone, 2, "2" or "02", whose `needs` become all the modules that it needs directly or not.

    Raises
    ------
    LookupError
        If the course has no such milestone.
    """
    found = next((one for one in MILESTONES if str(one["number"]) == str(number).lstrip("0")), None)
    if found is None:
        listed = ", ".join(f"{one['number']} {one['title']} {one['year']}" for one in MILESTONES)
        raise LookupError(f"There is no Milestone {number}. The milestones are {listed}.")
    needs = set(found["needs"])
    while more := {need for number in needs for need in BY_NUMBER[number]["needs"]} - needs:
        needs |= more
    return {**found, "needs": sorted(needs)}


def chosen(text):
    """Lesson entries for `core`, `arch`, `opt`, `all`, `none`, `01-09` or `05,12`, in the order of the course.

    An optional lesson is chosen by its own number only, and comes last.
    """
    picked = set()
    for part in [] if text == "none" else text.split(","):
        first, dash, last = part.strip().partition("-")
        if part.strip() == "all" or part.strip() in TIERS:
            picked |= {one["number"] for one in LESSONS if part.strip() in ("all", one["tier"])}
        elif dash:
            low, high = lesson(first)["number"], lesson(last)["number"]
            if low > high:
                raise LookupError(f"{part.strip()} runs backwards; write {last}-{first}.")
            picked |= {one["number"] for one in LESSONS if low <= one["number"] <= high}
        else:
            picked.add(lesson(first)["number"])
    return [one for one in LESSONS + OPTIONAL if one["number"] in picked]


def is_optional(entry):
    return any(entry["number"] == one["number"] for one in OPTIONAL)


def label(entry):
    """`Module 03 Layers`, as messages name it."""
    return f"{'Optional lesson' if is_optional(entry) else 'Module'} {entry['number']} {entry['title']}"


def missing(entry, what):
    """Why `what` cannot be imported, and what to type."""
    if is_optional(entry):
        return f"{what} is built in {label(entry)}, by you alone. Build it: `tinytorch start {entry['number']}`."
    tier = TIERS[entry["tier"]]
    return (f"{what} is built in {label(entry)} ({tier['title']} tier), which is not here. "
            f"Build it: `tinytorch start {entry['number']}`, then `tinytorch export {entry['number']}`. "
            f"Or install the prebuilt {tier['distribution']} from the wheels that your course gave you.")
