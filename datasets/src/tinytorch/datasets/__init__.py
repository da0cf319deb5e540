"""The data of the lessons and milestones. TinyDigits and TinyTalks are in the package; the others are fetched once."""

from tinytorch.datasets.cifar import cifar10
from tinytorch.datasets.digits import tinydigits
from tinytorch.datasets.idx import mnist
from tinytorch.datasets.talks import tinytalks

__all__ = ["cifar10", "mnist", "tinydigits", "tinytalks"]
