"""Module 18: whatever is accelerated gives what the slow way gives, forward and backward, and leaves nothing behind."""
import math
import threading

import numpy as np
import pytest
from tinytorch.acceleration import (
    FAST,
    METHODS,
    POOL,
    BufferPool,
    accelerate,
    blocked_matmul,
    conv2d,
    disable_acceleration,
    enable_acceleration,
    like,
)
from tinytorch.core import Tensor, gradcheck, no_grad
from tinytorch.core.autograd import RULES, enable_autograd
from tinytorch.nn import (
    GELU,
    Attention,
    AvgPool2d,
    Conv2d,
    CrossEntropyLoss,
    Embedding,
    LayerNorm,
    Linear,
    MaxPool2d,
    MultiHeadAttention,
    ReLU,
    Softmax,
    Transformer,
)
from tinytorch.nn.conv import conv2d_loops, im2col
from tinytorch.nn.transformer import MLP
from tinytorch.optim import SGD, Adam, AdamW


@pytest.fixture(autouse=True)
def awake_and_off():
    enable_autograd()
    yield
    disable_acceleration()


def tensor(*shape, seed=3, scale=1.0):
    return Tensor(scale * np.random.default_rng(seed).normal(size=shape), requires_grad=True)


def everything(layer, *shape, scale=1.0):
    """The answer of a layer, and the gradients of its input and of its parameters."""
    x = tensor(*shape, scale=scale)
    for p in getattr(layer, "parameters", list)():
        p.grad = None
    out = layer(x)
    out.backward(np.random.default_rng(5).normal(size=out.shape).astype(np.float32))
    return [out.data, x.grad, *[p.grad for p in getattr(layer, "parameters", list)()]]


LAYERS = {
    "linear": (lambda: Linear(5, 4), (2, 3, 5)),
    "linear of a row": (lambda: Linear(5, 4), (5,)),
    "linear of nothing": (lambda: Linear(5, 4), (0, 5)),
    "linear without bias": (lambda: Linear(5, 4, bias=False), (7, 5)),
    "layer norm": (lambda: LayerNorm(6), (2, 3, 6)),
    "layer norm of a row": (lambda: LayerNorm(6), (6,)),
    "attention of heads": (lambda: MultiHeadAttention(12, 3), (2, 5, 12)),
    "attention that hears all": (lambda: MultiHeadAttention(12, 2, causal=False), (2, 5, 12)),
    "attention without a batch": (lambda: MultiHeadAttention(12, 2), (5, 12)),
    "attention of one head": (lambda: Attention(6), (2, 4, 6)),
    "MLP": (lambda: MLP(6), (2, 3, 6)),
    "relu": (ReLU, (4, 5)),
    "gelu": (GELU, (4, 5)),
    "softmax": (Softmax, (3, 4, 5)),
    "softmax along the first axis": (lambda: Softmax(axis=0), (3, 4)),
    "conv": (lambda: Conv2d(3, 4, 3), (2, 3, 7, 8)),
    "conv with padding": (lambda: Conv2d(3, 4, (3, 2), padding=(1, 1)), (2, 3, 7, 8)),
    "conv with stride": (lambda: Conv2d(3, 4, (2, 3), stride=(2, 3), padding=(0, 2)), (2, 3, 7, 8)),
    "conv whose stride passes its kernel": (lambda: Conv2d(2, 3, 2, stride=3), (2, 2, 8, 8)),
    "conv without bias": (lambda: Conv2d(1, 2, 5, bias=False), (3, 1, 6, 6)),
    "max pool": (lambda: MaxPool2d(2), (2, 3, 6, 8)),
    "max pool of odd sizes": (lambda: MaxPool2d(2), (2, 3, 7, 5)),
    "max pool that overlaps": (lambda: MaxPool2d(3, stride=2), (2, 3, 7, 7)),
    "max pool of one": (lambda: MaxPool2d(1), (2, 3, 4, 4)),
    "average pool": (lambda: AvgPool2d(2), (2, 3, 4, 4)),
}


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("scale", [1.0, 90.0])  # at 90 scores pass what exp bears in float32
def test_values_and_gradients_are_those_of_the_slow_way(name, scale):
    make, shape = LAYERS[name]
    layer = make()
    slow = everything(layer, *shape, scale=scale)
    enable_acceleration()
    for found, expected in zip(everything(layer, *shape, scale=scale), slow, strict=True):
        assert (found is None) == (expected is None)
        if expected is not None:
            assert found.dtype == expected.dtype
            np.testing.assert_allclose(found, expected, rtol=2e-4, atol=2e-5 * scale)


@pytest.mark.parametrize("name", [name for name in LAYERS if "nothing" not in name])
def test_rules_agree_with_nudging(name):
    make, shape = LAYERS[name]
    layer = make()
    enable_acceleration()
    gradcheck(layer, tensor(*shape))


@pytest.mark.parametrize("shape", [(3, 7, 9, 33), (5, 2, 40, 50)])
def test_large_arrays_come_from_the_pool_and_are_right(shape):
    layer = Conv2d(shape[1], 8, 3, padding=1)
    slow = everything(layer, *shape)
    enable_acceleration()
    for _ in range(3):
        for found, expected in zip(everything(layer, *shape), slow, strict=True):
            np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3)


def test_convolution_agrees_with_the_seven_loops():
    rng = np.random.default_rng(3)
    images, weight, bias = (rng.normal(size=shape).astype("f") for shape in ((2, 3, 6, 7), (4, 3, 3, 2), (4,)))
    for stride, padding in (((1, 1), (0, 0)), ((2, 1), (1, 0)), ((1, 3), (0, 1))):
        np.testing.assert_allclose(conv2d(images, weight, bias, stride=stride, padding=padding),
                                   conv2d_loops(images, weight, bias, stride, padding), rtol=1e-4, atol=1e-5)


def test_rows_take_a_kernel_height_less_than_columns():
    kept = {}
    images = np.ones((2, 3, 64, 40), np.float32)
    conv2d(images, np.ones((4, 3, 5, 3), np.float32), stride=(1, 1), padding=(0, 0), keep=kept)
    assert kept["rows"].nbytes < im2col(images, (5, 3)).nbytes / 4


@pytest.mark.parametrize("logits", [[[0.5, -1, 2]], [[900, 880, 700], [-500, -520, -510]], [[0, 0], [5, 5]]])
def test_the_fused_loss_is_that_of_04(logits):
    ids = np.arange(len(logits)) % len(logits[0])

    def loss_and_gradient():
        x = Tensor(logits, requires_grad=True)
        loss = CrossEntropyLoss()(x, ids)
        (3 * loss).backward()
        return [loss.data, x.grad]
    slow = loss_and_gradient()
    enable_acceleration()
    for found, expected in zip(loss_and_gradient(), slow, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_ties_go_to_the_first_of_a_window():
    x = Tensor(np.ones((1, 1, 2, 2)), requires_grad=True)
    enable_acceleration()
    MaxPool2d(2)(x).sum().backward()
    assert x.grad.ravel().tolist() == [1, 0, 0, 0]


OPTIMIZERS = [lambda p: SGD(p, 0.1), lambda p: SGD(p, 0.1, momentum=0.9, weight_decay=0.01),
              lambda p: SGD(p, 0.1, momentum=0.9, nesterov=True), lambda p: SGD(p, 0.1, weight_decay=0.1),
              lambda p: Adam(p, 0.01), lambda p: Adam(p, 0.01, weight_decay=0.1), lambda p: AdamW(p, 0.01)]


@pytest.mark.parametrize("make", OPTIMIZERS)
@pytest.mark.parametrize("sparse", [False, True])
def test_twenty_steps_are_those_of_06_and_11(make, sparse):
    def trained():
        table = Embedding(50, 4, sparse=sparse, rng=np.random.default_rng(3))
        optimizer, rng = make([table.weight]), np.random.default_rng(5)
        for _ in range(20):
            optimizer.zero_grad()
            (table(rng.integers(0, 50, 9)) ** 2).sum().backward()
            optimizer.step()
        return table.weight.data
    slow = trained()
    enable_acceleration()
    np.testing.assert_allclose(trained(), slow, rtol=1e-4, atol=1e-5)


def test_a_transformer_learns_the_same():
    tokens = np.random.default_rng(3).integers(0, 30, (4, 9))

    def losses():
        model = Transformer(30, 16, 4, 2, max_len=8, rng=np.random.default_rng(7))
        optimizer, found = AdamW(model.parameters(), lr=0.01), []
        for _ in range(12):
            optimizer.zero_grad()
            found.append(model(tokens[:, :-1], tokens[:, 1:]))
            found[-1].backward()
            optimizer.step()
        return [loss.item() for loss in found]
    slow = losses()
    enable_acceleration()
    np.testing.assert_allclose(losses(), slow, rtol=1e-3)


def methods():
    return {key: getattr(*key) for key in METHODS}


def test_off_puts_everything_back_and_both_may_be_said_twice():
    before = methods(), dict(RULES), Tensor._readings
    enable_acceleration()
    enable_acceleration()
    assert accelerate in Tensor._readings and methods() == METHODS
    disable_acceleration()
    disable_acceleration()
    assert (methods(), dict(RULES), Tensor._readings) == before
    assert POOL.nbytes == 0


def test_a_graph_recorded_with_acceleration_is_walked_without_it():
    layer, x = Conv2d(2, 3, 3), tensor(2, 2, 6, 6)
    enable_acceleration()
    loss = (layer(x) ** 2).sum()
    disable_acceleration()
    loss.backward()
    fast, x.grad = x.grad, None
    (layer(x) ** 2).sum().backward()
    np.testing.assert_allclose(fast, x.grad, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("first", [True, False])
def test_readings_may_be_put_on_in_any_order(first):
    names = []

    def noting(step):
        def apply(forward, *inputs, **options):
            names.append(forward.__name__)
            return step(forward, *inputs, **options)
        return apply
    if first:
        enable_acceleration()
    Tensor._read(noting)
    if not first:
        enable_acceleration()
    try:
        x = tensor(2, 2, 6, 6)
        Conv2d(2, 3, 3)(x).sum().backward()
        assert names == ["conv2d", "sum"] and x.grad.shape == x.shape
    finally:
        Tensor._read(noting, on=False)


def test_a_wrong_size_is_told_as_before():
    enable_acceleration()
    with pytest.raises(ValueError, match="`@` needs the last size on the left"):
        Linear(5, 4)(Tensor(np.ones((2, 6))))
    with pytest.raises(ValueError, match="takes 2 channels"):
        Conv2d(2, 3, 3)(Tensor(np.ones((1, 4, 6, 6))))


def test_every_fast_forward_has_the_name_of_what_it_replaces():
    assert all(fast.forward.__name__ == name and name in RULES for name, fast in FAST.items())


# the pool


def test_a_buffer_comes_back_when_nobody_holds_it_nor_a_part_of_it():
    pool = BufferPool(least=0)
    array = pool.take((100, 30))
    row = array[3]
    del array
    pool.take((100, 30))
    assert pool.made == 2
    del row
    pool.take((30, 100))
    pool.take((100, 15), np.float64)
    assert pool.made == 2 and pool.nbytes == 2 * 12_000


PARTS = {"view": lambda array: array[::2, 3], "transposed": lambda array: array.T[1:],
         "of another dtype": lambda array: array.view(np.int32), "a Tensor": Tensor._wrap,
         "in a graph": lambda array: tensor(40, 50) * Tensor._wrap(array)}


@pytest.mark.parametrize("part", PARTS)
def test_whatever_shows_a_buffer_holds_it(part):
    pool = BufferPool(least=0)
    array = pool.take((40, 50))
    held = PARTS[part](array)
    del array
    pool.take((40, 50))
    assert pool.made == 2, held


def test_threads_never_share_a_buffer():
    pool, wrong = BufferPool(least=0), []

    def work(number):
        for _ in range(300):
            array = pool.take((64, 64))
            array[...] = number
            if not (array == number).all():
                wrong.append(number)
            del array  # a name that waits for the next one would hold two
    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong and pool.made <= 4


def test_a_model_asks_for_no_new_buffer_after_its_first_steps():
    model, x = Conv2d(3, 16, 3, padding=1), Tensor(np.random.default_rng(3).normal(size=(8, 3, 32, 32)))
    enable_acceleration()
    for _ in range(2):
        (model(x) ** 2).sum().backward()
    before = POOL.made
    for _ in range(5):
        (model(x) ** 2).sum().backward()
    assert POOL.made == before


def test_a_result_that_is_kept_stays_as_it_was():
    enable_acceleration()
    layer, x = Conv2d(3, 16, 3), Tensor(np.random.default_rng(3).normal(size=(8, 3, 32, 32)))
    with no_grad():
        kept = layer(x)
        copy = kept.data.copy()
        for _ in range(4):
            layer(x * 2)
    np.testing.assert_array_equal(kept.data, copy)


def test_like_keeps_the_order_in_memory():
    array = np.empty((9, 40, 30, 20), np.float32).transpose(3, 1, 0, 2)
    assert like(array).strides == array.strides
    assert like(array[:, :, :, :1]).shape == (20, 40, 9, 1)


@pytest.mark.parametrize("block", [1, 3, 7, 64])
def test_blocked_products_are_products(block):
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(13, 8)), rng.normal(size=(8, 5))
    np.testing.assert_allclose(blocked_matmul(a, b, block), a @ b)


def test_the_profiler_counts_fused_forwards_as_it_counts_their_parts():
    from tinytorch.profiling import Profiler

    model, tokens = Transformer(30, 16, 4, 2, max_len=8), np.arange(16).reshape(2, 8)

    def counted():
        with Profiler() as profiler:
            model(tokens, tokens).backward()
        return sum(operation.flops for operation in profiler.operations)
    slow = counted()
    enable_acceleration()
    assert math.isclose(counted(), slow, rel_tol=0.05)
