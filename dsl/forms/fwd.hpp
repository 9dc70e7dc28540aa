// The names of the forms, without their weight (<vector>, <string>, <memory>: half a second). The
// headers of layers stand on this alone: their `forward` is a template, and whoever lowers a
// network includes builder.hpp.
#pragma once

namespace tenon::forms {

class builder;
class expr;
struct value;

// Declared here because tenon::sigmoid, the layer, hides it from lookup by argument.
expr sigmoid(const expr& a);

}  // namespace tenon::forms
