# What the tests of the command share.   TENON: the program, FOLDER: to work in.
file(REMOVE_RECURSE "${FOLDER}")
file(MAKE_DIRECTORY "${FOLDER}/cache")
set(ENV{XDG_CACHE_HOME} "${FOLDER}/cache")

# expect(status pattern argument…): the exit code, and a regular expression that standard output and then standard error,
# one behind the other, must match.
function(expect status pattern)
  execute_process(COMMAND "${TENON}" ${ARGN} WORKING_DIRECTORY "${FOLDER}"
    OUTPUT_VARIABLE output ERROR_VARIABLE errors RESULT_VARIABLE got)
  list(JOIN ARGN " " words)
  if(NOT got EQUAL status)
    message(FATAL_ERROR "tenon ${words}: ended with ${got}, not ${status}:\n${output}${errors}")
  endif()
  if(NOT "${output}${errors}" MATCHES "${pattern}")
    message(FATAL_ERROR "tenon ${words}: expected '${pattern}' in:\n${output}${errors}")
  endif()
  set(output "${output}${errors}" PARENT_SCOPE)
endfunction()
