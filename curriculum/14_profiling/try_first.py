"""The naive attempt at Profiling: two FLOPs for each parameter and each example, whatever else the shapes say.

It is right for a Linear to within its bias, and far off for a convolution, whose numbers are used at every place.
"""
TARGET = {"error_percent": 5}


def attempt():
    """Two FLOPs for each parameter and each example."""
    return lambda model, in_shape, out_shape: 2 * in_shape[0] * sum(p.data.size for p in model.parameters())


def result(lesson):
    """The attempt's error under the names of TARGET."""
    return {"error_percent": lesson.guess_error(attempt())}
