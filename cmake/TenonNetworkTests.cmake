# What tenon_add_network adds to a project's tests, and source that is kept in its repository.
include_guard(GLOBAL)

# NET_FOLDER and NET_SAMPLER, what is compiled, where source is kept. The target name_update, and the test name_drift.
function(_tenon_add_checked_in name files fresh)
  set(script ${CMAKE_COMMAND} "-DFRESH=${fresh}" "-DKEPT=${NET_CHECKED_IN}")
  set(hint "cmake --build ${CMAKE_BINARY_DIR} --target ${name}_update")
  add_custom_target(${name}_update
    COMMAND ${script} -DACCEPT=ON -P "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/TenonCompareEmitted.cmake"
    COMMENT "Writing the source of ${NET_BASE} to ${NET_CHECKED_IN}" VERBATIM)
  add_dependencies(${name}_update ${name}_emit)

  if(NOT NET_NO_TESTS)
    # The test builds the generator, so that the library's own build does not need to.
    add_test(NAME ${name}_drift COMMAND ${script} "-DBUILD=${CMAKE_BINARY_DIR}" "-DTARGET=${name}_emit" "-DCONFIG=$<CONFIG>"
      "-DHINT=${hint}" -P "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/TenonCompareEmitted.cmake")
    set_tests_properties(${name}_drift PROPERTIES LABELS tenon TIMEOUT 600 RESOURCE_LOCK tenon_build)
  endif()

  foreach(file IN LISTS files)
    if(NOT EXISTS "${NET_CHECKED_IN}/${file}")
      message(WARNING "tenon_add_network(${name}): ${NET_CHECKED_IN} does not hold ${file} yet, so source from the build is "
        "compiled; write the folder with  ${hint}  and run cmake again")
      return()
    endif()
  endforeach()
  set(NET_FOLDER "${NET_CHECKED_IN}" PARENT_SCOPE)
  # What is kept is known now, and again when it changes.
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${NET_CHECKED_IN}/manifest.json")
  set(NET_SAMPLER "${NET_CHECKED_IN}/${NET_BASE}_eval_mc.cc" PARENT_SCOPE)
  if(NOT EXISTS "${NET_CHECKED_IN}/${NET_BASE}_eval_mc.cc")
    set(NET_SAMPLER "" PARENT_SCOPE)
  endif()
endfunction()

function(_tenon_add_self_tests name)
  if(NET_NO_TESTS OR NOT (BUILD_TESTING OR NET_SELF_TEST))
    return()
  endif()
  add_test(NAME ${name}_gradcheck COMMAND ${name}_run gradcheck)
  add_test(NAME ${name}_doctor COMMAND ${name}_run doctor)
  set_tests_properties(${name}_gradcheck ${name}_doctor PROPERTIES LABELS tenon TIMEOUT 600)
endfunction()
