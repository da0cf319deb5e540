"""Convolution and pooling: the seven loops, laws of a linear copy, central differences, layouts, and error messages."""
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tinytorch.core.autograd import gradcheck
from tinytorch.core.tensor import Tensor, manual_seed
from tinytorch.nn.conv import (
    AvgPool2d,
    Conv2d,
    MaxPool2d,
    batch_last,
    col2im,
    conv2d,
    conv2d_loops,
    im2col,
    output_size,
    receptive_field,
)
from tinytorch.nn.layers import Sequential

# images, kernel, stride, padding
SETTINGS = [((2, 3, 5, 7), (3, 2), 1, 0), ((3, 2, 6, 5), (2, 4), (2, 1), (0, 1)), ((2, 4, 7, 8), 3, (2, 3), (1, 2)),
            ((1, 1, 4, 6), (4, 6), 1, 0), ((2, 2, 3, 3), 1, 2, 3), ((0, 3, 5, 5), 3, 1, 1), ((1, 1, 1, 1), 1, 1, 0)]


def drawn(*shape, seed=3):
    return np.random.default_rng(seed).normal(size=shape)


def weight_for(shape, kernel, out_channels=4):
    return drawn(out_channels, shape[1], *((kernel, kernel) if np.ndim(kernel) == 0 else kernel), seed=5)


# values

@pytest.mark.parametrize(("shape", "kernel", "stride", "padding"), SETTINGS)
def test_one_product_says_what_seven_loops_say(shape, kernel, stride, padding):
    images, weight, bias = drawn(*shape), weight_for(shape, kernel), drawn(4, seed=7)
    found = conv2d(images, weight, bias, stride=stride, padding=padding)
    np.testing.assert_allclose(found, conv2d_loops(images, weight, bias, stride, padding), atol=1e-12)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_columns_and_their_way_back_are_transposed_of_each_other(data):
    size, number = st.integers(1, 7), st.integers(1, 3)
    shape = tuple(data.draw(each) for each in (number, number, size, size))
    padding = data.draw(st.tuples(st.integers(0, 2), st.integers(0, 2)))
    kernel = tuple(data.draw(st.integers(1, n + 2 * p)) for n, p in zip(shape[2:], padding))
    stride = data.draw(st.tuples(number, number))
    images = drawn(*shape)
    columns = im2col(images, kernel, stride, padding)
    other = drawn(*columns.shape, seed=5)
    back = col2im(other, shape, kernel, stride, padding)
    assert back.shape == shape
    np.testing.assert_allclose((columns * other).sum(), (images * back).sum(), atol=1e-9)


def test_windows_side_by_side_come_back_as_they_were():
    images = drawn(2, 3, 6, 8)
    np.testing.assert_array_equal(col2im(im2col(images, (3, 4), (3, 4)), images.shape, (3, 4), (3, 4)), images)


def test_a_moved_image_gives_a_moved_result():
    layer, image = Conv2d(2, 3, 3, rng=np.random.default_rng(3)), drawn(1, 2, 12, 12)
    here, there = layer(Tensor(image)).data, layer(Tensor(np.roll(image, (2, 3), axis=(2, 3)))).data
    np.testing.assert_allclose(here[..., :-2, :-3], there[..., 2:, 3:], atol=1e-5)


def test_the_papers_batch_has_241_million_multiply_adds():
    out = conv2d_loops(np.ones((1, 3, 32, 32)), np.ones((1, 3, 5, 5)))
    assert 128 * 32 * out.sum() == 240_844_800


def test_parameters_are_896_where_a_linear_has_98_336():
    assert sum(p.data.size for p in Conv2d(3, 32, 3).parameters()) == 896


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_stays(dtype):
    images = Tensor(drawn(2, 1, 6, 6), dtype=dtype)
    assert MaxPool2d(2)(images).dtype == AvgPool2d((2, 3))(images).dtype == dtype
    weight = Tensor(drawn(2, 1, 3, 3), dtype=dtype)
    assert Tensor._apply(conv2d, images, weight, stride=1, padding=0).dtype == dtype


# gradients

@pytest.mark.parametrize(("shape", "kernel", "stride", "padding"), SETTINGS)
def test_the_rule_of_a_convolution_agrees_with_nudging(shape, kernel, stride, padding):
    inputs = [Tensor(array, requires_grad=True) for array in (drawn(*shape), weight_for(shape, kernel), drawn(4))]
    for some in (inputs, inputs[:2]):
        gradcheck(lambda *all: Tensor._apply(conv2d, *all, stride=stride, padding=padding), *some)


@pytest.mark.parametrize("layer", [MaxPool2d(2), MaxPool2d((3, 2), 1), MaxPool2d(2, 3), MaxPool2d((5, 6)),
                                   AvgPool2d(2), AvgPool2d((3, 2), (1, 2)), AvgPool2d(2, 3)])
def test_rules_of_pooling_agree_with_nudging(layer):
    gradcheck(layer, Tensor(drawn(2, 3, 5, 6), requires_grad=True))


def test_of_equal_numbers_the_first_gets_the_gradient():
    x = Tensor(np.full((1, 1, 2, 4), 3.0), requires_grad=True)
    MaxPool2d(2)(x).backward(np.float32([[[[5, 7]]]]))
    assert x.grad.tolist() == [[[[5, 0, 7, 0], [0, 0, 0, 0]]]]


def test_overlapping_windows_add_up_at_a_common_winner():
    x = Tensor([[[[1.0, 9.0, 2.0]]]], requires_grad=True)
    MaxPool2d((1, 2), 1)(x).backward(np.float32([[[[5, 7]]]]))
    assert x.grad.tolist() == [[[[0, 12, 0]]]]


def test_two_layers_and_one_layer_used_twice_keep_their_columns_apart():
    one = Conv2d(2, 2, 3, padding=1, rng=np.random.default_rng(3))
    two = Conv2d(2, 3, 2, rng=np.random.default_rng(5))
    x = Tensor(drawn(2, 2, 4, 5))

    def model(weight, last_weight):
        one.weight, two.weight = weight, last_weight
        return two(one(one(x).tanh()).tanh())

    gradcheck(model, one.weight, two.weight)


def test_images_that_want_no_gradient_cost_none(monkeypatch):
    asked = []
    monkeypatch.setattr("tinytorch.nn.conv.col2im", lambda *all: asked.append(all) or col2im(*all))
    layer = Conv2d(1, 2, 3)
    layer(Tensor(drawn(2, 1, 5, 5))).sum().backward()
    assert not asked and layer.weight.grad is not None
    layer(Tensor(drawn(2, 1, 5, 5), requires_grad=True)).sum().backward()
    assert len(asked) == 1


# layout

def test_results_have_the_batch_last_in_memory():
    x = Tensor(drawn(4, 2, 8, 8))
    conv = Conv2d(2, 3, 3)
    for layer in (conv, Sequential(conv, MaxPool2d(2)), Sequential(conv, AvgPool2d(2))):
        assert layer(x).data.transpose(1, 2, 3, 0).flags.c_contiguous


def test_gradients_of_leaves_lie_in_order():
    x, layer = Tensor(drawn(4, 2, 8, 8), requires_grad=True), Conv2d(2, 3, 3)
    MaxPool2d(2)(layer(x)).sum().backward()
    assert all(grad.flags.c_contiguous for grad in (x.grad, layer.weight.grad, layer.bias.grad))


def test_what_comes_in_stays_as_it_was():
    images, weight = drawn(2, 3, 6, 6), drawn(2, 3, 3, 3)
    before = images.copy(), weight.copy()
    x, layer = Tensor._wrap(images), Conv2d(3, 2, 3)
    layer.weight.data = weight
    x.requires_grad = True
    MaxPool2d(1)(MaxPool2d(2)(layer(x))).sum().backward()
    assert np.array_equal(images, before[0]) and np.array_equal(weight, before[1])


def test_batch_last_puts_zeros_around():
    picture = batch_last(np.ones((2, 3, 4, 5)), (1, 2))
    assert picture.shape == (3, 6, 9, 2) and picture.sum() == 120
    assert (picture[:, 1:5, 2:7] == 1).all()


# sizes

@pytest.mark.parametrize(("size", "kernel", "stride", "padding", "expected"),
                         [(12, 3, 1, 0, 10), (12, 3, 1, 1, 12), (12, 3, 2, 0, 5), (7, 7, 3, 0, 1), (32, 5, 1, 0, 28)])
def test_output_size(size, kernel, stride, padding, expected):
    assert output_size(size, kernel, stride, padding) == expected


@pytest.mark.parametrize("layers", [[(3, 1)], [(5, 1), (2, 2), (5, 1)], [(3, 2), (3, 2), (3, 1)], [(1, 1)], []])
def test_the_receptive_field_is_where_the_gradient_is_not_zero(layers):
    rng = np.random.default_rng(3)
    stack = Sequential(*[Conv2d(1, 1, kernel, stride, init=lambda shape, rng: rng.uniform(0.5, 1, shape), rng=rng)
                         for kernel, stride in layers])
    image = Tensor(np.zeros((1, 1, 40, 40)), requires_grad=True)
    (stack(image) * 1.0)[0, 0, 2, 2].backward()
    assert np.count_nonzero(image.grad[0, 0].any(axis=0)) == receptive_field(layers)


# numbers to begin with

def test_seeds_decide_the_first_numbers():
    manual_seed(3)
    one = Conv2d(2, 3, 3).weight.data
    manual_seed(3)
    assert np.array_equal(one, Conv2d(2, 3, 3).weight.data)
    assert np.abs(Conv2d(16, 16, 3).weight.data).max() <= np.sqrt(6 / (2 * 16 * 9))


# errors

@pytest.mark.parametrize(("action", "says"), [
    (lambda: Conv2d(3, 4, 5)(Tensor(np.ones((2, 3, 4, 8)))), r"window of 5 does not fit into 4 pixels"),
    (lambda: Conv2d(3, 4, 5, padding=1)(Tensor(np.ones((2, 3, 2, 8)))), r"image has 2, and padding adds 1"),
    (lambda: MaxPool2d(3)(Tensor(np.ones((2, 3, 2, 8)))), r"window of 3 does not fit into 2 pixels"),
    (lambda: Conv2d(3, 4, 3)(Tensor(np.ones((2, 5, 6, 7)))), r"takes 3 channels, and images .* have 5\.$"),
    (lambda: Conv2d(3, 4, 3)(Tensor(np.ones((2, 6, 7, 3)))), r"Are channels last\? x\.permute\(0, 3, 1, 2\)"),
    (lambda: Conv2d(3, 4, 3)(Tensor(np.ones((3, 6, 7)))), r"x\.unsqueeze\(0\)"),
    (lambda: AvgPool2d(2)(Tensor(np.ones((6, 7)))), r"found \(6, 7\)\.$"),
    (lambda: Conv2d(3, 4, 0), r"at least 1; found 0"),
    (lambda: Conv2d(3, 4, (3, 3, 3)), r"one whole number or a pair"),
    (lambda: Conv2d(3, 4, 3, stride=0), r"at least 1; found 0"),
    (lambda: Conv2d(3, 4, 3, padding=(0, -1)), r"at least 0; found \(0, -1\)"),
    (lambda: MaxPool2d(2, (1, 0)), r"at least 1"),
])
def test_errors_say_what_was_expected(action, says):
    with pytest.raises(ValueError, match=says):
        action()


def test_sizes_are_whole_numbers():
    with pytest.raises(TypeError):
        Conv2d(3, 4, 2.5)
