# Compiles one case three times: wrong with 6 layers and with 300, and its legal twin. The wrong ones must fail with the sentence
# of the file's first line in at most 12 non-blank lines, and with equally many of them.
#   cmake -DCOMPILER=g++ -DSOURCE=case.cpp -DROOT=repository -P check.cmake
file(STRINGS "${SOURCE}" first LIMIT_COUNT 1)
string(REGEX REPLACE "^// says: ?" "" sentence "${first}")
set(flags -std=c++20 -fsyntax-only -fno-diagnostics-color "-I${ROOT}" "-I${ROOT}/dsl")

# An error inside an alias makes Clang complain of the rest of the line; `tenon build` asks for one error only.
file(STRINGS "${SOURCE}" one_error REGEX "^// with the flags of the tool")
if(one_error AND COMPILER MATCHES "clang")
  list(APPEND flags -ferror-limit=1)
endif()

function(compile output result)
  execute_process(COMMAND "${COMPILER}" ${flags} ${ARGN} "${SOURCE}" RESULT_VARIABLE status ERROR_VARIABLE text OUTPUT_QUIET)
  set(${output} "${text}" PARENT_SCOPE)
  set(${result} "${status}" PARENT_SCOPE)
endfunction()

# `layer 4 of 6` with 294 more layers before it is `layer 298 of 300`; the first layer stays where it is.
function(moved output text)
  if(text MATCHES "^(layers? )([0-9]+)( to )?([0-9]*)( of )6(.*)$" AND NOT CMAKE_MATCH_2 EQUAL 1)
    math(EXPR from "${CMAKE_MATCH_2} + 294")
    set(to "")
    if(NOT "${CMAKE_MATCH_4}" STREQUAL "")
      math(EXPR to "${CMAKE_MATCH_4} + 294")
    endif()
    set(text "${CMAKE_MATCH_1}${from}${CMAKE_MATCH_3}${to}${CMAKE_MATCH_5}300${CMAKE_MATCH_6}")
  else()
    string(REPLACE " of 6:" " of 300:" text "${text}")
  endif()
  set(${output} "${text}" PARENT_SCOPE)
endfunction()

compile(message status -DLAYERS=6)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "the legal twin does not compile:\n${message}")
endif()

set(lines_before "")
foreach(layers 6 300)
  compile(message status -DLAYERS=${layers} -DWRONG)
  if(status EQUAL 0)
    message(FATAL_ERROR "compiles with ${layers} layers, and is wrong")
  endif()

  # Brackets and semicolons mean something to CMake's lists.
  string(REGEX REPLACE "[][;]" "." plain "${message}")
  string(REGEX REPLACE "\n[ \t\n]*" "\n" plain "${plain}")
  string(REGEX REPLACE "\n$" "" plain "${plain}")
  string(REGEX REPLACE "[^\n]" "" breaks "${plain}")
  string(LENGTH "${breaks}" lines)
  math(EXPR lines "${lines} + 1")
  if(lines GREATER 12)
    message(FATAL_ERROR "${lines} lines with ${layers} layers; 12 are allowed:\n${message}")
  endif()
  if(lines_before AND NOT lines EQUAL lines_before)
    message(FATAL_ERROR "${lines_before} lines with 6 layers, ${lines} with 300:\n${message}")
  endif()
  set(lines_before ${lines})

  set(expected "${sentence}")
  if(layers EQUAL 300)
    moved(expected "${sentence}")
  endif()
  string(REPLACE "\\" "" expected "${expected}")  # file(STRINGS) escapes semicolons
  string(REGEX REPLACE "[][;]" "." expected "${expected}")
  string(REGEX REPLACE " *\", \"" " " plain "${plain}")  # Clang's rows
  string(REGEX REPLACE " *\"" "\"" plain "${plain}")
  string(REPLACE "\\" "" plain "${plain}")
  string(FIND "${plain}" "${expected}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "expected, with ${layers} layers:\n${expected}\nbut the compiler says:\n${message}")
  endif()
endforeach()
message(STATUS "${lines_before} lines")
