"""The naive attempt at Tokenization: the bytes themselves, one number each.

It returns every text, and no number is above 255. But the row is as long as the text has bytes, and it cannot become
shorter as long as each number stands for one byte.
"""
TARGET = {"numbers_per_byte": 0.6, "largest": 511}


def attempt(text):
    """The numbers of a text."""
    return list(text.encode("utf-8"))


def result(lesson):
    """What `attempt` reaches on the lesson's page and samples, under the names of TARGET."""
    assert all(bytes(attempt(sample)).decode("utf-8") == sample for sample in lesson.samples)
    return {"numbers_per_byte": len(attempt(lesson.page)) / len(lesson.page.encode("utf-8")),
            "largest": max(number for sample in lesson.samples for number in attempt(sample))}
