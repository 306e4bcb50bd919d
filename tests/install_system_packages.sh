#!/bin/sh
# Install what the system tests need and pip cannot give: poppler's command line tools (pdftoppm, pdftotext, pdfinfo),
# strace and fonts of other scripts (where there is apt), R, Java for ODK Validate, which comes with pyxform, and a PostgreSQL server, which the
# tests start by themselves on loopback.
set -eu

has_poppler() { command -v pdftoppm >/dev/null && command -v pdftotext >/dev/null; }
has_postgresql() { command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }
has_java() { java -version >/dev/null 2>&1; }
has_r() { command -v Rscript >/dev/null; }

packages=""
has_poppler && echo "poppler is installed" || packages="$packages poppler-utils"
has_postgresql && echo "PostgreSQL is installed" || packages="$packages postgresql"
command -v strace >/dev/null || ! command -v apt-get >/dev/null || packages="$packages strace"
ls /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc >/dev/null 2>&1 || ! command -v apt-get >/dev/null ||
    packages="$packages fonts-noto-core fonts-noto-cjk"
has_r && echo "R is installed" || packages="$packages r-base-core"
has_java && echo "Java is installed" || packages="$packages default-jre-headless"
[ -n "$packages" ] || exit 0

if command -v apt-get >/dev/null; then
    [ "$(id -u)" -eq 0 ] && sudo="" || sudo="sudo"
    $sudo apt-get update -q
    # No cluster is made and no server started: the tests have their own.
    case "$packages" in
        *postgresql*)
            $sudo mkdir -p /etc/postgresql-common
            [ -e /etc/postgresql-common/createcluster.conf ] ||
                echo "create_main_cluster = false" | $sudo tee /etc/postgresql-common/createcluster.conf >/dev/null
            ;;
    esac
    # shellcheck disable=SC2086 - a list of words is meant
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $packages
elif command -v brew >/dev/null; then
    has_poppler || brew install poppler
    has_postgresql || brew install postgresql@17
    has_r || brew install r
    has_java || brew install --cask temurin
else
    echo "Install poppler's command line tools (pdftoppm, pdftotext), R, Java and a PostgreSQL server, then run this again." >&2
    exit 1
fi
