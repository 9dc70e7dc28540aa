# The installed command finds what it needs from where it stands, and begins a project that builds and tests as it stands.
# Variables as in plain.cmake.
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/step.cmake")

file(REMOVE_RECURSE "${FOLDER}")
set(ENV{XDG_CACHE_HOME} "${FOLDER}/cache")
step("${PREFIX}/bin/tenon" build "${SOURCE}/smallest.hpp" -o "${FOLDER}/smallest")
step("${FOLDER}/smallest" info)

# As its user builds it: the last line is what `tenon new` tells to do.
step("${PREFIX}/bin/tenon" new "${FOLDER}/hello")
step(${CMAKE_COMMAND} -S "${FOLDER}/hello" -B "${FOLDER}/hello/build" -G "${GENERATOR}" "-DCMAKE_PREFIX_PATH=${PREFIX}"
  "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_FLAGS=${OPTIONS}")
step(${CMAKE_COMMAND} --build "${FOLDER}/hello/build" -j 2)
step(${CMAKE_CTEST_COMMAND} --test-dir "${FOLDER}/hello/build" --output-on-failure --no-tests=error)
