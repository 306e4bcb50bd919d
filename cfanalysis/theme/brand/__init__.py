"""The brand: one YAML file with the logo, colours, fonts and contact lines of the publisher.

It serves charts, PDF and web page alike. A publishing run names the file, and passes it to the processes that run
cells and make pages (`cfanalysis.core.publication`). A notebook that is run by hand uses the ``brand.yaml`` of its
workspace. Without one, the house's own look is used.
"""

from cfanalysis.theme.brand.brand_file import BRAND, brand_files, brand_hash, current_brand, load_brand
from cfanalysis.theme.brand.brand_model import DEFAULT_BRAND, Brand, Colours, Fonts
from cfanalysis.theme.brand.colours import blend, contrast_ratio, luminance
from cfanalysis.theme.brand.typeface import Typeface, typeface

__all__ = [
    "BRAND",
    "DEFAULT_BRAND",
    "Brand",
    "Colours",
    "Fonts",
    "Typeface",
    "blend",
    "brand_files",
    "brand_hash",
    "contrast_ratio",
    "current_brand",
    "load_brand",
    "luminance",
    "typeface",
]
