"""With a cache a model says what it says without one; streams keep to themselves; a queue answers in order."""
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tinytorch.core.autograd import no_grad
from tinytorch.memoization import (
    KVCache,
    attend,
    generate,
    load_safetensors,
    noted,
    read,
    save_safetensors,
    serve,
    stream,
    to_onnx,
)
from tinytorch.nn import Dropout, Linear, ReLU, Sequential
from tinytorch.nn.transformer import MultiHeadAttention, Transformer
from tinytorch.nn.transformer import generate as generate_anew
from tinytorch.quantization import quantize_model


def model_of(n_layers=2, d_model=16, n_heads=4, max_len=24, vocab_size=11, seed=3):
    rng = np.random.default_rng(seed)
    model = Transformer(vocab_size, d_model, n_heads, n_layers, max_len=max_len, rng=rng).eval()
    model.head.weight.data *= 50
    return model


MODEL = model_of()
texts = st.lists(st.integers(0, 10), min_size=1, max_size=10)


@given(texts, st.lists(st.integers(1, 5), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_logits_are_those_of_the_whole_text_however_it_is_cut(text, steps):
    tokens = np.array([text * 2, (text * 2)[::-1]])
    with no_grad():
        whole, cache, at, found = MODEL(tokens).data, KVCache.of(MODEL, batch=2), 0, []
        while at < tokens.shape[1]:
            new = tokens[:, at:at + steps[at % len(steps)]]
            found.append(read(MODEL, new, cache).data)
            at += new.shape[1]
    assert cache.length == tokens.shape[1]
    np.testing.assert_allclose(np.concatenate(found, axis=1), whole, atol=1e-5 * np.abs(whole).max())


@given(texts, st.integers(0, 14))
@settings(max_examples=30, deadline=None)
def test_a_greedy_text_is_that_of_lesson_13(text, count):
    np.testing.assert_array_equal(generate(MODEL, text, count), generate_anew(MODEL, text, count))


def test_a_model_in_codes_has_a_cache_too():
    codes = quantize_model(MODEL)
    np.testing.assert_array_equal(generate(codes, [3, 4, 5], 14), generate_anew(codes, [3, 4, 5], 14))


@pytest.mark.parametrize("temperature", [0.5, 1.0, 20.0])
def test_a_drawn_text_is_that_of_lesson_13(temperature):
    drawn = [write(MODEL, [3, 4], 20, temperature, np.random.default_rng(5)) for write in (generate, generate_anew)]
    np.testing.assert_array_equal(*drawn)


def test_a_text_ends_with_its_stop_and_the_mode_is_put_back():
    model = model_of().train()
    whole = generate(model, [3, 4, 5], 12)
    stop = int(whole[8])
    end = whole.tolist().index(stop, 3) + 1
    assert generate(model, [3, 4, 5], 12, stop=stop).tolist() == whole[:end].tolist()
    assert model.training


def test_what_is_too_long_is_refused_before_anything_is_read():
    with pytest.raises(ValueError, match="3 tokens and 22 more are longer than the model's 24"):
        generate(MODEL, [3, 4, 5], 22)
    with pytest.raises(ValueError, match="no token"):
        generate(MODEL, [], 3)


def test_a_cache_that_is_full_says_how_much_it_holds():
    cache = KVCache.of(MODEL)
    read(MODEL, np.zeros((1, 20), dtype=np.int64), cache)
    with pytest.raises(ValueError, match="20 tokens in the cache and 5 more do not fit: it holds 24"):
        cache.append(0, cache.keys[0, :, :, :5], cache.values[0, :, :, :5])


def test_a_cache_of_another_batch_names_the_one_that_fits():
    one = KVCache.of(MODEL)
    with pytest.raises(ValueError, match=r"batch of 3, and the cache is for one of 1. Try KVCache.of\(model, 3\)"):
        read(MODEL, np.zeros((3, 2), dtype=np.int64), one)
    with pytest.raises(ValueError, match="batch of 1, and the cache is for one of 3"):  # would stretch in silence
        read(MODEL, np.zeros((1, 2), dtype=np.int64), KVCache.of(MODEL, batch=3))
    assert one.length == 0 and not one.keys.any()


@pytest.mark.parametrize("shape", [(), (3,), (2, 3, 1)])
def test_tokens_without_a_row_for_each_text_are_refused(shape):
    with pytest.raises(ValueError, match="a row for each text"):
        read(MODEL, np.zeros(shape, dtype=np.int64), KVCache.of(MODEL))


def test_bytes_of_a_cache_are_two_arrays_for_every_layer():
    assert KVCache.of(MODEL, batch=3).nbytes == 2 * 4 * 2 * 3 * 24 * 16


def test_no_text_of_a_batch_hears_another():
    tokens = np.array([[3, 4, 5, 6], [7, 8, 9, 10]])
    both, alone = KVCache.of(MODEL, batch=2), KVCache.of(MODEL)
    np.testing.assert_allclose(read(MODEL, tokens, both).data[:1], read(MODEL, tokens[:1], alone).data, atol=1e-4)


def test_attention_with_a_cache_leaves_other_layers_alone():
    attention, cache = MultiHeadAttention(8, 2, rng=np.random.default_rng(3)), KVCache(3, 1, 2, 6, 4)
    x = MODEL.embedding(np.array([[3, 4]]))[:, :, :8]
    attend(attention, x, cache, 1)
    assert cache.keys[1, :, :, :2].any() and not cache.keys[[0, 2]].any() and cache.length == 0


def test_what_is_generated_is_not_recorded_and_the_reader_of_a_stream_may_record(monkeypatch):
    head, seen = MODEL.head, []
    monkeypatch.setattr(MODEL, "head", lambda x: seen.append(head(x)) or seen[-1])
    generate(MODEL, [3, 4], 3)
    one = stream(MODEL, [3, 4], 3)
    assert next(one) == seen[-1].data[0, -1].argmax() and not any(logits.requires_grad for logits in seen)
    assert MODEL(np.array([[3]])).requires_grad  # while the stream waits


def test_a_stream_reads_no_further_than_the_token_that_it_gives(monkeypatch):
    read_so_far, embedding = [], MODEL.embedding
    monkeypatch.setattr(MODEL, "embedding", lambda tokens: read_so_far.append(tokens.shape[1]) or embedding(tokens))
    assert [sum(read_so_far) for _ in stream(MODEL, [3, 4, 5], 4)] == [3, 4, 5, 6]


def test_streams_in_turn_give_what_each_gives_alone():
    asked = [[3, 4], [5], [6, 7, 8]]
    streams = [stream(MODEL, text, 9) for text in asked]
    rounds = [[next(one) for one in streams] for _ in range(9)]
    for text, found in zip(asked, zip(*rounds), strict=True):
        assert list(found) == generate_anew(MODEL, text, 9)[len(text):].tolist()
    assert all(list(one) == [] for one in streams)


arrivals = st.lists(st.integers(0, 9), min_size=1, max_size=30).map(lambda gaps: np.cumsum(gaps).astype(float).tolist())


@given(arrivals, st.integers(1, 6), st.integers(0, 12))
@settings(deadline=None)
def test_a_queue_answers_all_in_order_after_they_came(times, limit, patience):
    answered = serve(times, lambda count: 1.0 + count, limit, float(patience))
    assert len(answered) == len(times) and (np.diff(answered) >= 0).all()
    assert all(done >= came + 2 for done, came in zip(answered, times))
    sizes = np.unique(answered, return_counts=True)[1]
    assert sizes.max() <= limit
    assert (np.diff(np.unique(answered)) >= 1 + sizes[1:] - 1e-9).all()  # one batch after the other


def test_who_comes_while_the_machine_is_busy_goes_with_the_next_batch():
    assert serve([0.0, 2.0, 4.0], lambda count: 10.0, 2, 1.0).tolist() == [11.0, 21.0, 21.0]


def test_who_is_alone_waits_as_long_as_patience_lasts():
    assert serve([3.0], lambda count: 5.0, 4, 2.0).tolist() == [10.0]
    assert serve([3.0], lambda count: 5.0, 1, 2.0).tolist() == [8.0]


def test_the_operations_of_a_run_are_noted_as_the_model_is_in_use():
    model = Sequential(Linear(3, 2), ReLU(), Dropout(0.5))
    notes = noted(model, np.ones((4, 3), np.float32))
    assert [op.name for op in notes] == ["permute", "matmul", "add", "relu"]
    assert notes[1].inputs[1] is notes[0].out and notes[0].inputs[0] is model[0].weight.data
    assert model.training


@pytest.mark.parametrize("package, call", [
    ("onnx", lambda path: to_onnx(MODEL, [[3, 4]], path)),
    ("safetensors", lambda path: save_safetensors(path, MODEL.state_dict())),
    ("safetensors", lambda path: load_safetensors(__file__))])
def test_without_its_package_an_export_says_what_to_install(package, call, tmp_path, monkeypatch):
    for name in [package, *(name for name in sys.modules if name.startswith(f"{package}."))]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=f"needs {package}, .* pip install {package}"):
        call(tmp_path / "model")
    assert not list(tmp_path.iterdir())
