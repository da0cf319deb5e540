"""docs/INSTRUCTOR.md: its commands exist with these options, and those that are quick print what the page shows."""
import functools
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from tinytorch._kit import cli as kit
from tinytorch_teach.cli import main

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs/INSTRUCTOR.md").read_text(encoding="utf-8")
SCRIPTS = {"noxfile.py": ROOT / "noxfile.py", "start.py": ROOT / "curriculum/workshop/bundle/start.py",
           "make.py": ROOT / "curriculum/workshop/bundle/make.py"}
GROUPS = {"tinytorch-teach": main, "tinytorch": kit.tinytorch}
SHELL = ("cd", "source")
QUICK = ("tinytorch-teach calendar", "tinytorch-teach rubric")


def shown(page):
    """[(command, the lines below it)] of a page, in order."""
    found, inside = [], False
    for line in page.split("\n"):
        text = line[4:] if line.startswith("    ") else None
        if text is not None and text.lstrip().startswith("$ "):
            indent = len(text) - len(text.lstrip())
            found.append((text.strip()[2:], []))
            inside = True
        elif inside and (text is not None or not line):
            found[-1][1].append((text or "")[indent:])
        else:
            inside = False
    return [(command, "\n".join(lines).strip("\n")) for command, lines in found]


SHOWN = shown(PAGE)
COMMANDS = list(dict(SHOWN))


def as_pattern(text):
    """Matches what a page shows: `...` is anything, a time is any time, and the wall is that of this machine."""
    text = re.sub(r"(?m)^(  Learners' code ran).*", r"\1 ...", text)
    lines = [r"(?:.*\n)*?" if line.strip() == "..." else re.escape(line).replace(r"\.\.\.", ".*") + r"\n"
             for line in text.split("\n")]
    return re.sub(r"\d+\\\.\d+\\ s\b", r"\\d+\\.\\d+ s", "".join(lines))


def assert_shows(text, printed):
    assert not text or re.fullmatch(as_pattern(text), printed.rstrip("\n") + "\n"), f"{text}\n\nis now\n\n{printed}"


@functools.cache
def helped(*command):
    done = subprocess.run([sys.executable, *command, "--help"], capture_output=True, text=True, cwd=ROOT)
    return done.stdout + done.stderr


def options(words):
    return [word.partition("=")[0] for word in words if word.startswith("--")]


def check_click(command, words):
    """Let click read the words; nothing is run."""
    if isinstance(command, click.Group) and not words[0].startswith("-"):
        assert words[0] in command.commands
        check_click(command.commands[words[0]], words[1:])
        return
    try:
        command.make_context(command.name, words)
    except click.exceptions.Exit as done:  # --version
        assert done.exit_code == 0


def check_python(words):
    if words[0] == "-c":
        compile(words[1], "page", "exec")
    elif words[:3] == ["-m", "pip", "install"]:
        ours = [word for word in words if word.startswith("tinytorch-")]
        assert not ours or {"--no-index", "--find-links"} <= set(words), "the public index has no TinyTorch of ours"
    elif words[0] == "-m":
        assert words[1] in ("venv", "zipfile")
    else:
        script = SCRIPTS[Path(words[0]).name]
        ours, _, theirs = " ".join(words[1:]).partition(" -- ")
        if script.name == "noxfile.py":
            session = re.fullmatch(r"-s (\w+)", ours)[1]
            assert f"def {session}(session)" in script.read_text(encoding="utf-8")
            script, ours = SCRIPTS["make.py"], theirs
        assert all(option in helped(str(script)) for option in options(ours.split()))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_known_with_its_options(command):
    program, *words = shlex.split(command)
    if program in GROUPS:
        check_click(GROUPS[program], words)
    elif program == "python":
        check_python(words)
    elif program == "nbgrader":
        names = words[:3]
        assert all(option in helped("-m", "nbgrader", *names) for option in options(words[3:]))
    elif program == "jupyter":
        assert words == ["lab"]
    else:
        assert program in SHELL


@pytest.mark.parametrize("command", ["tinytorch-teach grade half --jbos 2", "tinytorch-teach calender 01",
                                     "tinytorch-teach calendar 01 --week 2", "tinytorch submti 01",
                                     "python -m pip install tinytorch-teach", "python start.py --bild 01",
                                     "python noxfile.py -s bundel -- --prebuilt none", "rm -r half"])
def test_a_slip_is_caught(command):
    with pytest.raises((AssertionError, click.UsageError)):
        test_every_command_is_known_with_its_options(command)


@pytest.mark.parametrize("command, text", [one for one in SHOWN if one[0].startswith(QUICK)])
def test_calendars_and_rubrics_are_those_of_today(command, text):
    assert_shows(text, CliRunner().invoke(main, shlex.split(command)[1:]).output)


def test_the_rehearsal_goes_as_shown(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    steps = [(command, text) for command, text in SHOWN
             if command.startswith("tinytorch-teach") and "rehearsal" in command]
    assert [command.split()[1] for command, _ in steps] == ["release", "rehearse", "grade", "feedback", "export"]
    for command, text in steps:
        assert_shows(text, CliRunner().invoke(main, shlex.split(command)[1:]).output)


def test_links_within_the_page_lead_somewhere():
    titles = {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in re.findall(r"(?m)^#+ (.*)$", PAGE)}
    assert set(re.findall(r"\](?:\(|: )#([\w-]+)", PAGE)) <= titles


def test_the_pattern_forgives_only_what_it_says():
    text = "a\n...\n1 of 2; 7.2 s\n  Learners' code ran in a container"
    assert_shows(text, "a\nb\nc\n1 of 2; 31.75 s\n  Learners' code ran as your own user: beware.\n")
    with pytest.raises(AssertionError):
        assert_shows(text, "a\n1 of 3; 7.2 s\n  Learners' code ran\n")
