// For tests of the sentence that a user reads about a wrong network. Values, so that one compilation
// tests them all; that compilers print them whole is tested in tests/compile_fail.
#pragma once
#include <doctest/doctest.h>

#include <string_view>
#include <tenon/dsl.hpp>

// A macro, for a network is a type of its own.
#define SAYS(expected, ...)                                                  \
  do {                                                                       \
    struct net final : network<__VA_ARGS__> {};                              \
    CHECK_FALSE(verdict_of<net>.legal);                                      \
    CHECK_EQ(verdict_of<net>.sentence().view(), std::string_view(expected)); \
  } while (false)
#define IS_LEGAL(...)                                \
  do {                                               \
    struct net final : network<__VA_ARGS__> {};      \
    CHECK_EQ(verdict_of<net>.sentence().view(), ""); \
    CHECK(valid<net>);                               \
  } while (false)
