// Finds the networks that a header declares, by reading its text: `struct NAME final : network<`,
// also tenon::network and inside namespaces. Comments, literals and preprocessor lines are skipped;
// templates are not networks yet and are left out.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace tenon::tool {

struct declaration {
  std::string qualified;  // "zoo::lenet"
  std::string name;       // "lenet": the name of everything emitted

  bool operator==(const declaration&) const = default;
};

// In order of declaration.
std::vector<declaration> find_networks(std::string_view text);

// The one asked for by `wanted` (a name or a qualified name), or the only one where `wanted` is
// empty. Throws a failure that lists what is there; `file` is how the user called the header.
declaration choose_network(const std::vector<declaration>& found, std::string_view wanted,
                           std::string_view file);

}  // namespace tenon::tool
