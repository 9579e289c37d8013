#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "core/rates/rate.h"

namespace visavis {

/// Pieces of the reports: self-contained pages, light or dark as the reader's system is, without
/// scripts, that print on A4 (page_style.h). Arguments are HTML unless said otherwise; what comes from outside goes through
/// escaped_html.

/// Text as HTML, also within quoted attributes.
std::string escaped_html(const std::string& text);

/// "1.23%"
std::string percent_text(double rate);
/// "95%: 1.00% to 1.50%"
std::string interval_text(const Rate& rate);

/// A figure with what it is above and a remark below.
std::string html_tile(const std::string& value, const std::string& what, const std::string& detail);
/// A panel with a heading, a line of explanation and its content.
std::string html_card(const std::string& title, const std::string& note,
                      const std::string& content);
/// The coloured square that names a colour of a chart: `style` is its CSS class.
std::string html_key(const std::string& style, const std::string& label);

/// A table of names and values, which are plain text: the settings of a run.
std::string html_facts(const std::vector<std::pair<std::string, std::string>>& facts);

/// The whole page round `body`; `title` is plain text. Atomic; throws kIo.
void write_html_page(const std::filesystem::path& file, const std::string& title,
                     const std::string& body);

}  // namespace visavis
