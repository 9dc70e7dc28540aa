# CUDA units of networks: for tenon_add_network alone. A custom command runs nvcc, for a function cannot enable a language
# in the directories above the one that calls it.
include_guard(GLOBAL)

# TENON_NVCC, TENON_CUDART in the caller's scope; looked for when the first network asks for CUDA.
function(_tenon_find_cuda name)
  if(CMAKE_CROSSCOMPILING)
    message(FATAL_ERROR "tenon_add_network(${name}): CUDA is for builds that run on this machine; cross-compile NAME.cu of "
      "tenon emit --cuda by hand")
  endif()
  if(NOT CUDAToolkit_ROOT AND NOT CMAKE_CUDA_COMPILER AND DEFINED ENV{CUDACXX})
    get_filename_component(CUDAToolkit_ROOT "$ENV{CUDACXX}" DIRECTORY)
    get_filename_component(CUDAToolkit_ROOT "${CUDAToolkit_ROOT}" DIRECTORY)
  endif()
  find_package(CUDAToolkit 12 QUIET)
  if(NOT CUDAToolkit_FOUND OR NOT CUDAToolkit_NVCC_EXECUTABLE OR NOT TARGET CUDA::cudart_static)
    message(FATAL_ERROR "tenon_add_network(${name}): CUDA needs nvcc of a CUDA toolkit 12.0 or newer, and found none: install "
      "it, or set CUDAToolkit_ROOT to its folder or CUDACXX to its nvcc; without CUDA the network is built for the CPU")
  endif()
  get_target_property(cudart CUDA::cudart_static IMPORTED_LOCATION)
  set(TENON_NVCC "${CUDAToolkit_NVCC_EXECUTABLE}" PARENT_SCOPE)
  set(TENON_CUDART "${cudart}" PARENT_SCOPE)
endfunction()

# Machine code for each architecture, and PTX of the newest one for GPUs that come after it: as codegen/tool/nvcc.cpp.
function(_tenon_cuda_code name result)
  set(architectures ${NET_CUDA_ARCHITECTURES})
  if(NOT architectures)
    set(architectures 80 90)
  endif()
  foreach(each IN LISTS architectures)
    if(NOT each MATCHES "^[0-9]+$")
      message(FATAL_ERROR "tenon_add_network(${name}): CUDA_ARCHITECTURES has '${each}'; give numbers, 90 for compute "
        "capability 9.0")
    endif()
  endforeach()
  list(SORT architectures COMPARE NATURAL)
  set(code "")
  foreach(each IN LISTS architectures)
    list(APPEND code -gencode arch=compute_${each},code=sm_${each})
  endforeach()
  list(GET architectures -1 newest)
  set(${result} ${code} -gencode arch=compute_${newest},code=compute_${newest} PARENT_SCOPE)
endfunction()

# The target name_cuda, and the objects of the unit and of its entry points.
function(_tenon_add_cuda name unit entry)
  _tenon_find_cuda(${name})
  _tenon_cuda_code(${name} code)
  set(folders "${NET_FOLDER}")
  if(NOT NET_STANDALONE)
    list(APPEND folders $<TARGET_PROPERTY:tenon::core,INTERFACE_INCLUDE_DIRECTORIES>)
  endif()
  set(after "")
  if(NET_FOLDER STREQUAL NET_FRESH)
    set(after ${name}_emit)
  endif()
  set(made "")
  foreach(source ${NET_BASE}.cu ${NET_BASE}_cuda_info.cu)
    set(object "${CMAKE_CURRENT_BINARY_DIR}/${name}.cuda/${source}.o")
    list(APPEND made "${object}")
    # -fmad=false: emitted kernels say fmaf themselves, as -ffp-contract=off has it on the CPU.
    add_custom_command(OUTPUT "${object}"
      COMMAND "${TENON_NVCC}" -std=c++20 -O3 --expt-relaxed-constexpr -fmad=false ${code} -ccbin "${CMAKE_CXX_COMPILER}"
        -Xcompiler=-ffp-contract=off,-fPIC "-I$<JOIN:${folders},;-I>"
        -MD -MF "${object}.d" -c "${NET_FOLDER}/${source}" -o "${object}"
      DEPENDS "${NET_FOLDER}/${source}" ${after} DEPFILE "${object}.d" COMMAND_EXPAND_LISTS VERBATIM
      COMMENT "Compiling ${source} with nvcc")
  endforeach()
  file(MAKE_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/${name}.cuda")
  # One target makes them, for several take them.
  add_custom_target(${name}_cuda DEPENDS ${made})
  set_source_files_properties(${made} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
  list(GET made 0 of_unit)
  list(GET made 1 of_entry)
  set(${unit} "${of_unit}" PARENT_SCOPE)
  set(${entry} "${of_entry}" PARENT_SCOPE)
  set(TENON_CUDART "${TENON_CUDART}" PARENT_SCOPE)
endfunction()

# Objects of name_cuda become part of the target.
function(_tenon_take_cuda target name)
  target_sources(${target} PRIVATE ${ARGN})
  add_dependencies(${target} ${name}_cuda)
endfunction()
