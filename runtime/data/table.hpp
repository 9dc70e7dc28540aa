// One CSV file as a table: its columns' names, and the record that it stands on. Fields are text
// until they are asked for as numbers; what is missing or no number is named by line and column.
#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "runtime/io/csv_reader.hpp"
#include "runtime/io/file.hpp"

namespace tenon::runtime {

// Everything that is wrong with the file throws user_error.
class table {
 public:
  // Stands on the first record. Without a header the columns are named 1, 2, …
  table(const std::filesystem::path& path, bool header);
  table(const table&) = delete;  // the reader looks at the content
  table& operator=(const table&) = delete;

  const std::string& name() const { return reader_.name(); }
  const std::vector<std::string>& names() const { return names_; }
  // The column of this name; `flag` is where it was given.
  std::size_t place_of(const std::string& wanted, const char* flag) const;

  bool more() const { return more_; }
  void advance() { more_ = reader_.next(record_); }
  std::size_t line() const { return reader_.line(); }

  // Throws where the record has another number of fields than there are columns. Before the next
  // two, which want a column that the record has.
  void require_whole() const;
  float number(std::size_t column) const;
  const std::string& text(std::size_t column) const;

 private:
  user_error bad_field(std::size_t column, const char* wrong) const;
  void require_header() const;

  bytes content_;
  csv_reader reader_;
  std::vector<std::string> names_, record_;
  bool more_ = true;
};

}  // namespace tenon::runtime
