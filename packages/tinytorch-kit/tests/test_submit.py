"""What is handed in: one zip that says whose it is and reads as the lesson it was made from."""
import json
import zipfile

import pytest
from small_lesson import RIGHT, rewrite
from tinytorch._kit import course, own, sheet, submit


@pytest.fixture
def page(home, begun, small):
    rewrite(begun, RIGHT)
    return sheet.read(home, small)


def contents(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_zip_holds_the_lesson_and_says_whose_it_is(home, page):
    path, names, copy = submit.pack(home, page)
    found = contents(path)
    assert (path, copy) == (home.submissions / "10_tokenization.zip", None)
    assert list(found) == names == ["10_tokenization.ipynb", "manifest.json"]
    assert found["10_tokenization.ipynb"] == page.path.read_bytes()
    said = json.loads(found["manifest.json"])
    assert (said["lesson"], said["name"], said["learner"]) == ("10", "10_tokenization", "ada")
    assert said.keys() == {"lesson", "name", "learner", "course", "kit", "time", "file"}


def test_own_modules_go_along_on_request_and_stubs_do_not(home, page, small):
    own.build(home, page)
    own.put_stub(home, course.lesson("03"))
    _, names, _ = submit.pack(home, page, framework=True)
    assert names == ["10_tokenization.ipynb", "tinytorch/text/tokenization.py", "manifest.json"]


def test_a_renamed_lesson_gets_its_name_back(home, page, small):
    page.path.rename(home.lessons / "meine Lösung.ipynb")
    path, names, _ = submit.pack(home, sheet.read(home, small))
    assert names[0] == "10_tokenization.ipynb"
    assert json.loads(contents(path)["manifest.json"])["file"] == "meine Lösung.ipynb"


def test_the_zip_from_before_is_kept(home, page):
    first = submit.pack(home, page)[0].read_bytes()
    rewrite(page.path, {"double": "# changed"})
    _, _, copy = submit.pack(home, page)
    assert copy.parent == home.backups and copy.read_bytes() == first


def test_the_command_says_what_is_in_it(home, page, command):
    rewrite(page.path, {"answer_why": "Because the area of a circle is known."})
    status, out, err = command("submit", "10")
    assert (status, err) == (0, "")
    assert out.endswith("is ready to hand in. It holds 10_tokenization.ipynb, manifest.json.\n")


def test_what_is_unwritten_and_who_is_unknown_is_said(home, begun, command):
    (home.root / "tinytorch-workspace.toml").write_text('learner = ""\n')
    status, _, err = command("submit", "10")
    assert status == 0 and "Not written yet: double, area." in err and "It does not say who you are." in err
    assert "The written answer is still empty: why." in err
