# Lesson 7 as the project of its own that it says it is.   LESSON: its folder; else variables as in plain.cmake.
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/step.cmake")

file(REMOVE_RECURSE "${FOLDER}")
file(COPY "${LESSON}/" DESTINATION "${FOLDER}/copy")
step(${CMAKE_COMMAND} -S "${FOLDER}/copy" -B "${FOLDER}/build" -G "${GENERATOR}" "-DCMAKE_PREFIX_PATH=${PREFIX}"
  "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_FLAGS=${OPTIONS}" "-DCMAKE_C_FLAGS=${OPTIONS}")
step(${CMAKE_COMMAND} --build "${FOLDER}/build" -j 2 --target application)
step(${CMAKE_CTEST_COMMAND} --test-dir "${FOLDER}/build" --output-on-failure --no-tests=error)
