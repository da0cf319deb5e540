"""The command `tinytorch`. Each subcommand reads its words, asks the module that knows, and prints the answer."""
import errno
import sys
from importlib.util import find_spec
from pathlib import Path

import click

from tinytorch._kit import check as checks
from tinytorch._kit import course, leaderboard, milestone, own, predictions, sheet, status, submit, workspace
from tinytorch._kit.console import Refused, busy, complain, near, prepare, quoted, say, table
from tinytorch._kit.words import BUILD, MILESTONE, MODULE, InOrder
from tinytorch._versions.kit import __version__


def main():
    """The entry point: every refusal goes to stderr and ends with status 2."""
    prepare()
    try:
        tinytorch(prog_name="tinytorch")
    except Refused as refused:
        complain(str(refused))
    except OSError as error:
        complain(said_of(error))
    sys.exit(2)


def said_of(error):
    """What an error of the disk means, and that nothing is lost."""
    where = error.filename2 or error.filename
    place = f" ({near(where)})" if where else ""
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None)):
        return f"The disk is full{place}. Files that were there are whole. Free some space, then type it again."
    return f"{error.strerror or error}{place}. Files that were there are whole. Repair that, then type it again."


@click.group(cls=InOrder, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="tinytorch-kit %(version)s")
def tinytorch():
    """Build a machine learning framework, module by module.

    \b
    tinytorch init mywork     make a workspace, once; then work inside it
    tinytorch start 01        take a lesson
    tinytorch check 01        run its checks on your code, as often as you like
    tinytorch export 01       put your module where `import tinytorch` finds it
    tinytorch status          see where you are and what to type next

    Results go to stdout, complaints to stderr. The exit status is 0 if all is well, 1 if a check or a target fails, 2
    if a command could not do what it was asked. TINYTORCH_PLAIN=1 turns colour and spinner off, as a pipe does.
    """


@tinytorch.command()
@click.argument("folder", metavar="DIR")
@click.option("--build", type=BUILD, default="all", show_default=True, metavar="WHICH",
              help="Modules that are yours to build: core, arch, opt, all, none, 01-09 or 05,12. The others are the "
                   "prebuilt ones, where these are installed. `start` and `use` change it later, module by module.")
@click.option("--course", "course_id", default="", metavar="ID", help="Your course's id, if your teacher gave you one.")
@click.option("--learner", default="", metavar="ID", help="Your id in that course. Some numbers in the lessons are "
              "drawn from both ids, so that they are yours.")
def init(folder, build, course_id, learner):
    """Make a workspace.

    DIR is a folder that is new or empty. Your lessons, modules and predictions live in it, and all other commands run
    from inside it.
    """
    was = workspace.opened(folder) if workspace.is_workspace(folder) else None
    made = workspace.create(folder, build, course_id, learner)
    if was:
        say(f"{made.root} is a workspace already. Nothing in it was changed.")
        if (build, course_id, learner) not in (("all", "", ""), (was.build, was.course, was.learner)):
            complain("Its ids and choices stay as they are too; they are in its tinytorch-workspace.toml.")
    else:
        for entry in filter(sheet.has, course.chosen(build)):
            own.put_stub(made, entry)
        say(f"Your workspace is {made.root}")
    picked = next(filter(sheet.has, course.chosen(made.build)), course.LESSONS[0])
    say(f"next  cd {quoted(near(made.root))}")
    say(f"      tinytorch {'status' if was else 'start ' + picked['number']}")


@tinytorch.command()
@click.argument("entry", metavar="NN", type=MODULE)
@click.option("--as", "form", type=click.Choice(["notebook", "py"]), default="notebook", show_default=True,
              help="A notebook for Jupyter, or plain Python with `# %%` between cells for any editor.")
@click.option("--fresh", is_flag=True, help="One more copy beside the one that you have.")
def start(entry, form, fresh):
    """Take lesson NN into lessons/. A lesson that is there already is never overwritten."""
    home = workspace.here()
    suffix = ".py" if form == "py" else ".ipynb"
    path, new = sheet.start(home, entry, suffix, fresh)
    if not new and path.suffix != suffix and form == "py":
        raise Refused(f"{near(path)} is there already and stays. For the other form beside it, of which the newer "
                      f"counts: tinytorch start {entry['number']} --as py --fresh")
    if new and not fresh:
        own.put_stub(home, entry)
    say(f"{near(path)} is " + ("there now." if new else "there already and stays as it is."))
    if not new:
        say(f"      For a fresh copy beside it: tinytorch start {entry['number']} --fresh")
    elif ".fresh" in path.name:
        say("      It is for reading and copying from: the one you have still counts.")
    jupyter = find_spec("jupyterlab") is not None
    if path.suffix == ".ipynb" and not jupyter:
        say(f"      Jupyter is not installed here. As plain Python: tinytorch start {entry['number']} --as py --fresh")
    editor = "jupyter lab" if path.suffix == ".ipynb" and jupyter else "your editor, such as: code"
    say(f"open  {editor} {quoted(near(path))}")
    if path.suffix == ".py":
        say(f"run   python {quoted(near(path))}, which stops where your work begins")
    say(f"next  tinytorch check {entry['number']}")


@tinytorch.command()
@click.argument("entry", metavar="NN", type=MODULE)
@click.option("--hint", is_flag=True, help="Explain a recognised mistake at once, not at the third failure.")
def check(entry, hint):
    """Run the checks of lesson NN.

    One line for each exercise. Save the lesson first. Your code runs in a process of its own with 10 seconds for each
    cell; Jupyter is not needed, and lines such as `%timeit` or `!ls` are passed over. When an exercise fails twice in
    the same way, a mistake that many people make gets a question, and the third time an explanation.

    \b
    passes       its check holds
    fails        its check does not hold, or an error was raised; below it, what and where
    not written  it is still as the lesson gave it
    waits        it leans on an exercise or a cell that does not work yet
    too long     it did not end within its time
    crashed      it ended the whole process
    missing      its cell is gone from your lesson
    """
    home = workspace.here()
    page = sheet.read(home, entry)
    with busy(f"running the checks of {entry['number']} {entry['name']}"):
        report = checks.check(home, page, hint)
    try:
        checks.remember(home, entry, report.seen)
    finally:  # also where the disk is full
        complain(*page.notes, *report.notes)
        checks.show(entry, report)
    sys.exit(0 if report.all_pass else 1)


@tinytorch.command()
@click.argument("entry", metavar="NN", type=MODULE)
def export(entry):
    """Make your module NN from your lesson.

    The cells marked `#| export` are written where `import tinytorch` finds them. A module that you edited by hand goes
    to backups/ first. Exercises that are not written yet are named, and the rest works; the exit status is 1 if the
    module cannot be imported.
    """
    home = workspace.here()
    page = sheet.read(home, entry)
    path, copy = own.build(home, page)
    complain(*page.notes)
    if copy:
        complain(f"{near(path)} had been edited by hand; that text is kept in {near(copy)}.")
    for names, says in ((own.unfinished(page), "Not written yet"),
                        (own.left_out(page), "Used in the module but defined in cells without `#| export`")):
        if names:
            complain(f"{says}: {', '.join(names)}.")
    trouble = own.trouble(home, entry)
    say(f"{near(path)} is your {course.label(entry)} now, {own.lines(path)} lines of code.")
    if trouble:
        complain(f"It cannot be imported: {trouble}\nRepair the lesson, then type: tinytorch export {entry['number']}")
        sys.exit(1)
    say("In an open notebook, restart the kernel to use it.")
    say(f"next  {status.following(home)}")


@tinytorch.command()
@click.argument("entry", metavar="NN", type=MODULE)
@click.argument("whose", type=click.Choice(["mine", "prebuilt"]))
def use(entry, whose):
    """Choose your or the prebuilt module NN.

    Nothing is lost: yours waits in backups/ while the prebuilt one is used, and comes back as it was.
    """
    says = (own.use_mine if whose == "mine" else own.use_prebuilt)(workspace.here(), entry)
    say(says)
    if "already" not in says:
        say("In an open notebook, restart the kernel: modules that were imported stay until then.")


@tinytorch.command("status")
def show_status():
    """See where you are and what to type next.

    \b
    prebuilt        the installed one is used
    not built yet   it is yours to build, and importing it says so
    yours           your export is used
    unfinished      your export is used, and some of its exercises are not written yet
    edited by hand  your module is used; it is not as `export` wrote it
    not started     it is neither yours nor installed; `tinytorch start` makes it yours to build
    started         as before, and its lesson is in lessons/
    """
    status.show(workspace.here())


@tinytorch.command("milestone", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("entry", metavar="N", type=MILESTONE)
@click.argument("arguments", metavar="[OPTIONS FOR IT]", nargs=-1, type=click.UNPROCESSED)
def run_milestone(entry, arguments):
    """Re-run a piece of history.

    Milestone N runs on your framework, with its own options behind it.

    \b
    tinytorch milestone 1 --help            what it does and which options it has
    tinytorch milestone 1 --plot plot.png   most can draw what they found
    """
    home = workspace.find()
    if home is None:
        complain("No workspace here, so it runs on the prebuilt modules.")
    sys.exit(milestone.run(home, entry, arguments))


@tinytorch.command("submit")
@click.argument("entry", metavar="NN", type=MODULE)
@click.option("--framework", is_flag=True, help="Pack your own modules too, for courses that grade on them.")
def pack(entry, framework):
    """Pack lesson NN into submissions/, to hand in. Save it first."""
    home = workspace.here()
    page = sheet.read(home, entry)
    path, names, copy = submit.pack(home, page, framework)
    complain(*page.notes)
    unwritten = page.unwritten() + page.missing
    if unwritten:
        complain(f"Not written yet: {', '.join(unwritten)}.")
    if page.unanswered:
        complain(f"The written answer is still empty: {', '.join(page.unanswered)}.")
    if not home.learner:
        complain('It does not say who you are. Put your id into tinytorch-workspace.toml, learner = "...", and submit '
                 "again.")
    if copy:
        say(f"The one from before is kept in {near(copy)}.")
    say(f"{near(path)} is ready to hand in. It holds {', '.join(names)}.")


@tinytorch.group()
def log():
    """What your workspace has noted."""


@log.command("predictions")
def show_predictions():
    """Your predictions beside what was measured; the ratio is predicted / measured, so 1 is exact."""
    path = workspace.here().log / "predictions.jsonl"
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n") if path.is_file() else []
    rows = predictions.compared(lines)
    if rows:
        table(predictions.as_table(rows), right=(2, 3, 4))
    else:
        say("Nothing was measured yet. The lessons ask for predictions as you go.")


@tinytorch.group("leaderboard")
def board():
    """Measure submissions again, and make a page of them."""


@board.command("verify")
@click.argument("file", metavar="FILE.json", type=click.Path(exists=True, dir_okay=False))
def verify_submission(file):
    """Measure a submission again.

    Both models are built anew from the weights beside FILE.json and from the names of what was done to them; no code
    of others is run. Accuracies and sizes must be equal, and the gain the same within a factor that is said. The exit
    status is 0 if it is found again, 1 if not, 2 if it cannot be measured.
    """
    sys.exit(milestone.run(workspace.find(), course.milestone("6"), ["--verify", file]))


@board.command("build")
@click.argument("folder", metavar="FOLDER", type=click.Path(exists=True, file_okay=False))
@click.option("--out", metavar="DIR", type=click.Path(file_okay=False), default="leaderboard", show_default=True,
              help="Where index.html and leaderboard.json go.")
def build_board(folder, out):
    """Make a page of all submissions below FOLDER.

    It works without a network: a table for each task that can be sorted, accuracy against time and size, and which
    files were refused, and why. Improvements are computed from the raw times.
    """
    made = leaderboard.build(workspace.find(), folder, out)
    for line in leaderboard.summary(made):
        say(line)
    say(f"open  {near(Path(out) / leaderboard.PAGE)}")
