"""Assistants in a notebook: the first steps with your own export, and the form for clients' reports."""
