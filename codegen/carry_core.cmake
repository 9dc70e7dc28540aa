# Writes the C++ source that holds the text of runtime/core: carried_files() of codegen/standalone.hpp.
# ROOT: the repository, FILES: paths below it, OUTPUT: the source.
cmake_minimum_required(VERSION 3.25)

set(rows "")
foreach(file IN LISTS FILES)
  file(READ "${ROOT}/${file}" text)
  if(text MATCHES "\\)carried\"")
    message(FATAL_ERROR "${file} holds the mark that ends a carried text")
  endif()
  # runtime/core/pool.hpp becomes tenon/core/pool.hpp, and the public runtime/tenon/core.hpp tenon/core.hpp.
  string(REPLACE "runtime/core/" "tenon/core/" text "${text}")
  string(REGEX REPLACE "^runtime/tenon/" "tenon/" path "${file}")
  string(REGEX REPLACE "^runtime/core/" "tenon/core/" path "${path}")
  string(APPEND rows "    {\"${path}\", R\"carried(${text})carried\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "#include \"codegen/standalone.hpp\"

namespace tenon::codegen {
namespace {

constexpr carried_file all[] = {
${rows}};

}  // namespace

std::span<const carried_file> carried_files() noexcept { return all; }

}  // namespace tenon::codegen
")
