#include "runtime/io/npy.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "runtime/io/error.hpp"
#include "runtime/io/npy_header.hpp"

namespace tenon::runtime {
namespace {

static_assert(std::endian::native == std::endian::little,
              "arrays are read and written as they lie in memory");

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t most_header =
    1 << 16;  // a dictionary of three short values; NumPy itself stops at 10,000

struct type_name {
  std::string_view descr;
  number type;
};
constexpr std::array names{type_name{"<f4", number::float32}, type_name{"<f8", number::float64},
                           type_name{"|u1", number::uint8},   type_name{"|i1", number::int8},
                           type_name{"<i2", number::int16},   type_name{"<u2", number::uint16},
                           type_name{"<i4", number::int32},   type_name{"<u4", number::uint32},
                           type_name{"<i8", number::int64},   type_name{"<u8", number::uint64},
                           type_name{"|b1", number::boolean}};

number type_of(const std::string& descr, const std::string& name) {
  for (const auto& known : names) {
    if (known.descr == descr) return known.type;
  }
  const bool object = descr.find('O') != std::string::npos;
  throw user_error(fmt::format(
      "{}: holds numbers of type '{}', {}", name, descr,
      object ? "which are pickled objects, that is programs; save a plain array instead"
             : "which is not read; save it as float32: numpy.save(file, a.astype('<f4'))"));
}

std::size_t count_of(std::span<const std::size_t> shape, const std::string& name) {
  std::size_t n = 1;
  for (const std::size_t size : shape) {
    // Division by the product so far, and room for eight bytes each, so that no later product wraps
    // around.
    if (size != 0 && n > std::numeric_limits<std::size_t>::max() / 8 / size) {
      throw user_error(
          fmt::format("{}: its header announces more numbers than memory has addresses", name));
    }
    n *= size;
  }
  return n;
}

void require(std::size_t have, std::size_t wanted, std::string_view what, const std::string& name) {
  if (have >= wanted) return;
  throw user_error(fmt::format("{}: {} need {} bytes, the file has {} left; is the copy complete?",
                               name, what, wanted, have));
}

// The dictionary's text; `content` then begins behind it.
std::string_view take_header(std::span<const std::byte>& content, const std::string& name) {
  constexpr std::size_t start = 8;  // magic bytes and two of the version
  require(content.size(), start + 2, "magic bytes", name);
  if (std::memcmp(content.data(), magic.data(), magic.size()) != 0) {
    throw user_error(fmt::format("{}: not an .npy file (it does not begin with \\x93NUMPY)", name));
  }
  const int version = std::to_integer<int>(content[6]);
  if (version < 1 || version > 3) {
    throw user_error(fmt::format("{}: .npy version {} is not read, only 1 to 3", name, version));
  }
  const std::size_t digits = version == 1 ? 2 : 4;
  require(content.size(), start + digits, "its header's length", name);
  std::uint32_t length = 0;
  std::memcpy(&length, content.data() + start, digits);
  if (length > most_header) {
    throw user_error(
        fmt::format("{}: header of {} bytes, at most {} are read", name, length, most_header));
  }
  content = content.subspan(start + digits);
  require(content.size(), length, "its header", name);
  const std::string_view text(reinterpret_cast<const char*>(content.data()), length);
  content = content.subspan(length);
  return text;
}

// Calls f(values) with the data as numbers of their own type.
template <class F>
void visit_numbers(const npy_array& a, F f) {
  const auto as = [&]<class T>(T) {
    f(std::span(reinterpret_cast<const T*>(a.data.data()), a.count()));
  };
  switch (a.type) {
    case number::float32:
      return as(float{});
    case number::float64:
      return as(double{});
    case number::uint8:
    case number::boolean:
      return as(std::uint8_t{});
    case number::int8:
      return as(std::int8_t{});
    case number::int16:
      return as(std::int16_t{});
    case number::uint16:
      return as(std::uint16_t{});
    case number::int32:
      return as(std::int32_t{});
    case number::uint32:
      return as(std::uint32_t{});
    case number::int64:
      return as(std::int64_t{});
    case number::uint64:
      return as(std::uint64_t{});
  }
}

}  // namespace

std::size_t size_of(number type) {
  switch (type) {
    case number::uint8:
    case number::int8:
    case number::boolean:
      return 1;
    case number::int16:
    case number::uint16:
      return 2;
    case number::float32:
    case number::int32:
    case number::uint32:
      return 4;
    case number::float64:
    case number::int64:
    case number::uint64:
      return 8;
  }
  throw internal_bug("size_of: a type of number without a size");
}

std::size_t npy_array::count() const { return data.size() / size_of(type); }

std::vector<float> npy_array::floats() const {
  std::vector<float> values(count());
  visit_numbers(*this, [&](auto numbers) {
    for (std::size_t i = 0; i < numbers.size(); ++i) values[i] = static_cast<float>(numbers[i]);
  });
  return values;
}

std::vector<std::int32_t> npy_array::integers(std::string_view what) const {
  if (type == number::float32 || type == number::float64) {
    throw user_error(
        fmt::format("{}: class numbers must be integers, not floating-point numbers", what));
  }
  std::vector<std::int32_t> values(count());
  visit_numbers(*this, [&](auto numbers) {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const auto value = static_cast<double>(numbers[i]);
      if (std::abs(value) > std::numeric_limits<std::int32_t>::max()) {
        throw user_error(fmt::format("{}: {} at position {} is no class number", what, value, i));
      }
      values[i] = static_cast<std::int32_t>(numbers[i]);
    }
  });
  return values;
}

npy_array parse_npy(bytes content, const std::string& name) {
  std::span<const std::byte> rest(content);
  npy_fields fields;
  try {
    fields = parse_npy_header(take_header(rest, name));
  } catch (const std::string& wrong) {
    throw user_error(fmt::format("{}: {}", name, wrong));
  }
  npy_array array{.type = type_of(fields.descr, name), .shape = fields.shape, .data = {}};
  if (fields.fortran_order && fields.shape.size() > 1) {
    throw user_error(
        fmt::format("{}: is in Fortran order; save numpy.ascontiguousarray(a) instead", name));
  }
  const std::size_t wanted = count_of(fields.shape, name) * size_of(array.type);
  require(rest.size(), wanted, "its numbers", name);
  if (rest.size() != wanted) {
    throw user_error(fmt::format("{}: holds {} bytes more than its header announces", name,
                                 rest.size() - wanted));
  }
  content.erase(content.begin(), content.end() - static_cast<std::ptrdiff_t>(wanted));
  array.data = std::move(content);
  return array;
}

npy_array read_npy(const std::filesystem::path& path) {
  return parse_npy(read_unpacked(path), path.string());
}

std::string npy_header(std::span<const std::size_t> shape) {
  std::string sizes;
  for (const std::size_t size : shape) sizes += fmt::format("{}, ", size);
  if (shape.size() > 1) sizes.resize(sizes.size() - 2);
  if (shape.size() == 1) sizes.pop_back();  // "(3,)": one comma makes the tuple
  std::string text =
      fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}), }}", sizes);
  constexpr std::size_t before = magic.size() + 4,
                        step = 64;  // data begin at a multiple of 64 bytes
  text.resize((before + text.size() + 1 + step - 1) / step * step - before - 1, ' ');
  text += '\n';
  std::string header(magic);
  header +=
      {'\1', '\0', static_cast<char>(text.size() & 0xFF), static_cast<char>(text.size() >> 8)};
  return header + text;
}

void write_npy(const std::filesystem::path& path, std::span<const std::size_t> shape,
               std::span<const float> values) {
  const std::string header = npy_header(shape);
  const std::array pieces{std::as_bytes(std::span(header)), std::as_bytes(values)};
  save_atomically(path, pieces);
}

}  // namespace tenon::runtime
