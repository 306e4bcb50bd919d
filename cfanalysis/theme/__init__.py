"""Colours, fonts and sizes: the house style, and brands that replace it."""

import logging

# The first run on a machine builds matplotlib's list of fonts: no warning in red that something is wrong.
logging.getLogger("matplotlib.font_manager").addFilter(lambda record: "font cache" not in record.getMessage())
