# tenon_add_network(name SOURCE header [NETWORK declared] [MODES train eval] [BATCH 64] [ISA dynamic|native|target…])
#
# Two targets from the network that a header declares:
#   name      a library: the emitted header <emitted/NETWORK.hpp> and the code of the modes asked for (default: both)
#   name_run  the executable that trains, evaluates, predicts and measures
# NETWORK is `name` where left out, and may be qualified (zoo::lenet). ISA is `dynamic` by default: every Highway target of
# the architecture, chosen at start; `native` is this machine's alone and compiles four times faster.
include_guard(GLOBAL)

set(_tenon_isa_targets ssse3 sse4 avx2 avx3 avx3_dl neon sve sve2 sve_256 sve2_128 rvv ppc8 emu128)

# As codegen/tool/isa.cpp, for CMake's targets.
function(_tenon_isa_settings target)
  if(TENON_SCALAR OR ARGN STREQUAL "dynamic")
    return()
  endif()
  if(ARGN STREQUAL "native")
    # Plain -march=native fails with Highway 1.0.3 on CPUs newer than it, which the one static target does not.
    target_compile_options(${target} PRIVATE -march=native)
    target_compile_definitions(${target} PRIVATE HWY_COMPILE_ONLY_STATIC)
    return()
  endif()
  set(enabled "HWY_EMU128|HWY_SCALAR") # whichever of the two is the baseline must stay
  foreach(isa IN LISTS ARGN)
    if(NOT isa IN_LIST _tenon_isa_targets)
      message(FATAL_ERROR "tenon_add_network: ISA has no target '${isa}'; use native, dynamic, or some of: ${_tenon_isa_targets}")
    endif()
    string(TOUPPER "|HWY_${isa}" macro)
    string(APPEND enabled "${macro}")
    if(isa STREQUAL "avx3_dl")
      target_compile_definitions(${target} PRIVATE HWY_WANT_AVX3_DL)
    endif()
  endforeach()
  target_compile_definitions(${target} PRIVATE "HWY_DISABLED_TARGETS=(~(${enabled}))")
endfunction()

function(_tenon_emitted_settings target folder)
  # -ffp-contract=off: emitted code says itself where it fuses a multiplication with an addition, so bits agree everywhere.
  target_compile_options(${target} PRIVATE -ffp-contract=off $<$<NOT:$<CONFIG:Debug>>:-O3>)
  target_compile_features(${target} PRIVATE cxx_std_20)
  target_include_directories(${target} PUBLIC "${folder}")
  _tenon_isa_settings(${target} ${ARGN})
endfunction()

# The program that writes the source, and the rule that runs it. Sets _tenon_folder and _tenon_files in the caller.
function(_tenon_generate name header network batch)
  string(REGEX REPLACE "^.*::" "" base "${network}")
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/${name}.emitted")
  set(source "${CMAKE_CURRENT_BINARY_DIR}/${name}.generator/${name}_generator.cc")
  # The network is checked before the generator's headers are read: a wrong one gives its one short error and nothing else.
  file(CONFIGURE OUTPUT "${source}" @ONLY CONTENT [[#include "@header@"
static_assert(tenon::valid<@network@>);
#include <tenon/generate.hpp>
int main(int argc, char** argv) { return tenon::codegen::generate<@network@>("@base@", argc, argv); }
]])
  add_executable(${name}_generator EXCLUDE_FROM_ALL "${source}")
  target_link_libraries(${name}_generator PRIVATE tenon::codegen)
  target_compile_options(${name}_generator PRIVATE -O0
    $<$<CXX_COMPILER_ID:GNU>:-fmax-errors=1> $<$<CXX_COMPILER_ID:Clang>:-ferror-limit=1>)

  set(files "")
  foreach(part emitted/${base}.hpp emitted/${base}.h manifest.json
          ${base}_eval.cc ${base}_train.cc ${base}_fold.cc ${base}_info.cc ${base}_scalar.cc)
    list(APPEND files "${folder}/${part}")
  endforeach()
  get_filename_component(header_name "${header}" NAME)
  add_custom_command(OUTPUT ${files}
    COMMAND ${name}_generator --output "${folder}" --batch ${batch} --source "${header_name}"
    DEPENDS ${name}_generator COMMENT "Emitting ${base}" VERBATIM)
  set(_tenon_folder "${folder}" PARENT_SCOPE)
  set(_tenon_base "${base}" PARENT_SCOPE)
endfunction()

function(tenon_add_network name)
  cmake_parse_arguments(PARSE_ARGV 1 NET "" "SOURCE;NETWORK;BATCH" "MODES;ISA")
  if(NOT NET_SOURCE OR NET_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "tenon_add_network(${name}): needs SOURCE header, and does not know '${NET_UNPARSED_ARGUMENTS}'")
  endif()
  foreach(pair NETWORK=${name} BATCH=64 ISA=dynamic)
    string(REPLACE "=" ";" pair "${pair}")
    list(GET pair 0 option)
    if(NOT NET_${option})
      list(GET pair 1 NET_${option})
    endif()
  endforeach()
  if(NOT NET_MODES)
    set(NET_MODES train eval)
  endif()
  foreach(mode IN LISTS NET_MODES)
    if(NOT mode MATCHES "^(train|eval)$")
      message(FATAL_ERROR "tenon_add_network(${name}): there is no mode '${mode}'; MODES are train, eval or both")
    endif()
  endforeach()
  get_filename_component(header "${NET_SOURCE}" ABSOLUTE)

  _tenon_generate(${name} "${header}" "${NET_NETWORK}" "${NET_BATCH}")
  set(prefix "${_tenon_folder}/${_tenon_base}")
  set(program "${prefix}_info.cc" "${prefix}_scalar.cc")
  set(library "${prefix}_fold.cc")
  foreach(mode eval train)
    if(mode IN_LIST NET_MODES)
      list(APPEND library "${prefix}_${mode}.cc")
    else()
      list(APPEND program "${prefix}_${mode}.cc")
    endif()
  endforeach()

  add_library(${name} STATIC ${library})
  _tenon_emitted_settings(${name} "${_tenon_folder}" ${NET_ISA})
  target_link_libraries(${name} PUBLIC tenon::core hwy::hwy)

  add_executable(${name}_run ${program})
  _tenon_emitted_settings(${name}_run "${_tenon_folder}" ${NET_ISA})
  # The double twin runs a handful of samples in gradient checks: not worth the optimiser's time.
  set_source_files_properties("${prefix}_scalar.cc" PROPERTIES COMPILE_OPTIONS -O1)
  add_dependencies(${name}_run ${name}) # one rule makes the files of both; it must not run twice at a time
  target_link_libraries(${name}_run PRIVATE ${name} tenon::app_main tenon::runtime)
endfunction()
