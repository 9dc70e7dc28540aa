# Lesson 8's test: values from a table, in the table's units; weights remember columns and scales.   PROGRAM FOLDER TABLE
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/../tests/run_program.cmake")

last_line_of(last "${PROGRAM}" train --data "csv:${TABLE}" --target price --standardize-target --epochs 40 -b 128 --opt adam --lr 0.003
  --sched cosine --output "${FOLDER}" --overwrite --json)
string(JSON r2 GET "${last}" test_r2)
string(JSON weights GET "${last}" weights)
# The noise leaves 1 - 1 / 24.8 = 0.96 to be explained; a linear model reaches 0.75.
if(r2 LESS 0.9)
  message(FATAL_ERROR "r2 ${r2}; expected at least 0.9. ${last}")
endif()

last_line_of(line "${PROGRAM}" eval --weights "${weights}" --data "csv:${TABLE}" --json)
foreach(field mse mae r2)
  string(JSON trained GET "${last}" test_${field})
  string(JSON evaluated GET "${line}" ${field})
  if(NOT trained STREQUAL evaluated)
    message(FATAL_ERROR "${field} is ${trained} as trained, but ${evaluated} as read and folded")
  endif()
endforeach()

# One sample at the middle of every column: 10 sin(pi / 4) + 5 + 2.5, in units of 10,000.
file(WRITE "${FOLDER}/new.csv" "h,g,f,e,d,c,b,a\n.5,.5,.5,.5,.5,.5,.5,.5\n")
last_line_of(line "${PROGRAM}" predict --weights "${weights}" --input "${FOLDER}/new.csv" --json)
string(JSON price GET "${line}" values 0)
if(price LESS 130000 OR price GREATER 161000)
  message(FATAL_ERROR "predicts ${price} where 145,711 is right")
endif()
message(STATUS "r2 ${r2}; ${price} where 145,711 is right")
