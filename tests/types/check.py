"""Types against the installed wheels: stubs agree with the modules (stubtest), and pyright sees what a learner should.

Run by `nox -s types`; exits with 1 if something is wrong, and says what.
"""
import json
import re
import subprocess
import sys
from pathlib import Path

from tinytorch import available
from tinytorch._kit import course

HERE = Path(__file__).parent


def main():
    problems = [*stubs(), *clean(), *caught()]
    print("\n".join(problems) or "types: stubs agree with their modules; pyright is clean and catches each mistake")
    raise SystemExit(bool(problems))


def stubs():
    """What mypy's stubtest finds in the modules that have stubs."""
    modules = ["tinytorch." + entry["module"] for entry in course.LESSONS if available(entry["module"])]
    command = [sys.executable, "-m", "mypy.stubtest", "--concise", "--allowlist", str(HERE / "stubtest.txt"),
               "--ignore-unused-allowlist", *modules]
    run = subprocess.run(command, capture_output=True, text=True, cwd=HERE)
    return (run.stdout + run.stderr).splitlines() if run.returncode else []


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
