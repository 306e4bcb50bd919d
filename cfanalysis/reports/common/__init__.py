"""Sentences, tables and blocks that several reports share."""
