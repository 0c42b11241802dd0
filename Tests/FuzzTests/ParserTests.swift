import Foundation
import KipCore
import OfficeMail
import OwnThread
import Spreadsheet
import Testing

@testable import KipBroker
@testable import Office
@testable import kip

/// Every parser that meets the outside: whatever it is given, it accepts or refuses, and never traps or hangs.
@Suite(.ownThread) struct ParserTests {
    private static let wireTokens = [
        #"{"enqueue":{"jobs":["#, #""kind":"a""#, "]}}", #""request":"-1""#, "null", #"{"hello":"#, "\u{0}", "é",
        "[[[[",
    ]

    @Test("the wire in JSON: what is accepted is written and read again as the same")
    func wireJSON() throws {
        var fuzzer = try Fuzzer("wire", tokens: Self.wireTokens)
        try fuzzer.run { input in
            let (message, _) = try WireCodec.decode([WireEncoding.json.frame, input])
            let again = try WireCodec.decode(try WireCodec.encode(message, as: .protobuf)).0
            try hold(again.header == message.header, "written and read again, the header is another")
        }
    }

    @Test(
        "the wire in protobuf: what is accepted is written and read again as the same, and is a job or refused as one")
    func wireProtobuf() throws {
        var fuzzer = try Fuzzer("wire", tokens: ["\u{8}\u{1}", "\u{1A}\u{7F}", "\u{0}"]) { json in
            let message = try? WireCodec.decode([WireEncoding.json.frame, json]).0
            return message.flatMap { try? WireCodec.encode($0, as: .protobuf)[1] } ?? json
        }
        try fuzzer.run { input in
            let (message, _) = try WireCodec.decode([WireEncoding.protobuf.frame, input])
            let again = try WireCodec.decode(try WireCodec.encode(message, as: .protobuf)).0
            // NaN is not equal to itself; its bytes are.
            let bytes: [UInt8] = try message.header.serializedBytes()
            try hold(try again.header.serializedBytes() == bytes, "written and read again, the header is another")
            guard case .enqueue(let enqueue) = message.header.body else { return }
            for (index, job) in enqueue.jobs.prefix(5).enumerated() {
                let draft = try JobDraft(wire: job, payload: [], position: index, now: Timestamp(milliseconds: 0))
                let delay = draft.retry.delay(afterFailures: 5, random: 7)
                try hold(
                    (0...2 * Limits.longestBackoffMilliseconds).contains(delay), "a backoff of \(delay) ms")
            }
        }
    }

    @Test("a line of NDJSON is a job, or refused by its number")
    func ndjson() throws {
        var fuzzer = try Fuzzer(
            "ndjson", tokens: [#""delay":"1e99d""#, #""kind":"#, #""at":"2024-02-30""#, "{}", "\\u0000"])
        try fuzzer.run { input in
            for line in input.split(separator: 0x0A) {
                do {
                    _ = try EnqueueLine.request(Data(line), 3)
                } catch let failure as Failure {
                    try hold(failure.message.contains("line 3"), "a refusal that names no line: \(failure.message)")
                    throw failure
                }
            }
        }
    }

    @Test("case files in CSV")
    func csv() throws {
        var fuzzer = try Fuzzer(
            "csv",
            tokens: [
                "\"", ";", ",", "\r\n", "\u{FEFF}", "31/02/2024", "2024-13-01", "\"\"",
                "\r", "|", "sep=;\r\n", "\n\"", "1,5E+17", "45380,5", "T17:00:00Z", "16h30 ", "á»…", "Ä‘", "-", "N/A",
                "<table>", "<tr>", "<td rowspan=9 colspan=999>", "</table>", "&#x1EA3;",
            ])
        try fuzzer.run { input in _ = try CaseFileTable(input) }
    }

    @Test("a part of a workbook: what is accepted has its rows in their order")
    func workbook() throws {
        var fuzzer = try Fuzzer(
            "xlsx",
            tokens: [
                "<row>", "<row r=\"1048577\">", "</c>", "/>", "<![CDATA[", "]]>", "<!--", "<!DOCTYPE", "&#x10FFFF;",
                "&amp", "r=\"XFD1\"", "t=\"s\"", "t=\"d\"", "s=\"1\"", "1e308", "[h]", "d/m", "_x000D_",
            ])
        try fuzzer.run { input in
            let rows = try XLSXReader(try WorkbookInput.file(with: input)).rows()
            try hold(
                zip(rows, rows.dropFirst()).allSatisfy { $0.number < $1.number }, "a row stands after one below it")
        }
    }

    @Test("reports of mail servers: what is accepted has a recipient")
    func bounce() throws {
        var fuzzer = try Fuzzer(
            "bounce",
            tokens: [
                "\r\n\r\n", "boundary=\"", "--b--", "multipart/report", "message/delivery-status", "=C3=\r\n",
                "Content-Transfer-Encoding: base64", "Final-Recipient: rfc822;", "Action: failed", "Status: 5.1.1",
                "Message-ID: <", ".kip@", "=2F", "=?utf-8?B?",
            ])
        try fuzzer.run { input in
            guard let bounce = Bounce(input, file: "a.eml") else { return }
            try hold(!bounce.recipients.isEmpty, "a report without a recipient")
            _ = bounce.key
        }
    }

    @Test("cron: what is accepted has a next time that is later, or none")
    func cron() throws {
        var fuzzer = try Fuzzer(
            "cron", tokens: ["*/0", "L", "L-3", "FRIL", "99", "-", ",", "SUN", "*", "@yearly", "7-1", " "])
        let zone = try #require(TimeZone(identifier: "Europe/Paris"))
        let now = Timestamp(milliseconds: 1_711_846_800_000)
        try fuzzer.run { input in
            let expression = try CronExpression(String(decoding: input, as: UTF8.self))
            if let next = expression.next(after: now, in: zone) { try hold(next > now, "a next time that has gone by") }
        }
    }

    @Test("rules of working days: what is accepted has a next time that is later, or none")
    func rules() throws {
        var fuzzer = try Fuzzer(
            "rules",
            tokens: [
                "every ", "working ", "days ", "before ", "after ", "on or ", "the ", "end of ", "250", "99th ", "at ",
            ])
        let zone = try #require(TimeZone(identifier: "Europe/Paris"))
        let now = Timestamp(milliseconds: 1_711_846_800_000)
        try fuzzer.run { input in
            let rule = try WorkingDayRule(String(decoding: input, as: UTF8.self))
            let next = rule.occurrences(in: zone, by: MondayToFriday()).next(after: now)
            if let next { try hold(next > now, "a next time that has gone by") }
        }
    }

    private static let yamlTokens = ["&a", "*a", "- ", "!!binary", ": ", "{", "]", "\t", "|", "---\n", "<<: *a", "~"]

    @Test("kip.yaml")
    func settings() throws {
        var fuzzer = try Fuzzer("settings", tokens: Self.yamlTokens)
        try fuzzer.run { _ = try Settings.parse(String(decoding: $0, as: UTF8.self), "kip.yaml") }
    }

    @Test("schedules.yaml")
    func schedules() throws {
        var fuzzer = try Fuzzer(
            "schedules", tokens: Self.yamlTokens + ["catchUp: all", "cron:", "rule:", "jitter: 5m", "timeZone: Mars"])
        try fuzzer.run { _ = try ScheduleFile.parse(String(decoding: $0, as: UTF8.self), name: "s.yaml") }
    }

    @Test("office.yaml")
    func office() throws {
        var fuzzer = try Fuzzer("office", tokens: Self.yamlTokens)
        try fuzzer.run { _ = try OfficeProfile.parse(String(decoding: $0, as: UTF8.self), path: "office.yaml") }
    }

    @Test("the plan in YAML")
    func planYAML() throws {
        var fuzzer = try Fuzzer("plan-yaml", tokens: Self.yamlTokens + ["due: 2024-02-30", "milestones:"])
        try fuzzer.run { _ = try Plan.parse(yaml: String(decoding: $0, as: UTF8.self)) }
    }

    @Test("the plan as its original document")
    func planDocument() throws {
        var fuzzer = try Fuzzer(
            "plan-document",
            tokens: [
                "|", "<br>", "Quý IV", "trước ngày 31/02/2024", "hàng tháng", "ngày 99 tháng 99 năm 9999", "- ",
                "\u{0301}",
            ])
        try fuzzer.run { _ = try Plan.parse(PlanDocument(markdown: String(decoding: $0, as: UTF8.self))) }
    }
}
