# Installs this build, and builds a user's project against it.   BUILD: this build, SOURCE: the project, FOLDER: to work in,
# COMPILER: the C++ compiler, GENERATOR: CMake's, OPTIONS: compiler options of this build (sanitizers).
cmake_minimum_required(VERSION 3.25)

function(step)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    list(JOIN ARGN " " words)
    message(FATAL_ERROR "${words} ended with ${status}:\n${output}")
  endif()
endfunction()

file(REMOVE_RECURSE "${FOLDER}")
step(${CMAKE_COMMAND} --install "${BUILD}" --prefix "${FOLDER}/first")
file(RENAME "${FOLDER}/first" "${FOLDER}/prefix") # an installation may be moved
step(${CMAKE_COMMAND} -S "${SOURCE}" -B "${FOLDER}/build" -G "${GENERATOR}" "-DCMAKE_PREFIX_PATH=${FOLDER}/prefix"
  "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_FLAGS=${OPTIONS}")
step(${CMAKE_COMMAND} --build "${FOLDER}/build" -j 2)
step("${FOLDER}/build/app")
step("${FOLDER}/build/smallest_run" gradcheck)

# The installed command, too, finds what it needs from where it stands.
set(ENV{XDG_CACHE_HOME} "${FOLDER}/cache")
step("${FOLDER}/prefix/bin/tenon" build "${SOURCE}/smallest.hpp" -o "${FOLDER}/smallest")
step("${FOLDER}/smallest" info)

# A project from nothing, as its user builds it: the last line is what `tenon new` tells to do.
step("${FOLDER}/prefix/bin/tenon" new "${FOLDER}/hello")
step(${CMAKE_COMMAND} -S "${FOLDER}/hello" -B "${FOLDER}/hello/build" -G "${GENERATOR}" "-DCMAKE_PREFIX_PATH=${FOLDER}/prefix"
  "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_FLAGS=${OPTIONS}")
step(${CMAKE_COMMAND} --build "${FOLDER}/hello/build" -j 2)
step(${CMAKE_CTEST_COMMAND} --test-dir "${FOLDER}/hello/build" --output-on-failure --no-tests=error)
