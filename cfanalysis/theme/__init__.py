"""Colours, fonts and sizes, and a brand with its own."""
