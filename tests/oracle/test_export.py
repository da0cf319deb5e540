"""What leaves for other tools arrives: ONNX files compute in onnx.reference what the model does, and PyTorch's
safetensors reads our arrays and writes ours, bit for bit."""
import numpy as np
import onnx
import pytest
import safetensors.torch
import torch
from onnx.reference import ReferenceEvaluator
from tinytorch.acceleration import disable_acceleration, enable_acceleration
from tinytorch.core import Tensor, concatenate, maximum, no_grad, where
from tinytorch.memoization import ROWS, load_safetensors, noted, save_safetensors, to_onnx
from tinytorch.nn import (
    GELU,
    Attention,
    AvgPool2d,
    Conv2d,
    Dropout,
    Flatten,
    Linear,
    MaxPool2d,
    Module,
    MultiHeadAttention,
    Parameter,
    ReLU,
    Sequential,
    Sigmoid,
    SinusoidalPositionalEncoding,
    Softmax,
    Tanh,
    Transformer,
    log_softmax,
)
from tinytorch.nn.conv import conv2d
from tinytorch.nn.embedding import look_up
from tinytorch.nn.transformer import gelu
from tinytorch.quantization import quantize_model

VOCAB, LENGTH = 11, 7


@pytest.fixture
def rng():
    return np.random.default_rng(20)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.onnx"


def floats(rng, *shape):
    return rng.normal(size=shape).astype(np.float32)


def tokens(rng, *shape):
    return rng.integers(0, VOCAB, shape)


def mlp(rng):
    return Sequential(Flatten(), Linear(64, 32, rng=rng), ReLU(), Dropout(0.4), Linear(32, 10, rng=rng))


def cnn(rng):
    return Sequential(
        Conv2d(1, 4, 3, padding=1, rng=rng), ReLU(), MaxPool2d(2), Conv2d(4, 6, (3, 2), stride=(2, 1), padding=(1, 0),
        bias=False, rng=rng), GELU(), AvgPool2d((1, 2), stride=1), Flatten(), Linear(24, 10, rng=rng))


def transformer(rng):
    return Transformer(VOCAB, 12, 3, 2, max_len=16, dropout=0.1, rng=rng)


MODELS = {"mlp": (mlp, floats, (8, 8)), "cnn": (cnn, floats, (1, 8, 8)),
          "transformer": (transformer, tokens, (LENGTH,))}


@pytest.fixture(params=MODELS)
def case(request, rng):
    """(model with all of its numbers drawn, a function that draws a batch of so many examples)"""
    make, draw, shape = MODELS[request.param]
    model = make(rng)
    for p in model.parameters():
        p.data = rng.normal(0.1, 0.4, p.shape).astype(np.float32)
    return model, lambda count: draw(rng, count, *shape)


def run(path, batch):
    return ReferenceEvaluator(str(path)).run(None, {"input": batch})[0]


def answer(model, batch):
    model.eval()
    with no_grad():
        return model(Tensor(batch, dtype=batch.dtype)).data


def same(found, expected):
    assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("written_with", [1, 3])
def test_a_file_computes_what_the_model_does_for_any_number_of_examples(case, written_with, path):
    model, draw = case
    to_onnx(model, draw(written_with), path)
    onnx.checker.check_model(str(path), full_check=True)
    for count in (1, 2, 3, 16):
        batch = draw(count)
        same(run(path, batch), answer(model, batch))


def test_weights_lie_in_the_file_under_their_names_bit_for_bit(case, path):
    model, draw = case
    to_onnx(model, draw(1), path)
    stored = {one.name: onnx.numpy_helper.to_array(one) for one in onnx.load(path).graph.initializer}
    for name, array in model.state_dict().items():
        assert stored[name].dtype == array.dtype and np.array_equal(stored[name], array), name


def test_sizes_are_fixed_but_for_the_number_of_examples(case, path):
    model, draw = case
    to_onnx(model, draw(2), path)
    graph = onnx.load(path).graph
    for end, shape in ((graph.input, draw(2).shape), (graph.output, answer(model, draw(2)).shape)):
        sizes = [size.dim_param or size.dim_value for size in end[0].type.tensor_type.shape.dim]
        assert sizes == ["batch", *shape[1:]]


def test_a_shorter_text_is_read_with_anything_behind_it(rng, path):
    model = transformer(rng)
    to_onnx(model, tokens(rng, 1, LENGTH), path)
    for length in range(1, LENGTH):
        text = tokens(rng, 2, LENGTH)
        same(run(path, text)[:, :length], answer(model, text[:, :length]))


def test_the_model_and_the_door_are_left_as_they_were(case, path):
    model, draw = case
    model.train()
    state, readings = model.state_dict(), Tensor._readings
    to_onnx(model, draw(2), path)
    assert model.training and Tensor._readings == readings
    assert all(np.array_equal(state[name], array) for name, array in model.state_dict().items())
    first = path.read_bytes()
    to_onnx(model, draw(2), path)
    assert path.read_bytes() == first, "other numbers in the example, and another file"


class Made(Module):
    """A module of a function and a weight."""

    def __init__(self, function, weight):
        self.function, self.weight = function, Parameter(weight)

    def forward(self, x):
        return self.function(x, self.weight)


OPERATIONS = {  # row of the table: what needs it, for x of shape (batch, 4, 6) and a weight w (4, 6)
    "add": lambda x, w: x + w + 2,
    "subtract": lambda x, w: 1 - (x - w),
    "multiply": lambda x, w: 3 * x * w,
    "divide": lambda x, w: 1 / (2 + w.exp() / (x * x + 1)),
    "power": lambda x, w: (x * x) ** 1.5 + 2 ** w,
    "matmul": lambda x, w: x @ w.T @ x,
    "maximum": lambda x, w: maximum(x, w).maximum(0.5),
    "negative": lambda x, w: -(x * w),
    "absolute": lambda x, w: (x * w).abs(),
    "sqrt": lambda x, w: (x * x + w * w).sqrt(),
    "exp": lambda x, w: (x + w).exp(),
    "log": lambda x, w: (x * x + w * w + 1).log(),
    "tanh": lambda x, w: Tanh()(x + w),
    "relu": lambda x, w: ReLU()(x + w),
    "sigmoid": lambda x, w: Sigmoid()(x + w),
    "gelu": lambda x, w: Tensor._apply(gelu, x + w),
    "greater": lambda x, w: where(x * w > 0, x, w),
    "greater_equal": lambda x, w: where(x >= 0, x, w),
    "less": lambda x, w: where(x * w < 0.5, 0.0, x),
    "less_equal": lambda x, w: x * w <= 0,
    "equal": lambda x, w: ReLU()(x * w) == 0,
    "softmax": lambda x, w: Softmax(axis=1)(x + w),
    "log_softmax_values": lambda x, w: log_softmax(x + w, axis=-1),
    "joined": lambda x, w: concatenate([x, x * w, x], axis=-1),
    "argmax": lambda x, w: (x + w).argmax(axis=-1),
    "sum": lambda x, w: (x + w).sum(axis=-1, keepdims=True) * x.sum(axis=(1, 2), keepdims=True) + w.sum(),
    "largest": lambda x, w: (x + w).max(axis=1) * w.max(),
    "smallest": lambda x, w: (x + w).min(axis=(1, -1), keepdims=True) + w.min(axis=0),
    "max_pool": lambda x, w: MaxPool2d((2, 3), stride=1)((x + w).unsqueeze(1)),
    "avg_pool": lambda x, w: AvgPool2d(2, stride=(1, 3))((x + w).unsqueeze(1)),
    "conv2d": lambda x, w: Tensor._apply(conv2d, x.unsqueeze(1), w.reshape(2, 1, 3, 4), stride=(1, 2), padding=(1, 0)),
    "permute": lambda x, w: x.permute(2, 0, -2).transpose(0, 1) @ w,
    "reshape": lambda x, w: (x + w).reshape(-1, 3).reshape(-1, 4, 6).flatten(1),
    "index": lambda x, w: x[:, -1][:, 1:] + x[:, 1:4:2, :-1].sum(axis=1) + w[2][1],
    "select": lambda x, w: where(np.eye(4, 6) > 0, x, w * 2),
    "taken_rows": lambda x, w: look_up(w, (x + w).argmax(axis=1)),
}


@pytest.mark.parametrize("name", ROWS)
def test_every_row_of_the_table_says_what_the_operation_does(name, rng, path):
    model = Made(OPERATIONS[name], floats(rng, 4, 6))
    to_onnx(model, floats(rng, 2, 4, 6), path)
    ops = [op.name for op in noted(model, floats(rng, 2, 4, 6))]
    assert name in ops, f"{name} was not needed; found {ops}"
    for count in (1, 2, 5):
        batch = floats(rng, count, 4, 6)
        same(run(path, batch), answer(model, batch))


@pytest.mark.parametrize("make", [
    lambda rng: Attention(6, rng=rng), lambda rng: MultiHeadAttention(6, 2, causal=False, rng=rng),
    lambda rng: Sequential(SinusoidalPositionalEncoding(6), Linear(6, 3, bias=False, rng=rng), Softmax()),
    lambda rng: quantize_model(Sequential(Linear(6, 8, rng=rng), ReLU(), Linear(8, 3, rng=rng))),
    lambda rng: quantize_model(Sequential(Linear(6, 8, rng=rng), ReLU()), per_channel=False)])
def test_other_modules_leave_as_well(make, rng, path):
    model = make(rng)
    to_onnx(model, floats(rng, 2, 4, 6), path)
    batch = floats(rng, 3, 4, 6)
    same(run(path, batch), answer(model, batch))


def refused(function, error, says, rng, path):
    with pytest.raises(error, match=says):
        to_onnx(Made(function, floats(rng, 4, 6)), floats(rng, 2, 4, 6), path)
    assert not list(path.parent.iterdir()), "a file was left behind"


def test_an_operation_without_a_row_is_refused_by_name(rng, path):
    refused(lambda x, w: Tensor._apply(np.floor, x + w), NotImplementedError, "floor has no row.*acceleration", rng,
            path)
    refused(lambda x, w: x[:, [0, 2]] * 2, NotImplementedError, "index: .* one place", rng, path)
    refused(lambda x, w: x[:, ::-1] * w, NotImplementedError, "index: slices that go forward", rng, path)
    refused(lambda x, w: (x.unsqueeze(0) * x.unsqueeze(1)).reshape(len(x), len(x), 24), NotImplementedError,
            "reshape: 2 sizes move", rng, path)


def test_what_goes_round_the_door_is_refused(rng, path):
    refused(lambda x, w: Tensor(x.data * 2) + w, ValueError, "add takes numbers .* through the door", rng, path)
    refused(lambda x, w: Tensor(np.tanh((x + w).data)), ValueError, "not what its last operation gave", rng, path)
    refused(lambda x, w: x - x.mean(axis=0), ValueError, "divide takes .* how many examples", rng, path)
    refused(lambda x, w: x * w if len(x) < 3 else x + w, ValueError, "3 examples do not go through the same", rng, path)


def test_a_file_that_was_there_stays_when_its_successor_cannot_be_written(rng, path):
    to_onnx(mlp(rng), floats(rng, 1, 8, 8), path)
    before = path.read_bytes()
    with pytest.raises(NotImplementedError):
        to_onnx(Made(lambda x, w: Tensor._apply(np.floor, x), floats(rng, 1)), floats(rng, 1, 8, 8), path)
    assert path.read_bytes() == before


ARRAYS = {
    **{dtype: np.arange(6).reshape(2, 3).astype(dtype) for dtype in
       ("float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool")},
    "one number": np.array(3.5, np.float32), "none": np.zeros((0, 3), np.float32), "columns first": np.eye(2, 3).T,
    "every other": np.arange(10)[::2], "not numbers": np.array([np.nan, np.inf, -0.0], np.float32),
}


def bits(array):
    return array.dtype, array.shape, array.tobytes()


def test_pytorch_reads_our_arrays_bit_for_bit(path):
    save_safetensors(path, ARRAYS)
    found = {name: tensor.numpy() for name, tensor in safetensors.torch.load_file(path).items()}
    assert {name: bits(array) for name, array in found.items()} == {name: bits(array) for name, array in ARRAYS.items()}


def test_we_read_pytorchs_tensors_bit_for_bit(path):
    tensors = {name: torch.tensor(array).contiguous() for name, array in ARRAYS.items()}
    safetensors.torch.save_file(tensors, path)
    found = load_safetensors(path)
    assert {name: bits(array) for name, array in found.items()} == {name: bits(array) for name, array in ARRAYS.items()}


def test_a_state_goes_to_pytorch_and_back(rng, path):
    model, theirs = Sequential(Linear(6, 4, rng=rng), ReLU(), Linear(4, 2, rng=rng)), torch.nn.Sequential(
        torch.nn.Linear(6, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
    save_safetensors(path, model.state_dict())
    theirs.load_state_dict(safetensors.torch.load_file(path))
    batch = floats(rng, 5, 6)
    same(theirs(torch.tensor(batch)).detach().numpy(), answer(model, batch))
    with torch.no_grad():
        theirs[0].weight *= -2
    safetensors.torch.save_file(theirs.state_dict(), path)
    model.load_state_dict(load_safetensors(path))
    same(theirs(torch.tensor(batch)).detach().numpy(), answer(model, batch))


def test_a_file_cut_short_is_refused_wherever_the_cut_is(path):
    save_safetensors(path, ARRAYS)
    whole = path.read_bytes()
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match="cut short"):
            load_safetensors(path)


def test_another_kind_of_file_is_refused_and_a_missing_one_is_missing(path):
    np.savez(path.with_suffix(".npz"), a=np.ones(3))
    with pytest.raises(ValueError, match="no safetensors file"):
        load_safetensors(path.with_suffix(".npz"))
    with pytest.raises(FileNotFoundError):
        load_safetensors(path)


def test_what_acceleration_fuses_is_refused_by_name_and_written_when_it_is_off(rng, path):
    model, x = mlp(rng).eval(), floats(rng, 3, 8, 8)
    enable_acceleration()
    try:
        with pytest.raises(NotImplementedError, match="linear has no row.*acceleration"):
            to_onnx(model, x, path)
    finally:
        disable_acceleration()
    assert not path.exists()
    to_onnx(model, x, path)
    assert path.exists()
