"""TinyTorch: a machine-learning framework that you build yourself.

The learner's own modules come first, then the installed tiers. Importing this costs little and prints nothing.
"""
from tinytorch._kit.place import search_path

__path__ = search_path()

from tinytorch._kit import names as _names
from tinytorch._kit import rule as _rule

_rule.install()
_, __getattr__, __dir__ = _names.attach(__name__)


def available(name):
    """Whether `tinytorch.<name>` could be imported now, such as `available("nn.Conv2d")` or `available("nn.conv")`.

    A module of yours that is not built yet does not count, nor one that the lesson at hand hides.
    """
    return _names.available(name)
