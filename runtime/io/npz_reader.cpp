// libzip reads the archive; sizes that it announces are held against the file before they count.
#include <fmt/format.h>
#include <zip.h>

#include <memory>

#include "runtime/io/error.hpp"
#include "runtime/io/npz.hpp"

namespace tenon::runtime {
namespace {

constexpr std::uint64_t deflate_ratio = 1032;  // the greatest
constexpr std::string_view ending = ".npy";

struct discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct close_member {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using archive = std::unique_ptr<zip_t, discard>;

archive open(std::span<const std::byte> content, const std::string& name) {
  zip_error_t error;
  zip_error_init(&error);
  const auto failure = [&] {
    const std::string reason = zip_error_strerror(&error);
    zip_error_fini(&error);
    return user_error(
        fmt::format("{}: cannot be read as .npz: {}; is the copy complete?", name, reason));
  };
  zip_source_t* source = zip_source_buffer_create(content.data(), content.size(), 0, &error);
  if (source == nullptr) throw failure();
  archive opened(zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error));
  if (!opened) {
    zip_source_free(source);
    throw failure();
  }
  zip_error_fini(&error);
  return opened;
}

bytes read_member(zip_t& from, const zip_stat_t& about, const std::string& name) {
  const auto damaged = [&](const char* reason) {
    return user_error(fmt::format("{}: {}; is the copy complete?", name, reason));
  };
  if (about.size / deflate_ratio > about.comp_size) {
    throw damaged("announces more bytes than its compressed ones can unpack to");
  }
  const std::unique_ptr<zip_file_t, close_member> file(zip_fopen_index(&from, about.index, 0));
  if (!file) throw damaged(zip_strerror(&from));
  bytes content(about.size);
  std::size_t at = 0;
  while (at < content.size()) {
    const zip_int64_t got = zip_fread(file.get(), content.data() + at, content.size() - at);
    if (got < 0) throw damaged(zip_file_strerror(file.get()));
    if (got == 0) throw damaged("ends early");
    at += static_cast<std::size_t>(got);
  }
  std::byte more{};
  // Reading on to the end is what makes libzip compare the checksum.
  const zip_int64_t beyond = zip_fread(file.get(), &more, 1);
  if (beyond < 0) throw damaged(zip_file_strerror(file.get()));
  if (beyond > 0) throw damaged("holds more bytes than announced");
  return content;
}

}  // namespace

std::map<std::string, npy_array> read_npz(const std::filesystem::path& path) {
  const bytes content = read_file(path);
  const archive from = open(content, path.string());
  std::map<std::string, npy_array> arrays;
  std::uint64_t compressed = 0;  // members that share bytes would multiply what comes out
  const zip_int64_t members = zip_get_num_entries(from.get(), 0);
  for (zip_int64_t i = 0; i < members; ++i) {
    zip_stat_t about;
    constexpr zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
    if (zip_stat_index(from.get(), static_cast<zip_uint64_t>(i), 0, &about) != 0 ||
        (about.valid & needed) != needed || about.comp_size > content.size() - compressed) {
      throw user_error(fmt::format("{}: member {} is damaged", path.string(), i));
    }
    compressed += about.comp_size;
    std::string_view name(about.name);
    const std::string where = fmt::format("{} ({})", path.string(), name);
    if (!name.ends_with(ending)) {
      throw user_error(fmt::format("{}: is no array; an .npz file holds .npy members", where));
    }
    name.remove_suffix(ending.size());
    if (!arrays.emplace(name, parse_npy(read_member(*from, about, where), where)).second) {
      throw user_error(fmt::format("{}: stands in the archive twice", where));
    }
  }
  if (arrays.empty()) throw user_error(fmt::format("{}: holds no arrays", path.string()));
  return arrays;
}

}  // namespace tenon::runtime
