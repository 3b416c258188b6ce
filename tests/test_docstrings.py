"""Public docstrings are whole: arguments, results, errors, an example and a source."""

import ast
import importlib
import inspect
import re
import textwrap
from functools import cache

import pytest
from api_pages import API_PAGES, named_on

PACKAGES = [
    "emixer_tf",
    "emixer_tf.baselines",
    "emixer_tf.data",
    "emixer_tf.metrics",
    "emixer_tf.serving",
]
# What is defined in a publication, or by us where no publication defines it.
DEFINITIONS = (
    "emixer_tf.baselines.",
    "emixer_tf.layers.",
    "emixer_tf.metrics.",
    "emixer_tf.models.",
    "emixer_tf.training.losses",
    "emixer_tf.training.moving_average",
    "emixer_tf.training.rotation",
)
# Keras says what these take and return; what `call` takes stands in the class's "Call arguments".
OF_KERAS = re.compile(
    r"build|get_config|from_config|get_compile_config|compile_from_config|t\w+_step|on_\w+"
)
SAID_BY_KERAS = {"self", "cls", "training", "logs", "epoch", "kwargs"}


def public_names():
    """Return what the packages export and what the pages of the API show, by full name."""
    found = {}
    for package in map(importlib.import_module, PACKAGES):
        found |= named(getattr(package, name) for name in package.__all__)
    for page in API_PAGES:
        for value in named_on(page).values():
            found |= named(members(value) if inspect.ismodule(value) else [value])
    return found


def members(module):
    """Return the public names that a module makes itself."""
    return [
        value
        for attribute, value in vars(module).items()
        if not attribute.startswith("_") and getattr(value, "__module__", None) == module.__name__
    ]


def named(values):
    """Return the classes and functions among values, by full name."""
    return {
        f"{value.__module__}.{value.__qualname__}": inspect.unwrap(value)
        for value in values
        if inspect.isclass(value) or inspect.isfunction(value)
    }


def own_nodes(tree):
    """Yield the nodes of a body without those of functions and classes inside it."""
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            yield node
            yield from own_nodes(node)


@cache
def syntax(value):
    """Return the definition of a function or class as a tree."""
    return ast.parse(textwrap.dedent(inspect.getsource(value))).body[0]


def arguments_of(definition):
    """Return the names of a function's arguments that Keras does not explain."""
    args = definition.args
    every = [*args.posonlyargs, *args.args, args.vararg, *args.kwonlyargs, args.kwarg]
    return [arg.arg for arg in every if arg and arg.arg not in SAID_BY_KERAS]


def section(docstring, heading):
    """Return what stands in a section of a docstring, "" where there is none."""
    after = docstring.partition(f"\n{heading}:\n")[2]
    return re.split(r"^[A-Z][\w ]+:$", after, maxsplit=1, flags=re.MULTILINE)[0]


def unexplained(arguments, docstring, heading="Args"):
    """Return the arguments that no line under a heading explains, alone or with others."""
    explained = re.findall(r"^ +([\w, *]+): ", section(docstring, heading), re.M)
    names = {name.strip("* ") for line in explained for name in line.split(",")}
    return [name for name in arguments if name not in names]


def errors_of(definition):
    """Return the names of errors that a function itself raises."""
    raised = [node.exc for node in own_nodes(definition) if isinstance(node, ast.Raise)]
    return {
        call.func.id
        for call in raised
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
    }


def gives_something(definition):
    """Tell whether a function returns or yields a value."""
    values = [n.value for n in own_nodes(definition) if isinstance(n, ast.Return | ast.Yield)]
    return any(value is not None for value in values)


def missing_of_function(definition, docstring):
    """Return what the docstring of a function or method leaves unsaid."""
    missing = [f"Args: {name}" for name in unexplained(arguments_of(definition), docstring)]
    if gives_something(definition) and not re.search(r"^(Returns|Yields):$", docstring, re.M):
        missing.append("Returns")
    said = section(docstring, "Raises")
    return missing + [f"Raises: {name}" for name in errors_of(definition) if name not in said]


def missing_of_class(cls, docstring):
    """Return what the docstring of a class and those of its public methods leave unsaid.

    What is inherited from a class of this package is its own.
    """
    fields = [node.target.id for node in syntax(cls).body if isinstance(node, ast.AnnAssign)]
    missing = [f"Args: {name}" for name in unexplained(fields, docstring)]
    methods = {}
    for base in cls.__mro__:
        if base.__module__.startswith("emixer_tf."):
            nodes = [node for node in syntax(base).body if isinstance(node, ast.FunctionDef)]
            methods = {node.name: node for node in nodes} | methods
    for name, method in methods.items():
        if name == "__init__":
            missing += missing_of_function(method, docstring)
        elif name == "call":
            left = unexplained(arguments_of(method), docstring, "Call arguments")
            missing += [f"Call arguments: {argument}" for argument in left]
        elif not (name.startswith("_") or is_property(method) or OF_KERAS.fullmatch(name)):
            own = ast.get_docstring(method) or ""
            missing += [f"{name}: {what}" for what in missing_of_function(method, own)]
    return missing


def is_property(method):
    """Tell whether a method is read as a value."""
    return any(ast.unparse(decorator).endswith("property") for decorator in method.decorator_list)


def shows_something(docstring):
    """Tell whether an example has a line that is run and is no import."""
    prompts = re.findall(r"^>>> (.*)$", docstring, re.MULTILINE)
    return any(
        "doctest: +SKIP" not in line and not line.startswith(("from ", "import "))
        for line in prompts
    )


def missing(name, value):
    """Return what a public docstring leaves unsaid."""
    docstring = inspect.cleandoc(value.__doc__)
    if inspect.isclass(value):
        left = missing_of_class(value, docstring)
    else:
        left = missing_of_function(syntax(value), docstring)
    if not docstring.partition("\n")[0].endswith("."):
        left.append("a summary in one line")
    if not shows_something(docstring):
        left.append("Example")
    if name.startswith(DEFINITIONS) and not section(docstring, "Reference"):
        left.append("Reference")
    return left


@pytest.mark.parametrize(("name", "value"), sorted(public_names().items()))
def test_public_docstrings_say_arguments_results_errors_example_and_source(name, value):
    assert missing(name, value) == []
