// Whole files as strings. Writing is atomic (a temporary file beside the target, then a rename),
// because several commands may work in one cache at a time.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace tenon::tool {

// Throws a failure that says what the system said.
std::string read_file(const std::filesystem::path& path);

// Makes the folders above it. Leaves a file alone that already holds this text; returns whether it
// wrote.
bool write_file(const std::filesystem::path& path, std::string_view text);

// Copies through a temporary name, so a running program of that name is replaced rather than
// refused.
void copy_program(const std::filesystem::path& from, const std::filesystem::path& to);

// Throw a failure, which names `option`, where no file or no folder could be made at `path`. Asked
// before long work, so that it is not done in vain. They make nothing.
void require_writable_file(const std::filesystem::path& path, std::string_view option);
void require_writable_folder(const std::filesystem::path& path, std::string_view option);

// A name beside `path` that no other thread or process uses.
std::filesystem::path temporary_beside(const std::filesystem::path& path);

}  // namespace tenon::tool
