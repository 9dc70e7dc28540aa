#include "runtime/io/blob.hpp"

#include <array>

#include "runtime/io/file.hpp"

namespace tenon::runtime {

void save_blob(const std::filesystem::path& path, std::string_view signature, blob_layout layout,
               std::span<const float> image) {
  const std::array header{make_blob_header(signature, image.size(), layout)};
  const std::array<std::span<const std::byte>, 2> pieces{std::as_bytes(std::span(header)),
                                                         std::as_bytes(image)};
  save_atomically(path, pieces);
}

}  // namespace tenon::runtime
