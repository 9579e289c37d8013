# shellcheck shell=bash
# Sourced by setup.sh: one line per step with its time, details in build/logs/NAME.log, and when a
# step fails the end of its log with the likely cause and what to do.

logs=$root/build/logs
mkdir -p "$logs" 2>/dev/null || { echo "error: cannot write to $root/build: clone to a folder you own" >&2; exit 1; }

die() {
  printf '\nerror: %s\n' "$*" >&2
  exit 1
}

# step NAME LABEL COMMAND..: runs the command with its output in build/logs/NAME.log.
step() {
  local label=$2 log=$logs/$1.log start=$SECONDS code
  shift 2
  printf '  %-44s' "$label"
  set +e  # the subshell sets -e anew: inside an `if` bash would ignore it
  (set -euo pipefail; "$@") >"$log" 2>&1 </dev/null
  code=$?
  set -e
  if [ $code -ne 0 ]; then
    printf 'failed (%d s)\n\n' $((SECONDS - start))
    tail -n 30 "$log" | sed 's/^/    | /'
    die "'$label' failed: $(cause_of "$log"). Whole log: ${log#"$root"/}"
  fi
  printf '%4d s\n' $((SECONDS - start))
}

cause_of() {
  local log=$1
  if grep -qiE 'no space left on device|ENOSPC' "$log"; then
    echo "the disk is full; free some space (build/ can be deleted) and run again"
  elif grep -qiE 'temporary failure (in name )?resol|could not resolve|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|network is unreachable|unable to connect|failed to fetch' "$log"; then
    echo "no network, or the package server does not answer; connect and run again"
  elif grep -qiE 'could not get lock|is another process using it' "$log"; then
    echo "another package manager is at work; wait for it and run again"
  elif grep -qiE 'EINTEGRITY|sha256 mismatch|FAILED open or read|hash sum mismatch' "$log"; then
    echo "a download is not what the project pins; run again, and if it stays so, report it"
  elif grep -qiE 'EACCES|permission denied|are you root' "$log"; then
    echo "missing rights; run as root, or fix the owner of the file named above"
  elif grep -qiE 'cannot allocate memory|bad_alloc|killed signal|fatal error: killed' "$log"; then
    echo "out of memory; close other programs or build with VISAVIS_JOBS=1"
  else
    echo "see the lines above"
  fi
}

# changed STAMP FILE..: true unless the stamp holds the hash of these files (folders: of all in them).
# Afterwards `keep STAMP` records it.
declare -A stamp_hash
changed() {
  local stamp=$1
  shift
  stamp_hash[$stamp]=$(find "$@" -type d \( -name node_modules -o -name dist \) -prune -o -type f -print0 2>/dev/null |
    LC_ALL=C sort -z | xargs -0r sha256sum | sha256sum)
  [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "${stamp_hash[$stamp]}" ]
}
keep() {
  mkdir -p "$(dirname "$1")"
  printf '%s\n' "${stamp_hash[$1]}" >"$1"
}
