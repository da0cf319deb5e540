"""Tokenization: laws of round trips and of merges, the fast trainer beside the loops, files, and error messages."""
import json
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tinytorch.core.tensor import Tensor
from tinytorch.text.tokenization import (
    BYTES,
    BPETokenizer,
    Chain,
    CharTokenizer,
    byte_tokens,
    encode_tokens,
    learn_merges,
    learn_merges_loops,
    merge,
    padded,
    pieces_of,
)

BOOK = 3 * """The tortoise and the hare agreed on a race. The hare ran ahead, and then the hare lay down. The tortoise
went on and on. When the hare woke, the tortoise was there. The hare: caf\u00e9? The tortoise: \u4f60\u597d. """
TOKENIZER = BPETokenizer(["<pad>", "<end>"]).train(BOOK, 350)

rows = st.lists(st.sampled_from([0, 5, 7, 64, 255]), max_size=60)
repeating = st.text(alphabet="ab \u00e9\u4f60", max_size=60)


# round trips


@given(st.text())
def test_any_text_comes_back(text):
    assert TOKENIZER.decode(TOKENIZER.encode(text)) == text


@given(repeating, repeating, st.integers(256, 300))
def test_any_text_comes_back_whatever_was_learnt_from(learnt, text, vocab_size):
    tokenizer = BPETokenizer().train(learnt, vocab_size)
    assert tokenizer.decode(tokenizer.encode(text)) == text


@pytest.mark.parametrize("text", [
    "", "\0", "\ufeffmark", "\r\n\u2028\x85", "e\u0301", "\U0010ffff\ufffe", "\N{FAMILY}\u200d\N{WAVING HAND SIGN}",
    "\u05d0\u0628\u0e01", "<end><pad>", "\ufffd", "a" * 999])
def test_strange_texts_come_back(text):
    tokens = TOKENIZER.encode(text)
    assert TOKENIZER.decode(tokens) == text
    assert all(type(token) is int for token in tokens)


@given(st.text(min_size=1))
def test_characters_come_back(text):
    tokenizer = CharTokenizer(text)
    tokens = tokenizer.encode(text)
    assert tokenizer.decode(tokens) == text and len(tokens) == len(text)
    assert set(tokens) == set(range(tokenizer.vocab_size))


def test_half_a_surrogate_pair_is_no_text():
    with pytest.raises(UnicodeEncodeError):
        TOKENIZER.encode("\ud83d")


@given(st.lists(st.integers(0, 349), max_size=30))
def test_any_row_of_tokens_has_a_text(tokens):
    assert isinstance(TOKENIZER.decode(tokens), str)


def test_half_a_character_shows_a_replacement_sign():
    bytes_alone = BPETokenizer()
    assert bytes_alone.decode(bytes_alone.encode("a\u4f60")[:-1]) == "a\ufffd"


@pytest.mark.parametrize("kind", [list, tuple, iter, np.array, lambda row: np.array(row, dtype=np.uint16),
                                  lambda row: Tensor(row, dtype=np.int64)])
def test_decode_takes_tokens_in_any_form(kind):
    assert TOKENIZER.decode(kind(TOKENIZER.encode("the hare"))) == "the hare"


# merges


@settings(max_examples=300)
@given(rows, st.integers(0, 60))
def test_the_fast_trainer_learns_what_the_loops_learn(tokens, count):
    assert learn_merges(tokens, count) == learn_merges_loops(tokens, count)


@settings(max_examples=300)
@given(rows, rows)
def test_encode_does_each_merge_everywhere_in_its_order(learnt, tokens):
    merges = learn_merges(learnt, 30)
    expected = tokens
    for number, pair in enumerate(merges):
        expected = merge(expected, pair, 256 + number)
    assert encode_tokens(tokens, merges) == expected


@given(rows, rows)
def test_encode_merges_the_oldest_possible_pair_until_none_is_left(learnt, tokens):
    merges = learn_merges(learnt, 30)
    made_by = {pair: 256 + number for number, pair in enumerate(merges)}
    row = tokens
    while possible := [made_by[pair] for pair in zip(row, row[1:]) if pair in made_by]:
        row = merge(row, merges[min(possible) - 256], min(possible))
    assert encode_tokens(tokens, merges) == row


@given(rows, st.tuples(st.sampled_from([0, 5, 7]), st.sampled_from([0, 5, 7])))
def test_a_chain_keeps_the_counts_of_its_row(tokens, pair):
    chain = Chain(tokens)
    for new, one in [(256, pair), (257, (256, 5)), (258, (256, 256))]:
        chain.merge(one, new)
        tokens = merge(tokens, one, new)
        assert chain.tokens() == tokens
        neighbours = list(zip(tokens, tokens[1:]))
        assert {pair: count for pair, count in chain.counts.items() if count} == {
            pair: neighbours.count(pair) for pair in neighbours}


def test_the_example_of_the_field():
    pieces = pieces_of(learn_merges(byte_tokens("aaabdaaabac"), 3))
    assert pieces[256:] == [b"aa", b"ab", b"aaab"]


def test_bytes_are_numbered_as_the_common_libraries_number_them():
    assert sorted(BYTES) == list(range(256))
    assert byte_tokens("!Aa ") == [0, 32, 64, 220]


def test_a_smaller_vocabulary_has_the_first_merges_of_a_larger_one():
    assert BPETokenizer().train(BOOK, 300).merges == TOKENIZER.merges[:44]


def test_more_merges_never_make_the_text_that_was_learnt_longer():
    lengths = [len(BPETokenizer().train(BOOK, size).encode(BOOK)) for size in (256, 257, 270, 300, 400)]
    assert lengths == sorted(lengths, reverse=True) and lengths[0] == len(BOOK.encode("utf-8"))


def test_learning_ends_when_one_token_is_left():
    tokenizer = BPETokenizer(["<end>"]).train("abcabc", 999)
    assert tokenizer.vocab_size == 257 + len(tokenizer.merges) and len(tokenizer.encode("abcabc")) == 1
    assert BPETokenizer().train("", 300).merges == []


def test_training_on_a_million_bytes_takes_seconds():
    """Many times the usual time is allowed: this tells seconds from hours, on any machine."""
    rng = np.random.default_rng(3)
    words = ["".join(rng.choice(list("etaoinshrdlu"), rng.integers(2, 9))) for _ in range(3000)]
    text = " ".join(rng.choice(words, 200_000, p=1 / np.arange(1, 3001) / (1 / np.arange(1, 3001)).sum()))[:1_000_000]
    began = time.process_time()
    tokenizer = BPETokenizer().train(text, 1024)
    assert tokenizer.vocab_size == 1024 and time.process_time() - began < 60


# special tokens


def test_special_tokens_stand_after_all_others_and_no_text_becomes_one():
    assert TOKENIZER.vocab_size == 350 and TOKENIZER.special == {"<pad>": 348, "<end>": 349}
    assert len(TOKENIZER.merges) == 350 - 256 - 2
    assert max(TOKENIZER.encode("<end>")) < 348
    assert TOKENIZER.decode([*TOKENIZER.encode("the hare"), 349, 348]) == "the hare<end><pad>"


def test_special_tokens_move_behind_what_is_learnt():
    tokenizer = BPETokenizer(["<end>"])
    assert tokenizer.special == {"<end>": 256} and tokenizer.vocab_size == 257
    assert tokenizer.train(BOOK, 300).special == {"<end>": 299}


# files


def test_a_saved_tokenizer_is_the_same_after_load(tmp_path):
    TOKENIZER.save(tmp_path / "t.json")
    again = BPETokenizer.load(tmp_path / "t.json")
    assert again.merges == TOKENIZER.merges and again.special == TOKENIZER.special
    assert again.encode(BOOK) == TOKENIZER.encode(BOOK)
    again.save(str(tmp_path / "u.json"))
    assert Path(tmp_path / "u.json").read_bytes() == Path(tmp_path / "t.json").read_bytes()


@pytest.mark.parametrize("change", [
    dict(format="other"), dict(special_tokens=[3]), dict(special_tokens=None), dict(merges=7), dict(merges=[[5]]),
    dict(merges=[[5, 6, 7]]), dict(merges=[["a", "b"]]), dict(merges=[[5, 6.0]]), dict(merges=[[5, -1]]),
    dict(merges=[[5, 256]]), dict(merges=[[5, 6], [257, 5]])])
def test_a_foreign_file_is_refused_with_its_name(tmp_path, change):
    TOKENIZER.save(tmp_path / "t.json")
    told = json.loads((tmp_path / "t.json").read_text())
    (tmp_path / "t.json").write_text(json.dumps({**told, **change}))
    with pytest.raises(ValueError, match=r"t\.json is damaged or another file"):
        BPETokenizer.load(tmp_path / "t.json")


@pytest.mark.parametrize("content", [b"", b"{}", b"[1, 2]", b"null", b"PK\x03\x04\xff", b'{"format": "tinytorch by'])
def test_a_damaged_file_is_refused_with_its_name(tmp_path, content):
    (tmp_path / "t.json").write_bytes(content)
    with pytest.raises(ValueError, match=r"t\.json is damaged or another file"):
        BPETokenizer.load(tmp_path / "t.json")


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(FileNotFoundError):
        BPETokenizer.load(tmp_path / "none.json")


# errors


def test_a_character_without_a_token_is_named():
    with pytest.raises(ValueError, match="has 3 characters, and '\u00e9' is none of them"):
        CharTokenizer("abc").encode("ab\u00e9")


def test_a_vocabulary_too_small_for_bytes_is_refused():
    with pytest.raises(ValueError, match="256 bytes and 1 special tokens are 257, and vocab_size is 256"):
        BPETokenizer(["<end>"]).train("text", 256)


def test_two_special_tokens_of_one_name_are_refused():
    with pytest.raises(ValueError, match="a name of its own"):
        BPETokenizer(["<end>", "<end>"])


@pytest.mark.parametrize("token", [-1, 350])
def test_a_token_that_is_not_in_the_vocabulary_is_refused(token):
    with pytest.raises(ValueError, match=f"from 0 to 349, and found {token}"):
        TOKENIZER.decode([5, token])


@pytest.mark.parametrize("tokens", [[3.0], np.array([3.0]), Tensor([3]), Tensor([[3, 4], [5, 6]], dtype=np.int64)])
def test_floats_and_whole_batches_are_no_row_of_tokens(tokens):
    with pytest.raises(TypeError, match="integer"):
        TOKENIZER.decode(tokens)


# batches


@given(st.lists(st.lists(st.integers(0, 10**9), max_size=6), min_size=1, max_size=5))
def test_padded_rows_begin_alike_and_end_in_fillers(some):
    batch = padded(some, 7)
    assert isinstance(batch, Tensor) and batch.dtype == np.int64
    assert batch.shape == (len(some), max(map(len, some)))
    for row, found in zip(some, batch.data.tolist()):
        assert found[:len(row)] == row and set(found[len(row):]) <= {7}
