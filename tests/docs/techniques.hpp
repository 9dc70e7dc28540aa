// The tables of all techniques, from docs/techniques/*.json, each row with the tests that prove it.
#pragma once
#include <string>
#include <vector>

namespace docs {

// Markdown, a heading and a table per group of groups.json. Throws std::runtime_error for a row of
// a group that nobody describes, for one without a test (but for those that groups.json lists as
// documentation), and for a test that does not exist: "FILE: CASE" is a TEST_CASE of that file,
// "ctest: NAME" one of `ctest_names`.
std::vector<std::string> technique_tables(const std::string& root,
                                          const std::vector<std::string>& ctest_names);

}  // namespace docs
