"""nbconvert's two exporters: an executed notebook becomes a tree of nodes, drawn as tagged PDF or web page."""
