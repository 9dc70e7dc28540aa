// What stands around an optimizer's rule, element by element: clipping and penalties before it,
// the proximal step behind. The text of a namespace, as optimizer_rules-inl.h.
#ifdef TENON_INLINE

// What the optimizer takes for the gradient: clipped, with penalties.
template <class A, class V>
TENON_INLINE V penalized(const A& a, const parameter_step& p, float factor, V g, V w) {
  g = a.mul(a.set(factor), g);
  if (p.limited) g = a.limit(g, -p.limit, p.limit);
  g = a.mul_add(a.set(p.decay), w, g);
  return p.l1 == 0 ? g : a.mul_add(a.set(p.l1), a.sign(w), g);
}

// The soft threshold: towards 0, and not past it.
template <class A, class V>
TENON_INLINE V proximal(const A& a, float threshold, V w) {
  return threshold > 0 ? a.sub(w, a.limit(w, -threshold, threshold)) : w;
}

#endif  // TENON_INLINE
