"""Milestones: scripts that re-run a piece of history on the modules that are here."""
import subprocess
import sys
from pathlib import Path

from tinytorch._kit import course, own
from tinytorch._kit.console import Refused
from tinytorch._kit.workspace import write

SCRIPTS = Path(__file__).with_name("milestones")


def script(entry):
    """The script of a milestone, or None if this release has it not yet."""
    return next(iter(sorted(SCRIPTS.glob(f"{entry['number']:02d}_*.py"))), None)


def lacking(workspace, entry):
    """(lesson entry, state) of the modules that a milestone needs and that are not there."""
    needed = [course.BY_NUMBER[number] for number in entry["needs"]]
    states = [(one, state_of(workspace, one)) for one in needed]
    return [(one, state) for one, state in states if state in ("not installed", "not built yet")]


def state_of(workspace, entry):
    if workspace is not None:
        return own.state(workspace, entry)
    return "prebuilt" if own.prebuilt(entry) else "not installed"


def run(workspace, entry, arguments):
    """Run a milestone with the learner's modules first; its exit status.

    Raises
    ------
    Refused
        If it or a module that it needs is not here.
    """
    path, missing = script(entry), lacking(workspace, entry)
    title = f"Milestone {entry['number']} {entry['title']} {entry['year']}"
    if path is None:
        raise Refused(f"{title} is not in this release of the course. To see what is: tinytorch status")
    if missing:
        raise Refused("\n".join([f"{title} needs modules that are not here yet:", *map(_line, missing),
                                 f"Then type again: tinytorch milestone {entry['number']}"]))
    environment = workspace.environment() if workspace else None
    status = subprocess.run([sys.executable, str(path), *arguments], env=environment).returncode
    if workspace and not arguments and status in (0, 1):
        note(workspace, entry, status == 0)
    return status


def note(workspace, entry, met):
    """Keep in the workspace whether the targets were met when it was last run."""
    workspace.log.mkdir(exist_ok=True)
    write(workspace.log / f"milestone_{entry['number']}.txt", b"met" if met else b"missed")


def is_met(workspace, entry):
    """Whether its targets were met when it was last run here."""
    path = workspace.log / f"milestone_{entry['number']}.txt"
    return path.is_file() and path.read_bytes() == b"met"


def _line(lack):
    entry, state = lack
    verb = "export" if state == "not built yet" else "start"
    return f"  {entry['number']} {entry['title']:14} {state:14} tinytorch {verb} {entry['number']}"
