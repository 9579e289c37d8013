#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace visavis {

/// Two photos, as a protocol's file names them (Dataset::find finds them).
struct PhotoPair {
  std::string a;
  std::string b;
  bool is_genuine = false;
  int fold = -1;  ///< 0..; -1 where the file gives none.
};

/// Reads the text of a pairs file: LFW's pairs.txt ("10 300", then folds of matched lines "NAME i
/// j" and mismatched lines "NAME i NAME j") and pairsDevTest.txt ("500", one block without folds),
/// or a CSV "a,b,same[,fold]" with that header, same being 0 or 1. LFW photos are named
/// "NAME/NAME_0001". Throws kInvalidArgument with `source` and the line number.
std::vector<PhotoPair> parse_pairs(std::string_view text, const std::string& source);

}  // namespace visavis
