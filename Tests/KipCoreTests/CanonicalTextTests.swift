import Testing

@testable import KipCore

@Suite struct CanonicalTextTests {
    @Test(
        "one spelling, whoever typed it",
        arguments: [
            ("thu\u{31B} mu\u{323}c", "thư mục"), ("thư mục", "thư mục"), ("plain/key-1", "plain/key-1"), ("", ""),
            ("e\u{301}", "é"), ("\u{212B}", "Å"),
        ])
    func spelling(text: String, canonical: String) {
        let found = CanonicalText.spelling(of: text)
        #expect(found.map { Array($0.utf8) } == Array(canonical.utf8))
        #expect(Array(CanonicalText.repaired(text).utf8) == Array(canonical.utf8))
    }

    @Test(
        "what may not stand in a name",
        arguments: [
            "a\u{0}b", "a\nb", "\u{1B}[2J", "a\u{7F}", "a\u{85}b", "a\u{202E}b", "a\u{2028}b", "\u{2066}", "tab\t",
        ])
    func forbidden(text: String) {
        #expect(CanonicalText.spelling(of: text) == nil)
        #expect(CanonicalText.repaired(text).contains("\u{FFFD}"))
        #expect(throws: Refusal.self) { try CanonicalText.checked(text, most: 512, "the key") }
    }

    @Test("a name's length is that of its canonical spelling, in bytes")
    func length() throws {
        let long = String(repeating: "e\u{301}", count: 64)
        #expect(try CanonicalText.checked(long, most: 128, "it").utf8.count == 128)
        #expect(throws: Refusal(.tooLarge, "it is longer than 127 bytes")) {
            try CanonicalText.checked(long, most: 127, "it")
        }
    }

    @Test("a prefix is one by its bytes: a combining mark behind it makes no difference")
    func prefix() {
        #expect("schedule/\u{301}x".hasBytePrefix("schedule/"))
        #expect(!"schedule/\u{301}x".hasPrefix("schedule/"))
        #expect(!"sched".hasBytePrefix("schedule/"))
    }
}
