# Writes `tenon.paths`, the file by which the command finds headers and libraries: one for the build tree, beside the
# program, and one that is installed. See codegen/tool/installation.hpp for what its lines mean.
include_guard(GLOBAL)
include(GNUInstallDirs)

# -lname where the linker looks anyway (a path there holds a version, and breaks with the next one), else the file.
function(tenon_link_word result target)
  get_target_property(file ${target} LOCATION)
  get_filename_component(folder "${file}" DIRECTORY)
  get_filename_component(folder "${folder}" REALPATH)
  get_filename_component(name "${file}" NAME_WE)
  string(REGEX REPLACE "^lib" "" name "${name}")
  set(word "${file}")
  foreach(implicit IN LISTS CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES)
    get_filename_component(implicit "${implicit}" REALPATH)
    if(implicit STREQUAL folder)
      set(word "-l${name}")
    endif()
  endforeach()
  set(${result} "${word}" PARENT_SCOPE)
endfunction()

# The include directories of a library that are not the compiler's own.
function(tenon_include_lines result kind)
  set(lines "")
  foreach(target IN LISTS ARGN)
    get_target_property(folders ${target} INTERFACE_INCLUDE_DIRECTORIES)
    foreach(folder IN LISTS folders)
      if(folder AND NOT folder IN_LIST CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES)
        string(APPEND lines "${kind} ${folder}\n")
      endif()
    endforeach()
  endforeach()
  set(${result} "${lines}" PARENT_SCOPE)
endfunction()

set(tenon_common "compiler ${CMAKE_CXX_COMPILER}\n")
if(TENON_SANITIZE)
  string(APPEND tenon_common "option -fsanitize=${TENON_SANITIZE}\n")
endif()
tenon_include_lines(tenon_third_party include Boost::headers fmt::fmt)
tenon_include_lines(tenon_third_party_core core-include hwy::hwy)
string(APPEND tenon_common "${tenon_third_party}${tenon_third_party_core}")

foreach(library fmt::fmt)
  tenon_link_word(word ${library})
  string(APPEND tenon_generator_tail "generator-library ${word}\n")
endforeach()
foreach(library hwy::hwy fmt::fmt PNG::PNG JPEG::JPEG LibZip::libzip ZLIB::ZLIB xxHash::xxhash)
  tenon_link_word(word ${library})
  string(APPEND tenon_executable_tail "executable-library ${word}\n")
endforeach()
string(APPEND tenon_executable_tail "executable-library -pthread\n")

file(GENERATE OUTPUT "${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/tenon.paths" CONTENT
"${tenon_common}include ${PROJECT_SOURCE_DIR}
include ${PROJECT_SOURCE_DIR}/dsl
include ${PROJECT_SOURCE_DIR}/codegen
core-include ${PROJECT_SOURCE_DIR}
core-include ${PROJECT_SOURCE_DIR}/runtime
templates ${PROJECT_SOURCE_DIR}/codegen/tool/templates
generator-library $<TARGET_FILE:tenon_codegen>
${tenon_generator_tail}executable-library $<TARGET_FILE:tenon_app_main>
executable-library $<TARGET_FILE:tenon_runtime>
executable-library $<TARGET_FILE:tenon_core>
${tenon_executable_tail}")

# Installed: lib/tenon/tenon.paths, and everything relative to it.
set(installed_paths "${CMAKE_INSTALL_FULL_LIBDIR}/tenon")
file(RELATIVE_PATH include_folder "${installed_paths}" "${CMAKE_INSTALL_FULL_INCLUDEDIR}")
file(RELATIVE_PATH templates_folder "${installed_paths}" "${CMAKE_INSTALL_FULL_DATADIR}/tenon/templates")
set(tenon_installed_paths "${PROJECT_BINARY_DIR}/install/tenon.paths")
file(GENERATE OUTPUT "${tenon_installed_paths}" CONTENT
"${tenon_common}include ${include_folder}
include ${include_folder}/tenon
core-include ${include_folder}
core-include ${include_folder}/tenon
templates ${templates_folder}
generator-library ../$<TARGET_FILE_NAME:tenon_codegen>
${tenon_generator_tail}executable-library ../$<TARGET_FILE_NAME:tenon_app_main>
executable-library ../$<TARGET_FILE_NAME:tenon_runtime>
executable-library ../$<TARGET_FILE_NAME:tenon_core>
${tenon_executable_tail}")
