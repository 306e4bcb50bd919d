"""What a function for those who use Python is given: held against the types that it names, before anything is done."""

from __future__ import annotations

import collections.abc
import inspect
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from numbers import Integral, Real
from typing import (
    Any,
    Literal,
    ParamSpec,
    TypeVar,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from cfanalysis.core.errors import ParameterError
from cfanalysis.study.prepared_study import Study

P = ParamSpec("P")
R = TypeVar("R")

_ABOUT = {str: "text", bool: "True or False", int: "a whole number", float: "a number", type(None): "None"}
_NUMBERS = {int: Integral, float: Real}
_LEAST = {"repetitions": 20, "simulations": 20, "seed": 0}  # fewer repetitions give no interval


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """Return a function that refuses what it does not take in one message, and takes its study by name, too.

    Parameters
    ----------
    function
        Its arguments are held against their annotations; one that is called ``study`` is a `Study`, unless another
        type is named.
    """
    signature = inspect.signature(function)
    by_name = signature.replace(
        parameters=[
            p.replace(kind=p.POSITIONAL_OR_KEYWORD) if p.kind is p.POSITIONAL_ONLY else p
            for p in signature.parameters.values()
        ]
    )
    types = {"study": Study} | get_type_hints(inspect.unwrap(function))
    many = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    hints = {name: types.get(name, Any) for name, p in signature.parameters.items() if p.kind not in many}

    @wraps(function)
    def call(*args: P.args, **options: P.kwargs) -> R:
        try:
            bound = by_name.bind(*args, **options)
        except TypeError as error:
            raise ParameterError(
                f"{function.__name__}(): {error}.", allowed=", ".join(by_name.parameters)
            ) from None
        for name in [each for each in hints if each in bound.arguments]:
            if not _fits(name, value := bound.arguments[name], hints[name]):
                raise _refusal(name, value, hints[name])
        return function(*bound.args, **bound.kwargs)

    return cast("Callable[P, R]", call)


def _fits(name: str, value: object, hint: Any) -> bool:
    """Return whether an argument is of a type; types that say nothing of single values fit all."""
    origin = get_origin(hint)
    if hint is Any:
        return True
    if origin is collections.abc.Callable:
        return callable(value)
    if origin is Literal:
        return isinstance(value, str) and value in get_args(hint)
    if origin is Sequence:  # one text alone would be taken letter by letter
        one = get_args(hint)[0]
        return (
            isinstance(value, Iterable)
            and not isinstance(value, str)
            and all(_fits(name, v, one) for v in value)
        )
    if parts := get_args(hint):
        return any(_fits(name, value, part) for part in parts)
    if hint in _NUMBERS:
        least: Any = _LEAST.get(name, value)
        return isinstance(value, _NUMBERS[hint]) and not isinstance(value, bool) and value >= least
    return isinstance(value, hint)


def _refusal(name: str, value: object, hint: Any) -> ParameterError:
    if hint is Study:
        return ParameterError(
            "A study is needed.",
            value=type(value).__name__,
            next_step='Open one: cf.open_study("sample")',
        )
    allowed = _described(hint)
    if name in _LEAST:
        allowed += f", at least {_LEAST[name]}"
    plain = isinstance(value, str | bytes | int | float | list | tuple | None)
    found = repr(value) if plain else type(value).__name__
    return ParameterError(f"{name}= does not take this value.", value=found, allowed=allowed)


def _described(hint: Any) -> str:
    if get_origin(hint) is collections.abc.Callable:
        return "an analysis, e.g. cf.quartile_gaps"
    many = "a list of " if get_origin(hint) is Sequence else ""
    if parts := get_args(hint):
        return many + " or ".join(map(_described, parts))
    return repr(hint) if isinstance(hint, str) else _ABOUT.get(hint, hint.__name__)
