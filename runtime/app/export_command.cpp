#include <fmt/format.h>

#include <filesystem>

#include "runtime/app/commands.hpp"
#include "runtime/io/blob.hpp"
#include "runtime/io/npz.hpp"
#include "runtime/train/image.hpp"
#include "runtime/train/weights.hpp"

namespace tenon::runtime {
namespace {

void save_declared(const std::filesystem::path& path, const network_info& network,
                   std::span<const float> image) {
  const std::vector<float> all = unpack(network, image);
  std::vector<tensor_view> tensors;
  std::size_t at = 0;
  for (const parameter_info& p : network.parameters) {
    tensors.push_back({std::string(p.name),
                       {p.shape.begin(), p.shape.end()},
                       std::span(all).subspan(at, count(p))});
    at += count(p);
  }
  save_npz(path, tensors);
}

}  // namespace

int export_command(const context& where, const export_options& o) {
  const network_info& network = *where.network.info;
  aligned_floats image(network.image_floats);
  load_weights(o.weights, network, image.span());
  const bool blob = o.format == "blob";
  const std::filesystem::path path =
      o.output.empty() ? std::filesystem::path(o.weights).replace_extension("." + o.format)
                       : std::filesystem::path(o.output);
  if (!blob && !o.folded) {
    save_declared(path, network, image.span());
  } else {
    if (!where.network.fold)
      throw user_error(
          "export: this executable was built without the eval mode; build it with both");
    aligned_floats folded(network.eval_image_floats);
    where.network.fold(image.data(), folded.data());
    const tensor_view whole{
        .name = "eval_image", .shape = {folded.span().size()}, .values = folded.span()};
    blob ? save_blob(path, network.signature, blob_layout::eval, folded.span())
         : save_npz(path, std::span(&whole, 1));
  }
  where.out << fmt::format("{}: {} bytes\n", path.string(), std::filesystem::file_size(path));
  return done;
}

}  // namespace tenon::runtime
