"""Laws of the losses, held against float64 and the standard library; the lesson's own checks are not repeated."""
import math
from decimal import Decimal, getcontext

import numpy as np
import pytest
from tinytorch._kit.probing import disguised, passed
from tinytorch.core.tensor import Tensor
from tinytorch.nn.losses import BCELoss, CrossEntropyLoss, MSELoss, bounded_log, chance_check, log_softmax

getcontext().prec = 60
LOSSES = [
    (CrossEntropyLoss(), np.float32([[0.3, -2, 1], [4, 0, 0.5]]), np.array([2, 0])),
    (MSELoss(), np.float32([[0.3, -2, 1], [4, 0, 0.5]]), Tensor([[1, 2, 3], [4, 5, 6]])),
    (BCELoss(), np.float32([[0.3, 0.6], [0.4, 0.5]]), Tensor([[1, 0], [0, 0.25]])),
]
named = pytest.mark.parametrize("loss, array, targets", LOSSES, ids=["cross_entropy", "mse", "bce"])


def exact_log_softmax(scores):
    """With 60 digits, where no shift is needed."""
    whole = sum(Decimal(score).exp() for score in scores).ln()
    return [float(Decimal(score) - whole) for score in scores]


@pytest.mark.parametrize("scores", [
    [1000.0, 0.0, -1000.0], [-1000.0, -1001.0, -999.0], [88.8, 88.7, 1.0], [0.1, 0.2, 0.3], [3e4, -3e4], [5.0]])
def test_log_softmax_agrees_with_sixty_digits(scores):
    scores = np.float32(scores)
    found = log_softmax(Tensor(scores)).data
    np.testing.assert_allclose(found, exact_log_softmax(scores.tolist()), rtol=1e-5, atol=1e-5)


def test_large_scores_that_lie_close_keep_their_digits():
    found = log_softmax(Tensor([1e7, 1e7 - 1])).data  # neighbours lie 1 apart here
    np.testing.assert_allclose(found, [-0.313262, -1.313262], rtol=1e-5)


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2])
def test_probabilities_sum_to_one_along_the_axis(axis):
    logits = np.random.default_rng(0).normal(0, 5, (3, 4, 5))
    np.testing.assert_allclose(np.exp(log_softmax(Tensor(logits), axis=axis).data).sum(axis=axis), 1, rtol=1e-5)


def test_a_shift_of_all_scores_changes_nothing():
    logits = np.float32([[1, 4, -2], [0, 3, 5]])
    np.testing.assert_allclose(log_softmax(Tensor(logits + 512)).data, log_softmax(Tensor(logits)).data, atol=1e-4)


def test_a_class_that_is_ruled_out_takes_no_share():
    found = log_softmax(Tensor([[2, -math.inf, 3]])).data[0]
    np.testing.assert_allclose(found[[0, 2]], exact_log_softmax([2.0, 3.0]), rtol=1e-5)
    assert found[1] == -math.inf


@pytest.mark.parametrize("classes", [2, 10, 1000])
def test_equal_scores_cost_the_logarithm_of_the_classes(classes):
    targets = np.arange(5) % classes
    assert CrossEntropyLoss()(Tensor(np.full((5, classes), 7.0)), targets).item() == pytest.approx(math.log(classes))


@pytest.mark.parametrize("classes", [3, 10, 100])
def test_two_softmaxes_have_a_floor(classes):
    targets = np.array([0, classes - 1])
    probs = Tensor(np.eye(classes)[targets])
    floor = math.log(math.e + classes - 1) - 1
    assert CrossEntropyLoss()(probs, targets).item() == pytest.approx(floor, rel=1e-5)


def test_cross_entropy_of_two_classes_is_binary_cross_entropy():
    scores = np.linspace(-8, 8, 9)
    targets = np.array([0, 1, 1, 0, 1, 0, 0, 1, 1])
    probs = Tensor(1 / (1 + np.exp(-scores)))
    two = CrossEntropyLoss()(Tensor(np.stack([0 * scores, scores], axis=1)), targets).item()
    assert BCELoss()(probs, Tensor(targets)).item() == pytest.approx(two, rel=1e-4)


@pytest.mark.parametrize("targets", [[2, 0], np.uint8([2, 0]), np.int64([2, 0]), Tensor([2, 0], dtype=np.int32)])
def test_whole_numbers_of_any_kind_are_class_numbers(targets):
    loss = CrossEntropyLoss()(Tensor([[0.3, -2, 1], [4, 0, 0.5]]), targets)
    assert loss.item() == pytest.approx(-(exact_log_softmax([0.3, -2.0, 1.0])[2] + exact_log_softmax([4.0, 0, 0.5])[0])
                                        / 2, rel=1e-5)


def test_the_batch_may_be_doubled():
    logits, targets = np.float32([[0.3, -2, 1], [4, 0, 0.5]]), np.array([1, 2])
    once = CrossEntropyLoss()(Tensor(logits), targets).item()
    assert CrossEntropyLoss()(Tensor(np.tile(logits, (2, 1))), np.tile(targets, 2)).item() == pytest.approx(once)


def test_mean_squared_error_is_numpys():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    assert MSELoss()(Tensor(a), Tensor(b)).item() == pytest.approx(((a - b) ** 2).mean(), rel=1e-5)


def test_certain_answers_are_free_or_cost_a_hundred():
    assert BCELoss()(Tensor([0.0, 1.0]), Tensor([0, 1])).item() == 0
    assert BCELoss()(Tensor([0.0, 1.0]), Tensor([1, 0])).item() == 100


def test_bounded_log_warns_of_nothing():
    with np.errstate(all="raise"):
        np.testing.assert_allclose(bounded_log(Tensor([1e-45, 0.5, 1])).data[1:], [math.log(0.5), 0])
    np.testing.assert_array_equal(bounded_log(Tensor([0.0])).data, [-100])


@named
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_loss_is_one_number_of_the_dtype_of_its_input(loss, array, targets, dtype):
    targets = Tensor(targets, dtype=dtype) if isinstance(targets, Tensor) else targets
    found = loss(Tensor(array, dtype=dtype), targets)
    assert found.shape == () and found.dtype == dtype and type(found.data) is np.ndarray


@named
def test_a_loss_never_leaves_the_door(loss, array, targets):
    honest = loss(Tensor(array), targets).data
    with disguised(Tensor, 0.1) as mask:  # small, because a probability must stay below 1
        np.testing.assert_allclose(mask.show(loss(mask.hide(Tensor(array)), targets)), honest, atol=1e-4)


def test_forwards_have_the_names_that_rules_will_know():
    half = Tensor([[0.5, 0.5]])
    assert passed(Tensor, lambda: CrossEntropyLoss()(half, np.array([1])))[:2] == ["log_softmax_values", "index"]
    assert passed(Tensor, lambda: BCELoss()(half, half)).count("bounded_log_values") == 2


@named
def test_a_loss_has_no_parameters(loss, array, targets):
    assert loss.parameters() == []


@pytest.mark.parametrize("targets, error, says", [
    (np.float32([2, 0]), TypeError, "float32"),
    (Tensor([2, 0]), TypeError, "astype(np.int64)"),
    (np.array([True, False]), TypeError, "bool"),
    (np.array([2]), ValueError, "shape (2,)"),
    (np.array([[0, 0, 1], [1, 0, 0]]), ValueError, "argmax(axis=1)"),
    (np.array([0, 3]), ValueError, "numbered 0 to 2"),
    (np.array([-1, 0]), ValueError, "-1"),
])
def test_targets_that_are_no_class_numbers_are_refused(targets, error, says):
    with pytest.raises(error) as caught:
        CrossEntropyLoss()(Tensor([[0.3, -2, 1], [4, 0, 0.5]]), targets)
    assert says in str(caught.value)


@pytest.mark.parametrize("shape", [(3,), (0, 3), (2, 3, 4)])
def test_logits_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match="batch, classes"):
        CrossEntropyLoss()(Tensor(np.zeros(shape)), np.zeros(shape[0], dtype=np.int64))


@pytest.mark.parametrize("loss", [MSELoss(), BCELoss()])
def test_a_mean_refuses_shapes_that_differ_and_shapes_without_numbers(loss):
    with pytest.raises(ValueError, match=r"\(2, 1\) and \(2,\)"):
        loss(Tensor([[0.5], [0.5]]), Tensor([1, 0]))
    with pytest.raises(ValueError, match=r"\(0, 3\)"):
        loss(Tensor(np.zeros((0, 3))), Tensor(np.zeros((0, 3))))


@pytest.mark.parametrize("probs", [[0.5, 1.5], [-0.1, 0.5], [math.nan, 0.5]])
def test_what_is_no_probability_is_refused(probs):
    with pytest.raises(ValueError, match="Sigmoid"):
        BCELoss()(Tensor(probs), Tensor([1, 0]))


def test_an_array_in_place_of_a_tensor_is_refused_by_name():
    with pytest.raises(TypeError, match=r"Wrap it: Tensor"):
        CrossEntropyLoss()(np.zeros((2, 3)), np.array([0, 1]))


@pytest.mark.parametrize("scores, says", [(20.0, "1.386"), (0.25, "Softmax"), (math.nan, "nan")])
def test_chance_check_says_what_it_found(scores, says):
    with pytest.raises(ValueError) as caught:
        chance_check(lambda x: Tensor(np.where(np.eye(4), 0.25, scores)), Tensor(np.zeros((4, 3))), np.arange(4))
    assert says in str(caught.value)
