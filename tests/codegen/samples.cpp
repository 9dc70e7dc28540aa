// The only file that defines TENON_SAMPLES: including all layers fills the registry, so a new layer
// is tested without an edit here.
#include "tests/codegen/samples.hpp"

#include "codegen/hooks.hpp"
#include "dsl/list.hpp"

namespace tenon::tests {
namespace {

struct registry {
  std::vector<network_value> networks;
  std::vector<std::string> layers;
};

registry& all() {
  static registry r;
  return r;
}

template <class... Lists>
bool enter(const char* layer, Lists... lists) {
  int count = 0;
  (all().networks.push_back(
       as_network(std::string(layer) + "_sample_" + std::to_string(++count), lists)),
   ...);
  all().layers.emplace_back(layer);
  return true;
}

}  // namespace
}  // namespace tenon::tests

#undef TENON_SAMPLES
#define TENON_SAMPLES(layer, ...)                              \
  [[maybe_unused]] static const bool layer##_samples_entered = \
      tenon::tests::enter(#layer, __VA_ARGS__);

#include "dsl/layers/all.hpp"

namespace tenon::tests {

const std::vector<network_value>& samples() {
  static const std::vector<network_value> trainable = [] {
    std::vector<network_value> networks = all().networks;
    for (network_value& n : networks) {
      if (!n.ends_in_loss()) n.push(as_value(mean_squared_error));
    }
    return networks;
  }();
  return trainable;
}

const std::vector<std::string>& sampled_layers() { return all().layers; }

}  // namespace tenon::tests
