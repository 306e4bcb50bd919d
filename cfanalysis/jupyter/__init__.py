"""Assistants in a notebook: the first steps with an own export, and the form for clients' reports."""
