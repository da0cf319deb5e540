"""What is asked of the model."""


def draw_negated(rng):
    return [float(x) for x in rng.integers(3, 90, 4)]


def act_negated(lesson, inputs):
    return lesson.negated(inputs)
