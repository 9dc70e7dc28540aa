#include "runtime/train/weights.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "runtime/io/error.hpp"
#include "runtime/io/hash.hpp"
#include "runtime/io/safetensors.hpp"
#include "runtime/train/image.hpp"

namespace tenon::runtime {
namespace {

std::vector<std::size_t> sizes(std::span<const int> shape) { return {shape.begin(), shape.end()}; }

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

// Throws unless each tensor of the file belongs to the network.
void require_known(const safetensors_file& file, const network_info& network,
                   const std::filesystem::path& path) {
  for (const tensor_view& t : file.tensors()) {
    const bool known = std::ranges::find(network.parameters, std::string_view(t.name),
                                         &parameter_info::name) != network.parameters.end();
    if (!known && !t.name.ends_with("num_batches_tracked")) {
      throw user_error(fmt::format(
          "{}: holds '{}', which network {} does not have; was it saved from another network?",
          path.string(), t.name, network.name));
    }
  }
}

}  // namespace

void save_weights(const std::filesystem::path& path, const network_info& network,
                  std::span<const float> image, const weights_about& about) {
  const std::vector<float> all = unpack(network, image);
  std::vector<tensor_view> tensors;
  std::size_t at = 0;
  for (const parameter_info& p : network.parameters) {
    tensors.push_back({std::string(p.name), sizes(p.shape), std::span(all).subspan(at, count(p))});
    at += count(p);
  }
  save_safetensors(path, tensors, to_metadata(network, about));
}

weights_about load_weights(const std::filesystem::path& path, const network_info& network,
                           std::span<float> image) {
  const safetensors_file file = safetensors_file::load(path);
  require_known(file, network, path);
  for (const parameter_info& p : network.parameters) {
    const tensor_view* t = file.find(p.name);
    if (!t) {
      throw user_error(
          fmt::format("{}: lacks '{}' of network {}; was it saved from another network?",
                      path.string(), p.name, network.name));
    }
    if (t->shape != sizes(p.shape)) {
      throw user_error(fmt::format("{}: '{}' has shape {}, network {} wants {}", path.string(),
                                   p.name, text(t->shape), network.name, text(p.shape)));
    }
    pack(p, t->values, image);
  }
  return from_metadata(file.about());
}

std::string hash(const network_info& network, std::span<const float> image) {
  hasher h;
  h.add(std::as_bytes(std::span<const float>(unpack(network, image))));
  return h.hexadecimal();
}

}  // namespace tenon::runtime
