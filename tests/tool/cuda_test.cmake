# `--cuda` and `--device cuda` of `tenon`.   TENON: the program, FOLDER: to work in, NVCC: empty where
# there is none.
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/expect.cmake")

file(WRITE "${FOLDER}/tiny.hpp" "#include <tenon/dsl.hpp>
struct tiny final : tenon::network<tenon::input<2> | tenon::linear<3> | tenon::relu | tenon::linear<2> |
                                   tenon::softmax_cross_entropy> {};
")
file(WRITE "${FOLDER}/task.csv" "a,b,larger\n0.5,-0.5,1\n-0.5,0.5,0\n0.1,0.9,0\n0.9,0.1,1\n0.7,0.2,1\n")

# The source needs no nvcc; a program does, and says so before anything is compiled.
set(ENV{CUDACXX} "")
set(ENV{CUDA_PATH} "${FOLDER}/nowhere")
set(saved "$ENV{PATH}")
set(ENV{PATH} "${FOLDER}/nowhere")
expect(2 "^tenon: error: --device cuda: found no nvcc .tried nvcc, [^\n]*; install the CUDA toolkit, or name its compiler with --nvcc or CUDACXX[^\n]*\n$"
  build tiny.hpp -o tiny --device cuda)
set(ENV{PATH} "${saved}")
expect(2 "^tenon: error: --nvcc absent: does not run as nvcc here[^\n]*\n$" build tiny.hpp -o tiny --device cuda --nvcc absent)
expect(2 "^tenon: error: --cuda-arch: compiles for a GPU, and --device is cpu; add --device cuda\n$" build tiny.hpp -o tiny --cuda-arch 80)
expect(2 "^tenon: error: --precision: compiles for a GPU, and --device is cpu; add --device cuda\n$" build tiny.hpp -o tiny --precision tf32)
expect(2 "tenon: error: --precision" emit tiny.hpp -o source --precision tf32)
expect(2 "tenon: error: --precision: half not in" emit tiny.hpp -o source --cuda --precision half)
expect(2 "tenon: error: --device" build tiny.hpp -o tiny --device gpu)
expect(2 "tenon: error: .*--assembly" show tiny.hpp --cuda --assembly)
expect(0 "files written" emit tiny.hpp -o source --cuda)
foreach(file tiny.cu tiny_cuda_info.cu emitted/tiny_cuda.hpp)
  if(NOT EXISTS "${FOLDER}/source/${file}")
    message(FATAL_ERROR "emit --cuda wrote no ${file}")
  endif()
endforeach()
expect(0 "is what is emitted now" diff tiny.hpp --against source)
expect(0 "files? written" emit tiny.hpp -o source --cuda --precision bf16)
expect(0 "is what is emitted now" diff tiny.hpp --against source)
file(APPEND "${FOLDER}/source/tiny.cu" "// changed\n")
expect(1 "differs from what .* emits now: tiny.cu" diff tiny.hpp --against source)
expect(0 "files written" emit tiny.hpp -o source)
if(EXISTS "${FOLDER}/source/tiny.cu")
  message(FATAL_ERROR "emit without --cuda left the unit of before")
endif()
expect(0 "__device__ __forceinline__ void linear_2" show tiny.hpp --cuda --layer linear_2 -q)
expect(2 "tenon: error: --mode eval_mc: is of the CPU alone" show tiny.hpp --cuda --mode eval_mc -q)
expect(0 "--cuda-arch" completion bash)

if(NOT NVCC)
  message(STATUS "skipped: there is no nvcc; programs with a GPU were not built")
  return()
endif()

# A program for both devices: on a machine without a GPU --device cuda is refused, and the rest works.
set(ENV{CUDACXX} "${NVCC}")
expect(2 "--cuda-arch 12: nvcc [0-9.]+ has no architecture '12'; give a list of: .*90" build tiny.hpp -o tiny --device cuda --cuda-arch 12)
expect(0 "^tiny: tiny .batch 64, native, [^,]*, nvcc [0-9.]+ for 90.\n.* tiny.cu .* s\n" build tiny.hpp -o tiny --device cuda --cuda-arch 90 --keep kept)
file(READ "${FOLDER}/kept/tiny_compute_90.ptx" ptx)
if(NOT ptx MATCHES "\\.target sm_90" OR NOT ptx MATCHES "\\.entry [^\n]*tiny[^\n]*_kernels")
  message(FATAL_ERROR "--keep left no PTX of the kernels")
endif()
expect(0 "^tiny: tiny[^\n]*\n$" build tiny.hpp -o tiny --device cuda --cuda-arch 90)  # everything is in the cache
set(saved_tenon "${TENON}")
set(TENON "${FOLDER}/tiny")
expect(0 "devices +cpu" info)
set(train train --data "csv:task.csv" --epochs 2 --test-fraction 0.2 --overwrite --output run --device)
expect(0 "test  loss" ${train} cpu)
expect(0 "test  loss" ${train} auto)
if(NOT EXISTS /dev/nvidia0)
  expect(2 "^tenon: error: no CUDA device: [^\n]*; run with --device cpu\n$" ${train} cuda)
  expect(2 "^tenon: error: no CUDA device: [^\n]*; run with --device cpu\n$" ${train} cuda:3)
endif()
expect(0 "^[^\n]*samples" eval --weights run/last.safetensors --data csv:task.csv --part all --device auto)

# Embedded weights are folded without a GPU, and both devices take them.
set(TENON "${saved_tenon}")
expect(0 "" build tiny.hpp -o tiny --device cuda --cuda-arch 90 --embed run/last.safetensors -q)
set(TENON "${FOLDER}/tiny")
expect(0 "^[^\n]*samples" eval --data csv:task.csv --part all)
