"""The learner's folder: nothing of theirs is lost, and every refusal says what to type next."""
import errno
import io
import os
import subprocess
import sys
import time

import pytest
from small_lesson import RIGHT, at, book_of, own_cell, rewrite, save
from tinytorch._kit import course, own, place, sheet, workspace
from tinytorch._kit.console import Refused

LAYERS = course.lesson("03")


@pytest.fixture
def solved(home, begun, small):
    """The small lesson with right answers; its Sheet."""
    rewrite(begun, RIGHT)
    return sheet.read(home, small)


def python(code, home, **more):
    return subprocess.run([sys.executable, "-c", code], env=home.environment(**more), capture_output=True, text=True)


# the folder

def test_a_new_workspace_holds_its_ids_and_every_package_for_editors(home):
    found = workspace.find()
    assert (found.root, found.learner, found.build) == (home.root, "ada", "all")
    for package in course.PACKAGES:
        folder = home.root.joinpath(*package.split("."))
        assert (folder / "__init__.pyi").is_file() and not (folder / "__init__.py").exists()


def test_ids_survive_whatever_letters_they_have(tmp_path):
    said = 'Ærøskøbing "2" \\ = #'
    workspace.create(tmp_path / "a b", "05,12", said, "ada")
    assert place.settings(tmp_path / "a b") == {"course": said, "learner": "ada", "build": "05,12"}


def test_a_workspace_is_found_from_a_folder_inside_it(home, monkeypatch):
    monkeypatch.chdir(home.lessons)
    assert workspace.here().root == home.root


def test_a_folder_with_something_in_it_is_refused_and_untouched(tmp_path):
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(Refused, match="is not empty.*\n.*tinytorch init"):
        workspace.create(tmp_path)
    assert os.listdir(tmp_path) == ["thesis.txt"]


def test_a_workspace_inside_a_workspace_is_refused(home):
    with pytest.raises(Refused, match="holds no other"):
        workspace.create(home.lessons / "another")
    assert not (home.lessons / "another").exists()


def test_making_a_workspace_again_keeps_what_is_there(home):
    workspace.write(home.root / "tinytorch/core/tensor.py", "mine = True\n")
    again = workspace.create(home.root, learner="someone else")
    assert again.learner == "ada"
    assert (home.root / "tinytorch/core/tensor.py").read_text() == "mine = True\n"


def test_a_broken_line_in_its_file_is_named(home):
    (home.root / place.MARK).write_text("learner = ada\n")
    with pytest.raises(Refused, match='line 1: expected learner = "..." with quotes, found learner = ada'):
        workspace.here()


def test_outside_of_a_workspace_one_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert workspace.find() is None
    with pytest.raises(Refused, match="tinytorch init"):
        workspace.here()


# lessons

def test_a_lesson_is_created_once_and_never_overwritten(home, begun, small):
    rewrite(begun, RIGHT)
    text = begun.read_bytes()
    assert sheet.start(home, small, ".ipynb") == (begun, False)
    assert sheet.start(home, small, ".py") == (begun, False)
    fresh = [sheet.start(home, small, suffix, fresh=True)[0].name for suffix in (".ipynb", ".ipynb", ".py", ".py")]
    assert fresh == ["10_tokenization.fresh.ipynb", "10_tokenization.fresh_2.ipynb", "10_tokenization.py",
                     "10_tokenization.fresh.py"]
    assert begun.read_bytes() == text


def test_both_forms_of_a_lesson_are_equal(home, small):
    sheets = []
    for suffix in (".ipynb", ".py"):
        path, _ = sheet.start(home, small, suffix)
        sheets.append([(name, cell.text) for name, cell in sheet.read(home, small).cells])
        path.unlink()
    assert sheets[0] == sheets[1]


def test_of_two_forms_the_newer_counts_and_this_is_said(home, begun, small):
    plain = home.lessons / "10_tokenization.py"
    plain.write_bytes((sheet.RELEASES / "10_tokenization.py").read_bytes())
    os.utime(begun, (1e9, 1e9))
    page = sheet.read(home, small)
    assert page.path == plain and "10_tokenization.py counts: it is newer" in page.notes[0]
    os.utime(plain, (1e8, 1e8))
    assert sheet.read(home, small).path == begun


@pytest.mark.parametrize("suffix", [".ipynb", ".py"])
def test_a_renamed_lesson_is_found_by_what_it_says(home, small, suffix):
    path, _ = sheet.start(home, small, suffix)
    path = path.rename(home.lessons / f"meine Lösung (2){suffix}")
    page = sheet.read(home, small)
    assert page.path == path and "holds Module 10" in page.notes[0]


def test_a_lesson_that_was_not_started_says_what_to_type(home, small):
    (home.lessons / "notes.ipynb").write_text("{}")
    with pytest.raises(Refused, match="tinytorch start 10"):
        sheet.read(home, small)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"cells": 3}', b'{"metadata": {}}', b"\xff\xfe\x00"])
def test_a_file_that_is_no_notebook_is_refused_and_kept(home, begun, small, content):
    begun.write_bytes(content)
    with pytest.raises(Refused, match="10_tokenization.ipynb (.|\n)*tinytorch start 10 --fresh"):
        sheet.read(home, small)
    assert begun.read_bytes() == content


def test_a_notebook_of_another_module_is_refused(home, begun, small):
    book = book_of(begun)
    book["cells"] = [own_cell("#| default_exp nn.layers"), own_cell("#| export\nx = 1")]
    save(begun, book)
    with pytest.raises(Refused, match="does not hold Module 10 .* It is Module 03 Layers"):
        sheet.read(home, small)


def test_a_notebook_with_a_mark_in_front_is_read(home, begun, small):
    begun.write_bytes(b"\xef\xbb\xbf" + begun.read_bytes().replace(b"\n", b"\r\n"))
    assert sheet.read(home, small).missing == []


# modules

def test_a_stub_says_whose_it_is_and_what_to_type(home):
    own.put_stub(home, LAYERS)
    assert own.state(home, LAYERS) == "not built yet"
    run = python("from tinytorch.nn import Linear", home)
    assert run.returncode == 1
    assert "ImportError: Module 03 Layers is yours to build" in run.stderr and "tinytorch export 03" in run.stderr


def test_an_exported_module_is_imported_in_place_of_any_other(home, solved, small):
    path, copy = own.build(home, solved)
    assert (own.state(home, small), copy) == ("yours", None)
    assert path.read_text(encoding="utf-8").startswith("# GENERATED by tinytorch from 10_tokenization.ipynb")
    run = python("from tinytorch.text.tokenization import area, __file__ as f; print(round(area(1), 4), f)", home)
    assert run.stdout.strip() == f"3.1416 {path}"
    assert own.trouble(home, small) is None


def test_export_is_the_same_from_both_forms_but_for_the_name(home, small):
    texts = []
    for suffix in (".ipynb", ".py"):
        path, _ = sheet.start(home, small, suffix)
        texts.append(own.module_text(sheet.read(home, small)).replace(path.name, "X").split("\n", 2)[2])
        path.unlink()
    assert texts[0] == texts[1]


def test_an_edit_by_hand_is_kept_before_it_is_replaced(home, solved, small):
    path, _ = own.build(home, solved)
    edited = path.read_text(encoding="utf-8") + "\nmine = 1\n"
    path.write_text(edited, encoding="utf-8")
    assert own.state(home, small) == "edited by hand"
    _, copy = own.build(home, solved)
    assert copy.parent == home.backups and copy.read_text(encoding="utf-8") == edited
    assert own.state(home, small) == "yours"
    assert own.build(home, solved)[1] is None


def test_copies_of_the_same_second_do_not_meet(home, solved, small):
    path, _ = own.build(home, solved)
    for text in ("first", "second"):
        path.write_text(text)
        os.utime(path, (1e9, 1e9))
        own.build(home, solved)
    assert sorted(copy.read_text() for copy in home.backups.iterdir()) == ["first", "second"]


def test_line_ends_of_another_system_are_no_edit(home, solved, small):
    path, _ = own.build(home, solved)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert own.state(home, small) == "yours"


@pytest.mark.parametrize("moment", ["write", "fsync", "replace"])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_an_interrupted_export_leaves_the_old_module_whole(home, solved, small, monkeypatch, moment, error):
    path, _ = own.build(home, solved)
    old = path.read_bytes()
    rewrite(solved.path, {"double": RIGHT["double"] + "  # new"})
    with monkeypatch.context() as patched:
        interrupt(patched, moment, error)
        with pytest.raises(type(error)):
            own.build(home, sheet.read(home, small))
    assert path.read_bytes() == old and own.state(home, small) == "yours"
    assert list(home.modules.rglob("*.part")) == []


def interrupt(patched, moment, error):
    """Let the file system fail at a moment; `write` fails when half of the text is there."""
    def fail(*arguments):
        raise error

    class Full(io.FileIO):
        def write(self, data):
            super().write(data[: len(data) // 2])
            raise error

    if moment == "write":
        patched.setattr(workspace, "open", Full, raising=False)
    else:
        patched.setattr(workspace.os, moment, fail)


def test_code_that_does_not_compile_is_named_and_nothing_is_written(home, begun, small):
    rewrite(begun, {**RIGHT, "area": "#| export\ndef area(r):\n    return (r"})
    with pytest.raises(Refused, match=r"10_tokenization.ipynb, cell area, line 3 does not compile: (.|\n)*return \(r"):
        own.build(home, sheet.read(home, small))
    assert not home.module(small).exists()


def test_a_module_that_raises_at_import_says_where(home, begun, small):
    rewrite(begun, {**RIGHT, "area": "#| export\narea = 1 / 0"})
    path, _ = own.build(home, sheet.read(home, small))
    line = path.read_text(encoding="utf-8").split("\n").index("area = 1 / 0") + 1
    where = os.path.join("tinytorch", "text", "tokenization.py")
    assert own.trouble(home, small) == f"{where}, line {line}: ZeroDivisionError: division by zero"


def test_unwritten_exercises_are_named_and_the_rest_works(home, begun, small):
    rewrite(begun, {"double": RIGHT["double"]})
    page = sheet.read(home, small)
    assert page.unwritten() == ["area"]
    own.build(home, page)
    assert own.state(home, small) == "unfinished"
    assert python("from tinytorch.text.tokenization import double; print(double(4))", home).stdout.strip() == "8"


def test_a_helper_without_the_export_mark_is_named(home, begun, small):
    book = book_of(begun)
    book["cells"].insert(at(book, "double"), own_cell("import cmath\ndef twice(x):\n    return x + x\nunused = 1"))
    save(begun, book)
    rewrite(begun, {**RIGHT, "double": "#| export\ndouble = lambda x: twice(x)"})
    assert own.left_out(sheet.read(home, small)) == ["twice"]


# mine or prebuilt

@pytest.fixture
def installed(small, monkeypatch, tmp_path):
    """A prebuilt Module 10, as a tier would bring it."""
    folder = tmp_path / "site/tinytorch"
    (folder / "_versions").mkdir(parents=True)
    (folder / "text").mkdir()
    (folder / "text/tokenization.py").write_text("prebuilt = True\n")
    monkeypatch.setattr(own.tinytorch, "__path__", [*own.tinytorch.__path__, str(folder)])


def test_going_to_the_prebuilt_module_and_back_loses_nothing(home, solved, small, installed):
    path, _ = own.build(home, solved)
    path.write_text(path.read_text(encoding="utf-8") + "mine = 1\n", encoding="utf-8")
    text = path.read_bytes()
    assert "is the prebuilt one now" in own.use_prebuilt(home, small)
    assert own.state(home, small) == "prebuilt" and not home.module(small, ".pyi").exists()
    assert "is yours again" in own.use_mine(home, small)
    assert path.read_bytes() == text and own.state(home, small) == "edited by hand"


def test_what_was_put_away_last_comes_back(home, solved, small, installed):
    for text in ("first", "second"):
        own.build(home, solved)[0].write_text(text)
        own.use_prebuilt(home, small)
        time.sleep(0.01)
    own.use_mine(home, small)
    assert home.module(small).read_text() == "second"


def test_a_stub_leaves_no_copy(home, small, installed):
    assert "not built yet" in own.use_mine(home, small)
    own.use_prebuilt(home, small)
    assert own.state(home, small) == "prebuilt" and list(home.backups.iterdir()) == []


def test_without_a_prebuilt_module_yours_stays(home, solved, small):
    own.build(home, solved)
    with pytest.raises(Refused, match="tinytorch-arch is not installed(.|\n)*Nothing was changed"):
        own.use_prebuilt(home, small)
    assert own.state(home, small) == "yours"
