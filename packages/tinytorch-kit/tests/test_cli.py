"""The command as a learner meets it: what it prints where, its exit status, and what it says next."""
import errno
import json
import os
import re
import subprocess
import sys

import pytest
from small_lesson import RIGHT, SMALL, rewrite, save
from tinytorch._kit import cells, cli, console, own, place, release, sheet, workspace

COMMANDS = ("init", "start", "check", "export", "use", "status", "milestone", "submit", "log", "leaderboard")


def test_the_way_from_an_empty_folder_to_a_module(tmp_path, small, command, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, err = command("init", "mein Öl")
    assert (status, err) == (0, "") and "tinytorch start 10" in out
    monkeypatch.chdir(tmp_path / "mein Öl")
    status, out, err = command("start", "10")
    assert (status, err) == (0, "") and out.endswith("next  tinytorch check 10\n")
    status, out, err = command("check", "10")
    assert (status, err) == (1, "")
    assert re.sub(r"\d\.\d s", "0.1 s", out).splitlines() == [
        "10 tokenization    0 of 2 checks pass    0.1 s", "  not written  double", "  not written  area"]
    rewrite(tmp_path / "mein Öl/lessons/10_tokenization.ipynb", RIGHT)
    status, out, err = command("check", "10")
    assert (status, err) == (0, "") and out.endswith("next  tinytorch export 10\n")
    status, out, err = command("export", "10")
    assert (status, err) == (0, "") and "is your Module 10 Tokenization now, 5 lines of code." in out
    status, out, err = command("status")
    assert (status, err) == (0, "") and re.search(r"^10  Tokenization  yours +5$", out, flags=re.M)
    assert out.endswith("next  nothing: all that this release has is built\n")


def test_a_failure_is_one_line_and_below_it_what_and_where(begun, command):
    rewrite(begun, {**RIGHT, "double": "#| export\ndef double(x):\n    return 3 * x"})
    status, out, err = command("check", "10")
    assert status == 1 and out.splitlines()[1:] == [
        "  fails        double", "               twice 7 is 14; yours is 21", "               in check_double, line 2",
        "  passes       area"]


NUMBER = '''
# %% exercise="{0}"
{0} = 0  # your number
### BEGIN SOLUTION
{0} = 12
### END SOLUTION

# %% check="{0}" points=5
assert {0} > 0, "no bytes at all?"
'''


@pytest.mark.parametrize("names, says", [
    (["big"], "3 of 3 checks pass, 1 of them a number that is judged when you hand it in    "),
    (["big", "small"], "4 of 4 checks pass, 2 of them numbers that are judged when you hand it in    ")])
def test_the_headline_does_not_promise_a_number_that_is_only_possible(home, small, command, names, says):
    blank = release.release(cells.read_percent(SMALL + "".join(map(NUMBER.format, names))))
    (sheet.RELEASES / "10_tokenization.py").write_text(cells.write_percent(blank), encoding="utf-8")
    path, _ = sheet.start(home, small, ".ipynb")
    save(path, json.loads(cells.write_notebook(blank, "10", "10_tokenization")))
    rewrite(path, {**RIGHT, **{name: f"{name} = 13" for name in names}})
    status, out, _ = command("check", "10")
    assert status == 0 and says in out and "  passes       big   (a number that may be right)\n" in out
    rewrite(path, {name: f"{name} = -3" for name in names})
    assert "checks pass    " in command("check", "10")[1]


def test_status_says_of_a_lesson_that_waits_whether_it_is_started(home, small, command):
    assert re.search(r"^10  Tokenization  not started *$", command("status")[1], flags=re.M)
    sheet.start(home, small, ".ipynb")
    assert re.search(r"^10  Tokenization  started *$", command("status")[1], flags=re.M)
    own.put_stub(home, small)
    assert re.search(r"^10  Tokenization  not built yet *$", command("status")[1], flags=re.M)


@pytest.mark.parametrize("words", [["start", "99"], ["check", "zero"], ["export", "-1"], ["use", "21", "mine"],
                                   ["submit", ""], ["check", "²"]])
def test_a_module_that_does_not_exist_says_which_do(home, command, words):
    status, out, err = command(*words)
    assert (status, out) == (2, "") and ("01 to 20" in err or "No such option" in err)


@pytest.mark.parametrize("words", [["start", "02"], ["check", "02"], ["export", "02"], ["submit", "02"]])
def test_a_lesson_that_is_not_released_says_which_are(home, small, command, words):
    status, out, err = command(*words)
    assert (status, out) == (2, "") and "Module 02 Activations is not in this release" in err and "has 10" in err


@pytest.mark.parametrize("words", [["start", "10"], ["check", "10"], ["export", "10"], ["use", "10", "mine"],
                                   ["status"], ["submit", "10"], ["log", "predictions"]])
def test_outside_of_a_workspace_every_command_says_how_to_make_one(tmp_path, small, command, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    status, out, err = command(*words)
    assert (status, out) == (2, "") and "tinytorch init DIR" in err


@pytest.mark.parametrize("words", [["check", "10"], ["export", "10"], ["submit", "10"]])
def test_a_broken_notebook_ends_with_status_2(begun, command, words):
    begun.write_text("{")
    status, out, err = command(*words)
    assert (status, out) == (2, "") and "is not a notebook" in err


def test_a_lesson_that_is_there_is_not_touched(begun, command):
    rewrite(begun, RIGHT)
    text = begun.read_bytes()
    status, out, _ = command("start", "10")
    assert status == 0 and "there already and stays as it is" in out
    status, _, err = command("start", "10", "--as", "py")
    assert status == 2 and "tinytorch start 10 --as py --fresh" in err
    assert begun.read_bytes() == text and len(os.listdir(begun.parent)) == 1


def test_code_that_does_not_compile_exports_nothing(home, begun, small, command):
    rewrite(begun, {"double": "#| export\ndef double(:"})
    status, out, err = command("export", "10")
    assert (status, out) == (2, "") and "cell double, line 2 does not compile" in err and "def double(:" in err
    assert not home.module(small).exists()


def test_a_module_that_cannot_be_imported_ends_with_status_1(begun, command):
    rewrite(begun, {**RIGHT, "double": "#| export\nraise RuntimeError('so')"})
    status, out, err = command("export", "10")
    assert status == 1 and "RuntimeError: so" in err and "tinytorch export 10" in err


def test_what_is_unwritten_is_named_and_exported(begun, command):
    status, out, err = command("export", "10")
    assert status == 0 and "Not written yet: double, area." in err
    assert out.endswith("next  tinytorch check 10\n")


def test_an_edit_by_hand_is_reported(home, begun, small, command):
    rewrite(begun, RIGHT)
    command("export", "10")
    home.module(small).write_text("mine = 1\n")
    status, out, err = command("export", "10")
    assert status == 0 and "had been edited by hand; that text is kept in backups" in err


@pytest.mark.parametrize("words", [["export", "10"], ["check", "10"], ["submit", "10"], ["start", "10", "--fresh"],
                                   ["use", "10", "mine"]])
def test_a_full_disk_ends_with_status_2_and_loses_nothing(home, begun, command, monkeypatch, words):
    rewrite(begun, RIGHT)
    before = {path: path.read_bytes() for path in home.root.rglob("*") if path.is_file()}

    def full(number):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(workspace.os, "fsync", full)
    status, out, err = command(*words)
    assert status == 2 and "The disk is full" in err and "type it again" in err
    assert ("2 of 2 checks pass" in out) == (words[0] == "check")
    assert {path: path.read_bytes() for path in home.root.rglob("*") if path.is_file()} == before


def test_a_folder_that_may_not_be_written_ends_with_status_2(home, begun, command, monkeypatch):
    def refuse(part, path):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(workspace.os, "replace", refuse)
    status, _, err = command("export", "10")
    assert status == 2 and err.startswith("Permission denied (")


def test_init_of_a_workspace_says_so_and_changes_nothing(home, command):
    before = (home.root / place.MARK).read_text()
    status, out, err = command("init", home.root, "--learner", "bob")
    assert status == 0 and "is a workspace already" in out and "tinytorch-workspace.toml" in err
    assert (home.root / place.MARK).read_text() == before


@pytest.mark.parametrize("which, stubs", [("all", True), ("arch", True), ("05,10", True), ("01-09", False),
                                          ("none", False)])
def test_build_says_which_modules_are_yours(tmp_path, small, command, which, stubs):
    command("init", tmp_path / "w", "--build", which)
    made = workspace.opened(tmp_path / "w")
    assert made.build == which and made.module(small).exists() == stubs


@pytest.mark.parametrize("which", ["05-", "9-3", "1,99", "foundation", ""])
def test_a_build_that_makes_no_sense_makes_no_folder(tmp_path, command, which):
    status, _, err = command("init", tmp_path / "w", "--build", which)
    assert status == 2 and "--build" in err and not (tmp_path / "w").exists()


def test_use_speaks_of_the_kernel_only_when_something_changed(home, small, command):
    status, out, _ = command("use", "10", "mine")
    assert status == 0 and "restart the kernel" in out
    status, out, _ = command("use", "10", "mine")
    assert status == 0 and out == "Module 10 Tokenization is yours already.\n"
    status, _, err = command("use", "10", "prebuilt")
    assert status == 2 and "Nothing was changed" in err and own.state(home, small) == "not built yet"


def test_predictions_stand_beside_measurements(home, command):
    said = [("bytes", "predicted", None), ("bytes", "measured", 12), ("bytes", "predicted", None),
            ("bytes", "measured", 12), ("bytes", "predicted", 24), ("bytes", "predicted", 6), ("bytes", "measured", 11),
            ("bytes", "measured", 12), ("time", "predicted", 1.5)]
    lines = [json.dumps({"lesson": "01", "what": what, key: value, "unit": "s"}) for what, key, value in said]
    (home.log / "predictions.jsonl").write_text("\n".join([*lines, '{"lesson": "01", "wh']))
    status, out, _ = command("log", "predictions")
    assert status == 0 and [line.split() for line in out.splitlines()[1:]] == [
        ["01", "bytes", "nothing", "12", "s"], ["01", "bytes", "6", "s", "12", "s", "0.5"]]


def test_without_measurements_the_log_says_so(home, command):
    status, out, _ = command("log", "predictions")
    assert status == 0 and out.startswith("Nothing was measured yet.")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_real_help(command, name):
    status, out, _ = command(name, "-h")
    assert status == 0 and out.startswith(f"Usage: tinytorch {name}") and len(out) > 150


def test_the_commands_are_those_of_the_course():
    assert sorted(cli.tinytorch.commands) == sorted(COMMANDS)


# plain output

class Terminal:
    def isatty(self):
        return True


@pytest.mark.parametrize("name, text, plain", [("TINYTORCH_PLAIN", "1", True), ("NO_COLOR", "1", True),
                                               ("NO_COLOR", "", False), ("TINYTORCH_PLAIN", "0", False)])
def test_a_terminal_is_plain_on_request(monkeypatch, name, text, plain):
    for variable in ("TINYTORCH_PLAIN", "NO_COLOR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv(name, text)
    assert console.plain(Terminal()) == plain


def test_a_pipe_is_plain_and_gets_every_letter(begun, home):
    rewrite(begun, {**RIGHT, "double": "#| export\ndef double(x):\n    raise ValueError('weniger als fünf → \\udc80')"})
    script = (f"import pathlib\nfrom tinytorch._kit import cli, sheet\n"
              f"sheet.RELEASES = pathlib.Path({str(sheet.RELEASES)!r})\ncli.main()")
    run = subprocess.run([sys.executable, "-c", script, "check", "10"], capture_output=True, cwd=home.root,
                         env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert run.returncode == 1 and run.stderr == b""
    assert b"\x1b" not in run.stdout and rb"weniger als f\xfcnf \u2192" in run.stdout

