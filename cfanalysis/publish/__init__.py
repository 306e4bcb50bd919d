"""Publishing: a notebook and its parameters go in, a report comes out.

`publish` (in `single_report`) executes a notebook with papermill (`execution`) and exports it through the project's own
two nbconvert exporters (`rendering`): a tagged PDF made by Typst and a self-contained web page. `batches` does this for
many reports, `client_batches` for the clients of a study. Publishing knows notebooks and files, not statistics: it
receives finished blocks (`cfanalysis.core.blocks`), Markdown and pictures. Text from data stays data throughout:
nothing is spliced into Typst markup, nothing reaches a page unescaped.

Importing this package imports nothing: papermill loads the engine in it whenever it starts.
"""
