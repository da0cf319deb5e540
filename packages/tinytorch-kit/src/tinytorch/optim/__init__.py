"""Names of this package resolve when they are first used, each from the lesson that builds it."""
from tinytorch._kit.names import attach

__path__, __getattr__, __dir__ = attach(__name__)
