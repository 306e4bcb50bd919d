#!/bin/sh
# Install what the browser tests need and pip cannot give: Chromium and, where npm is, axe-core (accessibility rules).
# axe-core goes into a cache folder: $CFANALYSIS_BROWSER_CACHE, else .venv/browser.
set -eu
cache=${CFANALYSIS_BROWSER_CACHE:-.venv/browser}
if command -v chromium >/dev/null || command -v chromium-browser >/dev/null; then
    echo "Chromium is installed"
elif command -v apt-get >/dev/null; then
    [ "$(id -u)" -eq 0 ] && sudo="" || sudo="sudo"
    $sudo apt-get update -q
    $sudo apt-get install -y -q --no-install-recommends chromium
else
    echo "Install Chromium, set CFANALYSIS_CHROMIUM to its path, then run this again." >&2
    exit 1
fi
if [ -f "$cache/axe.min.js" ]; then
    echo "axe-core is in $cache"
elif command -v npm >/dev/null; then
    mkdir -p "$cache"
    (cd "$cache" && npm pack --silent axe-core@4 && tar -xzf axe-core-4*.tgz --strip-components=1 package/axe.min.js)
    rm -f "$cache"/axe-core-4*.tgz
else
    echo "npm is missing: the accessibility rules of axe-core are skipped." >&2
fi
