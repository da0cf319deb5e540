"""What is pruned is what PyTorch prunes, where sizes differ; soft targets cost what its Kullback-Leibler loss says."""
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from conftest import agree, compared
from tinytorch.compression import distillation_loss, magnitude_prune, structured_prune
from tinytorch.core import Tensor
from tinytorch.nn.layers import Linear, Sequential
from torch.nn.utils import prune

AMOUNTS = [0.0, 0.1, 0.5, 0.9, 1.0]


def layers(*sizes):
    """Layers of ours and of PyTorch's with the same weights."""
    rng = np.random.default_rng(3)
    mine = [Linear(inputs, outputs, rng=rng) for inputs, outputs in zip(sizes, sizes[1:])]
    return mine, [like(layer) for layer in mine]


def like(layer):
    other = torch.nn.Linear(layer.in_features, layer.out_features)
    other.load_state_dict({name: torch.tensor(array) for name, array in layer.state_dict().items()})
    return other


@pytest.mark.parametrize("amount", AMOUNTS)
def test_one_layer_is_pruned_as_by_l1_unstructured(amount):
    (mine,), (other,) = layers(13, 7)
    prune.l1_unstructured(other, "weight", amount)
    np.testing.assert_array_equal(magnitude_prune(mine, amount)["weight"], other.weight_mask.numpy() == 1)
    np.testing.assert_array_equal(mine.weight.data, other.weight.detach().numpy())


@pytest.mark.parametrize("amount", AMOUNTS)
def test_a_model_is_pruned_as_by_global_unstructured(amount):
    mine, others = layers(13, 7, 5)
    prune.global_unstructured([(layer, "weight") for layer in others], prune.L1Unstructured, amount=amount)
    masks = magnitude_prune(Sequential(*mine), amount)
    for at, other in enumerate(others):
        np.testing.assert_array_equal(masks[f"{at}.weight"], other.weight_mask.numpy() == 1)


@pytest.mark.parametrize("amount", [0.0, 0.3, 0.5, 0.8])
def test_the_rows_that_go_are_those_of_ln_structured(amount):
    mine, (other, _) = layers(13, 10, 5)
    start, end = structured_prune(*mine, amount)
    prune.ln_structured(other, "weight", amount, n=2, dim=0)
    stay = other.weight_mask.numpy().any(axis=1)
    np.testing.assert_array_equal(start.weight.data, mine[0].weight.data[stay])
    np.testing.assert_array_equal(end.weight.data, mine[1].weight.data[:, stay])


@pytest.mark.parametrize("temperature", [1.0, 2.0, 5.0])
@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.0])
def test_distillation_is_kl_div_and_cross_entropy(temperature, alpha, dtype):
    rng = np.random.default_rng(3)
    arrays, targets = [3 * rng.normal(size=(6, 5)) for _ in range(2)], rng.integers(0, 5, 6)

    def theirs(logits, teacher):
        soft = F.kl_div(F.log_softmax(logits / temperature, dim=-1), F.softmax(teacher / temperature, dim=-1),
                        reduction="batchmean") * temperature**2
        return alpha * soft + (1 - alpha) * F.cross_entropy(logits, torch.tensor(targets))

    compared(lambda logits, teacher: distillation_loss(logits, teacher, targets, temperature, alpha), theirs,
             arrays, dtype)


def test_without_targets_it_is_kl_div_alone():
    rng = np.random.default_rng(3)
    logits, teacher = (rng.normal(size=(6, 5)).astype(np.float32) for _ in range(2))
    expected = F.kl_div(*(F.log_softmax(torch.tensor(x), dim=-1) for x in (logits, teacher)), reduction="batchmean",
                        log_target=True)
    found = distillation_loss(Tensor(logits), Tensor(teacher), temperature=1.0)
    agree(found.data, expected.numpy(), "the loss", np.float32)
