// What somebody meant who mistyped a command or an option.
#include "runtime/app/suggest.hpp"

#include <doctest/doctest.h>

namespace {

using namespace tenon::runtime;
using words = std::vector<std::string>;

TEST_CASE("edits count letters that are wrong, missing, too many or swapped") {
  CHECK(edits_between("batch", "batch") == 0);
  CHECK(edits_between("btach", "batch") == 1);
  CHECK(edits_between("batc", "batch") == 1);
  CHECK(edits_between("bbatch", "batch") == 1);
  CHECK(edits_between("match", "batch") == 1);
  CHECK(edits_between("", "abc") == 3);
  CHECK(edits_between("abc", "") == 3);
}

TEST_CASE("the nearest word wins, and a word far from all of them has none") {
  const words known{"--batch", "--network", "--isa"};
  CHECK(nearest("--bacth", known) == "--batch");
  CHECK(nearest("--net", known) == "--network");  // cut short
  CHECK(nearest("--izo", known) == "--isa");
  CHECK(nearest("--threads", known).empty());
  CHECK(nearest("--batch", {}).empty());
}

std::string complaint_about(const words& arguments) {
  CLI::App app("", "net");
  app.require_subcommand(1);
  int epochs = 0;
  app.add_subcommand("train", "")->add_option("--epochs", epochs);
  app.add_subcommand("predict", "")->add_option("--top", epochs);
  try {
    app.parse(words(arguments.rbegin(), arguments.rend()));  // CLI11 takes a vector from its end
  } catch (const CLI::ParseError& error) {
    return complaint(app, error);
  }
  return {};
}

TEST_CASE("a complaint names the option, the nearest one of that command, and its help") {
  CHECK(complaint_about({"train", "--epcohs", "3"}) ==
        "there is no option --epcohs; did you mean --epochs? see net train --help");
  CHECK(complaint_about({"train", "--epcohs=3"}) ==
        "there is no option --epcohs; did you mean --epochs? see net train --help");
  CHECK(complaint_about({"predict", "--epochs", "3"}) ==
        "there is no option --epochs; see net predict --help");
  CHECK(complaint_about({"train", "--epochs", "three"}).ends_with("; see net train --help"));
  CHECK(complaint_about({"train", "--epochs", "3"}).empty());
}

TEST_CASE("a first word that is no command is named, an option is not") {
  CLI::App app("", "net");
  app.add_subcommand("train", "");
  app.add_subcommand("eval", "");
  const auto about = [&](const char* word) {
    const char* const argv[] = {"net", word};
    return unknown_command(app, 2, argv);
  };
  CHECK(about("tarin") == "no command 'tarin'; did you mean train? There are train, eval");
  CHECK(about("fly") == "no command 'fly'; there are train, eval");
  CHECK(about("train").empty());
  CHECK(about("--help").empty());
}

}  // namespace
