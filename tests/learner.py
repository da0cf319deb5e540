"""A learner for tests: takes lessons in a workspace with the command `tinytorch`, and fills in what it is told to."""
import os
import subprocess
import sys
from pathlib import Path

from tinytorch._kit import cells, release

ROOT = Path(__file__).resolve().parents[1]
LESSONS = {folder.name[:2]: folder for folder in sorted((ROOT / "curriculum").glob("[0-9][0-9]_*"))}


class Learner:
    """A workspace and what one types in it."""

    def __init__(self, folder, build="all"):
        self.folder = folder
        self.run("init", str(folder), "--build", build, cwd=folder.parent)

    def run(self, *words, status=0, cwd=None):
        """Type `tinytorch ...`; give what it printed, and insist on the exit status."""
        env = {**os.environ, "TINYTORCH_PLAIN": "1"}
        done = subprocess.run([sys.executable, "-c", "from tinytorch._kit.cli import main; main()", *words], env=env,
                              cwd=cwd or self.folder, capture_output=True, text=True, encoding="utf-8")
        assert done.returncode == status, f"tinytorch {' '.join(words)}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def python(self, code):
        return subprocess.run([sys.executable, "-c", code], cwd=self.folder, capture_output=True, text=True)

    def take(self, number, form, **instead):
        """Take a lesson and fill it in; `instead` gives other code for some of the exercises."""
        self.run("start", number, *(["--as", "py"] if form == "py" else []))
        path = self.folder / f"lessons/{LESSONS[number].name}.{form}"
        source = {cell.id: cell for cell in cells.read(LESSONS[number] / "lesson.py") if cell.role == "exercise"}
        book = cells.read(path)
        for cell in book:
            if cell.id in source:
                cell.text = solved(source[cell.id].text, instead.get(cell.id))
        write = cells.write_percent(book) if form == "py" else cells.write_notebook(book, number, LESSONS[number].name)
        path.write_text(write, encoding="utf-8")

    def build(self, number, form="py", **instead):
        self.take(number, form, **instead)
        self.run("export", number)


def solved(text, code=None):
    """An exercise's text with its solution, or with other code in its place, and no mark of the region."""
    if code is not None:
        return release.fill(text, code)
    return "\n".join(line for line in text.split("\n") if "### BEGIN SOLUTION" not in line and "### END" not in line)
