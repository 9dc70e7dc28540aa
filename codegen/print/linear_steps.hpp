// Prints a product of a literal matrix and a vector of variables in few operations: zeros are left
// out, 1 and -1 are additions, and what two rows or two columns have in common up to signs is
// computed once, as an even and an odd part.
#pragma once
#include <string>
#include <vector>

#include "codegen/print/writer.hpp"
#include "codegen/transform.hpp"

namespace tenon::codegen {

// Writes what is shared as constants even0, odd0, ...; returns the text of each row. `vectors`:
// the variables are of Highway's type V, otherwise floats.
std::vector<std::string> print_product(writer& w, const matrix& m,
                                       const std::vector<std::string>& x, bool vectors);

}  // namespace tenon::codegen
