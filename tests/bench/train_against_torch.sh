#!/usr/bin/env bash
# Trains the same networks with visavis and with PyTorch, by turns, and prints how they compare.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)

usage() {
  cat <<'HELP'
Usage: tests/bench/train_against_torch.sh [--batch N] [--threads N] [--rounds N] [ARCH..]

Forward, backward and update; triplet loss with batch-hard mining, SGD with Nesterov momentum. Each round runs
visavis, then PyTorch; the table has the median of the rounds. ARCH: mobilefacenet (112x112x3), siamese
(105x105x1), conv4 (84x84x3); all three by default. Needs build/native (cmake --build --preset native) and a
python3 with PyTorch (Debian: python3-torch). Leave the machine alone meanwhile.
HELP
}

batch=64 threads=2 rounds=3
while [ $# -gt 0 ]; do
  case $1 in
    --batch) batch=$2; shift 2 ;;
    --threads) threads=$2; shift 2 ;;
    --rounds) rounds=$2; shift 2 ;;
    -h | --help) usage; exit 0 ;;
    -*) echo "error: unknown option '$1'; see --help" >&2; exit 2 ;;
    *) break ;;
  esac
done
[ $# -gt 0 ] || set -- mobilefacenet siamese conv4

python=
for candidate in python3 /usr/bin/python3; do
  if "$candidate" -c 'import torch' 2>/dev/null; then python=$candidate; break; fi
done
[ -n "$python" ] || { echo "error: no python3 has PyTorch; install python3-torch" >&2; exit 2; }
bin=$root/build/native
for program in visavis network_json; do
  [ -x "$bin/$program" ] || { echo "error: $bin/$program is missing; cmake --build --preset native" >&2; exit 2; }
done

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
input_of() {
  case $1 in
    mobilefacenet) echo "112 112 3" ;;
    siamese) echo "105 105 1" ;;
    conv4) echo "84 84 3" ;;
    *) echo "error: unknown network '$1'" >&2; exit 2 ;;
  esac
}

for arch in "$@"; do
  read -r height width channels < <(input_of "$arch")
  "$bin/network_json" "$arch" "$height" "$width" "$channels" > "$scratch/network.json"
  for ((round = 0; round < rounds; ++round)); do
    echo "$arch, round $((round + 1)) of $rounds" >&2
    "$bin/visavis" bench --train "$arch" --size "$height" --channels "$channels" --batch "$batch" \
      --threads "$threads" --json >> "$scratch/$arch.visavis"
    "$python" -B "$root/tests/bench/train_with_torch.py" "$scratch/network.json" \
      --batch "$batch" --threads "$threads" >> "$scratch/$arch.torch"
  done
done

"$python" - "$scratch" "$@" <<'PYTHON'
import json, statistics, sys

def read(arch, side):
    """A JSON object per round, one behind the other."""
    text, found = open(f"{sys.argv[1]}/{arch}.{side}").read().strip(), []
    while text:
        value, end = json.JSONDecoder().raw_decode(text)
        found.append(value)
        text = text[end:].lstrip()
    return [statistics.median(r[key] for r in found) for key in ("images_per_second", "peak_memory_bytes")]

print(f"{'network':<14} {'images/s':>9} {'PyTorch':>9} {'times':>6}   {'peak MB':>8} {'PyTorch':>9} {'ratio':>6}")
for arch in sys.argv[2:]:
    (ours, our_rss), (theirs, their_rss) = read(arch, "visavis"), read(arch, "torch")
    print(f"{arch:<14} {ours:9.1f} {theirs:9.1f} {ours / theirs:6.2f}   "
          f"{our_rss / 1e6:8.0f} {their_rss / 1e6:9.0f} {our_rss / their_rss:6.2f}")
PYTHON
