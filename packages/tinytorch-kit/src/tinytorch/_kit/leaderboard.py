"""The leaderboard: the submissions of a folder as one page and as JSON, judged by Module 20, yours or the prebuilt one.

The board is a dict, and what leaderboard.json holds:

    {"tasks":   [{"name", "metric", "floor", "floor_says", "entries": [...]}],     the best first, see referee.py
     "refused": [{"file", "task", "submitter", "reasons"}]}
"""
import json
import os
import subprocess
import sys
from pathlib import Path

from tinytorch._kit import page
from tinytorch._kit.console import Refused
from tinytorch._kit.workspace import write

SCRIPT = str(Path(__file__).with_name("referee.py"))
PAGE, DATA = "index.html", "leaderboard.json"


def build(workspace, folder, out):
    """Judge all submissions below `folder` and write page and data into `out`; the board.

    Raises
    ------
    Refused
        If there is no Module 20 here that can judge.
    """
    folder = Path(folder)
    board = judged(workspace, folder, submissions(folder))
    Path(out).mkdir(parents=True, exist_ok=True)
    write(Path(out) / DATA, json.dumps(board, indent=1, ensure_ascii=False) + "\n")
    write(Path(out) / PAGE, page.page(board))
    return board


def submissions(folder):
    """All JSON files below a folder but those of a leaderboard, in the order of their names."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.json")
                  if path.name != DATA and path.is_file())


def judged(workspace, folder, files):
    """The board of these files of a folder."""
    environment = workspace.environment() if workspace else None
    run = subprocess.run([sys.executable, "-B", SCRIPT, os.path.abspath(folder)], env=environment, capture_output=True,
                         input=json.dumps(files).encode())
    if run.returncode:
        said = run.stderr.decode("utf-8", "replace").strip().split("\n")[-1]
        raise Refused(f"The submissions cannot be judged. {said.partition(': ')[2] or said}")
    return json.loads(run.stdout)


def summary(board):
    """The board in lines for a terminal."""
    if not any(task["entries"] for task in board["tasks"]) and not board["refused"]:
        yield "No submission is there. To make some: tinytorch milestone 6"
        return
    for task in board["tasks"]:
        if task["entries"]:
            best = task["entries"][0]
            yield (f"{task['name']:24}{len(task['entries']):4}  {best['submitter']} leads, "
                   f"{best['faster']['ratio']:.2f} times as fast as its baseline")
        else:
            yield f"{task['name']:24}{'none':>4}"
    for one in board["refused"]:
        yield f"refused  {one['file']}: {one['reasons'][0]}"
