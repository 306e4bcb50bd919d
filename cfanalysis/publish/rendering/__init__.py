"""nbconvert's two exporters: an executed notebook becomes a neutral tree of nodes, drawn as a tagged PDF or a web page."""
