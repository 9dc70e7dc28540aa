# Settings of our own targets: warnings, include directories, sanitizers, compiler cache.
include_guard(GLOBAL)
include(GNUInstallDirs)

add_compile_options(-Wall -Wextra -Wconversion -Wshadow)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  add_compile_options(-Wno-restrict) # GCC 12 warns of "text" + std::string at -O2 and higher (its bug 105651)
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  add_compile_options(-Wno-deprecated-declarations)  # libstdc++ 12 deprecates what its own stable_sort uses
endif()
if(TENON_WERROR)
  add_compile_options(-Werror)
endif()

# -ffp-contract=off: the same bits from GCC, which contracts a * b + c by default, and from Clang, which does so differently.
add_compile_options(-ffp-contract=off)

if(TENON_SANITIZE)
  add_compile_options(-fsanitize=${TENON_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${TENON_SANITIZE})
endif()

if(TENON_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

if(TENON_SCALAR)
  add_compile_definitions(HWY_COMPILE_ONLY_EMU128)
endif()

find_program(TENON_CCACHE ccache)
mark_as_advanced(TENON_CCACHE)
if(TENON_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${TENON_CCACHE}")
endif()

# tenon_include(target INTERFACE|PUBLIC folder): "dsl/shape.hpp" is found from the root of the repository, <tenon/dsl.hpp>
# from the folder. Installed, the same names lie in include/tenon and in include.
function(tenon_include target scope folder)
  target_include_directories(${target} ${scope}
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/${folder}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/tenon>)
endfunction()
