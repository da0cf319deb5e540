"""The data of the lessons and milestones. TinyDigits and TinyTalks come with the package; MNIST is fetched once."""

from tinytorch.datasets.digits import tinydigits
from tinytorch.datasets.idx import mnist
from tinytorch.datasets.talks import tinytalks

__all__ = ["mnist", "tinydigits", "tinytalks"]
