// The machine code of single functions, beside the source lines that it comes from.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tenon::tool {

// objdump's listing (-d -C -l --inlines) of an object, cut down to `functions` (plain names, in any
// namespace). Of the lines that it names, those of `source` stay, with their text; what the headers
// of intrinsics say is left out.
std::string readable_assembly(std::string_view listing, const std::filesystem::path& source,
                              std::string_view source_text,
                              const std::vector<std::string>& functions);

// Runs objdump. Throws a failure where there is none.
std::string disassemble(const std::filesystem::path& object, const std::filesystem::path& source,
                        const std::vector<std::string>& functions);

}  // namespace tenon::tool
