"""Run a milestone on modules that carry a mistake: python curriculum/workshop/history.py [N ...] [--lessons 03,04]

A milestone must fail when a module that it needs carries one of its mistakes. Each mistake of an exported exercise is
put into its module, the module into a workspace, and the script runs on it; all other modules are the installed ones.
Printed are the mistakes that pass, as they come, and the share that fails. The kit, the tiers and the datasets must be
installed.
A script that has --quick runs with it. Without a number each milestone has its turn. Milestone 6 is asked about
Lessons 14 and later unless others are named: the ones before have their own milestones. What it trains first these do
not change, so it is trained once.
"""
import argparse
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from tinytorch._kit import cells, course, export, place, release

REPOSITORY = Path(__file__).resolve().parents[2]
LIMIT_S = 300  # for one run; whoever takes longer has failed
LATER = {6: ["14", "15", "16", "17", "18", "19", "20"]}  # the lessons that a milestone is asked about, if not all


@dataclass(frozen=True)
class Mistake:
    """One wrong answer and the module that holds it."""

    lesson: str
    exercise: str
    name: str
    path: str  # of the module, below a workspace
    text: str = field(repr=False)

    def __str__(self):
        return f"{self.lesson} {self.exercise}: {self.name}"


def numbers():
    """Of the milestones that have a script."""
    return sorted(int(path.name[:2]) for path in (REPOSITORY / "milestones").glob("0*.py"))


def script(number):
    """The path of a milestone's script."""
    return next((REPOSITORY / "milestones").glob(f"{number:02d}_*.py"))


def quick(number):
    """What makes a script run for seconds, if it can: as a list of arguments."""
    return ["--quick"] if '"--quick"' in script(number).read_text(encoding="utf-8") else []


def mistakes(number, lessons=None, kind="mistakes"):
    """Those in exported exercises of the lessons that a milestone needs (see LATER), or of `lessons` among them.

    `kind="alternatives"` gives right answers in the same form.
    """
    asked = lessons or LATER.get(number)
    needed = [one for one in course.milestone(str(number))["needs"] if asked is None or one in asked]
    return [mistake for entry in map(course.lesson, needed) for mistake in _of(entry, kind)]


def _of(entry, kind):
    slug = f"{entry['number']}_{entry['name']}"
    folder, path = REPOSITORY / "curriculum" / slug, f"tinytorch/{entry['module'].replace('.', '/')}.py"
    book, said = cells.read(folder / "lesson.py"), runpy.run_path(str(folder / f"{kind}.py"))[kind.upper()]
    exported = {cell.name for cell in export.exported(book)[1] if cell.role == "exercise"}
    return [Mistake(entry["number"], exercise, one["name"], path, module_text(slug, book, exercise, one["code"]))
            for exercise, some in said.items() if exercise in exported for one in some]


def module_text(slug, book, exercise="", code=""):
    """A lesson's module with `code` in place of the solution of one exercise."""
    filled = [replace(cell, text=release.fill(cell.text, code)) if cell.id == exercise else cell for cell in book]
    return export.aligned(f"{slug}/lesson.py", export.exported(filled)[1])


def run(number, modules, *arguments, trained=None):
    """Run a milestone in a workspace that holds `modules`, {path: text}; the finished process.

    Milestone 6 finds what it trained in an earlier run, if `trained` names the folder that this run left.
    """
    with tempfile.TemporaryDirectory(prefix="tinytorch-") as root:
        Path(root, place.MARK).write_text("", encoding="utf-8")
        for path, text in modules.items():
            Path(root, path).parent.mkdir(parents=True, exist_ok=True)
            Path(root, path).write_text(text, encoding="utf-8")
        if trained:
            shutil.copytree(trained, Path(root, "mlperf"))
        kept = {name: text for name, text in os.environ.items() if not name.startswith("TINYTORCH_")}
        one_core = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TINYTORCH_WORKSPACE": root}
        return subprocess.run([sys.executable, "-B", str(script(number)), *arguments], capture_output=True, text=True,
                              timeout=LIMIT_S, env={**kept, **one_core}, cwd=root)


def fails(number, mistake, trained=None):
    """Whether the milestone fails on a mistake."""
    try:
        return run(number, {mistake.path: mistake.text}, *quick(number), trained=trained).returncode != 0
    except subprocess.TimeoutExpired:
        return True


def caught(number, some, trained=None):
    """Yield (mistake, whether the milestone fails on it), as they are known."""
    with ThreadPoolExecutor(2) as pool:
        yield from zip(some, pool.map(lambda mistake: fails(number, mistake, trained), some), strict=True)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("numbers", nargs="*", type=int, help="of the milestones; all if none is named")
    parser.add_argument("--lessons", help="such as 03,04; all that it needs if none is named")
    asked = parser.parse_args(arguments)
    return max(report(number, asked.lessons and asked.lessons.split(",")) for number in asked.numbers or numbers())


def report(number, lessons):
    """Print what a milestone catches; 0, or 1 if it refuses a right answer, or 2 if it fails on sound modules."""
    with tempfile.TemporaryDirectory(prefix="tinytorch-") as folder:
        trained = folder if number in LATER and lessons is None else None
        sound = run(number, {}, *quick(number), *(["--out", trained] if trained else []))
        if sound.returncode:
            print(f"Milestone {number} fails on the modules as installed:", sound.stdout, sound.stderr, sep="\n",
                  file=sys.stderr)
            return 2
        print(f"Milestone {number} passes on these mistakes:", flush=True)
        rows = []
        for one, fell in caught(number, mistakes(number, lessons), trained):
            rows.append((one, fell))
            if not fell:
                print(f"  {one}", flush=True)
        print(table(rows), flush=True)
        right = mistakes(number, lessons, "alternatives")
        refused = [one for one, fell in caught(number, right, trained) if fell]
    print("It fails on these right answers:" if refused else "It passes on every alternative", *refused, sep="\n  ")
    return 1 if refused else 0


def table(rows):
    """How many mistakes of each exported exercise the milestone fails on."""
    counts = Counter((one.lesson, one.exercise) for one, _ in rows)
    failed = Counter((one.lesson, one.exercise) for one, fell in rows if fell)
    lines = [f"  {one[0]}  {one[1]:20}{failed[one]:4} of {n:3}" for one, n in counts.items()]
    whole = f"  all {'':20}{sum(failed.values()):4} of {len(rows):3}, {sum(failed.values()) / len(rows):.0%}"
    return "\n".join(["It fails on mistakes in exported exercises:", *lines, whole])


if __name__ == "__main__":
    raise SystemExit(main())
