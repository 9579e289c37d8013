# shellcheck shell=bash
# Sourced by test: runs each test runner, counts, and keeps its whole output in build/logs/test-NAME.log.

passed=0 failed=0 skipped=0

# report NAME LABEL PASSED FAILED SKIPPED SECONDS
report() {
  printf '  %-44s%4d s  %d passed, %d failed, %d skipped\n' "$2" "$6" "$3" "$4" "$5"
  passed=$((passed + $3)) failed=$((failed + $4)) skipped=$((skipped + $5))
  if [ "$4" -gt 0 ]; then
    failures_of "$logs/test-$1.log" | sed 's/^/    | /'
    echo "    Whole log: build/logs/test-$1.log"
  fi
}

failures_of() {
  grep -nE -m 40 '\[  FAILED  \]|: Failure|Failed|FAIL |AssertionError|ERROR: |runtime error|error:|warning:|\*\*\*' "$1" || true
  echo "..."
  tail -n 15 "$1"
}

# sum PATTERN LOG: adds up the first number of every matching line.
sum() {
  # Not grep: it fails where no line matches, and with it, under pipefail, the whole run.
  sed -nE "s/.*($1).*/\1/p" "$2" | sed -E 's/.*\] *([0-9]+).*/\1/' | awk '{ n += $1 } END { print n + 0 }'
}

# --- GoogleTest, through CTest ------------------------------------------------------------------

run_ctest() {  # run_ctest PRESET
  local log=$logs/test-$1.log start=$SECONDS code ok bad skip
  set +e
  (cd "$root" && ctest --preset "$1" --verbose --parallel "$(nproc)") >"$log" 2>&1 </dev/null
  code=$?
  set -e
  ok=$(sum '\[  PASSED  \] [0-9]+ test' "$log")
  bad=$(sum '\[  FAILED  \] [0-9]+ tests?, listed below' "$log")
  skip=$(sum '\[  SKIPPED \] [0-9]+ tests?, listed below' "$log")
  # A crash, a time-out or a missing program leaves no summary; it still is a failure.
  if [ $code -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
  if [ $((ok + bad)) -eq 0 ]; then bad=1; echo "Failed: CTest ran no test" >>"$log"; fi
  report "$1" "GoogleTest, preset $1" "$ok" "$bad" "$skip" $((SECONDS - start))
}

# --- Vitest -------------------------------------------------------------------------------------

run_vitest() {  # run_vitest FOLDER..: the *.test.ts below tests/FOLDER
  local name=$1 log=$logs/test-ts-$1.log json=$logs/test-ts-$1.json start=$SECONDS code counts ok bad skip
  rm -f "$json"
  set +e
  (cd "$root/tests" && npx --no-install vitest run --reporter=default --reporter=json --outputFile.json="$json" "${@/%//}") \
    >"$log" 2>&1 </dev/null
  code=$?
  set -e
  counts=$(node -e '
    const r = JSON.parse(require("fs").readFileSync(process.argv[1]));
    const broken = r.testResults.filter((f) => f.status === "failed" && !f.assertionResults.some((t) => t.status === "failed"));
    console.log(r.numPassedTests, r.numFailedTests + broken.length, r.numPendingTests + (r.numTodoTests || 0));
  ' "$json" 2>/dev/null) || counts='0 1 0'
  read -r ok bad skip <<<"$counts"
  if [ $code -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
  report "ts-$name" "Vitest, tests/${*// /, tests/}" "$ok" "$bad" "$skip" $((SECONDS - start))
}

# --- the commands that the documents show -------------------------------------------------------

run_documents() {
  local log=$logs/test-documents.log start=$SECONDS code counts ok bad skip
  set +e
  (cd "$root" && /usr/bin/python3 tests/documents/documents_test.py) >"$log" 2>&1 </dev/null
  code=$?
  set -e
  counts=$(tail -n 1 "$log" | sed -nE 's/^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$/\1 \2 \3/p')
  read -r ok bad skip <<<"${counts:-0 1 0}"
  if [ $code -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
  report documents "Commands of the documents" "$ok" "$bad" "$skip" $((SECONDS - start))
  sed -nE 's/^  skipped .*: needs (.*)$/    skipped: needs \1/p' "$log" | sort -u
}

# --- lint ---------------------------------------------------------------------------------------

# check NAME LABEL COMMAND..: one test that passes when the command does.
check() {
  local name=$1 label=$2 log=$logs/test-$1.log start=$SECONDS code
  shift 2
  set +e
  (set -euo pipefail; cd "$root"; "$@") >"$log" 2>&1 </dev/null
  code=$?
  set -e
  if [ $code -eq 0 ]; then report "$name" "$label" 1 0 0 $((SECONDS - start))
  else report "$name" "$label" 0 1 0 $((SECONDS - start)); fi
}

own_sources() {  # C++ files of the project, NUL-separated
  find core native wasm tests \( -name node_modules -o -name dist \) -prune -o \
    -type f \( -name '*.cpp' -o -name '*.h' \) -print0
}

check_format() {
  own_sources | xargs -0 clang-format --dry-run --Werror
}

# clang-tidy takes seconds a file, so a clean file is remembered, across clones as ccache does, by the hash
# of itself, of every header of ours that it includes and of the configuration. The build compiles several
# files as one unit, clang-tidy wants them one by one: a folder that is configured only tells it how.
# Tests are left out: GoogleTest's macros cost the most time and find the least.
check_tidy() {
  local known=${XDG_CACHE_HOME:-$HOME/.cache}/visavis/clang-tidy todo=() file key
  mkdir -p "$known"
  declare -A key_of
  while IFS=$'\t' read -r file headers; do
    # shellcheck disable=SC2086
    key=$(cat .clang-tidy "$file" $headers | sha256sum | cut -c1-40)
    key_of[$file]=$key
    [ -e "$known/$key" ] || todo+=("$file")
  done < <(python3 tests/rooms/check_rooms.py --headers)
  echo "${#key_of[@]} files, ${#todo[@]} changed since they last passed"
  [ ${#key_of[@]} -gt 0 ] || { echo "error: no source found"; return 1; }
  [ ${#todo[@]} -gt 0 ] || return 0
  configure_preset native -B build/tidy -DVISAVIS_UNITY=OFF -DVISAVIS_TESTS=OFF >/dev/null
  export known
  # shellcheck disable=SC2016  # The inner bash expands them.
  for file in "${todo[@]}"; do printf '%s\0%s\0' "$file" "${key_of[$file]}"; done |
    xargs -0 -n 2 -P "$jobs" bash -c 'clang-tidy --quiet -p build/tidy "$0" 2>&1 && touch "$known/$1"'
}

check_types() {
  local folder
  for folder in wasm web tests; do
    [ -f "$folder/tsconfig.json" ] || continue
    echo "== $folder"
    (cd "$folder" && npx --no-install tsc --noEmit)
  done
}

typescript=(wasm/src web/src web/vite.config.ts tests/e2e tests/parity tests/wasm tests/web)

check_eslint() {
  tests/node_modules/.bin/eslint --config tests/eslint.config.mjs "${typescript[@]}"
}

check_prettier() {
  tests/node_modules/.bin/prettier --check "${typescript[@]}" '{wasm,wasm/examples,web,tests,tests/bench}/*.{mjs,mts,ts}'
}

# The version stands in CMakeLists.txt; npm and readers want it elsewhere, too.
check_version() {
  local version file found
  version=$(sed -nE 's/^project\(visavis VERSION ([0-9.]+) .*/\1/p' CMakeLists.txt)
  for file in {wasm,web,tests}/package{,-lock}.json; do
    found=$(node -p 'require(process.argv[1]).version' "./$file")
    [ "$found" = "$version" ] || { echo "error: $file says $found, CMakeLists.txt $version"; return 1; }
  done
  found=$(sed -nE 's/^## \[([0-9.]+)\] - (Unreleased|[0-9]{4}-[0-9]{2}-[0-9]{2})$/\1/p' CHANGELOG.md | head -n 1)
  [ "$found" = "$version" ] || { echo "error: CHANGELOG.md begins with '$found', not $version"; return 1; }
  echo "$version"
}

check_rooms() {
  python3 tests/rooms/check_rooms.py
  python3 tests/rooms/check_rooms.py --self-test
}

check_shell() {
  local scripts
  mapfile -t scripts < <(find . \( -name build -o -name node_modules -o -name .git -o -path ./.ci \) -prune -o -name '*.sh' -print)
  # With all that run and test source: those files mean something only together.
  shellcheck --external-sources --check-sourced run test
  shellcheck .ci/run tests/fuzz/run "${scripts[@]}"
}

run_lint() {
  check format "clang-format" check_format
  check tidy "clang-tidy" check_tidy
  check types "TypeScript type-check" check_types
  check eslint "ESLint" check_eslint
  check prettier "Prettier" check_prettier
  check shell "shellcheck" check_shell
  check rooms "Rooms and their includes" check_rooms
  check version "One version" check_version
}

finish() {
  echo
  [ "$failed" -gt 0 ] || echo "Done in $SECONDS s."
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
