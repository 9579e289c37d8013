#!/usr/bin/env bash
# Teaches the network that tells faces from what the detectors take for faces. See README.md.
# Usage: models/confirmation/make.sh WORK FAIRFACE NONFACES PAGES
#   WORK      folder for crops, cache, run and the models; what is there is not made again
#   FAIRFACE  folder of FairFace's photos (28,000 of its training part, one face each)
#   NONFACES  OUT/train of tests/pages/fetch_nonfaces.sh
#   PAGES     pages with truth.csv that tests/pages/draw_pages.py drew round portraits of FairFace
# Half an hour of two cores. Needs ./run --build-only and the target candidate_crops.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=${here%/models/confirmation}
[ $# -eq 4 ] || { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
work=$1
mkdir -p "$work"
crops=$root/build/native/candidate_crops visavis=$root/build/native/visavis

crop() {  # crop MODE FOLDER NAME: crops.csv is complete only when the program has ended
  [ ! -f "$work/$3.done" ] || return 0
  find -L "$2" -type f \( -name '*.jpg' -o -name '*.png' -o -name '*.webp' \) | LC_ALL=C sort >"$work/$3.list"
  "$crops" "$1" "$work/$3.list" "$work/$3"
  touch "$work/$3.done"
}
crop faces "$2" faces
crop all "$3" others
crop all "$4" pages
python3 "$here/label_crops.py" "$work/crops.tar" --faces "$work/faces" --others "$work/others" --pages "$work/pages" "$4/truth.csv"

resume=()
[ ! -d "$work/embedder.visavis.run" ] || resume=(--resume)
"$visavis" train --whole-images --data "$work/crops.tar" --validate-on face-held-out other-held-out \
  --arch mobilefacenet --width 0.25 --size 48 --embedding 8 --loss arcface:scale=12,margin=0 \
  --augment face:occlude=0.15,colour=0.45,gamma=0.4,grey=0.2,erase=0.1 \
  --optimizer adamw --lr 0.004 --batch 128 --epochs 7 --warmup 0.2 --cache "$work/cache" \
  --out "$work/embedder.visavis" "${resume[@]}"
"$visavis" probe --model "$work/embedder.visavis" --data "$work/crops.tar:train" --balanced --ridge 1e-6 \
  --weights fp16 --out "$work/confirmation.visavis"
