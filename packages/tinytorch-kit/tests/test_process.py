"""A child for learner's code, and a conversation that whatever the code does cannot stop."""
import os
import sys
import time

import numpy as np
import pytest
from tinytorch._kit.process import COMMAND, Child, Gone, Limits, Unready, converse

SETUP = {"module": "tinytorch.lesson_at_hand", "acts": "def act_double(lesson, x):\n    return lesson.double(x)"}
PATIENT, SHORT = Limits(), Limits(cell_s=0.8, answer_s=0.8)
DOUBLE = ("double", "def double(x):\n    return 2 * x")
HANG = "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass"
CRASH = "import os\nos._exit(3)"
FAULT = "import ctypes\nctypes.string_at(0)"
DEEP = "import sys\nsys.setrecursionlimit(10**9)\nclass A:\n    def __len__(self):\n        return len(self)\nlen(A())"


def run(*cells, asks=(), limits=PATIENT, setup=SETUP):
    """Outcomes of cells, which get the ids 0, 1, ... if they have none, and of asks."""
    named = [cell if isinstance(cell, tuple) else (str(n), cell) for n, cell in enumerate(cells)]
    return converse(Child, setup, named, asks, limits)


def outcome(cell):
    return run(("a", cell)).cells["a"]


def alive(pid):
    """Whether a process is there and not merely waiting to be collected."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


# what cells and asks are for

def test_cells_share_one_module_and_acts_ask_it():
    replies = run("y = 3", ("double", "def double(x):\n    return x * 2 + 0 * y"), asks={"double": [2, np.ones(2)]})
    assert {name: cell.status for name, cell in replies.cells.items()} == {"0": "ok", "double": "ok"}
    first, second = replies.asks["double"].answers
    assert first.value == 4 and second.value.tolist() == [2, 2]


def test_the_module_is_the_one_that_lessons_import():
    setup = {"module": "tinytorch.core.tensor", "acts": ""}
    cells = ["class Tensor: pass", "from tinytorch.core.tensor import Tensor as T\nimport tinytorch.core\n"
             "assert T is Tensor is tinytorch.core.tensor.Tensor and T.__module__ == 'tinytorch.core.tensor'"]
    assert run(*cells, setup=setup).cells["1"].says == ""


def through(*cells):
    """What the last cell, which is watched, called in others."""
    named = [(str(n), cell) for n, cell in enumerate(cells)]
    return converse(Child, SETUP, named, limits=PATIENT, watched=[named[-1][0]]).cells[named[-1][0]].through


def test_a_watched_cell_that_fails_after_another_tells_whose_functions_it_called():
    defined = "f = lambda: 3", "class G:\n    def __add__(self, x):\n        return f()", "h = lambda: 3", "1 / 0"
    assert through(*defined, "assert G() + 5 == 4") == ("0", "1")
    assert through(*defined, "h()\nassert G() + 5 == 3") == ()  # it does not fail
    assert through(*defined[:-1], "assert G() + 5 == 4") == ()  # nothing before it did
    assert through(*defined, "import time\nh()\ntime.sleep(1.1)\nassert False") == ()  # once is slow enough


def test_a_cell_that_is_not_watched_runs_once():
    cells = [("a", "1 / 0"), ("b", "n = 0"), ("c", "n += 1\nassert n > 3"), ("d", "assert n == 1")]
    assert converse(Child, SETUP, cells).cells["d"].status == "ok"


def test_folders_of_the_setup_come_first(tmp_path):
    (tmp_path / "numpy.py").write_text("theirs = True")
    setup = {"module": "m", "path": [str(tmp_path)]}
    cell = "import sys\ndel sys.modules['numpy']\nimport numpy\nnumpy.theirs"
    assert run(cell, setup=setup).cells["0"].status == "ok"


def test_an_error_says_where_it_left_the_cell_and_how_it_got_there():
    cells = [DOUBLE, ("check", "x = 1\n\ndouble(None)  # here")]
    found = run(*cells).cells["check"]
    assert (found.status, found.error, found.line, found.text) == ("error", "TypeError", 3, "double(None)  # here")
    assert found.trace == (("check", 3, "double(None)  # here"), ("double", 2, "return 2 * x"))


def test_a_syntax_error_has_its_line_and_the_cells_after_it_run():
    replies = run("x = 1\nif x\n    pass", "y = 2")
    assert (replies.cells["0"].error, replies.cells["0"].line) == ("SyntaxError", 2)
    assert replies.cells["1"].status == "ok"


def test_what_a_cell_prints_comes_with_it_up_to_4096_characters():
    replies = run("print('hello')", "print('x' * 10_000)\nraise ValueError('but')", "z = 1")
    assert replies.cells["0"].printed == "hello\n"
    assert len(replies.cells["1"].printed) == 4096 and replies.cells["1"].says == "but"
    assert replies.cells["2"].printed == ""


@pytest.mark.parametrize("cell", [
    "%timeit 1\nx = 1", "!ls it's\nx = 1", "if True:\n    %matplotlib inline\n    x = 1", "%%time\nx = 1",
    "\n%%capture out\nx = 1", "x = (3\n% 2)", "s = '''\n!ls\n'''\nassert '!' in s\nx = 1", "display(1)\nx = 1",
    "%%bash\nrm -rf x\nexit 1",
])
def test_lines_for_jupyter_do_nothing_and_python_stays_as_it_is(cell):
    found = run(cell, "assert x == 1").cells
    assert found["0"].status == "ok" and found["1"].status == ("error" if "bash" in cell else "ok")


def test_learners_code_can_read_its_own_source():
    assert outcome("import inspect\ndef f():\n    return 1\nassert 'return 1' in inspect.getsource(f)").status == "ok"


def test_warnings_cost_nothing():
    assert outcome("import numpy as np\nnp.log(np.zeros(2))\nimport warnings\nwarnings.warn('x')").printed == ""


def test_asks_may_be_made_from_the_outcomes_of_cells():
    seen = {}
    replies = run(DOUBLE, ("check_double", "assert double(2) == 5"),
                  asks=lambda cells: seen.update(cells) or {"double": [1]})
    assert seen["check_double"].error == "AssertionError" and replies.asks["double"].answers[0].value == 2


# each answer for itself

def test_an_answer_that_fails_or_cannot_be_sent_is_its_own_error():
    acts = "def act_f(lesson, x):\n    return [1 / x, object(), [x]][x - 1 if x else 1 / x]"
    answers = run(asks={"f": [0, 2, 3]}, setup={**SETUP, "acts": acts}).asks["f"].answers
    assert [answer.error for answer in answers] == ["ZeroDivisionError", "TypeError", ""]
    assert answers[2].value == [3] and "cannot send object" in answers[1].says


def test_an_ask_without_an_act_is_an_error():
    found = run(DOUBLE, asks={"halve": [1], "double": [1]}).asks
    assert found["halve"].answers[0].error == "KeyError" and found["double"].status == "ok"


@pytest.mark.parametrize("value", ["bytearray(10**8)", "[0] * 10**7", "numpy.zeros(10**8)", "'a' * 10**8"])
def test_huge_answers_are_an_error(value):
    cell = f"import numpy\ndef double(x):\n    return {value}"
    answer, = run(cell, asks={"double": [1]}).asks["double"].answers
    assert answer.error in ("TypeError", "ValueError")


# code that hangs, ends or leaves its process

@pytest.mark.parametrize("cell, status, says", [
    (HANG, "timeout", "no answer within 0.8 s"),
    (CRASH, "crashed", "exit code 3"),
    (FAULT, "crashed", "the process ended"),
    ("import os\nos.kill(os.getpid(), 9)", "crashed", "the process ended"),
    ("import os\nos.kill(os.getpid(), 40)", "crashed", "the process ended"),
    ("import sys\nsys.exit(0)", "error", ""),
    ("raise KeyboardInterrupt", "error", ""),
    ("def f():\n    f()\nf()", "error", "recursion"),
    ("class E(Exception):\n    def __str__(self):\n        raise SystemExit\nraise E", "error", "message fails"),
    ("raise ValueError('\\ud800 \\x1b[31m' + 'x' * 10**7)", "error", "\\ud800 [31mxxx"),
    ("import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()", "ok", ""),
    ("for _ in range(1000):\n    print('x' * 10**6)", "ok", ""),
    ("import os\nos.write(1, b'x' * 10**6)\nos.close(0)\nos.close(2)", "ok", ""),
    ("import sys\nsys.stdout = sys.stderr = None", "ok", ""),
])
def test_a_cell_costs_itself_only(cell, status, says):
    limits = SHORT if status == "timeout" else PATIENT
    replies = run("x = 1", ("culprit", cell), DOUBLE, asks={"double": [2]}, limits=limits)
    assert replies.cells["culprit"].status == status and says in replies.cells["culprit"].says
    assert replies.cells["0"].status == replies.cells["double"].status == "ok"
    assert replies.asks["double"].answers[0].value == 4


def test_recursion_without_a_limit_costs_itself_only():
    replies = run(("culprit", DEEP), DOUBLE, limits=SHORT)
    assert replies.cells["culprit"].status != "ok" and replies.cells["double"].status == "ok"


@pytest.mark.parametrize("body, status", [(HANG, "timeout"), (CRASH, "crashed")])
def test_an_ask_costs_itself_only(body, status):
    setup = {**SETUP, "acts": SETUP["acts"] + "\ndef act_bad(lesson, x):\n    lesson.bad()"}
    bad = "def bad():\n    " + body.replace("\n", "\n    ")
    asks = run(DOUBLE, bad, asks={"bad": [0, 1], "double": [3]}, setup=setup, limits=SHORT).asks
    assert asks["bad"].status == status and asks["bad"].answers == ()
    assert asks["double"].answers[0].value == 6


def test_after_so_many_culprits_the_rest_is_not_run():
    replies = run(*[CRASH] * 3, DOUBLE, asks={"double": [1]}, limits=Limits(culprits=2))
    assert [replies.cells[name].status for name in "012"] == ["crashed"] * 3
    assert "not run" in replies.cells["2"].says and replies.asks["double"].answers[0].error == "AttributeError"


def test_a_submission_has_a_limit_for_all_together():
    began = time.monotonic()
    cells = "x = 1", *["import time\ntime.sleep(0.5)"] * 100, DOUBLE
    replies = run(*cells, asks={"double": [1]}, limits=Limits(total_s=1.2))
    assert time.monotonic() - began < 8  # the cells alone would sleep for 50 s
    assert len(replies.cells) == 102 and replies.cells["double"].status == "timeout"
    assert "all together" in replies.asks["double"].says


@pytest.mark.skipif(os.name != "posix", reason="fork")
@pytest.mark.parametrize("leave", ["pass", "os.setsid()"])
def test_a_process_that_the_code_leaves_behind_with_the_pipe_in_hand_holds_nobody_up(leave, tmp_path):
    pid = tmp_path / "pid"
    fork = f"import os, time\nif os.fork() == 0:\n    {leave}\n    open({str(pid)!r}, 'w').write(str(os.getpid()))\n" \
           "    time.sleep(20)\nelse:\n    time.sleep(0.2)\n    os._exit(0)"
    began = time.monotonic()
    replies = run(("culprit", fork), DOUBLE, asks={"double": [2]}, limits=SHORT)
    assert replies.cells["culprit"].status in ("timeout", "crashed")
    assert replies.asks["double"].answers[0].value == 4 and time.monotonic() - began < 12
    if leave == "os.setsid()":  # out of our reach; a sandbox ends it too
        os.kill(int(pid.read_text()), 9)
    else:
        assert not alive(int(pid.read_text()))


@pytest.mark.skipif(os.name != "posix", reason="the numbers of the pipes")
@pytest.mark.parametrize("forged", [
    "b'\\xff' * 8", "b'garbage that is no frame at all'", "wire.encode({'turn': 99, 'answers': [{'value': 4}]})",
    "wire.encode([1])", "wire.encode({})", "2 * wire.encode({'turn': 3})", "b'\\0' * 2**20",
])
def test_forged_frames_end_a_conversation_and_never_ours(forged):
    cell = "import os\nfrom tinytorch._kit import wire\n" \
           f"for fd in range(3, 20):\n    try:\n        os.write(fd, {forged})\n    except OSError:\n        pass"
    replies = run("x = 1", ("culprit", cell), DOUBLE, asks={"double": [2]}, limits=SHORT)
    assert "crashed" in {replies.cells[name].status for name in ("culprit", "double")} | {replies.asks["double"].status}


# one child

def test_a_question_larger_than_the_pipe_does_not_block_on_a_child_that_does_not_listen():
    with Child((sys.executable, "-c", "import time\ntime.sleep(60)")) as child:
        began = time.monotonic()
        with pytest.raises(Gone, match="no answer within 0.3 s"):
            child.ask(0.3, ask="x", inputs=[np.zeros(10**6)])
        assert time.monotonic() - began < 10


def test_large_questions_and_answers_cross():
    with Child() as child:
        child.ask(20, setup={"module": "m", "acts": "def act_same(lesson, x):\n    return x"})
        x = np.arange(10**6, dtype=np.float32)
        np.testing.assert_array_equal(child.ask(5, ask="same", inputs=[x])["answers"][0]["value"], x)


def test_a_child_runs_in_an_empty_folder_that_vanishes():
    with Child() as child:
        acts = "import os\ndef act_here(lesson, x):\n    return [os.getcwd(), os.listdir()]"
        child.ask(20, setup={"module": "m", "acts": acts})
        open(os.path.join(child.home.name, "left.txt"), "w").close()
        here, files = child.ask(5, ask="here", inputs=[0])["answers"][0]["value"]
        assert os.path.samefile(here, child.home.name) and files == ["left.txt"]
    assert not os.path.exists(here)


def test_a_child_that_is_closed_is_gone():
    with Child() as child:
        child.ask(20, setup={"module": "m"})
        assert child.process.poll() is None
    assert child.process.poll() is not None
    assert child.process.stdout.closed and not child.talk.is_alive()


def test_a_child_that_cannot_start_says_why():
    with pytest.raises(Unready, match="exit code 1.*: ZeroDivisionError"):
        converse(lambda: Child((sys.executable, "-c", "1 / 0")), SETUP, [DOUBLE])
    with pytest.raises(Unready, match="SyntaxError"):
        converse(Child, {**SETUP, "acts": "def"}, [DOUBLE])
    with pytest.raises(OSError):
        Child(("no-such-program-anywhere",))


def test_replies_that_are_forged_in_form_become_plain_text():
    command = (sys.executable, "-c", FORGER, COMMAND[-1])
    replies = converse(lambda: Child(command), SETUP, [DOUBLE], {"double": [1]})
    assert replies.cells["double"].status == "error" and replies.cells["double"].line is None
    assert replies.cells["double"].trace == (("c", 2, ""),) and replies.asks["double"].status == "error"


FORGER = """
import os, sys
sys.path.append(os.path.dirname(os.path.dirname(os.path.dirname(sys.argv[1]))))
from tinytorch._kit import wire
hear, talk = sys.stdin.buffer, sys.stdout.buffer
while (order := wire.read(hear)) is not None:
    bad = {} if "setup" in order else {"error": [1], "says": {}, "line": "x", "answers": 3,
                                       "trace": [1, [2], ["c", 2, None], ["c", -1, ""]]}
    wire.write(talk, {**bad, "turn": order["turn"]})
"""


def test_an_answer_to_another_question_is_out_of_turn():
    late = FORGER.replace('"turn": order["turn"]', '"turn": order["turn"] - 1')
    with Child((sys.executable, "-c", late, COMMAND[-1])) as child, pytest.raises(Gone, match="out of turn"):
        child.ask(20, setup={})
