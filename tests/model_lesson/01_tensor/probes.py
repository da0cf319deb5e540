"""What is asked of the model."""


def draw_scaled(rng):
    return {"values": [float(x) for x in rng.integers(3, 90, 4)], "factor": float(rng.integers(3, 90))}


draw_total = draw_scaled


def act_scaled(lesson, inputs):
    return lesson.scaled(inputs["values"], inputs["factor"])


def act_total(lesson, inputs):
    return lesson.total(inputs["values"], inputs["factor"])
