"""The brand: one YAML file with the logo, colours, fonts and contact lines of whoever publishes.

It serves charts, PDF and web page alike. Whoever publishes names the file, and tells it to the processes that run cells
and make pages (`cfanalysis.core.publication`). A notebook that is run by hand wears the ``brand.yaml`` of its workbook.
Without one, the house's own look is used.
"""

from cfanalysis.theme.brand.brand import HOUSE, Brand, Colours, Fonts
from cfanalysis.theme.brand.colours import contrast_ratio, luminance, mixed
from cfanalysis.theme.brand.files import BRAND, brand_files, brand_hash, current_brand, load_brand
from cfanalysis.theme.brand.typeface import Typeface, typeface

__all__ = [
    "BRAND",
    "HOUSE",
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
