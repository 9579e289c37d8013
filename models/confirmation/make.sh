#!/usr/bin/env bash
# Teaches the network that tells faces from what the detectors take for faces, and fits the regression that joins its logit
# with the detector's confidence. See README.md.
# Usage: models/confirmation/make.sh WORK FAIRFACE NONFACES
#   WORK      folder for drawn pictures, crops, cache, run and the models; what is there is not made again
#   FAIRFACE  folder that fairface-train.tar was unpacked into: fairface-train/00001_ff.webp .. 36000_ff.webp
#   NONFACES  what tests/pages/fetch_nonfaces.sh filled: its train/ and choose/ are used, test/ is not
# Needs ./run --build-only and the target candidate_crops. Last it prints the regression's weights for core/face/face_detector.cpp.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=${here%/models/confirmation}
[ $# -eq 3 ] || { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
work=$1 fairface=$2 nonfaces=$3
mkdir -p "$work"
crops=$root/build/native/candidate_crops visavis=$root/build/native/visavis pages=$root/tests/pages

once() {  # once NAME COMMAND..: a step is complete only when its command has ended
  [ ! -f "$work/$1.done" ] || return 0
  "${@:2}"
  touch "$work/$1.done"
}
list() {  # list NAME FOLDER PATTERN: the pictures whose file names match
  find -L "$2" -type f \( -name '*.jpg' -o -name '*.jpeg' -o -name '*.png' -o -name '*.webp' \) |
    grep -E "/$3[^/]*$" | LC_ALL=C sort >"$work/$1.list"
}
crop() {  # crop MODE NAME FOLDER [PATTERN]
  list "$2" "$3" "${4:-}"
  once "$2" "$crops" "$1" "$work/$2.list" "$work/$2"
}

# People of their own for each: photos to learn from, photos to choose on, portraits of pages for both.
learnt='([01][0-9]|2[0-7])[0-9]{3}_' chosen='(2[89]|3[0-3])[0-9]{3}_'
draw() { /usr/bin/python3 "$pages/draw_$1.py" --out "$work/$2" --count "$3" --seed "$4" "${@:5}"; }
once pages-drawn draw pages pages-drawn 250 101 --portraits "$fairface" --under fairface-train/35
once choose-pages-drawn draw pages choose-pages-drawn 120 102 --portraits "$fairface" --under fairface-train/34
once shapes-drawn draw nonfaces shapes-drawn 600 7001
once choose-shapes-drawn draw nonfaces choose-shapes-drawn 200 7002

crop faces faces "$fairface" "$learnt"
crop all pages "$work/pages-drawn"
for package in $(find "$nonfaces/train" -name '*__*' -printf '%f\n' | sed 's/__.*//' | LC_ALL=C sort -u); do
  crop varied "others-$package" "$nonfaces/train" "${package//./[.]}__"
done
crop varied shapes "$work/shapes-drawn"
once crops /usr/bin/python3 "$here/label_crops.py" "$work/crops.tar" --faces "$work/faces" \
  --others "$work/others-"*/ "$work/shapes" --pages "$work/pages" "$work/pages-drawn/truth.csv"

resume=()
[ ! -d "$work/embedder.visavis.run" ] || resume=(--resume)
once embedder "$visavis" train --whole-images --data "$work/crops.tar" --validate-on face-held-out other-held-out \
  --arch mobilefacenet --width 0.35 --size 64 --embedding 8 --loss arcface:scale=12,margin=0 \
  --augment face:occlude=0.15,colour=0.45,gamma=0.4,grey=0.2,erase=0.1 \
  --optimizer adamw --lr 0.004 --batch 128 --epochs 7 --warmup 0.2 --cache "$work/cache" \
  --out "$work/embedder.visavis" "${resume[@]}"
once probe "$visavis" probe --model "$work/embedder.visavis" --data "$work/crops.tar:train" --balanced --ridge 1e-6 \
  --weights fp16 --out "$work/confirmation.visavis"

# The product's candidates of what was held back, with the new network's logits.
mkdir -p "$work/models"
cp "$root/build/models/"blazeface-{near,far}.visavis "$work/confirmation.visavis" "$work/models/"
export VISAVIS_MODELS=$work/models
crop classified choose-faces "$fairface" "$chosen"
crop classified choose-others "$nonfaces/choose"
crop classified choose-shapes "$work/choose-shapes-drawn"
crop classified choose-pages "$work/choose-pages-drawn"
/usr/bin/python3 "$here/fit_probability.py" --faces "$work/choose-faces" --others "$work/choose-others" "$work/choose-shapes" \
  --pages "$work/choose-pages" "$work/choose-pages-drawn/truth.csv"
