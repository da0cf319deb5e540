"""Time TinyTorch against hand-written NumPy and PyTorch eager: python benchmarks/run.py [--write] [words]

With words, only workloads whose name holds one of them. `--write` puts the table into README.md. `nox -s bench` runs
it against the wheels. On a machine that does other work at the same time the spans are wider.
"""
import argparse
import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")  # before NumPy is imported

import platform
from pathlib import Path

import chains
import conv
import embedding
import gpt
import loading
import mlp
import numpy as np
import processes
import torch
from pairs import agree, ratio
from tinytorch.acceleration import disable_acceleration, enable_acceleration

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- made by `nox -s bench -- --write` -->", "<!-- end -->"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("words", nargs="*", help="only workloads whose name holds one of these words")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    asked = parser.parse_args()
    if asked.write and asked.words:
        parser.error("--write makes the whole table; leave the words out")
    torch.set_num_threads(1)
    rows = []
    for name in [one.name for one in workloads()]:
        if not asked.words or any(word in name for word in asked.words):
            rows.append(row(name))
            print(" | ".join(rows[-1]), flush=True)
    others = [] if asked.words else processes.lines()
    print(*[" | ".join(line) for line in others], sep="\n")
    if asked.write:
        write(rows, others)


def workloads():
    return [one for module in (mlp, chains, embedding, conv, gpt, loading) for one in module.workloads()]


def row(name):
    """The work as the lessons before 18 leave it, and with acceleration on, each time from the same start."""
    before = next(one for one in workloads() if one.name == name)
    slow = measured(before, before.target)
    enable_acceleration()
    after = next(one for one in workloads() if one.name == name)
    fast = measured(after, after.accelerated)
    disable_acceleration()
    return [name, *slow, *fast, str(before.repeats)]


def measured(workload, target):
    """Microseconds, ratios to PyTorch and to NumPy, and what the target says of the first."""
    agree(workload)
    to_torch, seconds = ratio(workload.ours, workload.torch, workload.repeats)
    to_numpy = "" if workload.numpy is None else str(ratio(workload.ours, workload.numpy, workload.repeats)[0])
    return [f"{1e6 * seconds:,.0f}", str(to_torch), verdict(to_torch.median, target), to_numpy]


def verdict(found, target):
    if target is None:
        return ""
    return f"{target} met" if found <= target else f"{target} missed by {found / target - 1:.0%}"


def processor():
    """The processor's own name where Linux tells it, else its kind."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def lines(names, rows):
    """A table in Markdown."""
    return ["| " + " | ".join(cells) + " |" for cells in [names, ["---"] * len(names), *rows]]


def write(rows, others):
    """Replace what stands between the two marks of the README."""
    beside = ["/ PyTorch", "target", "/ NumPy"]
    table = [*lines(["work", "ours, us", *beside, "accelerated, us", *beside, "pairs"], rows), "",
             *lines(["", "ours", "accelerated", "PyTorch", "target"], others)]
    machine = (f"Python {platform.python_version()}, NumPy {np.__version__}, PyTorch {torch.__version__}, one thread, "
               f"{processor()}, {os.cpu_count()} cores, {platform.system()}.")
    head, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    tail = rest.partition(END)[2]
    README.write_text("\n".join([head + BEGIN, "", machine, "", *table, "", END]) + tail, encoding="utf-8")


if __name__ == "__main__":
    main()
