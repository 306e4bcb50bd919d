"""The honest test: is the gap really wider below the top quartile, once circularity and ceilings are out."""

from cfanalysis.verdict.contrast import QuartileContrast, QuartileMean, quartile_contrast

__all__ = ["QuartileContrast", "QuartileMean", "quartile_contrast"]
