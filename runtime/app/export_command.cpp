#include <fmt/format.h>

#include <array>
#include <filesystem>

#include "runtime/app/commands.hpp"
#include "runtime/app/keep_inputs.hpp"
#include "runtime/io/blob.hpp"
#include "runtime/io/error.hpp"
#include "runtime/io/npz.hpp"
#include "runtime/train/image.hpp"
#include "runtime/train/weights.hpp"

namespace tenon::runtime {
namespace {

namespace fs = std::filesystem;

// The declared network's parameters and buffers by name.
void save_declared(const fs::path& path, const std::string& format, const network_info& network,
                   std::span<const float> image, const weights_about& about) {
  if (format == "safetensors") return save_weights(path, network, image, about);
  const std::vector<float> all = unpack(network, image);
  save_npz(path, tensors_of(network, all));
}

// What the serving network reads: one array, as its arena holds it.
void save_folded(const fs::path& path, const std::string& format, const network_entry& network,
                 std::span<const float> image, const weights_about& about) {
  if (!network.fold)
    throw user_error("export: this executable was built without the eval mode; build it with both");
  aligned_floats folded(network.info->eval_image_floats);
  network.fold(image.data(), folded.data());
  const std::array whole{
      tensor_view{.name = "eval_image", .shape = {folded.span().size()}, .values = folded.span()}};
  if (format == "blob") {
    save_blob(path, network.info->signature, blob_layout::eval, folded.span());
  } else if (format == "npz") {
    save_npz(path, whole);
  } else {
    save_safetensors(path, whole, to_metadata(*network.info, about));
  }
}

}  // namespace

int export_command(const context& where, const export_options& o) {
  const network_info& network = *where.network.info;
  const fs::path path =
      o.output.empty() ? fs::path(o.weights).replace_extension("." + o.format) : fs::path(o.output);
  require_not_an_input("--output", path.string(), std::span(&o.weights, 1));
  aligned_floats image(network.image_floats);
  const weights_about about = load_weights(o.weights, network, image.span());
  if (o.folded || o.format == "blob") {
    save_folded(path, o.format, where.network, image.span(), about);
  } else {
    save_declared(path, o.format, network, image.span(), about);
  }
  where.out << fmt::format("{}: {} bytes\n", path.string(), fs::file_size(path));
  return done;
}

}  // namespace tenon::runtime
