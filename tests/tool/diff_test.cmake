# `tenon diff`.   TENON: the program, ROOT: the repository, FOLDER: to work in.
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/expect.cmake")

function(declare layers)
  file(WRITE "${FOLDER}/net.hpp" "#include <tenon/dsl.hpp>
struct small final : tenon::network<tenon::input<3> | tenon::linear<${layers}> | tenon::softmax_cross_entropy> {};
struct other final : tenon::network<tenon::input<3> | tenon::linear<4> | tenon::softmax_cross_entropy> {};
")
endfunction()

declare(2)
expect(0 "" emit net.hpp --network small --batch 16 --standalone -o kept -q)
# Network, batch and files carried along are those of the manifest.
expect(0 "^small: kept is what is emitted now\n$" diff net.hpp --against kept)
expect(0 "is what is emitted now" diff net.hpp --against kept --batch 16 --network small --standalone)
file(WRITE "${FOLDER}/kept/notes.txt" "somebody's own")
expect(0 "is what is emitted now" diff net.hpp --against kept)

# Drift of the network, of a file by hand, of a file that is gone, and of one that is emitted no more.
declare(5)
expect(1 "--- small_eval.cc .kept.\n[+][+][+] small_eval.cc .emitted now.\n.* more lines\n.*tenon: error: kept: differs from what net.hpp emits now: .*small_eval.cc.*take it over with tenon emit" diff net.hpp --against kept)
declare(2)
file(APPEND "${FOLDER}/kept/small_fold.cc" "// by hand\n")
expect(1 "\n-// by hand\n.*emits now: small_fold.cc; take" diff net.hpp --against kept)
expect(1 "^tenon: error: kept: differs" diff net.hpp --against kept -q)
file(REMOVE "${FOLDER}/kept/small_fold.cc")
expect(1 "small_fold.cc: missing, and emitted now\n" diff net.hpp --against kept)
file(READ "${FOLDER}/kept/manifest.json" manifest)
string(REPLACE "\"small_fold.cc\"" "\"small_old.cc\", \"small_fold.cc\"" more "${manifest}")
file(WRITE "${FOLDER}/kept/manifest.json" "${more}")
expect(1 "small_old.cc: kept, and emitted no more" diff net.hpp --against kept)
file(WRITE "${FOLDER}/kept/manifest.json" "${manifest}")
expect(0 "files written: 1" emit net.hpp --network small --batch 16 --standalone -o kept)
expect(0 "is what is emitted now" diff net.hpp --against kept)

# Bad input.
expect(2 "--batch 32: the source in kept was emitted with --batch 16; leave the option out" diff net.hpp --against kept --batch 32)
expect(2 "--network other: the source in kept was emitted with --network small" diff net.hpp --against kept --network other)
expect(2 "--against absent: there is no such folder" diff net.hpp --against absent)
expect(2 "--against .: holds no manifest.json" diff net.hpp --against .)
expect(2 "tenon: error: .*--against is required" diff net.hpp)
file(WRITE "${FOLDER}/bad/manifest.json" "{\"network\": 7}")
expect(2 "bad/manifest.json: is no manifest of emitted source" diff net.hpp --against bad)
file(WRITE "${FOLDER}/bad/manifest.json" "{")
expect(2 "bad/manifest.json: is no manifest of emitted source" diff net.hpp --against bad)
