// The zip format: PKWARE's APPNOTE.TXT, sections 4.3.7 (local header), 4.3.12 (central
// directory), 4.3.16 (its end).
#include "runtime/io/npz.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <limits>
#include <list>

namespace tenon::runtime {
namespace {

void append(std::string& to, std::uint64_t value, int size) {
  for (int i = 0; i < size; ++i) to += static_cast<char>(value >> (8 * i) & 0xFF);
}

struct member {
  std::string name, header;  // header: of the .npy file
  std::uint32_t crc = 0, size = 0, offset = 0;
};

std::uint32_t checksum(std::string_view header, std::span<const float> values) {
  const auto of = [](uLong crc, const void* data, std::size_t size) {
    return crc32_z(crc, static_cast<const Bytef*>(data), size);
  };
  return static_cast<std::uint32_t>(
      of(of(0, header.data(), header.size()), values.data(), values.size_bytes()));
}

// What local header and central directory have in common, from the version on.
void append_common(std::string& to, const member& m) {
  append(to, 20, 2);      // version needed
  append(to, 0, 2);       // flags
  append(to, 0, 2);       // stored
  append(to, 0, 2);       // midnight
  append(to, 0x0021, 2);  // of 1 January 1980, the first day of zip: the same bytes at any time
  append(to, m.crc, 4);
  append(to, m.size, 4);
  append(to, m.size, 4);
  append(to, m.name.size(), 2);
  append(to, 0, 2);  // no extra field
}

std::string local_header(const member& m) {
  std::string text = "PK\3\4";
  append_common(text, m);
  return text + m.name;
}

std::string directory(const std::list<member>& members, std::uint64_t at) {
  std::string text;
  for (const member& m : members) {
    text += "PK\1\2";
    append(text, 20, 2);
    append_common(text, m);
    append(text, 0, 8);  // comment, disk, attributes of the inside
    append(text, 0, 2);  // attributes of the outside, four bytes with the two before them
    append(text, m.offset, 4);
    text += m.name;
  }
  const std::size_t size = text.size();
  text += "PK\5\6";
  append(text, 0, 4);
  append(text, members.size(), 2);
  append(text, members.size(), 2);
  append(text, size, 4);
  append(text, at, 4);
  append(text, 0, 2);
  return text;
}

}  // namespace

void save_npz(const std::filesystem::path& path, std::span<const tensor_view> tensors) {
  std::list<member> members;
  std::list<std::string> heads;
  std::vector<std::span<const std::byte>> pieces;
  std::uint64_t at = 0;
  for (const tensor_view& t : tensors) {
    std::string header = npy_header(t.shape);
    const std::uint64_t size = header.size() + t.values.size_bytes();
    if (at + size > std::numeric_limits<std::uint32_t>::max() / 2 || members.size() == 0xFFFE) {
      throw user_error(fmt::format(
          "{}: too large for an .npz file (2 GiB, 65,534 arrays); export a blob", path.string()));
    }
    const member& m = members.emplace_back(member{.name = t.name + ".npy",
                                                  .header = std::move(header),
                                                  .crc = 0,
                                                  .size = static_cast<std::uint32_t>(size),
                                                  .offset = static_cast<std::uint32_t>(at)});
    members.back().crc = checksum(m.header, t.values);
    heads.push_back(local_header(m));
    pieces.push_back(std::as_bytes(std::span(heads.back())));
    pieces.push_back(std::as_bytes(std::span(m.header)));
    pieces.push_back(std::as_bytes(t.values));
    at += heads.back().size() + size;
  }
  heads.push_back(directory(members, at));
  pieces.push_back(std::as_bytes(std::span(heads.back())));
  save_atomically(path, pieces);
}

}  // namespace tenon::runtime
