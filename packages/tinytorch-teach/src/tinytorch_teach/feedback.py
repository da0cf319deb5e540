"""Feedback for learners: nbgrader's HTML of each graded submission, with the sentence on each exercise that failed."""
from tinytorch_teach.gradebook import Failed


def write(course, names):
    """Make `feedback/STUDENT/LESSON/LESSON.html` of all recorded submissions for the lessons `names`, one by one.

    Yields
    ------
    file : Path
    failure : str
        What nbgrader said if there is no page; else "".

    Raises
    ------
    ValueError
        If none of these lessons has a recorded submission.
    """
    asked = [(part, name) for part in course.parts for name in part.lessons if name in names]
    recorded = [(part, file) for part, name in asked
                for file in sorted(part.folder.glob(f"autograded/*/{name}/{name}.ipynb"))]
    if not recorded:
        wanted = ", ".join(name for _, name in asked) or "any lesson"
        raise ValueError(f"{course.folder} has no graded submission for {wanted}. Run `tinytorch-teach grade` first.")
    for part, file in recorded:
        name, student = file.stem, file.parts[-3]
        target, failure = part.folder / "feedback" / student / name / f"{name}.html", ""
        try:
            part.run("GenerateFeedback", name, student)
        except Failed as error:
            failure = str(error)
        yield target, failure
