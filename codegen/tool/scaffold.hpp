// `tenon new`: a project from the templates that are installed beside the command.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tenon::tool {

// The name of a network, of its library and of a namespace: `wanted`, or the folder's name with
// '-', '.' and ' ' as '_'. Throws a failure where that is no identifier of C++, or means something
// to CMake.
std::string project_name(std::string_view wanted, const std::filesystem::path& folder);

// `text` with @NAME@ and @LABEL@ replaced. Throws a failure of ours where another @WORD@ is left.
std::string fill_in(std::string text, std::string_view name);

// Writes the project: each template `file.in` as `file`, network.hpp as NAME.hpp, gitignore as
// .gitignore. Returns what it wrote. Throws a failure where the folder exists and is not empty;
// then nothing is written.
std::vector<std::string> write_project(const std::filesystem::path& templates,
                                       const std::filesystem::path& folder,
                                       const std::string& name);

}  // namespace tenon::tool
