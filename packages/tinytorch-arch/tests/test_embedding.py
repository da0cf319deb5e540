"""Embedding, Rows and positions: laws beside one-hot products and loops, optimizers with few rows, error messages."""
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tinytorch import manual_seed
from tinytorch.core import Tensor, gradcheck, no_grad
from tinytorch.nn import CrossEntropyLoss, Embedding, LearnedPositionalEmbedding, Linear, SinusoidalPositionalEncoding
from tinytorch.nn.embedding import Rows, look_up, of_rows_too, pick, sinusoids, summed, teach
from tinytorch.optim import SGD, Adam, AdamW
from tinytorch.optim.optimizers import Optimizer

KINDS = {
    "SGD": lambda params: SGD(params, lr=0.1),
    "momentum": lambda params: SGD(params, lr=0.1, momentum=0.9, weight_decay=0.1),
    "nesterov": lambda params: SGD(params, lr=0.1, momentum=0.9, nesterov=True),
    "Adam": lambda params: Adam(params, lr=0.1, weight_decay=0.1),
    "AdamW": lambda params: AdamW(params, lr=0.1),
}
SHAPES = [(), (4,), (3, 5), (2, 3, 4), (0,), (3, 0)]
tokens_of_nine = st.lists(st.integers(0, 8), max_size=30)


def layer(sparse=False, dtype=np.float32):
    made = Embedding(9, 4, sparse, rng=np.random.default_rng(3))
    made.weight.data = made.weight.data.astype(dtype)
    return made


def drawn(shape, seed=5):
    return np.random.default_rng(seed).integers(0, 9, shape)


# looking up


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_look_up_is_the_product_with_one_hot_rows(shape, sparse):
    tokens, embedding = drawn(shape), layer(sparse)
    found = embedding(tokens)
    assert found.shape == (*shape, 4)
    np.testing.assert_allclose(found.data, np.eye(9)[tokens] @ embedding.weight.data, rtol=1e-6)


@pytest.mark.parametrize("kind", [list, lambda a: Tensor(a, dtype=np.int64), np.uint8, np.int32, np.asfortranarray])
def test_tokens_come_in_any_form(kind):
    tokens, embedding = drawn((3, 5)), layer()
    np.testing.assert_array_equal(embedding(kind(tokens)).data, embedding(tokens).data)


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize(("tokens", "error", "told"), [
    (np.array([3.0]), TypeError, "float64"), (Tensor([3.0]), TypeError, "float32"), ([True], TypeError, "bool"),
    ([3, 9], IndexError, "9 rows.*token 9"), ([[-1]], IndexError, "9 rows.*token -1"), (77, IndexError, "token 77")])
def test_what_has_no_row_is_refused(tokens, error, told, sparse):
    with pytest.raises(error, match=told):
        layer(sparse)(tokens)


def test_the_table_starts_normal_from_the_generator_that_is_asked_for():
    weight = Embedding(400, 50, rng=np.random.default_rng(3)).weight
    assert weight.dtype == np.float32 and abs(weight.data.std() - 1) < 0.02 and abs(weight.data.mean()) < 0.02
    manual_seed(7)
    first = Embedding(5, 3).weight.data
    manual_seed(7)
    np.testing.assert_array_equal(first, Embedding(5, 3).weight.data)


@pytest.mark.parametrize("sparse", [False, True])
def test_a_state_dict_moves_the_table(sparse):
    first, second = layer(), Embedding(9, 4, sparse)
    assert list(first.state_dict()) == ["weight"]
    second.load_state_dict(first.state_dict())
    np.testing.assert_array_equal(first(drawn((5,))).data, second(drawn((5,))).data)


# gradients


@pytest.mark.parametrize("shape", SHAPES)
def test_the_rule_agrees_with_nudging(shape):
    gradcheck(lambda table: look_up(table, drawn(shape)).tanh(), Tensor(np.ones((9, 4)), requires_grad=True))


@given(tokens_of_nine)
def test_sums_are_those_of_a_loop(tokens):
    ids, values = np.array(tokens, dtype=np.int64), np.random.default_rng(3).normal(size=(len(tokens), 3))
    distinct, sums = summed(ids, values)
    assert distinct.tolist() == sorted(set(tokens)) and sums.shape == (len(distinct), 3)
    for one, total in zip(distinct, sums):
        np.testing.assert_allclose(total, values[ids == one].sum(axis=0))


@given(tokens_of_nine, tokens_of_nine)
def test_rows_add_up_as_arrays_do(some, others):
    rows, more = [Rows(ids, np.random.default_rng(3).normal(size=(len(ids), 4))) for ids in (some, others)]
    both = rows.dense(9) + more.dense(9)
    assert isinstance(rows + more, Rows) and not isinstance(rows + more.dense(9), Rows)
    for total in ((rows + more).dense(9), rows + more.dense(9), rows.dense(9) + more):
        np.testing.assert_allclose(total, both, atol=1e-12)


def test_adding_changes_neither_side():
    rows, array = Rows([4, 1], np.ones((2, 3))), np.ones((6, 3))
    for total in (array + rows, rows + array):
        assert total.sum() == 24 and array.sum() == 18 and rows.values.sum() == 6
    assert (rows + rows).values.sum() == 12 and rows.values.sum() == 6


def test_rows_of_equal_indices_are_one_row():
    rows = Rows([5, 3, 5], np.float32([[3, 4], [6, 7], [30, 40]]))
    assert rows.indices.tolist() == [3, 5] and rows.values.tolist() == [[6, 7], [33, 44]]
    assert rows.nbytes == 2 * (8 + 2 * 4) and "shape (2, 2)" in repr(rows)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", SHAPES)
def test_sparse_and_dense_have_one_gradient(shape, dtype):
    dense, sparse = layer(False, dtype), layer(True, dtype)
    for embedding in (dense, sparse):
        (embedding(drawn(shape)) * embedding(drawn((3, 3), seed=7)).sum()).tanh().sum().backward()
        embedding(drawn((6,))).exp().sum().backward()  # a second walk adds
    rows = sparse.weight.grad
    assert isinstance(rows, Rows) and rows.values.dtype == dtype and (np.diff(rows.indices) > 0).all()
    np.testing.assert_allclose(rows.dense(9), dense.weight.grad, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("exit_first", [False, True])
def test_a_tied_weight_has_the_gradient_of_both_ends(exit_first):
    grads = []
    for embedding in (layer(), layer(sparse=True)):
        ends = [lambda e=embedding: e(drawn((5,))).tanh().sum(),
                lambda e=embedding: (Tensor(np.ones((3, 4))) @ e.weight.T).tanh().sum()]
        for end in reversed(ends) if exit_first else ends:
            end().backward()
        CrossEntropyLoss()(embedding(drawn((5,))) @ embedding.weight.T, drawn((5,), seed=7)).backward()
        grads.append(embedding.weight.grad)
    assert isinstance(grads[1], np.ndarray)
    np.testing.assert_allclose(*grads, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("sparse", [False, True])
def test_a_frozen_table_and_no_grad_record_nothing(sparse):
    embedding = layer(sparse)
    with no_grad():
        assert not embedding(drawn((5,))).requires_grad
    embedding.weight.requires_grad = False
    assert not embedding(drawn((5,))).requires_grad


def test_a_table_that_was_computed_passes_its_gradient_on():
    scale = Tensor(np.ones((9, 1)), requires_grad=True)
    pick(layer().weight * scale, drawn((5,))).sum().backward()
    expected = Tensor(np.ones((9, 1)), requires_grad=True)
    look_up(layer().weight * expected, drawn((5,))).sum().backward()
    np.testing.assert_array_equal(scale.grad, expected.grad)


# optimizers


def walk(make, sparse, batches, dtype=np.float64):
    """The table after each of so many steps, and the optimizer; a Linear learns beside it."""
    embedding, out = layer(sparse, dtype), Linear(4, 3, rng=np.random.default_rng(5))
    optimizer, path = make([embedding.weight, *out.parameters()]), []
    for tokens in batches:
        optimizer.zero_grad()
        out(embedding(tokens)).tanh().sum().backward()
        optimizer.step()
        path.append(embedding.weight.data.copy())
    return path, optimizer


@pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)
def test_if_every_row_is_used_rows_lead_where_arrays_lead(make):
    batches = [np.r_[np.arange(9), drawn((7,), seed)] for seed in range(6)]
    (dense, other), (sparse, optimizer) = walk(make, False, batches), walk(make, True, batches)
    np.testing.assert_allclose(dense, sparse, rtol=1e-6)
    assert optimizer.steps == other.steps == 6 and optimizer.state_memory() == other.state_memory()


def test_plain_sgd_leads_alike_whatever_is_used():
    batches = [drawn((4,), seed) for seed in range(6)]
    np.testing.assert_allclose(walk(KINDS["SGD"], False, batches)[0], walk(KINDS["SGD"], True, batches)[0], rtol=1e-6)


@pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)
def test_rows_that_are_not_used_rest_with_their_state(make):
    path, optimizer = walk(make, True, [[4, 1, 4], [7, 1], [1, 1, 1]])
    start = layer(dtype=np.float64).weight.data
    unused, late = [0, 2, 3, 5, 6, 8], [0, 2, 3, 4, 5, 6, 7, 8]
    np.testing.assert_array_equal(path[-1][unused], start[unused])
    np.testing.assert_array_equal(path[2][late], path[1][late])
    assert (path[-1][[1, 4, 7]] != start[[1, 4, 7]]).all()
    for arrays in optimizer.state.values():
        assert arrays[0].shape == (9, 4) and not arrays[0][unused].any() and arrays[0][[1, 4, 7]].all()


@pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)
def test_a_step_with_rows_writes_in_place_and_counts_a_version(make):
    embedding = layer(sparse=True)
    optimizer = make(embedding.parameters())
    loss = (embedding.weight * 2.0).sum()
    embedding([4, 1, 4]).sum().backward()
    homes = [embedding.weight, embedding.weight.data, embedding.weight.grad,
             *[arrays[0] for arrays in optimizer.state.values()]]
    optimizer.step()
    found = [optimizer.params[0], embedding.weight.data, embedding.weight.grad,
             *[arrays[0] for arrays in optimizer.state.values()]]
    assert all(a is b for a, b in zip(homes, found, strict=True))
    with pytest.raises(RuntimeError, match="exchanged before backward"):
        loss.backward()


def test_two_tables_take_rows_in_one_step():
    tables = layer(sparse=True), layer(sparse=True), layer()
    optimizer = Adam([table.weight for table in tables], lr=0.1)
    for table in tables:
        table([4, 1, 4]).sum().backward()
    optimizer.step()
    assert optimizer.steps == 1
    for table in tables[:2]:
        np.testing.assert_allclose(table.weight.data, tables[2].weight.data, rtol=1e-5)


def test_no_tokens_move_no_row():
    embedding = layer(sparse=True)
    embedding(np.zeros((3, 0), dtype=np.int64)).sum().backward()
    before = embedding.weight.data.copy()
    Adam(embedding.parameters(), lr=0.1).step()
    np.testing.assert_array_equal(embedding.weight.data, before)


def test_a_step_that_is_stopped_gives_everything_back():
    class Stops(Optimizer):
        @of_rows_too
        def step(self):
            assert self.params[0].shape == (2, 4) and self.state["m"][0].shape == (2, 4)
            raise KeyboardInterrupt

    embedding = layer(sparse=True)
    optimizer = Stops(embedding.parameters(), lr=0.1)
    kept = optimizer._state("m")[0]
    embedding([4, 1, 4]).sum().backward()
    with pytest.raises(KeyboardInterrupt):
        optimizer.step()
    assert optimizer.params[0] is embedding.weight and optimizer.state["m"][0] is kept
    np.testing.assert_array_equal(embedding.weight.data, layer().weight.data)


def test_to_be_taught_twice_is_to_be_taught_once():
    teach(SGD, Adam, SGD)
    for kind in (SGD, Adam, AdamW):
        assert kind.step.__name__ == "step" and not hasattr(kind.step.__wrapped__, "__wrapped__")


def test_a_sparse_step_needs_memory_for_its_rows_alone():
    embedding, tokens = Embedding(20_000, 64, sparse=True), np.arange(0, 5000, 20)
    optimizer = Adam(embedding.parameters())
    tracemalloc.start()
    embedding(tokens).tanh().sum().backward()
    optimizer.step()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 0.2 * embedding.weight.memory_footprint()


# positions


@pytest.mark.parametrize("d_model", [2, 6, 64])
def test_how_alike_two_places_are_depends_on_their_distance_alone(d_model):
    waves = sinusoids(200, d_model).astype(np.float64)
    alike = waves @ waves.T
    np.testing.assert_allclose(alike[0, :100], alike[100, 100:], atol=1e-4)
    np.testing.assert_allclose(np.diag(alike), d_model / 2, rtol=1e-5)


@pytest.mark.parametrize("d_model", [1, 2, 5, 8])
def test_every_place_has_waves_of_its_own(d_model):
    waves = sinusoids(50, d_model)
    assert waves.dtype == np.float32 and waves.shape == (50, d_model)
    assert len(np.unique(waves, axis=0)) == 50


@pytest.mark.parametrize("positions", [SinusoidalPositionalEncoding(4, max_len=7), LearnedPositionalEmbedding(7, 4)])
@pytest.mark.parametrize("shape", [(7, 4), (3, 5, 4), (2, 3, 1, 4), (0, 5, 4), (3, 0, 4)])
def test_positions_add_the_same_rows_to_every_sequence(positions, shape):
    x = np.random.default_rng(3).normal(size=shape).astype(np.float32)
    table = positions.table if isinstance(positions, SinusoidalPositionalEncoding) else positions.weight
    found = positions(Tensor(x))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found.data, x + table.data[:shape[-2]], rtol=1e-6)


@pytest.mark.parametrize("positions", [SinusoidalPositionalEncoding(4, max_len=7), LearnedPositionalEmbedding(7, 4)])
@pytest.mark.parametrize(("shape", "told"), [
    ((3, 8, 4), "7 places.*(3, 8, 4).*has 8.*max_len"), ((3, 5, 6), r"seq_len, 4\).*\(3, 5, 6\)"),
    ((4,), r"found \(4,\)")])
def test_positions_say_what_does_not_fit(positions, shape, told):
    with pytest.raises(ValueError, match=told):
        positions(Tensor(np.ones(shape)))


def test_waves_are_no_parameters_and_learnt_positions_are():
    assert SinusoidalPositionalEncoding(4).state_dict() == {} and SinusoidalPositionalEncoding(4).table.shape[0] == 1024
    learnt = LearnedPositionalEmbedding(7, 4)
    learnt(Tensor(np.ones((3, 5, 4)))).sum().backward()
    assert learnt.state_dict()["weight"].shape == (7, 4)
    np.testing.assert_array_equal(learnt.weight.grad, np.repeat([3.0, 0.0], [5, 2])[:, None] * np.ones(4))
