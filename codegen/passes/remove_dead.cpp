#include "codegen/passes.hpp"

namespace tenon::codegen {

void remove_dead(program& p) {
  std::vector<bool> needed(p.tensors.size());
  for (std::size_t i = 0; i < p.tensors.size(); ++i) {
    const role r = p.tensors[i].what;
    needed[i] = r == role::output || r == role::probabilities || r == role::loss ||
                r == role::gradient || r == role::buffer;
  }
  std::vector<kernel> kept;
  for (std::size_t i = p.kernels.size(); i-- > 0;) {
    kernel& k = p.kernels[i];
    if (!needed[static_cast<std::size_t>(k.out)]) continue;
    for (int id : reads_of(k)) needed[static_cast<std::size_t>(id)] = true;
    kept.push_back(std::move(k));
  }
  p.kernels.assign(std::make_move_iterator(kept.rbegin()), std::make_move_iterator(kept.rend()));
}

}  // namespace tenon::codegen
