"""Types against the installed wheels: stubs agree with their modules (stubtest), modules that have their types in the
code are strict, and pyright sees what a learner should.

Run by `nox -s types`; exits with 1 if something is wrong, and says what.
"""
import json
import re
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from tinytorch import available
from tinytorch._kit import course

HERE = Path(__file__).parent


def main():
    problems = [*stubs(), *strict(), *clean(), *caught()]
    print("\n".join(problems) or "types: stubs agree, modules without one are strict, pyright catches each mistake")
    raise SystemExit(bool(problems))


def modules(stubbed):
    """{name: file} of the modules that have a stub, or that have none."""
    names = ["tinytorch." + entry["module"] for entry in course.LESSONS if available(entry["module"])]
    files = {name: Path(find_spec(name).origin) for name in names}
    return {name: file for name, file in files.items() if file.with_suffix(".pyi").exists() == stubbed}


def stubs():
    """What mypy's stubtest finds in the modules that have stubs."""
    command = [sys.executable, "-m", "mypy.stubtest", "--concise", "--allowlist", str(HERE / "stubtest.txt"),
               "--ignore-unused-allowlist", *modules(stubbed=True)]
    run = subprocess.run(command, capture_output=True, text=True, cwd=HERE)
    return (run.stdout + run.stderr).splitlines() if run.returncode else []


def strict():
    """What pyright, at its strictest, says of the modules that have no stub: the lessons from 14 on."""
    with tempfile.TemporaryDirectory() as folder:
        for name, file in modules(stubbed=False).items():
            copy = Path(folder, file.name)
            _, text = file.read_text(encoding="utf-8").split("\n", 1)  # the first line says that it was generated
            copy.write_text(f"# pyright: strict\n{text}", encoding="utf-8")
            for found in pyright(copy):
                yield f"{name}:{found['range']['start']['line'] + 1}: {found['message']}"


def pyright(name):
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, str(HERE / name)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, cwd=HERE).stdout)["generalDiagnostics"]


def clean():
    """Lines of learner.py that pyright complains of, or where a revealed type is not the one in the comment."""
    lines, seen = (HERE / "learner.py").read_text(encoding="utf-8").splitlines(), set()
    for found in pyright("learner.py"):
        line = found["range"]["start"]["line"]
        revealed = re.search(r'is "(.*)"$', found["message"])
        if found["severity"] == "error" or revealed and revealed[1] != lines[line].rpartition("# ")[2]:
            yield f"learner.py:{line + 1}: {found['message']}"
        seen.add(line)
    for line, text in enumerate(lines):
        if text.startswith("reveal_type") and line not in seen:
            yield f"learner.py:{line + 1}: nothing was revealed"


def caught():
    """Lines of wrong.py that pyright lets pass."""
    lines = (HERE / "wrong.py").read_text(encoding="utf-8").splitlines()
    seen = {found["range"]["start"]["line"] for found in pyright("wrong.py") if found["severity"] == "error"}
    for line, text in enumerate(lines):
        if text and not text.startswith(('"', "from")) and line not in seen:
            yield f"wrong.py:{line + 1}: pyright lets this pass: {text}"


if __name__ == "__main__":
    main()
