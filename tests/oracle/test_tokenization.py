"""Hugging Face's `tokenizers` is the oracle of the byte-level BPE: the same merges, and the same tokens.

Compared is its byte-level BPE on the text as a whole: `use_regex=False`, so that it does not cut words first, its own
numbering of bytes, no special tokens.
"""
import json
from pydoc_data.topics import topics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tinytorch.text.tokenization import BPETokenizer
from tokenizers import AddedToken, Tokenizer
from tokenizers.decoders import ByteLevel as Decoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer

BOOK = "\n".join(topics[name] for name in sorted(topics))
FOREIGN = "\u0395\u03bd \u03b1\u03c1\u03c7 \u4f60\u597d\uff0c\u4e16\u754c \N{WAVING HAND SIGN} na\u00efve\r\n\t\0 "


def theirs(text, vocab_size):
    """Their tokenizer after training on one text."""
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer, tokenizer.decoder = ByteLevel(add_prefix_space=False, use_regex=False), Decoder()
    trainer = BpeTrainer(vocab_size=vocab_size, initial_alphabet=ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator([text], trainer)
    return tokenizer


def merges_of(tokenizer):
    """Their merges as pairs of token numbers."""
    model = json.loads(tokenizer.to_str())["model"]
    return [tuple(model["vocab"][part] for part in pair) for pair in model["merges"]]


def agree(learnt, vocab_size, *texts):
    ours, other = BPETokenizer().train(learnt, vocab_size), theirs(learnt, vocab_size)
    assert ours.merges == merges_of(other)
    assert ours.vocab_size == other.get_vocab_size()
    for text in (learnt, *texts):
        tokens = ours.encode(text)
        assert tokens == other.encode(text).ids
        assert ours.decode(tokens) == text == other.decode(tokens)


@pytest.mark.parametrize("letters", ["ab", "abc", "a b\n", "abcdefgh ", "\u00e9\u4f60a ", FOREIGN])
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_merges_and_tokens_are_theirs_on_texts_full_of_ties(letters, data):
    texts = st.text(alphabet=letters, max_size=100)
    agree(data.draw(texts), data.draw(st.integers(256, 330)), data.draw(texts))


@settings(max_examples=100, deadline=None)
@given(st.text(), st.text(), st.integers(256, 300))
def test_merges_and_tokens_are_theirs_on_any_text(learnt, text, vocab_size):
    agree(learnt, vocab_size, text)


@pytest.mark.parametrize("vocab_size", [256, 257, 512, 2048])
def test_merges_and_tokens_are_theirs_on_a_book(vocab_size):
    agree(BOOK[:40_000], vocab_size, BOOK[-40_000:], FOREIGN)


def test_special_tokens_have_the_numbers_that_theirs_get_after_training():
    other = theirs(BOOK[:5_000], 400)
    other.add_special_tokens([AddedToken("<pad>"), AddedToken("<end>")])
    ours = BPETokenizer(["<pad>", "<end>"]).train(BOOK[:5_000], 402)
    assert ours.special == {name: other.token_to_id(name) for name in ours.special}
    assert ours.encode("words") == other.encode("words").ids
