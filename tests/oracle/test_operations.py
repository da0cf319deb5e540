"""Every operation, activation and loss: forward and gradients of all inputs, as in PyTorch."""
import numpy as np
import pytest
from conftest import compared, ours
from operations import CASES
from tinytorch._kit.probing import passed
from tinytorch.core import Tensor, gradcheck
from tinytorch.core.autograd import RULES

ELSEWHERE = {"rerun"}  # activation checkpointing, in test_training.py
AT_AN_EDGE = ("ties", "at 0", "far out", "of squares")  # where nudging meets a bend, PyTorch alone is asked


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_forward_and_gradients_are_those_of_pytorch(case, dtype):
    compared(case.ours, case.theirs, case.arrays, dtype)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_nudging_says_the_same(case):
    if any(word in case.name for word in AT_AN_EDGE):
        return
    gradcheck(case.ours, *[ours(np.asarray(array, dtype=np.float64)) for array in case.arrays])


def test_every_rule_has_a_case():
    with np.errstate(all="ignore"):
        names = {name for case in CASES
                 for name in passed(Tensor, lambda case=case: case.ours(*map(ours, map(np.asarray, case.arrays))))}
    differentiable = {name for name, rule in RULES.items() if rule.vjp is not None}
    assert differentiable - ELSEWHERE == names & differentiable
    assert all(name in RULES for name in names)
