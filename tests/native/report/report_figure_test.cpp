#include "native/report/report_figure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "native/report/html_page.h"
#include "native/report/svg_canvas.h"
#include "native/report/svg_det.h"
#include "native/report/svg_forest.h"
#include "native/report/svg_histogram.h"
#include "native/system/base64.h"
#include "tests/native/report/well_formed_html.h"
#include "tests/native/system/temporary_folder.h"

namespace visavis::report_figure_test {
namespace {

using testing::HasSubstr;
using testing::Not;

const ReportTable kTable{"t", "Rates of a_b & c", {"", "one|two"}, {{"FMR", "0.1\n95%: 0 to 1"}}};

/// Genuine distances about 0.8, impostor ones about 1.2, with some of both on the wrong side.
std::vector<LabelledPair> overlapping_pairs() {
  std::vector<LabelledPair> pairs;
  for (int i = 0; i < 400; ++i) {
    const float at = static_cast<float>(i) / 400;
    pairs.push_back({0.4F + 0.8F * at, true});
    pairs.push_back({0.9F + 0.8F * at, false});
  }
  return pairs;
}

DetSeries series_of(const std::vector<LabelledPair>& pairs) {
  const SortedDistances sorted = sort_distances(pairs);
  return {"a<b", det_curve(sorted), sorted.genuine_pairs(), sorted.impostor.size(), {}};
}

TEST(Base64, AgreesWithTheRfc) {
  // RFC 4648, section 10.
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xFF\xFE"), "//4=");
}

TEST(ReportTable, HasEveryForm) {
  EXPECT_THAT(to_html(kTable), HasSubstr("<td>0.1<small>95%: 0 to 1</small></td>"));
  EXPECT_EQ(nesting_problem(to_html(kTable)), "");
  EXPECT_THAT(to_markdown(kTable),
              HasSubstr("|  | one\\|two |\n|---|---|\n| FMR | 0.1 (95%: 0 to 1) |"));
  EXPECT_THAT(to_latex(kTable), HasSubstr("\\caption{Rates of a\\_b \\& c}"));
  EXPECT_THAT(to_latex(kTable), HasSubstr("FMR & 0.1 (95\\%: 0 to 1) \\\\\n"));
  EXPECT_EQ(to_csv(kTable), ",one|two\nFMR,0.1 (95%: 0 to 1)\n");
  EXPECT_EQ(to_text(kTable), "     one|two\nFMR  0.1\n     95%: 0 to 1\n");
}

TEST(DeviateAxis, IsLinearInNormalDeviates) {
  const DeviateAxis axis(0.01, 0.5, 0, 2.326347874);
  EXPECT_NEAR(axis.at(0.5), 2.326347874, 1e-9);
  EXPECT_NEAR(axis.at(0.158655254), 1.326347874, 1e-6) << "one deviate below 0.5";
  EXPECT_EQ(axis.at(1e-9), 0) << "beyond the end";
  EXPECT_EQ(axis.ticks(), (std::vector<double>{0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.5}));
}

TEST(DetChart, DrawsACurveInsideItsBand) {
  const DetSeries series = series_of(overlapping_pairs());
  ASSERT_TRUE(has_det_curve(series));
  const std::string svg = det_chart({series});
  EXPECT_THAT(svg, HasSubstr("class=\"band s0\""));
  EXPECT_THAT(svg, HasSubstr("class=\"line s0\""));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_EQ(nesting_problem(svg), "");
  const std::string csv = det_csv({series});
  EXPECT_THAT(csv, testing::StartsWith("series,threshold,fmr,fmr_low,fmr_high,fnmr"));
  EXPECT_THAT(csv, Not(HasSubstr(",0,"))) << "no point without errors of both kinds: no spike";
}

TEST(DetChart, ASentenceStandsInPlaceOfACurveWithoutErrors) {
  std::vector<LabelledPair> pairs;
  for (int i = 0; i < 102; ++i) pairs.push_back({0.5F, true});
  for (int i = 0; i < 50; ++i) pairs.push_back({1.5F, false});
  const DetSeries series = series_of(pairs);
  EXPECT_FALSE(has_det_curve(series));
  EXPECT_EQ(det_chart({series}), "");
  EXPECT_THAT(det_note({series}),
              HasSubstr("a&lt;b: no threshold at which errors of both kinds were made in 102 "
                        "genuine and 50 impostor pairs"));
}

TEST(DistanceHistogram, SaysItsBinsAndCountsEveryPair) {
  const DistanceHistograms histograms = distance_histograms(overlapping_pairs(), 1);
  EXPECT_EQ(histograms.bin_width, 0.05) << "400 pairs of either kind";
  std::size_t genuine = 0;
  for (const std::size_t count : histograms.genuine) genuine += count;
  EXPECT_EQ(genuine, 400U);
  EXPECT_THAT(histogram_chart(histograms), HasSubstr("Share of pairs in bins of 0.05"));
  EXPECT_THAT(histogram_key(histograms), HasSubstr("400 pairs of one person"));
  EXPECT_THAT(histogram_csv(histograms), HasSubstr("\n0.4,0.45,25,0\n"));
  EXPECT_EQ(distance_histograms({{0.5F, true}, {1.9F, false}}, 1).bin_width, 0.1);
}

TEST(ForestChart, ShowsRatesOfZeroAndLeavesOutWhatIsMissing) {
  ForestChart chart;
  chart.title = "FMR by group";
  chart.series = {"one", "two"};
  chart.rows = {{"x <f>", {Rate{0, 0, 1e-3}, std::nullopt}},
                {"y", {Rate{0.01, 0.005, 0.02}, Rate{0.1, 0.05, 0.2}}}};
  const std::string svg = forest_chart(chart);
  EXPECT_THAT(svg, HasSubstr("class=\"hollow s0\""));
  EXPECT_THAT(svg, HasSubstr("x &lt;f&gt;"));
  EXPECT_EQ(nesting_problem(svg), "");
  EXPECT_EQ(forest_csv(chart),
            "row,series,rate,rate_low,rate_high\nx <f>,one,0,0,0.001\ny,one,0.01,0.005,0.02\n"
            "y,two,0.1,0.05,0.2\n");
}

TEST(ReportFigure, IsHandedOutAsFilesOfItsOwn) {
  const ReportFigure figure{"det", "DET", "", det_chart({series_of(overlapping_pairs())}), "a,b\n"};
  const std::string svg = lone_svg(figure);
  EXPECT_THAT(svg, testing::StartsWith("<svg xmlns=\"http://www.w3.org/2000/svg\""));
  EXPECT_THAT(svg, Not(HasSubstr("var("))) << "other programs know no CSS variables";
  EXPECT_EQ(nesting_problem(svg), "");
  const std::string html = html_figure(figure) + html_table_card(kTable, "Rates", "");
  EXPECT_EQ(nesting_problem(html), "");
  EXPECT_THAT(html, HasSubstr("<a download=\"det.csv\" href=\"data:text/csv;base64,YSxiCg==\">"));
  EXPECT_THAT(html, Not(HasSubstr("http")));
  const TemporaryFolder folder;
  write_figures(folder / "new", {figure}, {kTable});
  for (const char* file : {"det.svg", "det.csv", "t.md", "t.tex", "t.csv"}) {
    EXPECT_TRUE(std::filesystem::exists(folder / "new" / file)) << file;
  }
  EXPECT_EQ(read_text_file(folder / "new" / "det.svg"), svg);
}

TEST(HtmlPage, IsWellFormedAndPrintsOnA4) {
  const TemporaryFolder folder;
  write_html_page(folder / "p.html", "a < b",
                  html_card("x", "", html_facts({{"seed", "<1>"}})) + html_tile("1", "2", "3"));
  const std::string html = read_text_file(folder / "p.html");
  EXPECT_EQ(nesting_problem(html), "");
  EXPECT_THAT(html, HasSubstr("size: A4"));
  EXPECT_THAT(html, HasSubstr("<td>seed</td><td>&lt;1&gt;</td>"));
}

TEST(WellFormedHtml, FindsWhatIsWrong) {
  EXPECT_EQ(nesting_problem("<p>a<br>b</p>"), "");
  EXPECT_EQ(nesting_problem("<p><b>a</p></b>"), "</p> ends <b>");
  EXPECT_EQ(nesting_problem("<p>a"), "<p> has no end");
  EXPECT_THAT(nesting_problem("<p class=\"a>b"), HasSubstr("does not end"));
}

}  // namespace
}  // namespace visavis::report_figure_test
