// Matrices with orthogonal rows or columns.
#pragma once
#include <span>

namespace tenon::runtime {

// Makes the rows of m [rows, columns] orthogonal and of length `length`, or, where there are more
// rows than columns, the columns: modified Gram-Schmidt, each projection done twice, which keeps
// products of any two below 1e-14 of their lengths whatever the matrix (Giraud et al., 2005).
void make_orthogonal(std::span<double> m, std::size_t rows, std::size_t columns, double length);

}  // namespace tenon::runtime
