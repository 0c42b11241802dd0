import Testing

@testable import OfficeDocuments

@Suite struct NumberTests {
    @Test(
        "numbers are written as Vietnamese does",
        arguments: [
            (1234.5, 1, "1.234,5"), (0, 2, "0"), (0.05, 1, "0,1"), (99.999, 2, "100"), (98.50, 2, "98,5"),
            (-1234567.25, 2, "-1.234.567,25"), (-0.001, 2, "0"), (1e12, 6, "1.000.000.000.000"), (999.9, 0, "1.000"),
            (.infinity, 1, "–"), (.nan, 1, "–"), (1e15, 1, "–"), (7.000001, 6, "7,000001"),
        ])
    func decimals(value: Double, decimals: Int, text: String) {
        #expect(VietnameseNumber.text(value, decimals: decimals) == text)
    }

    @Test(
        "thousands are parted by full stops",
        arguments: [
            (0, "0"), (999, "999"), (1000, "1.000"), (-1234567, "-1.234.567"), (Int.min, "-9.223.372.036.854.775.808"),
        ])
    func thousands(value: Int, text: String) { #expect(VietnameseNumber.text(value) == text) }
}
