import Testing

@testable import kip

/// Text on a grid of cells.
@Suite struct CellWidthTests {
    @Test(
        "a text takes the cells that a terminal gives it",
        arguments: [
            ("", 0), ("abc", 3), ("Kịp", 3), ("Ki\u{323}p", 3), ("Nguyễn Thị Lan", 14), ("印刷", 4), ("한국", 4), ("👩🏽‍💻", 2),
            ("❤️", 2), ("…–≤·", 4), ("ｆｕｌｌ", 8), ("\u{200B}", 0),
        ])
    func width(text: String, cells: Int) {
        #expect(CellWidth.of(text) == cells)
    }

    @Test("a text is cut or filled to its cells; half of a wide character is not there")
    func fits() {
        #expect(CellWidth.fit("ab", 4) == "ab  ")
        #expect(CellWidth.fit("ab", 4, atEnd: true) == "  ab")
        #expect(CellWidth.fit("abcdef", 4) == "abc…")
        #expect(CellWidth.fit("印刷印刷", 4) == "印… ")
        #expect(CellWidth.fit("abc", 0) == "")
    }

    @Test(
        "durations and counts are short",
        arguments: [
            (-5, "0 ms"), (999, "999 ms"), (1_250, "1.2 s"), (59_999, "59 s"), (200_000, "3 m 20 s"),
            (3_600_000, "1 h"),
            (11_520_000, "3 h 12 m"), (442_800_000, "5 d 3 h"),
        ] as [(Int64, String)])
    func figures(milliseconds: Int64, text: String) {
        #expect(Figures.duration(milliseconds: milliseconds) == text)
        #expect(Figures.count(1_234_567) == "1,234,567")
        #expect(Figures.count(12) == "12")
    }
}
