"""Where the learner stands: modules, milestones and the next command."""
from tinytorch._kit import course, milestone, own, sheet
from tinytorch._kit.console import Refused, say, table

OWNED = ("yours", "unfinished", "edited by hand")
TO_DO = ("not built yet", "not installed", "unfinished")


def show(workspace):
    """Print it all."""
    rows, owned = modules(workspace)
    say(f"workspace  {workspace.root}")
    table(rows, right=(3,))
    if absent():
        say(f"{absent()} not in this release of the course")
    say(f"yours: {sum(owned)} lines of code in {len(owned)} module{'s' * (len(owned) != 1)}")
    say()
    table([("", "optional", "state"), *optional(workspace)])
    say()
    table([("", "milestone", "state"), *milestones(workspace)])
    say()
    say(f"next  {following(workspace)}")


def modules(workspace):
    """Rows of a table: number, title, state, lines of code if it is the learner's; and these counts of lines."""
    rows, owned = [("", "module", "state", "lines")], []
    for entry in course.LESSONS:
        if not sheet.has(entry):
            continue
        state = own.state(workspace, entry)
        state = standing(workspace, entry) if state == "not installed" else state
        if state in OWNED:
            owned.append(own.lines(workspace.module(entry)))
        rows.append((entry["number"], entry["title"], state, str(owned[-1]) if state in OWNED else ""))
    return rows, owned


def optional(workspace):
    """Rows of a table: what may be taken besides, and counts for nothing else."""
    for entry in filter(sheet.has, course.OPTIONAL):
        state = own.state(workspace, entry)
        state = standing(workspace, entry) if state in TO_DO else state
        yield entry["number"], entry["title"], state


def absent():
    """The lessons that this release has not, such as `05-20`; "" if it has all."""
    numbers = [int(entry["number"]) for entry in course.LESSONS if not sheet.has(entry)]
    runs = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]:02d}-{run[-1]:02d}" if len(run) > 1 else f"{run[0]:02d}" for run in runs)


def milestones(workspace):
    """Rows of a table: number, title with year, and what it waits for."""
    rows = []
    for one in course.MILESTONES:
        entry = course.milestone(one["number"])
        missing = [lesson["number"] for lesson, _ in milestone.lacking(workspace, entry)]
        ready = "met" if milestone.is_met(workspace, entry) else "ready"
        state = ready if not missing else f"needs {', '.join(missing)}"
        state = state if milestone.script(entry) else "not in this release"
        rows.append((str(entry["number"]), f"{entry['title']} {entry['year']}", state))
    return rows


def following(workspace):
    """The one command to type next: what was chosen, then history, then whatever else is there to build."""
    to_do = [entry for entry in course.LESSONS if sheet.has(entry) and own.state(workspace, entry) in TO_DO]
    chosen = [entry for entry in course.chosen(workspace.build) if entry in to_do]
    ready = [int(row[0]) for row in milestones(workspace) if row[2] == "ready"]
    if ready and not chosen:
        return f"tinytorch milestone {min(ready, key=lambda number: (not on_own_work(workspace, number), number))}"
    for entry in chosen or to_do:
        return f"tinytorch {'check' if is_started(workspace, entry) else 'start'} {entry['number']}"
    return "nothing: all that this release has is built"


def on_own_work(workspace, number):
    """Whether a milestone runs on a module of the learner's."""
    needs = course.milestone(number)["needs"]
    return any(own.state(workspace, course.BY_NUMBER[one]) in OWNED for one in needs)


def standing(workspace, entry):
    return "started" if is_started(workspace, entry) else "not started"


def is_started(workspace, entry):
    try:
        sheet.find(workspace, entry)
        return True
    except Refused:
        return False
