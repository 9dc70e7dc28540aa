#include "runtime/app/weights_of.hpp"

#include "runtime/io/error.hpp"

namespace tenon::runtime {

weights_about weights_of(const context& where, const std::string& file, std::span<float> image) {
  const network_info& network = *where.network.info;
  if (!file.empty()) return load_weights(file, network, image);
  if (!where.embedded.empty())
    return load_weights(where.embedded, "the weights compiled in", network, image);
  throw user_error(
      "--weights is required: give the safetensors file that train wrote (no weights were compiled "
      "in; tenon build --embed does that)");
}

}  // namespace tenon::runtime
