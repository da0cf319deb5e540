"""Feedback for learners: nbgrader's HTML of each graded submission, with the sentence on each exercise that failed."""
from tinytorch_teach.gradebook import Failed


def write(course, names):
    """Make `feedback/STUDENT/LESSON/LESSON.html` of all recorded submissions, one by one.

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
    recorded = [file for name in names for file in sorted(course.folder.glob(f"autograded/*/{name}/{name}.ipynb"))]
    if not recorded:
        raise ValueError(f"{course.folder} has no graded submission for {', '.join(names) or 'any lesson'}. "
                         "Run `tinytorch-teach grade` first.")
    for file in recorded:
        name, student = file.stem, file.parts[-3]
        target, failure = course.folder / "feedback" / student / name / f"{name}.html", ""
        try:
            course.run("GenerateFeedback", name, student)
        except Failed as error:
            failure = str(error)
        yield target, failure
