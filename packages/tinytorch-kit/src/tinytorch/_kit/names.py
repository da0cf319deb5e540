"""Names that resolve when they are first used: `from tinytorch.nn import Linear` knows which module to import."""
import importlib
import importlib.util
import os
import sys

from tinytorch._kit import course, place, rule


def attach(package):
    """`__path__`, `__getattr__` and `__dir__` for a shared package."""
    module, names = sys.modules[package], course.names_of(package)

    def __getattr__(name):
        if name == "__all__":
            return sorted(name for name, target in names.items() if _there(target))
        if package == "tinytorch" and name in course.PARTS:
            return importlib.import_module(f"{package}.{name}")
        if name not in names:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = module.__dict__[name] = _resolve(names[name], name)
        return value

    def __dir__():
        return sorted({*module.__dict__, *__getattr__("__all__")})

    return _folders(package), __getattr__, __dir__


def _folders(package):
    """The folders of a shared package, one for each installed part that has some of its modules."""
    import tinytorch

    tail = package.split(".")[1:]
    return [folder for part in tinytorch.__path__ if os.path.isdir(folder := os.path.join(part, *tail))]


def _resolve(target, name):
    try:
        source = importlib.import_module(target)
    except ModuleNotFoundError as error:
        if error.name != target:
            raise
        entry = course.BY_MODULE[target]
        hidden = isinstance(error, rule.Hidden)
        raise ImportError(str(error) if hidden else course.missing(entry, name), name=target) from None
    if not hasattr(source, name):
        entry = course.BY_MODULE[target]
        raise ImportError(f"{source.__file__} does not define {name} yet. Finish {course.label(entry)}, then run "
                          f"`tinytorch export {entry['number']}`.", name=target)
    return getattr(source, name)


def _there(target):
    """Whether a module can be found and is not a stub."""
    try:
        spec = importlib.util.find_spec(target)
    except ModuleNotFoundError:  # absent, or hidden by the lesson rule
        return False
    own = spec is not None and place.OWN and str(spec.origin).startswith(place.OWN)
    return spec is not None and not (own and place.is_stub(spec.origin))


def available(name):
    """See `tinytorch.available`."""
    full = "tinytorch." + name
    package, _, last = full.rpartition(".")
    if full in course.BY_MODULE:
        return _there(full)
    if last not in course.names_of(package):
        return False
    target = course.names_of(package)[last]
    try:
        return _there(target) and hasattr(importlib.import_module(target), last)
    except Exception:  # a module of the learner's own may fail in any way, and then its names cannot be imported
        return False
