# A user's project with the two lines of CMake.   PREFIX: the installation, SOURCE: the project, FOLDER: to work in,
# COMPILER: the C++ compiler, GENERATOR: CMake's, OPTIONS: compiler options of the installation (sanitizers).
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/step.cmake")

file(REMOVE_RECURSE "${FOLDER}")
step(${CMAKE_COMMAND} -S "${SOURCE}" -B "${FOLDER}/build" -G "${GENERATOR}" "-DCMAKE_PREFIX_PATH=${PREFIX}"
  "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_FLAGS=${OPTIONS}")
step(${CMAKE_COMMAND} --build "${FOLDER}/build" -j 2)
step("${FOLDER}/build/app")

# Nothing changed: nothing is compiled, nothing is emitted.
step(${CMAKE_COMMAND} --build "${FOLDER}/build")
if(output MATCHES "Building|Emitting|Linking")
  message(FATAL_ERROR "a second build without a change did something:\n${output}")
endif()
