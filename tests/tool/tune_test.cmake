# `tenon tune`, and what its file does to source.   TENON: the program, ROOT: the repository, FOLDER: to work in.
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/expect.cmake")

file(WRITE "${FOLDER}/net.hpp" "#include <tenon/dsl.hpp>
struct net final : tenon::network<tenon::input<1, 40> | tenon::conv1d<6, 3> | tenon::relu | tenon::flatten | tenon::linear<10>
  | tenon::softmax_cross_entropy> {};
")

# A line for each kernel with a choice, the model's tile beside the fastest, and the average.
expect(0 "kernel +model's tile .*train linear_1_input_gradient .* times as long on average"
  tune net.hpp -o net.tuned --candidates 2 --turns 1 --seconds 0.02)
file(STRINGS "${FOLDER}/net.tuned" lines REGEX "^[0-9a-f]+ +[0-9]+x[0-9]+ (rows|columns) +# ")
list(FILTER lines INCLUDE REGEX "# eval conv1d_1, train conv1d_1: ")
list(LENGTH lines count)
if(NOT count EQUAL 1)
  message(FATAL_ERROR "net.tuned does not name conv1d_1, the same in both modes, once: ${lines}")
endif()

# The tile of the file is the one that is emitted; the same file gives the same text, and other tiles the same bits.
set(narrow "")
foreach(line IN LISTS lines)
  string(REGEX REPLACE "^([0-9a-f]+).*" "\\1 2x1 rows\n" line "${line}")
  string(APPEND narrow "${line}")
endforeach()
file(WRITE "${FOLDER}/narrow.tuned" "# by hand\n\n${narrow}")
expect(0 "conv1d_1: [^\n]*\n[^\n]*Tile: 2 rows" show net.hpp --source --layer conv1d_1 --tuned narrow.tuned -q)
expect(0 "" emit net.hpp -o kept --tuned narrow.tuned -q)
expect(0 "is what is emitted now" diff net.hpp --against kept --tuned narrow.tuned)
expect(2 "the source in kept was emitted with --tuned narrow.tuned; give that file" diff net.hpp --against kept)
foreach(tuned plain narrow)
  set(option "")
  if(tuned STREQUAL narrow)
    set(option --tuned narrow.tuned)
  endif()
  expect(0 "" build net.hpp -o ${tuned} -q ${option})
  execute_process(COMMAND "${FOLDER}/${tuned}" train --data mnist1d --epochs 1 --output "${FOLDER}/${tuned}.run" --json
    OUTPUT_VARIABLE trained COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCH "\"hash\":\"[0-9a-f]+\"" ${tuned}_hash "${trained}")
endforeach()
if(NOT plain_hash OR NOT plain_hash STREQUAL narrow_hash)
  message(FATAL_ERROR "a tile reached the bits: '${plain_hash}' and '${narrow_hash}'")
endif()

# Bad input.
file(WRITE "${FOLDER}/bad.tuned" "# a comment\nzz 3x4 rows\n")
expect(2 "^tenon: error: bad.tuned: line 2 is none of tenon tune's: 'zz 3x4 rows'" emit net.hpp -o bad --tuned bad.tuned -q)
string(REPLACE "2x1" "9x1" large "${narrow}")
file(WRITE "${FOLDER}/large.tuned" "${large}")
expect(2 "the tuned tile 9x1 rows is larger than kernel conv1d_1, 6 x" emit net.hpp -o bad --tuned large.tuned -q)
expect(2 "tenon: error: --tuned: .*absent.tuned" build net.hpp -o bad --tuned absent.tuned)
expect(2 "tenon: error: --candidates" tune net.hpp -o net.tuned --candidates 1)
expect(2 "tenon: error: .*net.hpp/net.tuned" tune net.hpp -o net.hpp/net.tuned -q)
file(WRITE "${FOLDER}/plain.hpp" "#include <tenon/dsl.hpp>
struct plain final : tenon::network<tenon::input<3> | tenon::relu> {};
")
expect(2 "plain.hpp: the network has no kernel with a choice of tiles" tune plain.hpp -o plain.tuned -q)
