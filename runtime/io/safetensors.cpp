#include "runtime/io/safetensors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

namespace tenon::runtime {
namespace {

using json = nlohmann::ordered_json;
using fault = safetensors_fault;

static_assert(std::endian::native == std::endian::little,
              "the file is read and written as it lies in memory");
constexpr std::uint64_t most_header = 100'000'000;  // as the reference implementation
constexpr int most_depth = 4;                       // header, tensor, shape

struct entry {
  std::string name;
  std::vector<std::size_t> shape;
  std::uint64_t begin, end;
};

std::string_view header_of(std::span<const std::byte> content) {
  std::uint64_t length = 0;
  if (content.size() < sizeof length + 2) {
    throw safetensors_error(fault::header_too_small,
                            fmt::format("the file has {} bytes", content.size()));
  }
  std::memcpy(&length, content.data(), sizeof length);
  if (length > most_header || length > content.size() - sizeof length) {
    throw safetensors_error(
        fault::header_too_large,
        fmt::format("{} bytes announced in a file of {}", length, content.size()));
  }
  return {reinterpret_cast<const char*>(content.data()) + sizeof length, length};
}

// Refuses doubled keys and depth while parsing: afterwards a doubled key has silently replaced the
// first.
json parse(std::string_view header) {
  std::vector<std::set<std::string>> keys;
  std::string doubled;
  const auto watch = [&](int depth, json::parse_event_t event, json& value) {
    if (depth > most_depth)
      throw safetensors_error(fault::bad_json, "the header is nested too deep");
    if (event == json::parse_event_t::object_start) keys.emplace_back();
    if (event == json::parse_event_t::object_end) keys.pop_back();
    if (event == json::parse_event_t::key && !keys.back().insert(value.get<std::string>()).second) {
      doubled = value.get<std::string>();
    }
    return true;
  };
  json parsed;
  try {
    if (!header.starts_with('{'))
      throw safetensors_error(fault::bad_json, "the header does not begin with '{'");
    parsed = json::parse(header, watch);
  } catch (const json::exception& e) {
    throw safetensors_error(fault::bad_json, e.what());
  }
  if (!doubled.empty())
    throw safetensors_error(fault::duplicate_name, fmt::format("'{}'", doubled));
  return parsed;
}

std::uint64_t count(const json& value, const std::string& name) {
  if (!value.is_number_unsigned()) {
    throw safetensors_error(fault::bad_shape,
                            fmt::format("'{}' has {} where a count belongs", name, value.dump()));
  }
  return value.get<std::uint64_t>();
}

entry read_entry(const std::string& name, const json& value) {
  if (!value.is_object() || !value.contains("dtype") || !value.contains("shape") ||
      !value.contains("data_offsets") || !value["shape"].is_array() ||
      !value["data_offsets"].is_array() || value["data_offsets"].size() != 2) {
    throw safetensors_error(fault::bad_json,
                            fmt::format("'{}' lacks dtype, shape or data_offsets", name));
  }
  if (value["dtype"] != "F32") {
    throw safetensors_error(fault::wrong_type,
                            fmt::format("'{}' is {}, F32 is wanted", name, value["dtype"].dump()));
  }
  entry e{.name = name,
          .shape = {},
          .begin = count(value["data_offsets"][0], name),
          .end = count(value["data_offsets"][1], name)};
  for (const json& size : value["shape"]) e.shape.push_back(count(size, name));
  return e;
}

// Throws unless the entry's data lie in `size` bytes and are as many as its shape says.
void check(const entry& e, std::uint64_t size) {
  if (e.begin > e.end || e.end > size) {
    throw safetensors_error(
        fault::offset_out_of_range,
        fmt::format("'{}' lies at [{}, {}) of {} bytes", e.name, e.begin, e.end, size));
  }
  std::uint64_t wanted = sizeof(float);
  for (const std::size_t n : e.shape) {
    if (n != 0 && wanted > std::numeric_limits<std::uint64_t>::max() / n) {
      throw safetensors_error(
          fault::bad_shape,
          fmt::format("'{}' has more elements than memory has addresses", e.name));
    }
    wanted *= n;
  }
  if (wanted != e.end - e.begin) {
    throw safetensors_error(fault::bad_shape, fmt::format("'{}' needs {} bytes and has {}", e.name,
                                                          wanted, e.end - e.begin));
  }
}

metadata read_metadata(const json& value) {
  metadata about;
  if (!value.is_object()) throw safetensors_error(fault::bad_json, "__metadata__ is not an object");
  for (const auto& [key, text] : value.items()) {
    if (!text.is_string())
      throw safetensors_error(fault::bad_json, fmt::format("__metadata__ '{}' is not text", key));
    about[key] = text.get<std::string>();
  }
  return about;
}

}  // namespace

std::string_view text(safetensors_fault f) {
  switch (f) {
    case fault::header_too_small:
      return "header too small";
    case fault::header_too_large:
      return "header too large";
    case fault::bad_json:
      return "bad header";
    case fault::duplicate_name:
      return "name given twice";
    case fault::wrong_type:
      return "wrong type of numbers";
    case fault::bad_shape:
      return "bad shape";
    case fault::offset_out_of_range:
      return "data outside the file";
    case fault::overlap_or_hole:
      return "data overlap or leave a hole";
  }
  return "unknown fault";
}

safetensors_error::safetensors_error(safetensors_fault f, const std::string& detail)
    : user_error(fmt::format("not a sound safetensors file: {}: {}", text(f), detail)),
      fault_(f),
      detail_(detail) {}

safetensors_file::safetensors_file(bytes content) {
  const std::string_view header = header_of(content);
  const json parsed = parse(header);
  const std::span<const std::byte> data =
      std::span<const std::byte>(content).subspan(sizeof(std::uint64_t) + header.size());
  std::vector<entry> entries;
  for (const auto& [name, value] : parsed.items()) {
    if (name == "__metadata__") {
      about_ = read_metadata(value);
    } else {
      entries.push_back(read_entry(name, value));
      check(entries.back(), data.size());
    }
  }
  std::ranges::sort(entries, {}, [](const entry& e) { return std::tie(e.begin, e.end, e.name); });
  std::uint64_t next = 0;
  for (const entry& e : entries) {
    if (e.begin != next) {
      throw safetensors_error(fault::overlap_or_hole,
                              fmt::format("'{}' begins at {}, not at {}", e.name, e.begin, next));
    }
    next = e.end;
  }
  if (next != data.size()) {
    throw safetensors_error(fault::overlap_or_hole,
                            fmt::format("{} bytes belong to no tensor", data.size() - next));
  }
  // Copied: the header's length need not leave the data aligned.
  values_.resize(data.size() / sizeof(float));
  if (!data.empty()) std::memcpy(values_.data(), data.data(), data.size());
  for (entry& e : entries) {
    const auto values = std::span<const float>(values_).subspan(e.begin / sizeof(float),
                                                                (e.end - e.begin) / sizeof(float));
    tensors_.push_back({std::move(e.name), std::move(e.shape), values});
  }
}

safetensors_file safetensors_file::load(const std::filesystem::path& path) {
  bytes content = read_file(path);
  try {
    return safetensors_file(std::move(content));
  } catch (const safetensors_error& e) {
    throw safetensors_error(e.fault(),
                            fmt::format("{} (in {}); is the copy complete, and is it safetensors?",
                                        e.detail(), path.string()));
  }
}

const tensor_view* safetensors_file::find(std::string_view name) const {
  const auto found = std::ranges::find(tensors_, name, &tensor_view::name);
  return found == tensors_.end() ? nullptr : &*found;
}

std::string safetensors_header(std::span<const tensor_view> tensors, const metadata& about) {
  json header = json::object();
  if (!about.empty()) header["__metadata__"] = about;
  std::uint64_t at = 0;
  for (const tensor_view& t : tensors) {
    const std::uint64_t end = at + t.values.size_bytes();
    header[t.name] = {{"dtype", "F32"}, {"shape", t.shape}, {"data_offsets", {at, end}}};
    at = end;
  }
  std::string text = header.dump();
  constexpr std::size_t step = 64;
  text.resize((text.size() + 8 + step - 1) / step * step - 8, ' ');
  const std::uint64_t length = text.size();
  return std::string(reinterpret_cast<const char*>(&length), sizeof length) + text;
}

void save_safetensors(const std::filesystem::path& path, std::span<const tensor_view> tensors,
                      const metadata& about, outlives what) {
  const std::string header = safetensors_header(tensors, about);
  std::vector<std::span<const std::byte>> pieces{std::as_bytes(std::span(header))};
  for (const tensor_view& t : tensors) pieces.push_back(std::as_bytes(t.values));
  save_atomically(path, pieces, what);
}

}  // namespace tenon::runtime
