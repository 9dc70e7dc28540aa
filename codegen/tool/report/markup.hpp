// Words and numbers as HTML and SVG show them.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace tenon::tool {

// For text and for attributes in double quotes.
std::string escaped(std::string_view text);

// 1234567 as "1,234,567".
std::string grouped(long value);

// Bytes with a unit that leaves at most four digits: "1,536 B", "18.4 KiB".
std::string bytes_text(double bytes);

// A table; cells are escaped, those of numeric columns ('r' in `columns`, else 'l') stand right.
std::string table(std::string_view columns, const std::vector<std::string>& heads,
                  const std::vector<std::vector<std::string>>& rows);

// A colour that differs from those of the numbers before it.
std::string colour(std::size_t number);

}  // namespace tenon::tool
