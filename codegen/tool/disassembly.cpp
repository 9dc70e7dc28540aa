#include "codegen/tool/disassembly.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "codegen/tool/failure.hpp"
#include "codegen/tool/files.hpp"
#include "codegen/tool/process.hpp"

namespace tenon::tool {
namespace {

namespace fs = std::filesystem;

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

class listing_reader {
 public:
  listing_reader(const fs::path& source, std::string_view text,
                 const std::vector<std::string>& functions)
      : place_("/" + source.filename().string() + ":"),
        source_(lines_of(text)),
        functions_(functions) {}

  void read(std::string_view line) {
    if (line.ends_with(">:")) {
      begin(line.substr(line.find('<') + 1));
    } else if (wanted_ && line.starts_with(' ')) {
      add_instruction(line);
    } else if (wanted_) {
      note_source_line(line);
    }
  }

  const std::string& text() const { return text_; }

 private:
  // "emitted::lenet::eval_kernels::N_AVX3::conv2d_1(float const*, float*)>:"
  void begin(std::string_view name) {
    name = name.substr(0, name.find('('));
    const std::size_t last = name.rfind("::");
    const bool single = name.find("::single::") != name.npos;  // names its functions like eval's
    const std::string plain =
        (single ? "single::" : "") + std::string(last == name.npos ? name : name.substr(last + 2));
    wanted_ = std::ranges::find(functions_, plain) != functions_.end();
    if (!wanted_) return;
    text_ += fmt::format("{}{}:\n", text_.empty() ? "" : "\n", name);
    name_ = name, shown_ = 0;
  }

  void note_source_line(std::string_view line) {
    const std::size_t at = line.find(place_);
    if (at == line.npos) return;
    const int number = std::atoi(std::string(line.substr(at + place_.size(), 12)).c_str());
    if (number == shown_ || number < 1 || number > static_cast<int>(source_.size())) return;
    shown_ = number;
    std::string_view words = source_[static_cast<std::size_t>(number - 1)];
    words.remove_prefix(std::min(words.find_first_not_of(' '), words.size()));
    text_ += fmt::format("{:>8}: {}\n", fmt::format("// {}", number), words);
  }

  // "    1970:\tvmovaps (%rdi),%zmm0"; a jump inside the function does not name it again.
  void add_instruction(std::string_view line) {
    const std::size_t tab = line.find('\t');
    if (tab == line.npos) return;
    std::string_view address = line.substr(0, line.find(':'));
    address.remove_prefix(std::min(address.find_first_not_of(' '), address.size()));
    std::string_view instruction = line.substr(tab + 1);
    if (const std::size_t at = instruction.find(fmt::format("<{}", name_)); at != instruction.npos)
      instruction = instruction.substr(0, at);
    while (instruction.ends_with(' ')) instruction.remove_suffix(1);
    text_ += fmt::format("{:>16}:  {}\n", address, instruction);
  }

  std::string place_;
  std::vector<std::string_view> source_;
  const std::vector<std::string>& functions_;
  std::string text_, name_;
  bool wanted_ = false;
  int shown_ = 0;
};

}  // namespace

std::string readable_assembly(std::string_view listing, const fs::path& source,
                              std::string_view source_text,
                              const std::vector<std::string>& functions) {
  listing_reader reader(source, source_text, functions);
  for (const std::string_view line : lines_of(listing)) reader.read(line);
  return reader.text();
}

std::string disassemble(const fs::path& object, const fs::path& source,
                        const std::vector<std::string>& functions) {
  const outcome listing =
      run({"objdump", "-d", "-C", "--no-show-raw-insn", "-l", "--inlines", object.string()});
  if (!listing.ok()) {
    throw failure(
        "--assembly: found no objdump that reads this machine's objects; install binutils",
        listing.output);
  }
  return readable_assembly(listing.output, source, read_file(source), functions);
}

}  // namespace tenon::tool
