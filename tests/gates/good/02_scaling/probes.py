"""What a grader asks."""


def judge_halve(inputs, answer, reference):
    return None if answer == reference else "the half is another"
