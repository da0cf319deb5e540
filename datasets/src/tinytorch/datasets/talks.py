"""TinyTalks: 3,000 small questions with one right answer each, in five levels, made from facts and their wordings.

No random stream is used: whatever needs an order takes that of a hash, so the pairs are the same on every Python.
`python -m tinytorch.datasets.talks FOLDER` writes them as text, for reading.
"""
import hashlib
import itertools
import json
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from tinytorch.datasets.topics import TOPICS

SEED = 1958
SIZES = {1: 150, 2: 850, 3: 700, 4: 650, 5: 650}  # pairs of each level
PARAPHRASES = 200  # in the test, and as many in validation
UNSEEN = {3: 10, 5: 14}  # facts of a level that are kept out of train altogether, for the test; as many for validation
SHA256 = "3c20ce9db9915d44345fb79143bc95935aee9237a6c01f5549944b78a6623d4d"


class Pair(NamedTuple):
    """A question and its answer."""

    level: int  # 1 small talk, 2 facts, 3 numbers, 4 common sense, 5 what was just said
    fact: str  # what it is about: "capital of peru"
    wording: str  # how it is asked: "what is the capital of {a}?"
    question: str
    answer: str
    subject: str  # what the answer has to name


class Talks(NamedTuple):
    """The pairs in four parts; no question is in two of them."""

    train: list[Pair]
    validation: list[Pair]  # made as the two parts of the test are, together
    paraphrase: list[Pair]  # test: train has the fact in three other wordings or more
    composition: list[Pair]  # test: train has the words, but neither the fact nor its answer


def tinytalks(seed: int = SEED) -> Talks:
    """3,000 questions and answers: about 2,400 to learn from, 300 to choose settings by, 300 to be tested on.

    Raises
    ------
    ValueError
        If the pairs of the published seed are not, byte for byte, the published ones.
    """
    talks = _split(_chosen(_pairs(), seed), seed)
    found = hashlib.sha256(as_jsonl(talks).encode()).hexdigest()
    if seed == SEED and found != SHA256:
        raise ValueError(f"TinyTalks is not what was published: expected SHA-256 {SHA256}, found {found}. "
                         "A file of tinytorch-datasets was changed; install it again.")
    return talks


def words(text: str) -> list[str]:
    """The words and marks of a sentence: `hello, anna.` has four."""
    return re.findall(r"[a-z]+|[.,?]", text)


def valid_answers(talks: Talks) -> set[str]:
    """Every sentence that answers some question."""
    return {pair.answer for part in talks for pair in part}


def as_text(pairs: list[Pair]) -> str:
    """`Q: ...` and `A: ...`, two lines a pair."""
    return "".join(f"Q: {pair.question}\nA: {pair.answer}\n" for pair in pairs)


def as_jsonl(talks: Talks) -> str:
    """One JSON object a pair, with the part it belongs to."""
    return "".join(json.dumps({"part": part, **pair._asdict()}) + "\n"
                   for part, pairs in talks._asdict().items() for pair in pairs)


def write(folder: str | Path, talks: Talks) -> None:
    """Each part as text, and all of them with their facts and levels as `tinytalks.jsonl`."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for part, pairs in talks._asdict().items():
        (folder / f"{part}.txt").write_text(as_text(pairs), encoding="utf-8", newline="\n")
    (folder / "tinytalks.jsonl").write_text(as_jsonl(talks), encoding="utf-8", newline="\n")


def _pairs() -> list[Pair]:
    """Each fact in each wording of its topic, without questions that come out alike."""
    pairs = {}
    for topic in TOPICS:
        for row in topic.rows:
            answer, subject = topic.answer.format(**row), topic.subject.format(**row)
            for wording in topic.wordings:
                question = wording.format(**row)
                about = answer if len(topic.wordings) > 1 else question  # small talk: no other wording is like it
                pair = Pair(topic.level, f"{topic.name}: {about}", f"{topic.name}: {wording}",
                            question, answer, subject)
                pairs.setdefault(" ".join(words(question)), pair)
    return list(pairs.values())


def _mixed(things, seed):
    """Facts, or pairs by their question, in the order of a hash."""
    def place(thing):
        return hashlib.sha256(f"{seed}|{getattr(thing, 'question', thing)}".encode()).digest()
    return sorted(things, key=place)


def _by_fact(pairs):
    found = defaultdict(list)
    for pair in pairs:
        found[pair.fact].append(pair)
    return found


def _chosen(pairs, seed):
    """As many of each level as SIZES says. Facts that are asked in the most wordings give some up first."""
    kept = []
    for level, size in SIZES.items():
        facts = _by_fact(_mixed([pair for pair in pairs if pair.level == level], seed))
        surplus = sum(map(len, facts.values())) - size
        for _ in range(surplus):
            max(facts.values(), key=len).pop()
        kept += [pair for fact in facts.values() for pair in fact]
    return _mixed(kept, seed)


def _split(pairs, seed):
    """Train, validation, paraphrase and composition."""
    facts = _by_fact(pairs)
    composition, validation = [], []
    for level, count in UNSEEN.items():
        of_level = iter(_mixed([fact for fact, asked in facts.items() if asked[0].level == level], seed))
        for part in (composition, validation):
            part += [pair for fact in itertools.islice(of_level, count) for pair in facts[fact]]
    train = [pair for pair in pairs if pair not in composition and pair not in validation]
    held_out = _paraphrases(train, 2 * PARAPHRASES)
    train = [pair for pair in train if pair not in held_out]
    return Talks(train, validation + held_out[1::2], held_out[::2], composition)


def _paraphrases(train, count):
    """Pairs that may leave train: three other wordings of the fact stay, and five other facts in the wording."""
    facts, wordings, held_out = _by_fact(train), defaultdict(set), []
    for pair in train:
        wordings[pair.wording].add(pair.fact)
    for pair in train:
        if len(held_out) < count and len(facts[pair.fact]) > 3 and len(wordings[pair.wording]) > 5:
            facts[pair.fact].remove(pair)
            wordings[pair.wording].remove(pair.fact)
            held_out.append(pair)
    return held_out


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m tinytorch.datasets.talks FOLDER")
    write(sys.argv[1], tinytalks())
