"""Pictures of charts that an output holds as a specification for scripts, where their library is installed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cfanalysis.publish.rendering.pictures import Picture, svg_picture


def static_chart(data: Mapping[str, Any]) -> Picture | None:
    """Return the picture of a Vega-Lite, Vega or plotly chart; None where its library is missing or cannot draw it.

    Parameters
    ----------
    data
        The forms of an output, by media type.
    """
    for media_type, specification in data.items():
        kind = re.match(r"application/vnd\.(vega|vegalite|plotly)\.v", media_type)
        if kind is None or not isinstance(specification, Mapping):
            continue
        try:
            return svg_picture(_drawn(kind[1], dict(specification)), lenient=True)
        except (
            Exception
        ):  # missing libraries, and whatever libraries of three languages raise on what they cannot draw
            return None
    return None


def _drawn(kind: str, specification: dict[str, Any]) -> str | bytes:
    """Return the SVG of a chart; nothing is fetched from the web for it."""
    if kind == "plotly":
        from plotly.io import to_image

        figure = {key: specification[key] for key in ("data", "layout") if key in specification}
        return bytes(to_image(figure, format="svg", validate=False))
    import vl_convert

    draw = vl_convert.vega_to_svg if kind == "vega" else vl_convert.vegalite_to_svg
    return str(draw(specification, allowed_base_urls=[]))
