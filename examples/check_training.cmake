# One lesson's test: train, evaluate what was written, check gradients.   Variables: see CMakeLists.txt beside it.
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/../tests/run_program.cmake")

run_program(lines "${PROGRAM}" train --data "${DATA}" ${TRAIN} --output "${FOLDER}" --overwrite --json)
string(STRIP "${lines}" lines)
string(REGEX REPLACE "^.*\n" "" last "${lines}")
string(JSON trained GET "${last}" test_top1)
string(JSON weights GET "${last}" weights)
if(trained LESS TOP1)
  message(FATAL_ERROR "trained to a test accuracy of ${trained}; expected at least ${TOP1}. The whole run:\n${lines}")
endif()

# Accuracies as whole ten-thousandths, since CMake has no fractions.
function(ten_thousandths result fraction)
  if(NOT fraction MATCHES "^([01])(\\.([0-9]*))?$")
    message(FATAL_ERROR "'${fraction}' is no accuracy")
  endif()
  set(whole ${CMAKE_MATCH_1})
  string(SUBSTRING "${CMAKE_MATCH_3}0000" 0 4 digits)
  math(EXPR value "10000 * ${whole} + 1${digits} - 10000") # the 1 keeps leading zeros from meaning octal
  set(${result} ${value} PARENT_SCOPE)
endfunction()

# What `eval` reads and folds is what was trained, but for roundings: one sample in 250 may turn over.
run_program(line "${PROGRAM}" eval --weights "${weights}" --data "${DATA}" --json)
string(JSON evaluated GET "${line}" top1)
ten_thousandths(a "${trained}")
ten_thousandths(b "${evaluated}")
math(EXPR difference "${a} - ${b}")
if(difference GREATER 40 OR difference LESS -40)
  message(FATAL_ERROR "test accuracy ${trained} as trained, but ${evaluated} as read and folded")
endif()

if(GRADIENTS)
  run_program(gradients "${PROGRAM}" gradcheck --json) # ends with 1 where a gradient is wrong
endif()
message(STATUS "test accuracy ${trained} as trained, ${evaluated} as read and folded")
