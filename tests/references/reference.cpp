#include "tests/references/reference.hpp"

#include <filesystem>
#include <stdexcept>

namespace references {

using tenon::runtime::safetensors_file;
using tenon::runtime::tensor_view;

reference::reference(const std::string& network)
    : file_(safetensors_file::load(std::filesystem::path(TENON_REFERENCES) /
                                   (network + ".safetensors"))) {}

const tensor_view& reference::at(const std::string& name) const {
  if (const tensor_view* t = find(name)) return *t;
  throw std::runtime_error("the reference holds no " + name);
}

std::vector<std::string> reference::parameter_names() const {
  std::vector<std::string> names;
  for (const tensor_view& t : file_.tensors()) {
    const bool prefixed = t.name.find('/') != std::string::npos;
    if (!prefixed && t.name.find('.') != std::string::npos) names.push_back(t.name);
  }
  return names;
}

}  // namespace references
