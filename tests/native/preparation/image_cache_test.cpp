#include "native/preparation/image_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <stop_token>
#include <thread>

#include "tests/core/face/fake_models.h"
#include "tests/native/system/recorded_progress.h"
#include "tests/native/training/data/training_fixture.h"

namespace visavis::image_cache_test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class ImageCacheTest : public testing::Test {
 protected:
  TrainingData list(const std::string& source = "set") const {
    return list_training_data({{(folder_ / source).string()}});
  }
  ImageCache prepare(const std::string& source = "set", const std::stop_token& stop = {}) {
    return prepare_images(list(source), nullptr, whole_images(), file_, 2, progress_, stop);
  }
  std::uintmax_t size() const { return fs::file_size(file_); }

  TemporaryFolder folder_;
  ImageWriter images_{folder_};
  fs::path file_ = folder_ / "cache/faces.cache";
  RecordedProgress progress_;
};

TEST_F(ImageCacheTest, HoldsWholeImages) {
  images_.write("set/a", 2);
  const ImageCache cache = prepare();
  for (const std::size_t photo : {0U, 1U}) {
    ASSERT_TRUE(cache.has(photo));
    const PreparedImage prepared = cache.read(photo);
    EXPECT_EQ(prepared.image.width, 16);
    EXPECT_EQ(prepared.image.height, 16);
    EXPECT_EQ(prepared.image.pixel(8, 8)[0], photo);
    EXPECT_FALSE(prepared.points);
    EXPECT_EQ(cache.content_hash(photo).size(), 32U);
  }
  EXPECT_TRUE(cache.problems().empty());
}

TEST_F(ImageCacheTest, KeepsProportionsAndContinuesEdges) {
  folder_.write("set/a/wide.png", encode_png(32, 16, Bytes(32 * 16 * 3, 200), {}));
  const PreparedImage prepared = prepare().read(0);
  EXPECT_EQ(prepared.image.height, 16);
  EXPECT_EQ(prepared.image.pixel(8, 0)[0], 200);
}

TEST_F(ImageCacheTest, FindsRenamedAndMovedPhotosAgain) {
  images_.write("set/a", 3);
  const std::string hash = prepare().content_hash(2);
  const std::uintmax_t before = size();
  fs::rename(folder_ / "set", folder_ / "moved");
  fs::rename(folder_ / "moved/a/102.png", folder_ / "moved/a/999.png");
  const ImageCache cache = prepare("moved");
  EXPECT_EQ(size(), before) << "nothing was to be prepared";
  EXPECT_EQ(cache.content_hash(2), hash);
  EXPECT_EQ(cache.read(2).image.pixel(0, 0)[0], 2);
}

TEST_F(ImageCacheTest, PreparesAChangedPhotoAnew) {
  images_.write("set/a", 2);
  const std::string fingerprint = prepare().fingerprint();
  folder_.write("set/a/101.png", numbered_image(77));
  const ImageCache cache = prepare();
  EXPECT_EQ(cache.read(1).image.pixel(0, 0)[0], 77);
  EXPECT_EQ(cache.read(0).image.pixel(0, 0)[0], 0);
  EXPECT_NE(cache.fingerprint(), fingerprint);
}

TEST_F(ImageCacheTest, FingerprintKnowsNamesAndNotPlaces) {
  images_.write("set/a", 2);
  const std::string fingerprint = prepare().fingerprint();
  fs::rename(folder_ / "set", folder_ / "moved");
  EXPECT_EQ(prepare("moved").fingerprint(), fingerprint);
  fs::rename(folder_ / "moved/a", folder_ / "moved/b");
  EXPECT_NE(prepare("moved").fingerprint(), fingerprint);
}

TEST_F(ImageCacheTest, OptionsHaveRecordsOfTheirOwn) {
  images_.write("set/a", 1);
  prepare();
  PreparationOptions options = whole_images();
  options.side = 24;
  EXPECT_EQ(prepare_images(list(), nullptr, options, file_, 1, no_progress()).read(0).image.width,
            24);
  EXPECT_EQ(prepare().read(0).image.width, 16);
}

TEST_F(ImageCacheTest, CutsATornTailOffAndPreparesItAnew) {
  images_.write("set/a", 3);
  prepare();
  const std::uintmax_t whole = size();
  for (const std::uintmax_t lost : {1U, 700U, 768U, 800U, 863U}) {  // Payload, then header.
    fs::resize_file(file_, whole - lost);
    progress_.lines.clear();
    const ImageCache cache = prepare();
    EXPECT_THAT(progress_.lines, ElementsAre(HasSubstr("incomplete"))) << lost;
    EXPECT_EQ(size(), whole) << lost;
    for (const std::size_t photo : {0U, 1U, 2U}) {
      ASSERT_TRUE(cache.has(photo)) << lost;
      EXPECT_EQ(cache.read(photo).image.pixel(3, 3)[0], photo) << lost;
    }
  }
}

TEST_F(ImageCacheTest, SurvivesAFileOfAnyLength) {
  images_.write("set/a", 1);
  prepare();
  const std::string whole = read_text_file(file_);
  for (std::size_t length = 0; length < 140; ++length) {
    folder_.write("cache/faces.cache", whole.substr(0, length));
    EXPECT_TRUE(prepare().has(0)) << length;
  }
}

TEST_F(ImageCacheTest, PreparesAnewWhatAPowerFailureLeftUnwritten) {
  images_.write("set/a", 2);
  prepare();
  std::string bytes = read_text_file(file_);
  std::fill(bytes.end() - 100, bytes.end(), '\0');  // Of the last record's pixels.
  folder_.write("cache/faces.cache", bytes);
  const ImageCache cache = prepare();
  const std::size_t last = cache.read(0).image.pixel(15, 15)[0] == 0 ? 1 : 0;
  ASSERT_TRUE(cache.has(last));
  EXPECT_EQ(cache.read(1).image.pixel(15, 15)[0], 1);
}

TEST_F(ImageCacheTest, RefusesAFileThatIsNoCache) {
  images_.write("set/a", 1);
  folder_.write("cache/faces.cache", "somebody's thesis, two hundred pages");
  EXPECT_THAT(error_of([&] { prepare(); }), HasSubstr("no cache of prepared photos"));
  EXPECT_EQ(read_text_file(file_), "somebody's thesis, two hundred pages");
}

TEST_F(ImageCacheTest, ReportsUnreadableAndEmptyPhotosAndRemembersThem) {
  images_.write("set/a", 1);
  folder_.write("set/a/empty.jpg", "");
  folder_.write("set/b/text.jpg", "not a photo");
  for (const int run : {1, 2}) {
    const ImageCache cache = prepare();
    ASSERT_EQ(cache.problems().size(), 2U) << run;
    EXPECT_THAT(cache.problems()[0].reason,
                AllOf(HasSubstr("set/a/empty.jpg: "), HasSubstr("the file is empty")));
    EXPECT_THAT(cache.problems()[1].reason,
                AllOf(HasSubstr("set/b/text.jpg: "), HasSubstr("is no image")));
    EXPECT_FALSE(cache.has(cache.problems()[0].photo));
    EXPECT_THAT(error_of([&] { (void)cache.read(cache.problems()[0].photo); }),
                HasSubstr("could not be prepared"));
  }
}

TEST_F(ImageCacheTest, ReportsAPhotoThatVanished) {
  images_.write("set/a", 2);
  const TrainingData data = list();
  fs::remove(folder_ / "set/a/101.png");
  const ImageCache cache = prepare_whole(data, file_);
  ASSERT_EQ(cache.problems().size(), 1U);
  EXPECT_THAT(cache.problems()[0].reason, HasSubstr("101.png"));
  EXPECT_EQ(cache.content_hash(1), "");
}

TEST_F(ImageCacheTest, OneFileUnderTwoPeopleIsLeftOutUnderBoth) {
  images_.write("set/a", 2);
  images_.write("set/b", 2);
  folder_.write("set/b/100.png", numbered_image(0));  // a/100.png
  const ImageCache cache = prepare();
  ASSERT_EQ(cache.problems().size(), 2U);
  for (const PhotoProblem& problem : cache.problems()) {
    EXPECT_THAT(problem.reason, AllOf(HasSubstr("set/a/100.png"), HasSubstr("set/b/100.png"),
                                      HasSubstr("two people")));
    EXPECT_FALSE(cache.has(problem.photo));
  }
  EXPECT_EQ(cache.problems()[0].photo, 0U);
  EXPECT_EQ(cache.problems()[1].photo, 2U);
}

TEST_F(ImageCacheTest, OneFileTwiceUnderOnePersonIsKeptOnce) {
  images_.write("set/a", 2);
  folder_.write("set/a/200.png", numbered_image(0));
  const ImageCache cache = prepare();
  ASSERT_EQ(cache.problems().size(), 1U);
  EXPECT_EQ(cache.problems()[0].photo, 2U);
  EXPECT_THAT(cache.problems()[0].reason,
              AllOf(HasSubstr("set/a/200.png: the same file as"), HasSubstr("set/a/100.png")));
  EXPECT_TRUE(cache.has(0));
}

TEST_F(ImageCacheTest, ALabelledCopyOfAnUnlabelledPhotoIsKept) {
  images_.write("crowd/x", 1);
  folder_.write("set/a/1.png", numbered_image(0));
  const TrainingData data =
      list_training_data({{(folder_ / "crowd").string(), 1, false}, {(folder_ / "set").string()}});
  const ImageCache cache = prepare_whole(data, file_);
  EXPECT_FALSE(cache.has(0));
  EXPECT_TRUE(cache.has(1));
}

TEST_F(ImageCacheTest, AStopKeepsWhatIsDone) {
  images_.write("set/a", 40);
  std::stop_source stop;
  progress_.advanced = [&](const std::string& what) {
    if (what == "preparing") stop.request_stop();
  };
  const ImageCache stopped = prepare("set", stop.get_token());
  std::size_t done = 0;
  for (std::size_t photo = 0; photo < 40; ++photo) done += stopped.has(photo) ? 1 : 0;
  EXPECT_GE(done, 1U);
  EXPECT_LE(done, 4U) << "each of two threads ends with the photo it is at, or the next";
  progress_.tasks.clear();
  progress_.advanced = [](const std::string&) {};
  EXPECT_TRUE(prepare().has(39));
  EXPECT_THAT(progress_.tasks,
              ElementsAre("reading: 40 photos", HasSubstr(std::to_string(40 - done) + " photos")));
}

TEST_F(ImageCacheTest, AStopEndsTheWaitForAnotherProcess) {
  images_.write("set/a", 1);
  prepare();
  const int other = ::open(file_.c_str(), O_RDWR);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(prepare("set", stop.get_token()).has(0));
  ::close(other);
}

TEST_F(ImageCacheTest, WaitsForAnotherProcess) {
  images_.write("set/a", 1);
  prepare();
  const int other = ::open(file_.c_str(), O_RDWR);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);
  std::thread release([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    ::close(other);
  });
  const ImageCache cache = prepare();
  release.join();
  EXPECT_THAT(progress_.lines, ElementsAre(HasSubstr("another process")));
  EXPECT_TRUE(cache.has(0));
}

TEST_F(ImageCacheTest, SaysHowMuchAFullDiskLacksAndKeepsWhatIsDone) {
  images_.write("set/a", 8);
  struct rlimit limit {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
  const auto previous = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit small { 3000, limit.rlim_max };  // Of 8 records of 864 bytes, three fit.
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string error = error_of([&] { prepare(); });
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  std::signal(SIGXFSZ, previous);
  EXPECT_THAT(error, AllOf(HasSubstr("faces.cache"), HasSubstr("cannot be written"),
                           HasSubstr("photos left need")));
  EXPECT_EQ(size(), 16U + 3 * 864);
  EXPECT_TRUE(prepare().has(7));
  EXPECT_TRUE(progress_.lines.empty()) << "no record was cut off";
}

TEST_F(ImageCacheTest, RefusesOptionsOutOfRange) {
  images_.write("set/a", 1);
  PreparationOptions options = whole_images();
  options.side = 4;
  EXPECT_THAT(error_of([&] { prepare_images(list(), nullptr, options, file_, 1, no_progress()); }),
              HasSubstr("side of 4"));
  options = {};
  EXPECT_THAT(error_of([&] { prepare_images(list(), nullptr, options, file_, 1, no_progress()); }),
              HasSubstr("no face models"));
  const FaceModels models = fake_models();
  options.scale = 0;
  EXPECT_THAT(error_of([&] { prepare_images(list(), &models, options, file_, 1, no_progress()); }),
              HasSubstr("scale of 0"));
}

/// Photos that fake_models() sees a face in.
class FaceCacheTest : public ImageCacheTest {
 protected:
  void write_photo(const std::string& name, const Image& photo) const {
    folder_.write(name, encode_png(photo.width, photo.height, photo.pixels, {}));
  }
  ImageCache prepare_faces(double scale) const {
    PreparationOptions options;
    options.scale = scale;
    return prepare_images(list(), &models_, options, file_, 1, no_progress());
  }

  FaceModels models_ = fake_models();
};

TEST_F(FaceCacheTest, PointsLieWhereTheTemplateHasThem) {
  const Image photo = photo_with_square(320, 240, 120, 80, 70);
  write_photo("set/a/1.png", photo);
  FaceDetector detector(models_.near_detector, models_.far_detector, models_.confirmation);
  FaceAligner aligner(models_.landmarks, models_.embedder);
  const std::vector<Face> faces = detector.detect(photo);
  ASSERT_FALSE(faces.empty());
  const AlignedFace aligned = aligner.align(photo, faces.front());
  for (const double scale : {1.0, 1.5, 2.01}) {
    const PreparedImage prepared = prepare_faces(scale).read(0);
    const auto side = static_cast<int>(std::lround(kFaceCropSide * scale));
    EXPECT_EQ(prepared.image.width, side);
    EXPECT_EQ(prepared.image.height, side);
    ASSERT_TRUE(prepared.points);
    for (std::size_t i = 0; i < kAlignmentPoints; ++i) {
      const Point in_template = aligned.photo_to_crop.apply(aligned.points[i]);
      // A thousandth of a pixel: rounding to float on the way.
      EXPECT_NEAR((*prepared.points)[i].x, (in_template.x - 56) * scale + side / 2.0, 1e-3);
      EXPECT_NEAR((*prepared.points)[i].y, (in_template.y - 56) * scale + side / 2.0, 1e-3);
    }
  }
}

TEST_F(FaceCacheTest, TheMiddleIsWhatTheShippedAlignerCutsOut) {
  const Image photo = photo_with_square(320, 240, 120, 80, 70);
  write_photo("set/a/1.png", photo);
  FaceDetector detector(models_.near_detector, models_.far_detector, models_.confirmation);
  FaceAligner aligner(models_.landmarks, models_.embedder);
  const Image expected = rounded(aligner.align(photo, detector.detect(photo).front()).crop);
  const Image square = prepare_faces(1).read(0).image;
  int largest = 0;
  for (int y = 0; y < 112; ++y) {
    for (int x = 0; x < 112 * 3; ++x) {
      largest = std::max(largest, std::abs(square.pixel(16, y + 16)[x] - expected.pixel(0, y)[x]));
    }
  }
  EXPECT_LE(largest, 1) << "grey levels, by rounding: the same samples with a shift of 16";
}

TEST_F(FaceCacheTest, ReportsPhotosWithoutAFaceAndTooSmallOnes) {
  write_photo("set/a/black.png", Image(200, 200));
  write_photo("set/a/tiny.png", photo_with_square(20, 20, 5, 5, 10));
  const ImageCache cache = prepare_faces(1);
  ASSERT_EQ(cache.problems().size(), 2U);
  EXPECT_THAT(cache.problems()[0].reason, HasSubstr("black.png: no face found"));
  EXPECT_THAT(cache.problems()[1].reason,
              HasSubstr("tiny.png: photo of 20x20 pixels: a face needs at least 32 pixels"));
}

TEST_F(FaceCacheTest, OtherModelsPrepareAnew) {
  write_photo("set/a/1.png", photo_with_square(320, 240, 120, 80, 70));
  prepare_faces(1);
  const std::uintmax_t before = size();
  prepare_faces(1);
  EXPECT_EQ(size(), before);
  models_.landmarks.parameters.begin()->second[0] += 1e-3F;
  prepare_faces(1);
  EXPECT_GT(size(), before);
}

}  // namespace
}  // namespace visavis::image_cache_test
