# Who may include whom:   codegen -> dsl -> Hana;   runtime/core -> Highway;   the rest of runtime -> runtime/core.
# The standard library is everybody's. Also: passes and printers ask layers for properties and never name one.
cmake_minimum_required(VERSION 3.25)

set(standard "^<[a-z0-9_]+>$|^<(sched|fcntl|fnmatch|unistd|pthread)\\.h>$|^<sys/[a-z]+\\.h>$")
set(failures "")

macro(fail text)
  string(APPEND failures "  ${text}\n")
endmacro()

# check_folder(folder EXCEPT subfolders ALLOWED regex…): every include matches one of them. A folder without files fails.
function(check_folder folder)
  cmake_parse_arguments(PARSE_ARGV 1 CHECK "" "" "EXCEPT;ALLOWED")
  file(GLOB_RECURSE files RELATIVE "${ROOT}" "${ROOT}/${folder}/*.hpp" "${ROOT}/${folder}/*.h" "${ROOT}/${folder}/*.cpp")
  foreach(except IN LISTS CHECK_EXCEPT)
    list(FILTER files EXCLUDE REGEX "^${except}/")
  endforeach()
  if(NOT files)
    fail("${folder}: holds no sources; was it moved?")
  endif()
  foreach(file IN LISTS files)
    file(STRINGS "${ROOT}/${file}" lines REGEX "^[ \t]*#[ \t]*include[ \t]*[<\"]")
    foreach(line IN LISTS lines)
      string(REGEX REPLACE "^[ \t]*#[ \t]*include[ \t]*([<\"][^>\"]+[>\"]).*$" "\\1" name "${line}")
      set(allowed FALSE)
      foreach(pattern IN LISTS standard CHECK_ALLOWED)
        if(name MATCHES "${pattern}")
          set(allowed TRUE)
        endif()
      endforeach()
      if(NOT allowed)
        fail("${file} may not include ${name}")
      endif()
    endforeach()
  endforeach()
  set(failures "${failures}" PARENT_SCOPE)
endfunction()

check_folder(dsl ALLOWED "^\"dsl/" "^<boost/hana")
check_folder(runtime/core ALLOWED "^\"runtime/core/" "^<hwy/" "^<immintrin\\.h>$"  # _mm_pause in the pool
  "^<(cuda_runtime|cooperative_groups)\\.h>$")
check_folder(runtime EXCEPT runtime/core ALLOWED "^\"runtime/" "^<tenon/core.hpp>$" "^<hwy/" "^<fmt/" "^<CLI/"
  "^<nlohmann/" "^<(zlib|zip|xxhash|png|jpeglib|jerror)\\.h>$")
# The oracle draws its masks from the very random numbers of emitted code, hence runtime/core/random.hpp.
set(of_codegen "^\"codegen/" "^\"dsl/[a-z_]+\\.hpp\"$" "^\"dsl/forms/" "^\"runtime/core/random.hpp\"$" "^<tenon/dsl.hpp>$"
  "^<fmt/" "^<boost/hana" "^<nlohmann/" "^<xxhash\\.h>$")
check_folder(codegen EXCEPT codegen/tool codegen/tenon codegen/print ALLOWED ${of_codegen})
check_folder(codegen/print ALLOWED ${of_codegen}
  "^\"emitted/\\$" "^<stddef\\.h>$" "^<hwy/(foreach_target|highway).h>$" "^<tenon/(core|emitted|cuda|cuda_info).hpp>$" "^<cuda_runtime\\.h>$")  # in the text that is emitted
check_folder(codegen/tenon ALLOWED "^\"codegen/" "^\"dsl/" "^<tenon/dsl.hpp>$")
# The command and the executable word a mistyped flag alike, hence runtime/app/suggest.hpp; the command and generators take
# away the same files and read the same tuning, hence two headers of codegen that know files and nothing of networks.
check_folder(codegen/tool ALLOWED "^\"codegen/tool/" "^\"codegen/(stale|tuning).hpp\"$" "^\"runtime/app/suggest.hpp\"$" "^<fmt/" "^<CLI/" "^<nlohmann/"
  "^<xxhash\\.h>$" "^<spawn\\.h>$" "^<tenon/(dsl|generate).hpp>$" "^\"{}\"$")  # in the text of generators

# Names of layers, from their files. Plain words and names of functions (linear, input, tanh) say nothing about layers.
file(GLOB layers RELATIVE "${ROOT}/dsl/layers" "${ROOT}/dsl/layers/*.hpp")
list(TRANSFORM layers REPLACE "\\.hpp$" "")
list(FILTER layers EXCLUDE REGEX "^(all|input|linear|flatten|sigmoid|tanh|gelu|silu|save|repeat|residual|branches)$")
list(JOIN layers "|" names)
file(GLOB_RECURSE sources RELATIVE "${ROOT}" "${ROOT}/codegen/*.hpp" "${ROOT}/codegen/*.cpp")
list(FILTER sources EXCLUDE REGEX "^codegen/tool/")
foreach(file IN LISTS sources)
  file(STRINGS "${ROOT}/${file}" lines)
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "//.*$" "" code "${line}")
    if(code MATCHES "(^|[^a-z0-9_])(${names})(_[0-9]+|_layer)?([^a-z0-9_]|$)")
      fail("${file} names a layer: ${line}")
    endif()
  endforeach()
endforeach()

if(failures)
  message(FATAL_ERROR "dependencies between folders:\n${failures}")
endif()
list(LENGTH layers count)
message(STATUS "includes in order; ${count} names of layers unknown to codegen")
