# `tenon emit` and `tenon build` from end to end.   TENON: the program, ROOT: the repository, FOLDER: to work in.
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE "${FOLDER}")
file(MAKE_DIRECTORY "${FOLDER}")
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
expect(2 "tenon: error: " unknown)
expect(2 "tenon: error: .*subcommand" )
expect(2 "tenon: error: .*there is no such file" emit absent.hpp -o out)
expect(2 "tenon: error: none.hpp: declares no network" emit none.hpp -o out)
expect(2 "two.hpp: declares 2 networks .zoo::small, tiny.; say which: --network zoo::small" emit two.hpp -o out)
expect(2 "--isa: there is no target 'avx9'" build "${mlp}" -o mlp --isa avx9)
expect(2 "--batch" build "${mlp}" -o mlp --batch 0)

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

# Views: the table, also of a wrong network, whatever its header asserts; passes, source, machine code and graph.
expect(0 "linear<100>.*parameters  [0-9,]+ .*arena       eval [0-9,]+ bytes, train [0-9,]+ bytes" explain "${mlp}")
file(APPEND "${FOLDER}/wrong.hpp" "static_assert(tenon::parameters<wrong> == 1);\n")
expect(2 "linear_1 +linear<10> +[?] +<== here\n+.*tenon: error: wrong.hpp: layer 2 of 3: linear<10> receives" explain wrong.hpp -q)
file(WRITE "${FOLDER}/budget.hpp" "#include <tenon/dsl.hpp>
struct budget final : tenon::network<tenon::input<2> | tenon::linear<2>> {};
static_assert(tenon::parameters<budget> < 6, \"too many parameters\");
")
expect(2 "parameters  6 .*too many parameters.*tenon: error: budget.hpp: the network budget does not compile" explain budget.hpp)
file(WRITE "${FOLDER}/typing.hpp" "#include <tenon/dsl.hpp>
struct typing final : tenon::network<tenon::input<2> | tenon::lineer<2>> {};
")
expect(2 "lineer.*tenon: error: typing.hpp: the network typing does not compile" explain typing.hpp)
expect(0 "== drop_moves: [^\n]* .unchanged.\n.*== plan_memory: [^\n]*\n  linear_1: [^\n]*\n      block, phase 0" show "${mlp}" -q)
expect(0 "^mlp, train[^\n]*\n== differentiate[^\n]*\n  linear_1: " show "${mlp}" --mode train --pass differentiate --layer linear_1 -q)
expect(2 "tenon: error: --pass: there is no pass 'fuse'; there are lower" show "${mlp}" --pass fuse)
expect(2 "tenon: error: --layer: there is no layer 'conv2d_1'; mlp has input, linear_1" show "${mlp}" --layer conv2d_1 --source)
expect(2 "tenon: error: --mode" show "${mlp}" --mode serve)
expect(2 "tenon: error: .*--source" show "${mlp}" --source --dot)
expect(0 "^// linear_2: .*void linear_2\\(" show "${mlp}" --layer linear_2 --source -q)
expect(0 "^emitted::mlp::eval_kernels::[A-Z0-9_]+::linear_2:\n.*  // [0-9]+: [^\n]*MulAdd" show "${mlp}" --layer linear_2 --assembly -q)
if(output MATCHES "linear_1")
  message(FATAL_ERROR "--layer linear_2 shows the machine code of another layer:\n${output}")
endif()
find_program(dot dot)
foreach(pass "" "--pass;plan_memory;--mode;train")
  expect(0 "^digraph \"mlp\"" show "${mlp}" --dot -q ${pass})
  if(dot)
    file(WRITE "${FOLDER}/mlp.dot" "${output}")
    execute_process(COMMAND "${dot}" -Tsvg "${FOLDER}/mlp.dot" -o "${FOLDER}/mlp.svg" COMMAND_ERROR_IS_FATAL ANY)
  endif()
endforeach()
