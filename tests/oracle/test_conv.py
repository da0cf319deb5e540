"""Seven loops, columns and their way back beside PyTorch's; a state moves there and back. Rules: operations.py."""
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from conftest import agree
from operations import CONVOLUTIONS, drawn
from tinytorch.core import Tensor
from tinytorch.nn import CrossEntropyLoss, Flatten, Linear, ReLU, Sequential
from tinytorch.nn.conv import AvgPool2d, Conv2d, MaxPool2d, col2im, conv2d_loops, im2col


@pytest.mark.parametrize(("images", "weight", "stride", "padding"), CONVOLUTIONS[:-1])
def test_the_loops_and_the_columns_are_those_of_pytorch(images, weight, stride, padding):
    x, kernels, bias = drawn(images, weight, weight[:1])
    theirs = F.conv2d(torch.tensor(x), torch.tensor(kernels), torch.tensor(bias), stride, padding).numpy()
    agree(conv2d_loops(x, kernels, bias, stride, padding), theirs, "loops", np.float64)
    settings = {"kernel_size": weight[2:], "stride": stride, "padding": padding}
    unfolded = F.unfold(torch.tensor(x), **settings)  # (batch, rows, places)
    agree(im2col(x, **settings), unfolded.permute(1, 2, 0).flatten(1).numpy(), "im2col", np.float64)
    folded = F.fold(unfolded, images[2:], **settings).numpy()
    agree(col2im(im2col(x, **settings), images, **settings), folded, "col2im", np.float64)


def networks():
    mine = Sequential(Conv2d(3, 6, 5, padding=2), ReLU(), MaxPool2d(2), Conv2d(6, 4, (3, 2), stride=2, bias=False),
                      ReLU(), AvgPool2d(2), Flatten(), Linear(16, 10))
    other = torch.nn.Sequential(torch.nn.Conv2d(3, 6, 5, padding=2), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
                                torch.nn.Conv2d(6, 4, (3, 2), stride=2, bias=False), torch.nn.ReLU(),
                                torch.nn.AvgPool2d(2), torch.nn.Flatten(), torch.nn.Linear(16, 10))
    return mine, other, np.random.default_rng(3).normal(size=(5, 3, 20, 19)).astype(np.float32)


def test_a_state_moves_to_pytorch_and_back():
    mine, other, images = networks()
    other.load_state_dict({name: torch.tensor(array) for name, array in mine.state_dict().items()})
    agree(mine(Tensor(images)).data, other(torch.tensor(images)).detach().numpy(), "there", np.float32)
    mine, other, images = networks()
    mine.load_state_dict({name: array.numpy() for name, array in other.state_dict().items()})
    agree(mine(Tensor(images)).data, other(torch.tensor(images)).detach().numpy(), "back", np.float32)


def test_a_network_has_pytorchs_gradients():
    mine, other, images = networks()
    other.load_state_dict({name: torch.tensor(array) for name, array in mine.state_dict().items()})
    ids = np.array([3, 1, 4, 1, 5])
    CrossEntropyLoss()(mine(Tensor(images)), ids).backward()
    F.cross_entropy(other(torch.tensor(images)), torch.tensor(ids)).backward()
    for (name, p), q in zip(mine.named_parameters(), other.parameters(), strict=True):
        agree(p.grad, q.grad.numpy(), name, np.float32)
