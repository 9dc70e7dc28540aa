# The networks of all examples on GPUs: what TENON emits of them, by NVCC. ROOT: the project; FOLDER: to work in.
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE "${FOLDER}")
file(GLOB headers "${ROOT}/examples/[0-9]*.hpp" "${ROOT}/examples/*/signals.hpp")
foreach(header IN LISTS headers)
  get_filename_component(name "${header}" NAME_WE)
  execute_process(COMMAND "${TENON}" emit "${header}" -o "${FOLDER}/${name}" --cuda -q
    RESULT_VARIABLE failed OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(failed)
    message(FATAL_ERROR "tenon emit ${header} --cuda: ${said}")
  endif()
  file(GLOB units "${FOLDER}/${name}/*.cu")
  foreach(architecture sm_80 sm_90)
    execute_process(COMMAND ${CMAKE_COMMAND} "-DNVCC=${NVCC}" -DARCHITECTURE=${architecture} "-DSOURCES=${units}"
        "-DFLAGS=-I${ROOT};-I${ROOT}/runtime;-I${FOLDER}/${name}" -P "${CMAKE_CURRENT_LIST_DIR}/compile_for_gpu.cmake"
      RESULT_VARIABLE failed)
    if(failed)
      message(FATAL_ERROR "${name} does not compile for ${architecture}")
    endif()
  endforeach()
endforeach()
list(LENGTH headers count)
message(STATUS "${count} examples compile for sm_80 and sm_90")
