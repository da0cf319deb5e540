# %% [markdown]
# # 15 Quantization
#
#     Needs    01 Tensor, 02 Activations, 03 Layers, 04 Losses, 05 Autograd, 06 Optimizers
#     Teaches  numbers kept as codes of one byte: what that costs in answers, and what it saves
#     Opens    16 Compression, 20 Capstone
#
# A trained network keeps every weight in 32 bits. Most of these bits say nothing that an answer depends on. By the end
# of this page a network of yours has a quarter of the bytes and gives nearly the same answers, and it is not faster
# here. You will have measured all three, and seen how one single number can spoil the second.

# %% given="start"
#| default_exp quantization
from tinytorch.lesson import begin, measured, mine, predict, rejects

begin("15")

# %% given="imports"
#| export
import copy

import numpy as np
from numpy.typing import NDArray
from tinytorch.core.tensor import Tensor
from tinytorch.nn.layers import Linear, Module, Parameter

# %% given="tools"
import time

from tinytorch.nn import CrossEntropyLoss, ReLU, Sequential, log_softmax
from tinytorch.nn.layers import he_normal
from tinytorch.optim import SGD, Adam

# %% [markdown]
# From this tier on signatures name the types of what goes in and comes out, and an editor can hold you to them:
# `NDArray[np.int8]` is an array of int8, `float | NDArray[np.float32]` is either of two. Python itself ignores them.
#
# ## Try first
#
# An int8 has one byte and holds the whole numbers from -128 to 127. Keep a weight in int8, and get it back with no
# number further off than 0.5 % of the largest. Two weights, one with small numbers and one with large; one rule for
# both. `packed` returns the int8 array and whatever else must be remembered. Ten minutes, ungraded.

# %% given="weights"
def error_percent(packed, unpacked):
    """Of two weights the larger error when they come back, in percent of the largest number."""
    errors = []
    for spread in (0.05, 4.0):
        weight = np.random.default_rng(15).normal(0, spread, (64, 100)).astype(np.float32)
        codes, remembered = packed(weight)
        assert codes.dtype == np.int8, f"the codes are {codes.dtype}, not int8"
        errors.append(100 * float(np.abs(unpacked(codes, remembered) - weight).max() / np.abs(weight).max()))
    return max(errors)

# %% scratch="try_first"
def packed(weight):
    return np.clip(np.rint(100 * weight), -128, 127).astype(np.int8), 100  # your attempt


def unpacked(codes, remembered):
    return codes / remembered


print("error", error_percent(packed, unpacked), "%")

# %% [markdown]
# ## Build: codes on a ruler
#
# Lay a ruler along the numbers and write down, for each, the nearest mark. The distance of two marks is the *scale*;
# the mark's number is the *code*. There are 256 marks, from -128 to 127, and 0 need not be in the middle: the
# *zero point* is the code that stands for 0. To *quantize* is to go there, to *dequantize* is to come back.
#
#     code   = x / scale, rounded, + zero_point, and no further than -128 and 127
#     number = (code - zero_point) * scale

# %% [markdown]
# How far from a number may the one be that comes back, in steps of the ruler? If the marks end before the number does,
# it gets the last one. Scale 0.02, zero point 0: the last mark is 127 * 0.02 = 2.54.

# %% predict="half"
predict("largest error of numbers up to 2.5, in steps", None)  # your guess in place of None
predict("error of the number 4, in steps", None)

# %% [markdown]
# `scale` and `zero_point` are numbers, or arrays that broadcast to the array: then different places have different
# rulers.

# %% exercise="quantize"
#| export
Scale = float | NDArray[np.float32]
ZeroPoint = int | NDArray[np.int8]


def quantize(array: NDArray[np.float32], scale: Scale, zero_point: ZeroPoint = 0) -> NDArray[np.int8]:
    """The int8 code of each number: the nearest mark, or the last one if the number lies beyond."""
    # How: the first of the two lines above, then `.astype(np.int8)`, which comes last of all.
    # Example: scale 0.5 and zero point 3: 2.2 is code 7, for 4.4 rounds to 4; 100 is code 127, as is 500.
    # Hint: np.rint rounds to the nearest whole number, np.clip(values, low, high) keeps values between two.
    ### BEGIN SOLUTION
    return np.clip(np.rint(array / scale) + zero_point, -128, 127).astype(np.int8)
    ### END SOLUTION

# %% check="quantize" points=8
got = quantize(np.float32([2.2, -2.2, 4.9, 100, -100, 0, 1.75]), 0.5, 3)
assert got.dtype == np.int8, f"codes are int8, one byte each; yours are {got.dtype}"
assert got[0] == 7, f"2.2 / 0.5 is 4.4, rounded 4, and 3 more is 7; yours {got[0]}. -1 subtracts the zero point."
assert got[1] == -1, f"-2.2 / 0.5 is -4.4, rounded -4, and 3 more is -1; yours {got[1]}. -2 rounds down."
assert got[2] == 13, f"4.9 / 0.5 is 9.8, rounded 10, and 3 more is 13; yours {got[2]}. 12 cuts the digits off."
assert got[3] == 127, (
    f"203 lies beyond the last mark: 127; yours {got[3]}. -53 is not clipped before astype, and wrapped around;"
    " -126 is clipped too early, before the zero point is added")
assert got[4] == -128 and got[5] == 3, f"-197 becomes -128, and 0 the zero point 3; yours {got[4]} and {got[5]}"
assert got[6] == 7, f"1.75 / 0.5 is 3.5, rounded 4, and 3 more is 7; yours {got[6]}. 6 adds 3 first and rounds 6.5."
got = quantize(np.float32([[3, 5], [3, 5]]), np.float32([[0.5], [0.1]]), np.int8([[0], [-7]])).tolist()
assert got == [[6, 10], [23, 43]], f"a ruler for each row: [[6, 10], [23, 43]]; yours {got}"

# %% [markdown]
# Back again. A trap waits here: two int8 make an int8. `127 - (-128)` is 255, which int8 does not have.

# %% exercise="dequantize"
#| export
def dequantize(codes: NDArray[np.int8], scale: Scale, zero_point: ZeroPoint = 0) -> NDArray[np.float32]:
    """The number at each mark, in float32."""
    # How: the second of the two lines; the codes become float32 before anything is subtracted.
    # Example: scale 0.5 and zero point 3: code 7 is 2, code -128 is -65.5.
    # Hint: `.astype(np.float32)`. An int8 array minus an int8 array stays int8 and wraps around.
    ### BEGIN SOLUTION
    return (codes.astype(np.float32) - zero_point) * scale
    ### END SOLUTION

# %% check="dequantize" points=6
got = dequantize(np.int8([7, -128, 3, 50]), 0.5, 3)
assert got[1] != 62.5, "-128 - 3 is -131, and yours became 125, for int8 wrapped around: to float32 before you subtract"
assert got.tolist() == [2, -65.5, 0, 23.5], (
    f"expected 2, -65.5, 0, 23.5; yours {got.tolist()}. 5 in the first place adds the zero point.")
got = dequantize(np.int8([[127, -128], [5, 6]]), np.float32([[0.5], [0.25]]), np.int8([[-128], [7]]))
assert got.tolist() == [[127.5, 0], [-0.5, -0.25]], (
    f"(127 + 128) * 0.5 = 127.5 comes first; yours {got.tolist()}. -0.5 there means that int8 wrapped around.")
assert got.dtype == np.float32, f"numbers come back as float32; yours are {got.dtype}"

# %% demo="half"
ruler = np.linspace(-2.5, 2.5, 100_001, dtype=np.float32)
measured("largest error of numbers up to 2.5, in steps",
         round(float(np.abs(dequantize(quantize(ruler, 0.02), 0.02) - ruler).max()) / 0.02, 3))
four = np.float32([4])
measured("error of the number 4, in steps", round(float(4 - dequantize(quantize(four, 0.02), 0.02)[0]) / 0.02, 1))

# %% [markdown]
# Half a step where the ruler lies, and as far as you like where it does not. All that is left is to lay it well.
#
# ## A fault to find: a colleague's ruler

# %% [markdown]
# To *calibrate* is to choose scale and zero point from numbers that are typical. The ruler reaches from the lowest to
# the highest: 255 steps, and the lowest gets the code -128. A colleague wrote it so; the zero point is a code itself,
# hence the clip, and the 1e-9 keeps equal numbers from a scale of 0.

# %% fault="colleague_calibrate"
def colleague_calibrate(array):
    """(scale, zero_point) such that the numbers of `array` lie on the ruler."""
    low, high = float(array.min()), float(array.max())
    scale = max(high - low, 1e-9) / 255
    zero_point = round(-128 - low / scale)
    return scale, int(np.clip(zero_point, -128, 127))


def there_and_back(array, calibrate):
    """`array` quantized and dequantized with what `calibrate` chooses for it."""
    ruler = calibrate(array)
    return dequantize(quantize(array, *ruler), *ruler)


weight = np.random.default_rng(15).normal(0, 0.05, (64, 100)).astype(np.float32)
assert np.abs(there_and_back(weight, colleague_calibrate) - weight).max() < 0.51 * colleague_calibrate(weight)[0]
assert np.abs(there_and_back(weight + 0.1, colleague_calibrate) - weight - 0.1).max() < 0.002
assert len(np.unique(quantize(weight, *colleague_calibrate(weight)))) > 150

# %% [markdown]
# Two weights, one of them shifted, come back within half a step. Now three numbers: 5, 5.5 and 6. What comes back for
# each? Their mean will say it.

# %% predict="three"
predict("mean of 5, 5.5, 6 there and back, colleague", None)  # your guess in place of None

# %% demo="three"
back = there_and_back(np.float32([5, 5.5, 6]), colleague_calibrate)
measured("mean of 5, 5.5, 6 there and back, colleague", round(float(back.mean()), 3))
print("there and back:", back.round(3).tolist())

# %% [markdown]
# No error, no nan, and all the numbers are gone. First the check that was missing. Two things must hold for a ruler:
# numbers come back within half a step, up to rounding (0.51 is fair), and the step is no larger than need be. The
# second matters, too: with a step of 100 everything is within half a step. How large need it be? A ruler always reaches
# 0, for a reason that follows below: 255 steps lead from the lowest number, or from 0 if that is lower, to the highest,
# or to 0 if that is higher. A step 1 % larger is fair.

# %% exercise="catch"
def check_calibrate(calibrate):
    """Raise AssertionError unless calibrate(array), a pair (scale, zero_point), suits the numbers of any array."""
    # How: for several arrays compare there_and_back(array, calibrate) with the array, in steps of calibrate(array)[0];
    # then the step itself with the largest that is fair.
    # Example: check_calibrate(colleague_calibrate) raises AssertionError.
    # Hint: take numbers on both sides of 0, all above, and all below. np.linspace(low, high, 50, dtype=np.float32).
    ### BEGIN SOLUTION
    for low, high in [(-4, 7), (5, 6), (-3, -2)]:
        array = np.linspace(low, high, 50, dtype=np.float32)
        step, reach = calibrate(array)[0], max(high, 0) - min(low, 0)
        assert np.abs(there_and_back(array, calibrate) - array).max() <= 0.51 * step, f"lost: {low} to {high}"
        assert step <= 1.01 * reach / 255, f"a step of {step} is too large for {low} to {high}"
    ### END SOLUTION

# %% check="catch" points=7
assert rejects(check_calibrate, colleague_calibrate), "your check lets the colleague's ruler pass. All above 0?"
def got(array, times=1):
    low, high = min(float(array.min()), 0), max(float(array.max()), 0)
    scale = times * max(high - low, 1e-9) / 255
    return scale, min(round(-128 - low / scale), 127)
assert not rejects(check_calibrate, got), "your check refuses a ruler from 0 to the highest, or wider if need be"
assert rejects(check_calibrate, lambda array: (100.0, 0)), "your check lets a step of 100 pass, for any numbers"
assert rejects(check_calibrate, lambda array, ruler=got: ruler(array, 2)), (
    "your check lets a ruler pass with a step twice as large as 255 steps need; 1 % more is fair")
assert rejects(check_calibrate, lambda array, ruler=got: ruler(array, 0.9)), (
    "your check lets a ruler pass that ends too early: the numbers at its ends are off by many steps")
assert rejects(check_calibrate, lambda array: colleague_calibrate(np.append(array, min(array.max(), 0)))), (
    "your check lets a ruler pass that is right for numbers above 0 and loses -3 and -2.5")

# %% [markdown]
# The code -128 would have to stand for 5, and then 0 is 1,275 steps further down, where no code is. Two ways out: let
# the zero point be any number, or let every ruler reach 0. Practice took the second, for then 0 comes back exactly, and
# 0 is what many arrays hold most of.
#
# There are two kinds of rulers. An *affine* one reaches from the lowest to the highest, each moved to 0 if it is not
# beyond. A *symmetric* one has 0 in the middle, reaches as far as the number furthest from 0, with 127 steps, and its
# zero point is 0.

# %% [markdown]
# What is lowest and highest, `edges` finds out; given. With an `axis` there is a ruler for each place along it, such as
# axis 0 for each row of a weight: that is called *per channel*, and one ruler for all *per tensor*. The arrays keep
# their axes, so that they broadcast. And there is a way to ignore a few odd numbers. The 99.9th *percentile* is the
# number that 99.9 % of all do not exceed; `percentile=99.9` leaves a thousandth out at either end, 100 leaves out none.

# %% given="edges"
#| export
SMALLEST = float(np.finfo(np.float32).tiny)  # a scale that float32 can still divide by


def edges(
    array: NDArray[np.float32], axis: int | None, percentile: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The lowest and the highest number, or percentile: of all, or for each place along `axis`.

    Raises
    ------
    ValueError
        If there are no numbers, if one is not finite, or if percentile is not above 50 and at most 100.
    """
    if array.size == 0:
        raise ValueError("a ruler is made from numbers, and found none")
    if not np.isfinite(array).all():
        raise ValueError("a ruler reaches to the furthest number, and found nan or infinity among them")
    if not 50 < percentile <= 100:
        raise ValueError(f"percentile is above 50 and at most 100, such as 99.9; found {percentile}")
    others = None if axis is None else tuple(at for at in range(array.ndim) if at != axis % array.ndim)
    if percentile == 100:  # the plain ends, without sorting
        low, high = array.min(axis=others, keepdims=axis is not None), array.max(axis=others, keepdims=axis is not None)
    else:
        shares = [100 - percentile, percentile]
        low, high = np.percentile(array.astype(np.float64), shares, axis=others, keepdims=axis is not None)
    return np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)

# %% exercise="calibrate"
#| export
def calibrate(
    array: NDArray[np.float32], symmetric: bool = False, axis: int | None = None, percentile: float = 100.0,
) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """(scale, zero_point) of a ruler for numbers like those of `array`; it always reaches 0.

    Returns
    -------
    scale : float32 array, of shape () or, with an axis, of one number for each place along it; at least SMALLEST
    zero_point : int8 array of the same shape; 0 if symmetric
    """
    # How: let low and high reach 0; the step is their distance / 255 or, if symmetric, the larger of the two / 127.
    # The code of low is -128, and 0 lies -low / scale steps above it, rounded to a whole code.
    # Example: [5, 5.5, 6] gives 6 / 255 and -128; symmetric 6 / 127 and 0. [-3, 5] gives 8 / 255 and -32.
    # Hint: np.minimum(low, 0.0), np.maximum; np.asarray(values, dtype=np.float32); zeros want SMALLEST, not 0.
    ### BEGIN SOLUTION
    low, high = edges(array, axis, percentile)
    low, high = np.minimum(low, 0.0), np.maximum(high, 0.0)
    step = np.maximum(high, -low) / 127 if symmetric else (high - low) / 255
    scale = np.asarray(np.maximum(step, SMALLEST), dtype=np.float32)
    zero_point = np.zeros(scale.shape) if symmetric else np.rint(-128 - low / scale)
    return scale, np.asarray(zero_point, dtype=np.int8)
    ### END SOLUTION

# %% check="calibrate" points=14
got = calibrate(np.float32([[-3, 0.5], [4, 5]]))
assert got[0].dtype == np.float32 and got[1].dtype == np.int8 and got[0].shape == got[1].shape == (), (
    f"float32 and int8, both of shape (); yours {got[0].dtype}, {got[1].dtype}, {got[0].shape}, {got[1].shape}")
assert np.isclose(got[0], 8 / 255) and got[1] == -32, (
    f"from -3 to 5 are 255 steps of 8 / 255, and 0 is 96 of them above -128: -32; yours {got[0]:.4f}, {got[1]}")
got = calibrate(np.float32([[-3, 0.5], [4, 5]]), symmetric=True)
assert np.isclose(got[0], 5 / 127) and got[1] == 0, f"5 is furthest from 0: 5 / 127 and 0; yours {got[0]:.4f}, {got[1]}"
got = calibrate(np.float32([[-7, 0.5], [4, 5]]), symmetric=True)[0]
assert np.isclose(got, 7 / 127), f"-7 is furthest from 0 here: 7 / 127 is 0.0551; yours {got:.4f}"
got = calibrate(np.float32([[-3, 0.5], [4, 5], [-6, -7]]), axis=0)
assert got[0].shape == got[1].shape == (3, 1), f"three rows, three rulers: shape (3, 1); yours {got[0].shape}"
assert np.allclose(got[0].ravel(), [3.5 / 255, 5 / 255, 7 / 255]) and got[1].ravel().tolist() == [91, -128, 127], (
    f"widths 3.5, 5 and 7 and zero points 91, -128, 127; yours {255 * got[0].ravel()} and {got[1].ravel()}. "
    "90 cuts the digits of 90.57 off: round it")
got = calibrate(np.float32([[-3, 0.5], [4, 5], [-6, -7]]), symmetric=True, axis=0)
assert got[0].shape == np.shape(got[1]) == (3, 1) and not got[1].any(), (
    f"three symmetric rulers have three zero points of 0, shape (3, 1); yours have shape {np.shape(got[1])}")
got = calibrate(np.zeros(3, dtype=np.float32))
assert got[0] == np.float32(SMALLEST), f"zeros have no largest number: the scale is SMALLEST; yours {got[0]}"
assert got[1] == -128, f"low is 0 for zeros, and its code -128; yours {got[1]}. 0 may come from 0 / 0: take the scale."
got = calibrate(np.float32([-1e-43, 1e-42]))
assert got[0] == np.float32(SMALLEST), f"a step must not be smaller than SMALLEST; for 1e-42 yours is {got[0]}"
got = np.append(np.linspace(-1, 1, 9999, dtype=np.float32), np.float32(100))
got = got[:-1], [there_and_back(got, lambda array, p=p: calibrate(array, percentile=p))[:-1] for p in (100, 99.9)]
got = [np.abs(back - got[0]).mean() for back in got[1]]
assert got[1] < 0.05 * got[0], (
    f"one number is 100 times too large; with percentile 99.9 the others err {got[1]:.4f}, with 100 {got[0]:.4f}")
assert not rejects(check_calibrate, calibrate), "your own check refuses your rulers"

# %% [markdown]
# What a layer gives after ReLU is 0 or above. A hidden layer of such numbers is quantized, affine and symmetric: what
# is the mean error, in thousandths of the largest number? And that of a weight, which lies on both sides of 0?

# %% predict="one_sided"
predict("after ReLU, mean error, affine", None, unit="thousandths")  # your guess in place of None
predict("after ReLU, mean error, symmetric", None, unit="thousandths")
predict("weight, mean error, affine", None, unit="thousandths")
predict("weight, mean error, symmetric", None, unit="thousandths")

# %% demo="one_sided"
hidden = np.abs(np.random.default_rng(3).normal(size=(100, 128))).astype(np.float32)
for name, array in (("after ReLU", hidden), ("weight", weight)):
    for kind in ("affine", "symmetric"):
        back = there_and_back(array, lambda some, kind=kind: calibrate(some, symmetric=kind == "symmetric"))
        error = 1000 * float(np.abs(back - array).mean() / np.abs(array).max())
        measured(f"{name}, mean error, {kind}", round(error, 2), unit="thousandths")

# %% [markdown]
# A symmetric ruler keeps half of its codes for numbers that do not come: after ReLU a whole bit is lost, and the error
# doubles. Weights lie on both sides of 0, and for them it costs little: 1.97 against 1.70 for this one, and less if
# both ends lie equally far out. So weights are mostly quantized symmetric, and what flows between layers affine.
#
# ## Build: a layer of codes

# %% [markdown]
# A `QuantizedLinear` is made from a Linear that has learned. It keeps the codes of the weight and their scale; of the
# float weight nothing remains. When it is called, it makes floats of the codes, multiplies, and lets these floats go
# again. All products of a row have one scale, so the scale can wait until they are added up: it is multiplied once for
# an answer, and not once for a weight.
#
#     y = (x @ codes.T) * scale.T + bias
#
# All that it keeps are Parameters, so that 03 finds, counts and saves them; none of them learns any more.

# %% exercise="quantized_linear"
#| export
class QuantizedLinear(Module):
    """A Linear in use, with its weight kept as int8 codes on symmetric rulers.

    Parameters
    ----------
    linear : Linear, which stays as it is
    per_channel : whether each row of the weight has a scale of its own
    percentile : as for `calibrate`

    `codes` is an int8 Parameter of shape (out_features, in_features), `scale` a float32 one of shape
    (out_features, 1) or (), `bias` a copy of the bias or None. None of them wants a gradient.
    """

    # Write `__init__(self, linear, per_channel=True, percentile=100.0)` and `forward(self, x)`.
    # How: in __init__ calibrate and quantize linear.weight.data; in forward the line above, or without its last term.
    # Example: QuantizedLinear(Linear(784, 128)) keeps 100,352 bytes of codes, 512 of scales, 512 of bias.
    # Hint: Parameter(codes, requires_grad=False, dtype=np.int8). A Parameter copies the array that it is given.
    # Tensor(self.codes.data) makes float32 of them; codes have no slope, so `.data` is fair here. x stays a Tensor.
    # `.T` turns a Tensor as in 01, and leaves a scale of shape () as it is.
    ### BEGIN SOLUTION
    def __init__(self, linear: Linear, per_channel: bool = True, percentile: float = 100.0) -> None:
        weight = linear.weight.data
        scale, _ = calibrate(weight, symmetric=True, axis=0 if per_channel else None, percentile=percentile)
        self.codes = Parameter(quantize(weight, scale), requires_grad=False, dtype=np.int8)
        self.scale = Parameter(scale, requires_grad=False)
        self.bias = None if linear.bias is None else Parameter(linear.bias.data, requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        codes = Tensor(self.codes.data)  # in float32, as long as this call lasts
        y = (x @ codes.T) * self.scale.T
        return y if self.bias is None else y + self.bias
    ### END SOLUTION

# %% check="quantized_linear" points=10
got = [[127, 64, -32], [12.7, -5, 0.3], [1.27, 1, 0.024], [254, -2, 8]]
got = {"linear": Linear(3, 4, init=lambda shape, rng, weight=got: weight)}
got["linear"].bias.data = np.float32([10, 20, 30, 40])
got["rows"], got["whole"] = QuantizedLinear(got["linear"]), QuantizedLinear(got["linear"], per_channel=False)
got["codes"], got["scale"], got["x"] = got["rows"].codes, got["rows"].scale, Tensor([[3, 5, 7]])
assert got["codes"].dtype == np.int8 and got["codes"].shape == (4, 3), (
    f"codes of int8, shape (4, 3); yours {got['codes'].dtype}, {got['codes'].shape}")
assert got["scale"].shape == (4, 1), (
    f"a scale for each of four rows: shape (4, 1); yours {got['scale'].shape}. (1, 3) are columns; rows are axis 0.")
assert np.allclose(got["scale"].data, [[1], [0.1], [0.01], [2]]), (
    f"a scale for each row: 1, 0.1, 0.01 and 2; yours {got['scale'].data.ravel()}")
assert got["codes"].data.tolist() == [[127, 64, -32], [127, -50, 3], [127, 100, 2], [127, -1, 4]], (
    f"codes of the second row: 127, -50, 3; yours {got['codes'].data[1].tolist()}")
assert got["whole"].scale.shape == () and got["whole"].codes.data[2].tolist() == [1, 0, 0], (
    "with one scale for all, 254 / 127 = 2, the third row is left with the codes 1, 0, 0")
assert {name for name, _ in got["rows"].named_parameters()} == {"codes", "scale", "bias"}, (
    f"kept are codes, scale and bias; yours {', '.join(name for name, _ in got['rows'].named_parameters())}")
assert got["rows"].bias is not got["linear"].bias, (
    "this bias is the Linear's own; make a Parameter of yours from its numbers")
assert not any(p.requires_grad for p in got["rows"].parameters()), "none of them learns: requires_grad=False"
got["y"] = got["rows"](got["x"]).data
assert np.allclose(got["y"], [[487, 35.2, 38.95, 848]], atol=1e-3), (
    f"expected 487, 35.2, 38.95, 848; yours {got['y']}. 0.024 has code 2 and comes back as 0.02; 38.978 in the third"
    " place is an answer of the float weight")
got["held"] = [(name, one.data if isinstance(one, Tensor) else one) for name, one in vars(got["rows"]).items()]
got["floats"] = [name for name, one in got["held"] if np.size(one) >= 12 and np.asarray(one).dtype.kind == "f"]
assert not got["floats"], (
    f"neither the float weight nor floats made of the codes may stay; yours: {', '.join(got['floats'])}")
assert got["rows"](Tensor(np.ones((5, 7, 3)))).shape == (5, 7, 4), "leading axes stay, as in 03"
got["rows"].bias.data = np.float32([0, 0, 0, 0])
assert got["linear"].bias.data[3] == 40, "the bias of the Linear changed with yours; keep a copy"
got["cut"], got["x"] = QuantizedLinear(got["linear"], percentile=75), Tensor([[3, 5, 7]], requires_grad=True)
assert got["cut"].scale.data[0, 0] < 0.9, "percentile goes on to calibrate: 75 leaves the 127 of the first row out"
got["cut"](got["x"]).sum().backward()
assert got["x"].grad is not None, "no gradient came through to x; in forward x stays a Tensor"
got = QuantizedLinear(Linear(3, 4, bias=False))
assert got.bias is None and got(Tensor([[3, 5, 7]])).shape == (1, 4), "a Linear without bias stays one without"

# %% [markdown]
# Every answer is now a little off, and goes on into the next layer. Sixteen layers of 256 with ReLU between them, one
# ruler for each weight: how large is the error after one layer, in percent of the answer, and after all sixteen? Would
# you rather multiply by 16, double sixteen times, or neither?

# %% predict="depth"
predict("error after one layer", None, unit="%")  # your guess in place of None
predict("error after sixteen layers", None, unit="%")

# %% demo="depth"
def error_after(depth, width=256):
    """The error of so many quantized layers in a row, in percent of the answer."""
    rng = np.random.default_rng(3)
    right = ours = Tensor(np.abs(rng.normal(size=(64, width))))
    for _ in range(depth):
        layer = Linear(width, width, init=he_normal, rng=rng)
        right, ours = ReLU()(layer(right)), ReLU()(QuantizedLinear(layer, per_channel=False)(ours))
    return 100 * float(np.linalg.norm((ours - right).data) / np.linalg.norm(right.data))


measured("error after one layer", round(error_after(1), 2), unit="%")
measured("error after sixteen layers", round(error_after(16), 2), unit="%")

# %% [markdown]
# Roughly the root of 16 times as much; with six seeds it was 2.8 to 4.8 times. Each layer hands the error on, neither
# much larger nor much smaller by itself, and adds one of its own that knows nothing of the others: they add up nearly
# as the random sums of 03 did, by the root of their count.
#
# ## Build: arithmetic on codes

# %% [markdown]
# Why then do chips for INT8 exist, if floats are multiplied in the end? They need not be. Let rows come as affine codes
# and the weight as symmetric ones, and pull both scales out of the sum:
#
#     y = sum of (x_code - x_zero) * x_scale * code * scale
#       = x_scale * scale * sum of (x_code - x_zero) * code
#
# What is left in the sum are whole numbers, four of which a chip multiplies where it would multiply one float32. A
# product of two of them needs 16 bits and their sum more, so they are added up in int32, where nothing is rounded: a
# sum that must be 0 is 0. `balanced` makes codes of such a sum, on the way to 0 too large for the digits of a float32.
# The bias is left out here.

# %% given="balanced"
def balanced(many, rng):
    """A row of codes and a row of a weight, twice `many` numbers each, with sum of (x_code + 128) * code = 0."""
    x_codes, codes = rng.integers(50, 128, many), rng.integers(100, 128, many)
    order = rng.permutation(many)
    pair = np.append(x_codes, x_codes[order]), np.append(codes, -codes[order])  # each product once more, with a minus
    return tuple(side[np.newaxis].astype(np.int8) for side in pair)

# %% exercise="integer_linear"
def integer_linear(x_codes, x_scale, x_zero, codes, scale):
    """What x @ weight.T is, float32 (rows, out), computed in whole numbers and multiplied once at the end.

    x_codes : int8 (rows, in_features), with the numbers x_scale and x_zero
    codes : int8 (out_features, in_features), with scale (out_features, 1)
    """
    # How: both sides to int32, then the difference, then the product, then both scales.
    # Example: x_codes [[7, 5]], x_zero 3, codes [[100, 50]]: the sum is 4 * 100 + 2 * 50 = 500.
    # Hint: `.astype(np.int32)` before anything is subtracted or multiplied. A scale belongs to a column of the answer.
    # int32 times float32 is float64 in NumPy: `.astype(np.float32)` at the very end.
    ### BEGIN SOLUTION
    sums = (x_codes.astype(np.int32) - x_zero) @ codes.astype(np.int32).T  # (rows, out)
    return (sums * (x_scale * scale.T)).astype(np.float32)
    ### END SOLUTION

# %% check="integer_linear" points=7
got = np.int8([[7, 5]]), 0.5, np.int8(3), np.int8([[100, 50]]), np.float32([[0.25]])
got = integer_linear(*got).tolist()
assert got == [[62.5]], f"500 * 0.5 * 0.25 = 62.5; yours {got}. A negative number means that int8 wrapped around."
got = np.int8([[1, 0], [0, 1]]), np.float32(2), np.int8(0), np.int8([[3, 4], [5, 6]]), np.float32([[10], [100]])
got = integer_linear(*got)
assert got.tolist() == [[60, 1000], [80, 1200]], (
    f"the second column has scale 100: [[60, 1000], [80, 1200]]; yours {got.tolist()}. [60, 100] scales rows: scale.T")
assert got.dtype == np.float32, f"an answer is float32; yours is {got.dtype}"
got = np.random.default_rng(5).integers(-128, 128, (3, 6)), np.random.default_rng(7).integers(-127, 128, (4, 6))
got = got[0].astype(np.int8), 0.5, np.int8(-128), got[1].astype(np.int8), np.float32([[0.5], [0.25], [2], [4]])
got = integer_linear(*got), dequantize(got[0], 0.5, -128) @ dequantize(got[3], got[4]).T
assert got[0].shape == (3, 4), f"three rows, four columns: (3, 4); yours {got[0].shape}"
assert np.allclose(got[0], got[1]), "with zero point -128 differences reach 255: subtract and multiply in int32"
got = balanced(60_000, np.random.default_rng(5))
got = integer_linear(got[0], np.float32(0.1), np.int8(-128), got[1], np.float32([[0.3]])).item()
assert got == 0, (
    f"in whole numbers this sum is exactly 0; yours {got:.3g}. Floats round: no scale before the sum is done")

# %% [markdown]
# A layer of 1024 by 1024 numbers answers 32 rows. How many bytes are its weight in float32, and its codes with their
# scales? How far are answers off, in percent of the right ones: with codes for the weight alone, and with codes for the
# rows too, on one ruler? And the time: as a Linear, as a QuantizedLinear, and in whole numbers?

# %% predict="time"
predict("weight of a Linear(1024, 1024)", None, unit="bytes")  # your guess in place of None
predict("codes and scales of it", None, unit="bytes")
predict("error, weight in codes", None, unit="%")
predict("error, weight and rows in codes", None, unit="%")
predict("time as a Linear", None, unit="ms")
predict("time as a QuantizedLinear, in times of the Linear", None)
predict("time in whole numbers, in times of the Linear", None)

# %% demo="time"
def taken_ms(*actions, repeats):
    """Times of shape (repeats, actions); they take turns, so that a busy moment meets all."""
    times = np.empty((repeats, len(actions)))
    for turn in times:
        for number, action in enumerate(actions):
            start = time.perf_counter()
            action()
            turn[number] = 1000 * (time.perf_counter() - start)
    return times


rng = np.random.default_rng(3)
plain, x = Linear(1024, 1024, bias=False, rng=rng), rng.normal(size=(32, 1024)).astype(np.float32)
small = QuantizedLinear(plain)
measured("weight of a Linear(1024, 1024)", plain.weight.memory_footprint(), unit="bytes")
measured("codes and scales of it", sum(p.memory_footprint() for p in small.parameters()), unit="bytes")

ruler = calibrate(x)
parts = quantize(x, *ruler), *ruler, small.codes.data, small.scale.data
right = plain(Tensor(x)).data
for what, answer in (("weight", small(Tensor(x)).data), ("weight and rows", integer_linear(*parts))):
    error = 100 * float(np.linalg.norm(answer - right) / np.linalg.norm(right))
    measured(f"error, {what} in codes", round(error, 2), unit="%")

times = taken_ms(lambda: plain(Tensor(x)), lambda: small(Tensor(x)), repeats=25)
whole_ms = taken_ms(lambda: integer_linear(*parts), repeats=3)
ratios = times[:, 1] / times[:, 0]  # of the two in one turn
measured("time as a Linear", round(float(np.median(times[:, 0])), 2), unit="ms")
measured("time as a QuantizedLinear, in times of the Linear", round(float(np.median(ratios)), 2))
measured("time in whole numbers, in times of the Linear", round(float(np.median(whole_ms) / np.median(times[:, 0]))))
low, high = np.percentile(ratios, [25, 75])
print(f"of the 25 ratios of QuantizedLinear to Linear half lie from {low:.2f} to {high:.2f}")

# %% [markdown]
# In NumPy INT8 saves memory, not time. A QuantizedLinear has the same product to do and floats to make before it: it
# takes as long as a Linear or a third longer, and is never clearly faster. Whole numbers are slower by far: NumPy hands
# float products to a library that knows this processor, and multiplies whole numbers in a plain loop. What a chip could
# do four times faster needs a program written for the chip. And rows in codes err more than the weight does: all their
# numbers share one ruler, which reaches to the furthest of 32,768.
#
# ## Use: a quarter of the bytes

# %% [markdown]
# Now whole models. A model is a Module with Modules among its attributes (03), and somewhere in it stand Linear layers.
# `quantize_model` makes another model of the same kind in which each of them is a QuantizedLinear. The model that was
# given stays as it is, and shares no Parameter with the new one. A Linear that stands in two places becomes two layers,
# each with its own copy of the same codes.

# %% exercise="quantize_model"
#| export
def quantize_model(model: Module, per_channel: bool = True, percentile: float = 100.0) -> Module:
    """A model like `model` with a QuantizedLinear for each Linear in it, at any depth; `model` stays as it is."""
    # How: a Linear becomes a QuantizedLinear. Any other Module becomes a shallow copy of itself, in which each Module
    # among its attributes is replaced by what quantize_model makes of it, and each Parameter by a deep copy.
    # Example: Sequential(Linear(784, 128), ReLU(), Linear(128, 10)) keeps its three places; ReLU stays as it is.
    # Hint: vars(model).items() are its attributes, setattr(twin, name, part) sets one; copy.copy, copy.deepcopy.
    ### BEGIN SOLUTION
    if isinstance(model, Linear):
        return QuantizedLinear(model, per_channel, percentile)
    twin = copy.copy(model)
    for name, part in vars(model).items():
        if isinstance(part, Module):
            setattr(twin, name, quantize_model(part, per_channel, percentile))
        elif isinstance(part, Parameter):
            setattr(twin, name, copy.deepcopy(part))
    return twin
    ### END SOLUTION

# %% check="quantize_model" points=8
got = {"rng": np.random.default_rng(3), "losses": []}
got["model"] = Sequential(Linear(2, 16, rng=got["rng"]), ReLU(), Sequential(Linear(16, 3, rng=got["rng"])))
got["model"].scale = Parameter([3.0])
got["x"] = Tensor(got["rng"].normal(size=(60, 2)))
got["classes"] = np.digitize(got["x"].data[:, 0], [-0.5, 0.5])
got["optimizer"] = Adam(got["model"].parameters(), lr=0.05)
while len(got["losses"]) < 60:
    got["optimizer"].zero_grad()
    got["losses"].append(CrossEntropyLoss()(got["model"](got["x"]), got["classes"]))
    got["losses"][-1].backward()
    got["optimizer"].step()
got["small"], got["cut"] = quantize_model(got["model"]), quantize_model(got["model"], per_channel=False, percentile=90)
assert isinstance(got["model"][0], Linear), "the model that was given has changed"
assert isinstance(got["small"], Sequential) and len(got["small"]) == 3 and got["small"] is not got["model"], (
    "a Sequential of three, a new one")
assert isinstance(got["small"][0], QuantizedLinear), (
    f"the first layer is {type(got['small'][0]).__name__}, not a QuantizedLinear")
assert isinstance(got["small"][2][0], QuantizedLinear), "the Linear inside the inner Sequential is still one"
assert got["cut"][0].scale.shape == got["cut"][2][0].scale.shape == (), (
    "per_channel goes on to every layer, at any depth")
assert got["cut"][0].scale.item() < np.abs(got["model"][0].weight.data).max() / 127, "percentile goes on to every layer"
assert got["small"].scale is not got["model"].scale, (
    "a Parameter of the model itself is shared; the new model needs its own")
got["right"], got["found"] = (got[name](got["x"]).argmax(axis=1).data for name in ("model", "small"))
assert (got["found"] == got["right"]).mean() > 0.95, (
    "a network that learned three classes should answer the same after quantize_model")

# %% [markdown]
# The digits: 784-128-10, ten rounds of gradient descent. How many of the 1,000 test digits does it know, and how many
# when it is quantized with one scale for each weight? How many bytes is it before and after, scales and biases
# included?

# %% predict="digits"
predict("digits right, float32", None, unit="%")  # your guess in place of None
predict("digits right, INT8", None, unit="%")
predict("bytes of the network, float32", None, unit="bytes")
predict("bytes of the network, INT8", None, unit="bytes")

# %% demo="digits"
from tinytorch.datasets import tinydigits

digits = tinydigits()
images, test_images = (Tensor(some.reshape(-1, 784) / 255) for some in (digits.train_images, digits.test_images))


def trained(rounds=10, seed=3):
    rng = np.random.default_rng(seed)
    model = Sequential(Linear(784, 128, rng=rng), ReLU(), Linear(128, 10, rng=rng))
    optimizer = SGD(model.parameters(), lr=0.1)
    for _ in range(rounds):
        for some in rng.permutation(4000).reshape(-1, 32):
            optimizer.zero_grad()
            CrossEntropyLoss()(model(images[some]), digits.train_labels[some]).backward()
            optimizer.step()
    return model


def percent_right(model):
    return round(100 * float((model(test_images).argmax(axis=1).data == digits.test_labels).mean()), 1)


def bytes_of(model):
    return sum(p.memory_footprint() for p in model.parameters())


model = trained()
small = quantize_model(model, per_channel=False)
measured("digits right, float32", percent_right(model), unit="%")
measured("digits right, INT8", percent_right(small), unit="%")
measured("bytes of the network, float32", bytes_of(model), unit="bytes")
measured("bytes of the network, INT8", bytes_of(small), unit="bytes")

# %% [markdown]
# Now one weight of 100,352 goes wrong. It belongs to the pixel in the corner, which is black in every digit, so the
# float network does not even notice. It is made 100 times as large as the largest of the others. How many digits does
# the network know now, as floats, and in INT8 with one scale for each weight; and how many different codes do all the
# others have together? Then the two remedies of this page: a scale for each row, and the 99.9th percentile.

# %% predict="outlier"
predict("one weight times 100: digits right, float32", None, unit="%")  # your guess in place of None
predict("one weight times 100: digits right, per tensor", None, unit="%")
predict("one weight times 100: different codes of the others, per tensor", None)
predict("one weight times 100: digits right, per channel", None, unit="%")
predict("one weight times 100: digits right, percentile 99.9", None, unit="%")

# %% demo="outlier"
def spoiled(model, times=100):
    """A copy with one weight that no digit needs made so many times as large as the largest."""
    twin = copy.deepcopy(model)
    weight = twin[0].weight.data.copy()
    weight[40, 0] = times * np.abs(weight).max()
    twin[0].weight.data = weight
    return twin


odd = spoiled(model)
per_tensor = quantize_model(odd, per_channel=False)
others = np.delete(per_tensor[0].codes.data, 40 * 784)
measured("one weight times 100: digits right, float32", percent_right(odd), unit="%")
measured("one weight times 100: digits right, per tensor", percent_right(per_tensor), unit="%")
measured("one weight times 100: different codes of the others, per tensor", len(np.unique(others)))
measured("one weight times 100: digits right, per channel", percent_right(quantize_model(odd)), unit="%")
measured("one weight times 100: digits right, percentile 99.9",
         percent_right(quantize_model(odd, per_channel=False, percentile=99.9)), unit="%")

print("\nper tensor, with one weight 30, 60, 100 and 150 times as large as the largest")
for seed, network in ((3, model), (6, trained(seed=6))):
    right = [percent_right(quantize_model(spoiled(network, times), per_channel=False)) for times in (30, 60, 100, 150)]
    print(f"seed {seed}" + "".join(f"{percent:7.1f} %" for percent in right))

# %% [markdown]
# The ruler reaches to a number that nobody needs, and all others share what codes are left near 0. A scale for each row
# keeps the harm in one row, for 4 bytes a row. A percentile cuts the odd number short, which is right only as long as
# nothing depends on it. Here nothing does. And the harm is a cliff, not a slope: at 60 times about a point is lost, at
# 150 a third of all digits or more. At 100 one stands on the edge: six networks lost 3 to 13 points there.

# %% [markdown]
# Half way down from float32 lies float16, two bytes with digits and a power of two, as in float32. It needs no
# ruler, and chips multiply it fast; but its smallest number above 0 is 6e-8, and what lies below half of that, 3e-8,
# becomes 0, as small gradients do. Take the 32 digits that the network knows best. Of their gradients that are not 0,
# how many become 0 in float16? How many do, if the loss is multiplied by 1024 before backward? And of all weights and
# biases that a step with lr 0.1 over all digits would move, how many stay where they are if they are float16?

# %% predict="float16"
predict("gradients that become 0 in float16", None, unit="%")  # your guess in place of None
predict("gradients that become 0, loss times 1024", None, unit="%")
predict("weights and biases not moved in float16", None, unit="%")

# %% demo="float16"
def gradients(some, times=1.0):
    """All gradients of the mean loss over these digits, times a factor, in one row."""
    for p in model.parameters():
        p.grad = None
    (times * CrossEntropyLoss()(model(images[some]), digits.train_labels[some])).backward()
    return np.concatenate([p.grad.ravel() for p in model.parameters()])


def percent_zero(grads):
    return round(100 * float((grads[grads != 0].astype(np.float16) == 0).mean()), 2)


best = log_softmax(model(images)).data[np.arange(4000), digits.train_labels].argsort()[-32:]
measured("gradients that become 0 in float16", percent_zero(gradients(best)), unit="%")
measured("gradients that become 0, loss times 1024", percent_zero(gradients(best, 1024.0)), unit="%")

grads = gradients(np.arange(4000))
kept = np.concatenate([p.data.ravel() for p in model.parameters()]).astype(np.float16)[grads != 0]
moved = kept - np.float16(0.1) * grads[grads != 0].astype(np.float16)
measured("weights and biases not moved in float16", round(100 * float((moved == kept).mean()), 1), unit="%")

# %% [markdown]
# This is why half precision is *mixed precision* where models learn. Products are float16; a copy of the weights stays
# float32 and takes the steps; and the loss is multiplied before backward and the gradients divided after it, which is
# called *loss scaling*.
#
# ## Reflect
#
# Two questions with numbers of your own; answer them without running anything. A network takes rows of `n` numbers by
# way of `hidden` numbers to `classes` scores: two Linear layers with bias. It is quantized per channel; scales and
# biases are float32. How many bytes does it keep? Set `code_bytes`.
#
# And a weight is quantized symmetric, with one scale. Its largest number is `outlier`; all the others fill the range
# from `-within` to `within`. How many different codes can these others have? Set `codes_left`. In both cells put your
# number in place of the 0 and delete the two lines below it.

# %% given="sizes"
n, hidden, classes = mine("network", [(300, 90, 12), (500, 64, 20), (256, 120, 8), (640, 48, 16)])
within, outlier = mine("outlier", [(0.25, 12.0), (0.2, 6.4), (0.3, 5.5), (0.24, 4.3)])
print(f"n {n}, hidden {hidden}, classes {classes}; within {within}, outlier {outlier}")

# %% exercise="code_bytes"
code_bytes = 0  # your number
### BEGIN SOLUTION
code_bytes = n * hidden + hidden * classes + 2 * 4 * (hidden + classes)
### END SOLUTION

# %% check="code_bytes" points=4
got = code_bytes
assert got > n * hidden + hidden * classes, (
    f"the codes alone take {n * hidden + hidden * classes:,} bytes, and there is more to keep; {got:,} are not enough")
assert got < 4 * n * hidden, f"in float32 the first weight takes {4 * n * hidden:,} bytes; {got:,} would be no gain"

# %% exercise="codes_left"
codes_left = 0  # your number
### BEGIN SOLUTION
codes_left = 2 * round(127 * within / outlier) + 1
### END SOLUTION

# %% check="codes_left" points=4
got = codes_left
assert got == int(got) and 0 < got < 256, f"codes are counted in whole numbers, and there are 256; yours {got}"

# %% [markdown]
# A colleague quantizes a model with one scale for each weight and reports three things: it has a quarter of the bytes,
# accuracy fell by six points, and answers come no sooner than before. Say for each whether you expected it and why,
# what you would look at first, and what you would change. Use numbers that you measured here.

# %% [markdown] answer="six_points" points=6 rubric="each of the three explained by a measured number; a look, a remedy"
# Your answer.

# %% [markdown]
# ## Where this lives in PyTorch
#
# - `torch.quantize_per_tensor(x, scale, zero_point, torch.qint8)` and `torch.quantize_per_channel` give the codes of
#   your `quantize`; a tie such as 2.5 goes to the even neighbour in both.
# - Its `MinMaxObserver` and `PerChannelMinMaxObserver` calibrate: they watch what flows by, and let the range reach 0,
#   as yours does. `HistogramObserver` searches for the edges that lose least, where yours takes a percentile.
# - `torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear})` is your `quantize_model`; its layers quantize
#   what comes in as well, and multiply whole numbers with a library written for the processor.
# - All of these warn by now that they will go: quantization moves to a package of its own, `torchao`.
# - Codes need not have 8 bits: large models are kept in 4, with a scale for every 32 or 128 numbers of a row.
# - `torch.autocast` and `torch.amp.GradScaler` are mixed precision with loss scaling.
