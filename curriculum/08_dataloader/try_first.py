"""The naive attempt at DataLoader: ask, wait, learn, and then ask again. The disk and the model wait for each other."""
import time

TARGET = {"elapsed_s": 0.3}


def attempt(lesson):
    """Ten batches, one after the other."""
    for number in range(10):
        lesson.learn_from(lesson.ask_disk(number))


def result(lesson):
    """The seconds of `attempt`, under the names of TARGET."""
    begun = time.perf_counter()
    attempt(lesson)
    return {"elapsed_s": time.perf_counter() - begun}
