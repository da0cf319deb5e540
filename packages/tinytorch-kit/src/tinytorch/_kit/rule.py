"""The lesson rule. While lesson N is worked on, checked or graded, modules N and later exist only as the learner's
own, and gradients sleep up to and in lesson 05, even with an own Module 05.

It is one finder on `sys.meta_path`, because the modules of one folder belong to lessons before and after N.
"""
import os
import sys
from importlib.machinery import PathFinder

from tinytorch._kit import course, place

_begun = None  # the lesson that a notebook's first cell named
_undo = []  # how to put gradients back to sleep, if they are awake


class Hidden(ModuleNotFoundError):
    """A module that is there, but not for the lesson at hand."""


class Finder:
    """Finds modules of the course, and says what is missing or hidden."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        entry = course.BY_MODULE.get(name)
        if entry is None:
            return None
        now, hidden = at_hand(), False
        if now is not None and entry["number"] >= now:
            hidden, path = True, _own_folder(name)
        spec = PathFinder.find_spec(name, path) if path else None
        if spec is None and hidden:
            says = f"{name} is built in {course.label(entry)}, and you are working on lesson {now}."
            raise Hidden(says, name=name)
        if spec is None:
            raise ModuleNotFoundError(course.missing(entry, name), name=name)
        return spec


def _own_folder(name):
    return [os.path.join(place.OWN, *name.split(".")[1:-1])] if place.OWN else None


def install():
    if Finder not in sys.meta_path:
        sys.meta_path.insert(0, Finder)


def at_hand():
    """The number of the lesson at hand, or None. A runner's environment and a notebook's `begin`: the earlier wins."""
    text = os.environ.get("TINYTORCH_LESSON", "")
    if text and course.padded(text) is None:
        raise ValueError(f"TINYTORCH_LESSON is {text!r}; expected the number of a lesson, such as 03.")
    return min(filter(None, (course.padded(text), _begun)), default=None)


def begin(number):
    """Start lesson `number`: forget later modules that are imported already, and let gradients sleep if it is early."""
    global _begun
    _begun = course.lesson(number)["number"]
    now = at_hand()
    if now <= _wakes_in():
        sleep()
    for name, entry in course.BY_MODULE.items():
        if entry["number"] >= now and name in sys.modules and not _stays(sys.modules[name]):
            _forget(name)
    if "tinytorch.core" in sys.modules:
        wake()


def _wakes_in():
    return course.BY_MODULE[course.AUTOGRAD]["number"]


def _stays(module):
    """Whether a module is the learner's own or the one under grading."""
    own = place.OWN and str(getattr(module, "__file__", "")).startswith(place.OWN)
    return own or getattr(module, "__tinytorch_graded__", False)


def _forget(name):
    del sys.modules[name]
    parent, _, last = name.rpartition(".")
    for package in [parent, "tinytorch"]:
        kept = vars(sys.modules[package])
        for known in [known for known, target in course.names_of(package).items() if target == name]:
            kept.pop(known, None)
    vars(sys.modules[parent]).pop(last, None)


def sleep():
    """Put gradients to sleep."""
    while _undo:
        _undo.pop()()


def wake():
    """Wake gradients, if Module 05 is there and no lesson up to 05 is at hand."""
    now = at_hand()
    if _undo or now is not None and now <= _wakes_in():
        return
    try:
        __import__(course.TENSOR)
        __import__(course.AUTOGRAD)
        autograd = sys.modules[course.AUTOGRAD]
        autograd.enable_autograd()
        _undo.append(autograd.disable_autograd)
    except ModuleNotFoundError as error:
        if error.name not in (course.AUTOGRAD, course.TENSOR):
            _say_why(error)
    except Exception as error:  # an own Module 05 may fail in any way: imports go on, and `backward` says why
        _say_why(error)


def _say_why(error):
    """Let `backward` raise the reason for which gradients sleep."""
    tensor = sys.modules.get(course.TENSOR)
    if tensor is None or not hasattr(tensor, "Tensor"):
        return
    reason = f"Gradients sleep, because Module 05 fails: {type(error).__name__}: {error}"
    dormant = tensor.Tensor.backward

    def backward(self, gradient=None):
        raise RuntimeError(reason)

    tensor.Tensor.backward = backward
    _undo.append(lambda: setattr(tensor.Tensor, "backward", dormant))
