"""The command `tinytorch-teach`: plan a course, release lessons, grade submissions, return feedback, export grades."""
import os
import sys
import time
from pathlib import Path

import click
from tinytorch._kit import course as curriculum
from tinytorch._kit.console import near
from tinytorch._kit.process import Unready

from tinytorch_teach import __version__, batch, calendar, feedback, grades, rehearsal, release, report, rubric
from tinytorch_teach.calendar import PIECE
from tinytorch_teach.collect import collect
from tinytorch_teach.gradebook import CONFIG, Course, Failed
from tinytorch_teach.grader import PREBUILT
from tinytorch_teach.owners import RULE
from tinytorch_teach.progress import progress

FOLDER = click.Path(file_okay=False, path_type=Path)
THERE = click.Path(exists=True, path_type=Path)
SOME_UNREAD = 1  # exit status; 2 is click's own for what cannot be done as asked


class Wrong(click.ClickException):
    exit_code = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, message="%(version)s")
def main():
    """Teach TinyTorch: plan a course, release lessons, grade submissions, return feedback, export grades.

    A course is a folder. It is a course of nbgrader as well, so its formgrader opens there.
    """
    for stream in (sys.stdout, sys.stderr):  # a name that the console cannot show must not stop a batch
        stream.reconfigure(errors="replace")


@main.command("calendar")
@click.argument("lessons")
@click.option("--weeks", type=click.IntRange(1, 200), help="Weeks of the term; without it, as few as do.")
@click.option("--hours", type=click.FloatRange(PIECE), default=float("inf"), metavar="HOURS",
              help="The most hours that a learner gives in one week.")
@click.option("--milestones", metavar="NUMBERS",
              help="Such as 1,2 or none; without it, those that need one of LESSONS and nothing after their last.")
@click.option("--start", type=click.DateTime(["%Y-%m-%d"]), help="First day of the first week.")
@click.option("--off", type=click.IntRange(1), multiple=True, metavar="WEEK",
              help="A week of the term without work; may be given more than once.")
def calendar_command(lessons, weeks, hours, milestones, start, off):
    """Print a calendar for LESSONS (all, core, arch, opt, 01,02 or 01-04) from their hours, which are estimates.

    Weeks come out as even as can be with few lessons cut. Release a lesson at the begin of the week in which its work
    begins; it is due at the end of the week in which it ends.
    """
    with explained():
        if weeks is None and hours == float("inf"):
            raise ValueError("Say how many --weeks there are, or how many --hours a week, or both.")
        numbers = None if milestones is None else [] if milestones == "none" else milestones.split(",")
        chosen = curriculum.chosen(lessons)
        taken = calendar.taken(chosen, numbers)
        left = weeks and weeks - len({week for week in off if week <= weeks})
        if left == 0:
            raise ValueError("With these weeks off, no week is left.")
        plan = calendar.spread(calendar.works(chosen, taken), left, hours)
        rows = list(calendar.table(plan, start, off))
    click.echo(f"{sum(entry['hours'] for entry in chosen):g} hours of lessons, "
               f"{sum(one['hours'] for one in taken):g} of milestones")
    click.echo("\n".join(aligned([calendar.HEADERS, *rows], right=(0, 2))))
    for title, needs in calendar.prebuilt(chosen, taken).items():
        click.echo(f"{title} also needs {', '.join(needs)}, prebuilt.")


def aligned(rows, right=()):
    """Rows of texts as lines of aligned columns, without those columns that hold nothing below their header."""
    columns = [column for column in range(len(rows[0])) if any(row[column] for row in rows[1:])]
    wide = {column: max(len(row[column]) for row in rows) for column in columns}
    for row in rows:
        cells = (row[n].rjust(wide[n]) if n in right else row[n].ljust(wide[n]) for n in columns)
        yield "  ".join(cells).rstrip()


@main.command("rubric")
@click.argument("lessons")
def rubric_command(lessons):
    """Print for what LESSONS give points: exercises, and the written answer with a sample of each level.

    It is for graders: what is printed here is not in what learners install.
    """
    with explained():
        texts = ["\n".join(rubric.lines(entry["number"])) for entry in written(lessons)]
    click.echo("\n\n\n".join(texts))


@main.command("release")
@click.argument("lessons")
@click.argument("folder", type=FOLDER)
@click.option("--course", default="", help="Id of the course; the same that learners give to `tinytorch init`.")
def release_command(lessons, folder, course):
    """Release LESSONS (all, core, arch, opt, 01,02 or 01-04) into the course FOLDER, which is made if need be.

    source/ is for you: lessons with solutions, and rubrics where written answers will stand. release/ is for learners.

    LESSONS may also name optional ones (00, 04a, 04b). They go into FOLDER/optional, which has a gradebook of its own:
    their points are no part of any total. `grade` and the other commands take FOLDER, and see to both.
    """
    with explained():
        for path in release.make(folder, curriculum.chosen(lessons), course):
            click.echo(f"released  {near(path)}")
    click.echo(f"Give learners release/; put what they send into {folder / 'incoming'}, then: "
               f"tinytorch-teach grade {folder}")


@main.command("rehearse")
@click.argument("lessons")
@click.argument("folder", type=FOLDER)
def rehearse_command(lessons, folder):
    """Put three made-up learners' submissions for LESSONS into FOLDER/incoming, to rehearse what follows.

    `solved` has all right, `mistaken` has the first exercise wrong and the last one blank, `blank` did nothing. FOLDER
    is a course of its own, made by `release`: these three belong in no real gradebook.
    """
    course = opened(folder)
    with explained():
        for entry in written(lessons):
            for path in rehearsal.write(folder / "incoming", entry["number"], course.id):
                click.echo(near(path))


@main.command(epilog=RULE.replace("\n\n", "\n\n\b\n").join(["\b\n", ""]))
@click.argument("folder", type=FOLDER)
@click.option("--from", "sources", type=THERE, multiple=True, metavar="FOLDER_OR_ZIP",
              help="Where submissions are, instead of FOLDER/incoming; may be given more than once.")
@click.option("--earlier", type=click.Choice([PREBUILT, batch.OWN]), default=PREBUILT, show_default=True,
              help="Run on the prebuilt earlier modules, or on the learner's own where they came along.")
@click.option("--jobs", type=click.IntRange(1), default=max(1, (os.cpu_count() or 1) // 2), show_default=True,
              help="Submissions at once; each keeps up to two processes busy.")
@click.option("--isolation", type=click.Choice(list(batch.TIERS)), default="auto", show_default=True,
              help="What keeps learners' code from your files; auto takes the first that works.")
@click.option("--names", type=click.Choice(["manifest", "place"]), default="manifest", show_default=True,
              help="Which one tells whose a file is; see below.")
@click.option("--again", is_flag=True, help="Grade anew what was graded before and has not changed.")
def grade(folder, sources, earlier, jobs, isolation, names, again):
    """Grade what learners sent, and record it in nbgrader's gradebook.

    An exercise that is wrong, blank, endless or crashes costs its own points. Written answers wait for you in
    formgrader. Exit status 1 if something could not be read or graded; reports/ says what.
    """
    course, begun = opened(folder), time.monotonic()
    sources = sources or (existing(folder / "incoming"),)
    with explained():
        sent, unread = collect(sources, names)
        if not sent and not unread:
            raise ValueError(f"No submission in {', '.join(map(str, sources))}. Put folders, notebooks or zips there.")
        manner = batch.Manner(earlier, jobs, isolation, again)
        works = [grade_part(part, sent, unread, manner) for part in course.parts]
    fresh, same, unread, paths = (sum((getattr(work, what) for work in works), start=[])
                                  for what in ("fresh", "same", "unread", "reports"))
    others = sorted({one.lesson for one in sent} - {name for part in course.parts for name in part.lessons})
    if others:
        click.echo(f"left alone, because this course has not released it: {', '.join(others)}")
    for one in unread:
        click.echo(f"not graded  {one.student}  {one.origin}: {one.says}", err=True)
    click.echo(f"{len(fresh)} graded, {len(same)} unchanged, {len(unread)} not graded; "
               f"{time.monotonic() - begun:.1f} s. Reports: {', '.join(map(near, paths))}")
    sys.exit(SOME_UNREAD if unread else 0)


def grade_part(part, sent, unread, manner):
    """The Batch of what was sent for one part of a course, done, reported and shown."""
    here = [one for one in sent if one.lesson in part.lessons]
    names = sorted({one.lesson for one in here})
    release.check_current(part, names)
    work = batch.Batch(part, manner, unread=[one for one in unread if part.takes(one.lesson)])
    with progress() as show:
        work.run(here, show)
    work.reports = report.write(part, work.unread, names)
    for name in names:
        click.echo("\n".join(report.lines(part, name)))
    return work


@main.command("feedback")
@click.argument("folder", type=FOLDER)
@click.argument("lessons", default="all")
def feedback_command(folder, lessons):
    """Write a page of feedback for each graded submission: points, and a sentence on each exercise that failed."""
    course = opened(folder)
    with explained():
        entries = [*curriculum.LESSONS, *curriculum.OPTIONAL] if lessons == "all" else curriculum.chosen(lessons)
        chosen = {curriculum.slug(entry) for entry in entries}
        failed = 0
        for path, failure in feedback.write(course, chosen):
            click.echo(f"no feedback  {near(path)}: {failure}" if failure else near(path), err=bool(failure))
            failed += bool(failure)
    sys.exit(SOME_UNREAD if failed else 0)


@main.command()
@click.argument("folder", type=FOLDER)
@click.option("--csv", "file", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File to write.")
def export(folder, file):
    """Write the gradebook as CSV: a row for each learner and lesson, also where nothing was sent.

    Points of optional lessons stand in columns of their own.
    """
    course = opened(folder)
    with explained():
        rows = list(grades.rows(course))
        file.write_text(grades.text(rows), encoding="utf-8-sig", newline="")  # spreadsheets ask for the mark
    click.echo(f"{len(rows)} rows in {file}")


def written(text):
    """The chosen lessons of which this version has the source; ValueError if it has none of them."""
    chosen = curriculum.chosen(text)
    there = [entry for entry in chosen if release.is_written(entry)]
    if not there:
        raise ValueError(f"{', '.join(map(curriculum.label, chosen)) or 'nothing'} has no lesson in this version.")
    return there


def opened(folder):
    if not (folder / CONFIG).exists():
        raise Wrong(f"{folder} is not a course: it has no {CONFIG}. Make one: tinytorch-teach release 01 {folder}")
    return Course(folder)


def existing(folder):
    if not folder.exists():
        raise Wrong(f"{folder} is not there. Make it and put submissions into it, or say where they are with --from.")
    return folder


class explained:
    """Turns the errors of a `with` block into one message and exit status 2."""

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if isinstance(error, KeyboardInterrupt):
            raise Wrong("Stopped. What was graded is kept: the same command goes on from there.") from None
        if isinstance(error, (ValueError, LookupError, OSError, Failed, Unready)):
            raise Wrong(str(error)) from error
