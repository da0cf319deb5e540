"""Write what the curriculum determines into the packages. Each package's build hook calls `generate`.

A tier gets the modules of its lessons and their stubs for editors; the kit gets the course map, release lessons,
package stubs, fingerprints and milestones; teach gets the sources. Standard library only: a build needs just hatchling.
"""
import json
import shutil
import sys
from pathlib import Path

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10: hatchling brings tomli
    import tomli as tomllib

REPOSITORY = Path(__file__).resolve().parents[2]
CURRICULUM = REPOSITORY / "curriculum"
KIT = REPOSITORY / "packages/tinytorch-kit/src/tinytorch"
SOURCES = ("lesson.py", "lesson.pyi", "probes.py", "mistakes.py", "alternatives.py", "try_first.py")
SHARED = ("core", "nn", "optim", "data", "text")  # packages that more than one tier fills; the kit owns their __init__
NOTE = "# GENERATED from curriculum/; edit the lesson, not this file."

sys.path.insert(0, str(KIT / "_kit"))  # by file, because the package needs what is generated here
import cells  # noqa: E402
import export  # noqa: E402
import release  # noqa: E402

sys.path.pop(0)


def course():
    return tomllib.loads((CURRICULUM / "course.toml").read_text(encoding="utf-8"))


def slug(lesson):
    return f"{lesson['number']}_{lesson['name']}"


def folder(lesson):
    """Where a lesson's files are; the optional ones stand apart."""
    return CURRICULUM / ("" if "tier" in lesson else "optional") / slug(lesson)


def written(lessons):
    """The lessons that have a source by now."""
    return [lesson for lesson in lessons if (folder(lesson) / "lesson.py").exists()]


def module_text(lesson):
    """The line-aligned module that a wheel carries."""
    source = folder(lesson) / "lesson.py"
    module, kept = export.exported(cells.read(source))
    if module != lesson["module"]:
        raise ValueError(f"{source} exports {module}, and course.toml says {lesson['module']}")
    return export.aligned(f"{slug(lesson)}/lesson.py", kept)


def tier_files(name):
    """{path: text} of a tier."""
    made = {}
    for lesson in written(course()["lesson"]):
        if lesson["tier"] == name:
            path = "tinytorch/" + lesson["module"].replace(".", "/")
            made |= {path + ".py": module_text(lesson), **stub(lesson, path)}
    return made


def stub(lesson, path):
    """{path.pyi: text}, or nothing for a lesson that has its types in the code, as they do from 14 on."""
    source = folder(lesson) / "lesson.pyi"
    return {path + ".pyi": f"{NOTE}\n{source.read_text(encoding='utf-8')}"} if source.exists() else {}


def kit_files():
    """{path: text} of the kit."""
    read, made = course(), {"tinytorch/_course.py": course_map(), **package_stubs()}
    for lesson in written(read["lesson"] + read["optional"]):
        blank = release.release(cells.read(folder(lesson) / "lesson.py"))
        base = f"tinytorch/_kit/lessons/{slug(lesson)}"
        made[base + ".ipynb"] = cells.write_notebook(blank, lesson["number"], slug(lesson))
        made[base + ".py"] = cells.write_percent(blank)
        made |= stub(lesson, base)
        marks = REPOSITORY / "build/fingerprints" / f"{slug(lesson)}.json"
        if marks.exists():
            made[base + ".json"] = marks.read_text(encoding="utf-8")
    for script in sorted((REPOSITORY / "milestones").glob("*.py")):
        made[f"tinytorch/_kit/milestones/{script.name}"] = script.read_text(encoding="utf-8")
    return made


def course_map():
    """`_course.py`: what the kit needs to know of course.toml at run time."""
    read = course()
    keep = ("number", "name", "title", "module", "tier", "needs", "hours", "points", "exports")
    lessons, optional = ([{key: lesson[key] for key in keep if key in lesson} for lesson in read[kind]]
                         for kind in ("lesson", "optional"))
    packages = {"tinytorch": {}}
    for lesson in read["lesson"]:
        target = "tinytorch." + lesson["module"]
        package = target.rpartition(".")[0]
        if package != "tinytorch":
            packages.setdefault(package, {}).update(dict.fromkeys(lesson["exports"], target))
        packages["tinytorch"].update(dict.fromkeys(lesson.get("top", []), target))
    named = {"TIERS": read["tier"], "LESSONS": lessons, "OPTIONAL": optional, "MILESTONES": read["milestone"],
             "PACKAGES": packages}
    return "\n".join([NOTE, *(f"{name} = {python(value)}" for name, value in named.items()), ""])


def python(value):
    """A literal with one entry a line."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    keyed = [f"    {key!r}: {entry!r}," if isinstance(value, dict) else f"    {entry!r}," for key, entry in items]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return "\n".join([opening, *keyed, closing])


def package_stubs():
    """`__init__.pyi` for editors: which names a shared package has, from the lessons that are written."""
    lines = {f"tinytorch/{package}": [] for package in SHARED}
    top = []
    for lesson in written(course()["lesson"]):
        package, _, _ = ("tinytorch." + lesson["module"]).rpartition(".")
        names = [f"from tinytorch.{lesson['module']} import {name} as {name}" for name in lesson["exports"]]
        if package != "tinytorch":
            lines[package.replace(".", "/")] += names
        top += [f"from tinytorch.{lesson['module']} import {name} as {name}" for name in lesson.get("top", [])]
    top += ["", "def available(name: str) -> bool: ..."]
    texts = {f"{package}/__init__.pyi": body for package, body in {**lines, "tinytorch": top}.items()}
    return {path: "\n".join([NOTE, *body, ""]) for path, body in texts.items()} | {"tinytorch/py.typed": ""}


def teach_files():
    """{path: text} of the instructor's package: sources, probes and mistakes as data."""
    read, text = course(), (CURRICULUM / "course.toml").read_text(encoding="utf-8")
    made = {"tinytorch_teach/curriculum/course.toml": text}
    for lesson in written(read["lesson"] + read["optional"]):
        for source in filter(Path.exists, (folder(lesson) / name for name in SOURCES)):
            path = source.relative_to(CURRICULUM).as_posix()
            made[f"tinytorch_teach/curriculum/{path}"] = source.read_text(encoding="utf-8")
    return made


def files(part):
    """{path below src: text} that the curriculum determines for `core`, `arch`, `opt`, `kit` or `teach`."""
    return {"kit": kit_files, "teach": teach_files}.get(part, lambda: tier_files(part))()


def generate(part, root):
    """Write the files of a part below `root`/src and remove those of an earlier run that are no longer made."""
    source, made = Path(root) / "src", files(part)
    ledger = source / "generated.json"  # not in wheels; says which files are ours to remove
    before = json.loads(ledger.read_text(encoding="utf-8")) if ledger.exists() else []
    for path in set(before) - set(made):
        (source / path).unlink(missing_ok=True)
    for path, text in made.items():
        target = source / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8", newline="\n")
    ledger.write_text(json.dumps(sorted(made), indent=1), encoding="utf-8")
    for cache in source.rglob("__pycache__"):  # a removed module must not live on as bytecode
        shutil.rmtree(cache, ignore_errors=True)


if __name__ == "__main__":
    for part in sys.argv[1:] or ["kit", "core", "arch", "opt", "teach"]:
        generate(part, REPOSITORY / f"packages/tinytorch-{part}")
