"""docs/RUNNING.md, command by command: what stands in its `sh` blocks is typed, and a lesson is opened in each place.

A section's blocks are one session of a shell. A block `sh server` goes on running until the section is over; meanwhile
the lesson is opened through the server's own interface. Needs the network, and npm for JupyterHub.
"""
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import nbformat
import pytest
import requests
from nbclient import NotebookClient
from websocket import create_connection

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/RUNNING.md"
CONFIG = ROOT / "docs/jupyterhub_config.py"
MAKE = ROOT / "curriculum/workshop/bundle/make.py"
SECTION = re.compile(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", flags=re.M | re.S)
BLOCK = re.compile(r"^```(\w[^\n]*)\n(.*?)^```$", flags=re.M | re.S)
SECTIONS = {title: [(kind, text) for kind, text in BLOCK.findall(body)]
            for title, body in SECTION.findall(PAGE.read_text(encoding="utf-8"))}
PATIENCE_S = 300


@pytest.fixture(scope="module")
def archive():
    out = subprocess.run([sys.executable, str(MAKE)], check=True, capture_output=True, text=True).stdout
    return ROOT / out.strip()


@pytest.fixture
def folder(archive, tmp_path):
    """A folder with the zip in it, and with settings for Jupyter: no browser, and root may try it."""
    shutil.copy(archive, tmp_path)
    settings = {"ServerApp": {"allow_root": True, "open_browser": False}, "IdentityProvider": {"token": "try"}}
    (tmp_path / "jupyter").mkdir()
    (tmp_path / "jupyter/jupyter_server_config.json").write_text(json.dumps(settings), encoding="utf-8")
    return tmp_path


def environment(folder):
    """A user's environment: of their own Python, without this session's, and with a home in `folder`."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("VIRTUAL_ENV", "PYTHON"))}
    path = [part for part in kept["PATH"].split(os.pathsep) if not part.startswith(sys.prefix)]
    base = Path(sys.base_prefix) / "bin"
    return {**kept, "PATH": os.pathsep.join([str(base), *path]), "HOME": str(folder), "TINYTORCH_PLAIN": "1",
            "JUPYTER_CONFIG_DIR": str(folder / "jupyter")}


def typed(folder, section):
    """Type a section's `sh` blocks into one shell; what it printed."""
    script = "\n".join(text for kind, text in SECTIONS[section] if kind == "sh")
    script = re.sub(r"^(tinytorch check .*)$", r"\1 || test $? = 1", script, flags=re.M)  # for nothing is written yet
    run = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=folder, env=environment(folder),
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert run.returncode == 0, run.stdout
    return run.stdout


@contextlib.contextmanager
def serving(folder, section, before=""):
    """The server of a section while the block runs, started in its own shell."""
    script = "\n".join([before, *(text for kind, text in SECTIONS[section] if kind == "sh server")])
    with open(folder / "server.log", "wb") as log:
        server = subprocess.Popen(["bash", "-euo", "pipefail", "-c", script], cwd=folder, env=environment(folder),
                                  stdout=log, stderr=log, start_new_session=True)
        try:
            yield
        except Exception:
            print((folder / "server.log").read_text(errors="replace")[-4000:])
            raise
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(60)


def until(answer):
    """What `answer()` gives as soon as it gives something and raises nothing."""
    ends = time.monotonic() + PATIENCE_S
    while True:
        with contextlib.suppress(requests.RequestException):
            if found := answer():
                return found
        assert time.monotonic() < ends, "the server does not answer"
        time.sleep(0.5)


class Kernel:
    """A kernel behind a Jupyter server, as a browser uses it."""

    def __init__(self, server, token, path):
        self.server, self.headers = server, {"Authorization": f"token {token}"}
        asked = {"path": path, "type": "notebook", "name": "", "kernel": {"name": "python3"}}
        kernel = self.ask("post", "sessions", json=asked)["kernel"]["id"]
        address = f"{server.replace('http', 'ws', 1)}/api/kernels/{kernel}/channels"
        self.socket = create_connection(address, header=[f"Authorization: token {token}"], timeout=PATIENCE_S)

    def ask(self, method, path, **more):
        reply = requests.request(method, f"{self.server}/api/{path}", headers=self.headers, timeout=60, **more)
        reply.raise_for_status()
        return reply.json()

    def run(self, code):
        """What a cell prints, its error included."""
        ours, printed = uuid.uuid4().hex, ""
        header = {"msg_id": ours, "username": "", "session": "try", "msg_type": "execute_request", "version": "5.3"}
        content = {"code": code, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False}
        self.socket.send(json.dumps({"header": header, "parent_header": {}, "metadata": {}, "content": content,
                                     "channel": "shell", "buffers": []}))
        while True:
            message = json.loads(self.socket.recv())
            kind, content = message["msg_type"], message["content"]
            if message["parent_header"].get("msg_id") != ours:
                continue
            printed += content["text"] if kind == "stream" else content["ename"] if kind == "error" else ""
            if kind == "status" and content["execution_state"] == "idle":
                return printed

    def lesson(self, path):
        """Run the code cells of a lesson until one fails; the id of that one and the name of its error."""
        for cell in self.ask("get", f"contents/{path}")["content"]["cells"]:
            if cell["cell_type"] == "code" and re.search(r"\w+Error$", printed := self.run(cell["source"])):
                return cell["metadata"]["tinytorch"], printed
        raise AssertionError("a fresh lesson ran to its end")


def jupyter(port):
    """The address of a Jupyter server, once it answers."""
    server = f"http://127.0.0.1:{port}"
    until(lambda: requests.get(f"{server}/api", timeout=5).ok)
    return server


IN_WORK = "source tinytorch/environment/bin/activate; cd tinytorch/work"  # as the blocks before left the shell
FIRST_STOP = ({"check": "memory_footprint", "points": 6}, "NotImplementedError")  # where the learner's work begins


def test_on_your_own_machine(folder):
    section = "On your own machine"
    assert "01 tensor    0 of 9 checks pass" in typed(folder, section)
    with serving(folder, section, IN_WORK):  # from the folder of the notebook that it is given
        assert Kernel(jupyter(8888), "try", "01_tensor.ipynb").lesson("01_tensor.ipynb") == FIRST_STOP


def test_on_a_machine_that_has_jupyterlab(folder):
    section = "On a machine that has JupyterLab"
    typed(folder, section)
    spec = json.loads((folder / ".local/share/jupyter/kernels/tinytorch/kernel.json").read_text(encoding="utf-8"))
    assert spec["display_name"] == "TinyTorch" and Path(spec["argv"][0]).is_relative_to(folder / "tinytorch")
    book = nbformat.read(folder / "tinytorch/work/lessons/01_tensor.ipynb", as_version=4)
    assert all(cell.execution_count for cell in book.cells if cell.cell_type == "code" and cell.source)
    with serving(folder, section, IN_WORK):
        lesson = "lessons/01_tensor.ipynb"
        assert Kernel(jupyter(8899), "try", lesson).lesson(lesson) == FIRST_STOP


def test_on_jupyterhub(folder):
    shutil.copy(CONFIG, folder)
    section, hub = "On JupyterHub", "http://127.0.0.1:8000"
    typed(folder, section)
    with serving(folder, section):
        until(lambda: requests.get(f"{hub}/hub/api", timeout=5).ok)
        browser = requests.Session()
        browser.get(f"{hub}/hub/login", timeout=60)
        word = re.search(r'user_password = "(.+)"', CONFIG.read_text(encoding="utf-8"))[1]
        browser.post(f"{hub}/hub/login", params={"_xsrf": browser.cookies.get("_xsrf", path="/hub/")},
                     data={"username": "ada", "password": word}, timeout=60).raise_for_status()
        until(lambda: "/user/ada/lab" in browser.get(f"{hub}/user/ada/lab/tree/work", timeout=60).url)
        secret = {"X-XSRFToken": browser.cookies.get("_xsrf", path="/hub/"), "Referer": f"{hub}/hub/home"}
        token = browser.post(f"{hub}/hub/api/users/ada/tokens", headers=secret, json={}, timeout=60).json()["token"]
        kernel = Kernel(f"{hub}/user/ada", token, "work/lessons/01_tensor.ipynb")
        assert "01_tensor.ipynb is there now" in kernel.run("!TINYTORCH_PLAIN=1 tinytorch start 01")
        assert kernel.lesson("work/lessons/01_tensor.ipynb") == FIRST_STOP
        said = (folder / "homes/ada/work/tinytorch-workspace.toml").read_text(encoding="utf-8")
        assert 'course = "ml26"\nlearner = "ada"' in said


def test_on_an_imitation_of_colab(folder):
    """The same cells with another folder in place of /content, and lessons in the older format that Colab saves."""
    drive, python = folder / "content/drive/MyDrive", folder / "colab/bin/python"
    drive.mkdir(parents=True)
    shutil.move(next(folder.glob("*.zip")), drive)
    subprocess.run([sys.executable, "-m", "venv", folder / "colab"], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "numpy", "click", "rich", "ipykernel"], check=True)
    once, always, commands = (text.replace("/content", str(folder / "content"))
                              for kind, text in SECTIONS["On Colab"] if kind == "python")
    ran(folder, [once])
    lesson = drive / "tinytorch/work/lessons/01_tensor.ipynb"
    book = json.loads(lesson.read_text(encoding="utf-8"))
    for cell in book["cells"]:
        cell["metadata"]["id"] = cell.pop("id")
    top = {"cell_type": "code", "metadata": {"id": "top"}, "source": always, "outputs": [], "execution_count": None}
    lesson.write_text(json.dumps({**book, "cells": [top, *book["cells"]], "nbformat_minor": 0}), encoding="utf-8")
    cells = ran(folder, [always, *("".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code")])
    assert [cell["error"] for cell in cells[:4]] == [None] * 4
    assert next(cell["error"] for cell in cells if cell["error"]) == "NotImplementedError"
    printed = ran(folder, [always, commands])[1]["printed"]
    assert "01 tensor    0 of 9 checks pass" in printed and "fails" not in printed
    assert (drive / "tinytorch/work/submissions/01_tensor.zip").is_file()


def ran(folder, sources):
    """Run cells in one kernel of the imitation; for each what it printed and the name of its error."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    scripts = folder / "colab/bin"
    kernels = folder / "kernels/python3"
    kernels.mkdir(parents=True, exist_ok=True)
    spec = {"argv": [str(scripts / "python"), "-m", "ipykernel_launcher", "-f", "{connection_file}"], "language":
            "python", "display_name": "imitation", "env": {"PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"}}
    (kernels / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    client = NotebookClient(book, timeout=PATIENCE_S, kernel_name="python3", allow_errors=True,
                            resources={"metadata": {"path": str(folder / "content")}})
    client.create_kernel_manager()
    client.km.kernel_spec_manager.kernel_dirs = [str(folder / "kernels")]
    client.execute()
    return [{"printed": "".join(out.get("text", "") for out in cell.outputs),
             "error": next((out.ename for out in cell.outputs if out.output_type == "error"), None)}
            for cell in book.cells]
