"""What only a process of its own can tell: the time of imports, and the peak memory of training.

Memory is the peak of the resident set (VmHWM of Linux), less what stood there when the imports were done.
"""
import statistics
import subprocess
import sys

IMPORTS = "import numpy, time; begun = time.process_time(); import tinytorch.nn, tinytorch.optim; from tinytorch.nn " \
          "import Linear; from tinytorch.optim import Adam; print(time.process_time() - begun)"

PEAK = """
def resident(name):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(name)) / 1024
"""

OURS = PEAK + """
import numpy as np
from tinytorch.core import Tensor
from tinytorch.nn import CrossEntropyLoss, Linear, ReLU, Sequential
from tinytorch.optim import Adam
before = resident("VmRSS")
model = Sequential(Linear(784, 128), ReLU(), Linear(128, 10))
optimizer, x, ids = Adam(model.parameters()), Tensor(np.ones((64, 784))), np.arange(64) % 10
for _ in range(50):
    optimizer.zero_grad()
    CrossEntropyLoss()(model(x), ids).backward()
    optimizer.step()
print(resident("VmHWM") - before)
"""

TORCH = PEAK + """
import torch
torch.set_num_threads(1)
before = resident("VmRSS")
model = torch.nn.Sequential(torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10))
optimizer, x, ids = torch.optim.Adam(model.parameters()), torch.ones((64, 784)), torch.arange(64) % 10
for _ in range(50):
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(model(x), ids).backward()
    optimizer.step()
print(resident("VmHWM") - before)
"""


def number(code, repeats):
    """The median of what `code` prints in so many processes of its own."""
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
            for _ in range(repeats)]
    return statistics.median(float(run.stdout) for run in runs)


def lines():
    """[(what, ours, PyTorch or None, target)] in words."""
    found = [("import tinytorch.nn, tinytorch.optim, on top of NumPy", f"{1000 * number(IMPORTS, 9):.0f} ms", "",
              "100 ms")]
    if sys.platform == "linux":
        found.append(("peak memory of training, MLP 784-128-10, Adam, beyond the imports",
                      f"{number(OURS, 3):.1f} MiB", f"{number(TORCH, 3):.1f} MiB", "60 MiB"))
    return found
