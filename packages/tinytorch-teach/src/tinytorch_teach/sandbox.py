"""Where learners' code runs while it is graded: in a folder that holds no answers, behind the best wall at hand.

    container       bubblewrap: no files but those, no network, no other processes
    another user    an account of its own for each child: nothing that is private to you
    none            your own account; `Sandbox.says` tells the reader of a report what that means

Which walls are at hand is found out by running a child behind them. When an exercise is asked again, its child carries
cells of the reference; so behind the first two walls, no child finds what another one writes.
"""
import contextlib
import functools
import glob
import os
import platform
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from tinytorch._kit.course import padded
from tinytorch._kit.process import Child, Unready, converse

from tinytorch_teach.environment import PYTHON, environment

SAYS = {
    "container": "Learners' code ran in a container (bubblewrap): it saw NumPy, the kit and the modules it builds on, "
                 "none of your other files, no network and no other process.",
    "another user": "Learners' code ran as another user: it could not read what is private to you nor touch your "
                    "processes, but it could read what every user of this machine may, and use the network.",
    "none": "Learners' code ran as your own user: code which reads the disk is not kept out, so it could have found "
            "answers there, and code which ends your processes is not kept out either.",
}
TIERS = tuple(SAYS)
MIB = 2**20
ALONE = threading.Lock()  # as another user there is one child at a time: two could meet in /tmp
CLOSED = ("--die-with-parent", "--new-session", "--cap-drop", "ALL", "--unshare-ipc", "--unshare-pid", "--unshare-net",
          "--unshare-uts", "--unshare-cgroup-try", "--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev")

# A child's first words on POSIX: take limits, become another user, then be child.py. A limit that the system refuses
# (macOS has none on memory) is left out, and the probe tells.
BEGIN = """
import contextlib, os, resource, runpy, sys
script, user, *limits = sys.argv[1:]
for name, most in (limit.split("=") for limit in limits):
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(getattr(resource, "RLIMIT_" + name), (int(most), int(most)))
if int(user):
    os.setgroups([])
    os.setgid(int(user))
    os.setuid(int(user))
sys.argv[:] = [script]
runpy.run_path(script, run_name="__main__")
"""
PROBE = """
import os, threading
def act_probe(lesson, x):
    threading.Thread(target=int).start()
    if os.name != "posix":
        return 0
    import resource
    return resource.getrlimit(resource.RLIMIT_AS)[0]
"""


class Sandbox:
    """A folder for the children of one lesson, and the wall around them.

    Parameters
    ----------
    modules : {path: text} of the modules below the lesson, for `environment`
    lesson : its number
    memory_bytes, cpu_s : what one child may use
    tier : one of TIERS, or None for the first that works here

    Attributes
    ----------
    tier, says : the wall, and sentences about it for a report

    Raises
    ------
    Unready
        If no child runs behind the wall, and why.
    """

    def __init__(self, modules, lesson, *, memory_bytes=2048 * MIB, cpu_s=300, tier=None):
        self.lesson, self.memory_bytes, self.cpu_s = padded(str(lesson)), memory_bytes, cpu_s
        self.home = tempfile.TemporaryDirectory(prefix="tinytorch-", ignore_cleanup_errors=True)
        environment(self.home.name, modules)
        refused = []
        for self.tier in (tier,) if tier else TIERS:
            try:
                self.says = " ".join([SAYS[self.tier], self._probe(), *refused])
                return
            except (Unready, OSError) as error:
                refused.append(f"Not at hand: {self.tier} ({error}).")
        self.close()
        raise Unready(" ".join(refused))

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    def close(self):
        self.home.cleanup()

    def _probe(self):
        """Run a child; the sentence about its memory."""
        setup = {"module": "tinytorch.probe", "acts": PROBE}
        outcome = converse(self.open, setup, (), {"probe": [0]}).asks["probe"]
        if outcome.status != "ok" or outcome.answers[0].error:
            raise Unready(outcome.says or outcome.answers[0].says)
        limited = outcome.answers[0].value == self.memory_bytes
        return f"Memory was limited to {self.memory_bytes // MIB} MiB." if limited else "Memory was not limited."

    @contextlib.contextmanager
    def open(self, *, learner="", course=""):
        """A Child behind the wall, for `converse`. `learner` and `course` are the ids that `mine` draws from."""
        with tempfile.TemporaryDirectory(prefix="tinytorch-", ignore_cleanup_errors=True) as scratch:
            user = _stranger() if self.tier != "none" and _is_root() else 0
            wall, folder, home = WALLS[self.tier](self.home.name, scratch, user)
            env = _environ(home, TINYTORCH_LESSON=self.lesson, TINYTORCH_LEARNER=learner, TINYTORCH_COURSE=course)
            visit = _visiting(user) if self.tier == "another user" else contextlib.nullcontext()
            with visit, Child([*wall, *self._words(folder, user)], env=env, cwd=scratch) as child:
                yield child

    def _words(self, folder, user):
        """The words that start child.py in `folder`, once inside the wall."""
        words = [PYTHON, "-I", "-S", "-B", "-W", "ignore"]
        script = str(Path(folder, "tinytorch", "_kit", "child.py"))
        if os.name != "posix":
            return [*words, script]
        limits = {"AS": self.memory_bytes, "CPU": self.cpu_s, "FSIZE": 64 * MIB, "NOFILE": 256, "CORE": 0}
        if user or self.tier == "container" and _counts_by_namespace():
            limits["NPROC"] = 64  # for your own user it would count all that you run
        return [*words, "-c", BEGIN, script, str(user), *(f"{name}={most}" for name, most in limits.items())]


def tiers():
    """Those of TIERS that work here, the best first."""
    found = []
    for tier in TIERS:
        with contextlib.suppress(Unready), Sandbox({}, 1, tier=tier):
            found.append(tier)
    return found


def _none(folder, scratch, user):
    return [], folder, scratch


def _another_user(folder, scratch, user):
    if not user:
        raise Unready("it takes root to become another user")
    os.chown(scratch, user, user)
    return [], folder, scratch


def _container(folder, scratch, user):
    """The words before a command that put it into a container, and where it finds `folder` and its home there."""
    bwrap, home, inside = shutil.which("bwrap"), "/scratch", "/tinytorch"
    if not bwrap:
        raise Unready("bubblewrap is not installed")
    wall = [bwrap, *CLOSED, *(["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"] if user else ["--unshare-user"])]
    wall += ["--perms", "1777", *(["--size", str(64 * MIB)] if "--size" in _options(bwrap) else []), "--tmpfs", home]
    prefixes = dict.fromkeys(["/usr", sys.base_prefix])
    libraries = [f"{prefix}/lib{bits}" for prefix in prefixes for bits in ("", "64")]
    shown = ["/lib", "/lib64", "/etc/ld.so.cache", *libraries, PYTHON]
    for parent in sorted({str(parent) for place in shown for parent in Path(place).parents[:-1]}):
        wall += ["--perms", "0755", "--dir", parent]  # bubblewrap would make it for root alone
    for place in shown:
        wall += ["--ro-bind-try", place, place]
    for place in {found for prefix in prefixes for found in glob.glob(f"{prefix}/lib*/python3*/*-packages")}:
        wall += ["--tmpfs", place, "--remount-ro", place]  # what is installed beside Python may hold answers
    return [*wall, "--ro-bind", folder, inside, "--chdir", home, "--"], inside, home


WALLS = {"container": _container, "another user": _another_user, "none": _none}


@functools.cache
def _options(bwrap):
    return subprocess.run([bwrap, "--help"], capture_output=True, text=True).stdout


def _counts_by_namespace():
    """Whether Linux counts processes in each user namespace for itself, which it does from 5.14 on."""
    return tuple(map(int, re.findall(r"\d+", platform.release())[:2])) >= (5, 14)


def _environ(home, **ours):
    """A child's environment, without anything of yours."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    homes = dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP"), home)
    said = {name: text for name, text in ours.items() if text}
    return {**kept, **threads, **homes, "TINYTORCH_PREBUILT": "1", **said}


def _is_root():
    return os.name == "posix" and os.geteuid() == 0


def _stranger():
    """The number of a user that nobody is."""
    import pwd  # not on Windows

    taken = {entry.pw_uid for entry in pwd.getpwall()}
    return secrets.choice([user for user in range(40_000, 60_000) if user not in taken])


@contextlib.contextmanager
def _visiting(user):
    """While another user is here; afterwards all that it runs is ended, and what it wrote for everybody is removed."""
    with ALONE:
        try:
            yield
        finally:
            end_all = "import os, sys; os.setuid(int(sys.argv[1])); os.kill(-1, 9)"
            subprocess.run([PYTHON, "-I", "-S", "-c", end_all, str(user)], capture_output=True)
            _sweep(user)


def _sweep(user):
    for place in ("/tmp", "/var/tmp", "/dev/shm"):
        for entry in os.scandir(place) if os.path.isdir(place) else ():
            with contextlib.suppress(FileNotFoundError):
                if entry.stat(follow_symlinks=False).st_uid == user:
                    shutil.rmtree(entry) if entry.is_dir(follow_symlinks=False) else os.unlink(entry)
