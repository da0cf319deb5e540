"""The folder that a learner's process imports from: NumPy, the kit's code and the modules below the lesson."""
import contextlib
import importlib.metadata
import importlib.util
import os
import py_compile
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
from tinytorch._kit import process

PYTHON = os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)
LEFT_OUT = {"tests", "include"}


def environment(dest, modules):
    """Fill the folder `dest` with NumPy, the kit's code and `modules`, {"tinytorch/nn/layers.py": text}.

    NumPy is that of the running interpreter. No lessons, milestones or other data come along. Other users may read it.
    """
    dest = Path(dest)
    for file, name in (*_numpy(), *_kit()):
        _put(file, dest / name)
    for name, text in modules.items():
        _write(dest / name, text)
    if not (dest / "numpy" / "__pycache__").exists():
        _compile(dest)
    for folder, _, names in os.walk(dest):
        os.chmod(folder, 0o755)
        for file in (Path(folder, name) for name in names):
            if not file.stat().st_mode & 0o004:  # never a link: see `_put`
                file.chmod(0o644)


def _numpy():
    """NumPy's files and those of the libraries that its wheel brings, as (file, name below `dest`)."""
    site = Path(np.__file__).parents[1]
    for folder in (site / "numpy", site / "numpy.libs"):
        for file in folder.rglob("*"):
            name = file.relative_to(site)
            if not LEFT_OUT & set(name.parts) and file.is_file():
                yield file, name


def _kit():
    """The kit's modules, and what Python has compiled of them."""
    root = Path(process.__file__).parents[2]
    for name in _listed() or [file.relative_to(root) for file in root.glob("tinytorch/**/*.py")]:
        module = all(part.isidentifier() for part in name.with_suffix("").parts)  # not 01_tensor.py
        if name.suffix == ".py" and module and "milestones" not in name.parts:
            compiled = Path(importlib.util.cache_from_source(str(name)))
            yield from ((root / each, each) for each in (name, compiled) if (root / each).exists())


def _listed():
    """The kit's files by its distribution's list, for tiers may share its folder. An editable install lists none."""
    try:
        files = importlib.metadata.files("tinytorch-kit") or []
    except importlib.metadata.PackageNotFoundError:
        return []
    return [Path(file) for file in files if file.parts[0] == "tinytorch"]


def _put(file, target):
    """Link a file, which takes no time; copy it where that cannot be, or where other users could not read it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if os.name == "posix" and file.stat().st_mode & 0o004:
        with contextlib.suppress(OSError):
            os.link(file, target)
            return
    shutil.copy2(file, target)


def _write(target, text):
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    with contextlib.suppress(py_compile.PyCompileError):  # a learner's own module may be wrong: its import will say so
        py_compile.compile(str(target), doraise=True)


def _compile(dest):
    """Let Python compile what every child imports, half a second's work, if it has not where NumPy comes from."""
    script = "import sys; sys.path.append(sys.argv[1]); import numpy.random, numpy.testing, tinytorch.core"
    subprocess.run([PYTHON, "-I", "-S", "-W", "ignore", "-c", script, str(dest)], capture_output=True)
