#pragma once

#include <set>
#include <string>
#include <vector>

namespace visavis {

/// What is wrong with the nesting of a page's elements, "" where nothing is: every start tag has its
/// end tag, but for those that HTML knows none of and those that end in "/>", and every quote ends.
inline std::string nesting_problem(const std::string& html) {
  static const std::set<std::string> kWithoutEnd{"meta", "br", "img", "wbr", "!doctype"};
  std::vector<std::string> open;
  for (std::size_t at = 0; (at = html.find('<', at)) != std::string::npos;) {
    if (!open.empty() && open.back() == "style" && html.compare(at, 8, "</style>") != 0) {
      ++at;
      continue;
    }
    const std::size_t begin = at + 1;
    char quote = '\0';
    for (++at; at < html.size() && (quote != '\0' || html[at] != '>'); ++at) {
      if (html[at] == '<' && quote == '\0') return "a '<' within a tag: " + html.substr(begin, 60);
      if (html[at] != '"' && html[at] != '\'') continue;
      if (quote == '\0') {
        quote = html[at];
      } else if (quote == html[at]) {
        quote = '\0';
      }
    }
    if (at == html.size()) return "a tag that does not end: " + html.substr(begin, 60);
    const std::string tag = html.substr(begin, at - begin);
    const std::string name = tag.substr(0, tag.find_first_of(" \n/", tag[0] == '/' ? 1 : 0));
    if (name[0] == '/') {
      if (open.empty() || "/" + open.back() != name) {
        return "<" + name + "> ends " + (open.empty() ? "nothing" : "<" + open.back() + ">");
      }
      open.pop_back();
    } else if (!kWithoutEnd.contains(name) && tag.back() != '/') {
      open.push_back(name);
    }
  }
  return open.empty() ? "" : "<" + open.back() + "> has no end";
}

}  // namespace visavis
