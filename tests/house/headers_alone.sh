#!/usr/bin/env bash
# Compiles every header on its own, as the only thing that a file includes:  headers_alone.sh ROOT COMPILER
set -euo pipefail
cd "$1"
export CXX="$2"

check() {
  "$CXX" -std=c++20 -fsyntax-only -Wall -Wextra -Wconversion -Wshadow -Werror -I. -Idsl -Iruntime -Icodegen -Itests/cuda/shim \
    -include "$1" -x c++ /dev/null || { echo "does not compile alone: $1"; return 1; }
}
export -f check

mapfile -t headers < <(find dsl codegen runtime examples tests bench \( -name '*.hpp' -o -name '*.h' \) \
  -not -path '*/golden/*' -not -path '*/bad/*' | sort)
((${#headers[@]} > 50)) || { echo "found only ${#headers[@]} headers in $1"; exit 1; }
printf '%s\0' "${headers[@]}" | xargs -0 -P 2 -I{} bash -c 'check "$1"' _ {}
echo "${#headers[@]} headers"
