#!/usr/bin/env bash
# Teaches retail0095 on with spoilt photos of FairFace, measures its error rates, and writes the model that ships. See README.md.
# Usage: models/face128/make.sh WORK TEACHER FAIRFACE PEOPLE
#   WORK      folder for cache, run and models; what is there is not made again
#   TEACHER   retail0095.onnx, with retail0095.json beside it: face-reidentification-retail-0095 of Intel's Open Model Zoo
#   FAIRFACE  folder that fairface-train.tar was unpacked into: fairface-train/00001_ff.webp .. 36000_ff.webp and labels.csv
#   PEOPLE    folder that faces-fiw.tar, faces-pins.tar and faces-celeba.tar were unpacked into: only error rates come of them
# Needs ./run --build-only.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=${here%/models/face128}
[ $# -eq 4 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
work=$1 teacher=$2 fairface=$3 people=$4
mkdir -p "$work"
visavis=$root/build/native/visavis

once() {  # once NAME COMMAND..: a step is complete only when its command has ended
  [ ! -f "$work/$1.done" ] || return 0
  "${@:2}"
  touch "$work/$1.done"
}

once import "$visavis" import onnx "$teacher" --settings "${teacher%.onnx}.json" --out "$work/retail0095.visavis"

# People of their own for each: 30,000 to learn from, 6,000 to set thresholds on.
part() {  # part NAME PATTERN
  mkdir -p "$work/$1"
  find "$fairface/fairface-train" -name '*_ff.webp' | grep -E "/($2)_ff.webp$" | xargs -r ln -sf -t "$work/$1"
}
once parts-learn part learn '[0-2][0-9]{4}|30000'
once parts-thresholds part thresholds '3000[1-9]|300[1-9][0-9]|30[1-9][0-9]{2}|3[1-6][0-9]{3}'

resume=()
[ ! -f "$work/face128-fp32.visavis.run/checkpoint" ] || resume=(--resume)
once train "$visavis" train --unlabelled "$work/learn" --arch init --init "$work/retail0095.visavis" \
  --teacher "$work/retail0095.visavis" --teacher-sees photo --loss distill --augment face-strong:rotate=10,scale=0.1 \
  --batch 64 --epochs 1.5 --warmup 0.1 --optimizer adamw --lr 5e-5 --weight-decay 0.01 --average 0.995 \
  --cache "$work/images.cache" --out "$work/face128-fp32.visavis" "${resume[@]}"

# One person in ten of the three sets.
(cd "$people" && find . -mindepth 2 -maxdepth 2 -type d | sed 's#^\./##' | LC_ALL=C sort | awk 'NR % 10 == 0') >"$work/people.txt"
once calibrate "$visavis" calibrate --model "$work/face128-fp32.visavis" --folders "$people" --people "$work/people.txt" \
  --out "$work/calibration.json"
# What strangers of one origin and sex say: for the card, not for the threshold.
"$visavis" calibrate --model "$work/face128-fp32.visavis" --folders "$people" --people "$work/people.txt" \
  --strangers "$work/thresholds" --groups "$fairface/fairface-train/labels.csv" --group-by origin,gender \
  --group-without age=0-2,3-9,10-19 --out "$work/alike-strangers.json"
"$visavis" convert "$work/face128-fp32.visavis" --weights int8 --calibration "$work/calibration.json" --name face128 \
  --out "$work/face128.visavis"
sha256sum "$work/face128.visavis"
