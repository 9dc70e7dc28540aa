#include "codegen/tool/generator.hpp"

#include <fmt/format.h>

#include "codegen/tool/failure.hpp"
#include "codegen/tool/files.hpp"
#include "codegen/tool/hash.hpp"
#include "codegen/tool/process.hpp"

namespace tenon::tool {
namespace {

namespace fs = std::filesystem;

using words = std::vector<std::string>;

// The network is checked before the generator's headers are read: a wrong one gives its one short
// error and nothing else.
std::string strict_source(const fs::path& header, const declaration& network) {
  return fmt::format(R"(#include "{}"
static_assert(tenon::valid<{}>);
#include <tenon/generate.hpp>
int main(int argc, char** argv) {{ return tenon::codegen::generate<{}>("{}", argc, argv); }}
)",
                     header.string(), network.qualified, network.qualified, network.name);
}

// Everything of ours is read before static_assert loses its meaning; the header then states what it
// likes.
std::string lenient_source(const fs::path& header, const declaration& network) {
  return fmt::format(R"(#include <tenon/dsl.hpp>
#include <tenon/generate.hpp>
#define static_assert(...) static_assert(true)
#include "{}"
int main(int argc, char** argv) {{ return tenon::codegen::show_unchecked<{}>("{}", argc, argv); }}
)",
                     header.string(), network.qualified, network.name);
}

fs::path compile(const std::string& text, const std::string& name, const request& asked,
                 const installation& place, const workshop& shop) {
  const fs::path source = shop.folder() / "generators" / hash_of(text) / name;
  write_file(source, text);
  words options{"-O0", shop.cxx().stop_at_first_error()};
  options.insert(options.end(), place.options.begin(), place.options.end());
  for (const fs::path& folder : asked.includes)
    options.push_back("-I" + fs::absolute(folder).string());
  for (const fs::path& folder : place.includes) options.push_back("-I" + folder.string());
  const fs::path object = shop.object({source, options});
  return shop.program({object}, place.generator_libraries, place.options);
}

// The text without its last line, and that line.
std::pair<std::string, std::string> split_last_line(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  const std::size_t at = text.rfind('\n');
  if (at == text.npos) return {{}, text};
  return {text.substr(0, at + 1), text.substr(at + 1)};
}

}  // namespace

declaration declared_in(const request& asked) {
  const std::string file = asked.header.string();
  if (!fs::is_regular_file(asked.header)) {
    throw failure(
        fmt::format("{}: there is no such file; give the header that declares the network", file));
  }
  return choose_network(find_networks(read_file(asked.header)), asked.network, file);
}

fs::path generator(const request& asked, const declaration& network, const installation& place,
                   const workshop& shop) {
  try {
    return compile(strict_source(fs::canonical(asked.header), network),
                   network.name + "_generator.cc", asked, place, shop);
  } catch (const compile_failure& error) {
    throw compile_failure(fmt::format("{}: the network {} does not compile; see above",
                                      asked.header.string(), network.qualified),
                          error.details());
  }
}

fs::path lenient_generator(const request& asked, const declaration& network,
                           const installation& place, const workshop& shop) {
  return compile(lenient_source(fs::canonical(asked.header), network), network.name + "_checker.cc",
                 asked, place, shop);
}

std::string ask(const fs::path& generator, const request& asked, const words& question) {
  words command{generator.string()};
  command.insert(command.end(), question.begin(), question.end());
  for (const std::string& word : {std::string("--batch"), std::to_string(asked.batch),
                                  std::string("--source"), asked.header.filename().string()})
    command.push_back(word);
  if (!asked.tuned.empty()) command.insert(command.end(), {"--tuned", asked.tuned.string()});
  if (!asked.precision.empty()) command.insert(command.end(), {"--precision", asked.precision});
  outcome result = run(command);
  if (result.ok()) return std::move(result.output);
  auto [shown, sentence] = split_last_line(std::move(result.output));
  throw failure(sentence, std::move(shown), result.status == bad_input ? bad_input : our_bug);
}

}  // namespace tenon::tool
