# Compiles SOURCES with NVCC for ARCHITECTURE, where every warning is an error, and reads back what ptxas says: a kernel
# that spills more than a few registers fails; a network that is one kernel may keep a few addresses in memory. FLAGS: further ones.
cmake_minimum_required(VERSION 3.25)

string(RANDOM LENGTH 12 unique)
set(object "${CMAKE_CURRENT_BINARY_DIR}/${unique}.o")
set(kernels 0)
foreach(source IN LISTS SOURCES)
  execute_process(COMMAND "${NVCC}" -std=c++20 -O2 -fmad=false --expt-relaxed-constexpr -Werror all-warnings -Xptxas -v
      -arch=${ARCHITECTURE} ${FLAGS} -c "${source}" -o "${object}"
    RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
  file(REMOVE "${object}")
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${source} does not compile for ${ARCHITECTURE}:\n${said}")
  endif()
  string(REGEX MATCHALL "Function properties for [^\n]*\n[^\n]*" functions "${said}")
  foreach(function IN LISTS functions)
    string(REGEX MATCH "([0-9]+) bytes spill stores" resources "${function}")
    set(spilled "${CMAKE_MATCH_1}")
    # ptxas puts a counter or two into memory at 32 or 48 registers, whatever it is allowed, for the sake of more warps.
    set(most_spilled 16)
    if(function MATCHES "run_together")
      set(most_spilled 192) # bytes; measured: 132
    endif()
    if(NOT resources OR spilled GREATER most_spilled)
      message(FATAL_ERROR "registers are spilled for ${ARCHITECTURE}: ${source}\n${function}")
    endif()
    math(EXPR kernels "${kernels} + 1")
  endforeach()
endforeach()
if(kernels EQUAL 0)
  message(FATAL_ERROR "ptxas said nothing about any kernel:\n${said}")
endif()
message(STATUS "${kernels} kernels for ${ARCHITECTURE}, none spills more than it may")
