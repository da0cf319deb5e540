"""Transformers: laws of each part, who may hear whom, gradients of every parameter, and how a model writes."""
import math

import numpy as np
import pytest
from tinytorch.core.autograd import gradcheck
from tinytorch.core.tensor import Tensor, manual_seed
from tinytorch.nn.activations import GELU
from tinytorch.nn.attention import Attention, scaled_dot_product_attention
from tinytorch.nn.transformer import (
    IGNORED,
    MLP,
    LayerNorm,
    MultiHeadAttention,
    Transformer,
    TransformerBlock,
    gelu,
    generate,
    join_heads,
    pick,
    small_normal,
    split_heads,
)
from tinytorch.optim import Adam

SHAPES = [(6,), (4, 6), (2, 3, 6), (0, 6)]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def small(seed=3, **options):
    return Transformer(9, 12, 3, 2, max_len=16, rng=np.random.default_rng(seed), **options)


def spread_out(model, rng):
    """The model with numbers of a size at which everything matters, norms and biases included."""
    for p in model.parameters():
        p.data = (p.data + 0.3 * rng.normal(size=p.shape)).astype(np.float32)
    return model


# layer norm


@pytest.mark.parametrize("shape", SHAPES)
def test_layer_norm_is_the_formula_in_float64(shape, rng):
    norm, x = LayerNorm(6, eps=0.1), rng.normal(2, 3, shape).astype(np.float32)
    norm.weight.data, norm.bias.data = rng.normal(size=6).astype(np.float32), rng.normal(size=6).astype(np.float32)
    wide = x.astype(np.float64)
    expected = (wide - wide.mean(-1, keepdims=True)) / np.sqrt(wide.var(-1, keepdims=True) + 0.1)
    found = norm(Tensor(x)).data
    assert found.dtype == np.float32 and found.shape == shape
    np.testing.assert_allclose(found, expected * norm.weight.data + norm.bias.data, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("scale, shift", [(3.0, 5.0), (1e4, 0.0), (0.1, -7.0)])
def test_layer_norm_forgets_scale_and_shift_of_a_row(scale, shift, rng):
    x, norm = rng.normal(size=(5, 6)), LayerNorm(6, eps=1e-12)
    np.testing.assert_allclose(norm(Tensor(scale * x + shift)).data, norm(Tensor(x)).data, atol=1e-3)


def test_layer_norm_makes_an_even_row_0_and_not_nan():
    assert (LayerNorm(6)(Tensor(np.full((2, 6), 7.0))).data == 0).all()


@pytest.mark.parametrize("shape", SHAPES[:3])
def test_layer_norm_has_the_gradient_that_nudging_finds(shape, rng):
    norm = LayerNorm(6)

    def normed(x, weight, bias):
        norm.weight, norm.bias = weight, bias
        return norm(x)

    gradcheck(normed, *(Tensor(rng.normal(size=one), requires_grad=True) for one in (shape, (6,), (6,))))


# the bend, and the layer for each token alone


def test_gelu_is_the_sentence_of_02_also_far_out():
    x = np.array([-1000, -20, -3, -0.5, 0, 0.5, 3, 20, 1000], dtype=np.float32)
    with np.errstate(all="raise", under="ignore"):
        np.testing.assert_allclose(gelu(x), GELU()(Tensor(x)).data, rtol=1e-5, atol=1e-6)
    assert gelu(x).dtype == np.float32


def test_gelu_has_the_gradient_that_nudging_finds(rng):
    gradcheck(lambda x: Tensor._apply(gelu, x), Tensor(3 * rng.normal(size=(4, 5)), requires_grad=True))


def test_gelu_leaves_its_input_alone(rng):
    x = rng.normal(size=(4, 5)).astype(np.float32)
    before = x.copy()
    y = Tensor(x, requires_grad=True)
    Tensor._apply(gelu, y).backward(np.ones_like(x))
    assert np.array_equal(gelu(x), gelu(before)) and np.array_equal(y.data, before)


def test_an_mlp_treats_each_token_alone(rng):
    mlp, x, order = MLP(6, rng=rng), rng.normal(size=(2, 5, 6)), rng.permutation(5)
    np.testing.assert_allclose(mlp(Tensor(x[:, order])).data, mlp(Tensor(x)).data[:, order], atol=1e-6)
    assert mlp.up.weight.shape == (24, 6) and MLP(6, 10).down.weight.shape == (6, 10)


# heads


@pytest.mark.parametrize("n_heads", [1, 2, 3, 12])
@pytest.mark.parametrize("leading", [(), (5,), (2, 3)])
def test_heads_have_their_share_of_every_token_and_come_back(n_heads, leading, rng):
    x, size = rng.normal(size=(*leading, 7, 12)).astype(np.float32), 12 // n_heads
    split = split_heads(Tensor(x), n_heads)
    for head in range(n_heads):
        assert np.array_equal(split.data[..., head, :, :], x[..., head * size:(head + 1) * size])
    assert np.array_equal(join_heads(split).data, x)


@pytest.mark.parametrize("causal", [True, False])
def test_one_head_is_the_attention_of_12(causal, rng):
    one, plain = MultiHeadAttention(12, 1, causal, rng=rng), Attention(12, causal=causal)
    plain.load_state_dict(one.state_dict())
    x = Tensor(rng.normal(size=(2, 5, 12)))
    np.testing.assert_allclose(one(x).data, plain(x).data, atol=1e-6)


def test_each_head_attends_by_itself(rng):
    layer, x = MultiHeadAttention(12, 3, causal=False, rng=rng), Tensor(rng.normal(size=(2, 5, 12)))
    shares = [slice(4 * head, 4 * head + 4) for head in range(3)]
    query, key, value = layer.query(x), layer.key(x), layer.value(x)
    found = [scaled_dot_product_attention(query[..., at], key[..., at], value[..., at]).data for at in shares]
    np.testing.assert_allclose(layer(x).data, layer.out(Tensor(np.concatenate(found, -1))).data, atol=1e-5)


def test_without_a_mask_attention_is_blind_to_order(rng):
    layer, x, order = MultiHeadAttention(12, 3, causal=False, rng=rng), rng.normal(size=(5, 12)), rng.permutation(5)
    np.testing.assert_allclose(layer(Tensor(x[order])).data, layer(Tensor(x)).data[order], atol=1e-5)


def test_who_is_heard_depends_on_the_content(rng):
    layer = MultiHeadAttention(12, 3, rng=rng)
    x = rng.normal(size=(2, 5, 12))

    def weights(x):
        query, key, value = (split_heads(part(Tensor(x)), 3) for part in (layer.query, layer.key, layer.value))
        return scaled_dot_product_attention(query, key, value, return_weights=True)[1].data

    assert weights(x).shape == (2, 3, 5, 5)
    assert np.abs(weights(x)[0] - weights(x)[1]).max() > 0.01
    assert np.abs(weights(x) - 0.2).max() > 0.01


def test_heads_that_cannot_share_the_width_are_refused_with_a_width_that_works():
    with pytest.raises(ValueError, match="4 heads cannot share 10. Try d_model 12"):
        MultiHeadAttention(10, 4)


# who may hear whom, in a whole model


@pytest.fixture
def tokens(rng):
    return rng.integers(0, 9, (2, 16))


def changed(tokens, at):
    other = tokens.copy()
    other[:, at] = (tokens[:, at] + 4) % 9
    return other


@pytest.mark.parametrize("at", range(16))
def test_a_later_token_never_changes_an_earlier_logit(at, tokens, rng):
    model = spread_out(small(), rng)
    before, after = model(tokens).data, model(changed(tokens, at)).data
    np.testing.assert_allclose(after[:, :at], before[:, :at], atol=1e-5)
    assert (np.abs(after[:, at] - before[:, at]).max(axis=-1) > 1e-3).all()


@pytest.mark.parametrize("n_heads", [1, 2, 4, 6])
def test_the_first_token_changes_the_last_logit(n_heads, tokens):
    model = Transformer(9, 12, n_heads, 1, max_len=16, rng=np.random.default_rng(3))
    assert (np.abs(model(changed(tokens, 0)).data - model(tokens).data)[:, -1].max(axis=-1) > 1e-4).all()


def test_swapping_two_early_tokens_changes_a_late_logit(rng):
    model = spread_out(small(), rng)
    there, back = np.array([[3, 7, 5, 5, 2, 2, 8, 1]]), np.array([[7, 3, 5, 5, 2, 2, 8, 1]])
    assert np.abs(model(there).data - model(back).data)[0, -1].max() > 1e-3


def test_texts_of_a_batch_do_not_hear_each_other(tokens):
    model = small()
    np.testing.assert_allclose(model(tokens).data[1], model(tokens[1:]).data[0], atol=1e-5)


# blocks and the stream


def test_a_block_that_has_nothing_to_say_lets_the_stream_through(rng):
    block, x = TransformerBlock(12, 3, rng=rng), rng.normal(size=(2, 5, 12)).astype(np.float32)
    for last in (block.attention.out, block.mlp.down):
        last.weight.data, last.bias.data = np.zeros_like(last.weight.data), np.zeros_like(last.bias.data)
    assert np.array_equal(block(Tensor(x)).data, x)


def test_the_gradient_comes_down_through_fifty_blocks(rng):
    model = Transformer(9, 12, 3, 50, max_len=16, rng=rng)
    model(rng.integers(0, 9, (4, 16)), rng.integers(0, 9, (4, 16))).backward()
    first, last = (np.abs(block.mlp.up.weight.grad).mean() for block in (model.blocks[0], model.blocks[49]))
    assert 0.02 < first / last < 50


def test_dropout_is_awake_in_training_alone(tokens):
    model = small(dropout=0.5)
    assert not np.allclose(model(tokens).data, model(tokens).data)
    model.eval()
    assert np.array_equal(model(tokens).data, model(tokens).data)


def test_parameters_are_counted_as_the_formula_says():
    vocab, d, layers, places = 50, 24, 3, 10
    model = Transformer(vocab, d, 4, layers, max_len=places)
    found = sum(p.data.size for p in model.parameters())
    assert found == layers * (12 * d * d + 13 * d) + (2 * vocab + places) * d + 2 * d


def test_a_seed_decides_all_first_numbers():
    same, other, others = (small(seed).state_dict() for seed in (3, 3, 5))
    assert all(np.array_equal(same[name], other[name]) for name in same)
    assert not np.array_equal(same["head.weight"], others["head.weight"])
    manual_seed(7)
    drawn = Transformer(9, 12, 3, 1).state_dict()
    manual_seed(7)
    assert np.array_equal(Transformer(9, 12, 3, 1).state_dict()["embedding.weight"], drawn["embedding.weight"])


def test_a_state_moves_to_another_model(tokens):
    one, other = small(3), small(5)
    other.load_state_dict(one.state_dict())
    assert np.array_equal(one(tokens).data, other(tokens).data)


# the loss


@pytest.mark.parametrize("vocab_size, d_model, n_layers", [(2, 16, 1), (10, 64, 2), (500, 64, 4), (5000, 128, 1)])
def test_an_untrained_model_knows_nothing_and_says_so(vocab_size, d_model, n_layers, rng):
    model = Transformer(vocab_size, d_model, 4, n_layers, max_len=32, rng=rng)
    tokens = rng.integers(0, vocab_size, (8, 33))
    assert model(tokens[:, :-1], tokens[:, 1:]).item() == pytest.approx(math.log(vocab_size), rel=0.05)


def test_the_loss_is_the_mean_surprise_at_targets_that_count(tokens, rng):
    model, targets = spread_out(small(), rng), rng.integers(0, 9, (2, 16))
    logits = model(tokens).data.astype(np.float64)
    surprise = np.log(np.exp(logits).sum(-1)) - np.take_along_axis(logits, targets[..., None], -1)[..., 0]
    assert model(tokens, targets).item() == pytest.approx(surprise.mean(), rel=1e-4)
    counts = rng.random((2, 16)) < 0.4
    some = np.where(counts, targets, IGNORED)
    assert model(tokens, some).item() == pytest.approx(surprise[counts].mean(), rel=1e-4)
    assert model(tokens, Tensor(some, dtype=np.int64)).item() == pytest.approx(surprise[counts].mean(), rel=1e-4)


def test_what_stands_behind_the_last_target_does_not_matter(tokens):
    model, targets = small(), np.full((2, 16), IGNORED)
    targets[:, :5] = 4
    other = tokens.copy()
    other[:, 5:] = 0
    assert model(tokens, targets).item() == pytest.approx(model(other, targets).item(), abs=1e-6)


@pytest.mark.parametrize("targets, error, says", [
    (np.zeros((2, 15), dtype=int), ValueError, r"expected shape \(2, 16\), found \(2, 15\)"),
    (np.full((2, 16), IGNORED), ValueError, "all 32 targets are -100"),
    (np.zeros((2, 16)), TypeError, "whole numbers"),
    (np.full((2, 16), 9), ValueError, "0 to 8"),
])
def test_targets_that_cannot_be_are_refused(targets, error, says, tokens):
    with pytest.raises(error, match=says):
        small()(tokens, targets)


def test_tokens_that_cannot_be_are_refused():
    for tokens in (np.array([[3.0, 4.0]]), np.array([[3, 9]]), np.zeros((1, 17), dtype=int)):
        with pytest.raises((TypeError, IndexError, ValueError)):
            small()(tokens)


# gradients


def owner_of(module, name):
    """The module that holds the parameter of this dotted name, and its name there."""
    *parts, last = name.split(".")
    for part in parts:
        module = getattr(module, part)
    return module, last


NAMES = [name for name, _ in small().named_parameters()]


@pytest.mark.parametrize("name", NAMES)
def test_the_gradient_of_every_parameter_is_the_one_that_nudging_finds(name, rng):
    model = Transformer(7, 6, 2, 2, max_len=4, rng=rng)
    for p in model.parameters():
        p.data = p.data.astype(np.float64) + 0.3 * rng.normal(size=p.shape)
    tokens, targets = np.array([[3, 1, 3, 6], [2, 5, 5, 0]]), np.array([[1, IGNORED, 6, 4], [IGNORED, 5, 0, 3]])
    owner, last = owner_of(model, name)

    def loss(parameter):
        setattr(owner, last, parameter)
        return model(tokens, targets)

    gradcheck(loss, getattr(owner, last))


def test_a_model_learns_what_only_attention_can_tell(rng):
    """The first token comes back at the end: what stands between says nothing of it."""
    model = Transformer(8, 16, 2, 1, max_len=6, rng=rng)
    optimizer = Adam(model.parameters(), lr=0.01)
    for _ in range(150):
        tokens, targets = rng.integers(0, 8, (32, 6)), np.full((32, 6), IGNORED)
        targets[:, -1] = tokens[:, 0]
        optimizer.zero_grad()
        loss = model(tokens, targets)
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.2


# writing


def test_greedy_takes_the_highest_score_of_all_that_stands_before(rng):
    model = spread_out(small(), rng)
    row = generate(model, [3, 5], 10)
    assert row.dtype == np.int64 and row.shape == (12,) and row[:2].tolist() == [3, 5]
    assert np.array_equal(row[2:], model(row[None, :-1]).data[0, 1:].argmax(axis=-1))


def test_a_long_text_is_read_from_its_last_max_len_tokens(rng):
    model = spread_out(small(), rng)
    row = generate(model, rng.integers(0, 9, 20), 5)
    assert row[24] == model(row[None, 8:24]).data[0, -1].argmax()


def test_a_text_ends_with_stop_and_begins_as_it_was_given(rng):
    model = spread_out(small(), rng)
    whole = generate(model, Tensor([3, 5], dtype=np.int64), 10)
    cut = generate(model, (3, 5), 10, stop=int(whole[5]))
    assert cut.tolist() == whole[:2 + whole[2:].tolist().index(whole[5]) + 1].tolist()
    assert generate(model, [3, 5], 0).tolist() == [3, 5]


@pytest.mark.parametrize("training", [True, False])
def test_writing_leaves_the_model_as_it_was(training):
    model = small(dropout=0.5).train(training)
    assert np.array_equal(generate(model, [3], 8), generate(model, [3], 8)) and model.training is training
    assert model.dropout.training is training and all(p.grad is None for p in model.parameters())


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_tokens_are_drawn_as_often_as_softmax_says(temperature, rng):
    scores = rng.normal(size=5).astype(np.float32)
    found = np.bincount([pick(scores, temperature, rng) for _ in range(4000)], minlength=5) / 4000
    powers = np.exp(scores / temperature)
    np.testing.assert_allclose(found, powers / powers.sum(), atol=0.03)


def test_a_seed_decides_what_is_drawn():
    model = small()
    drawn = [generate(model, [3], 12, 1.0, np.random.default_rng(seed)).tolist() for seed in (3, 3, 5)]
    assert drawn[0] == drawn[1] != drawn[2]
    manual_seed(4)
    first = generate(model, [3], 12, 1.0).tolist()
    manual_seed(4)
    assert generate(model, [3], 12, 1.0).tolist() == first


@pytest.mark.parametrize("tokens, error", [([], ValueError), ([3.0], TypeError), (np.array([3.5]), TypeError)])
def test_a_text_to_go_on_with_is_whole_numbers_and_not_empty(tokens, error):
    with pytest.raises(error):
        generate(small(), tokens, 3)


def test_first_scores_are_small(rng):
    drawn = small_normal((200, 300), rng)
    assert drawn.shape == (200, 300) and drawn.std() == pytest.approx(0.02, rel=0.02) and abs(drawn.mean()) < 1e-3
