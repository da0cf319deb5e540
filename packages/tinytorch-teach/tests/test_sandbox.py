"""The walls around learners' code: every wall that works on this machine is asked for what its sentence claims."""
import functools
import os
import socket
import sys
import sysconfig
import time
import uuid
from pathlib import Path

import numpy as np
import pytest
from tinytorch._kit.process import Limits, Unready, converse
from tinytorch_teach.environment import environment
from tinytorch_teach.sandbox import SAYS, TIERS, Sandbox, tiers

HERE = tiers()
MODULES = {"tinytorch/core/tensor.py": "given = 'by the course'\n", "tinytorch/core/broken.py": "def"}
each_tier = pytest.mark.parametrize("tier", HERE)
posix = pytest.mark.skipif(os.name != "posix", reason="processes of POSIX")


@pytest.fixture(scope="module")
def boxes():
    found = {tier: Sandbox(MODULES, 2, memory_bytes=2**30, tier=tier) for tier in HERE}
    yield found
    for box in found.values():
        box.close()


def value(box, expression, *cells, **ids):
    """What an expression gives in a child; a string that names its error, if it has one."""
    setup = {"module": "tinytorch.nn.activations", "acts": "def act_value(lesson, x):\n    return lesson.value()"}
    cells = [*enumerate(cells), ("value", f"import os, sys\ndef value():\n    return {expression}")]
    open_child = functools.partial(box.open, **ids)
    replies = converse(open_child, setup, [(str(name), text) for name, text in cells], {"value": [0]})
    answer, = replies.asks["value"].answers
    return answer.error or answer.value


# what is there

@each_tier
def test_a_child_finds_numpy_the_kit_and_the_modules_below_its_lesson(boxes, tier):
    cell = "import numpy\nfrom tinytorch.core.tensor import given\nfrom tinytorch.lesson import begin"
    assert value(boxes[tier], "[numpy.__version__, given]", cell) == [np.__version__, "by the course"]
    assert value(boxes[tier], "os.environ['TINYTORCH_LESSON']") == "02"
    assert value(boxes[tier], "__import__('tinytorch.core.broken')") == "SyntaxError"


@each_tier
@pytest.mark.parametrize("module", ["pytest", "click", "tinytorch_teach"])
def test_a_child_finds_nothing_else(boxes, tier, module):
    assert value(boxes[tier], f"__import__({module!r})") == "ModuleNotFoundError"


@each_tier
def test_a_child_gets_the_ids_of_its_learner_and_no_other_environment(boxes, tier, monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_GRADER", "1")
    found = value(boxes[tier], "sorted(os.environ)", learner="ada")
    assert "TINYTORCH_LEARNER" in found and not {"TINYTORCH_COURSE", "SECRET_OF_THE_GRADER"} & set(found)
    assert value(boxes[tier], "os.environ['TINYTORCH_LEARNER']", learner="ada") == "ada"


@each_tier
def test_a_child_works_in_an_empty_folder(boxes, tier):
    assert value(boxes[tier], "[os.listdir(), os.listdir(os.environ['HOME'])]") == [[], []]
    assert value(boxes[tier], "open('a.txt').read()", "open('a.txt', 'w').write('mine')") == "mine"


def test_the_environment_holds_code_and_no_data(tmp_path):
    environment(tmp_path, MODULES)
    assert {entry.name for entry in tmp_path.iterdir()} <= {"numpy", "numpy.libs", "tinytorch"}
    files = [file.relative_to(tmp_path) for file in (tmp_path / "tinytorch").rglob("*") if file.is_file()]
    assert {file.suffix for file in files} <= {".py", ".pyc"} and Path("tinytorch/_kit/child.py") in files
    assert not [file for file in files if file.name[0].isdigit() or {"lessons", "milestones"} & set(file.parts)]


@posix
def test_the_environment_can_be_read_by_others_whatever_our_umask(tmp_path):
    before = os.umask(0o077)
    try:
        environment(tmp_path, MODULES)
    finally:
        os.umask(before)
    for folder, _, names in os.walk(tmp_path):
        assert os.stat(folder).st_mode & 0o005 == 0o005
        assert all(os.stat(os.path.join(folder, name)).st_mode & 0o004 for name in names)


# what the walls keep out, and what their sentences admit

@each_tier
def test_private_files_are_kept_out(boxes, tier, tmp_path):
    secret = tmp_path / "answers.txt"
    secret.write_text("42")
    secret.chmod(0o600)
    found = value(boxes[tier], f"open({str(secret)!r}).read()")
    if tier == "none":
        assert found == "42" and "reads the disk is not kept out" in boxes[tier].says
    else:
        assert found in ("FileNotFoundError", "PermissionError")


@each_tier
def test_a_container_hides_what_is_installed_beside_python(boxes, tier):
    places = [np.__file__, pytest.__file__, __file__, *sysconfig.get_paths(vars={"base": sys.base_prefix}).values()]
    seen = value(boxes[tier], f"[place for place in {places!r} if 'packages' in place and os.path.exists(place)]")
    if tier == "container":
        assert all(value(boxes[tier], f"os.listdir({place!r})") == [] for place in seen)


@each_tier
def test_a_container_has_no_network(boxes, tier):
    with socket.create_server(("127.0.0.1", 0)) as server:
        connect = f"socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), 1).fileno() > 0"
        found = value(boxes[tier], connect, "import socket")
    assert found == "ConnectionRefusedError" if tier == "container" else found is True


@posix
@each_tier
def test_our_processes_are_kept_out_of_reach(boxes, tier):
    if tier == "none":  # it could end this very test
        assert "ends your processes is not kept out" in boxes[tier].says
        return
    attack = f"import os\nfor pid in (os.getppid(), {os.getpid()}, -1):\n    try:\n        os.kill(pid, 9)\n" \
             "    except OSError:\n        pass"
    assert value(boxes[tier], "'alive'", attack) == "alive"


@posix
@each_tier
def test_no_child_finds_what_another_has_left(boxes, tier):
    mark = f"left-{uuid.uuid4()}"
    places = "['.', '/tmp', '/var/tmp', '/dev/shm', os.environ['HOME'], *sys.path]"
    leave = f"import os, sys\nfor place in {places}:\n    try:\n        os.mkdir(f'{{place}}/{mark}')\n" \
            "    except OSError:\n        pass"
    assert value(boxes[tier], f"os.path.isdir({mark!r})", leave) is True
    found = value(boxes[tier], f"[place for place in {places} if os.path.exists(f'{{place}}/{mark}')]")
    assert found == [] or tier == "none"
    for place in ("/tmp", "/var/tmp", "/dev/shm", boxes[tier].home.name):
        if os.path.isdir(f"{place}/{mark}"):
            assert tier == "none"
            os.rmdir(f"{place}/{mark}")


@posix
@each_tier
def test_a_process_that_leaves_its_group_is_ended_with_the_child(boxes, tier):
    mark = f"sleeper-{uuid.uuid4()}"
    leave = "import os, sys\nif os.fork() == 0:\n    os.setsid()\n    os.execv(sys.executable, " \
            f"[sys.executable, '-S', '-c', 'import time; time.sleep(5)', {mark!r}])"
    assert value(boxes[tier], "1", leave) == 1
    until = time.monotonic() + 3
    while (left := running(mark)) and time.monotonic() < until and tier != "none":
        time.sleep(0.05)
    assert not left or tier == "none"


def running(mark):
    """Processes with `mark` among their words."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            found += [folder.name] * (mark.encode() in (folder / "cmdline").read_bytes())
        except OSError:
            continue  # it has ended meanwhile
    return found


# limits

@posix
@each_tier
@pytest.mark.parametrize("hog", ["x = numpy.ones(2**28)", "x = []\nwhile True:\n    x.append(bytearray(2**24))"])
def test_a_memory_hog_is_stopped_and_the_rest_goes_on(boxes, tier, hog):
    cells = [("hog", "import numpy\n" + hog), ("next", "x = 1")]
    replies = converse(boxes[tier].open, {"module": "m"}, cells, limits=Limits(cell_s=15))
    if "was limited to 1024 MiB" in boxes[tier].says:
        assert (replies.cells["hog"].status, replies.cells["hog"].error) == ("error", "MemoryError")
    assert replies.cells["next"].status == "ok"


@posix
@each_tier
def test_a_file_stays_small(boxes, tier):
    assert value(boxes[tier], "open('x', 'wb').write(bytes(10**8))") == "OSError"


@posix
@each_tier
def test_processes_cannot_be_started_without_end(boxes, tier):
    if tier == "none":  # there the limit would count all that we run
        return
    forks = "import os, time\nn = 0\ntry:\n    while n < 200:\n        if os.fork() == 0:\n" \
            "            time.sleep(9)\n            os._exit(0)\n        n += 1\nexcept OSError:\n    pass"
    assert 0 < value(boxes[tier], "n", forks) < 64


@each_tier
def test_what_hangs_or_ends_its_child_costs_itself_only(boxes, tier):
    hang = "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass"
    cells = [("hang", hang), ("end", "import os\nos._exit(0)"), ("next", "x = 1")]
    began = time.monotonic()
    found = converse(boxes[tier].open, {"module": "m"}, cells, limits=Limits(cell_s=0.8)).cells
    assert [outcome.status for outcome in found.values()] == ["timeout", "crashed", "ok"]
    assert time.monotonic() - began < 15


# choosing a wall

def test_without_a_wish_the_best_wall_at_hand_is_taken_and_described():
    with Sandbox({}, 1) as box:
        assert box.tier == HERE[0] and box.says.startswith(SAYS[box.tier])
        assert all(f"Not at hand: {tier}" in box.says for tier in TIERS[:TIERS.index(box.tier)])


def test_a_wall_that_is_not_at_hand_is_refused_with_the_reason():
    for tier in set(TIERS) - set(HERE):
        with pytest.raises(Unready, match=f"Not at hand: {tier} \\(.+\\)"):
            Sandbox({}, 1, tier=tier)
    assert "none" in HERE


def test_without_bubblewrap_the_next_wall_serves_and_the_report_says_so(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with Sandbox({}, 1) as box:
        assert box.tier == [tier for tier in HERE if tier != "container"][0]
        assert "Not at hand: container (bubblewrap is not installed)." in box.says
        assert value(box, "1") == 1


def test_the_folder_of_a_sandbox_vanishes():
    with Sandbox({}, 1, tier="none") as box:
        assert os.path.isdir(box.home.name)
    assert not os.path.exists(box.home.name)
