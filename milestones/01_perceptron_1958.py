"""Milestone 1: the perceptron of 1958, on your own Tensor, Linear, Sigmoid and losses (Modules 01 to 04).

In July 1958 the United States Navy showed the press a program by Frank Rosenblatt. It ran on an IBM 704, a computer
that filled a room, and after fifty trials it told cards marked on the left from cards marked on the right. His paper
came out that year: The perceptron, Psychological Review 65, 386-408. In 1969 Minsky and Papert set out what one such
unit can never learn; XOR is the smallest case, and you will see it fail.

The unit weighs its inputs, adds a bias and fires where Sigmoid gives 0.5 or more: where the sum is 0 or more, which is
Rosenblatt's threshold. One rule corrects it, given here as the textbooks have it. For every example:

    weight += lr * (target - output) * input        bias += lr * (target - output)

A right answer changes nothing. All numbers start at zero, so `lr` changes no answer, only how sure the unit is of it.
"""
import argparse
import math
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np

try:
    from tinytorch.core import Tensor, matmul_loops, standardise
    from tinytorch.datasets import tinydigits
    from tinytorch.lesson import watch
    from tinytorch.nn import BCELoss, CrossEntropyLoss, Linear, Module, Sigmoid, Softmax, chance_check

    DIGITS = tinydigits()
except (ImportError, OSError, ValueError) as missing:  # its text says what is not there, or damaged, and what to type
    print(missing, file=sys.stderr)
    raise SystemExit(2) from None

POINTS = Tensor([[0, 0], [0, 1], [1, 0], [1, 1]])
OR, AND, XOR = Tensor([[0], [1], [1], [1]]), Tensor([[0], [0], [0], [1]]), Tensor([[0], [1], [1], [0]])
LN_2 = math.log(2)  # the loss of a unit that knows nothing and says 0.5 to everything
DOOR = {"matmul", "add", "multiply", "sigmoid", "bounded_log_values", "log_softmax_values"}
WHY = """
XOR: after a few passes the numbers come back, and the rule goes round for ever. It asks for what cannot be:
(0,1) and (1,0) must fire, so w2 + b >= 0 and w1 + b >= 0; added up, w1 + w2 + 2b >= 0.
(0,0) and (1,1) must not, so b < 0 and w1 + w2 + b < 0; added up, w1 + w2 + 2b < 0.
"""


class Perceptron(Module):
    """A weighted sum and a bias, all zero at the start, and Sigmoid."""

    def __init__(self, n_inputs):
        self.linear, self.sigmoid = Linear(n_inputs, 1), Sigmoid()
        self.load_state_dict({name: np.zeros_like(array) for name, array in self.state_dict().items()})

    def forward(self, x):  # (n, inputs) to (n, 1)
        return self.sigmoid(self.linear(x))

    def scores(self, x):  # (n, inputs) to (n, 2): 0 for `no`, the weighted sum for `yes`
        return self.linear(x) @ Tensor([[0, 1]])

    def errors(self, x, targets):
        return targets - (self(x) >= 0.5)  # 1 where it should have fired, -1 where it should not have, 0 where right

    def wrong(self, x, targets):
        return int(self.errors(x, targets).abs().sum().item())

    def correct(self, x, targets, lr):
        """Rosenblatt's rule."""
        error, weight, bias = self.errors(x, targets), self.linear.weight, self.linear.bias
        weight.data = (weight + lr * error.T @ x).data  # (1, n) @ (n, inputs)
        bias.data = (bias + lr * error.sum(axis=0)).data

    def passes(self, x, targets, *, lr=1.0, rng=None, limit=30):
        """Take the examples one at a time; yield the wrong answers after each pass, until there are none."""
        for _ in range(limit):
            for i in range(x.shape[0]) if rng is None else rng.permutation(x.shape[0]):
                self.correct(x[i : i + 1], targets[i : i + 1], lr)
            wrong = self.wrong(x, targets)
            yield wrong
            if not wrong:
                return


def row(task, n_passes, found, target, met):
    """Print one line of the table; say whether its target is met."""
    print(f"{task:20}{n_passes:>6}  {found:30}{target:30}{'met' if met else 'MISSED'}")
    return met


def learned(task, unit, n_passes, x, targets, least, below):
    """A row for what the unit gets right and how wrong it is."""
    right, loss = x.shape[0] - unit.wrong(x, targets), BCELoss()(unit(x), targets).item()
    return row(task, n_passes, f"{right} of {x.shape[0]} right, loss {loss:.3f}", f"{least}, loss below {below:.3f}",
               right >= least and 0 <= loss < below)


def logic():
    """A line parts the points of OR and of AND, and the rule finds one. None parts those of XOR."""
    met = []
    for task, targets in [("OR", OR), ("AND", AND)]:
        unit = Perceptron(2)
        n_passes = len(list(unit.passes(POINTS, targets)))
        met.append(learned(task, unit, n_passes, POINTS, targets, 4, LN_2))
    unit = Perceptron(2)
    seen = [[p.data.tolist() for p in unit.parameters()] for _ in unit.passes(POINTS, XOR)]
    right, loss = 4 - unit.wrong(POINTS, XOR), BCELoss()(unit(POINTS), XOR).item()
    met.append(row("XOR", len(seen), f"{right} of 4 right, loss {loss:.3f}", "3 at most, loss from 0.693",
                   right <= 3 and loss > LN_2 - 1e-3 and seen[-1] in seen[:-1]))
    return met


def zeros_and_ones(images, labels):
    """The images of 0 and 1 as rows of 784 numbers, each made even; their labels; these as a column."""
    images, labels = images[labels < 2], labels[labels < 2]
    return standardise(Tensor(images)).flatten(1), labels, Tensor(labels[:, None])


def reads(seed):
    """Handwritten 0 against 1: the verdicts, the unit, and the wrong answers of each pass."""
    x, labels, targets = zeros_and_ones(DIGITS.train_images, DIGITS.train_labels)
    new, new_labels, new_targets = zeros_and_ones(DIGITS.test_images, DIGITS.test_labels)
    unit = Perceptron(784)
    n_bytes, loss = sum(p.memory_footprint() for p in unit.parameters()), chance_check(unit.scores, x, labels)
    met = [row("0 or 1, all zero", 0, f"{n_bytes:,} bytes, loss {loss:.3f}", "785 of 4 bytes, ln 2 = 0.693",
               n_bytes == 785 * 4 and abs(loss - LN_2) < 1e-3)]
    wrong = list(unit.passes(x, targets, lr=0.01, rng=np.random.default_rng(seed)))
    met.append(learned("0 or 1, digits seen", unit, len(wrong), x, targets, 800, 0.1))
    met.append(learned("0 or 1, new digits", unit, len(wrong), new, new_targets, 198, 0.1))
    return met + agrees(unit, new, new_labels, new_targets), unit, wrong


def agrees(unit, x, labels, targets):
    """One sum and one loss by other ways; and all through the door, for what goes round it is lost to later lessons."""
    by_loops = matmul_loops(x[:1].data, unit.linear.weight.data.T).item() + unit.linear.bias.item()
    by_matmul = unit.linear(x[:1]).item()
    losses = [BCELoss()(probs, targets).item() for probs in (unit(x), Softmax()(unit.scores(x))[:, 1:])]
    losses.append(CrossEntropyLoss()(unit.scores(x), labels).item())
    seen = DOOR & set(watch(lambda: (BCELoss()(unit(x), targets), CrossEntropyLoss()(unit.scores(x), labels),
                                     unit.correct(x, targets, lr=0.01))))
    return [
        row("one sum", "", f"{by_loops:.3f} by three loops", f"{by_matmul:.3f} by @", abs(by_loops - by_matmul) < 1e-3),
        row("one loss, three ways", "", " ".join(f"{x:.4f}" for x in losses), "one number", np.ptp(losses) < 1e-3),
        row("seen at the door", "", f"{len(seen)} of {len(DOOR)} operations", "all", seen == DOOR)]


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
    right.set(title="Learning 0 against 1", xlabel="pass", ylabel="wrong answers of 800", xticks=ticks, ylim=(0, None))
    figure.savefig(file, format="png")


def main(argv=None):
    """Run the milestone: 0 if every target is met, 1 if one is missed, 2 if it could not run."""
    parser = argparse.ArgumentParser(description="Milestone 1: the perceptron of 1958 on your own framework.")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="for the order of the digits (default 0)")
    parser.add_argument("--plot", metavar="FILE.png", help="draw the weights and the learning curve (needs matplotlib)")
    args = parser.parse_args(argv)
    if args.plot and find_spec("matplotlib") is None:
        parser.exit(2, "--plot needs matplotlib, which is not installed. Type: python -m pip install matplotlib\n")
    if args.plot and not Path(args.plot).absolute().parent.is_dir():
        parser.exit(2, f"--plot {args.plot} names a folder that does not exist. Give a file in one that does.\n")
    print(f"{'task':20}passes  {'found':30}target")
    met, (more, unit, wrong) = logic(), reads(args.seed)
    met += more
    print(f"{WHY}\n0 or 1: wrong answers of 800 after each pass:", *wrong)
    print(f"{sum(met)} of {len(met)} targets met")
    if args.plot:
        draw(unit, wrong, args.plot)
    return 0 if all(met) else 1


if __name__ == "__main__":
    raise SystemExit(main())
