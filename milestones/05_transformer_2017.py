"""Milestone 5: the Transformer of 2017, on questions and answers and your own framework (Modules 01 to 13).

In June 2017 eight people at Google, Ashish Vaswani first among them, put a paper on the net with the title Attention Is
All You Need. They left out of the translation models of the day what read word after word, and kept what let words
listen to each other. Everything that writes today is built of their blocks. Here two of them, with 64 numbers a word,
answer small questions, and beside them stands what is left without attention.

The data set is TinyTalks: 2,400 questions to learn from, each with one right answer. It is asked what it has never
read: facts that it knows, in wordings that it knows from other facts; and facts that it is told in the question
itself. An answer counts if it is right word for word, to its end. Settings were chosen on the validation part.
"""
import math
import re
import sys
import time
from copy import deepcopy
from typing import NamedTuple

import numpy as np
import transformer_in_numpy as in_numpy
from stage import Table, canvas, options, parsed

try:
    from tinytorch.core import Tensor, gradcheck, no_grad
    from tinytorch.datasets import tinytalks
    from tinytorch.datasets.talks import valid_answers, words
    from tinytorch.nn.attention import Attention, causal_mask, scaled_dot_product_attention
    from tinytorch.nn.embedding import Embedding, sinusoids
    from tinytorch.nn.layers import Module
    from tinytorch.nn.transformer import IGNORED, Transformer, generate, pick, split_heads
    from tinytorch.optim import AdamW
    from tinytorch.text.tokenization import BPETokenizer, byte_tokens, learn_merges_loops, merge, padded
    from tinytorch.training import CosineAnnealingLR, Trainer
except ImportError as missing:  # its text says what is not there and what to type
    print(missing, file=sys.stderr)
    raise SystemExit(2) from None

BATCH, RATE, DECAY, LONGEST = 32, 0.005, 0.5, 32
TABLE = Table("{:32}{:34}{:24}")
row = TABLE.row


class Vocabulary:
    """A token for each word and mark of the sentences, and three special ones."""

    def __init__(self, sentences):
        known = sorted({word for sentence in sentences for word in words(sentence)})
        self.words = ["<pad>", "<sep>", "<end>", *known]
        self.number = {word: token for token, word in enumerate(self.words)}
        self.pad, self.sep, self.end = range(3)

    def question(self, sentence):
        """The tokens after which an answer is due; KeyError names a word that was in no sentence."""
        return [*(self.number[word] for word in words(sentence)), self.sep]

    def answer(self, sentence):
        return [*(self.number[word] for word in words(sentence)), self.end]

    def sentence(self, tokens):
        """The words of an answer, written as a sentence; one that does not end says so."""
        said = [self.words[token] for token in tokens]
        text = " ".join(said[:-1] if said[-1:] == ["<end>"] else [*said, "..."])
        return re.sub(r" ([.,?])", r"\1", text)


class Asked(Module):
    """A model that gives its loss, which is what a Trainer needs to know of it."""

    def __init__(self, model):
        self.model = model

    def forward(self, tokens_and_targets):
        return self.model(*tokens_and_targets)


class Deaf(Module):
    """Stands in the place of an attention; nobody hears anybody."""

    def forward(self, x):
        return x * 0


class Run(NamedTuple):
    """What is learnt from, what is asked, and how often all of it is read."""

    train: list
    reworded: list  # known facts, in wordings that are known from other facts
    told: list  # facts that are nowhere in train
    epochs: int


def chosen(talks, quick):
    """All of TinyTalks; in a quick run the fifth level alone, facts that are told in the question."""
    levels, epochs = ({5}, 12) if quick else ({1, 2, 3, 4, 5}, 25)
    train, _, reworded, told = ([pair for pair in part if pair.level in levels] for part in talks)
    return Run(train, reworded, told, epochs)


def batch(pairs, vocabulary):
    """Tokens and targets, (rows, longest) each, of which the targets of answers alone count."""
    rows = [(vocabulary.question(pair.question), vocabulary.answer(pair.answer)) for pair in pairs]
    tokens = [(question + answer)[:-1] for question, answer in rows]
    targets = [[IGNORED] * (len(question) - 1) + answer for question, answer in rows]
    return padded(tokens, vocabulary.pad), padded(targets, IGNORED)


def learn(name, model, run, vocabulary, rng):
    """Train the model; what takes long says how far it is."""
    steps = math.ceil(len(run.train) / BATCH)
    optimizer = AdamW(model.parameters(), lr=RATE, weight_decay=DECAY)
    trainer = Trainer(Asked(model), optimizer, loss=lambda loss, _: loss, clip=1.0,
                      schedule=CosineAnnealingLR(optimizer, steps * run.epochs))

    def batches():
        for some in np.array_split(rng.permutation(len(run.train)), steps):
            yield batch([run.train[at] for at in some], vocabulary), None

    started = time.monotonic()
    for epoch in range(1, run.epochs + 1):
        trainer.fit(batches, epochs=1)
        if time.monotonic() - started > 5:
            print(f"  {name}: {epoch} of {run.epochs} epochs", file=sys.stderr, flush=True)
            started = time.monotonic()
    model.eval()


def reply(model, vocabulary, question):
    """What the model answers to a question, a sentence."""
    tokens = vocabulary.question(question)
    return vocabulary.sentence(generate(model, tokens, LONGEST - len(tokens), stop=vocabulary.end)[len(tokens):])


def percent(verdicts):
    return 100 * sum(verdicts) / len(verdicts)


def hears(model, tokens):
    """How far the scores at each place move when the first token is another one, and when the last is."""
    with no_grad():
        before, moved = model(tokens).data, []
        for at in (0, -1):
            other = tokens.copy()
            other[:, at] = (tokens[:, at] + 5) % before.shape[-1]
            moved.append(np.abs(model(other).data - before).max(axis=(0, 2)))
    return moved


def parts(rng):
    """What a Transformer gives, found in other ways; all its numbers are drawn."""
    small = Transformer(20, 8, 2, 2, max_len=9, dropout=0.5, rng=rng)
    small.load_state_dict({name: rng.normal(scale=0.6, size=p.shape) for name, p in small.named_parameters()})
    tokens = rng.integers(0, 20, (3, 9))
    with no_grad():
        apart = np.abs(small.eval()(tokens).data - in_numpy.scores(small.state_dict(), tokens, 2)).max()
    row("a small one, in NumPy alone", f"{apart:.0e} apart", "below 1e-04", apart < 1e-4)
    apart = nudged(small, tokens)
    row("its slopes, nudged", f"{apart:.0e} apart", "below 1e-05", apart < 1e-5)
    layer, x = Attention(6, rng=rng), rng.normal(size=(2, 5, 6)).astype(np.float32)
    with no_grad():
        apart = np.abs(layer(Tensor(x)).data - in_numpy.attention(layer.state_dict(), x, 1)).max()
    row("attention, in NumPy alone", f"{apart:.0e} apart", "below 1e-05", apart < 1e-5)
    same = all(written(small.train(), tokens[0, :4].tolist(), stop) for stop in (None, tokens[0, 1]))
    row("13 tokens drawn, one by one", "the same" if same else "others", "the same", same)


def tables(rng):
    """What stands before a Transformer, found in other ways: rows of a table, waves of places, merges of a text."""
    apart = lent(rng)
    row("steps of the rows that are read", f"{apart:.0e} apart", "below 1e-06", apart < 1e-6)
    angles = np.outer(np.arange(50), 10000.0 ** (-np.arange(4) / 4))
    apart = np.abs(sinusoids(50, 8) - np.exp(1j * angles)[..., None].view(float)[..., ::-1].reshape(50, 8)).max()
    row("waves of places, on a circle", f"{apart:.0e} apart", "below 1e-05", apart < 1e-5)
    merges = [tuple(pair) for pair in learn_merges_loops(byte_tokens("aaabdaaabac"), 3)]
    pieces = [piece.decode() for piece in BPETokenizer(merges=merges).pieces[256:]]
    row("three merges of aaabdaaabac", ", ".join(pieces), "aa, ab, aaab", merges == [(64, 64), (64, 65), (256, 257)])


def nudged(model, tokens):
    """How far slopes at a table, a norm and an attention are from what nudging gives; without end if too far."""
    model = deepcopy(model)  # whose parameters are exchanged
    block = model.blocks[0]

    def scores(*tensors):
        model.embedding.weight, block.norm1.weight, block.attention.query.weight = tensors
        return model(tokens)

    try:
        return gradcheck(scores, model.embedding.weight, block.norm1.weight, block.attention.query.weight)
    except AssertionError:
        return np.inf


def lent(rng):
    """How far apart two tables are after three steps, in the rows that are read; one has gradients for these alone."""
    tables, ids = [Embedding(5, 3, sparse=sparse) for sparse in (False, True)], np.array([2, 4, 1, 2, 4, 2])
    start, slopes = rng.normal(size=(5, 3)), rng.normal(size=(3, 6, 3))
    for table in tables:
        table.load_state_dict({"weight": start})
        optimizer = AdamW(table.parameters(), lr=0.1)
        for slope in slopes:
            optimizer.zero_grad()
            table(ids).backward(slope)
            optimizer.step()
    return np.abs(tables[0].weight.data - tables[1].weight.data)[ids].max()


def written(model, prompt, stop):
    """Whether `generate` draws what one draws from scores in NumPy, and leaves a model in training as it was."""
    text, state, rng = list(prompt), model.state_dict(), np.random.default_rng(1)
    while len(text) < len(prompt) + 13 and text[len(prompt):][-1:] != [stop]:
        text.append(pick(in_numpy.scores(state, np.array([text[-model.max_len:]]), 2)[0, -1], 0.7, rng))
    found = generate(model, prompt, 13, 0.7, np.random.default_rng(1), stop)
    return found.tolist() == text and model.training


def before_training(model, run, vocabulary):
    """What has to hold before a model has learnt anything."""
    size = len(vocabulary.words)
    with no_grad():
        loss = model(*batch(run.train, vocabulary)).item()
        places = len(np.unique(model(np.full((1, LONGEST), size - 1)).data[0].round(4), axis=0))
    row("loss before training", f"{loss:.3f}", f"ln {size} = {math.log(size):.3f}, 5 %",
        abs(loss / math.log(size) - 1) < 0.05)
    first, last = hears(model, np.random.default_rng(0).integers(0, size, (4, LONGEST)))
    row("places that hear the last word", f"{(last > 1e-4).sum()} of {LONGEST}", "1", (last > 1e-4).sum() == 1)
    row("places that hear the first", f"{(first > 1e-4).sum()} of {LONGEST}", f"{LONGEST}", (first > 1e-4).all())
    row(f"one word, {LONGEST} times", f"{places} different scores", f"{LONGEST}", places == LONGEST)


def bytes_of_pairs(run):
    """What byte pairs would make of the same sentences."""
    sentences = [sentence for pair in run.reworded for sentence in (pair.question, pair.answer)]
    tokenizer = BPETokenizer().train("\n".join(pair.question for pair in run.train), 512)
    rows = [tokenizer.encode(sentence) for sentence in sentences]
    back = sum(tokenizer.decode(tokens) == sentence for tokens, sentence in zip(rows, sentences))
    slowly = byte_tokens(sentences[0])
    for token, pair in enumerate(tokenizer.merges, 256):
        slowly = merge(slowly, pair, token)
    ratio = sum(map(len, rows)) / sum(len(words(sentence)) for sentence in sentences)
    row("512 byte pairs, in their place", f"{ratio:.2f} a word, {back} of {len(rows)} come back", "at most 2, all",
        ratio < 2 and back == len(rows) and list(slowly) == list(rows[0]))


def exam(model, run, vocabulary, valid):
    """Ask all questions that the model has never read."""
    answers = [reply(model, vocabulary, pair.question) for pair in run.reworded]
    right = [answer == pair.answer for answer, pair in zip(answers, run.reworded)]
    row("known facts in other words", f"{percent(right):.1f} % of {len(right)} word for word",
        "85 %", percent(right) >= 85)
    sound = percent([answer in valid for answer in answers])
    row("answers that answer something", f"{sound:.1f} %", "90 %", sound >= 90)
    with no_grad():
        perplexity = math.exp(model(*batch(run.reworded, vocabulary)).item())
    row("perplexity of the right answers", f"{perplexity:.3f}", "at most 1.25", perplexity <= 1.25)
    told = [reply(model, vocabulary, pair.question) == pair.answer for pair in run.told if pair.level == 5]
    row("facts of the question alone", f"{percent(told):.1f} % of {len(told)} word for word", "80 %",
        percent(told) >= 80)
    return right


def levels(model, run, vocabulary, right):
    """Print what the table does not ask for."""
    of_level = {level: [met for met, pair in zip(right, run.reworded) if pair.level == level] for level in range(1, 6)}
    print("by level:", ", ".join(f"{n} {percent(met):.0f} %" for n, met in of_level.items() if met), end="")
    sums = [reply(model, vocabulary, pair.question) == pair.answer for pair in run.told if pair.level == 3]
    print(f"; sums never seen: {percent(sums):.0f} %" if sums else "")


def heard(model, vocabulary, question):
    """Who listens to whom in the last block, (heads, tokens, tokens), for a question and its answer; and the words."""
    tokens = generate(model, vocabulary.question(question), LONGEST, stop=vocabulary.end)
    with no_grad():
        x = model.positions(model.embedding(tokens))
        *others, block = model.blocks
        for other in others:
            x = other(x)
        attention, normed = block.attention, block.norm1(x)
        parts = [split_heads(part(normed), attention.n_heads) for part in (attention.query, attention.key,
                                                                           attention.value)]
        _, weights = scaled_dot_product_attention(*parts, causal_mask(len(tokens)), return_weights=True)
    return weights.data, [vocabulary.words[token] for token in tokens]


def draw(model, vocabulary, question, file):
    """Save who listened to whom, a square for each head."""
    weights, said = heard(model, vocabulary, question)
    figure = canvas(5 * len(weights), 6)
    for n, shares in enumerate(weights, 1):
        place = figure.add_subplot(1, len(weights), n)
        place.imshow(shares, cmap="gray_r", vmin=0, vmax=1)
        place.set_xticks(range(len(said)), said, rotation=90)
        place.set_yticks(range(len(said)), said)
        place.set_title(f"head {n}")
    figure.savefig(file, format="png")
    at = said.index("<sep>")
    most = [said[shares[at, :at + 1].argmax()] for shares in weights]
    print(f"{file} shows who listens to whom in the last block. Before its first word the heads listen most to: "
          f"{', '.join(most)}")


def chat(model, vocabulary):
    """Answer questions from the keyboard until there is none."""
    print("\nAsk; an empty line ends. For instance: anna has a frog. what does anna have?")
    while question := ask().strip().lower():
        strange = [word for word in words(question) if word not in vocabulary.number]
        if strange:
            print(f"I have never read: {', '.join(strange)}")
        elif len(vocabulary.question(question)) > LONGEST - 12:  # where the answer goes
            print("That is too long for me.")
        else:
            print(reply(model, vocabulary, question))


def ask():
    try:
        return input("> ")
    except EOFError:
        return ""


def history(run, talks, seed):
    """Build, train and examine the model, and the one without attention; the first of them and its vocabulary."""
    rng = np.random.default_rng(seed)
    vocabulary = Vocabulary([sentence for pair in run.train for sentence in (pair.question, pair.answer)])

    model, deaf = (Transformer(len(vocabulary.words), 64, 4, 2, max_len=LONGEST, rng=rng) for _ in range(2))
    for block in deaf.blocks:
        block.attention = Deaf()
    parts(np.random.default_rng(seed))
    tables(np.random.default_rng(seed))
    before_training(model, run, vocabulary)
    bytes_of_pairs(run)
    started = time.monotonic()
    learn("with attention", model, run, vocabulary, rng)
    right = exam(model, run, vocabulary, valid_answers(talks))
    learn("without attention", deaf, run, vocabulary, rng)
    asked = [*run.reworded, *run.train[:200]]  # also what it has read
    found = percent([reply(deaf, vocabulary, pair.question) == pair.answer for pair in asked])
    row("the same without attention", f"{found:.1f} % of {len(asked)}, 200 of them read", "at most 5 %", found <= 5)
    levels(model, run, vocabulary, right)
    print(f"{run.epochs} epochs, both models, and the exams: {time.monotonic() - started:.0f} s")
    return model, vocabulary


def main(argv=None):
    """Run the milestone: 0 if every target is met, 1 if one is missed, 2 if it could not run."""
    parser = options(__doc__, "draw who listens to whom")
    parser.add_argument("--quick", action="store_true", help="the fifth level alone, and fewer epochs")
    parser.add_argument("--chat", action="store_true", help="ask the trained model yourself")
    args = parsed(parser, argv)
    talks = tinytalks()
    run = chosen(talks, args.quick)
    print(f"2017: {len(run.train):,} questions to learn from, {len(run.reworded) + len(run.told)} for the test.\n")
    print(f"{'what':32}{'found':34}target")
    model, vocabulary = history(run, talks, args.seed)
    for pair in run.reworded[::len(run.reworded) // 3]:
        print(f"{pair.question} -> {reply(model, vocabulary, pair.question)}")
    TABLE.close()
    if args.plot:
        draw(model, vocabulary, run.told[0].question, args.plot)
    if args.chat:
        chat(model, vocabulary)
    return TABLE.status


if __name__ == "__main__":
    raise SystemExit(main())
