"""Words on the command line: the commands in order, and what means something in the course."""
import click

from tinytorch._kit import course


class InOrder(click.Group):
    """Lists its commands in the order in which a learner meets them."""

    def list_commands(self, ctx):
        return list(self.commands)


class Chosen(click.ParamType):
    """A word that a function of the course understands; its LookupError is a usage error."""

    def __init__(self, name, read):
        self.name, self.read = name, read

    def convert(self, value, param, ctx):
        try:
            return self.read(value) if isinstance(value, str) else value
        except LookupError as error:
            self.fail(error.args[0], param, ctx)


def of_lessons(text):
    """`--build` as it was typed, once the course knows what it says."""
    course.chosen(text)
    return text


MODULE = Chosen("NN", course.lesson)
MILESTONE = Chosen("N", course.milestone)
BUILD = Chosen("which", of_lessons)
