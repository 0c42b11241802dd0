import Testing

@testable import KipCore

@Suite struct ClippedTests {
    @Test(
        "a text that fits stays whole, a longer one ends with a mark within the limit",
        arguments: [
            ("", 8, ""), ("12345678", 8, "12345678"), ("123456789", 8, "1234 …"), ("ệệ", 6, "ệệ"), ("ệệệ", 8, "ệ …"),
            ("ệệệ", 9, "ệệệ"), ("123456", 5, "1 …"),
        ])
    func clips(text: String, most: Int, clipped: String) {
        #expect(text.clipped(toBytes: most) == clipped)
        #expect(text.clipped(toBytes: most).utf8.count <= most)
    }

    @Test(
        "a NUL becomes U+FFFD, which takes three bytes of the limit",
        arguments: [
            ("a\0b", 5, "a\u{FFFD}b"), ("\0\0", 6, "\u{FFFD}\u{FFFD}"), ("\0\0\0", 8, "\u{FFFD} …"),
            ("1234567\0", 8, "1234 …"),
        ])
    func replacesNul(text: String, most: Int, clipped: String) {
        #expect(text.clipped(toBytes: most) == clipped)
    }
}
