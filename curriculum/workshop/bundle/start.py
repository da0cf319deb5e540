"""Make an environment and a workspace for TinyTorch, and say what to type next. Python's standard library alone.

It can be run again: an environment that is complete is kept, a workspace is never changed.
"""
import argparse
import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
OLDEST, NEWEST = (3, 10), (3, 13)


def main():
    args = parsed()
    check_python()
    check_wheels()
    environment = Path(args.environment).resolve()
    python = make_environment(environment)
    install(python, environment, args)
    work = Path(args.folder).resolve()
    say_next(environment, work, make_workspace(python, work, args))


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", default=str(HERE / "work"), help="your workspace (default: work)")
    parser.add_argument("--environment", default=str(HERE / "environment"), help="where the Python environment goes")
    parser.add_argument("--plain", action="store_true", help="no Jupyter: lessons are plain .py files")
    parser.add_argument("--build", help="modules that you build yourself, such as core, 01-09 or 05,12")
    parser.add_argument("--course", help="your course's id, if it gave you one")
    parser.add_argument("--learner", help="your own id in that course")
    return parser.parse_args()


def stop(text):
    raise SystemExit(text)


def check_python():
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        stop(f"This is Python {sys.version.split()[0]}; TinyTorch needs 3.{OLDEST[1]} to 3.{NEWEST[1]}.\n"
             "Install one of these from your system or from python.org, then run start.py with it.")


def check_wheels():
    """Every wheel of ours is whole: its SHA-256 stands in SHA256SUMS."""
    for line in (HERE / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        expected, name = line.split(None, 1)
        path = HERE / name
        if not path.is_file():
            stop(f"{name} is missing from {HERE}. Unpack the zip again, all of it.")
        if hashlib.sha256(path.read_bytes()).hexdigest() != expected:
            stop(f"{name} is damaged: its SHA-256 is not the one in SHA256SUMS. Fetch the zip again.")


def make_environment(folder):
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        print(f"making an environment in {folder}", flush=True)
        try:
            venv.create(folder, with_pip=True, clear=folder.exists())
        except (OSError, subprocess.CalledProcessError) as error:
            stop(f"Python could not make an environment in {folder}: {error}\n"
                 "On Debian and Ubuntu, `sudo apt install python3-venv` brings what is missing.")
    return python


def install(python, environment, args):
    """Third-party packages first, by hash; then our own wheels, from this folder and nowhere else."""
    lock = HERE / ("lock.txt" if args.plain else "lock-jupyter.txt")
    done, stamp = environment / "tinytorch-installed", hashlib.sha256(
        lock.read_bytes() + (HERE / "SHA256SUMS").read_bytes()).hexdigest()
    if done.is_file() and done.read_text(encoding="utf-8") == stamp:
        return
    carried = HERE / "third-party"
    source = ["--no-index", "--find-links", str(carried)] if carried.is_dir() else []
    print("installing packages" + (" from this folder" if source else ", which asks the network") + " ...", flush=True)
    pip(python, *source, "--require-hashes", "--only-binary", ":all:", "-r", str(lock))
    pip(python, "--no-index", "--find-links", str(HERE / "wheels"), "--no-deps", "--force-reinstall",
        *sorted(str(wheel) for wheel in (HERE / "wheels").glob("*.whl")))
    done.write_text(stamp, encoding="utf-8")


def pip(python, *arguments):
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]
    if subprocess.run(command).returncode:
        stop("The packages could not be installed; the lines above say why. Without a network, ask for the bundle\n"
             "with `offline` in its name. Run start.py again when the cause is gone: it goes on where it stopped.")


def make_workspace(python, work, args):
    """Make it unless it is there, and give the command that comes next in it."""
    if (work / "tinytorch-workspace.toml").is_file():
        print(f"your workspace is {work}")
        return "tinytorch status"
    chosen = [(f"--{name}", getattr(args, name)) for name in ("build", "course", "learner")]
    options = [word for option, value in chosen if value for word in (option, value)]
    command = [*tinytorch(python.parent), "init", str(work), *options]
    made = subprocess.run(command, stdout=subprocess.PIPE, text=True, errors="replace")
    if made.returncode:
        raise SystemExit(2)
    print(f"your workspace is {work}")
    return made.stdout.split("\n")[-2].strip() + (" --as py" if args.plain else "")  # the last line that it printed


def tinytorch(scripts):
    return [str(scripts / ("tinytorch.exe" if os.name == "nt" else "tinytorch"))]


def say_next(environment, work, command):
    activate = f"{environment}\\Scripts\\activate" if os.name == "nt" else f"source '{environment}/bin/activate'"
    quote = '"' if os.name == "nt" else "'"
    print(f"\nnext, in this terminal:\n\n    {activate}\n    cd {quote}{work}{quote}\n    {command}")


if __name__ == "__main__":
    main()
