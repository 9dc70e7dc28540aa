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

ensemble ensemble_of(const context& where, const std::vector<std::string>& files, pool& threads) {
  const network_info& network = *where.network.info;
  std::vector<ensemble::member> members;
  for (const std::string& file : files.empty() ? std::vector<std::string>(1) : files) {
    aligned_floats image(network.image_floats);
    weights_about about = weights_of(where, file, image.span());
    members.push_back({file, std::move(about),
                       std::make_unique<folded_network>(where.network, image.span(), &threads)});
  }
  return {network, std::move(members)};
}

}  // namespace tenon::runtime
