# How the source of a network comes to be: by a generator that is compiled from its header, or, where what is compiled
# cannot run here, by the installed command. And with which settings it is compiled. For tenon_add_network alone.
include_guard(GLOBAL)

set(_tenon_isa_targets ssse3 sse4 avx2 avx3 avx3_dl neon sve sve2 sve_256 sve2_128 rvv ppc8 emu128)

# As codegen/tool/isa.cpp, for CMake's targets.
function(_tenon_isa_settings target)
  if(TENON_SCALAR OR ARGN STREQUAL "dynamic")
    return()
  endif()
  if(ARGN STREQUAL "baseline")
    target_compile_definitions(${target} PRIVATE HWY_COMPILE_ONLY_STATIC)
    return()
  endif()
  if(ARGN STREQUAL "native")
    if(CMAKE_CROSSCOMPILING)
      message(FATAL_ERROR "tenon_add_network: ISA native is this machine's, but the build is for "
        "${CMAKE_SYSTEM_PROCESSOR}; use baseline, dynamic or some of: ${_tenon_isa_targets}")
    endif()
    # Plain -march=native fails with Highway 1.0.3 on CPUs newer than it, which the one static target does not.
    target_compile_options(${target} PRIVATE -march=native)
    target_compile_definitions(${target} PRIVATE HWY_COMPILE_ONLY_STATIC)
    return()
  endif()
  set(enabled "HWY_EMU128|HWY_SCALAR") # whichever of the two is the baseline must stay
  foreach(isa IN LISTS ARGN)
    if(NOT isa IN_LIST _tenon_isa_targets)
      message(FATAL_ERROR "tenon_add_network: ISA has no target '${isa}'; use native, dynamic, baseline, or some of: "
        "${_tenon_isa_targets}")
    endif()
    string(TOUPPER "|HWY_${isa}" macro)
    string(APPEND enabled "${macro}")
    if(isa STREQUAL "avx3_dl")
      target_compile_definitions(${target} PRIVATE HWY_WANT_AVX3_DL)
    endif()
  endforeach()
  target_compile_definitions(${target} PRIVATE "HWY_DISABLED_TARGETS=(~(${enabled}))")
endfunction()

# As tuning_options() of codegen/tool/compiler.hpp, which says why. For networks that are to be fast, not for tests.
function(_tenon_tuning target)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$"
      AND NOT CMAKE_CXX_FLAGS MATCHES "-mtune=")
    target_compile_options(${target} PRIVATE -mtune=icelake-server)
  endif()
endfunction()

function(_tenon_emitted_settings target folder)
  # -ffp-contract=off: emitted code says itself where it fuses a multiplication with an addition, so bits agree everywhere.
  target_compile_options(${target} PRIVATE -ffp-contract=off $<$<NOT:$<CONFIG:Debug>>:-O3>)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_include_directories(${target} PUBLIC "${folder}")
  _tenon_isa_settings(${target} ${ARGN})
endfunction()

# The installed command that stands for generators when these could not run on this machine.
function(_tenon_find_command)
  # Not where packages are looked for: what lies there is for the other machine.
  find_program(TENON_EXECUTABLE tenon HINTS "${TENON_HOST_PATH}/bin" NO_PACKAGE_ROOT_PATH NO_CMAKE_PATH
    NO_CMAKE_ENVIRONMENT_PATH NO_CMAKE_FIND_ROOT_PATH
    DOC "The command tenon of the machine that builds")
  if(NOT TENON_EXECUTABLE)
    message(FATAL_ERROR "tenon_add_network: cross-compiling needs the command tenon of this machine; set TENON_HOST_PATH to "
      "the prefix where Tenon is installed for it, or TENON_EXECUTABLE to the command")
  endif()
endfunction()

# The program that writes the source.
function(_tenon_add_generator name)
  set(source "${CMAKE_CURRENT_BINARY_DIR}/${name}.generator/${name}_generator.cc")
  # The network is checked before the generator's headers are read: a wrong one gives its one short error and nothing else.
  file(CONFIGURE OUTPUT "${source}" @ONLY CONTENT [[#include "@NET_SOURCE@"
static_assert(tenon::valid<@NET_NETWORK@>);
#include <tenon/generate.hpp>
int main(int argc, char** argv) { return tenon::codegen::generate<@NET_NETWORK@>("@NET_BASE@", argc, argv); }
]])
  add_executable(${name}_generator EXCLUDE_FROM_ALL "${source}")
  target_link_libraries(${name}_generator PRIVATE tenon::codegen)
  target_compile_options(${name}_generator PRIVATE -O0
    $<$<CXX_COMPILER_ID:GNU>:-fmax-errors=1> $<$<CXX_COMPILER_ID:Clang>:-ferror-limit=1>)
endfunction()

# The names of what is emitted for every network; where there is noise, NAME_eval_mc.cc is too.
function(_tenon_emitted_files result)
  set(files emitted/${NET_BASE}.hpp emitted/${NET_BASE}.h ${NET_BASE}_eval.cc ${NET_BASE}_train.cc ${NET_BASE}_fold.cc
    ${NET_BASE}_info.cc ${NET_BASE}_scalar.cc manifest.json)
  if(NET_EMBED)
    list(APPEND files emitted/${NET_BASE}_weights.hpp emitted/${NET_BASE}_weights.h ${NET_BASE}_weights.cc
      ${NET_BASE}_defaults.cc)
  endif()
  if(NET_CUDA)
    list(APPEND files emitted/${NET_BASE}_cuda.hpp ${NET_BASE}.cu ${NET_BASE}_cuda_info.cu)
  endif()
  if(NET_STANDALONE) # its headers need no rule
    list(APPEND files tenon/core/emitted.cpp tenon/core/pool.cpp)
  endif()
  set(${result} "${files}" PARENT_SCOPE)
endfunction()

# The target name_emit, which writes the source to NET_FRESH; NET_FOLDER, the source that is compiled; NET_SAMPLER, that of
# eval_mc, empty where it is known that there is none; and whether the installed command writes it.
function(_tenon_add_emission name by_tool)
  set(fresh "${CMAKE_CURRENT_BINARY_DIR}/${name}.emitted")
  _tenon_emitted_files(files)
  list(TRANSFORM files PREPEND "${fresh}/" OUTPUT_VARIABLE outputs)
  get_filename_component(header "${NET_SOURCE}" NAME)
  set(options --batch ${NET_BATCH})
  if(NET_STANDALONE)
    list(APPEND options --standalone)
  endif()
  if(NET_CUDA)
    list(APPEND options --cuda)
    if(NET_PRECISION)
      list(APPEND options --precision ${NET_PRECISION})
    endif()
  endif()
  if(NET_TUNED)
    list(APPEND options --tuned "${NET_TUNED}")
  endif()
  set(sampler "${CMAKE_CURRENT_BINARY_DIR}/${name}.generator/${NET_BASE}_eval_mc.cc")
  set(take_sampler ${CMAKE_COMMAND} "-DEMITTED=${fresh}/${NET_BASE}_eval_mc.cc" "-DCOMPILED=${sampler}"
    -P "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/TenonTakeSampler.cmake")

  # Byproducts, not outputs: what says the same as before keeps its time, and nothing that uses it is compiled again.
  if(CMAKE_CROSSCOMPILING)
    _tenon_find_command()
    if(NET_EMBED)
      list(APPEND options --embed "${NET_WEIGHTS}")
      list(APPEND outputs "${fresh}/${NET_BASE}.blob" "${fresh}/${NET_BASE}.safetensors")
    endif()
    # Run by every build: the command itself knows what the header includes, and does nothing where nothing changed.
    add_custom_target(${name}_emit
      COMMAND "${TENON_EXECUTABLE}" emit "${NET_SOURCE}" --network ${NET_NETWORK} --output "${fresh}" ${options} --quiet
      COMMAND ${take_sampler} BYPRODUCTS ${outputs} "${sampler}" COMMENT "Emitting ${NET_BASE}" VERBATIM)
  else()
    if(NET_EMBED)
      list(APPEND options --embed)
    endif()
    _tenon_add_generator(${name})
    set(stamp "${CMAKE_CURRENT_BINARY_DIR}/${name}.generator/emitted.stamp")
    add_custom_command(OUTPUT "${stamp}" BYPRODUCTS ${outputs} "${sampler}"
      COMMAND ${name}_generator --output "${fresh}" --source "${header}" ${options}
      COMMAND ${take_sampler}
      COMMAND ${CMAKE_COMMAND} -E touch "${stamp}"
      DEPENDS ${name}_generator ${NET_TUNED} COMMENT "Emitting ${NET_BASE}" VERBATIM)
    add_custom_target(${name}_emit DEPENDS "${stamp}")
  endif()
  set_source_files_properties(${outputs} "${sampler}" PROPERTIES GENERATED ON)

  set(NET_FOLDER "${fresh}")
  set(NET_SAMPLER "${sampler}")
  if(NET_CHECKED_IN)
    _tenon_add_checked_in(${name} "${files}" "${fresh}")
  endif()
  set(NET_FRESH "${fresh}" PARENT_SCOPE)
  set(NET_FOLDER "${NET_FOLDER}" PARENT_SCOPE)
  set(NET_SAMPLER "${NET_SAMPLER}" PARENT_SCOPE)
  set(${by_tool} ${CMAKE_CROSSCOMPILING} PARENT_SCOPE)
endfunction()

# One rule makes the files of all targets; it must not run twice at a time. Kept source waits for nothing, but for the blob
# that the command puts beside what it emits.
function(_tenon_after_emission target name)
  if(NET_FOLDER STREQUAL NET_FRESH OR (NET_EMBED AND CMAKE_CROSSCOMPILING))
    add_dependencies(${target} ${name}_emit)
  endif()
endfunction()
