# A project whose networks run on GPUs too, where there is nvcc: CUDA in a folder below, and with all that goes with it.
#   Variables as in plain.cmake; NVCC: the program.
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/step.cmake")

set(project "${FOLDER}/project")
set(build "${FOLDER}/build")
file(REMOVE_RECURSE "${FOLDER}")
file(COPY "${SOURCE}/smallest.hpp" "${SOURCE}/smallest.safetensors" DESTINATION "${project}/nets")
file(WRITE "${project}/nets/CMakeLists.txt" [[
tenon_add_network(smallest SOURCE smallest.hpp NETWORK zoo::smallest BATCH 8 ISA native CUDA CUDA_ARCHITECTURES 90)
tenon_add_network(carried SOURCE smallest.hpp NETWORK zoo::smallest BATCH 8 ISA native CUDA CUDA_ARCHITECTURES 90
  STANDALONE WEIGHTS smallest.safetensors EMBED)
]])
file(WRITE "${project}/CMakeLists.txt" [[
cmake_minimum_required(VERSION 3.25)
project(cuda_test LANGUAGES CXX)
find_package(tenon 0.1 REQUIRED)
add_subdirectory(nets)
foreach(network smallest carried)
  add_executable(app_${network} main.cpp)
  target_link_libraries(app_${network} PRIVATE ${network})
endforeach()
]])
# An application that never sees CUDA's headers, and lives where there is no GPU.
file(WRITE "${project}/main.cpp" [[
#include <cstdio>
#include <emitted/smallest_cuda.hpp>
#include <vector>

int main() {
  namespace gpu = emitted::smallest::cuda;
  alignas(256) static std::byte on_the_cpu[gpu::eval::arena_bytes];
  const std::vector<float> image(gpu::eval::image_floats);
  gpu::eval model;
  const tenon::error e = model.open(on_the_cpu, image);
  std::puts(tenon::text(e));
  return e == tenon::error::no_device || e == tenon::error::not_device_memory ? 0 : 1;
}
]])
get_filename_component(toolkit "${NVCC}" REALPATH)
get_filename_component(toolkit "${toolkit}" DIRECTORY)
get_filename_component(toolkit "${toolkit}" DIRECTORY)
set(configure ${CMAKE_COMMAND} -S "${project}" -B "${build}" -G "${GENERATOR}" "-DCMAKE_PREFIX_PATH=${PREFIX}"
  "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_FLAGS=${OPTIONS}" "-DCUDAToolkit_ROOT=${toolkit}")
step(${configure})
step(${CMAKE_COMMAND} --build "${build}" -j 2)
step("${build}/app_smallest")
step("${build}/app_carried")
step("${build}/nets/carried_run" info --json)
if(NOT output MATCHES "\"cuda\":{\"arena_bytes\"")
  message(FATAL_ERROR "info says nothing of CUDA:\n${output}")
endif()

# Without a GPU --device cuda is refused, and auto is the CPU; with one, both serve.
file(WRITE "${FOLDER}/task.csv" "a,b,larger\n0.5,-0.5,1\n-0.5,0.5,0\n0.1,0.9,0\n0.9,0.1,1\n")
set(eval "${build}/nets/carried_run" eval --data "csv:${FOLDER}/task.csv" --part all --json --device)
step(${eval} auto)
if(NOT output MATCHES "\"top1\":1.0")
  message(FATAL_ERROR "the embedded weights are not the trained ones:\n${output}")
endif()
if(output MATCHES "note:" OR NOT EXISTS /dev/nvidia0)
  fails("^tenon: error: (no CUDA device: .*; run with --device cpu|--device cuda: .*) $" ${eval} cuda)
else()
  step(${eval} cuda)
endif()

# A second build compiles nothing again; what the unit includes is known to it.
step(${CMAKE_COMMAND} --build "${build}")
if(output MATCHES "nvcc")
  message(FATAL_ERROR "what had not changed was compiled again:\n${output}")
endif()
file(TOUCH "${PREFIX}/include/tenon/runtime/core/cuda_team.hpp")
step(${CMAKE_COMMAND} --build "${build}" --target smallest)
if(NOT output MATCHES "Compiling smallest.cu with nvcc")
  message(FATAL_ERROR "a changed header did not compile the unit again:\n${output}")
endif()

# Places without a toolkit say what is missing.
file(WRITE "${FOLDER}/without/CMakeLists.txt" "cmake_minimum_required(VERSION 3.25)\nproject(without LANGUAGES CXX)\n"
  "find_package(tenon REQUIRED)\ntenon_add_network(smallest SOURCE ${project}/nets/smallest.hpp NETWORK zoo::smallest CUDA)\n")
fails("tenon_add_network.smallest.: CUDA needs nvcc" ${CMAKE_COMMAND} -S "${FOLDER}/without"
  -B "${FOLDER}/without/build" -G "${GENERATOR}" "-DCMAKE_PREFIX_PATH=${PREFIX}" "-DCMAKE_CXX_COMPILER=${COMPILER}"
  -DCMAKE_DISABLE_FIND_PACKAGE_CUDAToolkit=ON)
