"""Names of columns: each once, and the ways in which tools join a question and its row or choice."""

from __future__ import annotations


def distinct_names(*names: str) -> tuple[str, ...]:
    """Return the names that are not empty, each once."""
    return tuple(dict.fromkeys(name for name in names if name.strip()))


def joined_names(question: str, choice: str) -> tuple[str, ...]:
    """Return the ways in which tools join a question and its row or choice in one column name.

    Parameters
    ----------
    question
        The question's text.
    choice
        The row's or choice's text.
    """
    marks = (" - ", "-", ": ", " ")
    return distinct_names(*(f"{question}{mark}{choice}" for mark in marks), f"{question} [{choice}]")
