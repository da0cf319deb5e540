"""Which workspace counts, and in which order modules are looked for."""
import os
import subprocess
import sys

import pytest
from tinytorch._kit import place


@pytest.fixture
def python(home, tmp_path):
    """Run code in a fresh process in a folder, with variables; what it prints."""
    def run(code, folder=None, script=False, **variables):
        file = tmp_path / "script.py" if script is True else script
        if file:
            file.write_text(code)
        command = [sys.executable, str(file)] if file else [sys.executable, "-c", code]
        kept = {name: text for name, text in os.environ.items() if not name.startswith("TINYTORCH_")}
        variables = {**kept, **variables}
        done = subprocess.run(command, cwd=folder or tmp_path, env=variables, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()
    return run


ROOT = "from tinytorch._kit import place; print(place.ROOT)"


def test_outside_there_is_none(python):
    assert python(ROOT) == "None"


def test_the_current_folder_or_one_above_it_may_be_one(python, home):
    assert python(ROOT, folder=home.root) == python(ROOT, folder=home.lessons) == str(home.root)


def test_a_script_in_it_finds_it_from_anywhere(python, home):
    assert python(ROOT, script=home.lessons / "my script.py") == str(home.root)


def test_a_variable_names_it(python, home):
    assert python(ROOT, TINYTORCH_WORKSPACE=str(home.root)) == str(home.root)


def test_a_variable_turns_it_off(python, home):
    assert python(ROOT, folder=home.root, TINYTORCH_PREBUILT="1", TINYTORCH_WORKSPACE=str(home.root)) == "None"


def test_the_learners_modules_come_first(python, home):
    assert python("import tinytorch; print(tinytorch.__path__[0])", folder=home.root) == str(home.modules)


def test_a_stray_folder_named_tinytorch_does_not_count(python, tmp_path):
    (tmp_path / "tinytorch/nn").mkdir(parents=True)
    said = python("import tinytorch; print(tinytorch.__path__)")
    assert str(tmp_path) not in said and "tinytorch" in said


def test_only_the_first_line_makes_a_stub(tmp_path):
    for text, stub in [(f"{place.STUB}: Module 03\nx = 1", True), (f"x = 1\n{place.STUB}", False), ("", False)]:
        (tmp_path / "m.py").write_text(text)
        assert place.is_stub(tmp_path / "m.py") == stub


def test_settings_are_read_as_they_are_written_by_hand(home):
    text = '# mine\n\n  learner="ä = b"\ncourse =  "c"  \nextra = 3\n'
    (home.root / place.MARK).write_text(text, encoding="utf-8-sig")
    assert place.settings(home.root) == {"course": "c", "learner": "ä = b", "build": "all", "extra": "3"}
