# `tenon emit` and `tenon build` from end to end.   TENON: the program, ROOT: the repository, FOLDER: to work in.
cmake_minimum_required(VERSION 3.25)

include("${CMAKE_CURRENT_LIST_DIR}/expect.cmake")

set(mlp "${ROOT}/examples/01_mlp.hpp")
file(WRITE "${FOLDER}/wrong.hpp" "#include <tenon/dsl.hpp>
struct wrong final : tenon::network<tenon::input<1, 8, 8> | tenon::linear<10> | tenon::softmax_cross_entropy> {};
")
file(WRITE "${FOLDER}/two.hpp" "#include <tenon/dsl.hpp>
namespace zoo {
struct small final : tenon::network<tenon::input<3> | tenon::linear<2> | tenon::softmax_cross_entropy> {};
}
struct tiny final : tenon::network<tenon::input<2> | tenon::linear<2> | tenon::softmax_cross_entropy> {};
")
file(WRITE "${FOLDER}/none.hpp" "struct lenet {};\n")

expect(0 "tenon [0-9.]+, built with .*, Highway 1.*; compiles with (GCC|Clang)" --version)
expect(0 "Example: tenon build" --help)
expect(0 "Example: tenon emit" emit --help)
expect(0 "--isa" build --help)
expect(2 "tenon: error: no command 'unknown'; there are new, build, emit, " unknown)
expect(2 "tenon: error: no command 'biuld'; did you mean build[?] There are new, " biuld "${mlp}")
expect(2 "tenon: error: there is no option --bacth; did you mean --batch[?] see tenon build --help" build "${mlp}" --bacth 3 -o mlp)
expect(2 "tenon: error: there is no option --zzz; see tenon emit --help" emit "${mlp}" --zzz=3 -o out)
expect(2 "tenon: error: .*subcommand" )
expect(2 "tenon: error: .*there is no such file" emit absent.hpp -o out)
expect(2 "tenon: error: none.hpp: declares no network" emit none.hpp -o out)
expect(2 "two.hpp: declares 2 networks .zoo::small, tiny.; say which: --network zoo::small" emit two.hpp -o out)
expect(2 "--isa: there is no target 'avx9'" build "${mlp}" -o mlp --isa avx9)
expect(2 "--batch" build "${mlp}" -o mlp --batch 0)

# Places where nothing can be written are refused before anything is compiled; so are compilers that will not do.
expect(2 "^tenon: error: -o two.hpp: is a file; name a folder\n$" emit "${mlp}" -o two.hpp)
expect(2 "^tenon: error: -o cache: is a folder; name a file\n$" build "${mlp}" -o cache)
expect(2 "^tenon: error: -o two.hpp/a/b: [^\n]*two.hpp is no folder; choose another place\n$" emit "${mlp}" -o two.hpp/a/b)
expect(2 "^tenon: error: --keep two.hpp: is a file" build "${mlp}" -o mlp --keep two.hpp)
set(ENV{XDG_CACHE_HOME} "${FOLDER}/two.hpp")
expect(2 "^tenon: error: the cache .XDG_CACHE_HOME. [^\n]*two.hpp/tenon: [^\n]*two.hpp is no folder" emit "${mlp}" -o out)
set(ENV{XDG_CACHE_HOME} "${FOLDER}/cache")
file(WRITE "${FOLDER}/old-c++" "#!/bin/sh\nprintf '#define __GNUC__ 9\\n#define __GNUC_MINOR__ 4\\n#define __GNUC_PATCHLEVEL__ 0\\n'\n")
file(CHMOD "${FOLDER}/old-c++" PERMISSIONS OWNER_READ OWNER_EXECUTE)
set(saved "$ENV{CXX}")
set(ENV{CXX} "${FOLDER}/old-c++")
expect(2 "^tenon: error: [^\n]*old-c[+][+] is GCC 9.4.0; Tenon needs GCC 12 or Clang 18, or a newer one: set CXX\n$" emit "${mlp}" -o out)
set(ENV{CXX} "no-such-compiler")
expect(2 "^tenon: error: CXX=no-such-compiler does not run as a C[+][+]20 compiler" explain "${mlp}")
set(ENV{CXX} "${saved}")

# A wrong network: the compiler's short error and one line of ours.
expect(2 "layer 2 of 3: linear<10> receives .1, 8, 8., but needs a flat input; put flatten before it" emit wrong.hpp -o out)
string(REGEX REPLACE "\n+" "\n" lines "${output}")
string(REGEX MATCHALL "\n" breaks "${lines}")
list(LENGTH breaks count)
if(count GREATER 13)
  message(FATAL_ERROR "a wrong network took ${count} lines:\n${output}")
endif()

# Source: written once, the same from run to run, in a header of its own name.
expect(0 "files written" emit two.hpp --network small -o out)
expect(0 "unchanged" emit two.hpp --network zoo::small -o out)
foreach(file emitted/small.hpp emitted/small.h small_eval.cc small_train.cc small_fold.cc small_info.cc small_scalar.cc
        manifest.json)
  if(NOT EXISTS "${FOLDER}/out/${file}")
    message(FATAL_ERROR "emit wrote no ${file}")
  endif()
endforeach()
file(RENAME "${FOLDER}/cache" "${FOLDER}/first_cache")
expect(0 "unchanged.*_generator.cc" emit two.hpp --network small -o out) # from an empty cache, to the same bytes
file(REMOVE_RECURSE "${FOLDER}/first_cache")

# A program, and nothing compiled when nothing changed.
expect(0 "tiny: bin/tiny.*tiny_train.cc" build two.hpp --network tiny -o bin/tiny --keep kept)
expect(0 "^tiny: bin/tiny[^\n]*\n$" build two.hpp --network tiny -o bin/tiny)
file(APPEND "${FOLDER}/two.hpp" "// a remark\n")
expect(0 "tiny_generator.cc" build two.hpp --network tiny -o bin/tiny)
if(output MATCHES "tiny_train.cc")
  message(FATAL_ERROR "a comment in the header compiled the network again:\n${output}")
endif()
if(NOT EXISTS "${FOLDER}/kept/tiny_eval.cc")
  message(FATAL_ERROR "--keep kept no source")
endif()
execute_process(COMMAND "${FOLDER}/bin/tiny" info --json OUTPUT_VARIABLE info COMMAND_ERROR_IS_FATAL ANY)
string(JSON count GET "${info}" parameter_count)
string(JSON batch GET "${info}" batch)
if(NOT count EQUAL 6 OR NOT batch EQUAL 64)
  message(FATAL_ERROR "tiny has 2 * 2 + 2 parameters and a batch of 64, but says ${count} and ${batch}")
endif()
