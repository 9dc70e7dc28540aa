// The program that is made of a network's header and the code generator: it writes the network's
// source, and shows what the network is.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "codegen/tool/declarations.hpp"
#include "codegen/tool/installation.hpp"
#include "codegen/tool/workshop.hpp"

namespace tenon::tool {

struct request {
  std::filesystem::path header;
  std::string network;  // empty: the only one
  int batch = 64;
  std::string isa = "native";
  std::vector<std::filesystem::path> includes;  // of the user's header
  bool exact = false;
  bool standalone = false;       // the source carries what it includes of Tenon
  bool embed = false;            // an accessor of weights that are compiled in
  bool cuda = false;             // the network on a GPU beside
  std::string precision;         // of products there; empty: float32
  std::filesystem::path tuned;   // what `tenon tune` wrote; empty: the cost model's tiles
  std::vector<std::string> off;  // passes to leave out
};

// The network that is asked for. Throws a failure where the header is missing or declares none or
// several.
declaration declared_in(const request& asked);

// Compiles it, unless the cache holds it. Throws a failure with the compiler's message where the
// network is wrong.
std::filesystem::path generator(const request& asked, const declaration& network,
                                const installation& place, const workshop& shop);

// The same without the check of the network, and without the header's own assertions: for looking
// at a network that is wrong.
std::filesystem::path lenient_generator(const request& asked, const declaration& network,
                                        const installation& place, const workshop& shop);

// What a generator prints when it is asked to show something: "passes", "dot", "source", "describe"
// or "explain". Throws a failure with the generator's last line.
std::string ask(const std::filesystem::path& generator, const request& asked,
                const std::vector<std::string>& words);

}  // namespace tenon::tool
