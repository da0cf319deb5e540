"""Profiling: counts by hand, scripted clocks, laws of own time and of Amdahl, and pictures that others can open."""
import itertools
import json
import math
import tracemalloc
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tinytorch.core import Tensor, no_grad
from tinytorch.nn import Conv2d, CrossEntropyLoss, Flatten, Linear, MaxPool2d, ReLU, Sequential
from tinytorch.nn.attention import Attention
from tinytorch.nn.embedding import Embedding
from tinytorch.profiling import (
    A100,
    COUNTS,
    Machine,
    Memory,
    Observer,
    Operation,
    Profiler,
    amdahl,
    backward_flops,
    flops,
    graph_svg,
    joules,
    measured_machine,
    memory_svg,
    own_s,
    ranking,
    roofline,
    trace,
    typical,
)
from tinytorch.training import checkpoint

shares = st.floats(0, 1)
factors = st.floats(0.01, 1e6)


def rng(seed=3):
    return np.random.default_rng(seed)


def ticking(step=1.0):
    """A clock that goes on by `step` each time that it is asked."""
    return itertools.count(0.0, step).__next__


def tensor(*shape, requires_grad=False):
    return Tensor(rng().normal(size=shape), requires_grad=requires_grad)


def cnn():
    draws = rng()
    return Sequential(Conv2d(1, 4, 3, rng=draws), ReLU(), MaxPool2d(2), Flatten(), Linear(36, 5, rng=draws))


def step(model, seen):
    """One step of the CNN under a reading; its loss before the way back."""
    with seen:
        loss = CrossEntropyLoss()(model(tensor(6, 1, 8, 8)), np.arange(6) % 5)
        loss.backward()
    return loss


def of(seen, name, direction="forward"):
    return [op for op in seen.operations if op.name == name and op.direction == direction]


def at(start_s, elapsed_s, name="add", work=0, moved=0):
    return Operation(name, "forward", (), (), "float32", work, moved, start_s, elapsed_s)


# FLOPs


@pytest.mark.parametrize(("batch", "inputs", "outputs"), [(5, 7, 3), (32, 784, 128)])
def test_a_linear_counts_as_by_hand_there_and_back(batch, inputs, outputs):
    layer, x = Linear(inputs, outputs, rng=rng()), tensor(batch, inputs, requires_grad=True)
    with Profiler() as seen:
        layer(x).sum().backward()
    assert [op.flops for op in of(seen, "matmul")] == [2 * batch * inputs * outputs]
    assert [op.flops for op in of(seen, "add")] == [batch * outputs]
    assert [op.flops for op in of(seen, "matmul", "backward")] == [4 * batch * inputs * outputs]


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 1)])
def test_a_conv2d_counts_as_many_multiply_adds_as_its_loops_make(stride, padding, bias):
    layer = Conv2d(3, 4, (3, 2), stride=stride, padding=padding, bias=bias, rng=rng())
    with Observer() as seen, no_grad():
        out = layer(tensor(2, 3, 7, 6))
    loops = sum(3 * 3 * 2 for _ in itertools.product(*map(range, out.shape)))
    assert of(seen, "conv2d")[0].flops == 2 * loops + out.data.size * bias


def test_the_way_back_of_conv2d_has_a_product_for_each_that_wants_one():
    shapes, out_shape = [(2, 3, 7, 7), (4, 3, 3, 3), (4,)], (2, 4, 5, 5)
    product = 2 * 200 * 27
    assert backward_flops("conv2d", shapes, out_shape, [True, True, True]) == 2 * product + 200
    assert backward_flops("conv2d", shapes, out_shape, [False, True, True]) == product + 200
    assert backward_flops("conv2d", shapes[:2], out_shape, [False, True]) == product


@pytest.mark.parametrize("length", [4, 9])
def test_attention_counts_as_by_hand(length):
    layer = Attention(12, 5, rng=rng())
    with Observer() as seen, no_grad():
        layer(tensor(2, length, 12))
    linears = 3 * 2 * 2 * length * 12 * 5 + 2 * 2 * length * 5 * 12
    tables = 2 * 2 * 2 * length * length * 5  # two sequences, two products with a table
    assert sum(op.flops for op in of(seen, "matmul")) == linears + tables
    assert of(seen, "softmax")[0].flops == 5 * 2 * length * length


def test_what_only_moves_has_no_flops_and_a_view_no_bytes():
    with Observer() as seen:
        tensor(4, 6).T.reshape(8, 3)  # reshape copies here: the transpose is not in one piece
    assert [(op.name, op.flops, op.moved_bytes) for op in seen.operations] == [
        ("permute", 0, 0), ("reshape", 0, 2 * 24 * 4)]


def test_an_unknown_forward_counts_one_for_each_number_that_comes_out():
    assert flops("unheard_of", [(3, 4)], (5, 7)) == 35


def test_a_later_module_may_say_what_its_forward_takes_there_and_back(monkeypatch):
    monkeypatch.setitem(COUNTS, "unheard_of forward", lambda shapes, out_shape: 7 * math.prod(shapes[0]))
    assert flops("unheard_of", [(3, 4)], (5, 7)) == 84
    assert backward_flops("unheard_of", [(3, 4)], (5, 7), [True]) == 84
    monkeypatch.setitem(COUNTS, "unheard_of backward", lambda shapes, out_shape, wants: 9 * sum(wants))
    assert backward_flops("unheard_of", [(3, 4), (4,), ()], (5, 7), [True, False, True]) == 18


# the readings


def test_a_model_gives_the_same_gradients_under_the_profiler():
    plain, watched = cnn(), cnn()
    CrossEntropyLoss()(plain(tensor(6, 1, 8, 8)), np.arange(6) % 5).backward()
    step(watched, Profiler())
    for a, b in zip(plain.parameters(), watched.parameters()):
        np.testing.assert_array_equal(a.grad, b.grad)


def test_each_forward_that_was_recorded_is_seen_on_its_way_back():
    seen = Profiler()
    step(cnn(), seen)
    there = [op.name for op in seen.operations if op.direction == "forward"]
    back = [op.name for op in seen.operations if op.direction == "backward"]
    assert back == [name for name in reversed(there) if name in back] and {"conv2d", "max_pool", "matmul"} < set(back)


def test_the_clock_is_asked_twice_for_each_operation_and_nothing_else_of_it_counts():
    seen = Profiler(ticking(0.5))
    step(cnn(), seen)
    assert {op.elapsed_s for op in seen.operations} == {0.5}
    assert [op.start_s for op in seen.operations] == [float(n) for n in range(len(seen.operations))]


@pytest.mark.parametrize("reading", [Observer, Profiler, Memory])
def test_a_reading_is_off_again_after_an_error(reading):
    before = Tensor._readings
    with pytest.raises(ZeroDivisionError), reading():
        1 / 0  # noqa: B018
    assert Tensor._readings == before and not tracemalloc.is_tracing()


def test_an_operation_that_fails_is_not_recorded():
    with Profiler() as seen, pytest.raises(ValueError, match="shape"):
        tensor(3, 4).reshape(5, 5)
    assert seen.operations == []


def test_the_dtype_shows_where_float64_begins():
    def doubled(array):
        return array * np.array([2.0])  # float64 in NumPy 1 and 2

    with Observer() as seen:
        (Tensor._apply(doubled, tensor(4) + 1.0) + 1.0).argmax()
    assert [op.dtype for op in seen.operations] == ["float32", "float64", "float64", "int64"]


def test_time_and_tracemalloc_are_refused_in_one_run():
    tracemalloc.start()
    try:
        with pytest.raises(RuntimeError, match="two runs"), Profiler():
            pass
        with pytest.raises(RuntimeError, match="already"), Memory():
            pass
    finally:
        tracemalloc.stop()
    with Memory(), pytest.raises(RuntimeError, match="two runs"), Profiler():
        pass


def test_a_sparse_gradient_stays_one_under_the_profiler():
    table = Embedding(9, 4, sparse=True)
    with Profiler() as seen:
        table(np.array([3, 5, 3])).sum().backward()
    assert of(seen, "sum", "backward") and of(seen, "reshape", "backward")
    assert type(table.weight.grad).__name__ == "Rows"


def test_two_profilers_see_the_same():
    with Profiler(ticking()) as outer, Profiler(ticking()) as inner:
        (tensor(3, 4, requires_grad=True) * 2.0).sum().backward()
    assert [op.label for op in outer.operations] == [op.label for op in inner.operations]


# own time, ranking, Amdahl


def test_a_typical_step_has_the_median_of_each_operation_and_is_one_step():
    runs = [[at(0, 2), at(3, 50, "exp")], [at(7, 4), at(12, 5, "exp")], [at(20, 90), at(111, 1, "exp")]]
    assert typical(runs) == [at(0, 4), at(3, 5, "exp")]
    for odd in ([], [[at(0, 2)], [at(0, 2, "exp")]]):
        with pytest.raises(ValueError, match="the same labels"):
            typical(odd)


def test_what_lies_inside_a_checkpoint_is_not_counted_twice():
    part, seen = Sequential(Linear(4, 6, rng=rng()), ReLU()), Profiler(ticking())
    with seen:
        checkpoint(part, tensor(3, 4, requires_grad=True)).sum().backward()
    outermost = [op for op in seen.operations if not any(
        other.start_s < op.start_s and op.start_s + op.elapsed_s < other.start_s + other.elapsed_s
        for other in seen.operations)]
    assert len(outermost) < len(seen.operations)
    assert sum(own_s(seen.operations)) == sum(op.elapsed_s for op in outermost)


@given(st.lists(st.floats(0, 1e3), max_size=8))
def test_operations_one_after_another_have_all_their_time(times):
    starts = list(itertools.accumulate([0.0, *times], lambda now, took: now + took + 1))
    assert own_s([at(start, took) for start, took in zip(starts, times)]) == times


def test_ranking_adds_up_and_puts_the_slowest_first():
    seen = [at(0, 2), at(3, 5, "exp"), at(9, 4)]
    assert ranking(seen) == [("add forward", 6), ("exp forward", 5)]
    assert ranking([]) == []


@given(shares, factors, factors)
def test_amdahl_never_passes_its_ceiling_and_more_is_never_less(share, times, more):
    assert amdahl(share, times) <= amdahl(share, math.inf) * (1 + 1e-9)
    assert amdahl(share, times) <= amdahl(share, times + more) * (1 + 1e-9)


@given(shares, factors)
def test_amdahl_agrees_with_seconds_added_up(share, times):
    before = 100.0
    after = before * (1 - share) + before * share / times
    assert amdahl(share, times) == pytest.approx(before / after)


@pytest.mark.parametrize(("share", "times"), [(-0.1, 2), (1.1, 2), (0.5, 0), (0.5, -1), (math.nan, 2), (0.5, math.nan)])
def test_amdahl_refuses_what_makes_no_sense(share, times):
    with pytest.raises(ValueError, match="share"):
        amdahl(share, times)


# the roof


def test_under_the_roof_memory_limits_below_the_ridge_and_arithmetic_above():
    machine = Machine("toy", flops_per_s=100.0, bytes_per_s=10.0)
    low, high = roofline([at(0, 4, "add", work=20, moved=10), at(5, 2, "matmul", work=150, moved=10)], machine)
    assert (low.label, low.intensity, low.reached, low.ceiling, low.bound) == ("add forward", 2, 5, 20, "memory")
    assert (high.intensity, high.reached, high.ceiling, high.bound) == (15, 75, 100, "compute")


def test_operations_without_flops_or_bytes_have_no_place_under_the_roof():
    assert roofline([at(0, 4, work=20), at(5, 4, "exp", moved=10)], A100) == []


def test_the_machine_is_what_the_clock_says():
    machine = measured_machine(size=8, copy_bytes=1000, clock=ticking(0.5))
    assert (machine.flops_per_s, machine.bytes_per_s) == (2 * 8**3 / 0.5, 2 * 1000 / 0.5)


# pictures


def test_the_trace_has_the_structure_of_chrome_trace_events():
    seen = Profiler(ticking(0.001))
    step(cnn(), seen)
    read = json.loads(json.dumps(trace(seen.operations), allow_nan=False))
    assert read["displayTimeUnit"] == "ms"
    complete = [event for event in read["traceEvents"] if event["ph"] == "X"]
    named = [event for event in read["traceEvents"] if event["ph"] == "M"]
    assert len(complete) == len(seen.operations) and len(complete) + len(named) == len(read["traceEvents"])
    assert {event["args"]["name"] for event in named} == {"forward", "backward"}
    assert {event["tid"] for event in complete} <= {event["tid"] for event in named}
    for event, op in zip(complete, seen.operations):
        assert isinstance(event["name"], str) and isinstance(event["pid"], int) and isinstance(event["tid"], int)
        assert event["dur"] == pytest.approx(1000) and event["ts"] >= 0 and event["cat"] == op.direction
        assert event["args"]["flops"] == op.flops and event["args"]["shapes"] == [list(s) for s in op.shapes]
    assert complete[0]["ts"] == 0 and trace([])["traceEvents"] == named


def drawn(svg):
    """The elements of a picture by tag; an error if it is not XML."""
    root = ElementTree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg" and root.find("{*}title").text
    return lambda tag: root.findall("{http://www.w3.org/2000/svg}" + tag)


def test_the_graph_has_a_row_for_each_operation_and_a_line_for_each_use():
    x = tensor(3, 4, requires_grad=True)
    double = x * 2.0
    elements = drawn(graph_svg((double.exp() + double).sum()))
    assert [text.text for text in elements("text")] == ["multiply 3x4", "exp 3x4", "add 3x4", "sum 1"]
    assert len(elements("path")) == 4


def test_names_are_escaped_in_a_picture():
    def odd(array):
        return array + 1

    from tinytorch.core import RULES, rule
    odd.__name__ = "<odd & more>"
    rule(odd)(lambda grad_out, out, array: (grad_out,))
    try:
        elements = drawn(graph_svg(Tensor._apply(odd, tensor(5, requires_grad=True))))
    finally:
        del RULES["<odd & more>"]
    assert elements("text")[0].text == "<odd & more> 5"


def test_the_memory_line_sees_what_is_kept_and_its_picture_is_xml():
    kept, seen = [], Memory()
    with seen:
        for _ in range(3):
            kept.append(tensor(1000, 250) + 1.0)
    alive = [moment.alive_bytes for moment in seen.moments]
    assert all(900_000 < later - before < 1_500_000 or before == 0 for before, later in zip(alive, alive[1:]))
    assert all(moment.peak_bytes >= moment.alive_bytes for moment in seen.moments)
    assert len(drawn(memory_svg(seen.moments))("polyline")) == 2
    with pytest.raises(ValueError, match="nothing to draw"):
        memory_svg([])


def test_the_memory_line_goes_there_and_back():
    seen = Memory()
    step(cnn(), seen)
    assert {moment.label for moment in seen.moments} >= {"conv2d forward", "conv2d backward"}


# energy


def test_joules_come_from_the_counter_also_when_it_wraps(tmp_path):
    (tmp_path / "max_energy_range_uj").write_text("9999999\n")
    (tmp_path / "energy_uj").write_text("9500000\n")
    assert joules(lambda: (tmp_path / "energy_uj").write_text("1500000\n"), tmp_path) == 2.0


def test_without_a_counter_energy_is_not_measurable(tmp_path):
    assert joules(lambda: pytest.fail("nothing is to be run"), tmp_path / "nowhere") is None
