"""The publishing room: a notebook and its parameters go in, a report comes out.

`publish` (in `report`) executes a notebook with papermill and exports it through the project's own two
nbconvert exporters: a tagged PDF made by Typst and a self-contained web page. `batch` does it for many. This room
knows notebooks and files, not statistics: what it is handed are finished blocks (`cfanalysis.core.blocks`), markdown
and pictures.

The way of a page: `execution` runs the notebook, on the warm engine (`engine`, `workshop`, `warm`, `child`, `cells`)
or an ordinary kernel (`kernel`); `document` turns it into a neutral tree of nodes (with `markdown_reader`,
`html_reader`, `mathematics` and `pictures`), and `pdf` and `html` draw that tree. Text from data stays data on the
whole way: nothing is spliced into Typst markup, nothing reaches a page unescaped.

Importing this package imports nothing: papermill loads the engine in it whenever it starts.
"""
