import Testing

@testable import Office

@Suite struct BoundTests {
    @Test(
        "exactly at a bound: 98 % of on time is reached, late under 2 % is not",
        arguments: [
            (">= 98", 98, 100, true), (">= 98", 9_799, 10_000, false), ("> 98", 98, 100, false),
            ("> 98", 9_801, 10_000, true), ("< 2", 2, 100, false), ("< 2", 199, 10_000, true),
            ("<= 2", 2, 100, true), (">= 100", 99_999, 100_000, false), (">= 100", 7, 7, true),
            ("> 50", 1, 2, false), ("> 50", 500_001, 1_000_000, true), (">= 97.5", 39, 40, true),
            ("> 97.5", 39, 40, false),
            // 2/3 is not 66.67 %: nothing is rounded.
            (">= 66.67", 2, 3, false), ("> 66.66", 2, 3, true),
        ])
    func bounds(text: String, numerator: Int, denominator: Int, kept: Bool) throws {
        let bound = try #require(Bound(text))
        #expect(bound.isKept(by: Share(numerator, of: denominator)) == kept)
        #expect(bound.description == text)
    }

    @Test("the same figure passes “on time from 98 %” and fails “late under 2 %”")
    func both() {
        #expect(Bound(">= 98")?.isKept(by: Share(98, of: 100)) == true)
        #expect(Bound("< 2")?.isKept(by: Share(2, of: 100)) == false)
        #expect(Bound("< 2")?.ofTheRest == Bound("> 98"))
    }

    @Test("nothing that occurred is no rate")
    func nothing() {
        #expect(Bound(">= 98")?.isKept(by: Share(0, of: 0)) == nil)
        #expect(Share(0, of: 0).text() == "Không phát sinh")
    }

    @Test(
        "the stricter of two bounds",
        arguments: [
            (">= 98", ">= 97", true), (">= 97", ">= 98", false), ("> 95", ">= 95", true), (">= 95", "> 95", false),
            ("< 2", "<= 2", true), ("<= 1", "< 2", true), (">= 98", ">= 98", false),
        ])
    func strictness(one: String, other: String, isStricter: Bool) throws {
        #expect(try #require(Bound(one)).isStricter(than: try #require(Bound(other))) == isStricter)
    }

    @Test(
        "what is no bound is none",
        arguments: ["98", "= 98", ">=98", ">= -1", ">= 98.123", ">= x", "", ">= 1.", ">= 9999999"])
    func noBound(text: String) {
        #expect(Bound(text) == nil)
    }

    @Test("a figure is shown with as many decimals as it takes to see on which side of its bound it is")
    func decimals() throws {
        #expect(try #require(Bound(">= 98")).text(of: Share(985, of: 1_000)) == "98,5%")
        #expect(try #require(Bound(">= 98")).text(of: Share(97_999, of: 100_000)) == "97,99%")
        #expect(try #require(Bound("> 98")).text(of: Share(98_001, of: 100_000)) == "98,001%")
        #expect(try #require(Bound(">= 100")).text(of: Share(99_999, of: 100_000)) == "99,99%")
        #expect(try #require(Bound("< 2")).text(of: Share(200_001, of: 10_000_000)) == "2,01%")
        #expect(try #require(Bound("< 2")).text(of: Share(199_999, of: 10_000_000)) == "1,99999%")
    }

    @Test("changes are in percentage points, rounded half away from zero, and none only where there is none")
    func changes() throws {
        #expect(Share(985, of: 1_000).change(since: Share(989, of: 1_000))?.words == "giảm 0,4 điểm phần trăm")
        #expect(Share(2, of: 3).change(since: Share(1, of: 3))?.words == "tăng 33,33 điểm phần trăm")
        #expect(Share(1, of: 2).change(since: Share(2, of: 4))?.words == "không đổi")
        #expect(
            Share(1_000_000, of: 1_000_000).change(since: Share(999_999, of: 1_000_000))?.words
                == "thay đổi dưới 0,01 điểm phần trăm")
        #expect(Share(1, of: 20_000).change(since: Share(0, of: 20_000))?.cell == "+0,01")
        #expect(Share(0, of: 20_000).change(since: Share(1, of: 20_000))?.cell == "-0,01")
        #expect(Share(0, of: 0).change(since: Share(1, of: 2)) == nil)
        #expect(Share(1, of: 2).change(since: nil) == nil)
    }

    @Test("numbers as Vietnamese writes them")
    func numbers() {
        let texts = [0, 7, 999, 1_234, -1_234_567].map(FigureText.grouped)
        #expect(texts == ["0", "7", "999", "1.234", "-1.234.567"])
        #expect(FigureText.decimal(9_850, 2) == "98,5")
        #expect(FigureText.decimal(5, 2) == "0,05")
        #expect(FigureText.decimal(-40, 2) == "-0,4")
        #expect(FigureText.decimal(10_000, 2) == "100")
    }
}
