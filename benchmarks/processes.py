"""What only a process of its own can tell: the time of imports, and the peak memory of training.

Memory is the peak of the resident set (VmHWM of Linux), less what stood there when the imports were done.
"""
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent

IMPORTS = "import numpy, time; begun = time.process_time(); import tinytorch.nn, tinytorch.optim; from tinytorch.nn " \
          "import Linear; from tinytorch.optim import Adam; print(time.process_time() - begun)"

PEAK = """
def resident(name):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(name)) / 1024
"""

OURS = PEAK + """
import numpy as np
from tinytorch.acceleration import enable_acceleration
from tinytorch.core import Tensor
from tinytorch.nn import Conv2d, CrossEntropyLoss, Flatten, Linear, MaxPool2d, ReLU, Sequential
from tinytorch.optim import Adam
if FAST:
    enable_acceleration()
before = resident("VmRSS")
model = MODEL
optimizer, x, ids = Adam(model.parameters()), Tensor(np.ones(SHAPE)), np.arange(64) % 10
for _ in range(STEPS):
    optimizer.zero_grad()
    CrossEntropyLoss()(model(x), ids).backward()
    optimizer.step()
print(resident("VmHWM") - before)
"""

TORCH = PEAK + """
import torch
from torch.nn import Conv2d, CrossEntropyLoss, Flatten, Linear, MaxPool2d, ReLU, Sequential
torch.set_num_threads(1)
before = resident("VmRSS")
model = MODEL
optimizer, x, ids = torch.optim.Adam(model.parameters()), torch.ones(SHAPE), torch.arange(64) % 10
for _ in range(STEPS):
    optimizer.zero_grad()
    CrossEntropyLoss()(model(x), ids).backward()
    optimizer.step()
print(resident("VmHWM") - before)
"""

TEXTS = PEAK + """
import gpt
from tinytorch.acceleration import enable_acceleration
if FAST:
    enable_acceleration()
before = resident("VmRSS")
work = gpt.step(64, 1).WAY
for _ in range(STEPS):
    work()
print(resident("VmHWM") - before)
"""

MODELS = {
    "MLP 784-128-10": ({"MODEL": "Sequential(Linear(784, 128), ReLU(), Linear(128, 10))", "SHAPE": "(64, 784)",
                        "STEPS": "50"}, "60 MiB"),
    "CIFAR CNN": ({"MODEL": "Sequential(Conv2d(3, 32, 3, padding=1), ReLU(), MaxPool2d(2), "
                            "Conv2d(32, 64, 3, padding=1), ReLU(), MaxPool2d(2), Flatten(), "
                            "Linear(4096, 64), ReLU(), Linear(64, 10))",
                   "SHAPE": "(64, 3, 32, 32)", "STEPS": "10"}, ""),
    "Transformer, d_model 64": ({"STEPS": "10"}, ""),
}


def number(code, repeats):
    """The median of what `code` prints in so many processes of its own."""
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=HERE)
            for _ in range(repeats)]
    return statistics.median(float(run.stdout) for run in runs)


def lines():
    """[(what, ours, accelerated, PyTorch, target)] in words."""
    found = [("import tinytorch.nn, tinytorch.optim, on top of NumPy", f"{1000 * number(IMPORTS, 9):.0f} ms", "", "",
              "100 ms")]
    for name, (parts, target) in MODELS.items() if sys.platform == "linux" else ():
        ours, theirs = (OURS, TORCH) if "MODEL" in parts else (TEXTS, TEXTS)
        ways = [(ours, {"FAST": "False", "WAY": "ours"}), (ours, {"FAST": "True", "WAY": "ours"}),
                (theirs, {"FAST": "False", "WAY": "torch"})]
        peaks = [f"{number(filled(code, parts | way), 3):.1f} MiB" for code, way in ways]
        found.append((f"peak memory of training, {name}, beyond the imports", *peaks, target))
    return found


def filled(code, parts):
    """`code` with the parts in place of their names."""
    for name, part in parts.items():
        code = code.replace(name, part)
    return code
