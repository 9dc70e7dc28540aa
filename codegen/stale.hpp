// Files that an earlier emission wrote and the network does not have any more.
#pragma once
#include <string>

namespace tenon::codegen {

// Removes from `folder` what its manifest.json lists and `manifest`, the text that is to replace
// it, does not: a build of every *.cc there would compile it. Nothing goes where the folder's
// manifest is of another network, is none, or names a place outside of the folder, and nothing of
// Tenon's own, which another network in the folder may include.
void remove_stale(const std::string& folder, const std::string& manifest);

}  // namespace tenon::codegen
