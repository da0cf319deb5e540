"""The learner's own modules: stubs, exports, and the switch between theirs and the prebuilt one. State is files."""
import ast
import hashlib
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

import tinytorch
from tinytorch._kit import course, export, place, release, sheet
from tinytorch._kit.console import Refused, near
from tinytorch._kit.workspace import keep, same, write

HASHED = "# sha256 "
EXPORT = re.compile(r"^#\s*\|\s*export\b", flags=re.M)
UNWRITTEN = re.compile(r"\n\s*".join(map(re.escape, release.CODE_STUB.split("\n"))))
IMPORT_LIMIT_S = 60
STUB = '''\
{mark}: {label} is yours and not built yet.
raise ImportError(
    "{label} is yours to build and is not built yet. Work on it: `tinytorch start {number}`, then "
    "`tinytorch export {number}`. Or borrow the prebuilt one: `tinytorch use {number} prebuilt`."
)
'''


def state(workspace, entry):
    """`yours`, `unfinished`, `edited by hand`, `not built yet`, `prebuilt` or `not installed`."""
    path = workspace.module(entry)
    if not path.is_file():
        return "prebuilt" if prebuilt(entry) else "not installed"
    if place.is_stub(path):
        return "not built yet"
    if not is_export(path):
        return "edited by hand"
    return "unfinished" if UNWRITTEN.search(path.read_text(encoding="utf-8")) else "yours"


def prebuilt(entry):
    """The installed module of a lesson, or None."""
    parts = [Path(part) for part in tinytorch.__path__ if os.path.isdir(os.path.join(part, "_versions"))]
    paths = [part.joinpath(*entry["module"].split(".")).with_suffix(".py") for part in parts]
    return next((path for path in paths if path.is_file()), None)


def lines(path):
    """How many lines of a module hold code."""
    text = path.read_text(encoding="utf-8", errors="replace")
    return sum(bool(line.strip()) and not line.lstrip().startswith("#") for line in text.split("\n"))


def is_export(path):
    """Whether a module is as `export` wrote it."""
    head, _, rest = path.read_text(encoding="utf-8", errors="replace").partition("\n")
    said, _, body = rest.partition("\n")
    return head.startswith(export.GENERATED) and said == hash_line(body)


def hash_line(body):
    return f"{HASHED}{hashlib.sha256(body.encode()).hexdigest()[:16]} of the lines below, to notice edits by hand"


def put_stub(workspace, entry):
    """Mark a module as the learner's, if it is not yet."""
    path = workspace.module(entry)
    if not path.exists():
        _put_hints(workspace, entry)
        write(path, STUB.format(mark=place.STUB, label=course.label(entry), number=entry["number"]))


def _put_hints(workspace, entry):
    """Types for editors beside the module."""
    source = sheet.RELEASES / f"{course.slug(entry)}.pyi"
    target = workspace.module(entry, ".pyi")
    if source.is_file() and not same(target, source.read_text(encoding="utf-8")):
        write(target, source.read_text(encoding="utf-8"))


def build(workspace, page):
    """Write the learner's module from their sheet.

    Returns
    -------
    path : Path
    copy : Path or None
        Where the module that was there is kept, if it had been edited by hand.

    Raises
    ------
    Refused
        If the code does not compile; then nothing is written.
    """
    path, entry = workspace.module(page.entry), page.entry
    text = module_text(page)
    stays = not path.is_file() or place.is_stub(path) or is_export(path)
    copy = None if stays else keep(workspace, path, course.slug(entry))
    path.parent.mkdir(parents=True, exist_ok=True)
    _put_hints(workspace, entry)
    write(path, text)
    return path, copy


def module_text(page):
    """The module in a sheet, compiled cell by cell and as a whole to see that it can be."""
    _, exported = export.exported([cell for _, cell in page.cells])
    for name, cell in page.cells:
        if "export" in cell.directives():
            _compile(export.plain(cell.text), f"{near(page.path)}, cell {name}", cell.line)
    head, _, body = export.marked(page.path.name, exported).partition("\n")
    _compile(body, f"the module in {near(page.path)}")
    return f"{head}\n{hash_line(body)}\n{body}"


def unfinished(page):
    """Exercises of the module that are not written yet or gone."""
    unwritten = page.unwritten() + page.missing
    return [name for name, stub in page.stubs.items() if name in unwritten and EXPORT.search(stub)]


def left_out(page):
    """Names that exported cells use and only the learner's own cells without `#| export` define."""
    exported, rest = [], []
    for _, cell in page.cells:
        if cell.role is None or "export" in cell.directives():
            (exported if "export" in cell.directives() else rest).append(ast.parse(export.plain(cell.text)))
    used = {node.id for tree in exported for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return sorted(used & _defined(rest) - _defined(exported))


def _defined(trees):
    """Names that the statements of modules define."""
    found = set()
    for statement in (one for tree in trees for one in tree.body):
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            found.add(statement.name)
        elif isinstance(statement, (ast.Import, ast.ImportFrom)):
            found |= {(alias.asname or alias.name).split(".")[0] for alias in statement.names}
        elif isinstance(statement, ast.Assign):
            found |= {target.id for target in statement.targets if isinstance(target, ast.Name)}
    return found


def _compile(text, where, begins=0):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, where, "exec", dont_inherit=True)
    except SyntaxError as error:
        n = error.lineno or 1
        line = f", line {n}" + (f" (line {begins + n - 1} of the file)" if begins else "")
        source = text.split("\n")[n - 1].strip() if n <= text.count("\n") + 1 else ""
        raise Refused(f"{where}{line} does not compile: {error.msg}\n  {source}\n"
                      "Nothing was written. Repair that line, then export again.") from None
    except ValueError as error:
        raise Refused(f"{where} does not compile: {error}. Nothing was written.") from None


def trouble(workspace, entry):
    """What goes wrong when the learner's module is imported, or None."""
    name = f"tinytorch.{entry['module']}"
    command = [sys.executable, "-B", "-W", "ignore", "-c", f"import {name}"]
    try:
        run = subprocess.run(command, env=workspace.environment(), cwd=workspace.root, capture_output=True,
                             stdin=subprocess.DEVNULL, timeout=IMPORT_LIMIT_S)
    except subprocess.TimeoutExpired:
        return f"it takes longer than {IMPORT_LIMIT_S} s"
    if run.returncode == 0:
        return None
    said = run.stderr.decode("utf-8", "replace").strip()
    places = re.findall(r'^  File "(.*)", line (\d+)', said, flags=re.M)
    mine = [f"{near(file)}, line {line}: " for file, line in places if Path(file).is_relative_to(workspace.modules)]
    return (mine[-1] if mine else "") + (said.split("\n")[-1] if said else f"exit code {run.returncode}")


def use_mine(workspace, entry):
    """Make a module the learner's: the one that `use_prebuilt` put away, or a stub. What happened, as a sentence."""
    path = workspace.module(entry)
    if path.is_file():
        return f"{course.label(entry)} is yours already."
    away = sorted(workspace.backups.glob(f"{course.slug(entry)}_mine_*.py"), key=lambda copy: copy.stat().st_mtime)
    if away:
        _put_hints(workspace, entry)
        write(path, away[-1].read_bytes())
        return f"{course.label(entry)} is yours again, from {near(away[-1])}."
    put_stub(workspace, entry)
    return f"{course.label(entry)} is yours and not built yet."


def use_prebuilt(workspace, entry):
    """Borrow the prebuilt module; an own one goes to backups/. What happened, as a sentence."""
    path, label = workspace.module(entry), course.label(entry)
    if prebuilt(entry) is None:
        tier = course.TIERS.get(entry.get("tier"))
        why = f"{tier['distribution']} is not installed, or has it not yet" if tier else "no tier carries it"
        raise Refused(f"There is no prebuilt {label} here: {why}.\n"
                      f"Nothing was changed. Build it yourself: tinytorch start {entry['number']}")
    if not path.is_file():
        return f"{label} is the prebuilt one already."
    copy = None if place.is_stub(path) else keep(workspace, path, f"{course.slug(entry)}_mine")
    path.unlink()
    workspace.module(entry, ".pyi").unlink(missing_ok=True)
    return f"{label} is the prebuilt one now." + (f" Yours is kept in {near(copy)}." if copy else "")
