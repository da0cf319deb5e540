"""Milestone 1: the perceptron of 1958, on your own Tensor, Linear, Sigmoid and losses (Modules 01 to 04).

In July 1958 the United States Navy showed the press a program by Frank Rosenblatt: on an IBM 704, which filled a room,
it learned in fifty trials to tell cards marked on the left from cards marked on the right (The perceptron,
Psychological Review 65, 1958, 386-408). In 1969 Minsky and Papert set out what one such unit can never learn; XOR is
the smallest case, and you will see it fail.

The unit weighs its inputs, adds a bias and fires where Sigmoid gives 0.5 or more: where the sum is 0 or more, which is
Rosenblatt's threshold. One rule corrects it, given here as the textbooks have it. For every example:

    weight += lr * (target - output) * input        bias += lr * (target - output)

A right answer changes nothing. All numbers start at zero, so `lr` changes no answer, only how sure the unit is of it.
"""
import math
import sys

import numpy as np
from stage import Table, canvas, options, parsed

try:
    from tinytorch.core import Tensor, standardise
    from tinytorch.datasets import tinydigits
    from tinytorch.lesson import watch
    from tinytorch.nn.activations import Sigmoid, Softmax
    from tinytorch.nn.layers import Linear, Sequential, glorot_uniform, he_normal
    from tinytorch.nn.losses import BCELoss, CrossEntropyLoss, chance_check

    DIGITS = tinydigits()
except (ImportError, OSError, ValueError) as missing:  # its text says what is not there, or damaged, and what to type
    print(missing, file=sys.stderr)
    raise SystemExit(2) from None

POINTS = Tensor([[0, 0], [0, 1], [1, 0], [1, 1]])
OR, AND, XOR = Tensor([[0], [1], [1], [1]]), Tensor([[0], [0], [0], [1]]), Tensor([[0], [1], [1], [0]])
YES = Tensor([[0, 1]])  # sums @ YES are the scores of two classes: 0 for `no`, the sum for `yes`
LN_2 = math.log(2)  # the loss of a unit that says 0.5 to everything
TABLE = Table("{:22}{:>6}  {:30}{:30}")
row = TABLE.row
WHY = """
XOR: after a few passes the numbers come back, and the rule goes round for ever. It asks for what cannot be:
(0,1) and (1,0) must fire, so w2 + b >= 0 and w1 + b >= 0; added up, w1 + w2 + 2b >= 0.
(0,0) and (1,1) must not, so b < 0 and w1 + w2 + b < 0; added up, w1 + w2 + 2b < 0.
"""


def perceptron(n_inputs):
    """A weighted sum and a bias, all zero at the start, and Sigmoid."""
    unit = Sequential(Linear(n_inputs, 1), Sigmoid())
    unit.load_state_dict({"0.weight": np.zeros((1, n_inputs)), "0.bias": np.zeros(1)})
    return unit


def wrong(unit, x, targets):
    return int((targets - (unit(x) >= 0.5)).abs().sum().item())


def correct(unit, x, targets, lr):
    """Rosenblatt's rule. The error is 1 where the unit should have fired and did not, -1 where it should not have."""
    error, (weight, bias) = targets - (unit(x) >= 0.5), unit.parameters()
    weight.data = (weight + lr * error.T @ x).data  # (1, n) @ (n, inputs)
    bias.data = (bias + lr * error.sum(axis=0)).data


def passes(unit, x, targets, *, lr=1.0, rng=None, limit=30):
    """Take the examples one at a time; yield the wrong answers after each pass, until there are none."""
    for _ in range(limit):
        for i in range(x.shape[0]) if rng is None else rng.permutation(x.shape[0]):
            correct(unit, x[i : i + 1], targets[i : i + 1], lr)
        yield (left := wrong(unit, x, targets))
        if not left:
            return


def learned(task, unit, n_passes, x, targets, least, below):
    """A row for what the unit gets right and how wrong it is."""
    right, loss = x.shape[0] - wrong(unit, x, targets), BCELoss()(unit(x), targets).item()
    row(task, n_passes, f"{right} of {x.shape[0]} right, loss {loss:.3f}", f"{least}, loss below {below:.3f}",
        right >= least and 0 <= loss < below)


def logic():
    """A line parts the points of OR and of AND, and the rule finds one. None parts those of XOR."""
    for task, targets in [("OR", OR), ("AND", AND)]:
        unit = perceptron(2)
        n_passes = len(list(passes(unit, POINTS, targets)))
        learned(task, unit, n_passes, POINTS, targets, 4, LN_2)
    unit = perceptron(2)
    seen = [[p.data.tolist() for p in unit.parameters()] for _ in passes(unit, POINTS, XOR)]
    right, loss = 4 - wrong(unit, POINTS, XOR), BCELoss()(unit(POINTS), XOR).item()
    row("XOR", len(seen), f"{right} of 4 right, loss {loss:.3f}", "3 at most, loss from 0.693",
        right <= 3 and loss > LN_2 - 1e-3 and seen[-1] in seen[:-1])


def zeros_and_ones(images, labels):
    """The images of 0 and 1 as rows of 784 numbers, each made even; their labels; these as a column."""
    images, labels = images[labels < 2], labels[labels < 2]
    return standardise(Tensor(images)).flatten(1), labels, Tensor(labels[:, None])


def reads(seed):
    """Handwritten 0 against 1: the unit, and its wrong answers after each pass."""
    x, labels, targets = zeros_and_ones(DIGITS.train_images, DIGITS.train_labels)
    new, new_labels, new_targets = zeros_and_ones(DIGITS.test_images, DIGITS.test_labels)
    unit, rng = perceptron(784), np.random.default_rng(seed)
    fresh = [Linear(784, 400, init=init, rng=rng)(x).var().sqrt().item() for init in (glorot_uniform, he_normal)]
    row("400 units, random", 0, f"sums spread {fresh[0]:.2f}, {fresh[1]:.2f}", "Glorot 1.15, He 1.41",
        np.allclose(fresh, [math.sqrt(2 * 784 / 1184), math.sqrt(2)], atol=0.13))
    n_bytes = sum(p.memory_footprint() for p in unit.parameters())
    loss = chance_check(lambda x: unit[0](x) @ YES, x, labels)
    row("0 or 1, all zero", 0, f"{n_bytes:,} bytes, loss {loss:.3f}", "785 of 4 bytes, ln 2 = 0.693",
        n_bytes == 785 * 4 and abs(loss - LN_2) < 1e-3)
    left = list(passes(unit, x, targets, lr=0.01, rng=rng))
    learned("0 or 1, digits seen", unit, len(left), x, targets, 800, 0.1)
    learned("0 or 1, new digits", unit, len(left), new, new_targets, 198, 0.1)
    agrees(unit, new, new_labels, new_targets)
    return unit, left


def agrees(unit, x, labels, targets):
    """Three ways to one loss; ink so dark that exp would overflow; and the door, because what goes round it is lost."""
    print("\nThe same unit on the new digits, asked in other ways:")
    scores, far = unit[0](x) @ YES, unit[0](1000 * x) @ YES  # (n, 2)
    losses = [BCELoss()(probs, targets).item() for probs in (unit(x), Softmax()(scores)[:, 1:])]
    losses.append(CrossEntropyLoss()(scores, labels).item())
    row("BCE, BCE, cross-ent.", "", " ".join(f"{x:.4f}" for x in losses), "one number", np.ptp(losses) < 1e-3)
    still, same = 200 - wrong(unit, 1000 * x, targets), np.allclose(Softmax()(far).data[:, 1:], unit(1000 * x).data)
    row("ink 1,000 x as dark", "", f"{still} of 200 right", "198", still >= 198 and same)
    opposite, expected = CrossEntropyLoss()(far, 1 - labels).item(), far.abs().max(axis=1).mean().item()
    row("0 called 1, 1 called 0", "", f"loss {opposite:,.0f}", f"{expected:,.0f}", abs(opposite / expected - 1) < 0.01)
    answer, rule = watch(lambda: unit(x)), watch(lambda: correct(unit, x, targets, lr=0.0))
    of_losses = [watch(lambda: BCELoss()(targets, targets)), watch(lambda: CrossEntropyLoss()(scores, labels))]
    row("operations it takes", "", " ".join(answer), "all of it", {"permute", "matmul", "add", "sigmoid"} <= set(answer)
        and "multiply" in rule and "bounded_log_values" in of_losses[0] and len(of_losses[1]) > 2)


def draw(unit, left, file):
    """Save the weights as an image, light where ink speaks for 1, and the wrong answers of each pass."""
    weight = unit[0].weight.data.reshape(28, 28)
    limit, ticks = np.abs(weight).max(), range(1, len(left) + 1)
    figure = canvas(10, 4)
    image, curve = figure.subplots(1, 2)
    shades = image.imshow(weight, cmap="gray", vmin=-limit, vmax=limit)
    figure.colorbar(shades, ax=image, label="weight")
    image.set(title="784 weights; light: ink speaks for 1", xlabel="column (pixels)", ylabel="row (pixels)")
    curve.plot(ticks, left, marker="o", color="black", clip_on=False)
    curve.set(title="Learning 0 against 1", xlabel="pass", ylabel="wrong answers of 800", xticks=ticks, ylim=(0, None))
    curve.yaxis.get_major_locator().set_params(integer=True)
    figure.savefig(file, format="png")
    print(f"{file} shows the weights and the wrong answers of each pass")


def main(argv=None):
    """Run the milestone: 0 if every target is met, 1 if one is missed, 2 if it could not run."""
    parser = options(__doc__, "draw the weights and the learning curve")
    args = parsed(parser, argv)
    print("1958: one unit, Rosenblatt's rule, and your framework.\n")
    print(f"{'task':22}passes  {'found':30}target")
    logic()
    unit, left = reads(args.seed)
    print(f"{WHY}\n0 or 1: wrong answers of 800 after each pass:", *left)
    TABLE.close()
    if args.plot:
        draw(unit, left, args.plot)
    return TABLE.status


if __name__ == "__main__":
    raise SystemExit(main())
