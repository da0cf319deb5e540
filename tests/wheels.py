"""The rules that our wheels keep together. Each function gives sentences about what breaks one; none if all is well."""
import re
import tarfile
import zipfile
from pathlib import Path

# Packages that several wheels fill; the kit alone holds their __init__.
SHARED = {f"tinytorch{part}" for part in ("", "/_versions", "/core", "/nn", "/optim", "/data", "/text")}
# Where a wheel holds nothing but what the curriculum makes, so that what a rename left behind is seen.
MADE = {"core": ["tinytorch/"], "arch": ["tinytorch/"], "opt": ["tinytorch/"],
        "kit": ["tinytorch/_kit/lessons/", "tinytorch/_kit/milestones/", "tinytorch/_course.py"],
        "teach": ["tinytorch_teach/curriculum/"]}


def contents(wheel):
    """{path: bytes} of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def part(wheel):
    """`core` for tinytorch_core-0.1.0-py3-none-any.whl."""
    return re.match(r"tinytorch_(\w+?)-", Path(wheel).name)[1]


def shared_paths(wheels):
    """Two wheels with one path overwrite each other, and removing one breaks the other."""
    owner = {}
    for wheel in map(Path, wheels):
        for path in contents(wheel):
            if path in owner:
                yield f"{path} is in {owner[path]} and in {wheel.name}; one of them must give it up"
            owner.setdefault(path, wheel.name)


def foreign_inits(wheels):
    """An __init__ of a shared package outside the kit hides what the other wheels put into that package."""
    for wheel in map(Path, wheels):
        for path in contents(wheel):
            package, _, name = path.rpartition("/")
            if package in SHARED and name in ("__init__.py", "__init__.pyi") and part(wheel) != "kit":
                yield f"{path} is in {wheel.name}, and belongs to tinytorch_kit alone"


def stale(wheel, made):
    """What no lesson makes any more, and what is missing. `made` is the set of paths that the curriculum makes."""
    under = tuple(MADE.get(part(wheel), []))
    there = {path for path in contents(wheel) if path.startswith(under)} if under else set()
    made = {path for path in made if path.startswith(under)} | ({f"tinytorch/_versions/{part(wheel)}.py"} & there)
    for path in sorted(there - made):
        yield f"{path} is in {Path(wheel).name}, and no lesson makes it; build again from a clean tree"
    for path in sorted(made - there):
        yield f"{path} is made from the curriculum, and {Path(wheel).name} does not hold it"


def differing(one, other):
    """Two wheels of one version that do not hold the same bytes."""
    left, right = contents(one), contents(other)
    for path in sorted(set(left) | set(right)):
        if left.get(path) != right.get(path):
            lacking = [str(wheel) for wheel, held in ((one, left), (other, right)) if path not in held]
            yield f"{path} is not in {lacking[0]}" if lacking else f"{path} differs between {one} and {other}"


def told_solutions(wheel, solutions):
    """What learners install may hold no solution. `solutions` is {lesson: texts of its solution regions}."""
    for path, held in contents(wheel).items():
        lesson = re.match(r"tinytorch/_kit/lessons/(\w+)\.(py|ipynb)$", path)
        text = held.decode("utf-8", "replace")
        marks = [mark for mark in ("BEGIN SOLUTION", "rubric=", '"rubric"') if lesson and mark in text]
        yield from (f"{path} in {Path(wheel).name} holds {mark!r}, which the release step takes out" for mark in marks)
        yield from (f"{path} in {Path(wheel).name} tells a solution: {solution.strip()[:60]!r}"
                    for solution in solutions.get(lesson[1] if lesson else "", []) if _holds(text, solution, path))


def _holds(text, solution, path):
    """Whether the lines of a solution stand together in a lesson, in the one form or the other."""
    lines = [line.strip() for line in solution.strip().split("\n")]
    if path.endswith(".ipynb"):
        lines = [line.replace("\\", "\\\\").replace('"', '\\"') for line in lines]
        return re.search(r'\\n",\s*"\s*'.join(map(re.escape, lines)), text) is not None
    return re.search(r"\n\s*".join(map(re.escape, lines)), text) is not None


def unlicensed(wheel):
    """Each wheel carries its licence, and the lessons theirs."""
    held, lessons = contents(wheel), part(wheel) in ("kit", "teach")
    for name in ["LICENSE", *(["LICENSE-lessons"] if lessons else [])]:
        text = next((text for path, text in held.items() if path.endswith(f".dist-info/licenses/{name}")), b"")
        if len(text) < 500:
            yield f"{Path(wheel).name} carries no {name}; name it in license-files of its pyproject.toml"


def unpacked(sdist, folder):
    """Unpack an sdist and return its root."""
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data") if hasattr(tarfile, "data_filter") else archive.extractall(folder)
    return next(Path(folder).iterdir())
