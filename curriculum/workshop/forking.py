"""A learner's process that can split: it runs cells as child.py does, and copies of it try variants of what follows.

    python -I -S forking.py FOLDER          FOLDER holds `tinytorch` and NumPy, see tinytorch_teach.environment

    {"setup": ...}, {"cell": ...}, {"ask": ...}     as in tinytorch/_kit/child.py
    {"copy": [orders], "copy_s": a, "work_s": b}    {"replies": [...], "late": bool, "work_s": c}, from a copy that then
                                                    ends; it is late after `a` seconds, or after `b` seconds of work,
                                                    which do not become more on a busy machine
A copy costs a hundredth of a fresh process and leaves nothing behind. Only for what developers prove about our own
code: there is no wall around it, and it needs `fork`.
"""
import contextlib
import gc
import io
import os
import resource
import select
import signal
import sys
import time

MEMORY = 1536 * 2**20


def main(folder):
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.path[:] = [folder, *(entry for entry in sys.path if entry != os.path.dirname(os.path.abspath(__file__)))]
    from tinytorch._kit import child, wire

    hear, talk = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    child.silence(0, 1)
    room = child.Room(wire.encode)
    while (order := wire.read(hear)) is not None:
        wire.send(talk, split(room, wire, order) if "copy" in order else room.reply(order))


def split(room, wire, order):
    """The frame with what a copy of this process replied, as far as it came in time."""
    gc.freeze()  # the copy need not touch what was there before
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(BaseException):  # whatever happens here, the copy must not go on as we do
            os.close(ours)
            signal.setitimer(signal.ITIMER_PROF, order["work_s"])  # ends it
            obey(room, wire, order["copy"], theirs)
        os._exit(0)
    os.close(theirs)
    text, late = gathered(ours, time.monotonic() + order["copy_s"])
    os.close(ours)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    _, status, used = os.wait4(pid, 0)
    late = late or os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF
    told = {"replies": replies(wire, text), "late": late, "work_s": used.ru_utime + used.ru_stime}
    return wire.encode({"turn": order["turn"], **told})


def obey(room, wire, orders, pipe):
    os.setpgid(0, 0)  # what a variant starts is none of ours to wait for
    with os.fdopen(pipe, "wb") as stream:
        for one in orders:
            wire.send(stream, room.reply({**one, "turn": 0}))


def gathered(pipe, until):
    """All bytes up to the end of a pipe, and whether it did not end in time."""
    parts = []
    while select.select([pipe], [], [], max(0, until - time.monotonic()))[0]:
        part = os.read(pipe, 2**20)
        if not part:
            return b"".join(parts), False
        parts.append(part)
    return b"".join(parts), True


def replies(wire, text):
    stream, found = io.BytesIO(text), []
    with contextlib.suppress(ValueError):  # the last one was cut off
        while (one := wire.read(stream)) is not None:
            found.append({key: value for key, value in one.items() if key != "turn"})
    return found


if __name__ == "__main__":
    main(sys.argv[1])
