"""Attention answers and learns as PyTorch's does."""
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from conftest import agree, compared
from tinytorch.core import Tensor
from tinytorch.nn.attention import Attention, causal_mask, scaled_dot_product_attention

SHAPES = [((3, 4), (5, 4), (5, 6)), ((2, 4, 3), (2, 4, 3), (2, 4, 3)), ((2, 3, 1, 8), (2, 3, 7, 8), (2, 3, 7, 5)),
          ((1, 1), (1, 1), (1, 1)), ((0, 4), (3, 4), (3, 2))]


def drawn(shapes):
    return [np.random.default_rng(3).normal(size=shape) for shape in shapes]


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("shapes", SHAPES, ids=str)
def test_answers_and_gradients_are_those_of_pytorch(shapes, masked, dtype):
    queries, keys = shapes[0][-2], shapes[1][-2]
    mask = np.random.default_rng(5).random((queries, keys)) < 0.5
    mask[:, 0] = True
    compared(lambda q, k, v: scaled_dot_product_attention(q, k, v, mask if masked else None),
             lambda q, k, v: F.scaled_dot_product_attention(q, k, v, torch.tensor(mask) if masked else None),
             drawn(shapes), dtype)


def test_a_causal_mask_means_what_is_causal_means(dtype):
    compared(lambda q, k, v: scaled_dot_product_attention(q, k, v, causal_mask(6)),
             lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True), drawn([(2, 6, 4)] * 3), dtype)


def test_the_layer_is_multihead_attention_with_one_head():
    mine, x = Attention(6, rng=np.random.default_rng(3)), np.random.default_rng(4).normal(size=(2, 5, 6))
    other, state = torch.nn.MultiheadAttention(6, 1, batch_first=True), mine.state_dict()
    other.load_state_dict({name: torch.tensor(array) for name, array in {
        "in_proj_weight": np.concatenate([state[f"{part}.weight"] for part in ("query", "key", "value")]),
        "in_proj_bias": np.concatenate([state[f"{part}.bias"] for part in ("query", "key", "value")]),
        "out_proj.weight": state["out.weight"], "out_proj.bias": state["out.bias"]}.items()})
    rows = torch.tensor(x.astype(np.float32))
    expected, _ = other(rows, rows, rows, attn_mask=torch.tensor(~causal_mask(5)))  # there True means: may not
    agree(mine(Tensor(x)).data, expected.detach().numpy(), "outputs", np.float32)
