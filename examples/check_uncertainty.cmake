# Lesson 10's test: trained for a short while, the network is less sure of signals that are moved than of signals as they are.
#   PROGRAM SIGNALS FOLDER
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/../tests/run_program.cmake")

run_program(lines "${PROGRAM}" train --data mnist1d --epochs 20 -b 100 --opt adam --lr 0.01 --sched cosine
  --output "${FOLDER}" --overwrite --json)
run_program(ignored "${SIGNALS}" "${FOLDER}/signals")

# The sum over 500 signals of the spread of the likeliest class, in ten-thousandths.
function(spread_of result name)
  run_program(lines "${PROGRAM}" predict --weights "${FOLDER}/best.safetensors" --input "${FOLDER}/signals/${name}.npy"
    --samples 50)
  string(REGEX MATCHALL "± 0\\.[0-9]+" spreads "${lines}")
  list(LENGTH spreads count)
  if(NOT count EQUAL 500)
    message(FATAL_ERROR "${name}: ${count} predictions with a spread, where 500 were asked for:\n${lines}")
  endif()
  set(sum 0)
  foreach(spread IN LISTS spreads)
    string(REGEX REPLACE "^± 0\\." "1" digits "${spread}") # the 1 keeps leading zeros from meaning octal
    math(EXPR sum "${sum} + ${digits} - 10000")
  endforeach()
  math(EXPR mean "${sum} / 500")
  set(${result} ${mean} PARENT_SCOPE)
endfunction()

spread_of(clean clean)
spread_of(shifted shifted)
message(STATUS "spread in ten-thousandths: ${clean} on clean signals, ${shifted} on shifted ones")
math(EXPR more "${shifted} * 10 - ${clean} * 12")
if(more LESS 0)
  message(FATAL_ERROR "the spread is ${clean} on clean signals and ${shifted} on shifted ones; expected a fifth more at least")
endif()
