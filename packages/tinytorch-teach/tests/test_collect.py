"""Submissions are found under any naming and in both forms, and nothing that was sent can stop a batch."""
import io
import json
import os
import sys
import zipfile

import pytest
from tinytorch._kit import cells
from tinytorch_teach import archive
from tinytorch_teach.collect import collect

EXERCISE = '# %% given="start"\nbegin("{0}")\n\n# %% exercise="add"\nx = "{1}"\n'


def percent(number="01", text="mine"):
    return EXERCISE.format(number, text).encode()


def book(number="01", name="01_tensor", text="mine"):
    return cells.write_notebook(cells.read_percent(percent(number, text).decode()), number, name).encode()


def zipped(files):
    """A zip of {name: bytes}."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in files.items():
            out.writestr(name, data)
    return buffer.getvalue()


def submitted(text="mine", learner="ada", number="01"):
    """What `tinytorch submit` makes."""
    manifest = {"lesson": number, "learner": learner, "course": "spring"}
    return zipped({"01_tensor.ipynb": book(number, text=text), "manifest.json": json.dumps(manifest)})


@pytest.fixture
def sent(tmp_path):
    """Writes {path: bytes} into a folder and collects from there; or from one of its zips."""
    def collected(files, source="", **options):
        for path, data in files.items():
            target = tmp_path / "incoming" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        found, unread = collect([tmp_path / "incoming" / source], **options)
        return {(one.student, one.lesson): one for one in found}, unread
    return collected


PLACES = {
    "folder": {"ada/01_tensor.ipynb": book()},
    "deep folder": {"ada/src/lessons/01_tensor.ipynb": book()},
    "percent": {"ada/01_tensor.py": percent()},
    "zip": {"ada.zip": zipped({"lessons/01_tensor.ipynb": book()})},
    "zip in a zip": {"ada/all.zip": zipped({"inner.zip": zipped({"01_tensor.ipynb": book()})})},
    "loose": {"ada_01_tensor.ipynb": book()},
    "loose, lesson first": {"01_tensor-ada (2).ipynb": book()},
    "by nbgrader": {"ada/01_tensor/01_tensor.ipynb": book()},
    "by lesson": {"01_tensor/ada/01_tensor.ipynb": book()},
    "renamed": {"ada/final homework.ipynb": book()},
    "a capital ending": {"ada/HOMEWORK.IPYNB": book()},
    "from submit": {"01_tensor (7).zip": submitted()},
    "one class zip": {"class.zip": zipped({"ada/01.ipynb": book(), "bob/01.ipynb": book()})},
    "from Moodle": {"class.zip": zipped({"ada_assignsubmission_file_/01_tensor.ipynb": book()})},
}


@pytest.mark.parametrize("files", PLACES.values(), ids=PLACES)
def test_a_submission_is_found_and_is_adas(sent, files):
    found, unread = sent(files)
    assert ("ada", "01_tensor") in found and unread == []
    assert any(cell.id == "add" for cell in found["ada", "01_tensor"].cells)


def test_a_zip_of_the_whole_class_may_be_given_itself(sent):
    found, _ = sent({"lms.zip": zipped({"ada/x.ipynb": book(), "bob.zip": zipped({"y.py": percent()}),
                                        "cleo_01_tensor.ipynb": book()})}, "lms.zip")
    assert {student for student, _ in found} == {"ada", "bob", "cleo"}


def test_canvas_learners_of_one_name_stay_two(sent):
    found, _ = sent({"lms.zip": zipped({"lee_111_22222_01_tensor.ipynb": book(text="one"),
                                        "lee_LATE_333_44444_01_tensor.ipynb": book(text="two")})})
    assert {student for student, _ in found} == {"lee_111", "lee_333"}


def test_letters_commas_and_apostrophes_of_a_name_stay(sent):
    found, _ = sent({"Noël, Siân O'Hara/01_tensor.ipynb": book(), "李 小龍/a.ipynb": book()})
    assert {student for student, _ in found} == {"Noël, Siân O'Hara", "李 小龍"}


def test_names_in_a_zip_that_does_not_say_it_is_utf8(sent):
    data = zipped({"Zo--/01_tensor.ipynb": book()}).replace(b"Zo--", "Zoë".encode())
    found, unread = sent({"lms.zip": data}, "lms.zip")
    assert [student for student, _ in found] == ["Zoë"], unread


@pytest.mark.parametrize("id", ["../../etc", "a/b\\c", "con", " . ", "x*?[1]", "\x1b[31mred", "\u202eada", "n" * 500])
def test_a_student_id_is_safe_as_the_name_of_a_folder(sent, id):
    found, _ = sent({"ada/a.zip": submitted(learner=id)})
    (student, _), = found
    assert student and student == student.strip(" .") and len(student.encode()) <= 101
    assert not set(student) & set('/\\<>:"|?*[]{}\x1b\u202e') and student.lower() not in ("con", "..")


def test_the_manifest_says_whose_it_is_unless_places_shall(sent):
    files = {"eve/sub.zip": submitted(learner="ada")}
    assert list(sent(files)[0]) == [("ada", "01_tensor")]
    assert list(sent(files, by="place")[0]) == [("eve", "01_tensor")]


def test_two_places_that_claim_to_be_one_learner_are_pointed_out(sent):
    found, _ = sent({"eve/sub.zip": submitted("hers", "ada"), "ada/sub.zip": submitted("mine", "ada")})
    assert any("several places (ada, eve)" in note for note in found["ada", "01_tensor"].notes)


def test_of_two_files_the_newest_counts_and_it_is_said(sent, tmp_path):
    files = {"ada/01_tensor.ipynb": book(text="old"), "ada/01_tensor.py": percent(text="new")}
    sent(files)
    os.utime(tmp_path / "incoming/ada/01_tensor.ipynb", (1, 1))
    found, _ = collect([tmp_path / "incoming"])
    one, = found
    assert "new" in one.cells[-1].text
    assert one.notes == ["incoming/ada/01_tensor.py counts, being newer than incoming/ada/01_tensor.ipynb"]


def test_lessons_of_one_learner_are_kept_apart_and_own_modules_come_along(sent):
    module = b"# GENERATED by tinytorch from 01_tensor.py; edit that file.\nx = 1\n"
    files = {"lessons/01_tensor.ipynb": book(), "lessons/02_activations.py": percent("02"), "tinytorch/core/tensor.py":
             module, "tinytorch-workspace.toml": b"", "backups/01_tensor.ipynb": book(), "notes.py": b"print(1)"}
    found, unread = sent({"ada.zip": zipped(files)})
    assert set(found) == {("ada", "01_tensor"), ("ada", "02_activations")} and unread == []
    assert found["ada", "02_activations"].modules == {"tinytorch/core/tensor.py": module.decode()}


def test_the_notebook_says_which_lesson_it_is_whatever_its_name(sent):
    found, _ = sent({"ada/01_tensor.ipynb": book("03", "03_layers")})
    assert list(found) == [("ada", "03_layers")]


def locked():
    """A zip that says of its only file that a password is needed."""
    data = bytearray(zipped({"01_tensor.ipynb": book()}))
    for head in (b"PK\x03\x04", b"PK\x01\x02"):
        data[data.index(head) + (6 if head[2] == 3 else 8)] |= 1
    return bytes(data)


def nested(depth):
    data = book()
    for _ in range(depth):
        data = zipped({"01_tensor.zip" if data[:2] == b"PK" else "01_tensor.ipynb": data})
    return data


BROKEN = {
    "not JSON": ("01_tensor.ipynb", b"{cells: [", "expected JSON"),
    "JSON, no notebook": ("01_tensor.ipynb", b"[1, 2]", "not a notebook"),
    "deep JSON": ("01_tensor.ipynb", b"[" * 100_000, ""),
    "odd metadata": ("01_tensor.ipynb", b'{"cells": [{"cell_type": 3, "source": "", "metadata": {"tinytorch": 7}}]}',
                     "not a notebook"),
    "empty": ("01_tensor.ipynb", b"", "empty"),
    "binary": ("01_tensor.ipynb", bytes(range(256)), "not a text file"),
    "UTF-16": ("01_tensor.py", percent().decode().encode("utf-16"), "not a text file"),
    "no such module": ("x.ipynb", book("77", "77_magic"), "There is no Module 77"),
    "no lesson": ("x.ipynb", cells.write_notebook([cells.Cell("code", "x = 1")], "", "").encode(), "holds no lesson"),
    "only a name": ("01_tensor.py", b"import numpy\n", "holds none of its exercises"),
    "no zip": ("01_tensor.zip", b"PK but no more", "cannot be read as a zip"),
    "cut zip": ("01_tensor.zip", submitted()[:-30], "cannot be read as a zip"),
    "locked zip": ("01_tensor.zip", locked(), "password"),
    "another archive": ("work.rar", b"Rar!", "archive of another kind"),
    "zips without end": ("01_tensor.zip", nested(5), "inside of"),
    "out of the zip": ("a.zip", zipped({"../../../01_tensor.ipynb": book()}), "outside of it"),
    "an absolute path": ("a.zip", zipped({"/etc/01_tensor.ipynb": book()}), "outside of it"),
    "nothing of ours": ("thoughts.py", b"print('hello')", "no lesson is among"),
}


@pytest.mark.parametrize("name, data, says", BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_read_is_told_and_stops_nobody_else(sent, name, data, says):
    found, unread = sent({f"ada/{name}": data, "bob/01_tensor.ipynb": book()})
    assert list(found) == [("bob", "01_tensor")]
    assert [one.student for one in unread] == ["ada"] and says in unread[0].says


def test_a_zip_bomb_is_not_unpacked(sent, monkeypatch):
    monkeypatch.setattr(archive, "MOST_BYTES", 10**6)
    bomb = zipped({"01_tensor.ipynb": b" " * 5 * 10**7, "02_activations.ipynb": book("02")})
    found, unread = sent({"ada.zip": bomb})
    assert list(found) == [("ada", "02_activations")] and "larger than 1 MB" in unread[0].says


def test_a_size_that_a_zip_lies_about_is_no_way_round_the_limit(sent, monkeypatch):
    monkeypatch.setattr(archive, "MOST_BYTES", 10**6)
    data = bytearray(zipped({"01_tensor.ipynb": b" " * 5 * 10**7}))
    at = data.index(b"PK\x01\x02") + 24
    data[at:at + 4] = (100).to_bytes(4, "little")
    found, unread = sent({"ada.zip": bytes(data)})
    assert not found and len(unread) == 1


def test_a_link_is_not_followed(sent, tmp_path):
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(book(text="secret"))
    (tmp_path / "incoming/ada").mkdir(parents=True)
    try:
        (tmp_path / "incoming/ada/01_tensor.ipynb").symlink_to(secret)
    except OSError:
        pytest.skip("this system makes no links")
    found, unread = sent({"bob/01_tensor.ipynb": book()})
    assert list(found) == [("bob", "01_tensor")] and "link" in unread[0].says


def test_what_nobody_can_be_named_for_is_told(sent):
    found, unread = sent({"01_tensor.ipynb": book()})
    assert not found and "nothing tells whose it is" in unread[0].says


def test_a_name_that_is_no_text_or_paints_the_terminal_is_made_plain(sent, tmp_path):
    found, unread = sent({"lms.zip": zipped({"\x1b[31mada/01_tensor.ipynb": b"{", "bob/01_tensor.ipynb": book()})})
    assert "\x1b" not in unread[0].origin and "\x1b" not in unread[0].student
    if os.name == "posix" and sys.platform != "darwin":
        os.makedirs(os.path.join(os.fsencode(tmp_path), b"incoming", b"\xff\xfe"))
        with open(os.path.join(os.fsencode(tmp_path), b"incoming", b"\xff\xfe", b"x\xff.ipynb"), "wb") as file:
            file.write(book())
        found, _ = sent({})
        assert all(one.origin.encode() and one.student.encode() for one in found.values()) and len(found) == 2
