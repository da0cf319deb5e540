# %% [markdown]
# # 10 Tokenization
#
#     Needs    01 Tensor
#     Teaches  text as a row of numbers, how to make the row short, and what a short row costs
#     Opens    11 Embeddings, where each number gets a meaning, and with 13 a model that reads and answers
#
# A model multiplies numbers, and your page is letters. Every piece of text that gets a number of its own is a *token*,
# and tokens are the currency of all that follows: memory, time and money are counted in them. By the end of this page
# you can turn any text of any language into tokens and back, and say what one token more or less will cost.

# %% given="start"
#| default_exp text.tokenization
from tinytorch.lesson import begin, measured, mine, predict, rejects

begin("10")

# %% given="imports"
#| export
import json
from collections import Counter, defaultdict
from heapq import heapify, heappop, heappush
from operator import index
from pathlib import Path

import numpy as np
from tinytorch.core.tensor import Tensor

# %% given="tools"
import tempfile
import time
from functools import reduce
from importlib.util import find_spec

# %% [markdown]
# ## Try first
#
# Write two functions: `to_numbers(text)` gives a list of whole numbers, `to_text(numbers)` gives the text back exactly,
# whatever it was. There are two prices. Each number that may occur needs a row in a table later on, so all of them lie
# below 512. And a long list is dear, so it is to be short. Ten minutes, ungraded. Target: every string of `samples`
# comes back, and `page` takes at most 0.6 numbers for each of its bytes. If you miss it, keep the attempt: you will
# meet it again.

# %% given="page"
page = """In the beginning a printer had a drawer for each letter. The drawer of the letter e was the largest, because
the letter e is everywhere, and the drawers of x and z were small. A good hand set a thousand letters an hour, and every
letter was one reach into a drawer. Then somebody noticed that certain letters keep company. After a t there is often an
h, and after the two of them an e. So the printers cast the three of them on one block of metal, and the word that they
set most often, the, was one reach of the hand and no longer three. They cast more such blocks, and put each of them
into a drawer of its own. The lines were set faster, and the wall of drawers grew. Nobody could tell where to stop: with
a drawer for each word that there is, every word would be one reach, and no room would be large enough for the wall. And
when a name came along that nobody had ever heard of, the letters were still there, and the name was set from those."""
samples = [page, "na\u00efve caf\u00e9", "\u03b1\u03b2\u03b3 \u4f60\u597d", "\N{WAVING HAND SIGN} \N{SNOWMAN}", ""]

# %% scratch="try_first"
def to_numbers(text):
    return [ord(char) for char in text]  # your attempt


def to_text(numbers):
    return "".join(chr(number) for number in numbers)


used = [number for sample in samples for number in to_numbers(sample)]
print("all come back:", all(to_text(to_numbers(sample)) == sample for sample in samples))
print(f"the largest number is {max(used):,}; {len(to_numbers(page)) / len(page.encode()):.2f} numbers for each byte")

# %% [markdown]
# ## Build: one token for each character
#
# The simplest way: look at a text, sort the characters that occur in it, and number them. The list of all tokens is
# called the *vocabulary*. To *encode* is to put the number in place of each character, to *decode* is to go back.

# %% exercise="char"
#| export
class CharTokenizer:
    """One token for each character that `text` has, numbered in the order of `sorted`."""

    def __init__(self, text):
        self.chars = sorted(set(text))
        self.vocab_size = len(self.chars)

    def decode(self, tokens):
        """The text of a row of tokens."""
        return "".join(self.chars[token] for token in tokens)

    def encode(self, text):
        """The tokens of a text, a list of ints; ValueError names a character that has none."""
        # How: a dict from character to number; then one number for each character; raise for one that is not there.
        # Example: CharTokenizer("banana") has the vocabulary a, b, n, and encodes "ban" as [1, 0, 2].
        # Hint: enumerate(self.chars) gives pairs of number and character; {char!r} in an f-string shows a character.
        ### BEGIN SOLUTION
        number = {char: token for token, char in enumerate(self.chars)}
        for char in text:
            if char not in number:
                raise ValueError(f"the vocabulary has {self.vocab_size} characters, and {char!r} is none of them")
        return [number[char] for char in text]
        ### END SOLUTION

# %% check="char" points=8
got = CharTokenizer("hidden bridge").encode("ridden big")
assert got == [8, 6, 2, 2, 3, 7, 0, 1, 6, 4], (
    "sorted, the characters are blank b d e g h i n r, so r is 8 and the blank is 0: [8, 6, 2, 2, 3, 7, 0, 1, 6, 4]; "
    f"yours is {got}")
got = CharTokenizer(page)
assert got.decode(got.encode(page)) == page, "the page itself should come back, character by character"
try:
    got = got.encode("a caf\u00e9")
except Exception as error:
    got = error
assert isinstance(got, ValueError), (
    f"the page has no \u00e9, so it has no token, and ValueError should say so; yours gave {got!r}")
assert "\u00e9" in str(got).replace("a caf\u00e9", ""), (
    f"the message should show the character that has no token, not the whole text alone; yours says: {got}")

# %% [markdown]
# It works for the page, and stops at the first word with an accent. Take all characters that there are, then? Unicode
# has about 150,000, and gets new ones each year.
#
# ## Build: bytes, and pairs that keep company
#
# Every text is stored as bytes, and of those there are 256. UTF-8, the usual code, takes one byte for each letter of
# English, two for one of Greek, three for most Chinese characters and four for the sign of a waving hand. So 256 tokens
# are enough for every language and every sign that is still to come. That is a *byte-level* tokenizer.
#
# Which byte gets which number is a convention. We take that of the common libraries, so that your tokens will be equal
# to theirs: first the bytes that print as a sign, beginning with the exclamation mark; A is 32, a is 64. The others
# follow, and the blank is 220.

# %% given="bytes"
#| export
_PRINTED = [*range(33, 127), *range(161, 173), *range(174, 256)]
BYTES = [*_PRINTED, *(byte for byte in range(256) if byte not in _PRINTED)]  # token 0 to 255 -> its byte
_TOKEN = {byte: token for token, byte in enumerate(BYTES)}


def byte_tokens(text):
    """The bytes of a text in UTF-8, each as its token."""
    return [_TOKEN[byte] for byte in text.encode("utf-8")]


def pieces_of(merges):
    """The bytes that each token stands for: 256 single ones, then what each merge puts together."""
    pieces = [bytes([byte]) for byte in BYTES]
    for left, right in merges:
        pieces.append(pieces[left] + pieces[right])
    return pieces

# %% [markdown]
# Nothing is refused now, but the row is long. So do what the printers did. Find the two neighbours that occur most
# often, and give the pair a token of its own: the first such *merge* makes token 256. Then look again, at the new row,
# in which 256 may be part of a pair, and so on. This is *byte pair encoding*, BPE: Sennrich, Haddow and Birch (2016).
#
# Count all neighbours, those that overlap as well: 6, 6, 6 holds the pair (6, 6) twice. Of pairs that occur equally
# often take the one with the lower numbers, the first number before the second. It hardly matters which rule we have
# here, as long as it is always the same, and this one again is that of the common libraries.

# %% exercise="most_frequent_pair"
#| export
def most_frequent_pair(tokens):
    """The pair of neighbours that occurs most often in two tokens or more; of equals, the lowest."""
    # How: count all pairs of neighbours; of the pairs with the largest count, take the smallest pair.
    # Example: in [7, 5, 9, 7, 5, 9, 5] the pairs (7, 5) and (5, 9) occur twice, and the answer is (5, 9).
    # Hint: zip(tokens, tokens[1:]) gives the neighbours, Counter counts them; tuples compare as you want it here.
    ### BEGIN SOLUTION
    counts = Counter(zip(tokens, tokens[1:]))
    return min(counts, key=lambda pair: (-counts[pair], pair))
    ### END SOLUTION

# %% check="most_frequent_pair" points=8
got = most_frequent_pair([7, 5, 9, 7, 5, 9, 7, 5])
assert got == (7, 5), f"(7, 5) occurs three times, (5, 9) and (9, 7) twice: expected (7, 5), and yours is {got}"
got = most_frequent_pair([7, 5, 9, 7, 5, 9, 5])
assert got == (5, 9), f"(7, 5) and (5, 9) occur twice, and (5, 9) is lower; yours is {got}"
got = most_frequent_pair([5, 9, 5, 3, 5, 9, 5, 3])
assert got == (5, 3), f"(5, 3), (5, 9) and (9, 5) occur twice, and (5, 3) is the lowest; yours is {got}"
got = most_frequent_pair([8, 8, 8, 3, 5, 6, 4])
assert got == (8, 8), f"8, 8, 8 holds (8, 8) twice, and no other pair occurs twice; yours is {got}"
got = most_frequent_pair([300, 12])
assert got == (300, 12), f"two tokens make one pair, (300, 12); yours is {got}"

# %% exercise="merge"
#| export
def merge(tokens, pair, new):
    """A new list, with `new` in place of each `pair` of neighbours; from left to right, no token is used twice."""
    # How: walk along. Where a pair begins, append `new` and go two on; elsewhere append the token and go one on.
    # Example: merge([7, 5, 9, 7, 5], (7, 5), 256) is [256, 9, 256].
    # Hint: a `for` cannot go two on; `while at < len(tokens)` can. The last token has no neighbour on its right.
    # tokens[at:at + 2] is a list, and a list never equals a tuple.
    ### BEGIN SOLUTION
    merged, at = [], 0
    while at < len(tokens):
        if tuple(tokens[at:at + 2]) == tuple(pair):
            merged.append(new)
            at += 2
        else:
            merged.append(tokens[at])
            at += 1
    return merged
    ### END SOLUTION

# %% check="merge" points=9
got = merge([7, 5, 7, 5, 9, 7], (7, 5), 256)
assert got == [256, 256, 9, 7], f"7 5, 7 5, 9, 7 gives [256, 256, 9, 7]: the last 7 stays alone; yours is {got}"
got = merge([6, 6, 6, 4, 6, 6], (6, 6), 300)
assert got == [300, 6, 4, 300], f"of three 6 the first two are merged: [300, 6, 4, 300]; yours is {got}"
got = merge([5, 7, 5], (7, 5), 256)
assert got == [5, 256], f"(7, 5) is not (5, 7): expected [5, 256]; yours is {got}"
got = [7, 5, 9]
assert merge(got, (7, 5), 256) == [256, 9] and got == [7, 5, 9], f"the list that came in should stay, and is now {got}"
assert merge(got, (9, 7), 256) is not got, "without the pair, a new list all the same; yours is the one that came in"
got = merge([], (7, 5), 256), merge([9], (7, 5), 256)
assert got == ([], [9]), f"no token and one token have no pair, and come back as they are; yours: {got}"

# %% [markdown]
# To learn a vocabulary is to alternate the two. What you learn is the list of merges, in their order, and nothing else
# has to be kept. Merge number 0 makes token 256, number 1 makes 257.

# %% exercise="learn"
#| export
def learn_merges_loops(tokens, count):
    """Up to `count` merges, pairs in the order in which they were learnt; fewer if one token is left before that."""
    # How: as long as there are two tokens and merges are wanted: the most frequent pair; keep it; merge it.
    # Example: "aaabdaaabac" gives (64, 64), then (64, 65), then (256, 257): aa, ab, aaab.
    # Hint: the new token is 256 plus the number of merges that you had before. `tokens` becomes the merged row.
    ### BEGIN SOLUTION
    merges = []
    while len(tokens) > 1 and len(merges) < count:
        pair = most_frequent_pair(tokens)
        tokens = merge(tokens, pair, 256 + len(merges))
        merges.append(pair)
    return merges
    ### END SOLUTION

# %% check="learn" points=9
got = learn_merges_loops(byte_tokens("aaabdaaabac"), 3)
assert got == [(64, 64), (64, 65), (256, 257)], (
    f"aa occurs four times, then ab twice, then aa with ab twice: [(64, 64), (64, 65), (256, 257)]; yours is {got}")
got = pieces_of(learn_merges_loops(byte_tokens("low lower lowest"), 4))[256:]
assert got == [b"lo", b"low", b" low", b" lowe"], (
    f"low is there three times, then low with a blank before it twice: lo, low, blank low, blank lowe; yours are {got}")
got = len(learn_merges_loops(byte_tokens("abc"), 9)), learn_merges_loops(byte_tokens("abcabc"), 0)
assert got == (2, []), f"three tokens allow two merges, and none was asked for in the second: (2, []); yours is {got}"
got = byte_tokens("abcabc")
learn_merges_loops(got, 2)
assert got == byte_tokens("abcabc"), f"the list that came in should stay 64 65 66 64 65 66, and is now {got}"

# %% [markdown]
# Let it learn from a book: the help pages of Python, nearly half a million letters, which are part of every
# installation. First from 20,000 letters, 64 merges.

# %% demo="loops"
from pydoc_data.topics import topics

book = "\n".join(topics[name] for name in sorted(topics))
start = byte_tokens(book[:20_000])
began = time.perf_counter()
merges = learn_merges_loops(start, 64)
elapsed_s = time.perf_counter() - began
print(f"64 merges in {len(start):,} tokens: {elapsed_s:.2f} s")
print("the first ten:", pieces_of(merges)[256:266])
print(f"the whole book has {len(book):,} letters")

# %% [markdown]
# Most of the first pieces have a blank in them: help pages are indented, and a blank ends most words. From that time,
# how long will it take for the whole book and 1,792 merges? Your two functions walk over all tokens for each merge.

# %% predict="loops"
predict("seconds of the loops for the whole book and 1,792 merges", None, unit="s")  # your guess in place of None

# %% demo="estimate"
estimate_s = elapsed_s * len(book) / 20_000 * 1792 / 64
measured("seconds of the loops for the whole book and 1,792 merges", estimate_s, unit="s")

# %% [markdown]
# A merge changes the row at a few hundred places, and the loops look at half a million. So keep account: for each pair,
# how often it occurs and where. A merge goes to those places only. At each it takes two tokens out and puts one in, and
# the pairs to the left and right change; all other counts stay as they are. `Chain` does that. Its tokens never move;
# each knows the place of the one before and of the one after, so that taking one out costs nothing.
#
# A place is not crossed out when its pair goes away. It is looked at again when its turn comes, and passed over.

# %% given="chain"
#| export
class Chain:
    """A row of tokens that knows where each pair of neighbours stands, so that a merge visits those places only."""

    def __init__(self, tokens):
        self.row = [*tokens, None]  # None ends the row on both sides, for row[-1] is the last; it also marks a gap
        self.before = list(range(-1, len(tokens)))
        self.after = list(range(1, len(tokens) + 2))
        self.places = defaultdict(list)  # of the left token of each pair, rising; some are out of date
        for place, pair in enumerate(zip(tokens, tokens[1:])):
            self.places[pair].append(place)
        self.counts = defaultdict(int, {pair: len(places) for pair, places in self.places.items()})

    def merge(self, pair, new):
        """Put `new` in place of each `pair`, from left to right; the pairs that are there now and were not before."""
        born = set()
        for place in self.places.pop(pair, ()):
            second = self.after[place]
            if (self.row[place], self.row[second]) != pair:
                continue  # another merge took one of the two
            left, right = self.before[place], self.after[second]
            self.row[place], self.row[second] = new, None
            self.after[place], self.before[right] = right, place
            if self.row[left] is not None:
                born.add(self._exchange((self.row[left], pair[0]), (self.row[left], new), left))
            if self.row[right] is not None:
                born.add(self._exchange((pair[1], self.row[right]), (new, self.row[right]), place))
        self.counts.pop(pair, None)
        return [pair for pair in born if self.counts[pair]]

    def _exchange(self, old, new, place):
        self.counts[old] -= 1
        self.counts[new] += 1
        self.places[new].append(place)
        return new

    def tokens(self):
        """The row as a list, without its gaps."""
        return [token for token in self.row if token is not None]

# %% [markdown]
# The most frequent pair is kept on top of a *heap*, a list that hands out its least entry first, so the counts go in
# with a minus. Counts of old pairs only fall, for a merge makes new pairs and no old ones. So a pair that is out of
# date stands too high: it comes up too early, and is put back with its count of today.

# %% given="learn_merges"
#| export
def learn_merges(tokens, count):
    """What learn_merges_loops gives, in far less time."""
    chain, merges = Chain(tokens), []
    heap = [(-times, pair) for pair, times in chain.counts.items()]
    heapify(heap)
    while heap and len(merges) < count:
        times, pair = heappop(heap)
        if -times == chain.counts[pair]:
            born = chain.merge(pair, 256 + len(merges))
            merges.append(pair)
        else:
            born = [pair] if chain.counts[pair] else []
        for each in born:
            heappush(heap, (-chain.counts[each], each))
    return merges

# %% [markdown]
# It must find the very merges that your loops found, and it does; then it reads the whole book.

# %% demo="chain"
assert learn_merges(start, 64) == merges, "your loops and learn_merges find other merges; see the check of the loops"
began = time.perf_counter()
book_merges = learn_merges(byte_tokens(book), 1792)
print(f"1,792 merges in {len(book):,} letters: {time.perf_counter() - began:.1f} s")
print("some of the last:", pieces_of(book_merges)[-6:])

# %% [markdown]
# ## A fault to find: nothing is lost, and yet something is
#
# A text comes that is not the book. Its tokens are its bytes, with the merges of the book done to them. A colleague
# wrote that. Several merges are possible at once, and the longest piece saves most, so the colleague takes it first.

# %% fault="colleague_encode"
def colleague_encode(tokens, merges):
    """The tokens of a text: at each step, of all merges that are possible, the one that makes the longest piece."""
    made_by, pieces = {pair: 256 + number for number, pair in enumerate(merges)}, pieces_of(merges)
    while possible := [pair for pair in zip(tokens, tokens[1:]) if pair in made_by]:  # named, and tested: is it empty?
        longest = max(possible, key=lambda pair: len(pieces[made_by[pair]]))
        tokens = merge(tokens, longest, made_by[longest])
    return tokens

# %% [markdown]
# It returns every sample exactly, as it should. The page of the printers has 946 bytes. To how many tokens does it come
# with longest first? And to fewer, as many, or more if the merges are done in the order in which the book taught them?

# %% predict="order"
predict("tokens of the page, longest first", None, unit="tokens")  # your guess in place of None
predict("tokens of the page, oldest first", None, unit="tokens")

# %% demo="order"
pieces = pieces_of(book_merges)
for sample in samples:
    assert b"".join(pieces[token] for token in colleague_encode(byte_tokens(sample), book_merges)).decode() == sample
# reduce begins with the bytes and does one merge after the other to what the last one left
replayed = reduce(lambda row, one: merge(row, one[1], 256 + one[0]), enumerate(book_merges), byte_tokens(page))
measured("tokens of the page, longest first", len(colleague_encode(byte_tokens(page), book_merges)), unit="tokens")
measured("tokens of the page, oldest first", len(replayed), unit="tokens")
for name, row in [("longest", colleague_encode(byte_tokens(page), book_merges)), ("oldest", replayed)]:
    print(f"{name} first: {' | '.join(pieces[token].decode() for token in row[:16])}")

# %% [markdown]
# Longest first takes what is long now, and breaks up what would have become longer. A round trip cannot see it:
# whichever way a text is cut, its pieces put together are the text. But a model that learnt from rows cut in one way
# now reads rows cut in another, and pays for more of them. What is right here? A text that was learnt from knows it:
# encoded, it must come out as the row that was left when its last merge had been learnt.

# %% exercise="catch"
def check_encode(encode):
    """Raise AssertionError unless `encode(tokens, merges)` does the merges in the order in which they were learnt."""
    # How: learn merges from a text with many repeats; replay them one by one with `merge`; ask `encode` for that text.
    # Example: check_encode(colleague_encode) raises AssertionError.
    # Hint: learn_merges_loops replays while it learns: tokens = merge(tokens, pair, 256 + number). 60 merges of `page`
    # are enough.
    ### BEGIN SOLUTION
    tokens = byte_tokens(page)
    merges = learn_merges(tokens, 60)
    expected = tokens
    for number, pair in enumerate(merges):
        expected = merge(expected, pair, 256 + number)
    found = encode(tokens, merges)
    assert found == expected, f"training left {len(expected)} tokens, and encode gives {len(found)}, or other ones"
    ### END SOLUTION

# %% check="catch" points=6
assert rejects(check_encode, colleague_encode), "your check lets the colleague's encode pass. Compare whole rows."
def right(tokens, merges):
    return reduce(lambda row, one: merge(row, one[1], 256 + one[0]), enumerate(merges), tokens)
assert not rejects(check_encode, right), "your check refuses an encode that does the merges in their order"
wrong = {
    "merges nothing": lambda tokens, merges: list(tokens),
    "leaves the last merge out": lambda tokens, merges: right(tokens, merges[:-1]),
    "gives the right tokens from back to front": lambda tokens, merges: right(tokens, merges)[::-1],
    "is right but for the last token": lambda tokens, merges: [*right(tokens, merges)[:-1], -1],
}
for name, encode in wrong.items():
    assert rejects(check_encode, encode), f"your check lets an encode pass that {name}"
del right, wrong, name, encode

# %% exercise="repair"
#| export
def encode_tokens(tokens, merges):
    """The row of a text's byte tokens after all merges, the oldest first."""
    # How: for each merge, in its order, put its token, 256 plus its number, in place of its pair, wherever it stands.
    # Example: encode_tokens([7, 5, 9], [(5, 9), (7, 5)]) is [7, 256]: when the turn of (7, 5) comes, the 5 is gone.
    # Hint: a Chain has merge(pair, new) and tokens(), and a pair that is not there costs it nothing.
    ### BEGIN SOLUTION
    chain = Chain(tokens)
    for number, pair in enumerate(merges):
        if pair in chain.places:
            chain.merge(pair, 256 + number)
    return chain.tokens()
    ### END SOLUTION

# %% check="repair" points=8
got = encode_tokens([7, 5, 9, 7, 5], [(5, 9), (7, 5)])
assert got == [7, 256, 257], (
    f"first 5 9 becomes 256, so only the last 7 5 is left for 257: [7, 256, 257]; yours is {got}")
got = encode_tokens([4, 6, 4, 6, 4], [(4, 6), (256, 256), (257, 4)])
assert got == [258], f"4 6 twice gives 256 256 4, then 257 4, then 258; yours is {got}"
got = encode_tokens([4, 6, 4, 6, 4], [(4, 6), (9, 8), (256, 256), (258, 4)])
assert got == [259], (
    f"9 8 is nowhere here; 257 stays its number, and the later merges have their turn: 258 4, then 259; yours is {got}")
got = [7, 5, 9]
encode_tokens(got, [(5, 9)])
assert got == [7, 5, 9], f"the list that came in should stay 7 5 9, and is now {got}"
got = encode_tokens([9, 8], []), encode_tokens([], [(9, 8)])
assert got == ([9, 8], []), f"without merges, and without tokens, the row stays; yours: {got}"
assert not rejects(check_encode, encode_tokens), "your own check refuses your encode_tokens"

# %% [markdown]
# ## Build: the whole tokenizer, and its price
#
# Now the parts come together. Two things are added. A row of tokens may end in the middle of a character, because a
# character can be several bytes; then `decode` shows a replacement sign for what is incomplete. And there are *special
# tokens*: numbers after all others that no text is encoded to, such as one for "here the text ends". Who types <end>
# gets five characters; only your program can put the number `special["<end>"]` into a row.

# %% given="bpe"
#| export
FORMAT = "tinytorch byte-level BPE"  # by this name the files of `save` are known


class BPETokenizer:
    """Byte-level byte pair encoding: any text to tokens and back. Sennrich et al. (2016).

    Tokens 0 to 255 are bytes in the order of BYTES, token 256 + n is what merge n makes, special tokens come last.

    Parameters
    ----------
    special_tokens : names such as "<end>"; `special` tells the token of each
    merges : pairs in the order in which they were learnt, if there are some already
    """

    def __init__(self, special_tokens=(), merges=()):
        if len(set(special_tokens)) < len(special_tokens):
            raise ValueError(f"each special token needs a name of its own; found {list(special_tokens)}")
        self.special_tokens = list(special_tokens)
        self._know(merges)

    def _know(self, merges):
        self.merges, pieces = list(merges), pieces_of(merges)
        self.special = {name: token for token, name in enumerate(self.special_tokens, len(pieces))}
        self.pieces = [*pieces, *(name.encode("utf-8") for name in self.special_tokens)]  # the bytes of each token

    @property
    def vocab_size(self):
        """How many tokens there are, special ones included."""
        return len(self.pieces)

    def train(self, text, vocab_size):
        """Learn merges from `text` until the vocabulary has `vocab_size` tokens, or one token is left; self."""
        least = 256 + len(self.special_tokens)
        if vocab_size < least:
            raise ValueError(f"256 bytes and {least - 256} special tokens are {least}, and vocab_size is {vocab_size}; "
                             f"ask for {least} or more")
        self._know(learn_merges(byte_tokens(text), vocab_size - least))
        return self

    def encode(self, text):
        """The tokens of any text, a list of ints; none of them is special."""
        return encode_tokens(byte_tokens(text), self.merges)

    def decode(self, tokens):
        """The text of a row of tokens; special ones show their names, and half a character a replacement sign."""
        row = [index(token) for token in (tokens.data if isinstance(tokens, Tensor) else tokens)]  # refuses 3.0
        strange = [token for token in row if not 0 <= token < self.vocab_size]
        if strange:
            raise ValueError(f"tokens go from 0 to {self.vocab_size - 1}, and found {strange[0]}. Was it encoded with "
                             "another tokenizer?")
        return b"".join(self.pieces[token] for token in row).decode("utf-8", errors="replace")

    def save(self, path):
        """Write merges and special tokens to a JSON file."""
        told = {"format": FORMAT, "special_tokens": self.special_tokens, "merges": self.merges}
        Path(path).write_text(json.dumps(told), encoding="utf-8")

    @classmethod
    def load(cls, path):
        """The tokenizer that was saved at `path`; ValueError if the file holds something else."""
        return cls(*read_tokenizer(path))

# %% [markdown]
# A model is worth nothing without the tokenizer that it was trained with: other merges, other numbers. So it is saved
# beside the model. The file is plain JSON that you can read.

# %% given="read_tokenizer"
#| export
def read_tokenizer(path):
    """Special tokens and merges from a file that `save` wrote; ValueError if it is damaged or another one."""
    try:
        told = json.loads(Path(path).read_text(encoding="utf-8"))
        names, merges = told["special_tokens"], [(left, right) for left, right in told["merges"]]
        sound = told["format"] == FORMAT and all(isinstance(name, str) for name in names) and all(
            isinstance(token, int) and 0 <= token < 256 + number
            for number, pair in enumerate(merges) for token in pair)
    except (ValueError, TypeError, KeyError):
        sound = False
    if not sound:
        raise ValueError(f"expected a tokenizer that `save` wrote, and {path} is damaged or another file. "
                         "Train the tokenizer anew, or fetch its file again.")
    return names, merges

# %% [markdown]
# Put a page of your own here, in any language, or keep ours.

# %% scratch="my_page"
my_page = page

# %% [markdown]
# Three tokenizers learn from the book: with 256 tokens, that is bytes alone; with 512; with 2,048. How many tokens has
# your page in each? Of ours, two of the three numbers can be known from what was printed above; the one between them is
# a guess. Two prices depend on it. A later lesson compares each token of a page with each one, n * n comparisons for n
# tokens. And it keeps 64 float32 numbers for each token of the vocabulary in a table.

# %% predict="vocabulary"
predict("tokens of your page at vocabulary 256", None, unit="tokens")  # your guess in place of None
predict("tokens of your page at vocabulary 512", None, unit="tokens")
predict("tokens of your page at vocabulary 2048", None, unit="tokens")

# %% demo="vocabulary"
sizes, counts = [256, 384, 512, 1024, 2048], []
for vocab_size in sizes:
    tokenizer = BPETokenizer(merges=book_merges[:vocab_size - 256])  # those that `train` learns for this size
    counts.append(len(tokenizer.encode(my_page)))
    if vocab_size in (256, 512, 2048):
        measured(f"tokens of your page at vocabulary {vocab_size}", counts[-1], unit="tokens")
print("vocabulary  tokens  bytes a token  comparisons  bytes of table")
for vocab_size, count in zip(sizes, counts):
    table = Tensor(np.zeros((vocab_size, 64))).memory_footprint()
    print(f"{vocab_size:10,}  {count:6,}  {len(my_page.encode()) / count:13.2f}  {count * count:11,}  {table:14,}")

# %% [markdown]
# The first 256 merges take the page of the printers to about half of its tokens. The next 1,536, six times as many,
# take it to about a third. Each merge buys less than the one before, and each costs one row of the table, so the table
# grows on a straight line. The comparisons fall with the square: at half as many tokens, a fourth of them is left. The
# picture draws two columns, tokens and bytes of table, against the vocabulary.

# %% demo="plot"
if find_spec("matplotlib"):
    from matplotlib.figure import Figure

    axes = Figure().subplots()
    axes.plot(sizes, [count / counts[0] for count in counts], "o-", label="tokens of the page, of those at 256")
    axes.plot(sizes, [size / sizes[-1] for size in sizes], "s--", label="bytes of table, of those at 2,048")
    axes.set(xlabel="vocabulary, tokens", ylabel="part", ylim=(0, 1.05))
    axes.legend()
    axes.figure.savefig("vocabulary.png")
    print("drawn in vocabulary.png")
else:
    print("matplotlib is not installed; the two columns above are all that the picture would show")

# %% [markdown]
# Back to *Try first*. The 256 bytes refuse nothing, and 256 numbers are left. Given to pairs of bytes, they can never
# take a page below half a number for each byte. But a merge may join what was merged before. Here 256 merges learn from
# the page itself, as your attempt was free to do. Hold the number against yours.

# %% demo="again"
tokenizer = BPETokenizer().train(page, 512)
print("all come back:", all(tokenizer.decode(tokenizer.encode(sample)) == sample for sample in samples))
print(f"all below {tokenizer.vocab_size}; {len(tokenizer.encode(page)) / len(page.encode()):.2f} numbers for each byte")

# %% [markdown]
# The book never saw the page, and its 256 merges save less. What a tokenizer learnt from, it makes short.
#
# ## Use: a batch of sentences
#
# A Tensor has rows of one length, and sentences have not. So the short rows are filled up at the end with a special
# token, often named <pad>, which whoever reads the batch knows to pass over. Token numbers are no quantities, nothing
# is multiplied by them; they stay whole: `dtype=np.int64`.

# %% exercise="padded"
#| export
def padded(rows, filler):
    """One or more rows of tokens as an int64 Tensor of shape (rows, longest); `filler` stands behind the short ones."""
    # How: the longest length; an array full of `filler`; each row into its beginning; then a Tensor.
    # Example: padded([[5, 7, 9], [4]], 300) holds 5 7 9 and 4 300 300.
    # Hint: np.full(shape, value) makes the array. A row may be empty. Say dtype=np.int64, or the Tensor is float32.
    ### BEGIN SOLUTION
    longest = max(len(row) for row in rows)
    table = np.full((len(rows), longest), filler)
    for at, row in enumerate(rows):
        table[at, :len(row)] = row
    return Tensor(table, dtype=np.int64)
    ### END SOLUTION

# %% check="padded" points=8
got = padded([[300, 6], [5, 50_257, 0, 4], []], 511)
assert isinstance(got, Tensor) and got.dtype == np.int64, (
    f"expected a Tensor of int64, found {type(got).__name__} of {getattr(got, 'dtype', 'no dtype')}")
assert got.shape == (3, 4), f"three rows, the longest has 4: expected shape (3, 4), found {got.shape}"
assert got.data.tolist() == [[300, 6, 511, 511], [5, 50_257, 0, 4], [511] * 4], (
    f"expected 300 6 and two fillers, then 5 50257 0 4, then four fillers; yours is {got.data.tolist()}")
got = [[5, 7, 9], [4]]
padded(got, 300)
assert got == [[5, 7, 9], [4]], f"the rows that came in should stay 5 7 9 and 4, and are now {got}"

# %% demo="batch"
tokenizer = BPETokenizer(["<pad>", "<end>"]).train(page, 512)
lines = ["the printer set the letters", "caf\u00e9", "<end>"]
rows = [[*tokenizer.encode(line), tokenizer.special["<end>"]] for line in lines]
batch = padded(rows, tokenizer.special["<pad>"])
print(f"{batch.shape}, {batch.dtype}; <pad> is {tokenizer.special['<pad>']}, <end> is {tokenizer.special['<end>']}")
for row in batch.data:
    print(tokenizer.decode(row), row.tolist())
with tempfile.TemporaryDirectory() as folder:
    tokenizer.save(Path(folder) / "printers.json")
    again = BPETokenizer.load(Path(folder) / "printers.json")
print("after save and load the tokens are equal:", again.encode(book[:999]) == tokenizer.encode(book[:999]))

# %% [markdown]
# Look at the third row. Somebody typed <end>, and it is text, not the end; your program put the end behind it.
#
# ## Reflect
#
# A page has `page_bytes` bytes. With bytes alone that is as many tokens. A vocabulary of `vocab_size` tokens makes one
# token of every `bytes_per_token` bytes on average. Each token is compared with each, n * n comparisons for n tokens.
# How many comparisons does the vocabulary save? Set `saved`. The table has `width` float32 numbers for each token. How
# many bytes is it larger than that of the bytes alone? Set `added`. In both cells put your number, or an expression, in
# place of the 0, and delete the two lines below it.

# %% given="sizes"
page_bytes, bytes_per_token, vocab_size, width = mine("sizes", [
    (6000, 4, 8192, 96), (9000, 3, 4096, 160), (7000, 5, 16384, 48), (8400, 4, 10240, 112)])
print(f"page_bytes {page_bytes}, bytes_per_token {bytes_per_token}, vocab_size {vocab_size}, width {width}")

# %% exercise="saved"
saved = 0  # your number
### BEGIN SOLUTION
saved = page_bytes**2 - (page_bytes // bytes_per_token) ** 2
### END SOLUTION

# %% check="saved" points=2
got = saved
assert 0 < got < page_bytes**2, (
    f"some comparisons are saved, and not all of the {page_bytes**2:,}; yours is {got}")

# %% exercise="added"
added = 0  # your number
### BEGIN SOLUTION
added = (vocab_size - 256) * width * 4
### END SOLUTION

# %% check="added" points=2
got = added
assert 0 < got < vocab_size * width * 8, (
    f"the table grows, and by less than {vocab_size * width * 8:,} bytes; yours is {got}")

# %% [markdown]
# Your tokenizer learnt its merges from an English book. It meets a Greek page that says what your `page_bytes` of
# English say, with as many letters, each of two bytes. Your tokenizer encodes both. About how many tokens has the Greek
# page, and how many times the comparisons of the English one does it take? Who pays for that? Would more merges from
# the same book help, and what would?

# %% [markdown] answer="greek" points=6 rubric="two a letter; square of the ratio; who pays; other text, not more"
# Your answer.

# %% [markdown]
# ## Where this lives in PyTorch
#
# - PyTorch leaves text to other libraries. The one most used beside it is Hugging Face's `tokenizers`, in Rust. In
#   `tokenizers/src/models/bpe/trainer.rs` you find your trainer: a heap of pairs, the larger count first and of equals
#   the lower pair, places kept for each pair, and a count that is out of date put back. `merge_all` in `word.rs` is
#   your `encode_tokens`, with a heap of merges in place of the loop.
# - With `ByteLevel(add_prefix_space=False, use_regex=False)` and `ByteLevel.alphabet()` it gives your merges and your
#   tokens, number by number. Usually it cuts a text into words first, so that no merge crosses from one word into the
#   next, and then each different word is looked at once. We leave that out, for one rule less.
# - The order of BYTES is that of `bytes_to_unicode` in OpenAI's `src/encoder.py` of 2019, from which the libraries have
#   it. Its `decode` shows half a character as yours does.
# - `tokenizers` takes a special token for one where it stands in a text. OpenAI's `tiktoken` refuses such a text unless
#   you allow it. Ours takes it for text.
# - `torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=filler)` is your `padded`.
