"""Layer norm, heads, blocks and a whole model give PyTorch's values and gradients; their states move there and back."""
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from conftest import agree
from tinytorch.core import Tensor
from tinytorch.nn import LayerNorm, MultiHeadAttention, Transformer, TransformerBlock

D, HEADS, SEQ = 12, 3, 7


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def drawn(module, rng, dtype):
    """The module with all parameters drawn anew, in a dtype, at a size at which everything matters."""
    for p in module.parameters():
        p.data = rng.normal(0.2, 0.4, p.shape).astype(dtype)
    return module


class Ahead(torch.nn.Module):
    """A Transformer made of torch.nn's own parts, with the norm before each layer."""

    def __init__(self, vocab_size, n_layers, max_len):
        super().__init__()
        self.embedding = torch.nn.Embedding(vocab_size, D)
        self.positions = torch.nn.Embedding(max_len, D)
        self.blocks = torch.nn.ModuleList([their_block() for _ in range(n_layers)])
        self.norm = torch.nn.LayerNorm(D)
        self.head = torch.nn.Linear(D, vocab_size, bias=False)

    def forward(self, tokens):
        x = self.embedding(tokens) + self.positions.weight[:tokens.shape[1]]
        for block in self.blocks:
            x = block(x, src_mask=later(x.shape[1], x.dtype))
        return self.head(self.norm(x))


def their_block():
    return torch.nn.TransformerEncoderLayer(
        D, HEADS, 4 * D, dropout=0.0, activation=lambda x: F.gelu(x, approximate="tanh"), batch_first=True,
        norm_first=True)


def later(length, dtype):
    return torch.full((length, length), -torch.inf, dtype=dtype).triu(1)


THIRDS = ("query.", "key.", "value.")  # one above the other in PyTorch's in_proj
RENAMED = {"out.": "out_proj.", "mlp.up.": "linear1.", "mlp.down.": "linear2.", "attention.": "self_attn.",
           **dict.fromkeys(THIRDS, "in_proj_")}


def renamed(name):
    for ours, theirs in RENAMED.items():
        name = name.replace(ours, theirs)
    return name


def as_theirs(state):
    """{PyTorch's name: array} from {our name: array}."""
    found = {}
    for name, array in state.items():
        found.setdefault(renamed(name), []).append(array)
    return {name: np.concatenate(arrays) if len(arrays) > 1 else arrays[0] for name, arrays in found.items()}


def as_ours(state, names):
    """{our name: array} from {PyTorch's name: tensor}."""
    found = {name: state[renamed(name)].numpy() for name in names}
    thirds = {name: at for name in names for at, part in enumerate(THIRDS) if part in name}
    return {name: np.split(array, 3)[thirds[name]] if name in thirds else array for name, array in found.items()}


def moved(ours, theirs, dtype):
    """Their module with our state."""
    theirs = theirs.to(torch.float64 if dtype == np.float64 else torch.float32)
    theirs.load_state_dict({name: torch.tensor(array) for name, array in as_theirs(ours.state_dict()).items()})
    return theirs


def gradients_agree(ours, theirs, dtype):
    found = as_theirs({name: p.grad for name, p in ours.named_parameters()})
    expected = {name: p.grad.numpy() for name, p in theirs.named_parameters()}
    assert found.keys() == expected.keys()
    for name in expected:
        agree(found[name], expected[name], f"gradient of {name}", dtype)


def compare(ours, theirs, x, dtype, rng):
    """Values, and gradients of the input and of every parameter, under one random gradient from outside."""
    mine, other = Tensor(x, requires_grad=True, dtype=dtype), torch.tensor(x, requires_grad=True)
    out, expected = ours(mine), theirs(other)
    agree(out.data, expected.detach().numpy(), "values", dtype)
    grad_out = rng.normal(size=out.shape).astype(dtype)
    out.backward(grad_out)
    expected.backward(torch.tensor(grad_out))
    agree(mine.grad, other.grad.numpy(), "gradient of the input", dtype)
    gradients_agree(ours, theirs, dtype)


@pytest.mark.parametrize("shape", [(D,), (5, D), (2, 3, D), (0, D)])
@pytest.mark.parametrize("eps", [1e-5, 0.3])
def test_layer_norm(shape, eps, dtype, rng):
    ours = drawn(LayerNorm(D, eps), rng, dtype)
    compare(ours, moved(ours, torch.nn.LayerNorm(D, eps), dtype), rng.normal(2, 3, shape).astype(dtype), dtype, rng)


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("n_heads", [1, 3, 12])
def test_multi_head_attention(n_heads, causal, dtype, rng):
    ours = drawn(MultiHeadAttention(D, n_heads, causal), rng, dtype)
    theirs = moved(ours, torch.nn.MultiheadAttention(D, n_heads, batch_first=True), dtype)

    def attended(x):
        return theirs(x, x, x, attn_mask=later(SEQ, x.dtype) if causal else None, need_weights=False)[0]

    attended.named_parameters = theirs.named_parameters
    compare(ours, attended, rng.normal(size=(2, SEQ, D)).astype(dtype), dtype, rng)


def test_a_block(dtype, rng):
    ours = drawn(TransformerBlock(D, HEADS), rng, dtype)
    theirs = moved(ours, their_block(), dtype)

    def run(x):
        return theirs(x, src_mask=later(SEQ, x.dtype))

    run.named_parameters = theirs.named_parameters
    compare(ours, run, rng.normal(size=(2, SEQ, D)).astype(dtype), dtype, rng)


def both(rng, dtype):
    ours = drawn(Transformer(11, D, HEADS, 3, max_len=SEQ), rng, dtype)
    return ours, moved(ours, Ahead(11, 3, SEQ), dtype), rng.integers(0, 11, (4, SEQ))


def test_logits_of_a_whole_model(dtype, rng):
    ours, theirs, tokens = both(rng, dtype)
    agree(ours(tokens).data, theirs(torch.tensor(tokens)).detach().numpy(), "logits", dtype)


@pytest.mark.parametrize("ignored", [False, True])
def test_the_loss_of_a_whole_model_and_the_gradient_of_every_parameter(ignored, dtype, rng):
    ours, theirs, tokens = both(rng, dtype)
    targets = np.where(rng.random(tokens.shape) < 0.5 * ignored, -100, rng.integers(0, 11, tokens.shape))
    loss = ours(tokens, targets)
    expected = F.cross_entropy(theirs(torch.tensor(tokens)).flatten(0, 1), torch.tensor(targets).flatten())
    agree(loss.data, expected.detach().numpy(), "loss", dtype)
    loss.backward()
    expected.backward()
    gradients_agree(ours, theirs, dtype)


@pytest.mark.parametrize("ours, theirs", [
    (lambda: LayerNorm(D), lambda: torch.nn.LayerNorm(D)),
    (lambda: MultiHeadAttention(D, HEADS), lambda: torch.nn.MultiheadAttention(D, HEADS)),
    (lambda: TransformerBlock(D, HEADS), their_block),
    (lambda: Transformer(11, D, HEADS, 2, max_len=SEQ), lambda: Ahead(11, 2, SEQ)),
], ids=["LayerNorm", "MultiHeadAttention", "TransformerBlock", "Transformer"])
def test_a_state_moves_back(ours, theirs):
    mine, other = ours(), theirs()
    mine.load_state_dict(as_ours(other.state_dict(), dict(mine.named_parameters())))
    for name, array in as_theirs(mine.state_dict()).items():
        assert np.array_equal(array, other.state_dict()[name].numpy()), name
