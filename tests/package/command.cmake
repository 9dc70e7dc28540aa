# The installed command finds what it needs from where it stands, and begins a project that builds and tests as it stands.
# Variables as in plain.cmake.
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/step.cmake")

file(REMOVE_RECURSE "${FOLDER}")
set(ENV{XDG_CACHE_HOME} "${FOLDER}/cache")
step("${PREFIX}/bin/tenon" build "${SOURCE}/smallest.hpp" -o "${FOLDER}/smallest")
step("${FOLDER}/smallest" info)

# Weights inside the program, and those of another network refused.
step("${PREFIX}/bin/tenon" build "${SOURCE}/smallest.hpp" -o "${FOLDER}/served" --embed "${SOURCE}/smallest.safetensors")
file(WRITE "${FOLDER}/task.csv" "a,b\n0.9,0.1\n0.1,0.9\n")
step("${FOLDER}/served" predict --input "${FOLDER}/task.csv")
if(NOT output MATCHES "0: 1 [0-9.]+\n1: 0 ")
  message(FATAL_ERROR "the program does not serve what was compiled in:\n${output}")
endif()
file(READ "${SOURCE}/smallest.hpp" header)
string(REPLACE "tenon::linear<3>" "tenon::linear<4>" header "${header}")
file(WRITE "${FOLDER}/other.hpp" "${header}")
fails("tenon: error: --embed .*smallest.safetensors: 'linear_1.weight' has shape .3, 2., network smallest wants .4, 2."
  "${PREFIX}/bin/tenon" build "${FOLDER}/other.hpp" -o "${FOLDER}/other" --embed "${SOURCE}/smallest.safetensors")
fails("tenon: error: --embed absent.safetensors: there is no such file" "${PREFIX}/bin/tenon" build
  "${SOURCE}/smallest.hpp" -o "${FOLDER}/other" --embed absent.safetensors)

# As its user builds it: the last line is what `tenon new` tells to do.
step("${PREFIX}/bin/tenon" new "${FOLDER}/hello")
step(${CMAKE_COMMAND} -S "${FOLDER}/hello" -B "${FOLDER}/hello/build" -G "${GENERATOR}" "-DCMAKE_PREFIX_PATH=${PREFIX}"
  "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_FLAGS=${OPTIONS}")
step(${CMAKE_COMMAND} --build "${FOLDER}/hello/build" -j 2)
step(${CMAKE_CTEST_COMMAND} --test-dir "${FOLDER}/hello/build" --output-on-failure --no-tests=error)
