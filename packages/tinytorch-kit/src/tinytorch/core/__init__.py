"""Names of this package resolve when they are first used, each from the lesson that builds it.

Whoever imports a Tensor, by whatever path, passes here; so this is where gradients wake once Module 05 is there.
"""
from tinytorch._kit.names import attach
from tinytorch._kit.rule import wake

__path__, __getattr__, __dir__ = attach(__name__)
wake()
