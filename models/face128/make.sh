#!/usr/bin/env bash
# Imports retail0095, takes out what tells groups of people apart, computes it in int8, measures its error rates among any and among
# alike strangers, and writes the model that ships. See README.md.
# Usage: models/face128/make.sh WORK TEACHERS FAIRFACE PEOPLE
#   WORK      folder for what is made on the way; what is there is not made again
#   TEACHERS  folder of retail0095.onnx (face-reidentification-retail-0095 of Intel's Open Model Zoo) and foamliu.onnx
#             (a MobileFaceNet, Apache-2.0: which judges duplicates, too), each with its settings .json
#   FAIRFACE  folder that fairface-train.tar was unpacked into: fairface-train/00001_ff.webp .. 36000_ff.webp and labels.csv
#   PEOPLE    folder that faces-fiw.tar, faces-pins.tar and faces-celeba.tar were unpacked into: only error rates come of them
# Needs ./run --build-only, and for the pages python3-pil python3-numpy fonts-dejavu-core fonts-liberation.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=${here%/models/face128}
[ $# -eq 4 ] || { sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2; }
work=$1 teachers=$2 fairface=$3 people=$4
mkdir -p "$work"
visavis=$root/build/native/visavis

once() {  # once NAME COMMAND..: a step is complete only when its command has ended
  [ ! -f "$work/$1.done" ] || return 0
  "${@:2}"
  touch "$work/$1.done"
}

for teacher in retail0095 foamliu; do
  once "$teacher" "$visavis" import onnx "$teachers/$teacher.onnx" --settings "$teachers/$teacher.json" --out "$work/$teacher.visavis"
done
once simplify "$visavis" convert "$work/retail0095.visavis" --simplify --weights fp32 --name face128 --out "$work/simplified.visavis"

# People of FairFace's training part: the first 30,000 teach, 300 of these show how large activations become, and the last 6,000 measure.
mkdir -p "$work/learn" "$work/ranges" "$work/strangers"
find "$fairface/fairface-train" -name '*_ff.webp' | LC_ALL=C sort >"$work/photos.txt"
head -n 30000 "$work/photos.txt" | xargs -r ln -sf -t "$work/learn"
head -n 30000 "$work/photos.txt" | awk 'NR % 100 == 0' | xargs -r ln -sf -t "$work/ranges"
tail -n 6000 "$work/photos.txt" | xargs -r ln -sf -t "$work/strangers"
grouped=(--groups "$fairface/fairface-train/labels.csv" --group-by "origin,gender" --group-without "age=0-2,3-9,10-19")
once debias "$visavis" debias --model "$work/simplified.visavis" --strangers "$work/learn" "${grouped[@]}" --directions 6 \
  --out "$work/debiased.visavis"
# The layers left in fp32 lost most when each was rounded alone (visavis inspect --quantization).
# What is measured is what ships: computed in int8.
once int8 "$visavis" convert "$work/debiased.visavis" --weights int8 --activations int8 --images "$work/ranges" \
  --fp32-layers depthwise1 prelu2 conv32 prelu48 --out "$work/uncalibrated.visavis"

# Pairs of one person: one person in ten of the three sets.
(cd "$people" && find . -mindepth 2 -maxdepth 2 -type d | sed 's#^\./##' | LC_ALL=C sort | awk 'NR % 10 == 0') >"$work/people.txt"
# Bounds of match, review and mismatch: a page drawn round each of the first two photos of these people, against up to three others
# of the same person. draw_pages.py names the Debian packages that it needs.
draw_pages() {
  rm -rf "$work/portraits" "$work/pages" "$work/compared"
  mkdir -p "$work/portraits" "$work/compared"
  local person name photos
  while read -r person; do
    name=$(tr /_ .- <<<"$person")  # Up to its first _ a file's name is the person.
    mapfile -t photos < <(find "$people/$person" -type f \( -name '*.jpg' -o -name '*.png' \) | LC_ALL=C sort)
    for photo in "${photos[@]}"; do ln -sf "$photo" "$work/compared/${name}_${photo##*/}"; done
    for photo in "${photos[@]:0:2}"; do ln -sf "$photo" "$work/portraits/${name}_${photo##*/}"; done
  done <"$work/people.txt"
  /usr/bin/python3 "$root/tests/pages/draw_pages.py" --portraits "$work/portraits" --out "$work/pages" --seed 1 \
    --count "$(find "$work/portraits" -type l | wc -l)"
  ln -sfn ../pages "$work/compared/pages"
  (cd "$work/compared" && find . -type l -name '*_*' | sed 's#^\./##' | LC_ALL=C sort) |
    awk -F, 'NR == FNR { split($0, part, "_"); photos[part[1]] = photos[part[1]] $0 "\n"; next }
      FNR == 1 { print "a,b,same"; next }
      { count = split(photos[$2], photo, "\n"); taken = 0
        for (i = 1; i < count && taken < 3; ++i) if (photo[i] != $3) { print "pages/" $1 "," photo[i] ",1"; ++taken } }' \
      - "$work/pages/truth.csv" >"$work/page-pairs.csv"
}
once pages draw_pages
once calibrate "$visavis" calibrate --model "$work/uncalibrated.visavis" --folders "$people" --people "$work/people.txt" \
  --strangers "$work/strangers" "${grouped[@]}" \
  --duplicates-by "$work/retail0095.visavis" "$work/foamliu.visavis" --same-person-below 0.92 \
  --decision-pairs "$work/page-pairs.csv" --decision-images "$work/compared" --fmr 1e-3 --out "$work/calibration.json"
"$visavis" convert "$work/uncalibrated.visavis" --weights int8 --calibration "$work/calibration.json" --out "$work/face128.visavis"
sha256sum "$work/face128.visavis"
