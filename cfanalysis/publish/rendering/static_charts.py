"""Pictures of charts that an output holds as a specification for scripts, where their library is installed."""

from __future__ import annotations

import atexit
import json
import re
import warnings
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cfanalysis.publish.rendering.nodes import walk
from cfanalysis.publish.rendering.pictures import Picture, svg_picture

_OUTSIDE = re.compile(r"(?:https?:)?//|choropleth|scattergeo|(?:scatter|density)map")
"""Addresses, and kinds of traces whose maps plotly takes from the web."""

_SCHEMA = "https://vega.github.io/schema/vega"


def with_vega_chart(data: Mapping[str, Any], markup: str) -> Mapping[str, Any]:
    """Return the forms of an output with that of the Vega chart that a script in its HTML draws, as Altair writes it.

    Parameters
    ----------
    data
        The forms by media type.
    markup
        The HTML.

    Examples
    --------
    >>> script = '<script>draw({"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "mark": "bar"})</script>'
    >>> list(with_vega_chart({}, script))
    ['application/vnd.vegalite.v5+json']
    """
    if _SCHEMA not in markup:
        return data
    for brace in re.finditer(r'\{\s*"', markup):
        try:
            found, _ = json.JSONDecoder().raw_decode(markup, brace.start())
        except (ValueError, RecursionError):
            continue
        if str(found.get("$schema", "")).startswith(_SCHEMA):
            kind = "vegalite" if "vega-lite" in found["$schema"] else "vega"
            return {f"application/vnd.{kind}.v5+json": found, **data}
    return data


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
        strings = [value for value in walk(figure) if isinstance(value, str)]
        if any(_OUTSIDE.match(value) for value in strings):
            raise ValueError("The chart needs the web.")
        _start_browser()
        with warnings.catch_warnings():  # on options that plotly itself gives
            warnings.simplefilter("ignore")
            return bytes(to_image(figure, format="svg", validate=False))
    import vl_convert

    draw = vl_convert.vega_to_svg if kind == "vega" else vl_convert.vegalite_to_svg
    return str(draw(specification, allowed_base_urls=[]))


@lru_cache(maxsize=1)
def _start_browser() -> None:
    """Start the browser that draws plotly's charts: once, as each start takes seconds; it ends with the process."""
    import kaleido

    kaleido.start_sync_server(silence_warnings=True)
    atexit.register(kaleido.stop_sync_server, silence_warnings=True)
