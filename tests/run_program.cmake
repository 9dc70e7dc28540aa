# For test scripts that run programs of ours.
include_guard(GLOBAL)

# run_program(result program argument…): what it prints. Another status than 0 ends the script.
function(run_program result)
  execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE output ERROR_VARIABLE errors RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\nended with ${status}:\n${output}${errors}")
  endif()
  set(${result} "${output}" PARENT_SCOPE)
endfunction()

# last_line_of(result program argument…): the last line of that, which is the whole answer of most with --json.
function(last_line_of result)
  run_program(output ${ARGN})
  string(STRIP "${output}" output)
  string(REGEX REPLACE "^.*\n" "" last "${output}")
  set(${result} "${last}" PARENT_SCOPE)
endfunction()
