# No tracked file names a place on the machine where it was written, and none is what a program left at the top.
cmake_minimum_required(VERSION 3.25)

execute_process(COMMAND git -C "${ROOT}" ls-files OUTPUT_VARIABLE tracked RESULT_VARIABLE status ERROR_QUIET)
if(NOT status EQUAL 0)
  file(GLOB_RECURSE tracked RELATIVE "${ROOT}" "${ROOT}/*")  # an unpacked archive
  list(FILTER tracked EXCLUDE REGEX "^(build|\\.git)/")
else()
  string(REPLACE "\n" ";" tracked "${tracked}")
endif()

# Written in two parts, so that this file does not find itself.
set(folders "work|tmp|opt|home|root|mnt|scratch|Users")
set(pattern "(^|[ \t\"'=(:])/(${folders})/[A-Za-z0-9_]")

set(found "")
set(count 0)
foreach(file IN LISTS tracked)
  if(file MATCHES "^[^/]+\\.(blob|csv|gz|npy|npz|png|safetensors|svg)$")
    string(APPEND found "  ${file}: data at the top of the tree\n")
  endif()
  if(NOT EXISTS "${ROOT}/${file}" OR file MATCHES "\\.(npy|npz|gz|png|safetensors|bin)$")
    continue()
  endif()
  math(EXPR count "${count} + 1")
  file(STRINGS "${ROOT}/${file}" lines REGEX "${pattern}")
  foreach(line IN LISTS lines)
    string(APPEND found "  ${file}: ${line}\n")
  endforeach()
endforeach()

if(count LESS 20)
  message(FATAL_ERROR "found only ${count} files in ${ROOT}")
endif()
if(found)
  message(FATAL_ERROR "places on somebody's machine, or what a program left:\n${found}")
endif()
message(STATUS "${count} files")
