# %% [markdown]
# # 09 Convolutions
#
#     Needs    01 Tensor, 02 Activations, 03 Layers, 04 Losses, 05 Autograd, 06 Optimizers, 07 Training
#     Teaches  one small pattern that is used everywhere, and what it costs in multiplications and in memory
#     Opens    14 Profiling, 18 Acceleration, and Milestone 4, where a network of yours reads pictures
#
# Move a digit three pixels to the right, and you still read it. Your network of 07 does not: it has learnt each pixel
# for itself, and what it knows of one place it does not know of the next. By the end of this page you have layers that
# learn a thing once and know it everywhere. They have a hundredth of the parameters, and most of the work.
#
# There are two sittings. The first ends at the resting place in the middle.

# %% given="start"
#| default_exp nn.conv
from tinytorch.lesson import begin, measured, mine, predict, rejects

begin("09")

# %% given="imports"
#| export
from math import prod
from operator import index

import numpy as np
from tinytorch.core.autograd import rule
from tinytorch.core.tensor import Tensor, default_rng
from tinytorch.nn.layers import Module, Parameter, glorot_uniform

# %% given="network"
import statistics
import time

from tinytorch.core.autograd import RULES, gradcheck, no_grad
from tinytorch.nn.activations import ReLU
from tinytorch.nn.layers import Flatten, Linear, Sequential, he_normal
from tinytorch.nn.losses import CrossEntropyLoss
from tinytorch.optim.optimizers import Adam
from tinytorch.training import Trainer, minibatches

# %% [markdown]
# ## Try first
#
# Each picture has 12 by 12 pixels, noise, and one of four patterns of 3 by 3 somewhere. In the pictures to learn from
# it lies in the left half, in those of the test in the right half. Write a network, with what you have, that says which
# pattern it is. How many epochs it learns, and with what `lr`, stands in the cell: you may change both, and all else.
# Ten minutes, ungraded. Target: at least 80 of 100 right in the right half, where it has never seen one. If you miss
# it, keep the attempt: you will meet it again.

# %% given="scenes"
PATTERNS = np.array([[[0, 1, 0], [1, 1, 1], [0, 1, 0]], [[1, 0, 1], [0, 1, 0], [1, 0, 1]],
                     [[1, 1, 1], [1, 0, 1], [1, 1, 1]], [[1, 1, 1], [0, 1, 0], [0, 1, 0]]])


def scenes(count, first_column, seed):
    """Pictures (count, 1, 12, 12) with a pattern in the six columns from the first one on, and its number in each."""
    rng = np.random.default_rng(seed)
    pictures, kinds = rng.normal(0, 0.2, (count, 1, 12, 12)), rng.integers(0, 4, count)
    for picture, kind in zip(pictures, kinds):
        row, column = rng.integers(0, 10), first_column + rng.integers(0, 4)
        picture[0, row:row + 3, column:column + 3] += PATTERNS[kind]
    return pictures.astype(np.float32), kinds


def learnt(model, images, labels, epochs, lr=0.003):
    """The model, after it has learnt from images."""
    rng = np.random.default_rng(3)
    trainer = Trainer(model, Adam(model.parameters(), lr=lr))
    trainer.fit(lambda: minibatches(images, labels, 32, rng), epochs)
    return model


def percent_right(model, images, labels):
    with no_grad():
        return 100 * float((model(Tensor(images)).data.argmax(axis=1) == labels).mean())


left, right = scenes(600, 0, seed=3), scenes(600, 6, seed=5)

# %% scratch="try_first"
def make_attempt():
    rng = np.random.default_rng(7)
    return Sequential(Flatten(), Linear(144, 64, rng=rng), ReLU(), Linear(64, 4, rng=rng))  # your attempt


model = learnt(make_attempt(), *left, epochs=20, lr=0.02)
print(f"{percent_right(model, *left):.0f} % right in the left half, {percent_right(model, *right):.0f} % in the right")

# %% [markdown]
# ## Build: one small pattern, everywhere
#
# Take 3 by 3 numbers and lay them on a corner of the picture. Multiply each with the pixel under it and add the nine
# products: one number, large where the picture looks like the pattern. Move the window one pixel on, do it again, over
# the whole picture. This is a *convolution*; the small pattern is called *kernel*. Its numbers are weights, and they
# are the same at all places: what they learn here they know there.
#
# A picture has *channels*, such as red, green and blue: `images` has shape (batch, channels, height, width). A kernel
# has its numbers for each channel, and adds up over all. A layer has many kernels, and each makes a channel of the
# result: `weight` has shape (out_channels, in_channels, kernel_h, kernel_w).
#
# The *stride* is how far the window moves each time. The *padding* is how many rows and columns of zeros are put around
# the picture first, so that the window fits over its edge as well.

# %% given="sizes_of_windows"
#| export
def pair(size, least=1):
    """(height, width) of a size that is one whole number or two, none below `least`."""
    both = tuple(map(index, (size, size) if np.ndim(size) == 0 else size))
    if len(both) != 2 or min(both) < least:
        raise ValueError(f"a size is one whole number or a pair, each at least {least}; found {size!r}")
    return both


def output_size(size, kernel_size, stride=1, padding=0):
    """How many places a window has along an axis of `size` pixels; all are single numbers."""
    if kernel_size > size + 2 * padding:
        raise ValueError(f"a window of {kernel_size} does not fit into {size + 2 * padding} pixels: the image has "
                         f"{size}, and padding adds {padding} at both ends. Take a smaller window or more padding; or "
                         "has the image become so small on its way through the layers before?")
    return (size + 2 * padding - kernel_size) // stride + 1


def places(shape, kernel_size, stride=1, padding=0):
    """(out_h, out_w), how many places a window has on images of `shape` (batch, channels, height, width)."""
    return tuple(map(output_size, shape[2:], pair(kernel_size), pair(stride), pair(padding, least=0)))

# %% [markdown]
# A picture 12 wide holds a window of 3 at 10 places; with one column of zeros at both ends at 12; with stride 2, at
# every second of them. Now write the convolution as its definition says it, one product after the other. There are
# seven loops: the images, the kernels, the rows and columns of the result, and in the innermost place the channels and
# the rows and columns of the window. They are slow, and they stay: all that is faster will be held against them.

# %% exercise="conv2d_loops"
#| export
def conv2d_loops(images, weight, bias=None, stride=1, padding=0):
    """The convolution of arrays, product by product: (batch, out_channels, out_h, out_w)."""
    (batch, in_channels, _, _), (out_channels, _, kernel_h, kernel_w) = images.shape, weight.shape
    (stride_h, stride_w), (pad_h, pad_w) = pair(stride), pair(padding, least=0)
    out_h, out_w = places(images.shape, (kernel_h, kernel_w), stride, padding)
    padded = np.pad(images, ((0, 0), (0, 0), (pad_h, pad_h), (pad_w, pad_w)))
    out = np.zeros((batch, out_channels, out_h, out_w), np.result_type(images, weight))
    # How: four loops choose a number of `out`; three more go over the window that belongs to it, and add up products.
    # Example: the window [[3, 4], [5, 6]] under the kernel [[7, 8], [9, 10]] gives 21 + 32 + 45 + 60 = 158.
    # Hint: out[b, o, row, column] has its window at padded[b, :, stride_h * row, stride_w * column] and on from there;
    # each kernel `o` has one bias, added once to each of its numbers.
    ### BEGIN SOLUTION
    for b in range(batch):
        for o in range(out_channels):
            for row in range(out_h):
                for column in range(out_w):
                    total = 0.0 if bias is None else bias[o]
                    for c in range(in_channels):
                        for i in range(kernel_h):
                            for j in range(kernel_w):
                                total += padded[b, c, stride_h * row + i, stride_w * column + j] * weight[o, c, i, j]
                    out[b, o, row, column] = total
    ### END SOLUTION
    return out

# %% check="conv2d_loops" points=12
got = conv2d_loops(np.float32([[[[3, 4, 9], [5, 6, 8]]]]), np.float32([[[[7, 8], [9, 10]]]]))
assert got.ravel().tolist() == [158, 234], (
    f"3*7 + 4*8 + 5*9 + 6*10 = 158, and one on 4*7 + 9*8 + 6*9 + 8*10 = 234; yours {got.ravel().tolist()}")
got = conv2d_loops(np.ones((3, 4, 5, 7)), np.ones((6, 4, 3, 2)), np.arange(6.0))
assert (got[:, 5] == 29).all() and (got[:, 3] == 27).all(), (
    f"a window of 4 * 3 * 2 ones adds up to 24, and kernel 5 has a bias of 5: 29; yours {got[0, 5, 0, 0]:g}. Is each "
    "bias added once, and are all channels in the sum?")
got = conv2d_loops(np.arange(30.0).reshape(1, 1, 5, 6), np.ones((1, 1, 3, 3)), stride=(2, 3), padding=1)
assert got[0, 0].tolist() == [[14, 36], [75, 135], [86, 144]], (
    "0 to 29 in (5, 6) with zeros around, windows of 3 by 3, two rows and three columns apart: first 0 + 1 + 6 + 7 = "
    f"14, then 2 + 3 + 4 + 8 + 9 + 10 = 36; expected [[14, 36], [75, 135], [86, 144]], yours {got[0, 0].tolist()}")
got = np.random.default_rng(3).normal(size=(2, 3, 4, 5)), np.random.default_rng(5).normal(size=(2, 3, 4, 5))
assert np.allclose(conv2d_loops(*got).ravel(), [(got[0][b] * got[1][o]).sum() for b in (0, 1) for o in (0, 1)]), (
    "a kernel as large as the image has one place: the sum of all products of image b and kernel o")

# %% [markdown]
# (Mathematicians turn the kernel over before they multiply, and call what you wrote a *cross-correlation*. Kernels are
# learnt, so it makes no difference; the field says convolution.)
#
# How much work is it? Take a batch of 128 colour pictures of 32 by 32, and 32 kernels of 5 by 5. A product that is
# added to a sum is a *multiply-add*, the unit in which this work is counted. How many are there for the batch? And how
# long will your loops take? Ask them for one picture and two kernels, all ones: each product is 1, so the sum of the
# result is their number.

# %% predict="loops"
predict("multiply-adds of the batch", None)  # your guess in place of None
predict("time of the loops for the batch", None, unit="s")

# %% demo="loops"
begun = time.perf_counter()
products = conv2d_loops(np.ones((1, 3, 32, 32)), np.ones((2, 3, 5, 5))).sum()
slice_s = time.perf_counter() - begun
print(f"one picture, two kernels: {products:,.0f} multiply-adds in {slice_s:.2f} s")
measured("multiply-adds of the batch", products * 128 * 32 / 2)
measured("time of the loops for the batch", slice_s * 128 * 32 / 2, unit="s")

# %% [markdown]
# And how many parameters is it? Compare a layer of 32 kernels of 3 by 3 for a colour picture of 32 by 32 with a Linear
# from all its 3,072 pixels to 32 numbers, both with bias.

# %% predict="parameters"
predict("parameters of 32 kernels of 3 by 3 on three channels", None)  # your guess in place of None
predict("parameters of a Linear from 3,072 pixels to 32 numbers", None)

# %% demo="parameters"
kernels, dense = [np.zeros((32, 3, 3, 3)), np.zeros(32)], Linear(3072, 32)
measured("parameters of 32 kernels of 3 by 3 on three channels", sum(array.size for array in kernels))
measured("parameters of a Linear from 3,072 pixels to 32 numbers", sum(p.data.size for p in dense.parameters()))

# %% [markdown]
# ## Build: windows as columns
#
# The loops spend their time on Python, not on products. One matrix product does all of them at once, if the numbers
# lie as it wants them: copy each window into a column of a matrix, and lay each kernel flat as a row. Row times column
# is the sum of products for one kernel at one place. This is called *im2col*, image to columns.
#
#     weight.reshape(out_channels, -1)    (out_channels, in_channels * kernel_h * kernel_w)
#     @ columns                           (in_channels * kernel_h * kernel_w, out_h * out_w * batch)
#     = out                               (out_channels, out_h * out_w * batch)
#
# To cut out window after window would be a loop again. But number n of the window, say the one in its corner, meets one
# pixel at each place, and these pixels are a slice of the picture: every stride-th row and column. So it takes only as
# many copies as the window has numbers, nine for 3 by 3. Such a number of the window is called a *tap*, and `taps`
# gives the slices, tap by tap.

# %% given="taps"
#| export
def taps(kernel_size, places, stride):
    """For each number of a window, row by row: the slices (rows, columns) of the pixels that it meets."""
    (kernel_h, kernel_w), (out_h, out_w), (stride_h, stride_w) = pair(kernel_size), places, pair(stride)
    for i in range(kernel_h):
        for j in range(kernel_w):
            yield slice(i, i + stride_h * out_h, stride_h), slice(j, j + stride_w * out_w, stride_w)


def batch_last(images, padding=0):
    """The images with zeros around them, (channels, height, width, batch): a pixel of all images lies in one piece."""
    batch, channels, height, width = images.shape
    pad_h, pad_w = pair(padding, least=0)
    picture = np.zeros((channels, height + 2 * pad_h, width + 2 * pad_w, batch), images.dtype)
    picture[:, pad_h:pad_h + height, pad_w:pad_w + width] = images.transpose(1, 2, 3, 0)
    return picture

# %% demo="taps"
for rows, columns in taps((2, 3), places=(4, 4), stride=1):
    print(f"rows {rows.start} to {rows.stop - 1}, columns {columns.start} to {columns.stop - 1}")

# %% [markdown]
# Where a number lies decides how fast it is copied. With the batch as the last axis, a pixel of all images lies in one
# piece (you remember strides from 01), and a slice of the picture is copied in long runs. So `batch_last` turns the
# images once, and all that follows is cut from that.

# %% exercise="im2col"
#| export
def im2col(images, kernel_size, stride=1, padding=0):
    """Each window as a column: (channels * kernel_h * kernel_w, out_h * out_w * batch), the batch last there as well.

    The rows are in the order of `weight.reshape(out_channels, -1)`.
    """
    (kernel_h, kernel_w), (out_h, out_w) = pair(kernel_size), places(images.shape, kernel_size, stride, padding)
    # How: picture = batch_last(...); an empty array of (channels, kernel_h * kernel_w, out_h, out_w, batch); for each
    # of the taps copy its slice of the picture to its place n on the second axis; then reshape to two axes.
    # Example: one image [[3, 4, 9], [5, 6, 8]], kernel (2, 2): the columns are 3, 4, 5, 6 and 4, 9, 6, 8.
    # Hint: for n, (rows, cols) in enumerate(taps((kernel_h, kernel_w), (out_h, out_w), stride)). The dtype stays.
    ### BEGIN SOLUTION
    picture = batch_last(images, padding)
    channels, batch = picture.shape[0], picture.shape[-1]
    windows = np.empty((channels, kernel_h * kernel_w, out_h, out_w, batch), images.dtype)
    for n, (rows, cols) in enumerate(taps((kernel_h, kernel_w), (out_h, out_w), stride)):
        windows[:, n] = picture[:, rows, cols]
    return windows.reshape(channels * kernel_h * kernel_w, -1)
    ### END SOLUTION

# %% check="im2col" points=14
got = im2col(np.float32([[[[3, 4, 9], [5, 6, 8]]]]), (2, 2))
assert np.shape(got) == (4, 2), f"a window of four numbers at two places: expected shape (4, 2), found {np.shape(got)}"
assert got.T.tolist() == [[3, 4, 5, 6], [4, 9, 6, 8]], f"the columns are 3 4 5 6 and 4 9 6 8; yours {got.T.tolist()}"
assert got.dtype == np.float32, f"float32 images give float32 columns; yours are {got.dtype}"
got = im2col(np.arange(420.0).reshape(3, 4, 5, 7), (3, 2), stride=(1, 2), padding=(1, 0))
assert got.shape == (4 * 3 * 2, 5 * 3 * 3), f"4 * 3 * 2 rows, 5 * 3 places times 3 images; yours {got.shape}"
assert got[2, :4].tolist() == [0, 140, 280, 2], (
    "row 2, the window's second row and first column, meets pixel 0 of each image at the first place, for the padding "
    f"is above it, and then pixel 2: 0, 140, 280, 2. Yours {got[2, :4].tolist()}. Is the batch last? And have the rows "
    "all numbers of the first channel's window before those of the second?")
for stride, padding, out in (((1, 2), (0, 0), (4, 3)), ((3, 2), (1, 2), (2, 5)), ((2, 3), (1, 1), (3, 3))):
    got = im2col(np.arange(420.0).reshape(3, 4, 5, 7), (2, 3), stride, padding)
    c, i, j, y, x, b = np.indices((4, 2, 3, *out, 3)).reshape(6, 24, -1)
    y, x = stride[0] * y + i - padding[0], stride[1] * x + j - padding[1]
    assert np.array_equal(got, (140 * b + 35 * c + 7 * y + x) * ((0 <= y) & (y < 5) & (0 <= x) & (x < 7))), (
        f"images that count from 0 to 419, stride {stride}, padding {padding}: in row (channel c, window row i, column "
        "j) and column (place y, x, image b) stands pixel (b, c, y * stride + i - padding, x * stride + j - padding), "
        "or 0 in the padding")
del stride, padding, out, c, i, j, y, x, b

# %% [markdown]
# The columns hold each pixel once for every window that it lies in. For the batch of before, which is 1.57 MB of
# pixels: how many MB are the columns? And how many times as fast as the loops is one product with them, the copying
# counted? Last, a test of the layout, on images as another layer leaves them, 64 channels of 8 by 8: with the batch
# first, the same copies take how many times as long?

# %% predict="columns"
predict("columns of the batch", None, unit="MB")  # your guess in place of None
predict("loops, in times of columns and one product", None)
predict("copies with the batch first, in times of batch last", None)

# %% demo="columns"
def seconds_of(action, runs=9):
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        action()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def copies_batch_first(images, kernel_size, stride):
    out = places(images.shape, kernel_size, stride)
    windows = np.empty((*images.shape[:2], prod(pair(kernel_size)), *out), images.dtype)
    for n, (rows, columns) in enumerate(taps(kernel_size, out, stride)):
        windows[:, :, n] = images[:, :, rows, columns]
    return windows


few, weight = np.random.default_rng(3).normal(size=(2, 3, 6, 7)), np.random.default_rng(5).normal(size=(4, 3, 3, 2))
product, loops = weight.reshape(4, -1) @ im2col(few, (3, 2)), conv2d_loops(few, weight).transpose(1, 2, 3, 0)
print("largest difference from the loops:", np.abs(product.ravel() - loops.ravel()).max())
pictures, weight = np.ones((128, 3, 32, 32), np.float32), np.ones((32, 3, 5, 5), np.float32)
measured("columns of the batch", im2col(pictures, 5).nbytes / 1e6, unit="MB")
product_s = seconds_of(lambda: weight.reshape(32, -1) @ im2col(pictures, 5))
print(f"columns and one product: {1000 * product_s:.0f} ms, median of 9")
measured("loops, in times of columns and one product", slice_s * 128 * 32 / 2 / product_s)
small = np.ones((64, 64, 8, 8), np.float32)
turned = batch_last(small).transpose(3, 0, 1, 2)  # the same images to look at, the batch last in memory
first_s, last_s = seconds_of(lambda: copies_batch_first(small, 3, 1)), seconds_of(lambda: im2col(turned, 3))
measured("copies with the batch first, in times of batch last", first_s / last_s)

# %% [markdown]
# Memory for time: nearly twenty times the pixels, and thousands of times faster. (On a machine that has other work as
# well, such ratios of times swing by two or three times from run to run.) The layout counts most where pictures are
# narrow: with the batch first a run of copied numbers is a row of the window's slice, six pixels here. With the batch
# last it is six pixels of all 64 images.
#
# ## Build: back through the columns
#
# Here is the forward. It returns images again, as a view with the batch turned to the front: no byte moves, and the
# next layer finds the batch last in memory. While 05 records, `keep` is a dictionary, and the columns go into it, for
# the walk back will need them.

# %% given="conv2d"
#| export
def conv2d(images, weight, bias=None, *, stride, padding, keep=None):
    """The forward of Conv2d: what `conv2d_loops` gives, as one product."""
    out_h, out_w = places(images.shape, weight.shape[2:], stride, padding)
    columns = im2col(images, weight.shape[2:], stride, padding)
    if keep is not None:
        keep["columns"] = columns
    out = weight.reshape(len(weight), -1) @ columns
    if bias is not None:
        out += bias[:, None]
    return out.reshape(len(weight), out_h, out_w, len(images)).transpose(3, 0, 1, 2)

# %% [markdown]
# The walk back undoes it in the opposite order. What reaches us is the gradient for the product, so by 05 there is one
# for the columns. A column is a copy of a window; what is a pixel's gradient? The pixel was copied into each window
# that it lies in, up to nine times for 3 by 3, and moves the loss by way of all of them: its gradient is the *sum*. So
# walk over the taps once more, and where `im2col` copied from a slice of the picture, add to that slice. Zeros of the
# padding get gradients, too, and nobody wants them: cut them off.

# %% exercise="col2im"
#| export
def col2im(columns, shape, kernel_size, stride=1, padding=0):
    """Images of `shape` (batch, channels, height, width), in which each column is added back to its window."""
    batch, channels, height, width = shape
    (kernel_h, kernel_w), (pad_h, pad_w) = pair(kernel_size), pair(padding, least=0)
    out_h, out_w = places(shape, kernel_size, stride, padding)
    # How: read the columns as (channels, kernel_h * kernel_w, out_h, out_w, batch); a picture of zeros, padding
    # included, batch last; for each tap add to its slice. Cut the padding off and turn the batch to the front.
    # Example: the columns 3 4 5 6 and 4 9 6 8 of a (2, 3) image give [[3, 8, 9], [5, 12, 8]]: both hold 4 and 6.
    # Hint: for n, (rows, cols) in enumerate(taps(...)), as in im2col; the name `columns` is taken here.
    # picture[:, pad_h:pad_h + height, ...] is what is left. A view may be returned.
    ### BEGIN SOLUTION
    windows = columns.reshape(channels, kernel_h * kernel_w, out_h, out_w, batch)
    picture = np.zeros((channels, height + 2 * pad_h, width + 2 * pad_w, batch), columns.dtype)
    for n, (rows, cols) in enumerate(taps((kernel_h, kernel_w), (out_h, out_w), stride)):
        picture[:, rows, cols] += windows[:, n]
    return picture[:, pad_h:pad_h + height, pad_w:pad_w + width].transpose(3, 0, 1, 2)
    ### END SOLUTION

# %% check="col2im" points=14
got = col2im(np.float32([[3, 4], [4, 9], [5, 6], [6, 8]]), (1, 1, 2, 3), (2, 2))
assert np.shape(got) == (1, 1, 2, 3), f"images have the shape that was asked for, (1, 1, 2, 3); yours {np.shape(got)}"
assert got[0, 0].tolist() == [[3, 8, 9], [5, 12, 8]], (
    f"the middle pixels lie in both windows: 4 + 4 and 6 + 6; expected [[3, 8, 9], [5, 12, 8]], yours {got[0, 0]}")
assert got.dtype == np.float32, f"float32 columns give float32 images; yours are {got.dtype}"
got = col2im(np.ones((2 * 9, 25 * 3)), (3, 2, 5, 5), 3, padding=1)
assert got[2, 1].tolist() == [[4, 6, 6, 6, 4], *[[6, 9, 9, 9, 6]] * 3, [4, 6, 6, 6, 4]], (
    f"with padding 1 a pixel lies in 9 windows of 3 by 3, one at the edge in 6, a corner in 4; yours {got[2, 1]}")
for shape, size, stride, padding in (((3, 4, 6, 7), (3, 2), 1, 0), ((2, 3, 7, 8), (3, 4), (2, 3), (1, 2))):
    got = np.random.default_rng(3).normal(size=shape)
    columns = im2col(got, size, stride, padding)
    other = np.random.default_rng(5).normal(size=columns.shape)
    assert np.isclose((columns * other).sum(), (got * col2im(other, shape, size, stride, padding)).sum()), (
        f"windows {size}, stride {stride}, padding {padding}: whatever stands in the columns of images, "
        "(im2col(images) * columns).sum() and (images * col2im(columns)).sum() are equal; yours differ. If im2col "
        "passes its check, the fault is here")
del shape, size, stride, padding, columns, other

# %% [markdown]
# That last law is the whole truth about a linear copy and its walk back, and you can ask for it whenever you write such
# a pair. Now the rule. You have met its parts in 05: the rule of `@`, and that of a bias that was stretched.
#
# The gradient for the images is dear, and the first layer of a network does not want it: its images are data. `needs`
# says what is wanted. `kept` is the dictionary that the forward filled.

# %% exercise="conv2d_rule"
#| export
@rule(conv2d, needs=True, keeps=True)
def conv2d_rule(grad_out, out, images, weight, bias=None, *, stride, padding, needs, kept):
    """Gradients for images, weight and bias; None for images or weight if `needs` does not ask for them."""
    kernel_size, flat = weight.shape[2:], weight.reshape(len(weight), -1)
    # How: bring grad_out to the shape of the product, (out_channels, out_h * out_w * batch). Then out = flat @ columns,
    # and the columns lie in kept["columns"]: the rule of `@` gives a gradient for flat, which has weight's shape in
    # truth, and one for the columns, which col2im makes one for the images. The bias was added to a whole row.
    # Example: grad_out all ones: each bias gets out_h * out_w * batch.
    # Hint: grad = grad_out.transpose(1, 2, 3, 0).reshape(len(weight), -1) undoes the end of the forward. By the rule
    # of `@` flat gets grad @ columns.T, and the columns get flat.T @ grad. needs[0] is about the images, needs[1] about
    # weight. The third gradient may always be there: who has no bias passes over it.
    ### BEGIN SOLUTION
    grad = grad_out.transpose(1, 2, 3, 0).reshape(len(weight), -1)
    of_images = col2im(flat.T @ grad, images.shape, kernel_size, stride, padding) if needs[0] else None
    of_weight = (grad @ kept["columns"].T).reshape(weight.shape) if needs[1] else None
    return of_images, of_weight, grad.sum(axis=1)
    ### END SOLUTION

# %% check="conv2d_rule" points=14
got = np.random.default_rng(3).normal(size=(3, 4, 5, 6)), np.random.default_rng(5).normal(size=(7, 4, 3, 2))
got = RULES["conv2d"].vjp(np.ones((3, 7, 3, 5)), None, *got, np.zeros(7), stride=1, padding=0,
                          needs=(False, True, True), kept={"columns": np.full((24, 45), 4.0)})
assert got[0] is None, "nobody asked for the images' gradient: None, and no work for it"
assert [np.shape(grad) for grad in got[1:3]] == [(7, 4, 3, 2), (7,)], (
    f"gradients have their input's shape, (7, 4, 3, 2) and (7,); yours {[np.shape(grad) for grad in got[1:3]]}")
assert (np.asarray(got[2]) == 45).all(), f"3 * 5 places, 3 images: each bias moved 45 numbers; yours {got[2]}"
assert (np.asarray(got[1]) == 180).all(), (
    "here kept['columns'] is 4 everywhere, so each number of weight gets 45 * 4 = 180, whatever the images are; yours "
    f"{np.ravel(got[1])[:3]}. The forward has made the columns: take those, and do not make them anew")
for stride, padding in ((1, 0), ((2, 1), (1, 2))):
    got = [np.random.default_rng(7).normal(size=shape) for shape in ((2, 3, 5, 4), (4, 3, 3, 2), (4,))]
    got = [Tensor(array, requires_grad=True) for array in got]
    for inputs in (got, got[:2]):
        assert gradcheck(lambda *all, stride=stride, padding=padding: Tensor._apply(
            conv2d, *all, stride=stride, padding=padding), *inputs) < 1e-4, "nudging and your rule should agree"
del stride, padding, inputs

# %% given="conv2d_layer"
#| export
class Conv2d(Module):
    """Convolution of images (batch, in_channels, height, width) with a learnt kernel for each channel of the result.

    Parameters
    ----------
    in_channels, out_channels : int
        `weight` has shape (out_channels, in_channels, kernel_h, kernel_w), `bias` (out_channels,) and starts at 0.
    kernel_size, stride, padding : int or (height, width)
    bias : bool
        Without one, `bias` is None.
    init : function of (shape, rng) that draws the weight
    rng : NumPy generator; the one that `manual_seed` seeds unless said otherwise

    Raises
    ------
    ValueError
        If images have another number of channels or axes, or are smaller than the window.
    """

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, bias=True, *, init=glorot_uniform,
                 rng=None):
        self.in_channels, self.out_channels = in_channels, out_channels
        self.kernel_size, self.stride, self.padding = pair(kernel_size), pair(stride), pair(padding, least=0)
        shape = (out_channels, in_channels, *self.kernel_size)
        self.weight = Parameter(init(shape, default_rng() if rng is None else rng))
        self.bias = Parameter(np.zeros(out_channels)) if bias else None

    def forward(self, images):
        """(batch, out_channels, out_h, out_w)"""
        _check_images(images.shape, self.in_channels)
        inputs = [images, self.weight] if self.bias is None else [images, self.weight, self.bias]
        return Tensor._apply(conv2d, *inputs, stride=self.stride, padding=self.padding)


def _check_images(shape, channels=None):
    """Raise ValueError unless a shape is that of images, with so many channels if that is said."""
    if len(shape) != 4:
        one = " One image of three axes becomes a batch of one by x.unsqueeze(0)." if len(shape) == 3 else ""
        raise ValueError(f"images have shape (batch, channels, height, width); found {shape}.{one}")
    if channels not in (None, shape[1]):
        last = " Are channels last? x.permute(0, 3, 1, 2) brings them forward." if channels == shape[3] else ""
        raise ValueError(f"this layer takes {channels} channels, and images of shape {shape} have {shape[1]}.{last}")

# %% [markdown]
# Is it true that what is known here is known there? Take a picture, and the same one moved three pixels. Then compare
# the convolution of the moved picture with the convolution, moved by three pixels, of the first.

# %% demo="moved"
layer = Conv2d(1, 6, 5, rng=np.random.default_rng(3))
picture = np.random.default_rng(5).normal(size=(1, 1, 20, 20))
here, there = layer(Tensor(picture)).data, layer(Tensor(np.roll(picture, 3, axis=3))).data
print("largest difference:", np.abs(here[..., :13] - there[..., 3:16]).max())

# %% [markdown]
# Nothing, to the last digit or nearly so. No example had to teach it that: it is built in. (The word for it is
# *equivariance*: move the input, and the output moves along.)
#
# ## Resting place
#
# You have a convolution that is held against seven loops, and its way back, held against nudging. What is missing is a
# layer that looks away: that says *whether* a pattern is there, and no longer where. To come back tomorrow, run the
# cells above once; they take a few seconds.

# %% [markdown]
# ## Build: the largest of each window
#
# *Max pooling* keeps from each window its largest number. Mostly windows lie side by side, so the stride is the size of
# the window, and pictures shrink: 2 by 2 leaves a quarter of the numbers. If a pattern moves by a pixel, the largest
# number often stays in the same window, and the layers behind do not notice.
#
# A nudge of a number that is not the largest changes nothing. So the gradient goes to the largest alone, the *winner*
# of its window, and of equal numbers to the first, row by row, as in PyTorch. While 05 records, the forward notes the
# winners: for each window which of its numbers it was, counted from 0.

# %% exercise="max_pool"
#| export
def max_pool(images, kernel_size, stride, keep=None):
    """The largest number of each window; `keep["winners"]` says which number of the window that was, counted from 0."""
    out = places(images.shape, kernel_size, stride)
    views = [images[:, :, rows, columns] for rows, columns in taps(kernel_size, out, stride)]
    largest = views[0]
    winners = np.zeros_like(largest, dtype=np.uint16)
    # How: go through the other views with their number n. Where one is larger than the largest so far, n wins, and it
    # is the largest from there on. Nobody needs winners if `keep` is None; else put them into it.
    # Example: the window 5 9 9 3 has the largest 9 and the winner 1.
    # Hint: np.maximum takes the larger of two arrays, place by place. n only grows: where a view wins, n is larger than
    # the winner so far, and elsewhere 0 is not. `(view > largest) * np.uint16(n)` is n or 0.
    ### BEGIN SOLUTION
    for n, view in enumerate(views[1:], 1):
        if keep is not None:
            winners = np.maximum(winners, (view > largest) * np.uint16(n))
        largest = np.maximum(largest, view)
    if keep is not None:
        keep["winners"] = winners
    return largest
    ### END SOLUTION

# %% check="max_pool" points=10
got = np.float32([[[[5, 9, 4, 7], [9, 3, 8, 6]]]]), {}
got = max_pool(got[0], (2, 2), (2, 2), keep=got[1]), got[1], got[0]
assert got[0].ravel().tolist() == [9, 8], f"of 5 9 9 3 the largest is 9, of 4 7 8 6 it is 8; yours {got[0].ravel()}"
assert got[2].ravel().tolist() == [5, 9, 4, 7, 9, 3, 8, 6], (
    f"the images were 5 9 4 7 9 3 8 6 and are now {got[2].ravel()}: views[0] is a view of them, and what is written "
    "into it, by out= or by an assignment to places of it, is written into the images")
assert got[1].get("winners") is not None, "while 05 records, keep is a dictionary: put the winners into it"
assert got[1]["winners"].ravel().tolist() == [1, 2], (
    f"row by row 9 comes first as number 1, and 8 is number 2; yours {got[1]['winners'].ravel()}")
got = max_pool(np.float32([[[[-5, -9, -4, -7], [-9, -3, -8, -6], [-2, -6, -3, -5]]]]), (3, 2), (1, 1))
assert got.ravel().tolist() == [-2, -3, -3], f"windows of 3 by 2, one apart: -2, -3, -3; yours {got.ravel()}"
got = np.random.default_rng(3).normal(size=(3, 4, 7, 8)), {}
got = got[0], max_pool(got[0], (3, 4), (2, 4), keep=got[1]), got[1]["winners"]
assert np.allclose(got[1][:, :, 2, 1], got[0][:, :, 4:7, 4:8].max(axis=(2, 3))), "the largest of a window of 3 by 4"
assert (got[2][:, :, 2, 1] == got[0][:, :, 4:7, 4:8].reshape(3, 4, -1).argmax(axis=2)).all(), "and the winners there"

# %% given="pooling_rules"
#| export
@rule(max_pool, keeps=True)
def max_pool_rule(grad_out, out, images, kernel_size, stride, kept):
    grad = np.zeros_like(images)  # laid out in memory as the images are
    for n, (rows, columns) in enumerate(taps(kernel_size, out.shape[2:], stride)):
        grad[:, :, rows, columns] += grad_out * (kept["winners"] == n)
    return (grad,)


def avg_pool(images, kernel_size, stride):
    """The mean of each window."""
    out = places(images.shape, kernel_size, stride)
    return sum(images[:, :, rows, columns] for rows, columns in taps(kernel_size, out, stride)) / prod(kernel_size)


@rule(avg_pool)
def avg_pool_rule(grad_out, out, images, kernel_size, stride):
    share, grad = grad_out / prod(kernel_size), np.zeros_like(images)
    for rows, columns in taps(kernel_size, out.shape[2:], stride):
        grad[:, :, rows, columns] += share
    return (grad,)

# %% given="pooling_layers"
#| export
class Pool2d(Module):
    """One number for each window of `kernel_size`, an int or a pair; windows lie side by side if `stride` is None."""

    def __init__(self, kernel_size, stride=None):
        self.kernel_size = pair(kernel_size)
        self.stride = self.kernel_size if stride is None else pair(stride)


class MaxPool2d(Pool2d):
    """The largest number of each window. Its gradient goes to the first of the largest, row by row."""

    def forward(self, images):
        """(batch, channels, out_h, out_w)"""
        _check_images(images.shape)
        return Tensor._apply(max_pool, images, kernel_size=self.kernel_size, stride=self.stride)


class AvgPool2d(Pool2d):
    """The mean of each window."""

    def forward(self, images):
        """(batch, channels, out_h, out_w)"""
        _check_images(images.shape)
        return Tensor._apply(avg_pool, images, kernel_size=self.kernel_size, stride=self.stride)

# %% [markdown]
# Now *Try first* has an answer. Eight kernels of 3 by 3 look at every place, the pool asks whether each was found
# anywhere, and a Linear decides. It has 116 parameters, and learns as long as the attempt did, with the same `lr`.

# %% predict="scenes"
predict("right in the left half, convolution", None, unit="%")  # your guess in place of None
predict("right in the right half, never seen there", None, unit="%")

# %% demo="scenes"
rng = np.random.default_rng(7)
finder = Sequential(Conv2d(1, 8, 3, rng=rng), ReLU(), MaxPool2d(10), Flatten(), Linear(8, 4, rng=rng))
learnt(finder, *left, epochs=20, lr=0.02)
measured("right in the left half, convolution", percent_right(finder, *left), unit="%")
measured("right in the right half, never seen there", percent_right(finder, *right), unit="%")

# %% [markdown]
# ## Build: how far one number sees
#
# One number behind a layer of 3 by 3 depends on 3 by 3 pixels. Behind a second such layer it depends on 3 by 3 numbers
# of the first, and these on 5 by 5 pixels: its *receptive field*. A layer with kernel k widens the field by k - 1
# steps; a step is one pixel at first, and each stride makes it longer for all layers behind.

# %% given="receptive_field"
#| export
def receptive_field(layers):
    """How many pixels of the image, along one axis, a number behind the layers depends on.

    Parameters
    ----------
    layers : list of (kernel_size, stride), single numbers, the layer at the image first
    """
    field, step = 1, 1
    for kernel_size, stride in layers:
        field, step = field + (kernel_size - 1) * step, step * stride
    return field

# %% [markdown]
# It can be measured as well: the gradient of that one number is not 0 for the pixels that it depends on, and for no
# others. How wide is the field behind a convolution of 5, a pool of 2 with stride 2, and a convolution of 5?

# %% predict="field"
predict("pixels along an axis: 5, then pool 2, then 5", None)  # your guess in place of None

# %% demo="field"
rng = np.random.default_rng(3)
stack = Sequential(Conv2d(1, 4, 5, rng=rng), AvgPool2d(2), Conv2d(4, 4, 5, rng=rng))
image = Tensor(np.zeros((1, 1, 28, 28)), requires_grad=True)
stack(image)[0, 0, 4, 4].backward()
seen = np.flatnonzero(np.abs(image.grad[0, 0]).sum(axis=0))
print(f"computed: {receptive_field([(5, 1), (2, 2), (5, 1)])}; by its gradient it sees pixel {seen[0]} to {seen[-1]}")
measured("pixels along an axis: 5, then pool 2, then 5", len(seen))

# %% [markdown]
# ## A fault to find: one buffer for all
#
# In each step every convolution asks for megabytes of columns. A colleague saves that: all layers write their columns
# into one piece of memory, `scratch`, which is there once and for all. It is tested: forward as ours, and `gradcheck`
# of a layer agrees with nudging.

# %% given="with_columns"
def with_columns(columns, images, weight, bias, stride, padding):
    """The product of `conv2d`, with columns that are there already."""
    out = weight.reshape(len(weight), -1) @ columns + bias[:, None]
    out_h, out_w = places(images.shape, weight.shape[2:], stride, padding)
    return out.reshape(len(weight), out_h, out_w, len(images)).transpose(3, 0, 1, 2)

# %% fault="colleague_conv"
scratch = np.empty(8_000_000, dtype=np.uint8)  # bytes, enough for the largest layer


def scratch_im2col(images, kernel_size, stride=1, padding=0):
    """What im2col gives, written into `scratch`."""
    picture, out = batch_last(images, padding), places(images.shape, kernel_size, stride, padding)
    shape = len(picture), prod(kernel_size), *out, len(images)
    windows = scratch[:prod(shape) * picture.itemsize].view(picture.dtype).reshape(shape)
    for n, (rows, columns) in enumerate(taps(kernel_size, out, stride)):
        windows[:, n] = picture[:, rows, columns]
    return windows.reshape(shape[0] * shape[1], -1)


def colleague_conv2d(images, weight, bias, *, stride, padding, keep=None):
    columns = scratch_im2col(images, weight.shape[2:], stride, padding)
    if keep is not None:
        keep["columns"] = columns
    return with_columns(columns, images, weight, bias, stride, padding)


rule(colleague_conv2d, needs=True, keeps=True)(conv2d_rule)


class ColleagueConv2d(Conv2d):
    operation = staticmethod(colleague_conv2d)

    def forward(self, images):
        return Tensor._apply(self.operation, images, self.weight, self.bias, stride=self.stride, padding=self.padding)


one, few = ColleagueConv2d(3, 4, 3), Tensor(np.random.default_rng(3).normal(size=(2, 3, 5, 6)), requires_grad=True)
assert np.allclose(one(few).data, Tensor._apply(conv2d, few, one.weight, one.bias, stride=1, padding=0).data, atol=1e-5)
assert gradcheck(lambda x, weight, bias: Tensor._apply(colleague_conv2d, x, weight, bias, stride=1, padding=0),
                 few, one.weight, one.bias) < 1e-4

# %% predict="scratch"
predict("right in the left half, two layers of the colleague", None, unit="%")  # your guess in place of None
predict("right in the left half, two layers of ours", None, unit="%")

# %% demo="scratch"
def two_layers(conv):
    rng = np.random.default_rng(7)
    model = Sequential(conv(1, 8, 3, init=he_normal, rng=rng), ReLU(), conv(8, 8, 1, init=he_normal, rng=rng), ReLU(),
                       MaxPool2d(10), Flatten(), Linear(8, 4, rng=rng))
    return percent_right(learnt(model, *left, epochs=10, lr=0.01), *left)


measured("right in the left half, two layers of the colleague", two_layers(ColleagueConv2d), unit="%")
measured("right in the left half, two layers of ours", two_layers(Conv2d), unit="%")

# %% [markdown]
# It learns, and less well, and nothing says why. Write the check that was missing. It is given a class of layers such
# as `ColleagueConv2d`, and should ask what a test of one layer cannot see.

# %% exercise="catch"
def check_layers(conv):
    """Raise AssertionError unless the parameters of two layers, one behind the other, get the gradients of Conv2d."""
    # How: two layers of `conv`, and two of Conv2d with the same numbers; walk back from the sum of what comes out, for
    # both; compare all gradients.
    # Example: check_layers(ColleagueConv2d) raises AssertionError.
    # Hint: a Sequential has load_state_dict and state_dict, so numbers move over. A gradient that is None where Conv2d
    # has one is wrong: assert that it is there before you compare it. Let the layers differ in size; a square before
    # the sum makes the gradients less alike.
    ### BEGIN SOLUTION
    found, right = [Sequential(kind(3, 4, 3), ReLU(), kind(4, 5, 2)) for kind in (conv, Conv2d)]
    right.load_state_dict(found.state_dict())
    for model in (found, right):
        out = model(few)
        (out * out).sum().backward()
    for (name, mine), theirs in zip(found.named_parameters(), right.parameters()):
        assert mine.grad is not None and np.abs(mine.grad - theirs.grad).max() < 1e-3, name
    ### END SOLUTION

# %% check="catch" points=4
assert rejects(check_layers, ColleagueConv2d), (
    "your check lets the colleague's layers pass. Whose columns are in `scratch` when the first layer is walked back?")
assert not rejects(check_layers, Conv2d), "your check refuses layers whose columns are their own"
assert not rejects(check_layers, type("Renamed", (Conv2d,), {})), "your check refuses right layers of another name"
assert rejects(check_layers, type("Frozen", (Conv2d,), {"forward": lambda self, images: Tensor._apply(
    conv2d, images, self.weight, Tensor(self.bias.data), stride=self.stride, padding=self.padding)})), (
    "your check lets layers pass whose bias gets no gradient")

# %% [markdown]
# ## Use: a network that reads moved digits
#
# The second layer wrote over the columns that the first still needed. A buffer of its own for each layer would pass
# your check, and fail where one layer is used twice in a model. What is kept for the walk back belongs to one *call*.
# But where nothing is recorded, nothing is kept, and there the colleague's idea is sound. So the repair: `scratch` when
# nothing is recorded, columns of their own when something is.

# %% exercise="repair"
def repaired_conv2d(images, weight, bias, *, stride, padding, keep=None):
    """The forward of a convolution: columns in `scratch` if nothing is recorded, else in an array of this call."""
    # How: `keep` is None unless 05 records. Choose who makes the columns; keep them if asked; then `with_columns`.
    # Example: under no_grad it writes into scratch; else `scratch` stays as it is.
    # Hint: im2col and scratch_im2col take the same arguments.
    ### BEGIN SOLUTION
    if keep is None:
        columns = scratch_im2col(images, weight.shape[2:], stride, padding)
    else:
        columns = keep["columns"] = im2col(images, weight.shape[2:], stride, padding)
    return with_columns(columns, images, weight, bias, stride, padding)
    ### END SOLUTION


rule(repaired_conv2d, needs=True, keeps=True)(conv2d_rule)


class FrugalConv2d(ColleagueConv2d):
    operation = staticmethod(repaired_conv2d)

# %% check="repair" points=4
assert not rejects(check_layers, FrugalConv2d), "your own check refuses the repaired layers"
got = FrugalConv2d(3, 3, 3, padding=1), Conv2d(3, 3, 3, padding=1)
got[1].load_state_dict(got[0].state_dict())
for layer in got:
    CrossEntropyLoss()(layer(layer(few).tanh()).flatten(1), np.array([5, 3])).backward()
assert np.allclose(got[0].weight.grad, got[1].weight.grad, atol=1e-4), "one layer, used twice: its gradient is off"
scratch[:] = 7
got = got[0]
got(few)
assert (scratch == 7).all(), "while 05 records, the columns are kept: they must not lie in `scratch`"
with no_grad():
    got(few)
assert not (scratch == 7).all(), "under no_grad nothing is kept: write the columns into `scratch`"
del layer

# %% [markdown]
# Now the question of the first page. A network of 784-128-10, as in 07, and a CNN, which is what networks of
# convolutions are called; both learn from the same digits, and neither ever sees a moved one. Then each digit of the
# test moves to the right. What do they still read at 3 pixels?

# %% predict="digits"
predict("parameters of the Linear network", None)  # your guess in place of None
predict("parameters of the CNN", None)
predict("digits right at 3 pixels, Linear network", None, unit="%")
predict("digits right at 3 pixels, CNN", None, unit="%")

# %% demo="digits"
from tinytorch.datasets import tinydigits

digits = tinydigits()
train_images = digits.train_images.reshape(-1, 1, 28, 28) / np.float32(255)
test_images = digits.test_images.reshape(-1, 1, 28, 28) / np.float32(255)


def moved(images, pixels):
    """The images, moved to the right over a black ground."""
    out = np.zeros_like(images)
    out[..., pixels:] = images[..., :images.shape[-1] - pixels]
    return out


rng = np.random.default_rng(3)
mlp = Sequential(Flatten(), Linear(784, 128, rng=rng), ReLU(), Linear(128, 10, rng=rng))
cnn = Sequential(Conv2d(1, 8, 5, init=he_normal, rng=rng), ReLU(), MaxPool2d(2),
                 Conv2d(8, 32, 5, init=he_normal, rng=rng), ReLU(), MaxPool2d(8), Flatten(), Linear(32, 10, rng=rng))
for model, epochs in ((mlp, 10), (cnn, 4)):
    begun = time.perf_counter()
    learnt(model, train_images, digits.train_labels, epochs)
    print(f"{epochs} epochs: {time.perf_counter() - begun:.1f} s")
for pixels in range(5):
    shown = [percent_right(model, moved(test_images, pixels), digits.test_labels) for model in (mlp, cnn)]
    print(f"moved by {pixels}: Linear {shown[0]:.1f} %, CNN {shown[1]:.1f} %")
    if pixels == 3:
        measured("digits right at 3 pixels, Linear network", shown[0], unit="%")
        measured("digits right at 3 pixels, CNN", shown[1], unit="%")
measured("parameters of the Linear network", sum(p.data.size for p in mlp.parameters()))
measured("parameters of the CNN", sum(p.data.size for p in cnn.parameters()))

# %% [markdown]
# Parameters are one thing, work is another. How many multiply-adds does each of the two take for one image? They are
# counted from shapes: each number of a weight takes part once at each place of what its layer gives.

# %% predict="work"
predict("multiply-adds for an image, Linear network", None)  # your guess in place of None
predict("multiply-adds for an image, CNN", None)

# %% demo="work"
def work_of(model, x):
    """Multiply-adds for the one image in x."""
    count = 0
    for layer in model:
        x = layer(x)
        if isinstance(layer, (Linear, Conv2d)):
            count += layer.weight.data.size * prod(x.shape[2:])  # prod(()) is 1: what a Linear gives has one place
    return count


measured("multiply-adds for an image, Linear network", work_of(mlp, Tensor(test_images[:1])))
measured("multiply-adds for an image, CNN", work_of(cnn, Tensor(test_images[:1])))

# %% [markdown]
# ## Reflect
#
# Two questions with sizes of your own, to be answered without running a layer. A Conv2d takes a batch of `batch` images
# of `size` by `size` pixels and `in_channels` channels, and has `out_channels` kernels of `kernel` by `kernel`, with
# the stride and the padding below and no bias. How many multiply-adds is its forward? Set `multiply_adds`.
#
# And a network is a convolution of 3 by 3, a pool of 2 by 2 with stride 2, and then `more` convolutions of `wide` by
# `wide`, all others with stride 1. On how many pixels, along one axis, does a number at its end depend? Set `field`.
# In both cells put your number in place of the 0 and delete the two lines below it.

# %% given="sizes"
batch, in_channels, out_channels, size = mine("images", [(64, 16, 24, 28), (48, 12, 40, 32), (32, 24, 36, 22)])
kernel, stride, padding = mine("kernels", [(5, 2, 2), (3, 2, 3), (7, 2, 2), (5, 2, 3)])
more, wide = mine("stack", [(3, 5), (4, 3), (3, 7), (5, 5)])
print(f"batch {batch}, in_channels {in_channels}, out_channels {out_channels}, size {size}")
print(f"kernel {kernel}, stride {stride}, padding {padding}; more {more}, wide {wide}")

# %% exercise="multiply_adds"
multiply_adds = 0  # your number
### BEGIN SOLUTION
out_size = (size + 2 * padding - kernel) // stride + 1
multiply_adds = batch * out_channels * out_size * out_size * in_channels * kernel * kernel
### END SOLUTION

# %% check="multiply_adds" points=4
got = multiply_adds
assert got > batch * out_channels * kernel * kernel, f"each kernel is used at many places; {got:,} are not enough"
assert got < batch * out_channels * in_channels * (size * kernel) ** 2, (
    f"with stride {stride} a window has fewer places than there are pixels; {got:,} are too many")

# %% exercise="field"
field = 0  # your number
### BEGIN SOLUTION
field = 1 + 2 + 1 + more * (wide - 1) * 2
### END SOLUTION

# %% check="field" points=4
got = field
assert got > wide, f"{more} convolutions of {wide} see more than one of them; {got} is not enough"
assert got < 2 * (more + 2) * wide, f"{got} is more than {more + 2} layers can see with one stride of 2"

# %% [markdown]
# Your CNN has far fewer parameters than the Linear network, and a step of it takes several times as long. How can both
# be? Say where its time goes and what fills its memory, each with one number that this page has printed (multiply-adds
# above, MB with the columns). And name a kind of data, or of question, for which one pattern at all places would be the
# wrong thing to build in, and say why.

# %% [markdown] answer="few_and_slow" points=8 rubric="reuse explains both; two numbers; a counterexample"
# Your answer.

# %% [markdown]
# ## Where this lives in PyTorch
#
# - `torch.nn.Conv2d` has your arguments, and `dilation`, `groups` and `padding_mode` besides; `weight` has your layout,
#   so a `state_dict` moves there and back. Its numbers start differently: uniform within 1 / sqrt(fan_in), for both.
# - On a processor it mostly calls oneDNN (`aten/src/ATen/native/Convolution.cpp`), and what is kept for the walk back
#   are images and weight, no columns. The plain way, with the columns of the whole batch and one product for each
#   image, is there too: `slow_conv2d` in `ConvolutionMM2d.cpp`.
# - `torch.nn.functional.unfold` is im2col, and `fold` is col2im; their columns have the batch first.
# - `torch.nn.MaxPool2d(2, return_indices=True)` gives the winners as well, as places in the image.
#   `tensor.to(memory_format=torch.channels_last)` changes what lies side by side in memory and no shape, as our batch
#   that comes last does.
