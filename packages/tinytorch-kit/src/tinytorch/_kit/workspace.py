"""The learner's folder: made by `tinytorch init`, found from anywhere inside it, written so that nothing is lost."""
import contextlib
import json
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from tinytorch._kit import course, place
from tinytorch._kit.console import Refused, near, quoted

KIT = Path(__file__).parents[1]
FOLDERS = ("lessons", "backups", "submissions", "log")
README = """\
This is your workspace for TinyTorch. All of it is yours; nothing here is ever overwritten without a copy in backups/.

lessons/      the lessons you work on, made by `tinytorch start 01`
tinytorch/    the modules you have built, made by `tinytorch export 01`; Python finds them before the prebuilt ones
backups/      what was replaced: modules that you had edited by hand, and earlier submissions
submissions/  what `tinytorch submit 01` packed
log/          your predictions beside what was measured

Type `tinytorch status` in here to see where you are, and `tinytorch --help` for the rest.
"""


@dataclass(frozen=True)
class Workspace:
    root: Path
    course: str = ""
    learner: str = ""
    build: str = "all"

    lessons = property(lambda self: self.root / "lessons")
    modules = property(lambda self: self.root / "tinytorch")
    backups = property(lambda self: self.root / "backups")
    submissions = property(lambda self: self.root / "submissions")
    log = property(lambda self: self.root / "log")

    def module(self, entry, suffix=".py"):
        """Where the learner's own module of a lesson is, if there is one."""
        return self.modules.joinpath(*entry["module"].split(".")).with_suffix(suffix)

    def environment(self, **more):
        """What a process needs in its environment to use this workspace, and no lesson unless `more` names one."""
        kept = {name: text for name, text in os.environ.items() if not name.startswith("TINYTORCH_")}
        return {**kept, "TINYTORCH_WORKSPACE": str(self.root), **more}


def find():
    """The workspace that TINYTORCH_WORKSPACE names or that is around the current folder; None outside of one."""
    named = os.environ.get("TINYTORCH_WORKSPACE")
    if named and not os.path.isfile(os.path.join(named, place.MARK)):
        raise Refused(f"TINYTORCH_WORKSPACE is {named}, which is no workspace: it has no {place.MARK}.\n"
                      "Unset the variable, or make a workspace there: tinytorch init DIR")
    root = named or place.around(os.getcwd())
    return opened(root) if root else None


def here():
    """`find`, for commands that need a workspace."""
    found = find()
    if found is None:
        raise Refused(f"{os.getcwd()} is not in a workspace: no {place.MARK} here or above.\n"
                      "Change to your workspace, or make one: tinytorch init DIR")
    return found


def is_workspace(folder):
    return (Path(folder) / place.MARK).is_file()


def opened(root):
    """The workspace in a folder that has one's file."""
    try:
        said = place.settings(root)
        return Workspace(Path(root).absolute(), said["course"], said["learner"], said["build"])
    except ValueError as error:
        raise Refused(str(error)) from None


def create(folder, build="all", course="", learner=""):
    """Make a workspace, or open the one that `folder` is already.

    Raises
    ------
    Refused
        If there is something else, or if a workspace is around it.
    """
    root = Path(folder).absolute()
    if is_workspace(root):
        found = opened(root)
        furnish(found)
        return found
    _refuse(root)
    root.mkdir(parents=True, exist_ok=True)
    said = {"course": course, "learner": learner, "build": build}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in said.items()]
    write(root / place.MARK, "# Your workspace for TinyTorch. Graders tell you apart by `learner`.\n" + "".join(lines))
    found = opened(root)
    furnish(found)
    write(root / "README.txt", README)
    return found


def _refuse(root):
    around = place.around(str(root.parent))
    if around:
        raise Refused(f"{root} lies inside the workspace {around}, and a workspace holds no other.\n"
                      f"Work in that one: cd {quoted(near(around))}")
    if root.exists() and not root.is_dir():
        raise Refused(f"{root} is a file. Name a folder that is new or empty: tinytorch init DIR")
    if root.is_dir() and any(root.iterdir()):
        raise Refused(f"{root} is not empty, so it stays as it is.\n"
                      f"Name a folder that is new or empty: tinytorch init {quoted(near(root / 'mywork'))}")


def furnish(workspace):
    """Folders, and `__init__.pyi` in each package: so an editor sees the learner's modules and those of the wheels."""
    for folder in FOLDERS:
        (workspace.root / folder).mkdir(exist_ok=True)
    for package in course.PACKAGES:
        path = Path(*package.split(".")[1:], "__init__.pyi")
        (workspace.modules / path).parent.mkdir(parents=True, exist_ok=True)
        text = (KIT / path).read_text(encoding="utf-8") if (KIT / path).is_file() else ""
        if not same(workspace.modules / path, text):
            write(workspace.modules / path, text)


def same(path, text):
    return path.is_file() and path.read_text(encoding="utf-8", errors="replace") == text


def write(path, content):
    """Write a file whole or not at all: beside it first, then in its place."""
    part = path.with_name(f".{path.name}.part")
    try:
        with open(part, "wb") as file:
            file.write(content.encode("utf-8") if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def keep(workspace, path, name):
    """Copy a file to backups/ under `name` and the time of its last change; the copy's path."""
    when = time.strftime("%Y-%m-%d_%H-%M-%S", time.localtime(path.stat().st_mtime))
    workspace.backups.mkdir(exist_ok=True)
    copy = unused(workspace.backups / f"{name}_{when}{path.suffix}")
    part = copy.with_name(f".{copy.name}.part")
    shutil.copy2(path, part)
    os.replace(part, copy)
    return copy


def unused(path):
    """`path`, or with a number if that is taken: name_2.py."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem}_{number}{path.suffix}")
    return free
