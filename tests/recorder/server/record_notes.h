#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "recorder/capture/record_sink.h"

namespace shadowreel {

// A RecordSink that notes what it is told, as text and as records. One thread.
class RecordNotes final : public RecordSink {
 public:
  bool Admit() override {
    ++asked;
    if (!admitting) ++not_admitted;
    return admitting;
  }

  Ticket Offer(Record&& record) override {
    text += ToText(record);
    records.push_back(std::move(record));
    return durable ? ++last_ticket : kNoTicket;
  }

  void Answered(TicketOutcome outcome) override { outcomes.push_back(outcome); }

  void Shed() override {
    text += "shed ";
    ++sheds;
  }

  void Refuse(Refusal refusal) override {
    text += fmt::format("refused:{} ", static_cast<int>(refusal));
    refusals.push_back(refusal);
  }

  static std::string ToText(const Record& record) {
    std::string fields;
    for (const FieldView field : record.headers) {
      fields += fmt::format("{}={};", field.name, field.value);
    }
    for (const FieldView field : record.trailers) {
      fields += fmt::format("trailer {}={};", field.name, field.value);
    }
    return fmt::format(
        "({} {} v{} f{} {} body={}/{}{}{} from {} at {} to {}) ", record.method, record.target,
        static_cast<int>(record.version), static_cast<int>(record.framing), fields, record.body,
        record.wire_body_bytes, record.complete ? "" : " incomplete",
        record.truncated ? " truncated" : "", record.authority,
        record.arrival.time_since_epoch().count(), record.completed.time_since_epoch().count());
  }

  bool admitting = true;
  bool durable = false;  // whether Offer returns tickets
  Ticket last_ticket = kNoTicket;
  std::vector<TicketOutcome> outcomes;
  size_t asked = 0;
  size_t not_admitted = 0;
  size_t sheds = 0;
  std::vector<Record> records;
  std::vector<Refusal> refusals;
  std::string text;
};

}  // namespace shadowreel
