"""What a notebook's cell calls: results become the blocks of a page."""
