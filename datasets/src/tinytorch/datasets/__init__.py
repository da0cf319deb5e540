"""The data of the lessons and milestones. TinyDigits comes with the package; nothing is fetched."""

from tinytorch.datasets.digits import tinydigits

__all__ = ["tinydigits"]
