#include "tests/bench/peers/recording_mix.h"

#include <fmt/format.h>

#include <chrono>

#include "tests/emitter/dice.h"
#include "tests/formats/segment/record_text.h"

namespace shadowreel {
namespace {

constexpr int64_t kStartNanos = 1'700'000'000'000'000'000;
constexpr int64_t kApartNanos = 100'000;

std::string JsonBody(size_t size, Dice& dice) {
  std::string body = fmt::format(R"({{"customer":{},"items":[)", dice.Below(100'000'000));
  while (body.size() < size) {
    body += fmt::format(R"({{"sku":"{:08x}","quantity":{},"price":{}}},)", dice.Below(1 << 30),
                        1 + dice.Below(9), 99 + dice.Below(99'900));
  }
  body.back() = ']';
  return body += '}';
}

void AddBody(Dice& dice, Record* record) {
  record->body = JsonBody(60 + dice.Below(1440), dice);
  record->wire_body_bytes = record->body.size();
  record->framing = Framing::kContentLength;
  record->headers.Add("Content-Type", "application/json");
  record->headers.Add("Content-Length", fmt::format_int(record->body.size()).str());
}

}  // namespace

Record MixedRecord(uint64_t seed, uint64_t number, double slow_percent) {
  Dice dice(seed, number);
  Record record = RealisticRecord((seed << 40) + number);
  record.arrival = WallTime(Nanos(kStartNanos + static_cast<int64_t>(number) * kApartNanos));
  Nanos took = Nanos(90'000 + static_cast<int64_t>(dice.Below(50'000)));
  const uint64_t share = dice.Below(100);
  if (share >= 95) {
    record.method = "DELETE";
  } else if (share >= 70) {
    record.method = "POST";
    AddBody(dice, &record);
    if (dice.Percent(slow_percent)) took = std::chrono::seconds(1 + dice.Below(600));
  }
  record.completed = record.arrival + took;
  return record;
}

std::string WireText(const Record& record) {
  std::string text = record.method + ' ' + record.target + " HTTP/1.1\r\n";
  for (const FieldView field : record.headers) {
    text.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  return text.append("\r\n").append(record.body);
}

}  // namespace shadowreel
