// What users give by mistake, from end to end: exit code 2, one line that names the file, what is
// wrong with it and what to do, nothing on standard output, and no file made or changed.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "runtime/io/file.hpp"
#include "runtime/io/npy.hpp"
#include "runtime/io/safetensors.hpp"
#include "tests/runtime/encode.hpp"
#include "tests/runtime/files.hpp"
#include "tests/runtime/linear_network.hpp"
#include "tests/runtime/run_command.hpp"
#include "tests/runtime/workplace.hpp"

namespace {

using namespace tenon::test;
namespace rt = tenon::runtime;
namespace fs = std::filesystem;
using strings = std::vector<std::string>;

std::map<std::string, std::string> snapshot(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const rt::bytes content = rt::read_file(entry.path());
    files[entry.path().string()] = {reinterpret_cast<const char*>(content.data()), content.size()};
  }
  return files;
}

const workplace& place() {
  static const workplace only;
  return only;
}

void refused(const strings& words, const strings& says,
             const tenon::network_entry& network = classifier()) {
  const auto before = snapshot(place().folder());
  const outcome o = place().call(words, network);
  std::string all;
  for (const auto& word : words) all += word + ' ';
  CAPTURE(all);
  CAPTURE(o.err);
  CHECK(o.code == 2);
  CHECK(o.out.empty());
  CHECK(o.err.find(": error: ") != std::string::npos);
  CHECK(std::count(o.err.begin(), o.err.end(), '\n') == 1);
  for (const auto& part : says) {
    CAPTURE(part);
    CHECK(o.err.find(part) != std::string::npos);
  }
  CHECK((snapshot(place().folder()) == before));
}

// Training on what `name` becomes with this content is refused; then it is as before.
void spoiled(const std::string& name, const std::string& content, const std::string& data,
             const strings& says) {
  const std::string whole = place().content(name);
  place().put(name, content);
  strings all = says;
  all.push_back(fs::path(name).filename().string());
  refused({"train", "--data", data, "--epochs", "1", "--output", "run"}, all);
  place().put(name, whole);
}

TEST_CASE("IDX: cut, longer, announcing more than it has, foreign, of other counts and labels") {
  const std::string images = "idx/train-images-idx3-ubyte", labels = "idx/train-labels-idx1-ubyte";
  const std::string whole = place().content(images);
  spoiled(images, "", "idx", {"is the copy complete?"});
  spoiled(images, whole.substr(0, 700), "idx", {"need 800 bytes", "is the copy complete?"});
  spoiled(images, whole + "x", "idx", {"more than the 816 bytes"});
  spoiled(images, big_endian(0x803) + std::string("\0\1\0\0\0\0\0\4\0\0\0\x0a", 12) + "abc", "idx",
          {"bytes", "left"});
  spoiled(images, big_endian(0x803) + std::string(12, '\xff'), "idx", {"memory has addresses"});
  spoiled(images, big_endian(0xD03) + whole.substr(4), "idx",
          {"not an IDX file of unsigned bytes"});
  spoiled(images, "<html>404 Not Found</html>", "idx", {"not an IDX file"});
  spoiled(images, workplace::labels(20), "idx", {"1 dimensions, 3 are wanted"});
  spoiled(labels, workplace::labels(19), "idx", {"20 images", "19 labels"});
  const std::string sound = place().content(labels);
  place().put(labels, big_endian(0x801) + big_endian(20) + std::string(20, '\x0a'));
  refused({"train", "--data", "idx", "--output", "run"},
          {"idx: sample 0 is of class 10", "10 classes (0 to 9)", "are these its data?"});
  place().put(labels, sound);
}

TEST_CASE("gzip: cut, damaged, followed by nonsense; what it unpacks to is not trusted either") {
  const fs::path packed = place().folder() / "packed.gz";
  write_gz(packed, workplace::images(20));
  const std::string whole = place().content("packed.gz");
  fs::remove(packed);
  const std::string images = "idx/train-images-idx3-ubyte";  // read by content, not by name
  spoiled(images, whole.substr(0, whole.size() - 5), "idx", {"is the copy complete?"});
  spoiled(images, whole.substr(0, 20), "idx", {"is the copy complete?"});
  std::string damaged = whole;
  damaged[whole.size() - 6] ^= 1;  // in its checksum
  spoiled(images, damaged, "idx", {"incorrect data check"});
  write_gz(packed, big_endian(0x803) + std::string("\x7f\0\0\0\0\0\0\4\0\0\0\x0a", 12));
  const std::string claims = place().content("packed.gz");
  fs::remove(packed);
  spoiled(images, claims, "idx", {"at most"});
}

TEST_CASE("CIFAR-10: cut, empty, foreign") {
  spoiled("cifar/data_batch_1.bin", std::string(3072, '\1'), "cifar",
          {"no whole number of records of 3073", "binary version"});
  spoiled("cifar/data_batch_1.bin", "", "cifar", {"is empty"});
  refused({"train", "--data", "cifar", "--output", "run"}, {"[3, 32, 32]", "takes [1, 40]"});
}

TEST_CASE("npy: cut, longer, foreign, objects, other shapes, other types of numbers") {
  const std::string data = "npy:x.npy,y.npy", whole = place().content("x.npy");
  spoiled("x.npy", "", data, {"is the copy complete?"});
  spoiled("x.npy", whole.substr(0, 1000), data, {"need 3200 bytes", "is the copy complete?"});
  spoiled("x.npy", whole + "abc", data, {"3 bytes more"});
  spoiled("x.npy", "a,b\n1,2\n", data, {"magic bytes"});
  spoiled("x.npy", "label,pixel0,pixel1\n", data, {"not an .npy file"});
  std::string objects = place().content("y.npy");
  objects.replace(objects.find("<i8"), 3, "|O8");
  spoiled("y.npy", objects, data, {"pickled objects", "save a plain array"});
  spoiled("y.npy", workplace::integers(19, '\1'), data, {"[20, 40]", "[19]"});
  spoiled("y.npy", workplace::integers(20, '\x0b'), "npy:x.npy,y.npy", {"class 11", "0 to 9"});
  spoiled("y.npy", whole, data, {"class numbers"});
  std::string other = whole;
  other.replace(other.find("(20, 40)"), 8, "(40, 20)");
  spoiled("x.npy", other, "npy:x.npy,x.npy", {});
  refused({"train", "--data", "npy:x.npy", "--output", "run"},
          {"names 1 files", "npy:x.npy,y.npy"});
  refused({"train", "--data", "npy:x.npy,absent.npy", "--output", "run"},
          {"absent.npy: no such file"});
  refused({"train", "--data", "npz:x.npy", "--output", "run"}, {"x.npy: cannot be read as .npz"});
}

TEST_CASE("csv: missing, no number, text where numbers belong, foreign") {
  const std::string data = "csv:table.csv";
  spoiled("table.csv", workplace::table(""), data, {"line 2, column 'f7'", "the value is missing"});
  spoiled("table.csv", workplace::table("abc"), data, {"line 2, column 'f7'", "'abc'"});
  spoiled("table.csv", workplace::table("\"1"), data, {"line 2", "never closed"});
  spoiled("table.csv", workplace::table("1\x1b[31m"), data, {"\\x1b[31m"});  // no escape codes pass
  spoiled("table.csv", workplace::table("1").substr(0, 200), data,
          {"fields, the first line has 41"});
  spoiled("table.csv", place().content("picture.png"), data, {});
  spoiled("table.csv", "a,b\n1,2\n", data, {"1 feature columns", "takes 40"});
}

TEST_CASE("pictures: cut, damaged, foreign, of another size") {
  const strings predict{"predict", "--weights", "w.safetensors", "--input"};
  const auto predicts = [&](const std::string& name, const std::string& content, strings says) {
    const std::string whole = place().content(name);
    place().put(name, content);
    strings words = predict;
    words.push_back(name);
    says.push_back(name);
    refused(words, says);
    place().put(name, whole);
  };
  for (const char* name : {"picture.png", "picture.jpg"}) {
    const std::string whole = place().content(name);
    predicts(name, whole.substr(0, whole.size() / 2), {"is the copy complete?"});
    predicts(name, "", {"neither a PNG nor a JPEG"});
    predicts(name, "BM6\3", {"neither a PNG nor a JPEG", "convert it"});
  }
  predicts("picture.png", png(std::vector<std::uint8_t>(80, 9), 80, 1, 1),
           {"80 x 1", "40 x 1", "--resize"});
  refused({"predict", "--weights", "w.safetensors", "--input", "absent.png"}, {"no such file"});
  refused({"predict", "--weights", "w.safetensors", "--input", "x.npy", "picture.png"},
          {"several files may only be pictures"});
}

TEST_CASE("weights: cut, damaged, foreign, of another network; a folder; blobs are no weights") {
  const auto evaluates = [&](const std::string& content, strings says) {
    place().put("bad.safetensors", content);
    says.emplace_back("bad.safetensors");
    refused({"eval", "--weights", "bad.safetensors", "--data", "idx"}, says);
    fs::remove(place().folder() / "bad.safetensors");
  };
  const std::string whole = place().content("w.safetensors");
  evaluates("", {"header too small"});
  evaluates(whole.substr(0, whole.size() - 1), {"outside the file", "is the copy complete"});
  evaluates(whole + "x", {"belong to no tensor"});
  std::string damaged = whole;
  damaged[whole.size() - 3] ^= 1;
  evaluates(damaged, {"hash", "damaged"});
  evaluates(std::string(8, '\x7f') + "{}", {"header too large"});
  evaluates("TENONBLB" + std::string(56, '\1'), {"is a blob", "give the safetensors file"});
  evaluates("PK\3\4 a zip archive, as torch.save makes it", {"safetensors"});
  refused({"eval", "--weights", "w.safetensors", "--data", "npy:x.npy,x.npy"},
          {"linear_1.weight", "[10, 40]", "[2, 3]", "another network"}, regressor());
  refused({"eval", "--weights", "idx", "--data", "idx"}, {"is a folder"});
  refused({"eval", "--weights", "absent.safetensors", "--data", "idx"}, {"no such file"});
  refused({"export", "--weights", "absent.safetensors"}, {"no such file"});
}

TEST_CASE("what is read is not written over") {
  refused({"predict", "--weights", "w.safetensors", "--input", "x.npy", "--output", "x.npy"},
          {"is the file that is read"});
  refused(
      {"predict", "--weights", "w.safetensors", "--input", "x.npy", "--output", "w.safetensors"},
      {"is the file that is read"});
  refused(
      {"eval", "--weights", "w.safetensors", "--data", "csv:table.csv", "--confusion", "table.csv"},
      {"is the file that is read"});
  refused({"export", "--weights", "w.safetensors", "--format", "safetensors"},
          {"is the file that is read"});
}

TEST_CASE("sources and flags that do not exist or do not fit") {
  refused({"train", "--data", "absent", "--output", "run"},
          {"neither a folder nor a known source"});
  refused({"train", "--data", "csv:absent.csv", "--output", "run"}, {"absent.csv: no such file"});
  refused({"train", "--data", "images:absent", "--output", "run"}, {"no such folder"});
  refused({"train", "--data", "csv:table.csv", "--target", "z", "--output", "run"},
          {"--target z", "no such column"});
  refused({"eval", "--weights", "w.safetensors", "--data", "idx", "--classes", "absent.txt"},
          {"no such file"});
  refused({"eval", "--weights", "w.safetensors", "--data", "idx", "--part", "some"}, {"--part"});
  refused({"predict", "--weights", "w.safetensors", "--input", "x.npy", "--top", "0"}, {"--top"});
}

}  // namespace
