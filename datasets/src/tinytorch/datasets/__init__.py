"""The data of the lessons and milestones. TinyDigits and TinyTalks come with the package."""

from tinytorch.datasets.digits import tinydigits
from tinytorch.datasets.talks import tinytalks

__all__ = ["tinydigits", "tinytalks"]
