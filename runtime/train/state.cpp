#include "runtime/train/state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <deque>
#include <nlohmann/json.hpp>

#include "runtime/io/file.hpp"
#include "runtime/io/hash.hpp"
#include "runtime/io/safetensors.hpp"
#include "runtime/train/image.hpp"

namespace tenon::runtime {
namespace {

constexpr std::string_view format_version = "1";
constexpr std::size_t hash_digits = 32;
constexpr std::string_view hash_key = "\"xxh3\":\"";  // as it stands in the header

// ---- tensors

std::string slot_prefix(std::size_t slot) { return fmt::format("optimizer.{}.", slot + 1); }

bool all_zero_bits(std::span<const float> values) {
  return std::ranges::all_of(values, [](float v) { return std::bit_cast<std::uint32_t>(v) == 0; });
}

// Parameters as tensors, without padding. A deque: the tensors point into it.
class unpacked {
 public:
  explicit unpacked(const network_info& network) : network_(network) {}

  void add(const std::string& prefix, std::span<const float> image, bool with_buffers) {
    for (const parameter_info& p : network_.parameters) {
      if (p.buffer && !with_buffers) continue;
      if (p.offset + (p.rows - 1) * p.stride + p.row > image.size())
        throw internal_bug(fmt::format("state: {} lies outside of {}image", p.name, prefix));
      std::vector<float>& values = arrays_.emplace_back(count(p));
      unpack(p, image, values);
      tensors_.push_back({prefix + std::string(p.name), tensor_shape(p), values});
    }
  }
  const std::vector<tensor_view>& tensors() const { return tensors_; }

 private:
  const network_info& network_;
  std::deque<std::vector<float>> arrays_;
  std::vector<tensor_view> tensors_;
};

// Fills the image from tensors with this prefix; false if the file has none of them.
bool read_image(const safetensors_file& file, const network_info& network,
                const std::string& prefix, bool with_buffers, std::vector<float>& image) {
  image.assign(network.image_floats, 0.0F);
  std::size_t found = 0, wanted = 0;
  for (const parameter_info& p : network.parameters) {
    if (p.buffer && !with_buffers) continue;
    ++wanted;
    const tensor_view* t = file.find(prefix + std::string(p.name));
    if (!t) continue;
    if (t->shape != tensor_shape(p))
      throw state_error(fmt::format("'{}' has shape {}", t->name, text(t->shape)));
    pack(p, t->values, image);
    ++found;
  }
  if (found == 0 && wanted != 0) image.clear();
  if (found != 0 && found != wanted)
    throw state_error(
        fmt::format("{} of {} tensors '{}…' are missing", wanted - found, wanted, prefix));
  return found != 0;
}

void read_tensors(const safetensors_file& file, const network_info& network, saved_state& s) {
  if (!read_image(file, network, "", true, s.image)) throw state_error("it holds no parameters");
  read_image(file, network, "best.", true, s.best);
  read_image(file, network, "average.", true, s.average);
  std::vector<float> values;
  for (std::size_t slot = 0; read_image(file, network, slot_prefix(slot), false, values); ++slot)
    s.optimizer.push_back(values);
}

// ---- the whole file

std::string hash_with_zeros(std::span<const std::span<const std::byte>> pieces) {
  hasher h;
  for (const auto piece : pieces) h.add(piece);
  return h.hexadecimal();
}

// Where the digits of the hash stand in a text that begins with the file's header.
std::size_t find_digits(std::string_view text) {
  const std::size_t key = text.find(hash_key);
  if (key == std::string_view::npos || key + hash_key.size() + hash_digits > text.size())
    throw state_error("its header has no hash");
  return key + hash_key.size();
}

// The hash is of all bytes, with zeros where its own digits stand.
void require_whole(std::span<const std::byte> content) {
  const std::string_view text(reinterpret_cast<const char*>(content.data()), content.size());
  const std::size_t at = find_digits(text);
  const std::string zeros(hash_digits, '0');
  const std::array pieces{content.first(at), std::as_bytes(std::span(zeros)),
                          content.subspan(at + hash_digits)};
  const std::string found = hash_with_zeros(pieces);
  if (text.substr(at, hash_digits) != found) {
    throw state_error(fmt::format("its contents have the hash {}, it was written with {}", found,
                                  text.substr(at, hash_digits)));
  }
}

void require_network(const metadata& about, const network_info& network,
                     const std::filesystem::path& path) {
  if (about.at("state") != format_version) {
    throw user_error(fmt::format("{}: is of version {}, this program reads version {}",
                                 path.string(), about.at("state"), format_version));
  }
  if (about.at("signature") != network.signature) {
    throw user_error(fmt::format(
        "{}: is of network {} ({}), this program is {} ({}); begin a new run with --init and "
        "--init-skip",
        path.string(), about.at("network"), about.at("signature"), network.name,
        network.signature));
  }
}

saved_state parse(bytes content, const network_info& network, const std::filesystem::path& path) {
  require_whole(content);
  const safetensors_file file(std::move(content));
  require_network(file.about(), network, path);
  saved_state s;
  s.record.about = from_metadata(file.about());
  s.record.arguments = file.about().at("arguments");
  read_progress(file.about().at("progress"), s.record);
  read_tensors(file, network, s);
  return s;
}

}  // namespace

void save_state(const std::filesystem::path& path, const network_info& network,
                const run_record& record, const run_tensors& tensors) {
  unpacked all(network);
  all.add("", tensors.image, true);
  const std::size_t slot_floats = tensors.optimizer.size() / optimizer_slots;
  const auto slot = [&](std::size_t i) {
    return tensors.optimizer.subspan(i * slot_floats, slot_floats);
  };
  std::size_t used = optimizer_slots;
  while (used > 0 && all_zero_bits(slot(used - 1))) --used;
  for (std::size_t i = 0; i < used; ++i) all.add(slot_prefix(i), slot(i), false);
  if (!tensors.best.empty()) all.add("best.", tensors.best, true);
  if (!tensors.average.empty()) all.add("average.", tensors.average, true);

  metadata about = to_metadata(network, record.about);
  about["state"] = format_version;
  about["arguments"] = record.arguments;
  about["progress"] = progress_json(record);
  about["xxh3"] = std::string(hash_digits, '0');
  std::string header = safetensors_header(all.tensors(), about);
  std::vector<std::span<const std::byte>> pieces{std::as_bytes(std::span<const char>(header))};
  for (const tensor_view& t : all.tensors()) pieces.push_back(std::as_bytes(t.values));
  header.replace(find_digits(header), hash_digits, hash_with_zeros(pieces));
  save_atomically(path, pieces);
}

saved_state load_state(const std::filesystem::path& path, const network_info& network) {
  const auto damaged = [&](const char* what) {
    return state_error(fmt::format(
        "{}: the checkpoint is damaged: {}; restore it from a copy, or begin a new run with --init",
        path.string(), what));
  };
  try {
    return parse(read_file(path), network, path);
  } catch (const state_error& e) {
    throw damaged(e.what());
  } catch (const safetensors_error& e) {
    throw damaged(e.what());
  } catch (const nlohmann::json::exception& e) {
    throw damaged(e.what());
  } catch (const std::out_of_range&) {
    throw damaged("its metadata are incomplete");
  }
}

void restore(const saved_state& saved, trainer_core& trainer) {
  std::ranges::copy(saved.image, trainer.image().begin());
  const std::span<float> state = trainer.optimizer_state();
  const std::size_t slot_floats = state.size() / optimizer_slots;
  for (std::size_t i = 0; i < std::min(saved.optimizer.size(), optimizer_slots); ++i) {
    std::ranges::copy(std::span(saved.optimizer[i]).first(slot_floats),
                      state.subspan(i * slot_floats).begin());
  }
}

}  // namespace tenon::runtime
