// The optimizers, a few lines each. All have one form, w <- shrink w - rate * direction(g), and say
// what `rate` and `direction` are; decay, penalties and clipping are around them (penalties-inl.h).
// Written over an arithmetic, so that tests and lessons run the same formulas in double and a GPU
// on scalars. What depends on the number of the step alone is computed in double when a rule is
// made, on the host, once per step.
//
// The text of a namespace: whoever includes it (optimizers-inl.h once per target, cuda_update.hpp)
// opens that and says how `direction` is qualified, so it has no guard and includes nothing.
#ifdef TENON_INLINE

// base^exponent by squaring: the same bits with every library.
inline double power(double base, std::uint64_t exponent) {
  double out = 1;
  for (; exponent > 0; exponent /= 2, base *= base) {
    if (exponent % 2 == 1) out *= base;
  }
  return out;
}

// ---- the rules. slots: how many numbers an optimizer keeps of each weight, 0 at the beginning.

// v = momentum v + g, direction v, or g + momentum v with Nesterov: the first v is g, as PyTorch's
// (Sutskever et al., 2013). As a moving average: v = momentum v + (1 - momentum) g.
template <class T>
struct sgd_rule {
  static constexpr int slots = 1;
  explicit sgd_rule(const basic_settings<T>& s)
      : rate(s.learning_rate),
        momentum(s.momentum),
        share(s.ema_momentum ? 1 - s.momentum : T(1)),
        nesterov(s.nesterov) {}

  template <class A, class V>
  TENON_INLINE V direction(const A& a, V g, V, V& v, V&) const {
    v = a.mul_add(a.set(momentum), v, a.mul(a.set(share), g));
    return nesterov ? a.mul_add(a.set(momentum), v, g) : v;
  }
  T rate, momentum, share;
  bool nesterov;
};

// sum += g^2, direction g / (sqrt(sum) + epsilon). Duchi, Hazan and Singer, 2011.
template <class T>
struct adagrad_rule {
  static constexpr int slots = 1;
  explicit adagrad_rule(const basic_settings<T>& s) : rate(s.learning_rate), epsilon(s.epsilon) {}

  template <class A, class V>
  TENON_INLINE V direction(const A& a, V g, V, V& sum, V&) const {
    sum = a.mul_add(g, g, sum);
    return a.div(g, a.add(a.root(sum), a.set(epsilon)));
  }
  T rate, epsilon;
};

// v = b v + (1 - b) g^2, direction x = sqrt(u + epsilon) / sqrt(v + epsilon) g, u = b u + (1 - b)
// x^2. Zeiler, 2012.
template <class T>
struct adadelta_rule {
  static constexpr int slots = 2;
  explicit adadelta_rule(const basic_settings<T>& s)
      : rate(s.learning_rate), b(s.beta2), c(1 - s.beta2), epsilon(s.epsilon) {}

  template <class A, class V>
  TENON_INLINE V direction(const A& a, V g, V, V& v, V& u) const {
    v = a.mul_add(a.set(b), v, a.mul(a.set(c), a.mul(g, g)));
    const V e = a.set(epsilon);
    const V x = a.mul(a.div(a.root(a.add(u, e)), a.root(a.add(v, e))), g);
    u = a.mul_add(a.set(b), u, a.mul(a.set(c), a.mul(x, x)));
    return x;
  }
  T rate, b, c, epsilon;
};

// v = b v + (1 - b) g^2, x = g / (sqrt(v) + epsilon), direction u = momentum u + x. Hinton, 2012;
// epsilon and the first v as PyTorch has them, or as TensorFlow: g / sqrt(v + epsilon), v from 1.
template <class T>
struct rmsprop_rule {
  static constexpr int slots = 2;
  explicit rmsprop_rule(const basic_settings<T>& s)
      : rate(s.learning_rate),
        momentum(s.momentum),
        b(s.beta2),
        c(1 - s.beta2),
        epsilon(s.epsilon),
        beginning(s.step == 0 ? s.beta2 : T(0)),  // of b * 1: the state began at 0
        inside(s.method == optimizer::rmsprop_tf) {}

  template <class A, class V>
  TENON_INLINE V direction(const A& a, V g, V, V& v, V& u) const {
    v = a.mul_add(a.set(b), v, a.mul(a.set(c), a.mul(g, g)));
    const V e = a.set(epsilon);
    if (inside) v = a.add(v, a.set(beginning));
    u = a.mul_add(a.set(momentum), u, a.div(g, inside ? a.root(a.add(v, e)) : a.add(a.root(v), e)));
    return u;
  }
  T rate, momentum, b, c, epsilon, beginning;
  bool inside;
};

// m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, direction m / (sqrt(v) / sqrt(1 - b2^t) +
// epsilon), rate / (1 - b1^t). Kingma and Ba, 2015.
template <class T>
struct adam_rule {
  static constexpr int slots = 2;
  explicit adam_rule(const basic_settings<T>& s)
      : adam_rule(s, power(static_cast<double>(s.beta1), s.step + 1),
                  power(static_cast<double>(s.beta2), s.step + 1)) {}

  template <class A, class V>
  TENON_INLINE V direction(const A& a, V g, V, V& m, V& v) const {
    m = a.mul_add(a.set(b1), m, a.mul(a.set(c1), g));
    return a.div(m, scale(a, g, v));
  }
  // sqrt of v's unbiased value, after v took g in.
  template <class A, class V>
  TENON_INLINE V scale(const A& a, V g, V& v) const {
    v = a.mul_add(a.set(b2), v, a.mul(a.set(c2), a.mul(g, g)));
    return a.add(a.div(a.root(v), a.set(root)), a.set(epsilon));
  }
  T rate, root, b1, c1, b2, c2, epsilon;

 private:
  adam_rule(const basic_settings<T>& s, double first, double second)
      : rate(static_cast<T>(static_cast<double>(s.learning_rate) / (1 - first))),
        root(static_cast<T>(std::sqrt(1 - second))),
        b1(s.beta1),
        c1(1 - s.beta1),
        b2(s.beta2),
        c2(1 - s.beta2),
        epsilon(s.epsilon) {}
};

// u = max(b2 u, |g| + epsilon), direction m / u, rate / (1 - b1^t). Kingma and Ba, 2015, section 7.
template <class T>
struct adamax_rule {
  static constexpr int slots = 2;
  explicit adamax_rule(const basic_settings<T>& s)
      : rate(static_cast<T>(static_cast<double>(s.learning_rate) /
                            (1 - power(static_cast<double>(s.beta1), s.step + 1)))),
        b1(s.beta1),
        c1(1 - s.beta1),
        b2(s.beta2),
        epsilon(s.epsilon) {}

  template <class A, class V>
  TENON_INLINE V direction(const A& a, V g, V, V& m, V& u) const {
    m = a.mul_add(a.set(b1), m, a.mul(a.set(c1), g));
    u = a.max(a.mul(a.set(b2), u), a.add(a.abs(g), a.set(epsilon)));
    return a.div(m, u);
  }
  T rate, b1, c1, b2, epsilon;
};

// Adam with Nesterov's momentum (Dozat, 2016): direction (c_g g + c_m m) / (…), with momenta mu_t =
// b1 (1 - 0.96^(0.004 t) / 2), c_g = (1 - mu_t) / (1 - mu_1…mu_t), c_m = mu_(t+1) / (1 -
// mu_1…mu_(t+1)).
template <class T>
struct nadam_rule {
  static constexpr int slots = 2;
  explicit nadam_rule(const basic_settings<T>& s) : rate(s.learning_rate), adam(s) {
    const double b1 = static_cast<double>(s.beta1);
    const std::uint64_t t = s.step + 1;
    double product = 1;  // below 2^-60 it has no effect: after a hundred factors, for b1 <= 0.999
    for (std::uint64_t i = 1; i <= t && product > 0x1p-60; ++i) product *= momentum(b1, i);
    const double next = momentum(b1, t + 1);
    c_g = static_cast<T>((1 - momentum(b1, t)) / (1 - product));
    c_m = static_cast<T>(next / (1 - product * next));
  }

  template <class A, class V>
  TENON_INLINE V direction(const A& a, V g, V, V& m, V& v) const {
    m = a.mul_add(a.set(adam.b1), m, a.mul(a.set(adam.c1), g));
    return a.div(a.mul_add(a.set(c_g), g, a.mul(a.set(c_m), m)), adam.scale(a, g, v));
  }
  T rate;
  adam_rule<T> adam;
  T c_g, c_m;

 private:
  static double momentum(double b1, std::uint64_t t) {
    constexpr double base = 0.9998367253526753;  // 0.96^0.004
    return b1 * (1 - 0.5 * power(base, t));
  }
};

// Adam's direction plus decay * w; where a parameter decays, the rate is multiplied by the trust
// ratio |w| / |direction| of the whole parameter (1 where one of them is 0). You et al., 2020; as
// timm has it.
template <class T>
struct lamb_rule {
  static constexpr int slots = 2;
  explicit lamb_rule(const basic_settings<T>& s)
      : rate(s.learning_rate),
        adam(s),
        unbias(static_cast<T>(1 / (1 - power(static_cast<double>(s.beta1), s.step + 1)))) {}

  template <class A, class V>
  TENON_INLINE V direction(const A& a, V g, V w, V& m, V& v) const {
    const V x = adam.direction(a, g, w, m, v);
    return a.mul_add(a.set(decay), w, a.mul(a.set(unbias), x));
  }
  T rate;
  adam_rule<T> adam;
  T unbias, decay = 0;  // of the parameter
};

// w <- shrink w - rate direction.
template <class Rule, class A, class V, class T = typename A::number>
TENON_INLINE V stepped(const A& a, const Rule& rule, T rate, T shrink, V g, V w, V& first,
                       V& second) {
  const V x = rule.direction(a, g, w, first, second);
  return a.mul_add(a.set(-rate), x, a.mul(a.set(shrink), w));
}

// Calls f(rule) with the rule that the settings name.
template <class T, class F>
void with_rule(const basic_settings<T>& s, F f) {
  switch (s.method) {
    case optimizer::sgd:
      return f(sgd_rule<T>(s));
    case optimizer::adam:
    case optimizer::adamw:
      return f(adam_rule<T>(s));
    case optimizer::adagrad:
      return f(adagrad_rule<T>(s));
    case optimizer::adadelta:
      return f(adadelta_rule<T>(s));
    case optimizer::rmsprop:
    case optimizer::rmsprop_tf:
      return f(rmsprop_rule<T>(s));
    case optimizer::adamax:
      return f(adamax_rule<T>(s));
    case optimizer::nadam:
      return f(nadam_rule<T>(s));
    case optimizer::lamb:
      return f(lamb_rule<T>(s));
  }
}

#endif  // TENON_INLINE
