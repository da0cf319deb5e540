"""Every developer command. `nox -l` is the manual, `nox` is what CI runs.

Python alone is enough to start: `python noxfile.py ...` makes an environment with nox once, and then is nox.
"""
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

try:
    import nox
except ModuleNotFoundError:
    if __name__ != "__main__":
        raise
    nox = None

ROOT = Path(__file__).resolve().parent
DIST = ROOT / "dist"
TOOLS = ["nox>=2025.5.1", "uv>=0.8"]


def bootstrap():
    """Run this file in an environment of its own that has nox."""
    home = ROOT / ".nox/bootstrap"
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        print("making an environment with nox, once ...", flush=True)
        venv.create(home, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *TOOLS], check=True)
    raise SystemExit(subprocess.call([python, __file__, *sys.argv[1:]]))


if nox is None:
    bootstrap()

# Other Pythons often lie beside the running one, where no PATH leads.
BESIDE = [str(folder / "bin") for folder in Path(sys.base_prefix).parent.glob("3.1*") if (folder / "bin").is_dir()]
os.environ["PATH"] = os.pathsep.join([os.environ.get("PATH", ""), *sorted(BESIDE)])
# Two BLAS threads on a busy machine are many times slower than one; so is a NumPy that each process compiles anew.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

PYTHONS = ["3.10", "3.11", "3.12", "3.13"]
DEFAULT = f"3.{max(11, sys.version_info.minor)}"  # instructors need 3.11
SIDE_BY_SIDE = ["-n", "2"]  # for pytest, where tests are slow
FILES_SIDE_BY_SIDE = ["-n", "2", "--dist", "loadfile"]  # where tests of a file share what is dear to make
LEARNER = ["numpy>=1.24", "click>=8.1", "rich>=13"]  # third-party packages of the kit and the tiers
TIERS = {"core": ["core"], "arch": ["core", "arch"], "opt": ["core", "arch", "opt"]}  # each with what it stands on
FOLDERS = {**{part: ROOT / f"packages/tinytorch-{part}" for part in ("kit", "core", "arch", "opt", "teach")},
           "datasets": ROOT / "datasets"}

nox.needs_version = ">=2025.5.1"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.error_on_external_run = True
nox.options.sessions = ["lint", "wheels", "tests", "types", "lessons", "gates", "grade", "workspace", "adjacent",
                        "bundle", "integration", "milestones", "oracle", "lowest"]


def group(name):
    """A dependency group of pyproject.toml: the tools of developers, pinned in one place."""
    return nox.project.dependency_groups(nox.project.load_toml(ROOT / "pyproject.toml"), name)


def install(session, *parts, third_party=LEARNER):
    """Third-party packages from the index; then our own wheels from dist/ and nowhere else."""
    session.install(*third_party)
    ours = [f"tinytorch-{part}" for part in parts]
    session.install("--no-cache-dir", "--no-index", "--find-links", str(DIST), *ours)  # the same version, new content


def sources(session):
    """Write what the curriculum determines, and give the environment in which the checkout itself is imported."""
    session.run("python", "curriculum/workshop/generate.py", silent=True)
    return {"PYTHONPATH": os.pathsep.join(str(folder / "src") for folder in FOLDERS.values())}


@nox.session(python=DEFAULT)
def lint(session):
    """Style of the code, and the rules that each lesson keeps."""
    session.install(*group("lint"))
    session.run("ruff", "check", ".")
    session.run("python", "curriculum/workshop/lint.py")


@nox.session(python=DEFAULT)
def guide(session):
    """docs/TA_GUIDE.md from the mistakes of all lessons; `lint` fails where it is stale."""
    session.run("python", "curriculum/workshop/ta_guide.py")


@nox.session(python=DEFAULT)
def generate(session):
    """Fingerprints of mistakes, made by running them; the kit's wheel carries them."""
    session.install(*LEARNER)
    session.run("python", "curriculum/workshop/fingerprints.py", env=sources(session))


@nox.session(python=DEFAULT, requires=["generate"])
def wheels(session):
    """Build every distribution into dist/ and hold the wheels against their rules."""
    session.install("hatchling>=1.26", *group("test"))
    for old in DIST.glob("tinytorch*"):
        old.unlink()
    for folder in FOLDERS.values():
        with session.chdir(folder):
            session.run("python", "-m", "hatchling", "build", "-d", str(DIST), silent=True)
    session.run("pytest", "tests/test_wheels.py")


@nox.session(python=DEFAULT, requires=["wheels"])
@nox.parametrize("part", list(FOLDERS), ids=list(FOLDERS))
def tests(session, part):
    """Each package's own tests, against wheels, with only the tiers that it declares."""
    _tests(session, part)


@nox.session(python=PYTHONS, requires=["wheels"])
def pythons(session):
    """The tests of what learners install, on every Python that is here."""
    for part in ("kit", "core", "arch", "opt", "datasets"):
        _tests(session, part)


@nox.session(python="3.10", requires=["wheels"])
def lowest(session):
    """The oldest NumPy and the oldest Python that we name."""
    for part in ("kit", "core", "arch", "opt", "datasets"):
        _tests(session, part, third_party=["numpy==1.24.*", "click==8.1.*", "rich==13.*"])


def _tests(session, part, third_party=LEARNER):
    if part == "teach":
        third_party = [*third_party, *group("teach")]
    install(session, *TIERS.get(part, [part]), third_party=[*third_party, *group("test")])
    folder = FOLDERS[part] / "tests"
    slow = ["--ignore", str(folder / "test_grading_loop.py")]  # the session `grade` runs it
    session.run("pytest", str(folder), *slow, *FILES_SIDE_BY_SIDE, *session.posargs, success_codes=[0, 5])


@nox.session(python=DEFAULT, venv_backend="venv", requires=["wheels"])  # pip finds a CPU build if one lies at hand
def oracle(session):
    """PyTorch judges values and gradients, `tokenizers` tokens, onnx and safetensors files; only here."""
    install(session, "opt", third_party=[*LEARNER, *group("test"), *group("oracle")])
    session.run("pytest", "tests/oracle", *FILES_SIDE_BY_SIDE, *session.posargs)


@nox.session(python=DEFAULT, requires=["wheels"])
def loadgen(session):
    """MLCommons LoadGen as the judge of latencies; a minute, on a machine that is not busy."""
    install(session, "opt", third_party=[*LEARNER, *group("test"), *group("loadgen")])
    session.run("pytest", "tests/loadgen", *session.posargs)


@nox.session(python=DEFAULT, venv_backend="venv", requires=["wheels"])
def bench(session):
    """The same work by ours, hand-written NumPy and PyTorch, in pairs; `-- --write` puts the table into the README."""
    install(session, "opt", third_party=[*LEARNER, *group("oracle")])
    session.run("python", "benchmarks/run.py", *session.posargs)


@nox.session(python=DEFAULT, requires=["wheels"])
def types(session):
    """Stubs agree with the modules, and a learner's editor finds no fault with the wheels."""
    install(session, "opt", "datasets", third_party=[*LEARNER, *group("types")])
    session.run("python", "tests/types/check.py")


@nox.session(python=DEFAULT, requires=["generate"])
def lessons(session):
    """What a lesson must prove: blank 0, solved full, mistakes and mutants rejected, alternatives accepted."""
    session.install(*LEARNER, *group("test"))
    env = sources(session)
    session.run("python", "curriculum/workshop/prove.py", *session.posargs, env=env)
    if not session.posargs:  # and the prover itself
        session.run("pytest", "tests/test_prove.py", "tests/test_mutants.py", *SIDE_BY_SIDE, env=env)


@nox.session(python=DEFAULT)
def gates(session):
    """Bad input kept for ever: each gate must fail on its own."""
    session.install(*LEARNER, *group("test"))
    session.run("pytest", "tests/test_gates.py", "tests/test_wheels.py", "tests/test_bridges.py", "-k",
                "caught or gate", *session.posargs, env=sources(session))


@nox.session(python=DEFAULT, requires=["wheels"])
def grade(session):
    """A small class, graded: right, blank, wrong, endless, tampered and mangled; stock nbgrader agrees."""
    install(session, "teach", "opt", "datasets", third_party=[*LEARNER, *group("teach"), *group("test")])
    tests = "packages/tinytorch-teach/tests/test_grading_loop.py"
    session.run("pytest", tests, "-k", "not test_stock", *session.posargs)  # these share one class, graded once
    session.run("pytest", tests, "-k", "test_stock", *SIDE_BY_SIDE, *session.posargs)


@nox.session(python=DEFAULT, requires=["wheels"])
def workspace(session):
    """A learner's way from `init` to a milestone, on their own modules and on prebuilt ones."""
    install(session, "kit", "datasets", third_party=[*LEARNER, *group("test")])
    session.run("pytest", "tests/test_workspace.py", *SIDE_BY_SIDE, *session.posargs)
    install(session, "core")
    session.run("pytest", "tests/test_bootcamp.py", "-k", "not optimization", *SIDE_BY_SIDE, *session.posargs)
    install(session, "arch")
    session.run("pytest", "tests/test_bootcamp.py", "-k", "optimization", *session.posargs)


@nox.session(python=DEFAULT, requires=["wheels"])
def adjacent(session):
    """Architecture on the next version of core: taught without a solution of its own installed, then installed."""
    session.install("hatchling>=1.26", *LEARNER, *group("test"))
    folder = session.create_tmp()
    number = session.run("python", "tests/next_version.py", "core", folder, silent=True).split()[-1]
    ours = ["--no-cache-dir", "--no-index", "--find-links", folder, "--find-links", str(DIST)]
    session.install(*ours, f"tinytorch-core=={number}", "tinytorch-datasets")
    session.run("pytest", "tests/test_bootcamp.py", "-k", "architecture", *session.posargs)
    session.install(*ours, "tinytorch-arch")
    session.run("pytest", "packages/tinytorch-arch/tests", *FILES_SIDE_BY_SIDE, *session.posargs)


@nox.session(python=DEFAULT, requires=["wheels"])
def bundle(session):
    """One zip for learners, in dist/bundle/. `-- --prebuilt none|core|arch|all`, `-- --offline`, `-- --lock`."""
    session.install(*group("bundle"))
    session.run("python", "curriculum/workshop/bundle/make.py", *session.posargs)
    if not session.posargs:
        session.run("pytest", "tests/test_bundle.py")


@nox.session(python=DEFAULT, requires=["wheels"])
def running(session):
    """docs/RUNNING.md as it is written: from the bundle, in JupyterLab, JupyterHub, a would-be Colab; asks npm."""
    session.install(*group("bundle"), *group("running"))
    session.run("pytest", "tests/test_running.py", *session.posargs)


@nox.session(python=DEFAULT, requires=["wheels"])
def integration(session):
    """All wheels together in a clean environment; remove one tier and the rest lives; bridge pages tell the truth."""
    install(session, "opt", "datasets", third_party=[*LEARNER, *group("test")])
    session.run("pytest", "tests/test_integration.py", "tests/test_waking.py", "tests/test_bridges.py",
                *session.posargs)


@nox.session(python=DEFAULT, requires=["wheels"])
def milestones(session):
    """History re-run on the wheels, in seconds each; `-- --full` as it was, `-- --caught` on mistakes in modules."""
    install(session, "opt", "datasets")
    if "--caught" in session.posargs:  # an hour: every mistake of every module that a milestone needs
        session.posargs.remove("--caught")
        session.run("python", "curriculum/workshop/history.py", *session.posargs)
        return
    full, asked = "--full" in session.posargs, [word for word in session.posargs if word != "--full"]
    for script in sorted((ROOT / "milestones").glob("0*.py")):
        text = script.read_text(encoding="utf-8")
        quick = [] if full or '"--quick"' not in text else ["--quick"]
        with tempfile.TemporaryDirectory() as folder:
            out = ["--out", folder] if '"--out"' in text else []
            session.run("python", str(script), *quick, *out, *asked)
    session.install(*group("test"))
    tests = ["tests/test_milestones.py", "tests/test_mlperf.py", "tests/test_mlperf_anew.py"]
    session.run("pytest", *tests, *FILES_SIDE_BY_SIDE)


if __name__ == "__main__":
    raise SystemExit(nox.main())
