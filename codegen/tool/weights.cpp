#include "codegen/tool/weights.hpp"

#include <fmt/format.h>

#include "codegen/tool/failure.hpp"
#include "codegen/tool/files.hpp"
#include "codegen/tool/hash.hpp"
#include "codegen/tool/process.hpp"

namespace tenon::tool {
namespace {

namespace fs = std::filesystem;

// The last line of what a program says, without its name: "lenet: error: w.safetensors: …".
std::string complaint(const std::string& output) {
  const std::size_t end = output.find_last_not_of('\n');
  if (end == output.npos) return "nothing";
  const std::size_t begin = output.rfind('\n', end);
  const std::string line = output.substr(begin == output.npos ? 0 : begin + 1, end - begin);
  const std::size_t error = line.find(": error: ");
  return error == line.npos ? line : line.substr(error + 9);
}

}  // namespace

fs::path prepare_weights(const fs::path& weights, const emitted& source, const request& asked,
                         const installation& place, const workshop& shop) {
  if (!fs::is_regular_file(weights)) {
    throw failure(
        fmt::format("--embed {}: there is no such file; give the safetensors file that "
                    "train wrote",
                    weights.string()));
  }
  // Folding needs no GPU, and no compiler for one.
  request plain = asked;
  plain.cuda = false;
  const fs::path program =
      build(asked.cuda ? emit(plain, place, shop) : source, plain, place, shop);
  const fs::path folder =
      shop.folder() / "weights" / hasher().add(program.string()).add(read_file(weights)).digest();
  const fs::path blob = folder / (source.name + ".blob");
  if (fs::exists(blob)) return folder;

  fs::create_directories(folder);
  const fs::path fresh = temporary_beside(blob);
  const outcome made = run({program.string(), "export", "--weights", weights.string(), "--format",
                            "blob", "--output", fresh.string()});
  if (!made.ok()) throw failure(fmt::format("--embed {}", complaint(made.output)));
  write_file(folder / (source.name + ".safetensors"), read_file(weights));
  fs::rename(fresh, blob);
  return folder;
}

}  // namespace tenon::tool
