#include "scenarios/terms/path_template.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace shadowreel {
namespace {

PathTemplate Parsed(std::string_view text) {
  absl::StatusOr<PathTemplate> parsed = ParsePathTemplate(text);
  EXPECT_TRUE(parsed.ok()) << text << ": " << Message(parsed.status());
  return parsed.value_or(PathTemplate());
}

TEST(PathTemplateTest, FitsPathsSegmentBySegment) {
  const struct {
    const char* text;
    const char* method;
    const char* path;
    bool fits;
  } kRows[] = {
      {"/product/{name}", "GET", "/product/shoe", true},
      {"/product/{name}", "POST", "/product/%20", true},
      {"/product/{name}", "GET", "/product/", false},
      {"/product/{name}", "GET", "/product", false},
      {"/product/{name}", "GET", "/product/shoe/", false},
      {"/product/{name}", "GET", "/product/shoe/red", false},
      {"/product/{name}", "GET", "/products/shoe", false},
      {"/{a}/x/{b}", "GET", "/1/x/2", true},
      {"/{a}/x/{b}", "GET", "/1/y/2", false},
      {"GET /cart/{id}", "GET", "/cart/1", true},
      {"GET /cart/{id}", "HEAD", "/cart/1", false},
      {"/cart", "GET", "/cart", true},
      {"/cart", "GET", "/Cart", false},
      {"/cart", "GET", "/cart/", false},
      {"/cart/", "GET", "/cart/", true},
      {"/", "GET", "/", true},
      {"/", "GET", "/a", false},
      {"/", "OPTIONS", "*", false},
      {"/", "CONNECT", "", false},
      {"/static/{rest...}", "GET", "/static/a", true},
      {"/static/{rest...}", "GET", "/static/a/b/", true},
      {"/static/{rest...}", "GET", "/static/", true},
      {"/static/{rest...}", "GET", "/static", false},
      {"/static/{rest...}", "GET", "/statics/a", false},
      {"/{rest...}", "GET", "/", true},
      {"/{rest...}", "GET", "*", false},
      {"/a/{b}/{rest...}", "GET", "/a//c", false},
      {"/a/{b}/{rest...}", "GET", "/a/b/", true},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(Parsed(row.text).Fits(row.method, row.path), row.fits)
        << row.text << " and " << row.method << ' ' << row.path;
  }
}

TEST(PathTemplateTest, CoversEndpointsWhateverTheirParametersAreCalled) {
  const struct {
    const char* text;
    const char* endpoint;
    bool covers;
  } kRows[] = {
      {"GET /cart/{id}", "GET /cart/{id}", true},
      {"GET /cart/{id}", "GET /cart/{number}", true},
      {"GET /cart/{id}", "GET /cart/checkout", false},
      {"GET /cart/{id}", "POST /cart/{number}", false},
      {"/cart/{id}", "POST /cart/{number}", true},
      {"/cart", "GET /cart", true},
      {"/cart/{rest...}", "GET /cart/checkout", true},
      {"/cart/{rest...}", "GET /cart/{number}/x", true},
      {"/cart/{rest...}", "GET /cart/{rest...}", true},
      {"/cart/{rest...}", "GET /cart", false},
      {"/cart", "(other)", false},
      {"/cart", "", false},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(Parsed(row.text).Covers(row.endpoint), row.covers)
        << row.text << " and " << row.endpoint;
  }
}

TEST(PathTemplateTest, IsWrittenAsItWasRead) {
  for (const char* text :
       {"/", "/a/", "GET /cart/{id}", "/static/{rest...}", "M-SEARCH /{a-b_1}"}) {
    EXPECT_EQ(Parsed(text).text(), text);
  }
  EXPECT_EQ(Parsed("GET /cart/{id}").method(), "GET");
  EXPECT_EQ(Parsed("GET /cart/{id}").path(), "/cart/{id}");
  EXPECT_EQ(Parsed("/cart/{id}").method(), "");
  EXPECT_TRUE(Parsed("/cart/{id}").has_parameters());
  EXPECT_TRUE(Parsed("/{rest...}").has_parameters());
  EXPECT_FALSE(Parsed("/cart").has_parameters());
}

TEST(PathTemplateTest, SaysWhatIsWrong) {
  const struct {
    std::string text;
    const char* message;
  } kRows[] = {
      {"", "'' is not a path template; write for example /product/{name} or GET /cart/{id}"},
      {"cart",
       "'cart' is not a path template; write for example /product/{name} or GET /cart/{id}"},
      {"GET cart",
       "'GET cart' is not a path template; write for example /product/{name} or GET /cart/{id}"},
      {"get /cart", "'get /cart': 'get' is not a method; write for example GET /cart/{id}"},
      {"G@T /cart", "'G@T /cart': 'G@T' is not a method; write for example GET /cart/{id}"},
      {"/cart?id={id}",
       "'/cart?id={id}': leave out what begins with '?'; a template is of the path alone"},
      {"/a b", "'/a b': a path has no blanks and nothing beyond ASCII; write %20 and %C3%BC"},
      {"/\xc3\xbc",
       "'/\xc3\xbc': a path has no blanks and nothing beyond ASCII; write %20 and %C3%BC"},
      {"/cart/:id", "'/cart/:id': in place of ':id' write {name}, or at the end {rest...}"},
      {"/cart/*", "'/cart/*': in place of '*' write {name}, or at the end {rest...}"},
      {"/v{n}/x", "'/v{n}/x': in 'v{n}' a {name} must stand for all that is between two slashes"},
      {"/{a}{b}", "'/{a}{b}': in '{a}{b}' a {name} must stand for all that is between two slashes"},
      {"/{a", "'/{a': in '{a' a {name} must stand for all that is between two slashes"},
      {"/{}", "'/{}': '{}' needs a name of letters, digits, '_' and '-', as in {id}"},
      {"/{...}", "'/{...}': '{...}' needs a name of letters, digits, '_' and '-', as in {id}"},
      {"/{a=*}", "'/{a=*}': '{a=*}' needs a name of letters, digits, '_' and '-', as in {id}"},
      {"/{rest...}/x",
       "'/{rest...}/x': '{rest...}' fits all that is left, so nothing comes behind it"},
      {"/" + std::string(112, 'a'),
       "'/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...': a path template has at most 112 bytes, not "
       "113"},
  };
  for (const auto& row : kRows) {
    const auto parsed = ParsePathTemplate(row.text);
    ASSERT_FALSE(parsed.ok()) << row.text;
    EXPECT_EQ(Message(parsed.status()), row.message);
    EXPECT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace shadowreel
