#!/usr/bin/env bash
# Fills build/models, where every command, the npm package and the page find their models: the imported
# networks, the network that confirms faces and, as embedder.visavis, the embedder that embedder.txt names.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=${here%/models}
models=$root/build/models

bash "$here/imported/import.sh"

mapfile -t named < <(sed -E 's/#.*//; s/[[:space:]]+$//; /^$/d' "$here/embedder.txt")
if [ ${#named[@]} -ne 1 ] || [ ! -f "$root/${named[0]}" ]; then
  echo "error: models/embedder.txt must name one file of the repository, not '${named[*]:-nothing}'" >&2
  exit 1
fi
kind=$("$root/build/native/visavis_models" inspect "$root/${named[0]}" --json | sed -n 's/^  "kind": "\(.*\)",$/\1/p')
if [ "$kind" != embedder ]; then
  echo "error: ${named[0]}, which models/embedder.txt names, is a $kind, no embedder" >&2
  exit 1
fi
# install FILE NAME: whole or not at all, should this be cut off.
install_model() {
  cp "$1" "$models/$2.new"
  mv "$models/$2.new" "$models/$2"
}
install_model "$root/${named[0]}" embedder.visavis
install_model "$here/confirmation/confirmation.visavis" confirmation.visavis
