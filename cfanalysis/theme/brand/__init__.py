"""The brand: one YAML file with the logo, colours, fonts and contact lines of whoever publishes.

It serves charts, PDF and web page alike. Whoever publishes names the file; processes find it by the environment
variable ``CFANALYSIS_BRAND``, so that a notebook looks the same wherever its cells run. Without one, the house's
own look is used.
"""

from cfanalysis.theme.brand.brand import HOUSE, Brand, Colours, Fonts
from cfanalysis.theme.brand.colours import contrast_ratio, luminance, mixed
from cfanalysis.theme.brand.files import VARIABLE, brand_files, brand_hash, current_brand, load_brand
from cfanalysis.theme.brand.typeface import Typeface, typeface

__all__ = [
    "HOUSE",
    "VARIABLE",
    "Brand",
    "Colours",
    "Fonts",
    "Typeface",
    "brand_files",
    "brand_hash",
    "contrast_ratio",
    "current_brand",
    "load_brand",
    "luminance",
    "mixed",
    "typeface",
]
