# step(command…): runs it and shows what it said when it fails; what it said stays in `output`. fails(pattern command…):
# the same for what has to fail with these words.
function(step)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    list(JOIN ARGN " " words)
    message(FATAL_ERROR "${words} ended with ${status}:\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

function(fails pattern)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  string(REGEX REPLACE "[ \n]+" " " flat "${output}") # CMake breaks its messages into lines
  if(status EQUAL 0 OR NOT flat MATCHES "${pattern}")
    list(JOIN ARGN " " words)
    message(FATAL_ERROR "${words} ended with ${status}, where a failure with '${pattern}' was expected:\n${output}")
  endif()
endfunction()
