# `tenon explain` and `tenon show`.   TENON: the program, ROOT: the repository, FOLDER: to work in.
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/expect.cmake")

set(mlp "${ROOT}/examples/01_mlp.hpp")
file(WRITE "${FOLDER}/wrong.hpp" "#include <tenon/dsl.hpp>
struct wrong final : tenon::network<tenon::input<1, 8, 8> | tenon::linear<10> | tenon::softmax_cross_entropy> {};
static_assert(tenon::parameters<wrong> == 1);
")

# Views: the table, also of a wrong network, whatever its header asserts; passes, source, machine code and graph.
expect(0 "linear<100>.*parameters  [0-9,]+ .*arena       eval [0-9,]+ bytes, train [0-9,]+ bytes" explain "${mlp}")
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
expect(0 "^{.*\"arena_bytes\":[0-9]+" explain "${mlp}" --json -q)
string(JSON counted GET "${output}" parameters)
if(NOT counted MATCHES "^[0-9]+$")
  message(FATAL_ERROR "explain --json counts '${counted}' parameters")
endif()
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
