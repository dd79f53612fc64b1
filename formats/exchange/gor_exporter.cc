#include <fmt/format.h>

#include <iterator>
#include <string>

#include "formats/byte_text.h"
#include "formats/exchange/gor.h"
#include "formats/exchange/gor_cutter.h"
#include "formats/exchange/http1_record.h"

namespace shadowreel {
namespace {

// -1 where it is not known, as GoReplay writes it.
int64_t LatencyNanos(WallTime begin, WallTime end) {
  return end < begin ? -1 : (end - begin).count();
}

class GorExporter final : public Exporter {
 public:
  explicit GorExporter(Tally* tally) : tally_(*tally) {}

  void Write(const Record& record, const Response* response, std::string* out) override {
    const std::string place = fmt::format("record {}", record.number);
    const std::string id = IdOf(record);
    if (!WriteRequest(record, id, place, out) || response == nullptr) return;
    WriteResponse(record, *response, id, place, out);
  }

 private:
  static std::string IdOf(const Record& record) {
    const auto* const uuid = reinterpret_cast<const char*>(record.recording.data());
    return fmt::format("{}{:016x}", Hex({uuid, 4}), record.number);
  }

  static void AppendMeta(GorType type, const std::string& id, WallTime time, int64_t latency,
                         std::string* out) {
    fmt::format_to(std::back_inserter(*out), "{} {} {} {}\n", static_cast<char>(type), id,
                   time.time_since_epoch().count(), latency);
  }

  bool WriteRequest(const Record& record, const std::string& id, const std::string& place,
                    std::string* out) {
    const size_t begin = out->size();
    AppendMeta(GorType::kRequest, id, record.arrival,
               LatencyNanos(record.arrival, record.completed), out);
    const size_t payload = out->size();
    if (!AppendHttp1Request(record, out)) {
      out->resize(begin);
      tally_.Add("request that HTTP/1 has no form for", place);
      return false;
    }
    NoteSeparators(payload, place, *out);
    out->append(kGorSeparator);
    if (record.version == HttpVersion::kHttp2) {
      tally_.AddChange("HTTP/2 request written as HTTP/1.1", place);
    } else if (!record.trailers.empty() && record.framing != Framing::kChunked) {
      tally_.AddChange("trailers of a body that is not chunked", place);
    }
    return true;
  }

  void WriteResponse(const Record& record, const Response& response, const std::string& id,
                     const std::string& place, std::string* out) {
    const size_t begin = out->size();
    const bool timed = response.first_byte.time_since_epoch().count() > 0;
    AppendMeta(GorType::kResponse, id, timed ? response.first_byte : record.completed,
               timed ? LatencyNanos(response.first_byte, response.completed) : -1, out);
    const size_t payload = out->size();
    if (!AppendHttp1Response(response, record.method == "HEAD", out)) {
      out->resize(begin);
      tally_.Add("response that HTTP/1 has no form for", place);
      return;
    }
    NoteSeparators(payload, place, *out);
    out->append(kGorSeparator);
    if (!response.complete || response.truncated) {
      tally_.AddChange("cut response written as a whole one of what is left", place);
    }
  }

  void NoteSeparators(size_t payload, const std::string& place, const std::string& out) {
    if (out.find(kGorSeparator, payload) == out.npos) return;
    tally_.AddChange("body that holds GoReplay's separator: GoReplay itself cuts it there", place);
  }

  Tally& tally_;
};

}  // namespace

std::unique_ptr<Exporter> MakeGorExporter(Tally* tally) {
  return std::make_unique<GorExporter>(tally);
}

}  // namespace shadowreel
