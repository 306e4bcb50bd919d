#!/bin/sh
# Install what the system tests need and pip cannot give: poppler's command line tools (pdftoppm, pdftotext, pdfinfo).
set -eu
if command -v pdftoppm >/dev/null && command -v pdftotext >/dev/null; then
    echo "poppler is installed"
elif command -v apt-get >/dev/null; then
    [ "$(id -u)" -eq 0 ] && sudo="" || sudo="sudo"
    $sudo apt-get update -q
    $sudo apt-get install -y -q --no-install-recommends poppler-utils
elif command -v brew >/dev/null; then
    brew install poppler
else
    echo "Install poppler's command line tools (pdftoppm, pdftotext), then run this again." >&2
    exit 1
fi
