#!/bin/bash
# Gathers pictures without anybody from Debian's packages: for teaching a detector what is no face, and for measuring it.
# Usage: tests/pages/fetch_nonfaces.sh OUT [CACHE]
# Packages and their parts are in nonface_packages.tsv; pictures that show a person or a face, in nonface_people.txt.
# Downloads the packages (apt-get download: nothing is installed, root is not needed) into CACHE (OUT/debs), unpacks them
# beside, and fills OUT/train, OUT/choose and OUT/test (select_nonfaces.py). About 1.4 GB are fetched, 5 GB needed in all.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -ge 1 ] || { echo "usage: fetch_nonfaces.sh OUT [CACHE]" >&2; exit 2; }
out=$1 cache=${2:-$1/debs}
mkdir -p "$out" "$cache"
cache=$(cd "$cache" && pwd)
for tool in apt-get dpkg-deb; do
  command -v "$tool" >/dev/null || { echo "error: no $tool: this needs Debian" >&2; exit 2; }
done

mapfile -t packages < <(grep -v '^#' "$here/nonface_packages.tsv" | cut -f 1)
for package in "${packages[@]}"; do
  compgen -G "$cache/${package}_*.deb" >/dev/null ||
    (cd "$cache" && apt-get -q download "$package") ||
    { echo "error: cannot download $package: is apt-get update up to date?" >&2; exit 2; }
  if [ ! -d "$cache/unpacked/$package" ]; then
    rm -rf "$cache/unpacked/$package.part"
    mkdir -p "$cache/unpacked/$package.part"
    dpkg-deb -x "$(compgen -G "$cache/${package}_*.deb" | head -n 1)" "$cache/unpacked/$package.part"
    mv "$cache/unpacked/$package.part" "$cache/unpacked/$package"
  fi
done
/usr/bin/python3 "$here/select_nonfaces.py" "$cache/unpacked" "$out"
