"""TinyTalks has the sizes, the splits and the words that its data sheet promises, on every Python."""
import subprocess
import sys
from collections import Counter, defaultdict

import pytest
from tinytorch.datasets import talks as module
from tinytorch.datasets.talks import as_jsonl, tinytalks, valid_answers, words


@pytest.fixture(scope="module")
def talks():
    return tinytalks()


@pytest.fixture(scope="module")
def pairs(talks):
    return [pair for part in talks for pair in part]


def asked(pairs):
    found = defaultdict(list)
    for pair in pairs:
        found[pair.fact].append(pair)
    return found


def test_there_are_3000_pairs_of_five_levels(pairs):
    assert Counter(pair.level for pair in pairs) == {1: 150, 2: 850, 3: 700, 4: 650, 5: 650}


def test_the_parts_have_their_sizes(talks):
    assert len(talks.paraphrase) == 200
    assert 2300 < len(talks.train) < 2500 and 250 < len(talks.validation) < 350 and 80 < len(talks.composition) < 120


def test_no_question_occurs_twice_whatever_its_marks(pairs):
    bare = [" ".join(word for word in words(pair.question) if word.isalpha()) for pair in pairs]
    assert len(set(bare)) == len(bare)


def test_a_fact_has_one_answer(pairs):
    assert all(len({pair.answer for pair in same}) == 1 for same in asked(pairs).values())


def test_a_paraphrase_has_its_fact_in_train_three_times_and_its_wording_with_five_other_facts(talks):
    facts, wordings = asked(talks.train), defaultdict(set)
    for pair in talks.train:
        wordings[pair.wording].add(pair.fact)
    for pair in talks.paraphrase:
        assert len(facts[pair.fact]) >= 3 and len(wordings[pair.wording]) >= 5
        assert pair.wording not in [other.wording for other in facts[pair.fact]]


def test_composition_has_facts_and_answers_that_train_never_says(talks):
    facts, answers = asked(talks.train), {pair.answer for pair in talks.train}
    assert {pair.level for pair in talks.composition} == {3, 5}
    assert not [pair for pair in talks.composition if pair.fact in facts or pair.answer in answers]


def test_validation_is_made_as_the_test_is(talks):
    facts = asked(talks.train)
    known = [pair for pair in talks.validation if pair.fact in facts]
    assert len(known) == 200 and all(len(facts[pair.fact]) >= 3 for pair in known)
    assert not {pair.fact for pair in talks.validation if pair.fact not in facts} & set(asked(talks.composition))


def test_every_word_is_in_train_three_times_and_pairs_are_short(talks, pairs):
    def said(some):
        return Counter(word for pair in some for word in words(pair.question + " " + pair.answer))
    in_train = said(talks.train)
    assert 400 <= len(said(pairs)) <= 600
    assert not [word for word in said(pairs) if in_train[word] < 3]
    assert max(len(words(pair.question)) + len(words(pair.answer)) for pair in pairs) + 3 <= 32  # with three marks


def test_words_keep_every_letter_and_mark(pairs):
    assert all("".join(words(pair.question)) == pair.question.replace(" ", "") for pair in pairs)


def test_an_answer_names_its_subject(pairs):
    assert all(pair.subject in pair.answer for pair in pairs)


def test_another_seed_splits_otherwise(talks):
    other = tinytalks(seed=7)
    assert sum(map(len, other)) == 3000 and set(other.paraphrase) != set(talks.paraphrase)
    assert valid_answers(other) <= {pair.answer for pair in module._pairs()}


def test_a_changed_table_is_noticed(monkeypatch):
    *others, last = module.TOPICS
    monkeypatch.setattr(module, "TOPICS", [*others, last._replace(answer="{a} adores {b}.")])
    with pytest.raises(ValueError, match="not what was published"):
        tinytalks()


def test_the_command_writes_all_parts(talks, tmp_path):
    subprocess.run([sys.executable, "-m", "tinytorch.datasets.talks", str(tmp_path / "of mine")], check=True)
    found = (tmp_path / "of mine" / "tinytalks.jsonl").read_bytes()
    assert found.decode() == as_jsonl(talks)
    first = talks.train[0]
    assert (tmp_path / "of mine/train.txt").read_text().startswith(f"Q: {first.question}\nA: {first.answer}\n")
