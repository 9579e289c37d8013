#!/usr/bin/env bash
# Makes the reference of the C++ headers (Doxygen) and of the package (TypeDoc) in build/docs/cpp and
# build/docs/ts. A warning of either is an error. Needs doxygen and the npm packages of tests/ and wasm/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

version=$(sed -nE 's/^project\(visavis VERSION ([0-9.]+) .*/\1/p' CMakeLists.txt)
mkdir -p build/docs
VISAVIS_VERSION=$version doxygen tests/docs/Doxyfile
tests/node_modules/.bin/typedoc --options tests/docs/typedoc.json
echo "build/docs/cpp/index.html and build/docs/ts/index.html"
