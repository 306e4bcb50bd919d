"""What everything else stands on: errors, files, the blocks of a page, spreadsheets, numbers as text."""
