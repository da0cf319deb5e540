"""Where things are: the learner's workspace, and the order in which modules are looked for.

A workspace is a folder with the file `tinytorch-workspace.toml`. Its subfolder `tinytorch/` comes first on
`tinytorch.__path__`, and which files exist there is all the state there is: no file, the module is prebuilt; a stub,
it is the learner's and not built yet; an exported file, it is theirs.

Every `import tinytorch` pays for this module, so it keeps to `os.path`.
"""
import os
import sys
from os.path import abspath, dirname, isdir, isfile, join

MARK = "tinytorch-workspace.toml"
STUB = "# STUB by tinytorch"


def find():
    """The workspace around the running script or the current folder; None outside of one."""
    if os.environ.get("TINYTORCH_PREBUILT") == "1":
        return None
    if os.environ.get("TINYTORCH_WORKSPACE"):
        return abspath(os.environ["TINYTORCH_WORKSPACE"])
    script = getattr(sys.modules.get("__main__"), "__file__", None)
    return (around(dirname(abspath(script))) if script else None) or around(os.getcwd())


def around(folder):
    """`folder` or the nearest one above it that is a workspace; None if there is none."""
    while not isfile(join(folder, MARK)):
        folder, below = dirname(folder), folder
        if folder == below:
            return None
    return folder


ROOT = find()
OWN = join(ROOT, "tinytorch") if ROOT else None


def settings(root):
    """What a workspace says about itself: {"course", "learner", "build"}, one `key = "value"` a line.

    Raises
    ------
    ValueError
        If a line of its file is of another form.
    """
    import json  # only `mine` and the command need it

    said = {"course": "", "learner": "", "build": "all"}
    with open(join(root, MARK), encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            key, equals, value = line.partition("=")
            if not line.strip() or line.startswith("#"):
                continue
            try:
                said[key.strip()] = str(json.loads(value))
            except ValueError:
                raise ValueError(f'{join(root, MARK)}, line {number}: expected {key.strip() or "key"} = "..." with '
                                 f"quotes, found {line.strip()}") from None
    return said


def search_path():
    """The learner's folder, then every installed part of ours. A stray folder named `tinytorch` does not count."""
    parts = [join(entry or os.getcwd(), "tinytorch") for entry in sys.path if isinstance(entry, str)]
    ours = [part for part in dict.fromkeys(parts) if isdir(join(part, "_versions"))]
    return ([OWN] if OWN else []) + ours


def is_stub(path):
    """Whether a file of the workspace only says that its module is still to be built."""
    with open(path, encoding="utf-8") as file:
        return file.readline().startswith(STUB)
