# %% [markdown]
# # 04 Losses
#
#     Needs    01 Tensor, 02 Activations, 03 Layers
#     Teaches  one number for how wrong a model is, without losing it, and how steep it is
#     Opens    05 Autograd, which takes every number of a model and asks: up or down?
#
# A network for ten digits has not seen a single one yet. How wrong is it? You can say the number before you run it,
# and if the machine says another, something is broken. By the end of this page you know the number and why.

# %% given="start"
#| default_exp nn.losses
from tinytorch.lesson import begin, measured, mine, predict, rejects, watch

begin("04")

# %% given="imports"
#| export
import math

import numpy as np
from tinytorch.core.tensor import Tensor
from tinytorch.nn.layers import Module

# %% given="network"
from tinytorch.nn import Linear, ReLU, Sequential, Softmax

# %% [markdown]
# ## Try first
#
# A model gives three classes the scores 1000, 0 and -1000. Softmax makes probabilities of them. The right class is the
# second. How surprised is the model to hear it? Say: minus the natural logarithm of the probability that it gave to the
# right class. That is 0 if it was certain of it, and more the less it believed in it. Here it is 1000. Write
# `surprise(scores, right)`, with your Softmax or without. Ten minutes, ungraded. Target: for both rows of `asked`
# you are within one part in a hundred. If you reach only the first, keep the attempt: you will meet it again.

# %% given="asked"
asked = [([2.0, 1.0, 0.5], 1, 1.464), ([1000.0, 0.0, -1000.0], 1, 1000.0)]  # scores, right class, surprise

# %% scratch="try_first"
def surprise(scores, right):
    return 0.0  # your attempt


for scores, right, expected in asked:
    print(f"expected {expected}, yours {surprise(scores, right)}")

# %% [markdown]
# ## Build: the logarithm of a number too small to write down
#
# The scores that a model gives, before any softmax, are its *logits*. In the second row the right class has probability
# exp(0) / (exp(1000) + exp(0) + exp(-1000)). The smallest float32 above zero is near exp(-103), so this one becomes 0,
# and 0 has no logarithm. Yet the logarithm itself is an ordinary number, -1000. So do not write the probability down at
# all. The logarithm of a quotient is a difference:
#
#     log(softmax(z)[i]) = z[i] - log(sum of exp(z))
#
# exp(1000) still overflows. The cure is the one of Softmax: take the largest score away from all; the probabilities
# stay as they were. Now no exp is above 1 and one is exactly 1. Their sum lies between 1 and the number of
# classes, where logarithms are harmless. This is called *log-sum-exp*.

# %% given="counts"
counts = np.float32([[4, 6, 10], [6, 3, 11]])  # softmax of their logarithms: 4, 6, 10 of 20, and 6, 3, 11 of 20

# %% exercise="log_softmax"
#| export
def log_softmax_values(array, axis):
    """The logarithms of softmax along `axis`, from the scores themselves; right also where softmax would be 0."""
    # How: take the largest score away; from what is left take away the logarithm of the sum of its exps.
    # Example: log_softmax_values(np.float32([[1000, 0]]), axis=1) is [[0, -1000]].
    # Hint: keepdims=True leaves one number for each row, in a shape that meets the row.
    ### BEGIN SOLUTION
    shifted = array - array.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))
    ### END SOLUTION


def log_softmax(logits, axis=-1):
    """The logarithms of the probabilities that softmax gives along `axis`, as a Tensor of the same shape."""
    return Tensor._apply(log_softmax_values, logits, axis=axis)

# %% check="log_softmax" points=8
got = log_softmax(Tensor(np.log(counts)))
assert got.shape == (2, 3), f"one logarithm for each score: expected shape (2, 3), found {got.shape}"
assert np.allclose(got.data, np.log(counts / 20), atol=1e-4), (
    f"scores log 4, log 6, log 10 stand for 4, 6 and 10 of 20: log(0.2), log(0.3), log(0.5) = -1.609, -1.204, -0.693; "
    f"yours is {got.data[0].tolist()}")
assert got.dtype == np.float32, f"float32 in, float32 out; yours is {got.dtype}"
got = Tensor([[3, 5, 4]])
log_softmax(got)
assert got.data.tolist() == [[3, 5, 4]], f"the scores belong to the caller and stay 3, 5, 4; now {got.data[0].tolist()}"
got = log_softmax(Tensor(np.log(counts)), axis=0)
assert np.allclose(np.exp(got.data).sum(axis=0), 1, atol=1e-4), (
    f"along axis 0 each column holds probabilities and sums to 1; yours sum to {np.exp(got.data).sum(axis=0).tolist()}")
got = log_softmax(Tensor([[1000, 0, -1000], [-900, -900, -900]])).data.tolist()
assert np.allclose(got[0], [0, -1000, -2000]), f"1000, 0, -1000 give 0, -1000, -2000; yours is {got[0]}"
assert np.allclose(got[1], [-math.log(3)] * 3, atol=1e-3), (
    f"three equal scores give log(1/3) = -1.099 each, whatever stands in other rows; yours: {got[1]}")

# %% [markdown]
# That answers *Try first*: the surprise is `-log_softmax(scores)[right]`, and no tiny number was ever written down.
#
# ## Build: one number for a batch
#
# A *loss* is one number that says how wrong a model is: 0 if it could not do better, more the worse it does. When the
# answer is one of several classes, take from each row of the batch the log-probability of its right class, and then
# minus the mean: the average surprise. Its name is *cross-entropy*. The right answers come as class numbers, one for
# each row. `class_ids`, given, refuses everything else and says why.

# %% given="class_ids"
#| export
def class_ids(logits, targets):
    """`targets` as an array of class numbers that fits `logits`, which has shape (batch, classes)."""
    ids = targets.data if isinstance(targets, Tensor) else np.asarray(targets)
    if logits.ndim != 2 or not logits.shape[0]:
        raise ValueError(f"logits need shape (batch, classes) with a row or more, and found {logits.shape}")
    batch, classes = logits.shape
    if ids.dtype.kind not in "iu":
        raise TypeError(f"targets are class numbers, so whole numbers, and found {ids.dtype}. "
                        "Convert them: labels.astype(np.int64), or Tensor(labels, dtype=np.int64).")
    if ids.shape != (batch,):
        tip = " Rows of 0 and 1? Take their argmax(axis=1)." if ids.shape == logits.shape else ""
        raise ValueError(f"logits of shape {logits.shape} need one class number a row, shape ({batch},), "
                         f"and found targets of shape {ids.shape}.{tip}")
    if ids.min() < 0 or ids.max() >= classes:
        raise ValueError(f"{classes} classes are numbered 0 to {classes - 1}, and targets go from {ids.min()} to "
                         f"{ids.max()}")
    return ids

# %% given="rows"
rows, ids = Tensor(np.log(np.float32([[4, 6, 9, 1], [6, 3, 10, 1], [5, 12, 2, 1]]))), np.array([2, 0, 1])
# softmax gives 4, 6, 9, 1 of 20 in the first row, and so on; right is class 2 in the first, 0 and 1 in the others

# %% exercise="cross_entropy"
#| export
class CrossEntropyLoss(Module):
    """The average surprise at the right class, from logits: 0 if the model was certain of each right one."""

    def forward(self, logits, targets):
        """One number, as a Tensor, from logits (batch, classes) and class numbers (batch,)."""
        ids = class_ids(logits, targets)
        # How: log_softmax; from row r the number at column ids[r]; minus their mean.
        # Example: the first row of `rows` adds log(0.45) = -0.799 to what is averaged.
        # Hint: t[np.arange(3), [5, 2, 4]] holds t[0, 5], t[1, 2] and t[2, 4].
        # Stay with Tensors: each of their operations passes the door of 01, Tensor._apply; work on .data does not.
        ### BEGIN SOLUTION
        log_probs = log_softmax(logits)
        return -log_probs[np.arange(len(ids)), ids].mean()
        ### END SOLUTION

# %% check="cross_entropy" points=8
got = CrossEntropyLoss()(rows, ids)
assert isinstance(got, Tensor), f"a loss is a Tensor of one number; yours is {type(got).__name__}"
assert got.shape == (), f"a loss is one number, shape (); yours has shape {got.shape}"
assert np.isclose(got.item(), 0.8378, atol=1e-3), (
    f"the right classes have 9, 6 and 12 of 20: minus the mean of log(0.45), log(0.3), log(0.6) is 0.838; yours is "
    f"{got.item():.4f}. 2.513 is their sum; -0.838 forgot the minus; 1.716 asked all twelve places, 1.290 three columns"
    " of every row; 1.094 took ids for the rows; -2.158 averaged the scores themselves.")
got = CrossEntropyLoss()(Tensor([[1000, 0, -1000]]), np.array([1])).item()
assert np.isclose(got, 1000), f"the model of Try first is 1000 surprised; yours says {got}"
got = watch(lambda: CrossEntropyLoss()(rows, ids))
assert len(got) > 2 and {"sum", "divide", "multiply", "matmul"} & set(got), (
    f"all of the work should pass the door, the mean too, as sum and divide; through yours passed {got}")

# %% [markdown]
# A model that knows nothing about digits gives all ten the same score. What is its loss? You need no code for this.

# %% predict="equal"
predict("loss of ten equal scores", None)  # your guess in place of None

# %% demo="equal"
knows_nothing = Tensor(np.zeros((5, 10)))
measured("loss of ten equal scores", CrossEntropyLoss()(knows_nothing, np.array([3, 1, 4, 1, 5])).item())

# %% [markdown]
# Each class gets 1/10, and minus the logarithm of 1/10 is ln 10 = 2.303, whatever the right answers are. This is where
# an untrained model of ten classes must start. Another number is a bug report, and you will read some below.
#
# ## Build: losses for numbers, and for yes or no
#
# If the answer is a number, say the darkness of a pixel, take the squared distance from it, and then the mean: the
# *mean squared error*, given below. It refuses two shapes that differ. (32, 1) minus (32,) would meet in
# (32, 32), 1,024 distances of which 992 mean nothing, and their mean looks like any other loss.

# %% given="mse"
#| export
def same_shape(prediction, target):
    """Raise ValueError unless the two have one shape and something in it."""
    if prediction.shape != target.shape:
        raise ValueError(f"prediction and target need one shape, and have {prediction.shape} and {target.shape}. "
                         "Reshape one of them; broadcasting would compare numbers that do not belong together.")
    if 0 in prediction.shape:
        raise ValueError(f"a mean needs a number or more, and shape {prediction.shape} has none")


class MSELoss(Module):
    """The mean squared distance of a prediction from its target."""

    def forward(self, prediction, target):
        """One number, as a Tensor, from two Tensors of one shape."""
        same_shape(prediction, target)
        distance = prediction - target
        return (distance * distance).mean()

# %% [markdown]
# If the answer is yes or no, the model gives one probability p, that of yes, for instance through Sigmoid. The surprise
# at a yes is -log(p), at a no -log(1 - p). Write yes as 1 and no as 0; then one line picks the one that counts:
#
#     target * log(p) + (1 - target) * log(1 - p)
#
# A target may lie between: 0.25 if one of four people said yes. At p = 0 the logarithm is minus infinity, and 0 times
# that is no number at all. So `bounded_log`, given, stops at -100.

# %% given="bounded_log"
#| export
def bounded_log_values(array):
    with np.errstate(divide="ignore"):  # log(0) is minus infinity, and the bound is there for it
        return np.maximum(np.log(array), array.dtype.type(-100))


def bounded_log(x):
    """The logarithm of each element; -100 where it would be lower, also at 0."""
    return Tensor._apply(bounded_log_values, x)


def from_0_to_1(probs):
    """Raise ValueError if an element is no probability."""
    least, most = probs.data.min(), probs.data.max()
    if not (least >= 0 and most <= 1):
        raise ValueError(f"probabilities lie from 0 to 1, and found {least:g} to {most:g}. "
                         "Are they scores? Put Sigmoid before this loss.")

# %% exercise="bce"
#| export
class BCELoss(Module):
    """The average surprise at a yes or a no, for probabilities of yes. BCE is short for binary cross-entropy."""

    def forward(self, probs, targets):
        """One number, as a Tensor, from probabilities and targets of one shape; a target is 1 for yes and 0 for no."""
        same_shape(probs, targets)
        from_0_to_1(probs)
        # How: the line above for all elements at once, with bounded_log; then minus the mean.
        # Example: p = 0.25 and target 0 add log(0.75) = -0.288 to what is averaged.
        # Hint: `1 - probs` is a Tensor.
        ### BEGIN SOLUTION
        log_yes, log_no = bounded_log(probs), bounded_log(1 - probs)
        return -(targets * log_yes + (1 - targets) * log_no).mean()
        ### END SOLUTION

# %% check="bce" points=7
got = BCELoss()(Tensor([[0.5, 0.25], [0.9, 0.8], [0.4, 0.7]]), Tensor([[1, 0], [0, 1], [0, 1]]))
assert got.shape == (), f"a loss is one number, shape (); yours has shape {got.shape}"
got = got.item()
assert np.isclose(got, 0.7290, atol=1e-3), (
    "minus the mean of log(0.5), log(0.75), log(0.1), log(0.8), log(0.6), log(0.7) is 0.729; "
    f"yours is {got:.4f}. 0.212 forgot the noes, 0.986 took yes for no, 4.374 is the sum, 1.458 a third of it.")
got = BCELoss()(Tensor([0.4]), Tensor([0.25])).item()
assert np.isclose(got, 0.6122, atol=1e-3), (
    f"target 0.25 and p 0.4: -(0.25 * log(0.4) + 0.75 * log(0.6)) is 0.612; yours is {got:.4f}")
for said, right in ((0, 1), (1, 0)):
    got = BCELoss()(Tensor([said, said, said]), Tensor([said, said, right])).item()
    assert np.isclose(got, 100 / 3), (
        f"p = {said}, twice certain and right, once certain and wrong: (0 + 0 + 100) / 3 is 33.33; yours is {got:.4f}")
del said, right
got = watch(lambda: BCELoss()(Tensor([0.4]), Tensor([0.25])))
assert "bounded_log_values" in got, f"the logarithms should pass the door; through yours passed {got}"
assert {"sum", "divide", "matmul"} & set(got), (
    f"the mean should pass the door, too, as sum and divide; through yours passed {got}")

# %% [markdown]
# ## Build: how steep is a loss?
#
# A loss says how wrong a model is. Its *slope* says what to do about it: nudge one number up a little and watch the
# loss. The slope is the change of the loss for each unit of nudge. At a slope of -1 the loss falls as fast as the
# number rises. At a slope of 0 the nudge says nothing: up and down are alike.
#
# A nudge to one side measures beside the point. So nudge to both, by the same amount, and divide by the whole way.

# %% exercise="slope"
def slope(loss_of, x, at, nudge=0.01):
    """How fast `loss_of(x)`, a Tensor, rises with the number of Tensor `x` at position `at`; a plain number.

    `x` itself stays as it is. A position is what stands in the brackets of an array: 1, or (0, 1).
    """
    # How: the loss with that number raised by `nudge`, less the loss with it lowered, divided by the way between.
    # Example: slope(lambda x: (x * x).sum(), Tensor([3, 5]), 1) is 10.00; further digits are float32's rounding.
    # Hint: np.array(x.data) is a copy; Tensor(array, dtype=array.dtype) keeps its dtype.
    ### BEGIN SOLUTION
    up, down = np.array(x.data), np.array(x.data)
    up[at] += nudge
    down[at] -= nudge
    rise = loss_of(Tensor(up, dtype=up.dtype)).item() - loss_of(Tensor(down, dtype=down.dtype)).item()
    return rise / (2 * nudge)
    ### END SOLUTION

# %% check="slope" points=6
got = Tensor([[3, 5, 4], [7, 6, 8]], dtype=np.float64)
got = slope(lambda x: (x * x * x).sum(), got, (0, 1), nudge=0.5), got.data.tolist()
assert not isinstance(got[0], Tensor), "a slope is a plain number, and yours is a Tensor: .item() takes the number out"
assert np.isclose(got[0], 75.25), (
    f"from 4.5 to 5.5 a cube rises from 91.125 to 166.375, by 75.25 over a way of 1; yours is {got[0]:g}. "
    "82.75 nudged to one side only, 150.5 divided by half of the way, 75 did not take the nudge that is given, "
    "183.5 nudged the whole column.")
assert got[1] == [[3, 5, 4], [7, 6, 8]], f"x should stay [[3, 5, 4], [7, 6, 8]], and is now {got[1]}; nudge a copy"
got = slope(lambda x: (x * x).sum(), Tensor([3, 5]), 1)
assert np.isclose(got, 10, rtol=1e-3), f"the slope of a square at 5 is 10; yours is {got:g}. 0.2 is not divided at all."
got = slope(lambda x: (x * x * x).sum(), Tensor([[3, 5, 4]], dtype=np.float64), (0, 2), nudge=1e-5)
assert np.isclose(got, 48, rtol=1e-3), (
    f"the slope of a cube at 4 is 48; yours is {got:g}. A nudge of 0.00001 needs the float64 of x: keep its dtype.")

# %% [markdown]
# A model is certain and wrong: it gives scores 0, 12, 0, and the right class is the first. Two losses can tell it so:
# cross-entropy, and the mean squared error of its softmax against 1, 0, 0. What is the slope of each for the first
# score? A slope may be negative. Ask first what softmax makes of the first score, and how far a nudge can move that.

# %% predict="slopes"
predict("slope of cross-entropy, certain and wrong", None)  # your guess in place of None
predict("slope of MSE after softmax, certain and wrong", None)

# %% demo="slopes"
def cross_entropy_of(logits):
    return CrossEntropyLoss()(logits, np.array([0]))


def mse_of(logits):
    return MSELoss()(Softmax()(logits), Tensor([[1, 0, 0]], dtype=np.float64))


for certainty in (0, 1, 4, 12):
    logits = Tensor([[0, certainty, 0]], dtype=np.float64)
    steep = [slope(loss_of, logits, (0, 0)) for loss_of in (cross_entropy_of, mse_of)]
    print(f"scores 0, {certainty}, 0:  slope of cross-entropy {steep[0]:.4f}, of MSE after softmax {steep[1]:.6f}")
measured("slope of cross-entropy, certain and wrong", steep[0])
measured("slope of MSE after softmax, certain and wrong", steep[1])

# %% [markdown]
# The more certain the error, the closer cross-entropy comes to a slope of -1: raise the right score. MSE after softmax
# is steepest while the model is in doubt and goes flat when it is sure, just when it most needs to be told. That is why
# classes get cross-entropy.
#
# ## A fault to find: the loss that will not fall
#
# A colleague reports two numbers for a batch, the share of right answers and the loss. People like to read
# probabilities, so the logits pass Softmax first.

# %% fault="colleague_report"
def colleague_report(logits, targets):
    """The share of right answers and the loss, for logits (batch, classes) and class numbers (batch,)."""
    probs = Softmax()(logits)
    right = (probs.argmax(axis=1).data == targets).mean()
    return float(right), CrossEntropyLoss()(probs, targets).item()

# %% [markdown]
# It passes four checks. Now give it ever more certain scores, all of them right: the right class has `certainty`, the
# nine others 0. How low will its loss go?

# %% predict="floor"
predict("least loss of the colleague's report, ten classes", None)  # your guess in place of None

# %% demo="floor"
targets = np.array([3, 7, 5, 9])
right_class = Tensor(np.eye(10)[targets])  # 1 at the right class of each row, 0 elsewhere
assert np.isclose(colleague_report(0 * right_class, targets)[1], math.log(10))  # it starts at ln 10
assert colleague_report(5 * right_class, targets)[0] == 1  # it counts right answers
assert colleague_report(-5 * right_class, targets)[0] == 0  # and wrong ones
assert colleague_report(5 * right_class, targets)[1] < colleague_report(right_class, targets)[1]  # its loss falls
for certainty in (1, 3, 10, 30, 100):
    right, loss = colleague_report(certainty * right_class, targets)
    honest = CrossEntropyLoss()(certainty * right_class, targets).item()
    print(f"certainty {certainty:3}: right {right:.0%}, colleague's loss {loss:.3f}, cross-entropy {abs(honest):.3f}")
measured("least loss of the colleague's report, ten classes", loss)

# %% [markdown]
# All answers are right and certain, no error was raised, and the loss stands still far above 0. First the check that
# was missing. It must stop this report and let a right one pass, and the loss of a right one has two duties: who knows
# nothing pays ln(classes), who is certain and right pays nothing.

# %% exercise="catch"
def check_report(report_of):
    """Raise AssertionError unless the loss, the second number of `report_of(logits, targets)`, is cross-entropy."""
    # How: ask it about some rows of equal scores, and about some of certain and right ones; assert on both losses.
    # Example: check_report(colleague_report) raises AssertionError.
    # Hint: logits are a Tensor, targets an integer array. np.eye(4) is four rows with a 1 at class 0, 1, 2 and 3.
    ### BEGIN SOLUTION
    certain, targets = 100 * np.eye(4), np.arange(4)
    _, loss = report_of(Tensor(np.zeros((4, 4))), targets)
    assert abs(loss - math.log(4)) < 0.01, f"four equal scores cost ln 4, not {loss}"
    _, loss = report_of(Tensor(certain), targets)
    assert abs(loss) < 0.01, f"certain and right costs nothing, not {loss}"
    ### END SOLUTION

# %% check="catch" points=5
assert rejects(check_report, colleague_report), "your check lets the colleague's report pass. Where was it stuck?"
assert not rejects(check_report, lambda logits, targets: (1.0, CrossEntropyLoss()(logits, targets).item())), (
    "your check refuses a right loss")
assert rejects(check_report, lambda logits, targets: (1.0, 0.0)), "your check lets a loss pass that is always 0"
assert rejects(check_report, lambda logits, targets: (1.0, math.log(logits.shape[1]))), (
    "your check lets a loss pass that is always ln(classes)")
def got(logits, targets):
    return 1.0, len(targets) * CrossEntropyLoss()(logits, targets).item()
assert rejects(check_report, got), (
    "your check lets a loss pass that is the sum over the batch, not the mean. What does it ask of equal scores?")

# %% exercise="repair"
def report(logits, targets):
    """What colleague_report should have returned: the share of right answers and the loss."""
    # How: ask of each of the two numbers what it is made from, and of CrossEntropyLoss what it takes.
    # Example: one row of three equal scores, right class 0, gives (1.0, 1.0986): argmax takes the first of equals.
    # Hint: softmax keeps the order of the scores.
    ### BEGIN SOLUTION
    right = (logits.argmax(axis=1).data == targets).mean()
    return float(right), CrossEntropyLoss()(logits, targets).item()
    ### END SOLUTION

# %% check="repair" points=5
got = report(rows, ids)
assert np.isclose(got[0], 2 / 3), f"largest scores stand at 2, 2, 1, and 2, 0, 1 are right: 2 of 3; yours is {got[0]:g}"
assert np.isclose(got[1], 0.8378, atol=1e-3), f"the loss of these rows is 0.838 as above; yours is {got[1]:.4f}"
got = report(Tensor([[1000, 0, -1000]]), np.array([1]))
assert np.allclose(got, (0, 1000)), (
    f"the model of Try first has no right answer and is 1000 surprised; yours: {got}. Was a probability written down?")
assert not rejects(check_report, report), "your own check refuses your report"

# %% [markdown]
# CrossEntropyLoss has a softmax inside, so there were two. The second took probabilities for scores. Probabilities lie
# between 0 and 1, so the best that it could be shown was a 1 among zeros, and that is a rather doubtful score.
#
# ## Use: a network before it has seen a digit
#
# The network of 03 with 784 pixels, 128 numbers between and 10 scores, fresh from its start, reads 1,000 digits. Its
# pixels are as stored, 0 to 255; then scaled to 0 to 1. Scaled, its scores *spread* by about 0.4: the root of their
# variance. Its biases start at 0, so larger pixels stretch all scores alike. Of ten scores the largest lies 1.5 to 2
# spreads above their mean, and the right class is any of the ten. What will the loss be?

# %% predict="untrained"
predict("loss before any training, pixels 0 to 255", None)  # your guess in place of None
predict("loss before any training, pixels 0 to 1", None)

# %% demo="untrained"
from tinytorch.datasets import tinydigits

digits = tinydigits()
stored, labels = Tensor(digits.test_images).flatten(1), digits.test_labels  # (1000, 784) and (1000,)
network = Sequential(Linear(784, 128), ReLU(), Linear(128, 10))
for scale, pixels in [("0 to 255", stored), ("0 to 1", stored / 255)]:
    logits = network(pixels)
    right, loss = report(logits, labels)
    print(f"pixels {scale}:  right {right:.0%},  scores spread by {logits.var().sqrt().item():.3g}")
    measured(f"loss before any training, pixels {scale}", loss)

# %% [markdown]
# The answers are the same, right about as often as by luck, and the losses lie far apart. Large pixels make large
# scores: the network is certain before it knows anything, and certainty without knowledge is dear. How dear hangs on
# the weights it starts with: 22 starts gave losses from 123 to 236. With pixels from 0 to 1 its scores are nearly
# equal, and it starts near ln 10. So the first loss tells of a fault before any time is spent on it. Make a function
# of that, one that also notices the fault of the colleague, which starts where it should.

# %% given="small"
three_images, three_targets = Tensor([[3, 5, 4], [7, 6, 5], [4, 9, 6]]) / 9, np.array([4, 2, 3])
small = Sequential(Linear(3, 7), ReLU(), Linear(7, 6))  # six classes; smaller weights make scores nearly equal
small.load_state_dict({name: 0.3 * array for name, array in small.state_dict().items()})

# %% exercise="chance_check"
#| export
def chance_check(model, images, targets, slack=0.3):
    """The loss of a model that has seen nothing yet.

    Raises
    ------
    ValueError
        If it lies more than `slack` above or below ln(classes), or is nan, which lies nowhere; the message shows the
        loss and ln(classes), with two decimals or more.
        Also if what the model returns are probabilities: nothing negative, and each row sums to 1.
    """
    # How: logits, loss, ln(classes); raise for probabilities; raise for a loss too far away; return the loss.
    # Example: a model whose six scores are all 3 has loss 1.792, and that is ln 6.
    # Hint: logits.min().item() is the smallest score; a row sum within 0.001 of 1 counts as 1. Beside nan, every `>`
    # and `<` is False.
    ### BEGIN SOLUTION
    logits = model(images)
    if logits.min().item() >= 0 and (logits.sum(axis=1) - 1).abs().max().item() < 1e-3:
        raise ValueError("the model ends in probabilities, and this loss takes scores: leave its Softmax out")
    loss, chance = CrossEntropyLoss()(logits, targets).item(), math.log(logits.shape[1])
    if not abs(loss - chance) <= slack:
        raise ValueError(f"a model that knows nothing has a loss near ln(classes) = {chance:.3f}, and this one has "
                         f"{loss:.3f}. Are the inputs scaled? Does it know something?")
    return loss
    ### END SOLUTION

# %% check="chance_check" points=6
got = chance_check(small, three_images, three_targets)
assert np.isclose(got, report(small(three_images), three_targets)[1]), f"expected the model's loss, and yours is {got}"
right = np.eye(6)[three_targets]
for what, scores, slack in [("has scores 9 at right classes, with slack 2,", 9 * right, 2),
                            ("has rows of equal scores, of sums 1, 0 and 2", 0 * right + [[1 / 6], [0], [1 / 3]], 0.3),
                            ("has rows of sum 1 with -0.2 among them", [[0.4, -0.2, 0.2, 0.2, 0.2, 0.2]] * 3, 0.3)]:
    try:
        got = chance_check(lambda x: Tensor(scores), three_images, three_targets, slack=slack)
    except ValueError as error:
        raise AssertionError(f"a model that {what} should pass, and yours refused it: {error}") from None
    assert np.isclose(got, CrossEntropyLoss()(Tensor(scores), three_targets).item(), atol=1e-4), (
        f"for a model that {what} its loss should come back; yours returned {got}")
for what, model in [("has scores 90 at wrong classes", lambda x: Tensor(90 * np.roll(right, 1, axis=1))),
                    ("has scores 90 at right classes: it knows them,", lambda x: Tensor(90 * right)),
                    ("has scores 0.6 at right classes, and so a loss of 1.32,", lambda x: Tensor(0.6 * right)),
                    ("has nan for scores", lambda x: Tensor(math.nan * right)),
                    ("ends in Softmax", Sequential(small, Softmax()))]:
    try:
        got = chance_check(model, three_images, three_targets)
    except ValueError as error:
        assert "1.32" not in what or "1.32" in str(error) and "1.79" in str(error), (
            f"the message should show the loss, here 1.32, and ln 6, which is 1.79; it says: {error}")
    else:
        raise AssertionError(f"a model that {what} should be refused with ValueError; yours returned {abs(got):.3f}")
del right, what, scores, slack, model

# %% demo="chance_check"
for what, model, pixels in [("pixels 0 to 255", network, stored),
                            ("Softmax at its end", Sequential(network, Softmax()), stored / 255),
                            ("pixels 0 to 1", network, stored / 255)]:
    try:
        print(f"{what}: starts at {chance_check(model, pixels, labels):.3f}")
    except ValueError as error:
        print(f"{what}: {error}")

# %% [markdown]
# ## Reflect
#
# Your model has `classes` classes. It has learnt just one thing: `ruled_out` of them are never right, and they get
# probability 0. The others it holds equally likely, and one of them is right. What is its loss? Set `narrowed`. How low
# can the loss of your model ever go if softmax is applied twice? Set `twice`. In both cells put your number, or an
# expression, in place of the 0, and delete the two lines below it. `math.log` and `math.e` may help.

# %% given="sizes"
classes, ruled_out = mine("classes", [(26, 9), (47, 12), (62, 36), (200, 120)])
print(f"classes {classes}, ruled_out {ruled_out}")

# %% exercise="narrowed"
narrowed = 0  # your number
### BEGIN SOLUTION
narrowed = math.log(classes - ruled_out)
### END SOLUTION

# %% check="narrowed" points=2
got = narrowed
assert 0 < got < math.log(classes), (
    f"its loss lies above 0 and below that of equal scores, ln {classes} = {math.log(classes):.3f}; yours is {got}")

# %% exercise="twice"
twice = 0  # your number
### BEGIN SOLUTION
twice = math.log(math.e + classes - 1) - 1
### END SOLUTION

# %% check="twice" points=3
got = twice
assert 1.462 < got < math.log(classes), (
    f"with more classes the floor lies above the 1.461 of ten, and below the start, ln {classes}; yours is {got}")

# %% [markdown]
# A team shows you a model of your `classes`. Its loss began where it should, came down, and has stood near your `twice`
# ever since. Its answers are mostly right. What do you look for in the code? Why did the first loss not show it, and
# why does the share of right answers not show it either? Use your numbers.

# %% [markdown] answer="plateau" points=5 rubric="softmax before the loss; equal stays equal; order stays; own numbers"
# Your answer.

# %% [markdown]
# ## Where this lives in PyTorch
#
# - `torch.nn.CrossEntropyLoss` takes logits too: `cross_entropy_loss_symint` in `aten/src/ATen/native/LossNLL.cpp`
#   calls `log_softmax` and then looks the targets up. Targets in the shape of the logits it takes for probabilities;
#   ours takes class numbers only.
# - `_vec_log_softmax_lastdim` in `aten/src/ATen/native/cpu/SoftMaxKernel.cpp` takes away the largest score and then
#   the logarithm, one after the other. A comment there says why: add the two first, and large scores that lie close
#   together lose their digits.
# - `torch.nn.BCELoss` bounds its logarithms at -100 as ours does, in `aten/src/ATen/native/Loss.cpp`.
#   `BCEWithLogitsLoss` takes scores, with log-sum-exp inside, and is the better one wherever you have them.
# - `torch.nn.MSELoss` warns when two shapes differ, and goes on; ours refuses. On an empty batch PyTorch's mean is nan.
