// signal, eval_mc. Written by tenon 0.1.0 from golden.hpp; do not edit: change the network and build again.
// The network has no noise, so there is nothing to sample.
