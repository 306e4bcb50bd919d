"""Colours, fonts and sizes: the house style, and brands that replace it."""
