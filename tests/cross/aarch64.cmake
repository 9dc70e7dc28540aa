# Builds one application for this machine and for Arm, from one installation, and compares what they print.
# PREFIX: the installation, SOURCE: the project, FOLDER: to work in, COMPILER, CROSS_COMPILER: of both machines, GENERATOR:
# CMake's, QEMU: what runs the second.
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/../package/step.cmake")

file(REMOVE_RECURSE "${FOLDER}")
set(ENV{XDG_CACHE_HOME} "${FOLDER}/cache")
get_filename_component(sysroot "${CROSS_COMPILER}" NAME)
string(REGEX REPLACE "-g\\+\\+$" "" sysroot "/usr/${sysroot}")
file(WRITE "${FOLDER}/aarch64.cmake" "set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER \"${CROSS_COMPILER}\")
set(CMAKE_CROSSCOMPILING_EMULATOR \"${QEMU};-L;${sysroot}\")
set(CMAKE_FIND_ROOT_PATH \"${sysroot}\")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
")
set(configure ${CMAKE_COMMAND} -S "${SOURCE}" -G "${GENERATOR}" "-DCMAKE_PREFIX_PATH=${PREFIX}")

step(${configure} -B "${FOLDER}/here" -DCMAKE_CXX_COMPILER=${COMPILER} -DISA=native)
step(${CMAKE_COMMAND} --build "${FOLDER}/here" -j 2 --target print_bits)
step(${CMAKE_CTEST_COMMAND} --test-dir "${FOLDER}/here" -V)
string(REGEX MATCH "target ([A-Z0-9_]+)" here "${output}")
string(REGEX MATCH "weights [0-9a-f]+ outputs [0-9a-f]+ embedded [0-9a-f]+" expected "${output}")

step(${configure} -B "${FOLDER}/arm" --toolchain "${FOLDER}/aarch64.cmake" -DISA=baseline)
step(${CMAKE_COMMAND} --build "${FOLDER}/arm" -j 2 --target print_bits)
step(${CMAKE_CTEST_COMMAND} --test-dir "${FOLDER}/arm" -V) # by the emulator
if(NOT output MATCHES "target NEON")
  message(FATAL_ERROR "this did not run on Arm:\n${output}")
endif()
string(REGEX MATCH "weights [0-9a-f]+ outputs [0-9a-f]+ embedded [0-9a-f]+" found "${output}")

# A network that is not standalone would link archives of this machine: refused while configuring.
fails("installation of Tenon is for.*add STANDALONE" ${configure} -B "${FOLDER}/refused" --toolchain "${FOLDER}/aarch64.cmake"
  -DISA=baseline -DLINKED=ON)

if(NOT here MATCHES "AVX|NEON|SVE")
  message("skipped: this machine has no fused multiply-add (${here}), so its bits differ from Arm's")
elseif(found STREQUAL "" OR NOT found STREQUAL expected)
  message(FATAL_ERROR "${here}: ${expected}\nNEON: ${found}")
endif()
message(STATUS "the same bits on ${here} and NEON: ${found}")
