"""The gradebook as a table: a row for each learner and lesson."""
import csv
import io

COLUMNS = ("student", "last_name", "first_name", "lesson", "points", "max_points", "manual_points", "max_manual_points",
           "optional_points", "max_optional_points", "late_penalty", "status", "late_s")
APART = {"points": "optional_points", "max_points": "max_optional_points"}  # so that no sum has them
NONE, GRADED, WAITING = "no submission", "graded", "needs manual grading"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def rows(course):
    """A dict for each learner of the gradebook and each released lesson, also where nothing was sent.

    `points` are those for code, with what a person changed in formgrader; `manual_points` those for written answers,
    empty until a person gave them. A row of an optional lesson has its points in columns of their own.
    """
    yield from rows_of(course)
    for optional in course.parts[1:]:
        for row in rows_of(optional):
            yield {**row, **{apart: row[key] for key, apart in APART.items()}, **dict.fromkeys(APART, "")}


def rows_of(course):
    """The rows of one gradebook."""
    with course.gradebook() as book:
        names = {assignment.name for assignment in book.assignments}
        for student in sorted(book.students, key=lambda student: student.id):
            sent = {submission.name: submission for submission in student.submissions}
            for lesson in [name for name in course.lessons if name in names]:
                person = {"student": student.id, "last_name": student.last_name, "first_name": student.first_name}
                yield {**dict.fromkeys(COLUMNS, ""), **person, "lesson": lesson,
                       **(scores(sent[lesson]) if lesson in sent else {"status": NONE})}


def scores(submission):
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    code, written = ([grade for grade in grades if (grade.cell_type == "code") is kind] for kind in (True, False))
    waits = any(grade.needs_manual_grade for grade in grades)
    due = submission.duedate is not None and submission.timestamp is not None
    return {"points": total(code, "score"), "max_points": total(code, "max_score"),
            "manual_points": "" if any(grade.needs_manual_grade for grade in written) else total(written, "score"),
            "max_manual_points": total(written, "max_score"), "status": WAITING if waits else GRADED,
            "late_penalty": submission.late_submission_penalty or 0,
            "late_s": round(submission.total_seconds_late) if due else ""}


def total(grades, what):
    points = round(sum(getattr(grade, what) for grade in grades), 6)
    return int(points) if points == int(points) else points


def text(rows):
    """CSV with every field quoted where it must be, and none that a spreadsheet would run."""
    out = io.StringIO(newline="")
    table = csv.DictWriter(out, COLUMNS)
    table.writeheader()
    table.writerows({key: safe(value) for key, value in row.items()} for row in rows)
    return out.getvalue()


def safe(value):
    """Text that begins like a formula gets an apostrophe in front, which spreadsheets show as text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
