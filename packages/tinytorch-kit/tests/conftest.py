"""A workspace in a folder with a space and letters beyond ASCII, and the small lesson in place of the real ones."""
import sys

import pytest
from small_lesson import SMALL
from tinytorch._kit import cells, cli, course, marks, milestone, release, sheet, workspace


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A workspace that is the current folder."""
    for name in ("TINYTORCH_WORKSPACE", "TINYTORCH_LESSON", "TINYTORCH_PREBUILT", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    made = workspace.create(tmp_path / "Übung eins", learner="ada")
    monkeypatch.chdir(made.root)
    return made


@pytest.fixture
def small(tmp_path, monkeypatch):
    """The small lesson in place of all released ones; its course entry, which is that of Module 10."""
    folder = tmp_path / "released"
    folder.mkdir()
    entry = course.lesson("10")
    blank = release.release(cells.read_percent(SMALL))
    (folder / "10_tokenization.py").write_text(cells.write_percent(blank), encoding="utf-8")
    book = cells.write_notebook(blank, "10", "10_tokenization")
    (folder / "10_tokenization.ipynb").write_text(book, encoding="utf-8")
    (folder / "10_tokenization.pyi").write_text("def double(x: float) -> float: ...\n", encoding="utf-8")
    monkeypatch.setattr(sheet, "RELEASES", folder)
    monkeypatch.setattr(marks, "RELEASES", folder)
    monkeypatch.setattr(milestone, "SCRIPTS", folder)
    return entry


@pytest.fixture
def begun(home, small):
    """The small lesson as a notebook in the workspace; its path."""
    return sheet.start(home, small, ".ipynb")[0]


@pytest.fixture
def command(capsys, monkeypatch):
    """Run `tinytorch` with words; its exit status, stdout and stderr."""
    def run(*words):
        monkeypatch.setattr(sys, "argv", ["tinytorch", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            cli.main()
        said = capsys.readouterr()
        return end.value.code or 0, said.out, said.err
    return run
