#include "runtime/train/weights.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>

#include "runtime/core/blob.hpp"
#include "runtime/io/error.hpp"
#include "runtime/io/hash.hpp"
#include "runtime/io/safetensors.hpp"
#include "runtime/train/image.hpp"
#include "runtime/train/pattern.hpp"

namespace tenon::runtime {
namespace {

template <class T>
T number_or(const metadata& about, const std::string& key, T otherwise) {
  const auto found = about.find(key);
  if (found == about.end()) return otherwise;
  T value{};
  const std::string& text = found->second;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size()) {
    throw user_error(
        fmt::format("the weights' metadata say {} = '{}', which is no number", key, text));
  }
  return value;
}

// Replaces what is no UTF-8, so that any table can be trained on.
void add_names(metadata& m, const char* key, const std::vector<std::string>& names) {
  using json = nlohmann::json;
  if (!names.empty()) m[key] = json(names).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::vector<std::string> names_of(const metadata& m, const char* key) {
  const auto found = m.find(key);
  if (found == m.end()) return {};
  try {
    return nlohmann::json::parse(found->second).get<std::vector<std::string>>();
  } catch (const nlohmann::json::exception&) {
    throw user_error(fmt::format("the weights' metadata say {} = '{}', which is no list of names",
                                 key, found->second.substr(0, 80)));
  }
}

// What is folded cannot be unfolded; it serves on the CPU alone.
safetensors_file opened(const std::filesystem::path& path) {
  const std::string_view magic(blob_header::expected_magic);
  std::string begin(magic.size(), '\0');
  std::ifstream file(path, std::ios::binary);
  if (file.read(begin.data(), static_cast<std::streamsize>(begin.size())) && begin == magic) {
    throw user_error(fmt::format(
        "{}: is a blob, weights folded for the CPU's serving code; give the safetensors "
        "file that train wrote, which every device takes",
        path.string()));
  }
  return safetensors_file::load(path);
}

// A file of weights that is held against a network.
class reader {
 public:
  // `patterns`: what may disagree; null where nothing may.
  reader(const std::filesystem::path& path, const network_info& network,
         const std::span<const std::string>* patterns)
      : reader(path, network, patterns, opened(path)) {}
  reader(std::filesystem::path label, const network_info& network,
         const std::span<const std::string>* patterns, safetensors_file file)
      : path_(std::move(label)), network_(network), patterns_(patterns), file_(std::move(file)) {}

  weights_about read(std::span<float> image) const {
    require_known();
    for (const parameter_info& p : network_.parameters) {
      if (skipped(p.name)) continue;
      const tensor_view* t = file_.find(p.name);
      if (!t) refuse(fmt::format("lacks '{}' of network {}", p.name, network_.name), p.layer);
      if (t->shape != tensor_shape(p)) {
        refuse(fmt::format("'{}' has shape {}, network {} wants {}", p.name, text(t->shape),
                           network_.name, text(p.shape)),
               p.layer);
      }
      pack(p, t->values, image);
    }
    require_whole(image);
    return from_metadata(file_.about());
  }

 private:
  bool skipped(std::string_view name) const { return patterns_ && matches(*patterns_, name); }

  [[noreturn]] void refuse(const std::string& what, std::string_view layer) const {
    const std::string way_out =
        patterns_ ? fmt::format("--init-skip '{}.*' leaves it as initialised", layer)
                  : "was it saved from another network?";
    throw user_error(fmt::format("{}: {}; {}", path_.string(), what, way_out));
  }

  // Each tensor of the file belongs to the network.
  void require_known() const {
    for (const tensor_view& t : file_.tensors()) {
      const bool known = std::ranges::find(network_.parameters, std::string_view(t.name),
                                           &parameter_info::name) != network_.parameters.end();
      if (known || t.name.ends_with("num_batches_tracked") || skipped(t.name)) continue;
      refuse(fmt::format("holds '{}', which network {} does not have", t.name, network_.name),
             t.name.substr(0, t.name.rfind('.')));
    }
  }

  // What was read is what was written, where the file says so and all of it was read.
  void require_whole(std::span<const float> image) const {
    const auto said = file_.about().find("hash");
    if (said == file_.about().end() || (patterns_ && !patterns_->empty())) return;
    if (const std::string found = hash(network_, image); said->second != found) {
      throw user_error(fmt::format(
          "{}: its numbers have the hash {}, its metadata say {}: the file is damaged, or another "
          "program changed it (then remove 'hash' from the metadata)",
          path_.string(), found, said->second));
    }
  }

  std::filesystem::path path_;  // as errors name it
  const network_info& network_;
  const std::span<const std::string>* patterns_;
  safetensors_file file_;
};

}  // namespace

metadata to_metadata(const network_info& network, const weights_about& about) {
  metadata m{{"network", std::string(network.name)},
             {"signature", std::string(network.signature)},
             {"version", TENON_VERSION},
             {"standardize", about.standardize.json()},
             {"data", about.data},
             {"seed", fmt::format("{}", about.seed)},
             {"test_fraction", fmt::format("{}", about.test_fraction)}};
  if (about.target.kind != standardization::none) m["standardize_target"] = about.target.json();
  add_names(m, "classes", about.names.classes);
  add_names(m, "features", about.names.features);
  add_names(m, "targets", about.names.targets);
  return m;
}

weights_about from_metadata(const metadata& m) {
  weights_about about;
  if (const auto s = m.find("standardize"); s != m.end())
    about.standardize = statistics::from_json(s->second);
  if (const auto t = m.find("standardize_target"); t != m.end())
    about.target = statistics::from_json(t->second);
  about.names = {.classes = names_of(m, "classes"),
                 .features = names_of(m, "features"),
                 .targets = names_of(m, "targets")};
  if (const auto d = m.find("data"); d != m.end()) about.data = d->second;
  about.seed = number_or(m, "seed", about.seed);
  about.test_fraction = number_or(m, "test_fraction", about.test_fraction);
  return about;
}

std::vector<std::size_t> tensor_shape(const parameter_info& p) {
  return {p.shape.begin(), p.shape.end()};
}

std::vector<tensor_view> tensors_of(const network_info& network, std::span<const float> unpacked) {
  std::vector<tensor_view> tensors;
  for (const parameter_info& p : network.parameters) {
    tensors.push_back({std::string(p.name), tensor_shape(p), unpacked.first(count(p))});
    unpacked = unpacked.subspan(count(p));
  }
  return tensors;
}

void save_weights(const std::filesystem::path& path, const network_info& network,
                  std::span<const float> image, const weights_about& about, outlives what) {
  const std::vector<float> all = unpack(network, image);
  metadata said = to_metadata(network, about);
  said["hash"] = hash(network, image);
  save_safetensors(path, tensors_of(network, all), said, what);
}

weights_about load_weights(const std::filesystem::path& path, const network_info& network,
                           std::span<float> image) {
  return reader(path, network, nullptr).read(image);
}

weights_about load_weights(std::span<const std::byte> file, std::string_view label,
                           const network_info& network, std::span<float> image) {
  return reader(label, network, nullptr, safetensors_file({file.begin(), file.end()})).read(image);
}

void load_weights_except(const std::filesystem::path& path, const network_info& network,
                         std::span<float> image, std::span<const std::string> patterns) {
  for (const std::string& pattern : patterns) require_match("--init-skip", pattern, network);
  reader(path, network, &patterns).read(image);
}

std::string hash(const network_info& network, std::span<const float> image) {
  hasher h;
  h.add(std::as_bytes(std::span<const float>(unpack(network, image))));
  return h.hexadecimal();
}

}  // namespace tenon::runtime
