"""Every operation, activation, layer and loss: forward and gradients of all inputs, as in PyTorch."""
import functools
import importlib
import inspect
import re

import numpy as np
import pytest
from conftest import agree, compared, ours, theirs
from operations import CASES, CONSTANT, TIES
from tinytorch._kit.probing import passed
from tinytorch.core import Tensor, gradcheck
from tinytorch.core.autograd import RULES

ELSEWHERE = {"rerun"}  # activation checkpointing, in test_training.py
MODULES = ["core.tensor", "nn.activations", "nn.layers", "nn.losses", "optim.optimizers", "training",
           "nn.conv", "nn.embedding", "nn.attention", "nn.transformer"]
AT_AN_EDGE = ("ties", "at 0", "far out", "of squares")  # where nudging meets a bend, PyTorch alone is asked
SMOOTH = [case for case in CASES if not any(word in case.name for word in AT_AN_EDGE)]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_forward_and_gradients_are_those_of_pytorch(case, dtype):
    compared(case.ours, case.theirs, case.arrays, dtype)


@pytest.mark.parametrize("case", SMOOTH, ids=[case.name for case in SMOOTH])
def test_nudging_says_the_same(case):
    gradcheck(case.ours, *[ours(np.asarray(array, dtype=np.float64)) for array in case.arrays])


@pytest.mark.parametrize("name", CONSTANT)
def test_answers_without_a_gradient_are_those_of_pytorch(name, dtype):
    array = TIES.astype(dtype)
    out = CONSTANT[name](ours(array))
    assert not out.requires_grad
    agree(out.data, CONSTANT[name](theirs(array)).numpy(), "forward", dtype)


@functools.cache
def names_met():
    """The forwards that the cases of this folder pass through the door."""
    actions = [lambda case=case: case.ours(*map(ours, map(np.asarray, case.arrays))) for case in CASES]
    actions += [lambda action=action: action(ours(TIES)) for action in CONSTANT.values()]
    with np.errstate(all="ignore"):
        return {name for action in actions for name in passed(Tensor, action)}


def test_every_rule_has_a_case():
    """But for fused forwards, which another test may have imported: they are held against the plain ones."""
    fused = {name for name, rule in RULES.items() if rule.home == "tinytorch.acceleration"}
    assert set(RULES) - fused - ELSEWHERE == names_met()


@pytest.mark.parametrize("module", MODULES)
def test_every_forward_has_a_case(module):
    source = inspect.getsource(importlib.import_module(f"tinytorch.{module}"))
    forwards = set(re.findall(r"(?:_apply|_of_one|_of_two)\((?:np\.)?(\w+)[,)]", source)) - {"forward"}
    assert forwards - ELSEWHERE <= names_met()
