#include "native/training/run/training_report.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <tuple>

#include "native/training/run/training_charts.h"
#include "tests/native/system/temporary_folder.h"
#include "tests/native/training/run/validation_data.h"

namespace visavis::training_report_test {
namespace {

/// A run of ten epochs of a hundred steps.
std::vector<LogRow> made_up_rows() {
  std::vector<LogRow> rows;
  for (std::uint64_t step = 1; step <= 1000; ++step) {
    const double epoch = static_cast<double>(step) / 100;
    rows.push_back({step,
                    epoch,
                    static_cast<double>(step) * 4,
                    {{"loss", 1 / epoch}, {"learning rate", 0.01}, {"active triplets", 0.5}}});
    if (step % 100 == 0) {
      rows.push_back({step,
                      epoch,
                      static_cast<double>(step) * 4,
                      {{"validation/eer", 0.3 / epoch}, {"validation/fnmr at 1e-2", 0.8 / epoch}}});
    }
  }
  return rows;
}

TrainingReport made_up_report() {
  TrainingReport report;
  report.title = "small<twin>";
  report.settings = {{"loss", "triplet & <hard>"}, {"seed", "7"}};
  report.rows = made_up_rows();
  const auto [embeddings, identity] = scattered_people({120, 20, 16, 0.8F, 1});
  report.best = compare_embeddings(embeddings, identity, 1, 0);
  for (int i = 0; i < 20; ++i) report.identity_names.push_back("faces/person " + std::to_string(i));
  report.identity_names[3] = "faces/<script>\"O'Neil\" & sons";
  return report;
}

std::string written(const TrainingReport& report) {
  const TemporaryFolder folder;
  write_training_report(folder / "report.html", report);
  return read_text_file(folder / "report.html");
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) {
    ++count;
  }
  return count;
}

TEST(TrainingReport, TellsSettingsFiguresAndCurves) {
  TrainingReport report = made_up_report();
  report.rows.back().figures["validation/eer"] = report.best.eer;
  const std::string html = written(report);
  for (const char* part :
       {"1000 steps, 10 epochs, 1 h 6 min", "120 photos of 20 people", "Equal error rate",
        "of epoch 10, the one kept", "Training loss", "Validation: error rates", "Learning rate",
        "Shares within batches", "DET curve", "Map of the embeddings", "FNMR at 1e-2"}) {
    EXPECT_NE(html.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(count_of(html, "<svg"), 7U) << "four of the log, DET curve, distances, map";
  EXPECT_EQ(count_of(html, "</svg>"), 7U);
}

TEST(TrainingReport, EscapesWhatComesFromOutside) {
  const std::string html = written(made_up_report());
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_EQ(html.find("<twin"), std::string::npos);
  EXPECT_EQ(html.find("<hard"), std::string::npos);
  EXPECT_NE(html.find("faces/&lt;script&gt;&quot;O'Neil&quot; &amp; sons</title>"),
            std::string::npos);
  EXPECT_NE(html.find("triplet &amp; &lt;hard&gt;"), std::string::npos);
}

TEST(TrainingReport, NeedsNoOtherFile) {
  const std::string html = written(made_up_report());
  for (const char* part : {"http", "src=", "href=", "url("}) {
    EXPECT_EQ(html.find(part), std::string::npos) << part;
  }
}

/// std::regex_replace would recurse a thousand deep, more than an instrumented stack holds.
std::string without_titles(std::string html) {
  const std::string end = "</title>";
  for (std::size_t begin = 0; (begin = html.find("<title>", begin)) != std::string::npos;) {
    const std::size_t after = html.find(end, begin);
    if (after == std::string::npos) break;
    html.erase(begin, after + end.size() - begin);
  }
  return html;
}

TEST(TrainingReport, FiguresThatAreNotFiniteAreGaps) {
  TrainingReport report = made_up_report();
  for (std::size_t i = 300; i < 400; ++i) report.rows[i].figures["loss"] = NAN;
  report.rows[350].figures["loss"] = std::numeric_limits<double>::infinity();
  for (LogRow& row : report.rows) row.figures["never"] = NAN;
  const std::string html = written(report);
  const std::string drawing = without_titles(html);
  EXPECT_EQ(drawing.find("nan"), std::string::npos)
      << drawing.substr(drawing.find("nan") - 200, 300);
  EXPECT_EQ(drawing.find("inf "), std::string::npos);
  EXPECT_NE(html.find("never finite"), std::string::npos);
  const std::string start = "class=\"line s0\" d=\"";
  const std::size_t begin = html.find(start);
  ASSERT_NE(begin, std::string::npos);
  const std::size_t path = begin + start.size();
  EXPECT_EQ(count_of(html.substr(path, html.find('"', path) - path), "M"), 2U)
      << "the loss in two pieces";
}

TEST(TrainingReport, ThinsLongCurves) {
  std::vector<LogRow> rows;
  for (std::uint64_t step = 1; step <= 50'000; ++step) {
    rows.push_back({step, static_cast<double>(step) / 5000, 0, {{"loss", 1.0}}});
  }
  const std::string html = training_charts(rows, -1);
  EXPECT_LT(html.size(), 60'000U);
  EXPECT_LE(count_of(html, "L"), 600U + 10) << "the line's points and a few capitals of labels";
  EXPECT_GT(count_of(html, "L"), 300U);
}

TEST(TrainingReport, StandsWithoutRowsOrValidation) {
  TrainingReport report;
  report.title = "empty";
  const std::string html = written(report);
  EXPECT_NE(html.find("Nothing was logged"), std::string::npos);
  EXPECT_EQ(count_of(html, "<svg"), 0U);
  report.rows = {{1, 0.5, 1, {{"loss", 2.0}}}};
  EXPECT_EQ(count_of(written(report), "<svg"), 1U);
}

TEST(TrainingReport, LabelsAreWhatReadersKnow) {
  EXPECT_EQ(figure_label("validation/eer"), "EER");
  EXPECT_EQ(figure_label("validation/fnmr at fmr 1e-2"), "FNMR at FMR 1e-2");
  EXPECT_EQ(figure_label("career"), "career");
  EXPECT_EQ(figure_label("validation/"), "validation/");
}

}  // namespace
}  // namespace visavis::training_report_test
