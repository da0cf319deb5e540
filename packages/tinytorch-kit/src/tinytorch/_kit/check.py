"""The visible checks of a lesson, run on the learner's own copy in a process of its own, with a verdict for each
exercise. No Jupyter is needed."""
import contextlib
import functools
import json
import re
import time
from dataclasses import dataclass, field
from itertools import takewhile

from tinytorch._kit import course, marks
from tinytorch._kit.console import Refused, indented, say
from tinytorch._kit.process import Child, Limits, Unready, converse
from tinytorch._kit.workspace import write

RUN = ("given", "fault", "exercise", "check", None)  # None: the learner's own cells
LIMITS = Limits(cell_s=10.0, answer_s=5.0, total_s=180.0)
ABSENT = ("NameError", "ImportError", "ModuleNotFoundError")
NO_HINT = "For this one no hint is known; the `# Hint:` line of the exercise may help."
UNHAPPY = {"timeout": "too long", "crashed": "crashed"}


@dataclass
class Verdict:
    """What became of an exercise: `passes`, `fails`, `not written`, `waits`, `too long`, `crashed` or `missing`.

    `says` is a sentence, `where` the place of the fault, `help` a question or a hint for a failure that came before.
    """

    exercise: str
    state: str
    says: str = ""
    where: str = ""
    help: str = ""
    is_number: bool = False

    @property
    def passes(self):
        return self.state == "passes"


@dataclass
class Report:
    verdicts: list
    notes: list = field(default_factory=list)
    elapsed_s: float = 0.0
    seen: dict = field(default_factory=dict)  # {exercise: {"failure", "times"}}, to be kept

    @property
    def passed(self):
        return sum(verdict.passes for verdict in self.verdicts)

    @property
    def all_pass(self):
        return self.passed == len(self.verdicts)


def check(workspace, page, hint=False, limits=LIMITS):
    """The Report on a learner's Sheet. `hint` asks for the explanation of a recognised mistake at once."""
    known = marks.load(course.slug(page.entry)) or {"acts": "", "inputs": {}, "known": {}}
    judge, seen = _Judge(page), remembered(workspace, page.entry)
    asking = []

    def asks(outcomes):
        verdicts = [judge.verdict(name, outcomes) for name in page.stubs]
        asking.extend(one.exercise for one in verdicts if one.state == "fails" and one.exercise in known["inputs"]
                      and (hint or seen.get(one.exercise, {}).get("failure") == one.says))
        return {name: known["inputs"][name] for name in asking}

    began = time.perf_counter()
    replies = _run(workspace, page, known["acts"], asks, limits)
    report = Report([judge.verdict(name, replies.cells) for name in page.stubs], judge.notes(replies.cells))
    report.elapsed_s = time.perf_counter() - began
    for verdict in report.verdicts:
        times = _count(report.seen, seen, verdict)
        if verdict.exercise in asking:
            mistake = _recognised(known["known"].get(verdict.exercise, {}), replies.asks[verdict.exercise])
            verdict.help = mistake.get("says" if hint or times > 2 else "ask", "")
        if hint and verdict.state == "fails":
            verdict.help = verdict.help or NO_HINT
    return report


def _run(workspace, page, acts, asks, limits):
    setup = {"module": f"tinytorch.{page.entry['module']}", "acts": acts}
    environment = workspace.environment(TINYTORCH_LESSON=page.entry["number"])
    child = functools.partial(Child, env=environment, cwd=page.path.parent)
    cells = [(name, cell.text) for name, cell in page.cells if cell.role in RUN]
    checks = [name for name, cell in page.cells if cell.role == "check"]
    try:
        return converse(child, setup, cells, asks, limits, checks)
    except Unready as error:
        raise Refused(f"The process in which your code runs does not start: {error}\n"
                      "Install the wheels of the course again, or show this message to your teacher.") from None


def _recognised(known, outcome):
    """The entry of the mistake whose answers these are, or {}."""
    answers = [{"error": one.error} if one.error else {"value": one.value} for one in outcome.answers]
    return known.get(marks.fingerprint(answers), {}) if outcome.status == "ok" else {}


class _Judge:
    """Verdicts from the outcomes of cells."""

    def __init__(self, page):
        self.page, self.cells = page, dict(page.cells)
        self.blank = set(page.unwritten())

    def verdict(self, name, outcomes):
        if name in self.page.missing:
            return Verdict(name, "missing", f"the cell `{name}` is gone; a fresh copy of the lesson has it: "
                                            f"tinytorch start {self.page.entry['number']} --fresh")
        if name in self.blank:
            return Verdict(name, "not written")
        failed = next((cell for cell in (name, f"check_{name}") if self.fails(cell, outcomes)), None)
        if failed is None:
            return Verdict(name, "passes", is_number="# your number" in self.page.stubs[name])
        return self.explained(name, failed, outcomes)

    def explained(self, name, failed, outcomes):
        """The verdict on an exercise of which the cell `failed` did not end well."""
        outcome = outcomes[failed]
        if outcome.status in UNHAPPY:
            return Verdict(name, UNHAPPY[outcome.status], outcome.says, f"in {failed}")
        cause = self.cause(name, failed, outcome, outcomes)
        if cause == name:
            return Verdict(name, "not written", where=self.where(failed, outcome))
        if cause:
            return Verdict(name, "waits", f"for {cause}")
        return Verdict(name, "fails", self.says(outcome), self.where(failed, outcome))

    def cause(self, name, failed, outcome, outcomes):
        """What an exercise waits for: an exercise that does not work yet (perhaps itself), or a given cell above."""
        blamed = self.blamed(outcome)
        if blamed not in (None, name) and self.broken(blamed, outcomes):
            return blamed
        if outcome.error == "NotImplementedError" and not outcome.says:  # the stub's own has no message
            return name
        before = takewhile(lambda stub: stub != name, self.page.stubs)
        through = next((one for one in before if one in outcome.through and self.broken(one, outcomes)), None)
        if through:
            return through
        above = self.above(failed, outcomes) if outcome.error in ABSENT else None
        if outcome.error == "NotImplementedError":  # a given part lacks what an exercise puts in
            above = self.exercise_above(failed, outcomes)
        return (self.blamed(outcomes[above]) or above) if above else None

    def exercise_above(self, name, outcomes):
        """The first exercise before `name` whose cell did not end well, or None."""
        before = takewhile(lambda cell: cell != name, outcomes)
        return next((cell for cell in before if cell in self.page.stubs and self.fails(cell, outcomes)), None)

    def blamed(self, outcome):
        """The exercise in whose cell an error arose, or None."""
        return outcome.trace[-1][0] if outcome.trace and outcome.trace[-1][0] in self.page.stubs else None

    def broken(self, name, outcomes):
        return name in self.blank or any(self.fails(cell, outcomes) for cell in (name, f"check_{name}"))

    def above(self, name, outcomes):
        """The first given cell before `name` that did not end well, or None."""
        before = takewhile(lambda cell: cell != name, outcomes)
        failed = (cell for cell in before if self.cells[cell].role in ("given", "fault") and self.fails(cell, outcomes))
        return next(failed, None)

    def fails(self, cell, outcomes):
        return cell in outcomes and outcomes[cell].status != "ok"

    def says(self, outcome):
        """The failure in a sentence: the message of a check, its line if it has none, or the error."""
        if outcome.error == "AssertionError":
            return outcome.says or f"this does not hold: {outcome.trace[-1][2] if outcome.trace else outcome.text}"
        return re.sub(r" \(<.*>, line \d+\)$", "", f"{outcome.error}: {outcome.says}".removesuffix(": "))

    def where(self, failed, outcome):
        """`in linear, line 4 (line 31 of the file): ...`, the deepest place in the lesson that the error passed."""
        cell, line, text = outcome.trace[-1] if outcome.trace else (failed, outcome.line, outcome.text)
        if line is None:
            return f"in {cell}"
        begins = self.cells[cell].line if cell in self.cells and self.cells[cell].role in ("exercise", None) else 0
        in_file = f" (line {begins + line - 1} of the file)" if begins and self.page.path.suffix == ".py" else ""
        return f"in {cell}, line {line}{in_file}" + (f": {text}" if text and not cell.startswith("check_") else "")

    def notes(self, outcomes):
        """Sentences on cells that failed, where no verdict speaks of it."""
        told = []
        for name, outcome in outcomes.items():
            if self.fails(name, outcomes) and not self.spoken_of(name, outcomes):
                says = self.says(outcome) if outcome.status == "error" else outcome.says
                owner = "" if self.cells[name].role else " (yours)"
                told.append(f"{name}{owner} fails: {says}\n  {self.where(name, outcome)}")
        return told

    def spoken_of(self, name, outcomes):
        """Whether a verdict says why a cell fails: its own, or that of an exercise which it leans on."""
        role, blamed = self.cells[name].role, self.blamed(outcomes[name])
        above = [cell for cell in takewhile(lambda cell: cell != name, outcomes) if cell in self.page.stubs]
        leans_on = [blamed] if blamed else above if role in ("given", "fault") else []
        return role in ("exercise", "check") or any(self.broken(cell, outcomes) for cell in leans_on)


def show(entry, report):
    """Print a summary, and below it one line for each exercise."""
    say(f"{entry['number']} {entry['name']}    {report.passed} of {len(report.verdicts)} checks pass"
        f"{_judged_later(report)}    {report.elapsed_s:.1f} s")
    for one in report.verdicts:
        may_be = "   (a number that may be right)" if one.passes and one.is_number else ""
        say(f"  {one.state:11}  {one.exercise}{may_be}", word=one.state)
        for text in filter(None, (one.says, one.where, one.help)):
            say(indented(text, 15))
    if report.all_pass:
        say(f"next  tinytorch export {entry['number']}")


def _judged_later(report):
    """What the count of a summary must not promise: a number passes here if it is possible."""
    count = sum(one.passes and one.is_number for one in report.verdicts)
    return f", {count} of them {'a number' if count == 1 else 'numbers'} that " \
           f"{'is' if count == 1 else 'are'} judged when you hand it in" if count else ""


def remembered(workspace, entry):
    """Earlier failures of a lesson: {exercise: {"failure": sentence, "times": how often}}."""
    seen = _log(workspace).get(entry["number"])
    return {name: one for name, one in seen.items() if isinstance(one, dict) and isinstance(one.get("times"), int)
            } if isinstance(seen, dict) else {}


def remember(workspace, entry, seen):
    workspace.log.mkdir(exist_ok=True)
    write(workspace.log / "checks.json", json.dumps({**_log(workspace), entry["number"]: seen}, indent=1))


def _log(workspace):
    """All that is remembered; a log that cannot be read counts as empty."""
    with contextlib.suppress(OSError, ValueError):
        log = json.loads((workspace.log / "checks.json").read_text(encoding="utf-8"))
        if isinstance(log, dict):
            return log
    return {}


def _count(now, before, verdict):
    """How often this failure came in a row; notes it in `now`."""
    if verdict.state != "fails":
        return 0
    last = before.get(verdict.exercise, {})
    times = last["times"] + 1 if last.get("failure") == verdict.says else 1
    now[verdict.exercise] = {"failure": verdict.says, "times": times}
    return times
