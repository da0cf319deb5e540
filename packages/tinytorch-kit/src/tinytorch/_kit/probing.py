"""What a probe's `act` may use beside the lesson: ways to see, in the values, work that went round the door."""
import numpy as np


class disguised:
    """While this is on, a hidden Tensor holds its values plus a wave, and so does all that is computed from it.

    Operations that pass `Tensor._apply` are handed the true values, so they are right whatever the number of steps.
    Whoever reads `.data` inside a layer computes with the wave and is wrong in value. `height` is drawn anew each time.
    """

    def __init__(self, Tensor, height):
        self.Tensor, self.height = Tensor, height

    def __enter__(self):
        self.Tensor._read(self)
        return self

    def __exit__(self, *error):
        self.Tensor._read(self, on=False)

    def __call__(self, step):
        """The reading itself."""
        def apply(forward, *inputs, **options):
            true = [self.Tensor._wrap(self.show(x)) if self._hides(x) else x for x in inputs]
            out = step(forward, *true, **options)
            return self.hide(out) if any(map(self._hides, inputs)) and out.data.dtype.kind == "f" else out
        return apply

    def hide(self, tensor):
        """Disguise a Tensor in place and return it."""
        tensor.data = tensor.data + self._wave(tensor.data)
        tensor._disguise = self
        return tensor

    def show(self, tensor):
        """The true array of a Tensor, disguised or not; anything else comes back as it is."""
        if not isinstance(tensor, self.Tensor):
            return tensor
        return tensor.data - self._wave(tensor.data) if self._hides(tensor) else tensor.data

    def _hides(self, x):
        return getattr(x, "_disguise", None) is self

    def _wave(self, array):
        return (self.height * np.cos(1 + np.arange(array.size))).reshape(array.shape).astype(array.dtype)


def passed(Tensor, action):
    """The names of the forwards that pass the door while `action()` runs."""
    names = []

    def noting(step):
        def apply(forward, *inputs, **options):
            names.append(forward.__name__)
            return step(forward, *inputs, **options)
        return apply

    Tensor._read(noting)
    try:
        action()
    finally:
        Tensor._read(noting, on=False)
    return names


def outcome(action):
    """`passes`, or the name of the exception that `action()` raises."""
    try:
        action()
    except Exception as error:
        return type(error).__name__
    return "passes"
