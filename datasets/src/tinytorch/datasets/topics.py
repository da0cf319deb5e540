"""The wordings in which each kind of fact of TinyTalks is asked and answered, and the rows that fill their slots."""
from typing import NamedTuple

from tinytorch.datasets.facts import (
    CAPITALS,
    COLOURS,
    FOODS,
    HOMES,
    LIKES,
    MATERIALS,
    NAMES,
    NUMBERS,
    OPPOSITES,
    PLACES,
    SIZES,
    SORTS,
    SOUNDS,
    THINGS,
    TONGUES,
    USES,
    YOUNG,
)


class Topic(NamedTuple):
    """One kind of fact: how it is asked, how it is answered, and the rows that fill the slots."""

    name: str
    level: int
    wordings: list[str]
    answer: str
    rows: list[dict[str, str]]
    subject: str = "{a}"  # what an answer has to name


def lines(text):
    return text.strip().split("\n")


def items(text):
    return text.replace("\n", " ").split(", ")


def table(text):
    """`a dog barks, grass green` as rows of slots a and b; an article stays with its noun, b is all that is left."""
    rows = []
    for entry in text.replace("\n", " ").split(","):
        words = entry.split()
        at = 2 if words[0] in ("a", "an", "the") else 1
        rows.append({"a": " ".join(words[:at]), "b": " ".join(words[at:])})
    return rows


def article(noun):
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def both_ways(text):
    """Each row of a table and its mirror image."""
    return [row for pair in table(text) for row in (pair, {"a": pair["b"], "b": pair["a"]})]


def sums():
    numbers = items(NUMBERS)
    return [{"a": numbers[i], "b": numbers[j], "c": numbers[i + j]} for i in range(10) for j in range(i, 10)]


def differences():
    numbers = items(NUMBERS)
    return [{"a": numbers[i], "b": numbers[j], "c": numbers[i - j]} for i in range(10) for j in range(i + 1)]


def neighbours(step):
    numbers = items(NUMBERS)
    return [{"a": numbers[i], "b": numbers[i + step]} for i in range(20) if 0 <= i + step < 20]


def sorts():
    """Each thing with its own sort, to be confirmed, and with the one of a thing further on, to be denied."""
    things = table(SORTS)
    for i, row in enumerate(things):
        own, other = row["b"], things[(i + 3) % len(things)]["b"]
        yield {"a": row["a"], "b": article(own), "c": article(own), "said": "yes"}
        yield {"a": row["a"], "b": article(own), "c": article(other), "said": "no"}


def sizes():
    """A question that is right as it stands, and the same the wrong way round."""
    for row in table(SIZES):
        yield {**row, "c": row["a"], "d": row["b"], "said": "yes"}
        yield {**row, "c": row["b"], "d": row["a"], "said": "no"}


def crossed(second, share):
    """One in `share` of all pairs of a name and a second, spread evenly."""
    return [{"a": name, "b": thing} for i, name in enumerate(items(NAMES)) for j, thing in enumerate(second)
            if (i + j) % share == 0]


SMALL_TALK = {  # said in one way each, so all of it is for learning
    "hello.": "hello, nice to meet you.",
    "hi.": "hello, nice to meet you.",
    "good morning.": "good morning to you.",
    "good evening.": "good evening to you.",
    "good night.": "good night to you.",
    "good day.": "good day to you.",
    "how are you?": "i am fine, thank you.",
    "are you fine?": "i am fine, thank you.",
    "is all well?": "i am fine, thank you.",
    "are you well?": "i am fine, thank you.",
    "how do you do?": "i am fine, thank you.",
    "who are you?": "i am a small model.",
    "what are you?": "i am a small model.",
    "are you a model?": "yes, i am a small model.",
    "are you a small model?": "yes, i am a small model.",
    "are you an animal?": "no, i am a small model.",
    "are you a dog?": "no, i am a small model.",
    "are you big?": "no, i am small.",
    "are you small?": "yes, i am small.",
    "who made you?": "you made me.",
    "did you make me?": "no, you made me.",
    "did i make you?": "yes, you made me.",
    "did i make a model?": "yes, you made me.",
    "thank you.": "you are welcome.",
    "thank you and good night.": "you are welcome.",
    "thank you, model.": "you are welcome.",
    "goodbye.": "goodbye, see you.",
    "bye.": "goodbye, see you.",
    "see you.": "goodbye, see you.",
    "bye, model.": "goodbye, see you.",
    "bye, see you.": "goodbye, see you.",
    "nice to meet you.": "nice to meet you too.",
    "i am fine too.": "nice to hear.",
    "i am happy too.": "nice to hear.",
    "all is well.": "nice to hear.",
}

GREETINGS = """
hello, i am {a}.
hi, my name is {a}.
good morning, i am {a}.
{a} is my name.
good evening, my name is {a}.
hello, you can call me {a}."""

COLOUR_QUESTIONS = """
what colour is {a}?
which colour is {a}?
tell me the colour of {a}.
{a} has which colour?
say what colour {a} is.
what is the colour of {a}?"""

SOUND_QUESTIONS = """
what does {a} do when it is loud?
how does {a} sound?
tell me how {a} sounds.
what sound do you hear from {a}?
if {a} is loud, what does it do?
say how {a} sounds."""

HOME_QUESTIONS = """
where does {a} live?
what is the home of {a}?
tell me where {a} lives.
where do you find {a}?
{a} lives where?
say where {a} lives."""

CAPITAL_QUESTIONS = """
what is the capital of {a}?
which city is the capital of {a}?
tell me the capital of {a}.
name the capital of {a}.
{a} has which capital?
which country has the capital {b}?"""

FOOD_QUESTIONS = """
what does {a} eat?
what is the food of {a}?
tell me what {a} eats.
what do you give {a} to eat?
{a} eats what?
say what {a} eats."""

SUM_QUESTIONS = """
what is {a} plus {b}?
how much is {a} plus {b}?
add {a} and {b}.
{a} plus {b} is what?
what is {b} plus {a}?
how much is {b} plus {a}?
add {b} and {a}.
{b} plus {a} is what?"""

DIFFERENCE_QUESTIONS = """
what is {a} minus {b}?
how much is {a} minus {b}?
take {b} from {a}.
{a} minus {b} is what?"""

AFTER_QUESTIONS = """
what comes after {a}?
which number comes after {a}?
count on from {a}.
after {a} comes what?"""

BEFORE_QUESTIONS = """
what comes before {a}?
which number comes before {a}?
count back from {a}.
before {a} comes what?"""

USE_QUESTIONS = """
what do you do with {a}?
what is {a} for?
tell me the use of {a}.
what can you do with {a}?
why do you need {a}?
say what {a} is for."""

OPPOSITE_QUESTIONS = """
what is the opposite of {a}?
tell me the opposite of {a}.
name the opposite of {a}.
which word is the opposite of {a}?
what is not {a} at all?
say the opposite of {a}."""

SORT_QUESTIONS = """
is {a} {c}?
would you call {a} {c}?
is it true that {a} is {c}?
tell me, is {a} {c}?
is {a} {c} or not?"""

SIZE_QUESTIONS = """
is {c} bigger than {d}?
is it true that {c} is bigger than {d}?
tell me, is {c} bigger than {d}?
is {c} bigger than {d} or not?"""

YOUNG_QUESTIONS = """
what is a young {a}?
what do you call a young {a}?
tell me the name of a young {a}.
which word means a young {a}?
say what a young {a} is."""

TONGUE_QUESTIONS = """
what do people in {a} speak?
which words do you hear in {a}?
tell me what people in {a} speak.
people in {a} speak what?
say what people in {a} speak."""

MATERIAL_QUESTIONS = """
what is {a} made of?
{a} is made of what?
tell me what {a} is made of.
of what do you make {a}?
say what {a} is made of."""

HAS_QUESTIONS = """
{a} has {b}. what does {a} have?
{a} has {b}. who has {b}?
{b} belongs to {a}. what does {a} have?
{b} belongs to {a}. who has {b}?"""

PLACE_QUESTIONS = """
{a} is in {b}. where is {a}?
{a} is in {b}. who is in {b}?
{a} went to {b}. where is {a}?
{a} went to {b}. who is in {b}?"""

LIKING_QUESTIONS = """
{a} likes {b}. what does {a} like?
{a} likes {b}. who likes {b}?
{b} makes {a} happy. what does {a} like?
{b} makes {a} happy. who likes {b}?"""

TOPICS = [
    Topic("talk", 1, ["{a}"], "{b}", [{"a": said, "b": answer} for said, answer in SMALL_TALK.items()], subject=""),
    Topic("greeting", 1, lines(GREETINGS), "hello, {a}.", [{"a": name} for name in items(NAMES)]),
    Topic("colour", 2, lines(COLOUR_QUESTIONS), "{a} is {b}.", table(COLOURS)),
    Topic("sound", 2, lines(SOUND_QUESTIONS), "{a} {b}.", table(SOUNDS)),
    Topic("home", 2, lines(HOME_QUESTIONS), "{a} lives in {b}.", table(HOMES)),
    Topic("capital", 2, lines(CAPITAL_QUESTIONS), "the capital of {a} is {b}.", table(CAPITALS)),
    Topic("food", 2, lines(FOOD_QUESTIONS), "{a} eats {b}.", table(FOODS)),
    Topic("young", 2, lines(YOUNG_QUESTIONS), "a young {a} is a {b}.", table(YOUNG)),
    Topic("tongue", 2, lines(TONGUE_QUESTIONS), "people in {a} speak {b}.", table(TONGUES)),
    Topic("material", 2, lines(MATERIAL_QUESTIONS), "{a} is made of {b}.", table(MATERIALS)),
    Topic("sum", 3, lines(SUM_QUESTIONS), "{a} plus {b} is {c}.", sums()),
    Topic("difference", 3, lines(DIFFERENCE_QUESTIONS), "{a} minus {b} is {c}.", differences()),
    Topic("after", 3, lines(AFTER_QUESTIONS), "after {a} comes {b}.", neighbours(+1)),
    Topic("before", 3, lines(BEFORE_QUESTIONS), "before {a} comes {b}.", neighbours(-1)),
    Topic("use", 4, lines(USE_QUESTIONS), "you {b} with {a}.", table(USES)),
    Topic("opposite", 4, lines(OPPOSITE_QUESTIONS), "the opposite of {a} is {b}.", both_ways(OPPOSITES)),
    Topic("sort", 4, lines(SORT_QUESTIONS), "{said}, {a} is {b}.", list(sorts())),
    Topic("size", 4, lines(SIZE_QUESTIONS), "{said}, {a} is bigger than {b}.", list(sizes())),
    Topic("has", 5, lines(HAS_QUESTIONS), "{a} has {b}.", crossed(items(THINGS), 5)),
    Topic("place", 5, lines(PLACE_QUESTIONS), "{a} is in {b}.", crossed(items(PLACES), 5)),
    Topic("liking", 5, lines(LIKING_QUESTIONS), "{a} likes {b}.", crossed(items(LIKES), 5)),
]
