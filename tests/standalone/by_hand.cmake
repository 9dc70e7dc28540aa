# Emits a network with --standalone, compiles it as manifest.json says, and runs an application that trains and serves it.
# TENON: the command, PROJECT: the folder of network and application, COMPILERS: to try, FOLDER: to work in, HIGHWAY: where
# its headers lie.
cmake_minimum_required(VERSION 3.25)

include("${CMAKE_CURRENT_LIST_DIR}/../package/step.cmake")

file(REMOVE_RECURSE "${FOLDER}")
set(ENV{XDG_CACHE_HOME} "${FOLDER}/cache")
if(HIGHWAY)
  set(ENV{CPLUS_INCLUDE_PATH} "${HIGHWAY}")
endif()
step("${TENON}" emit "${PROJECT}/smallest.hpp" -o "${FOLDER}/source" --batch 8 --standalone -q)

file(READ "${FOLDER}/source/manifest.json" manifest)
string(JSON command GET "${manifest}" compile)
string(JSON count LENGTH "${manifest}" files)
math(EXPR last "${count} - 1")
foreach(i RANGE ${last})
  string(JSON name GET "${manifest}" files ${i})
  file(READ "${FOLDER}/source/${name}" text)
  if(text MATCHES "[\"<](runtime|codegen|dsl)/")
    message(FATAL_ERROR "${name} includes something of Tenon that it does not carry: ${CMAKE_MATCH_0}")
  endif()
endforeach()
if(NOT command MATCHES "^c\\+\\+ ")
  message(FATAL_ERROR "manifest.json: '${command}' does not begin with a compiler")
endif()

foreach(compiler IN LISTS COMPILERS)
  string(REGEX REPLACE "^c\\+\\+" "${compiler}" words "${command} smallest_info.cc smallest_scalar.cc")
  separate_arguments(words UNIX_COMMAND "${words}")
  get_filename_component(name "${compiler}" NAME)
  set(build "${FOLDER}/${name}")
  file(COPY "${FOLDER}/source/" DESTINATION "${build}")
  step(${CMAKE_COMMAND} -E chdir "${build}" ${words} -Wall -Wextra -Wconversion -Wshadow -Werror)
  file(GLOB objects "${build}/*.o")
  list(FILTER objects EXCLUDE REGEX "_(info|scalar)\\.o$") # these compile, but an application links neither
  step("${compiler}" -std=c++20 "-I${build}" "${PROJECT}/main.cpp" ${objects} -pthread -o "${build}/app")
  step("${build}/app")
endforeach()
