"""The naive attempt: it copies."""
TARGET = {"bytes": 0}


def attempt():
    return list(range(10))


def result(lesson):
    return {"bytes": 80}
