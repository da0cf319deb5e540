"""JupyterHub for a course on one machine: `jupyterhub -f jupyterhub_config.py`. RUNNING.md says what to change.

Whoever logs in finds a workspace of TinyTorch in their home, with the hub's name for them as their id in the course.
"""
import os
from pathlib import Path

COURSE = "ml26"  # your course's id, the same that `tinytorch-teach release --course` got
BUILD = "all"  # what learners build: core, arch, opt, all, 01-09 or 05,12

# What the hub starts for a learner, in their home and as them: a workspace, where there is none yet, then the server.
START = f'tinytorch init work --build {BUILD} --course {COURSE} --learner "$JUPYTERHUB_USER"; ' \
        'exec jupyterhub-singleuser "$@"'

c = get_config()  # noqa: F821, the hub defines it
c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.JupyterHub.authenticator_class = "shared-password"  # one password for all: for trying out, and for nothing else
c.SharedPasswordAuthenticator.user_password = "tinytorch-try-out"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"  # all servers run as the user who started the hub
c.SimpleLocalProcessSpawner.home_dir_template = str(Path("homes").resolve() / "{username}")
c.Spawner.cmd = ["sh", "-c", START, "tinytorch"]
c.Spawner.default_url = "/lab/tree/work"
c.Spawner.environment = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # else each kernel takes every core
if os.geteuid() == 0:  # as in a container
    c.Spawner.args = ["--allow-root"]
