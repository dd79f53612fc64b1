#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "formats/base64.h"
#include "formats/byte_text.h"
#include "formats/exchange/absolute_url.h"
#include "formats/exchange/vegeta.h"

namespace shadowreel {
namespace {

bool AreUtf8(const Fields& fields) {
  for (const FieldView field : fields) {
    if (!IsValidUtf8(field.name) || !IsValidUtf8(field.value)) return false;
  }
  return true;
}

class VegetaExporter final : public Exporter {
 public:
  explicit VegetaExporter(Tally* tally) : tally_(*tally) {}

  void Write(const Record& record, const Response* response, std::string* out) override {
    const std::string place = fmt::format("record {}", record.number);
    const std::string url = UrlOf(record);
    if (const char* problem = ProblemOf(record, url)) return tally_.Add(problem, place);
    out->append("{\"method\":");
    AppendJsonBytes(record.method, out);
    out->append(",\"url\":");
    AppendJsonBytes(url, out);
    AppendHeader(record, place, out);
    if (!record.body.empty()) out->append(",\"body\":\"").append(EncodeBase64(record.body)) += '"';
    out->append("}\n");
    NoteChanges(record, response, place);
  }

 private:
  static std::string UrlOf(const Record& record) {
    if (!record.target.starts_with('/')) return record.target;
    return "http://" + record.stripped_authority + record.target;
  }

  static const char* ProblemOf(const Record& record, const std::string& url) {
    if (record.target.starts_with('/') && record.stripped_authority.empty()) {
      return "request without an authority";
    }
    if (record.target.find('#') != std::string::npos) return "target with a fragment";
    if (!SplitAbsoluteUrl(url)) return "target or authority that no URL has";
    if (!IsValidUtf8(url) || !IsValidUtf8(record.method) || !AreUtf8(record.headers)) {
      return "request with bytes that are no UTF-8";
    }
    return nullptr;
  }

  // The values of one name stand together, so a name's later fields move to its first.
  void AppendHeader(const Record& record, const std::string& place, std::string* out) {
    std::vector<size_t> order;
    std::vector<bool> written(record.headers.size(), false);
    out->append(",\"header\":{");
    for (size_t i = 0; i < record.headers.size(); ++i) {
      if (written[i]) continue;
      const std::string_view name = record.headers[i].name;
      out->append(order.empty() ? "" : ",");
      AppendJsonBytes(name, out);
      out->append(":[");
      for (size_t j = i; j < record.headers.size(); ++j) {
        if (written[j] || record.headers[j].name != name) continue;
        written[j] = true;
        order.push_back(j);
        if (j > i) *out += ',';
        AppendJsonBytes(record.headers[j].value, out);
      }
      *out += ']';
    }
    *out += '}';
    if (!std::is_sorted(order.begin(), order.end())) {
      tally_.AddChange("fields of one name, moved together", place);
    }
  }

  void NoteChanges(const Record& record, const Response* response, const std::string& place) {
    if (record.version == HttpVersion::kHttp2) tally_.AddChange("HTTP/2 is not said", place);
    if (record.version == HttpVersion::kHttp10) tally_.AddChange("HTTP/1.0 is not said", place);
    if (!record.target.starts_with('/')) {
      tally_.AddChange("absolute target, not told from a path", place);
    }
    if (!record.headers.Find("host")) tally_.AddChange("request without Host gets one", place);
    if (!record.trailers.empty()) tally_.AddChange("trailers left out", place);
    if (response != nullptr) tally_.AddChange("response left out", place);
  }

  Tally& tally_;
};

}  // namespace

std::unique_ptr<Exporter> MakeVegetaExporter(Tally* tally) {
  return std::make_unique<VegetaExporter>(tally);
}

}  // namespace shadowreel
