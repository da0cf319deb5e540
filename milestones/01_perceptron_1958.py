"""Milestone 1: the perceptron of 1958, on your own Tensor, Linear, Sigmoid and losses (Modules 01 to 04).

In July 1958 the United States Navy showed the press a program by Frank Rosenblatt of the Cornell Aeronautical
Laboratory. It ran on an IBM 704, a computer that filled a room, and after fifty trials it told cards marked on the left
from cards marked on the right. His paper came out that year: The perceptron, Psychological Review 65, 386-408. In 1969
Minsky and Papert set out what one such unit can never learn; XOR is the smallest case, and you will see it fail.

The unit weighs its inputs, adds a bias and fires where Sigmoid gives 0.5 or more: where the sum is 0 or more, which is
Rosenblatt's threshold. One rule corrects it, given here as the textbooks have it. For every example:

    weight += lr * (target - output) * input        bias += lr * (target - output)

A right answer changes nothing. All numbers start at zero, so `lr` changes no answer, only how sure the unit is of it.
"""

import argparse
import math
import sys
import time
from importlib.util import find_spec

import numpy as np

try:
    import tinytorch
    from tinytorch.core import Tensor
    from tinytorch.datasets import tinydigits
    from tinytorch.nn import BCELoss, CrossEntropyLoss, Linear, MSELoss, Sigmoid
except ImportError as missing:  # its text says which module is not there and what to type
    print(missing, file=sys.stderr)
    raise SystemExit(2) from None

POINTS = Tensor([[0, 0], [0, 1], [1, 0], [1, 1]])
OR, AND, XOR = Tensor([[0], [1], [1], [1]]), Tensor([[0], [0], [0], [1]]), Tensor([[0], [1], [1], [0]])
LN_2 = math.log(2)  # the loss of a unit that knows nothing and says 0.5 to everything
WHY = """
  Why: (0,1) and (1,0) must fire, so w2 + b >= 0 and w1 + b >= 0; added up, w1 + w2 + 2b >= 0.
  (0,0) and (1,1) must not, so b < 0 and w1 + w2 + b < 0; added up, w1 + w2 + 2b < 0. It cannot be both,
  so no line gets 4 right. The most is 3, and the unit that learned OR gets them.
"""


class Unit:
    """A weighted sum and a bias, all zero at the start; Sigmoid makes a probability of it; it fires from 0.5 on."""

    def __init__(self, n_inputs):
        self.linear, self.sigmoid = Linear(n_inputs, 1), Sigmoid()
        for p in self.linear.parameters():
            p.data = np.zeros_like(p.data)

    def probs(self, x):  # (n, inputs) to (n, 1)
        return self.sigmoid(self.linear(x))

    def errors(self, x, targets):
        """1 where it should have fired, -1 where it should not have, 0 where it is right."""
        return targets - (self.probs(x) >= 0.5)

    def right(self, x, targets):
        return x.shape[0] - int(self.errors(x, targets).abs().sum().item())

    def correct(self, x, targets, lr):
        """Rosenblatt's rule; gives the number of wrong answers that it corrected."""
        error = self.errors(x, targets)  # (n, 1)
        weight, bias = self.linear.weight, self.linear.bias
        weight.data = (weight + lr * error.T @ x).data  # (1, n) @ (n, inputs)
        bias.data = (bias + lr * error.sum(axis=0)).data
        return int(error.abs().sum().item())

    def passes(self, x, targets, *, lr=1.0, rng=None, limit=100):
        """Take the examples one at a time; yield the wrong answers of each pass, until a pass has none."""
        for _ in range(limit):
            order = range(x.shape[0]) if rng is None else rng.permutation(x.shape[0])
            wrong = sum(self.correct(x[i : i + 1], targets[i : i + 1], lr) for i in order)
            yield wrong
            if wrong == 0:
                return


def row(task, n_passes, measured, found, low, high=math.inf):
    """Print one line of the table; say whether `found` lies from `low` to `high`."""
    spell = "{:.3f}".format if isinstance(found, float) else str
    target = f"at least {spell(low)}" if high == math.inf else f"{spell(low)} to {spell(high)}"
    target = spell(low) if low == high else target
    verdict = "met" if low <= found <= high else "MISSED"
    print(f"{task:22}{n_passes:8}  {measured:22}{spell(found):>7}{target:>17}  {verdict}")
    return verdict == "met"


def bce(unit, x, targets):
    return BCELoss()(unit.probs(x), targets).item()


def starts():
    """A unit of zeros says 0.5 and fires, whatever it is shown; its losses are known before any is computed."""
    unit, name = Unit(2), "all numbers zero"
    return [
        row(name, 0, "loss (BCE): ln 2", bce(unit, POINTS, OR), LN_2 - 1e-3, LN_2 + 1e-3),
        row(name, 0, "loss (MSE): 1/4", MSELoss()(unit.probs(POINTS), OR).item(), 0.249, 0.251),
        row(name, 0, "right of 4: fires at 0", unit.right(POINTS, OR), 3, 3),
    ]


def learns(task, targets):
    """A line parts the four points, and the rule finds one."""
    unit = Unit(2)
    n = len(list(unit.passes(POINTS, targets)))
    return [
        row(task, n, "right of 4", unit.right(POINTS, targets), 4, 4),
        row(task, n, "loss (BCE)", bce(unit, POINTS, targets), 0.0, LN_2),
    ]


def fails():
    """No line parts the points of XOR: the rule goes round, and no numbers beat knowing nothing."""
    unit, or_unit, seen = Unit(2), Unit(2), []
    for _ in unit.passes(POINTS, XOR):
        seen.append([p.data.tolist() for p in unit.linear.parameters()])
    n, n_or = len(seen), len(list(or_unit.passes(POINTS, OR)))
    repeat = next((k for k in range(1, n) if seen[k] in seen[:k]), -1) + 1
    met = [
        row("XOR", n, "right of 4", unit.right(POINTS, XOR), 0, 3),
        row("XOR", n, "loss (BCE)", bce(unit, POINTS, XOR), LN_2),
        row("XOR", n, "pass of first repeat", repeat, 2, 100),
        row("XOR by the unit for OR", n_or, "right of 4", or_unit.right(POINTS, XOR), 3, 3),
    ]
    print("\n  After a repeat the rule goes round for ever: the same numbers, the same corrections. It ends with")
    print("  x1  x2  target  fires")
    for (x1, x2), (target,), (error,) in zip(POINTS.data, XOR.data, unit.errors(POINTS, XOR).data, strict=True):
        print(f"{x1:4.0f}{x2:4.0f}{target:8.0f}{target - error:7.0f}")
    print(WHY)
    return met


def zeros_and_ones(images, labels):
    """The images of 0 and 1 as rows of 784 numbers from 0 to 1, and their labels."""
    images, labels = images[labels < 2], labels[labels < 2]
    return Tensor(images).reshape(len(images), 784) / 255, labels


def reads(digits, seed):
    """Handwritten 0 against 1; gives the verdicts, the unit, and the wrong answers of each pass."""
    x, labels = zeros_and_ones(digits.train_images, digits.train_labels)
    x_new, labels_new = zeros_and_ones(digits.test_images, digits.test_labels)
    targets, targets_new = Tensor(labels[:, None]), Tensor(labels_new[:, None])
    fresh = BCELoss()(Sigmoid()(Linear(784, 1)(x)), targets).item()

    unit = Unit(784)
    n_bytes = sum(p.memory_footprint() for p in unit.linear.parameters())
    wrong = list(unit.passes(x, targets, lr=0.03, rng=np.random.default_rng(seed), limit=30))
    n, loss = len(wrong), bce(unit, x_new, targets_new)
    scores = unit.linear(x_new) @ Tensor([[0, 1]])  # (200, 2): 0 for the class '0', the weighted sum for '1'
    cross_entropy = CrossEntropyLoss()(scores, labels_new).item()
    met = [
        row("0 or 1, Linear's start", 0, "loss (BCE)", fresh, 0.35, 1.05),
        row("0 or 1, the unit", 0, "bytes: 785 float32", n_bytes, 785 * 4, 785 * 4),
        row("0 or 1, digits seen", n, "right of 800", unit.right(x, targets), 800, 800),
        row("0 or 1, new digits", n, "right of 200", unit.right(x_new, targets_new), 198, 200),
        row("0 or 1, new digits", n, "loss (BCE)", loss, 0.0, 0.35),
        row("0 or 1, new digits", n, "loss (cross-entropy)", cross_entropy, loss - 1e-3, loss + 1e-3),
    ]
    print("\nWrong answers in each pass over the 800 digits:", *wrong)
    return met, unit, wrong


def draw(unit, wrong, file):
    """Save the weights as an image, light where ink speaks for 1, and the wrong answers of each pass."""
    from matplotlib.figure import Figure  # without pyplot: Agg draws it, no screen is asked for

    weight = unit.linear.weight.data.reshape(28, 28)
    limit, ticks = np.abs(weight).max(), range(1, len(wrong) + 1)
    figure = Figure(figsize=(10, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    shades = left.imshow(weight, cmap="gray", vmin=-limit, vmax=limit)
    figure.colorbar(shades, ax=left, label="weight (light: ink speaks for 1, dark: for 0)")
    left.set(title="The 784 weights, each at its pixel", xlabel="column (pixels)", ylabel="row (pixels)")
    right.plot(ticks, wrong, marker="o", color="black", clip_on=False)
    right.set(title="Learning 0 against 1", xlabel="pass over the 800 digits", ylabel="wrong answers in the pass")
    right.set(xticks=ticks, ylim=(0, None))
    figure.savefig(file, format="png")


def refuse(reason):
    print(reason, file=sys.stderr)
    return 2


def main(argv=None):
    """Run the milestone: 0 if every target is met, 1 if one is missed, 2 if it could not run."""
    parser = argparse.ArgumentParser(description="Milestone 1: the perceptron of 1958 on your own framework.")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="for the order of the digits (default 0)")
    parser.add_argument("--plot", metavar="FILE.png", help="draw the weights and the learning curve (needs matplotlib)")
    args = parser.parse_args(argv)
    if args.plot and find_spec("matplotlib") is None:
        return refuse("--plot needs matplotlib, which is not installed. Type: python -m pip install matplotlib")
    try:
        digits = tinydigits()
    except (OSError, ValueError) as damage:
        return refuse(damage)
    started = time.perf_counter()
    tinytorch.manual_seed(args.seed)
    print(f"{'task':22}{'passes':>8}  {'measured':22}{'found':>7}{'target':>17}")
    met = starts() + learns("OR", OR) + learns("AND", AND) + fails()
    more, unit, wrong = reads(digits, args.seed)
    met += more
    print(f"{sum(met)} of {len(met)} targets met in {time.perf_counter() - started:.1f} s")
    if args.plot:
        try:
            draw(unit, wrong, args.plot)
        except OSError as error:
            return refuse(f"--plot could not write {args.plot}: {error.strerror}. Give a file in a folder that exists.")
    return 0 if all(met) else 1


if __name__ == "__main__":
    raise SystemExit(main())
