// The tiles that could be measured, for `tenon tune`.
#include <nlohmann/json.hpp>

#include "codegen/passes/tune.hpp"
#include "codegen/print/names.hpp"
#include "codegen/show/view.hpp"

namespace tenon::codegen {

std::string schedules_view(const declaration& d, const view_options& o) {
  constexpr std::size_t most = 16;
  nlohmann::ordered_json kernels = nlohmann::json::array();
  for (const mode m : {mode::eval, mode::train}) {
    view_options in = o;
    in.in = m;
    const program p = program_after(d, in, "");
    if (m == mode::train && p.loss < 0) continue;
    for (std::size_t i = 0; i < p.kernels.size(); ++i) {
      if (!is_tunable(p, i)) continue;
      nlohmann::ordered_json tiles = nlohmann::json::array();
      for (const tile_choice& t : tile_choices(p, i, most)) tiles.push_back(to_text(t));
      kernels.push_back({{"mode", name_of(m)},
                         {"kernel", identifier(p.kernels[i].name)},
                         {"key", tuning_key(p, i)},
                         {"tiles", tiles}});
    }
  }
  return kernels.dump() + "\n";
}

}  // namespace tenon::codegen
