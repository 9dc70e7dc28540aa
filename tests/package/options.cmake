# A project that uses all that tenon_add_network offers.   Variables as in plain.cmake.
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/step.cmake")

set(project "${FOLDER}/project")
set(build "${FOLDER}/build")
file(REMOVE_RECURSE "${FOLDER}")
file(COPY "${SOURCE}/" DESTINATION "${project}")
set(configure ${CMAKE_COMMAND} -S "${project}" -B "${build}" -G "${GENERATOR}" "-DCMAKE_PREFIX_PATH=${PREFIX}"
  "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_FLAGS=${OPTIONS}" -DEVERYTHING=ON)

# Wrong uses say what is wrong.
foreach(wrong "kept SOURCE smallest.hpp BATCHES 8|does not know 'BATCHES.8'" "kept BATCH 8|needs SOURCE header"
        "kept SOURCE smallest.hpp WEIGHTS w.safetensors|WEIGHTS and EMBED go together"
        "kept SOURCE smallest.hpp MODES serve|there is no mode 'serve'" "kept SOURCE smallest.hpp ISA avx9|no target 'avx9'"
        "kept SOURCE smallest.hpp CUDA_ARCHITECTURES 90|CUDA_ARCHITECTURES goes with CUDA")
  string(REGEX MATCH "^(.*)\\|(.*)$" both "${wrong}")
  set(arguments "${CMAKE_MATCH_1}")
  set(message "${CMAKE_MATCH_2}")
  file(WRITE "${FOLDER}/wrong/CMakeLists.txt" "cmake_minimum_required(VERSION 3.25)\nproject(wrong LANGUAGES CXX)\n"
    "find_package(tenon REQUIRED)\ntenon_add_network(${arguments})\n")
  fails("${message}" ${CMAKE_COMMAND} -S "${FOLDER}/wrong" -B "${FOLDER}/wrong/build" -G "${GENERATOR}"
    "-DCMAKE_PREFIX_PATH=${PREFIX}" "-DCMAKE_CXX_COMPILER=${COMPILER}")
endforeach()

# Source that is to be kept: written on request, then compiled as it lies there, without a generator.
step(${configure})
if(NOT output MATCHES "target[ \n]+kept_update")
  message(FATAL_ERROR "nothing said how to write the source that is to be kept:\n${output}")
endif()
step(${CMAKE_COMMAND} --build "${build}" --target kept_update)
file(TOUCH_NOCREATE "${project}/generated/manifest.json")
file(REMOVE_RECURSE "${build}")
step(${configure})
if(output MATCHES "kept_update")
  message(FATAL_ERROR "kept source was not found:\n${output}")
endif()
step(${CMAKE_COMMAND} --build "${build}" -j 2)
if(EXISTS "${build}/kept_generator")
  message(FATAL_ERROR "kept source needed its generator")
endif()

# The project's tests: its own, the two of each network, and drift.
step(${CMAKE_CTEST_COMMAND} --test-dir "${build}" -j 2 --output-on-failure)
foreach(test smallest_gradcheck smallest_doctor kept_gradcheck kept_doctor kept_drift serve)
  if(NOT output MATCHES " ${test} [ .]+Passed")
    message(FATAL_ERROR "the test ${test} is missing:\n${output}")
  endif()
endforeach()

# The executable knows its weights.
file(WRITE "${FOLDER}/task.csv" "a,b,larger\n0.5,-0.5,1\n-0.5,0.5,0\n0.1,0.9,0\n0.9,0.1,1\n")
step("${build}/kept_run" eval --data "csv:${FOLDER}/task.csv" --part all --json)
if(NOT output MATCHES "\"top1\":1.0")
  message(FATAL_ERROR "the embedded weights are not the trained ones:\n${output}")
endif()
fails("--weights is required" "${build}/smallest_run" eval --data "csv:${FOLDER}/task.csv" --part all --json)

# What is kept is not what the header gives any more; accepted, it is again.
file(READ "${project}/smallest.hpp" header)
string(REPLACE "tenon::linear<3>" "tenon::linear<4> | tenon::dropout<tenon::drop(0.5)>" header "${header}")
file(WRITE "${project}/smallest.hpp" "${header}")
fails("linear_1.*smallest_eval.cc.*smallest_eval_mc.cc .missing..*accept it with: cmake --build [^ ]* --target kept_update"
  ${CMAKE_CTEST_COMMAND} --test-dir "${build}" -R kept_drift --output-on-failure)
step(${CMAKE_COMMAND} --build "${build}" --target kept_update)
step(${CMAKE_CTEST_COMMAND} --test-dir "${build}" -R kept_drift --output-on-failure)
# Weights of the network as it was do not become a part of what it is now.
fails("error: .*smallest.safetensors" ${CMAKE_COMMAND} --build "${build}" --target serve)
