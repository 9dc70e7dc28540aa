// Reads tables of text: RFC 4180 with either kind of line end, one record at a time.
// Only commas separate; a quote belongs at the ends of a field. No types here: fields are text.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tenon::runtime {

class csv_reader {
 public:
  // `text` outlives the reader; `name` is the file's in messages. A byte order mark is skipped.
  csv_reader(std::string_view text, std::string name);

  // The next record's fields, without the blanks around unquoted ones; empty lines are skipped.
  // False at the end. Throws user_error, naming the line, for quotes that do not match.
  bool next(std::vector<std::string>& fields);
  // Of the last record's first character, from 1.
  std::size_t line() const { return line_; }
  const std::string& name() const { return name_; }

 private:
  bool at_line_end() const { return rest_.empty() || rest_[0] == '\n' || rest_[0] == '\r'; }
  void skip_line_end();
  std::string field();
  std::string quoted();

  std::string_view rest_;
  std::string name_;
  std::size_t line_ = 0, next_line_ = 1;
};

// A finite number in the C locale's notation, whatever the user's locale; a leading '+' is allowed.
// False for anything else: empty, "nan", trailing characters, beyond the range of float.
bool parse_number(std::string_view text, float& value);
// Decimal digits with an optional sign.
bool parse_integer(std::string_view text, long& value);

}  // namespace tenon::runtime
