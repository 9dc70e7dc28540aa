// A network as a value: the rows and hooks of its layers in a vector, so that tests can loop over
// networks, extend them and compose them at random. Everything behind the templates of lowering
// sees no difference.
#pragma once
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "codegen/lower.hpp"
#include "dsl/infer.hpp"
#include "dsl/list.hpp"

namespace tenon::tests {

struct layer_value {
  detail::row row;
  codegen::layer_hooks hooks;
};

template <class L>
layer_value as_value() {
  return {detail::row_of<L>, codegen::make_hooks<L>()};
}
// Of an object of the vocabulary: as_value(conv2d<8, 3>(same)).
template <class L>
layer_value as_value(L) {
  return as_value<L>();
}

struct network_value {
  std::string name;
  std::vector<detail::row> rows{};
  std::vector<codegen::layer_hooks> hooks{};

  void push(const layer_value& l) { rows.push_back(l.row), hooks.push_back(l.hooks); }
  void resize(std::size_t layers) {
    rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(layers), rows.end()),
        hooks.resize(layers);
  }
  verdict check() const {
    return detail::inference(rows.data(), static_cast<int>(rows.size())).run();
  }
  bool ends_in_loss() const {
    return !rows.empty() && rows.back().role == detail::kind_of_row::loss;
  }

  // The name must outlive the declaration, and so must this object.
  codegen::declaration declaration() const { return {name, rows, hooks, check()}; }
  codegen::program lowered(mode m, detail::settling how = {}) const {
    return codegen::lower(declaration(), m, 64, how);
  }

  // "input<7> | relu | …", marks by their names.
  std::string spelled() const {
    std::string s;
    for (const detail::row& r : rows) {
      detail::text t;
      r.spell(t);
      s += (s.empty() ? "" : " | ") + std::string(t.view());
    }
    return s;
  }
};

template <class... L>
network_value as_network(std::string name, detail::layers<L...>) {
  return {std::move(name), {detail::row_of<L>...}, {codegen::make_hooks<L>()...}};
}

}  // namespace tenon::tests
