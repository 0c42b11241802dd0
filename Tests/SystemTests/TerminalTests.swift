import Foundation
import KipCore
import Testing

@testable import kip

/// What people read: tables, moments, times.
@Suite struct TerminalTests {
    private func table(_ head: [String], _ rows: [[String]]) -> [String] {
        ScreenTable(
            columns: head.map { ScreenTable.Column(title: $0) }, rows: rows.map { $0.map { ScreenTable.Cell($0) } }
        ).text()
    }

    @Test("columns stand under their heads, whatever the letters; no blanks stand at the ends")
    func columns() {
        let lines = table(
            ["NAME", "STATE", "ERROR"],
            [
                ["Thư xin lỗi", "dead", "boom"], ["Thư xin lỗi".decomposedStringWithCanonicalMapping, "dead", ""],
                ["印刷", "on", "x"],
            ])
        #expect(lines[0] == "NAME         STATE  ERROR")
        #expect(lines[1] == "Thư xin lỗi  dead   boom")
        #expect(lines[2].hasSuffix("  dead"))
        #expect(lines[3] == "印刷         on     x")
    }

    @Test("a cell cannot command the terminal, nor break its line")
    func harmless() {
        #expect(table(["A"], [["a\nb\u{1B}[2J"]]) == ["A", #"a\nb\x1b[2J"#])
    }

    @Test(
        "what a terminal would obey is written out: C0, DEL, C1, separators, marks of direction",
        arguments: [
            ("plain", "plain"), ("Thư xin lỗi 印刷 👩🏽‍💻 ❤️", "Thư xin lỗi 印刷 👩🏽‍💻 ❤️"), ("a\rb", #"a\rb"#), ("\t", #"\t"#),
            ("\u{0}\u{7F}\u{9B}1m", #"\x00\x7f\x9b1m"#), ("\u{2028}\u{2029}", #"\u{2028}\u{2029}"#),
            ("\u{202E}txt\u{2066}\u{200F}\u{61C}", #"\u{202e}txt\u{2066}\u{200f}\u{61c}"#), ("\u{85}", #"\x85"#),
        ])
    func printable(text: String, shown: String) throws {
        #expect(TerminalText.printable(text) == shown)
        #expect(TerminalText.printable("x\(text)").unicodeScalars.count >= text.unicodeScalars.count)
        // As JSON the same text is read back.
        let json = TerminalText.printableJSON(String(decoding: try JSONEncoder().encode([text]), as: UTF8.self))
        #expect(try JSONDecoder().decode([String].self, from: Data(json.utf8)) == [text])
        #expect(json.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control && $0.value != 0x202E })
    }

    @Test("words on stderr may end a line, and what follows passes for no line of its own")
    func words() {
        #expect(TerminalText.printableLines("a\nkip: all is well\r") == "a\n    kip: all is well\\r")
    }

    @Test("a log line stays one line, whatever stands in it, as text and as JSON")
    func log() throws {
        let moment = Timestamp(milliseconds: 1_711_672_200_123)
        let metadata = [("error", "a\nb\u{1B}"), ("level", "mine")]
        #expect(
            LogWriter.line(.text, at: moment, .info, "kip.worker", message: "m", metadata)
                == #"2024-03-29T00:30:00.123Z info kip.worker: error=a\nb\x1b level=mine m"#)
        let line = LogWriter.line(.json, at: moment, .info, "kip.worker", message: "m", metadata)
        #expect(
            try JSONDecoder().decode([String: String].self, from: Data(line.utf8)) == [
                "time": "2024-03-29T00:30:00.123Z", "level": "info", "logger": "kip.worker", "message": "m",
                "error": "a\nb\u{1B}", "metadata.level": "mine",
            ])
    }

    @Test("a moment is local time with its offset; what is not known is a dash")
    func moments() throws {
        let hanoi = try #require(TimeZone(identifier: "Asia/Ho_Chi_Minh"))
        let newfoundland = try #require(TimeZone(identifier: "America/St_Johns"))
        let moment: Int64 = 1_711_672_200_000
        #expect(LocalTime.text(moment, in: hanoi) == "2024-03-29 07:30:00 +07")
        #expect(LocalTime.text(moment, in: newfoundland) == "2024-03-28 22:00:00 -0230")
        #expect(LocalTime.text(moment, in: .gmt) == "2024-03-29 00:30:00 +00")
        #expect(LocalTime.text(moment, in: hanoi, day: "EEE yyyy-MM-dd") == "Fri 2024-03-29 07:30:00 +07")
        #expect(LocalTime.text(nil) == "-")
        #expect(
            LocalTime.localized("not before 2024-03-29T00:30:00Z, and no later", in: hanoi)
                == "not before 2024-03-29 07:30:00 +07, and no later")
    }

    @Test(
        "times are exact, and as short as that lets them be",
        arguments: [
            (0, "0 ms"), (250, "250 ms"), (1_500, "1.5 s"), (5_000, "5 s"), (1_001, "1.001 s"), (60_000, "1 m"),
            (90_000, "1 m 30 s"), (5_400_000, "1 h 30 m"), (604_800_000, "7 d"), (-1, "0 ms"),
        ] as [(Int64, String)])
    func durations(milliseconds: Int64, words: String) {
        #expect(Duration.milliseconds(milliseconds).words == words)
    }

    @Test("operators' words are the same for people and for the journal")
    func controls() {
        var control = Control(.queue, "mail")
        #expect(control.standing == nil)
        #expect(control.words == "queue mail")
        control.isPaused = true
        control.rate = 30
        control.concurrency = 2
        #expect(control.standing == "paused, at most 2 at once, at most 30 in 1 m")
        #expect(control.words == "queue mail, paused, at most 2 at once, at most 30 in 1 m")
    }
}
