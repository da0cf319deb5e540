"""What every lesson's cells use: the lesson rule, predictions beside measurements, and numbers of the learner's own."""
import hashlib
import json
import os
import sys
import time
import traceback

from tinytorch._kit import course, place, rule

_guesses = {}
_lesson = ""


def begin(number):
    """Start lesson `number`. Modules of this lesson and later ones exist now only as your own."""
    global _lesson
    _lesson = course.lesson(number)["number"]
    rule.begin(number)


def predict(what, guess, unit=""):
    """Write your guess down before you measure; None means that you have none. Nobody grades how close it is.

    A lesson that runs as a script, `python lessons/NN_name.py`, ends at a None: what is below would tell the answer.
    """
    guess = _plain(guess)
    if not isinstance(guess, (int, float, type(None))):
        raise TypeError(f"a guess is one number, such as 1200; found {guess!r}")
    _guesses[what] = guess
    _log(what=what, predicted=guess, unit=unit)
    caller = sys._getframe(1)
    if guess is None and caller.f_globals.get("__name__") == "__main__" and not hasattr(sys, "ps1"):  # Jupyter has ps1
        print(f'Your guess first: "{what}" in line {caller.f_lineno} is still None. The run stops here.')
        raise SystemExit


def measured(what, value, unit=""):
    """Print your prediction and the measured value, one under the other, and keep both in the workspace."""
    guess = _guesses.get(what)
    print(what)
    print(f"  predicted  {'nothing yet' if guess is None else shown(guess, unit)}")
    print(f"  measured   {shown(value, unit)}")
    _log(what=what, measured=_plain(value), unit=unit)


def shown(value, unit=""):
    """A number for people: 4,000,000 bytes; 0.00213 s."""
    value = _plain(value)
    whole = isinstance(value, int) or float(value).is_integer() and abs(value) < 1e15
    return f"{value:,.0f} {unit}".rstrip() if whole else f"{value:.4g} {unit}".rstrip()


def _plain(value):
    return value.item() if hasattr(value, "item") else value


def _log(**entry):
    """Append to the workspace's own log; outside a workspace nothing is kept."""
    if place.ROOT is None:
        return
    folder = os.path.join(place.ROOT, "log")
    os.makedirs(folder, exist_ok=True)
    entry = {"lesson": _lesson, "time": time.strftime("%Y-%m-%dT%H:%M"), **entry}
    with open(os.path.join(folder, "predictions.jsonl"), "a", encoding="utf-8") as file:
        file.write(json.dumps(entry) + "\n")


def mine(what, choices):
    """One of `choices`, yours: the same for you each time, another for your neighbour.

    It is drawn from the course's and the learner's id, which `tinytorch init --course --learner` keeps in the
    workspace. Without ids, everybody gets the first.
    """
    course, learner = _ids()
    if not course and not learner:
        return choices[0]
    digest = hashlib.sha256("/".join((course, learner, _lesson, what)).encode()).digest()
    return choices[int.from_bytes(digest[:8], "big") % len(choices)]


def _ids():
    """Course and learner, from a grader's environment or from the workspace."""
    found = [os.environ.get("TINYTORCH_COURSE", ""), os.environ.get("TINYTORCH_LEARNER", "")]
    if not any(found) and place.ROOT is not None:
        said = place.settings(place.ROOT)
        found = [said["course"], said["learner"]]
    return found


def rejects(check, function):
    """Whether the check refuses `function`, which it does by raising AssertionError and nothing else."""
    try:
        said = check(function)
    except AssertionError:
        return True
    except NotImplementedError:  # something that is still to be written
        raise
    except Exception as error:
        raise AssertionError(_ended(error)) from error
    if type(said).__name__ in ("bool", "bool_") and not said:
        raise AssertionError("your check returned False, and only an AssertionError says 'refused': write "
                             "`assert ...` in place of `return ...`.")
    return False


def _ended(error):
    """What to say of an error other than AssertionError in a check, which may be the check's own or its function's."""
    steps = traceback.extract_tb(error.__traceback__)[1:]  # from the check down; empty if it cannot be called like this
    where = f" in its line `{steps[0].line}`" if steps else ""
    advice = "if the function raised this, catch it with try." if len(steps) > 1 else "repair the check."
    said = f"your check ended with {type(error).__name__}{where}: {error}".rstrip(" :.")  # some have no message
    return f"{said}. Only an AssertionError says 'refused'; {advice}"


def watch(action):
    """The names of the operations that pass the door of 01 while `action()` runs."""
    from tinytorch._kit.probing import passed
    from tinytorch.core.tensor import Tensor

    return passed(Tensor, action)
