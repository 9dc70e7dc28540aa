# tenon_add_network(name SOURCE header [NETWORK declared] [MODES train eval [eval_mc]] [BATCH 64] [ISA dynamic|native|baseline|target…]
#                   [CUDA [CUDA_ARCHITECTURES 80 90] [PRECISION tf32|bf16]] [WEIGHTS file EMBED] [TUNED file] [STANDALONE] [CHECKED_IN folder]
#                   [SELF_TEST | NO_TESTS])
#
# Two targets from the network that a header declares:
#   name      a library: the emitted header <emitted/NETWORK.hpp> and the code of the modes asked for (default:
#             train and eval; eval_mc is evaluation with the noise left on, and nothing where the network has none)
#   name_run  the executable that trains, evaluates, predicts and measures
# NETWORK     `name` where left out, and may be qualified (zoo::lenet)
# BATCH       the most samples of a training step; evaluation takes any number, in such chunks
# ISA         `dynamic` by default: every Highway target of the architecture, chosen at start. `native` is this machine's
#             alone and compiles four times faster; `baseline` is what the compiler's own flags allow
# CUDA        the network on a GPU too: <emitted/NETWORK_cuda.hpp> in the library, `name_run train --device cuda`. Needs nvcc
#             of a CUDA toolkit (CUDAToolkit_ROOT, CUDACXX), not the language CUDA; links the static CUDA runtime
# CUDA_ARCHITECTURES  compute capabilities to compile for, 80 and 90 by default; newer GPUs run the last one's PTX
# PRECISION   of products on a GPU: float32 by default, tf32 or bf16 on tensor cores; sums stay float32
# WEIGHTS file EMBED  the weights of a safetensors file, folded, lie in the library: <emitted/NETWORK_weights.hpp>
# TUNED file  tiles that `tenon tune` measured on a machine; the bits are the same
# STANDALONE  the emitted folder carries what it includes of Tenon; the library needs Highway alone
# CHECKED_IN folder   the library is compiled from source that is kept there, and its build needs no generator. The target
#             name_update writes that source; the test name_drift fails when it is not what the header gives any more
# Tests       where the project tests (include(CTest) goes before), name_gradcheck holds gradients against differences and name_doctor
#             every SIMD target of the CPU against the same program in double. SELF_TEST adds them in any case, NO_TESTS not
# Cross-compiling: an installed `tenon` of this machine writes the source; TENON_HOST_PATH is its prefix.
include_guard(GLOBAL)
include("${CMAKE_CURRENT_LIST_DIR}/TenonCuda.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/TenonEmission.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/TenonNetworkTests.cmake")

function(_tenon_check_arguments name)
  if(NOT NET_SOURCE OR NET_UNPARSED_ARGUMENTS OR NET_KEYWORDS_MISSING_VALUES)
    message(FATAL_ERROR "tenon_add_network(${name}): needs SOURCE header, does not know '${NET_UNPARSED_ARGUMENTS}', and "
      "misses a value behind '${NET_KEYWORDS_MISSING_VALUES}'")
  endif()
  foreach(mode IN LISTS NET_MODES)
    if(NOT mode MATCHES "^(train|eval|eval_mc)$")
      message(FATAL_ERROR "tenon_add_network(${name}): there is no mode '${mode}'; MODES are some of train, eval and eval_mc")
    endif()
  endforeach()
  if((NET_WEIGHTS AND NOT NET_EMBED) OR (NET_EMBED AND NOT NET_WEIGHTS))
    message(FATAL_ERROR "tenon_add_network(${name}): WEIGHTS and EMBED go together: WEIGHTS trained.safetensors EMBED")
  endif()
  if(NET_CUDA_ARCHITECTURES AND NOT NET_CUDA)
    message(FATAL_ERROR "tenon_add_network(${name}): CUDA_ARCHITECTURES goes with CUDA")
  endif()
  if(NET_PRECISION AND NOT NET_CUDA)
    message(FATAL_ERROR "tenon_add_network(${name}): PRECISION is that of products on a GPU and goes with CUDA")
  endif()
  if(NET_PRECISION AND NOT NET_PRECISION MATCHES "^(float32|tf32|bf16)$")
    message(FATAL_ERROR "tenon_add_network(${name}): there is no precision '${NET_PRECISION}'; PRECISION is float32, tf32 or bf16")
  endif()
  if(NET_SELF_TEST AND NET_NO_TESTS)
    message(FATAL_ERROR "tenon_add_network(${name}): SELF_TEST and NO_TESTS exclude each other")
  endif()
  if(NOT TARGET tenon::core AND NOT NET_STANDALONE)
    message(FATAL_ERROR "tenon_add_network(${name}): this installation of Tenon is for ${tenon_MACHINE}, the build for "
      "${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR}; add STANDALONE (the library then needs Highway alone), or install "
      "Tenon for that machine too and set TENON_HOST_PATH to this one")
  endif()
endfunction()

# The blob that is embedded: made by a program like name_run, but without weights; by the tool where that could not run here.
function(_tenon_add_blob name emission_by_tool)
  set(NET_BLOB_FOLDER "${NET_FRESH}" PARENT_SCOPE)
  if(emission_by_tool)
    return() # `tenon emit --embed` has put it beside the source
  endif()
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/${name}.weights")
  set(NET_BLOB_FOLDER "${folder}" PARENT_SCOPE)
  file(MAKE_DIRECTORY "${folder}")
  add_executable(${name}_blob EXCLUDE_FROM_ALL $<TARGET_OBJECTS:${name}_tables> $<TARGET_OBJECTS:${name}_code>)
  target_link_libraries(${name}_blob PRIVATE tenon::app_main tenon::runtime hwy::hwy)
  if(NET_CUDA)
    _tenon_take_cuda(${name}_blob ${name} "${NET_CUDA_UNIT}" "${NET_CUDA_ENTRY}")
    target_link_libraries(${name}_blob PRIVATE "${TENON_CUDART}" ${CMAKE_DL_LIBS} rt)
  endif()
  add_custom_command(OUTPUT "${folder}/${NET_BASE}.blob" "${folder}/${NET_BASE}.safetensors"
    COMMAND ${CMAKE_COMMAND} -E copy "${NET_WEIGHTS}" "${folder}/${NET_BASE}.safetensors"
    COMMAND ${name}_blob export --weights "${NET_WEIGHTS}" --format blob --output "${folder}/${NET_BASE}.blob"
    DEPENDS ${name}_blob "${NET_WEIGHTS}" COMMENT "Folding weights for ${NET_BASE}" VERBATIM)
endfunction()

# The library: code, and what is embedded or carried along.
function(_tenon_add_library name code by_tool)
  if(NOT NET_EMBED)
    add_library(${name} STATIC ${code})
  else()
    add_library(${name}_code OBJECT EXCLUDE_FROM_ALL ${code})
    _tenon_emitted_settings(${name}_code "${NET_FOLDER}" ${NET_ISA})
    _tenon_tuning(${name}_code)
    _tenon_after_emission(${name}_code ${name})
    target_link_libraries(${name}_code PRIVATE ${NET_CORE} hwy::hwy)
    _tenon_add_blob(${name} ${by_tool})
    add_library(${name} STATIC $<TARGET_OBJECTS:${name}_code> "${NET_FOLDER}/${NET_BASE}_weights.cc")
    foreach(pair weights.blob defaults.safetensors)
      string(REGEX MATCH "^(.*)\\.(.*)$" pair "${pair}")
      # -fno-lto: the assembler takes the file in, and Clang's link-time optimizer would look for it elsewhere.
      set_source_files_properties("${NET_FOLDER}/${NET_BASE}_${CMAKE_MATCH_1}.cc" PROPERTIES COMPILE_OPTIONS -fno-lto
        INCLUDE_DIRECTORIES "${NET_BLOB_FOLDER}" OBJECT_DEPENDS "${NET_BLOB_FOLDER}/${NET_BASE}.${CMAKE_MATCH_2}")
    endforeach()
  endif()
  _tenon_emitted_settings(${name} "${NET_FOLDER}" ${NET_ISA})
  _tenon_tuning(${name})
  target_link_libraries(${name} PUBLIC ${NET_CORE} hwy::hwy)
  if(NET_CUDA)
    _tenon_take_cuda(${name} ${name} "${NET_CUDA_UNIT}")
    target_link_libraries(${name} PUBLIC "${TENON_CUDART}" ${CMAKE_DL_LIBS} rt)
  endif()
endfunction()

function(tenon_add_network name)
  cmake_parse_arguments(PARSE_ARGV 1 NET "CUDA;EMBED;STANDALONE;SELF_TEST;NO_TESTS" "SOURCE;NETWORK;BATCH;WEIGHTS;TUNED;CHECKED_IN;PRECISION"
    "MODES;ISA;CUDA_ARCHITECTURES")
  _tenon_check_arguments(${name})
  foreach(default "NETWORK ${name}" "BATCH 64" "ISA dynamic" "MODES train eval")
    separate_arguments(default)
    list(POP_FRONT default option)
    if(NOT NET_${option})
      set(NET_${option} ${default})
    endif()
  endforeach()
  foreach(path SOURCE WEIGHTS TUNED CHECKED_IN)
    if(NET_${path})
      get_filename_component(NET_${path} "${NET_${path}}" ABSOLUTE)
    endif()
  endforeach()
  string(REGEX REPLACE "^.*::" "" NET_BASE "${NET_NETWORK}")

  _tenon_add_emission(${name} by_tool)
  set(prefix "${NET_FOLDER}/${NET_BASE}")
  set(tables "${prefix}_info.cc" "${prefix}_scalar.cc")
  set(code "${prefix}_fold.cc")
  set(of_eval "${prefix}_eval.cc")
  set(of_train "${prefix}_train.cc")
  set(of_eval_mc ${NET_SAMPLER})
  foreach(mode eval train eval_mc)
    if(mode IN_LIST NET_MODES)
      list(APPEND code ${of_${mode}})
    else()
      list(APPEND tables ${of_${mode}})
    endif()
  endforeach()
  set(NET_CORE tenon::core)
  if(NET_STANDALONE)
    set(NET_CORE Threads::Threads)
    list(APPEND code "${NET_FOLDER}/tenon/core/emitted.cpp" "${NET_FOLDER}/tenon/core/pool.cpp")
  endif()

  if(NET_CUDA)
    _tenon_add_cuda(${name} NET_CUDA_UNIT NET_CUDA_ENTRY)
  endif()
  _tenon_add_library(${name} "${code}" ${by_tool})
  _tenon_after_emission(${name} ${name})
  if(NOT TARGET tenon::app_main)
    return() # Tenon is here for the machine that builds only
  endif()

  add_library(${name}_tables OBJECT EXCLUDE_FROM_ALL ${tables})
  _tenon_emitted_settings(${name}_tables "${NET_FOLDER}" ${NET_ISA})
  _tenon_after_emission(${name}_tables ${name})
  target_link_libraries(${name}_tables PRIVATE ${NET_CORE} hwy::hwy)
  # The double twin runs a handful of samples in gradient checks: not worth the optimiser's time.
  set_source_files_properties("${prefix}_scalar.cc" PROPERTIES COMPILE_OPTIONS -O1)
  add_executable(${name}_run $<TARGET_OBJECTS:${name}_tables>)
  if(NET_EMBED) # what eval and predict take without --weights
    target_sources(${name}_run PRIVATE "${NET_FOLDER}/${NET_BASE}_defaults.cc")
  endif()
  if(NET_CUDA)
    _tenon_take_cuda(${name}_run ${name} "${NET_CUDA_ENTRY}")
  endif()
  target_link_libraries(${name}_run PRIVATE ${name} tenon::app_main tenon::runtime)
  _tenon_add_self_tests(${name})
endfunction()
